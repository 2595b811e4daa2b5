"""Somebody who leads one group and stands in for another: a card each, one tap each; typed words are asked about."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.phone import Phone
from simulator.world import Message
from tests.journeys.test_leader import check_ins
from tests.journeys.town import Town, heard, said, town_in

CHO = "18115-5-lg2"
FIRST, SECOND = "Tổ liên gia Hẻm 12", "Tổ liên gia Chợ"
MORNING = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # 07:30 in the ward, five days before the deadline


async def join(town: Town, mai: Phone, role: str, unit: str) -> None:
    """One more role of somebody who has joined."""
    await mai.open_link((await town.command("invite", role=role, unit=unit)).out)
    await mai.until("tổ phó")


async def both(town: Town) -> Phone:
    """The leader of one group who is deputy of another."""
    mai = await town.leader()
    await join(town, mai, "deputy", CHO)
    return mai


@pytest.fixture
async def mai(town: Town) -> AsyncIterator[Phone]:
    """Mai, of two groups; whatever she did raised nothing."""
    yield await both(town)
    assert town.app.dispatch.quarantined == 0


async def shows(mai: Phone, *words: str) -> Message:
    """The newest message that contains all of these."""
    return await mai.until(lambda message: all(word in said(message) for word in words))


async def card(mai: Phone, group: str) -> Message:
    """The newest question about a group."""
    return await shows(mai, group, "chưa kiểm tra tháng")


async def test_both_roles_are_named(mai: Phone) -> None:
    assert heard(mai, f"tổ trưởng {FIRST}, tổ phó {SECOND}")


async def test_a_card_and_one_tap_each(town: Town, mai: Phone) -> None:
    await mai.send("/diemdanh")
    first, second = await card(mai, FIRST), await card(mai, SECOND)
    await mai.press("Đạt tất cả", message_id=first["message_id"])
    await shows(mai, "Xong tháng 11", FIRST)
    await mai.press("Đạt tất cả", message_id=second["message_id"])
    await shows(mai, "Xong tháng 11", SECOND)
    assert (await check_ins(town))["received"] == 2


async def test_what_is_done_is_not_asked_again_and_the_other_is(town: Town, mai: Phone) -> None:
    await mai.send("/diemdanh")
    await mai.press("Đạt tất cả", message_id=(await card(mai, FIRST))["message_id"])
    await mai.until("Xong tháng 11")
    before = len(heard(mai, FIRST))
    await mai.send("/diemdanh")
    await card(mai, SECOND)
    assert len(heard(mai, FIRST)) == before
    await mai.send("1")  # the one card that was shown
    await shows(mai, "Xong tháng 11", SECOND)
    await mai.send("/diemdanh")
    await shows(mai, "đã xong từ", SECOND)
    assert any(FIRST in text for text in heard(mai, "đã xong từ"))


@pytest.mark.parametrize("asked", [True, False])
async def test_a_typed_1_asks_for_which_and_confirms_only_that(town: Town, mai: Phone, asked: bool) -> None:
    if asked:
        await mai.send("/diemdanh")
        await card(mai, SECOND)
    await mai.send("1")
    which = await mai.until("Câu này cho bên nào")
    assert mai.buttons(which) == [FIRST, SECOND]
    assert (await check_ins(town))["received"] == 0
    await mai.send("2")
    await shows(mai, "Xong tháng 11", SECOND)
    assert (await check_ins(town))["received"] == 1
    await mai.send("1")  # by habit, or twice: never the other group unasked
    await mai.until(lambda message: "Câu này cho bên nào" in said(message) and message is not which)
    assert (await check_ins(town))["received"] == 1
    await mai.send("to lien gia hem 12")
    await shows(mai, "Xong tháng 11", FIRST)
    assert (await check_ins(town))["received"] == 2


async def test_two_checks_item_by_item_side_by_side_keep_their_answers(mai: Phone) -> None:
    await mai.send("/diemdanh")
    cards = {group: (await card(mai, group))["message_id"] for group in (FIRST, SECOND)}
    for group, number in cards.items():
        await mai.press("Xem từng mục", message_id=number)
        await shows(mai, "1/7", group)
    for number in range(1, 8):
        for group, message_id in cards.items():
            label = "Chưa xem được" if (group, number) in ((FIRST, 2), (SECOND, 3), (SECOND, 4)) else "Đạt"
            await mai.press(label, message_id=message_id)
            unseen = {FIRST: 1, SECOND: 2}[group]
            await shows(mai, f"{number + 1}/7" if number < 7 else f"0 không đạt, {unseen} chưa xem được", group)


async def test_tonight_is_asked_of_both(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=MORNING) as town:
        mai = await both(town)
        await town.pass_time(hours=1)  # what is asked of everybody on that day has been asked
        await mai.send("/diemdanh")
        cards = {group: (await card(mai, group))["message_id"] for group in (FIRST, SECOND)}
        for group, number in cards.items():
            await mai.press("Nhắc tối nay", message_id=number)
            await shows(mai, "nhắc lại lúc 19:00", group)
        await town.delivered()
        before = {group: len(heard(mai, f"{group} chưa kiểm tra")) for group in (FIRST, SECOND)}
        await town.pass_time(hours=11)
        await town.delivered()
        assert {group: len(heard(mai, f"{group} chưa kiểm tra")) - count for group, count in before.items()} == {
            FIRST: 1,
            SECOND: 1,
        }


async def test_away_from_one_group_is_not_away_from_the_other(town: Town, mai: Phone) -> None:
    hoa = await town.member("Hoa", "leader", CHO)
    await mai.send("/diemdanh")
    shown = await card(mai, SECOND)
    await mai.press("Tôi đi vắng", message_id=shown["message_id"])
    await shows(mai, "nhờ ông/bà Hoa rồi", SECOND)
    await hoa.until("ông/bà Mai đi vắng, nhờ ông/bà kiểm tra giúp")
    await mai.send("1")
    await mai.until("Câu này cho bên nào")
    await mai.send("1")
    await shows(mai, "Xong tháng 11", FIRST)


async def test_a_button_of_a_group_that_somebody_else_leads_does_nothing(town: Town, mai: Phone) -> None:
    ba = await town.leader("Ba", "18115-1-lg1")
    await ba.send("/diemdanh")
    await ba.until("chưa kiểm tra tháng")
    data = ba.last["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await mai.press_data(data)
    await mai.until("Nút này cũ rồi")
    await mai.press_data("c.all:2026-11")  # of a time when a button carried no group: which of the two?
    await mai.until("Nút này cũ rồi")
    assert (await check_ins(town))["received"] == 0


async def test_late_both_are_asked_for_the_day_and_each_keeps_its_own(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=datetime(2026, 11, 30, 12, 42, tzinfo=UTC)) as town:
        mai = await both(town)
        await mai.send("/diemdanh")
        await card(mai, SECOND)
        await town.pass_time(days=2)
        await mai.send("/diemdanh")
        late = {group: await shows(mai, f"{group} qua hạn tháng 11") for group in (FIRST, SECOND)}
        await mai.press("Hôm nay", message_id=late[SECOND]["message_id"])
        await shows(mai, "Xem ngày 02/12", SECOND)
        await mai.press("Ngày khác", message_id=late[FIRST]["message_id"])
        await shows(mai, "Ông/bà xem ngày nào", FIRST)
        await mai.send("hom qua")
        await shows(mai, "Xem ngày 01/12", FIRST)
        await mai.press("Đạt tất cả")
        await shows(mai, "xem ngày 01/12, tính là muộn", FIRST)
