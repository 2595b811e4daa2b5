"""A group's leader confirms the month's check."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from simulator.phone import Phone
from tests.journeys.town import BAC_HONG, HEM_12, Town, heard, press, said, town_in

LAST_EVENING = datetime(2026, 11, 30, 12, 42, tzinfo=UTC)  # 19:42 in the ward


async def check_ins(town: Town) -> dict[str, int]:
    """What the report of today so far says of the ward's checks, a minute later."""
    await town.pass_time(minutes=1)
    today = (town.clock.time + timedelta(hours=7)).date().isoformat()
    reply = await town.command("report", period="daily", unit=BAC_HONG, date=today, format="json")
    found: dict[str, int] = orjson.loads(reply.file or b"")["check_ins"]
    return found


async def ask(mai: Phone) -> None:
    """`/diemdanh`, up to the question."""
    await mai.tap("Kiểm tra an toàn")
    await mai.until("chưa kiểm tra tháng")


async def test_joining_gives_a_keyboard_with_the_check(town: Town) -> None:
    mai = await town.leader()
    assert heard(mai, "tổ trưởng Tổ liên gia Hẻm 12")
    assert mai.keyboard[0] == "🧯 Kiểm tra an toàn"


async def test_one_tap_confirms_the_month(town: Town) -> None:
    mai = await town.leader()
    await ask(mai)
    assert heard(mai, "tháng 11, hạn thứ Hai, 30/11")
    await mai.press("Đạt tất cả")
    await mai.until("Xong tháng 11 lúc 21:45. Cảm ơn ông/bà Mai")
    figures = await check_ins(town)
    assert (figures["expected"], figures["received"], figures["on_time"]) == (20, 1, 1)


async def test_typing_1_confirms_too(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/checkin")
    await mai.until("hoặc gõ 1")
    await mai.send("1")
    await mai.until("Xong tháng 11")


async def test_typing_1_needs_no_question_before_it(town: Town) -> None:
    mai = await town.leader()
    await mai.send("1️⃣")
    await mai.until("Xong tháng 11")
    assert (await check_ins(town))["received"] == 1


async def test_item_by_item_records_what_is_not_met_and_what_was_not_seen(town: Town) -> None:
    mai = await town.leader()
    await ask(mai)
    await mai.press("Xem từng mục")
    for number in range(1, 8):
        shown = await mai.until(f"{number}/7")
        assert mai.buttons(shown) == ["Đạt", "Không đạt", "Chưa xem được"]
        await mai.press({3: "Không đạt", 5: "Chưa xem được"}.get(number, "Đạt"))
        if number == 3:
            await press(mai, "Bỏ qua")
            await press(mai, "Hỏng")
    await mai.until("5 đạt, 1 không đạt, 1 chưa xem được")
    assert not heard(mai, "1/7"), "the items share one card"
    assert (await check_ins(town))["received"] == 1


async def test_items_can_be_typed(town: Town) -> None:
    mai = await town.leader()
    await ask(mai)
    await mai.send("xem tung muc")
    for number, typed in enumerate(("1", "2", "dat", "khong dat", "chua xem duoc", "3", "Đạt"), 1):
        await mai.until(f"{number}/7")
        await mai.send(typed)
        if typed in ("2", "khong dat"):
            await mai.until("Gõ số nhà")
            await mai.send("nha 5 va 9")
            await mai.until("nhà 5, 9: bị sao")
            await mai.send("hong")
    await mai.until("3 đạt, 2 không đạt, 2 chưa xem được")


async def test_a_second_confirmation_says_since_when_and_changes_nothing(town: Town) -> None:
    mai = await town.leader()
    await ask(mai)
    card = mai.last
    await mai.press("Đạt tất cả")
    await mai.until("Xong tháng 11")
    before = await check_ins(town)
    await town.pass_time(minutes=30)
    for again in ("/diemdanh", "1"):
        await mai.send(again)
        await mai.until("đã xong từ 21:45, 21/11, không có gì đổi")
    await mai.press("Đạt tất cả", message_id=card["message_id"])
    await mai.until("Tháng 11 đã xong từ 21:45, 21/11, không có gì đổi")
    await mai.until_toast("không có gì đổi")
    assert len(heard(mai, "Xong tháng 11")) == 1
    assert await check_ins(town) == before


async def test_a_deputy_confirms_for_the_group_and_the_leader_is_told_so(town: Town) -> None:
    mai, hoa = await town.leader(), await town.member("Hoa", "deputy", HEM_12)
    await ask(mai)
    await ask(hoa)
    await hoa.press("Đạt tất cả")
    await hoa.until("Xong tháng 11")
    await mai.press("Đạt tất cả")
    await mai.until("đã xong từ 21:45")
    assert (await check_ins(town))["received"] == 1


async def test_late_within_the_grace_is_taken_and_never_on_time(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=LAST_EVENING) as town:
        mai = await town.leader()
        await town.pass_time(days=2)
        await mai.send("/diemdanh")
        await mai.until("qua hạn tháng 11 rồi")
        await mai.press("Hôm nay")
        await mai.until("Xem ngày 02/12")
        await mai.press("Đạt tất cả")
        await mai.until("Đã ghi tháng 11, xem ngày 02/12, tính là muộn")
        await ask(mai)
        assert heard(mai, "chưa kiểm tra tháng 12")


async def test_an_old_card_confirms_its_own_month_late(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=LAST_EVENING) as town:
        mai = await town.leader()
        await ask(mai)
        card = mai.last
        await town.pass_time(days=10)
        await mai.press("Đạt tất cả", message_id=card["message_id"])
        await mai.until("Ông/bà xem hôm nào?")
        await mai.send("hom nay")
        await mai.until("Đã ghi tháng 11, xem ngày 10/12, tính là muộn")
        await mai.press("Đạt tất cả", message_id=card["message_id"])
        await mai.until("Tháng 11 đã xong từ")  # and not this month, which is December's
        await ask(mai)
        assert heard(mai, "chưa kiểm tra tháng 12")


async def test_a_leader_is_reminded_before_the_deadline_until_it_is_done(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=LAST_EVENING - timedelta(days=6)) as town:
        mai, hoa = await town.leader(), await town.leader("Hoa", "18115-5-lg2")
        await town.pass_time(hours=13)  # the 25th, 08:42
        for leader in (mai, hoa):
            await leader.until("chưa kiểm tra tháng 11, hạn thứ Hai, 30/11")
        await hoa.press("Đạt tất cả")
        await hoa.until("Xong tháng 11")
        for _ in range(3):
            await town.pass_time(days=1)
        await town.delivered()
        assert len(heard(mai, "chưa kiểm tra")) == 1
        await town.pass_time(days=1)
        await town.pass_time(days=1)
        await town.delivered()
        assert len(heard(mai, "chưa kiểm tra")) == 3
        assert len(heard(hoa, "chưa kiểm tra")) == 1


async def test_a_resident_confirms_nothing(town: Town) -> None:
    lan = await town.resident("Lan")
    await lan.send("/diemdanh")
    await lan.until("chỉ tổ trưởng, tổ phó làm được")
    await lan.press_data("c.all:2026-11")
    await lan.until("chỉ tổ trưởng, tổ phó làm được")
    assert (await check_ins(town))["received"] == 0


async def test_a_leader_sees_no_tips(town: Town) -> None:
    mai, lan = await town.leader(), await town.resident("Lan")
    code = await town.tip(lan, "Nhà cuối hẻm")
    await mai.send("/tin")
    await mai.until("chỉ công an phường làm được")
    assert code not in "".join(said(message) for message in mai.heard)


async def test_a_leader_can_send_a_tip(town: Town) -> None:
    mai, nam = await town.leader(), await town.officer()
    await mai.tap("Báo tin")
    await press(mai, "Ma túy")
    await mai.until("Bà con kể giúp")
    await mai.send("1")
    await mai.until("Có 1 lời kể")
    await mai.send("gui")
    await press(mai, "Giấu tên")
    await mai.until("Mã tin:")
    await nam.until("Ma túy")
