"""A tip: the kind, the story, *Gửi*, how to be known, the receipt."""

import pytest

from simulator.phone import Phone
from tests.journeys.town import CODE, CRIME, Town, begin, caught_up, code_in, heard, press, said

STORY = "Nhà cuối hẻm đêm nào cũng tụ tập"


async def shown_to(officer: Phone) -> str:
    """The content of the newest card that an officer has, opened by a tap."""
    await officer.press("Xem nội dung")
    return said(await officer.until("“"))


async def test_the_shortest_tip_is_three_taps_and_one_text(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.tap("Báo tin")
    await press(lan, CRIME)
    told = await lan.until("Bà con kể giúp")
    assert "Chưa bấm Gửi thì công an chưa thấy" in said(told)
    await lan.send(STORY)
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    receipt = await lan.until("Mã tin:")
    assert "16:30 thứ Hai, 23/11" in said(receipt)
    assert lan.buttons(receipt)[:2] == ["Xem trả lời", "Kể thêm"]
    card = await nam.until(code_in(receipt))
    assert STORY not in said(card)
    assert STORY in await shown_to(nam)


@pytest.mark.parametrize(
    ("how", "card"),
    [
        ("Giấu tên", "Người báo giấu tên, không tra được."),
        ("Giấu tên, cho phép liên hệ lại", "Người báo giấu tên, máy nhắn được."),
        ("Kèm tên tôi", "Người báo để tên."),
    ],
)
async def test_each_way_to_be_known_is_told_to_officers_without_a_name(town: Town, how: str, card: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY, how=how)
    assert card in said(await nam.until(code))
    shown = await shown_to(nam)
    assert card in shown
    assert "Lan" not in shown


async def test_only_named_tips_are_listed_as_mine(town: Town) -> None:
    lan = await town.resident("Lan")
    hidden = await town.tip(lan, STORY)
    await lan.tap("Tin của tôi")
    await lan.until("Chưa có tin kèm tên")
    named = await town.tip(lan, STORY, how="Kèm tên tôi")
    await lan.send("/mytips")
    listed = lan.buttons(await lan.until("Tin kèm tên của bà con"))
    assert listed == [named]
    assert hidden not in listed
    await lan.press(named)
    await lan.until(f"{named} đã gửi, công an chưa tiếp nhận")


@pytest.mark.parametrize("kind", ["6", "trom cuop, toi pham khac", "Trộm cướp, tội phạm khác", "6️⃣"])
async def test_every_step_can_be_typed(town: Town, kind: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send("bao tin")
    await lan.until("Chuyện gì vậy")
    await lan.send(kind)
    await lan.until("Bà con kể giúp")
    await lan.send(STORY)
    await lan.until("Có 1 lời kể")
    await lan.send("gui")
    await lan.until("để tên thế nào?")
    await lan.send("giau ten")
    assert "Trộm cướp" in said(await nam.until(code_in(await lan.until("Mã tin:"))))


@pytest.mark.parametrize(("digit", "card"), [("1", "không tra được"), ("2", "máy nhắn được"), ("3", "để tên.")])
async def test_how_to_be_known_can_be_typed_as_a_number(town: Town, digit: str, card: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send(STORY)
    await press(lan, "Gửi")
    await lan.until("để tên thế nào?")
    await lan.send(digit)
    await lan.until("Mã tin:")
    assert card in said(await nam.until("CHƯA XÁC MINH"))


async def test_a_story_told_before_the_kind_is_kept(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send("/baotin")
    await lan.until("Chuyện gì vậy")
    await lan.send(STORY)
    await lan.until("Đã giữ lời bà con kể")
    await lan.send("lúc nửa đêm")
    await lan.until("Đã giữ lời bà con kể")
    await lan.press(CRIME)
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    await nam.until(code_in(await lan.until("Mã tin:")))
    shown = await shown_to(nam)
    assert STORY in shown
    assert "lúc nửa đêm" in shown


async def test_a_story_without_the_command_is_offered_as_a_tip(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send(STORY)
    await press(lan, "Đúng, báo tin")
    await press(lan, CRIME)
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    await nam.until(code_in(await lan.until("Mã tin:")))
    assert STORY in await shown_to(nam)


async def test_a_story_that_was_not_meant_as_a_tip_goes_nowhere(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send("chay")
    await press(lan, "Không")
    await lan.until("Đã bỏ, không gửi gì cả")
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")


@pytest.mark.parametrize("steps", range(5))
async def test_a_tip_can_be_stopped_anywhere(town: Town, steps: int) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    way = ((lan.send, "/baotin"), (lan.press, CRIME), (lan.send, STORY), (lan.press, "Gửi"))
    for do, what in way[:steps]:
        await do(what)
        await lan.until(lambda message: bool(lan.buttons(message)))
    await lan.send("/huy")
    await lan.until("Đã dừng, không gửi gì cả" if steps else "Không có gì đang làm dở")
    await lan.send(STORY)
    await lan.until("Bà con muốn gửi câu này cho công an?")
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")


async def test_nothing_told_is_nothing_sent(town: Town) -> None:
    lan = await town.resident("Lan")
    await begin(lan)
    await lan.press("Gửi")
    await lan.until("Bà con kể trước đã, rồi bấm Gửi")
    await lan.until_toast("Bà con kể trước đã")
    await lan.send(STORY)
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    await lan.until("Mã tin:")


async def test_four_thousand_characters_are_a_tip_and_one_more_loses_nothing(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send("ỹ" * 4000)
    await lan.until("Có 1 lời kể")
    await lan.send("x")
    await lan.until("Đủ 4.000 chữ rồi, phần trước còn nguyên")
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    await nam.until(code_in(await lan.until("Mã tin:")))
    shown = await shown_to(nam)
    rest = said(await nam.until("kể tiếp:"))
    assert shown.count("ỹ") + rest.count("ỹ") == 4000


@pytest.mark.parametrize("hours", [0, 1])
async def test_a_half_written_tip_survives_restarts(town: Town, hours: int) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send(STORY)
    await lan.until("Có 1 lời kể")
    await town.restart(hours=hours)
    await lan.press("Gửi")
    await lan.until("để tên thế nào?")
    await town.restart()
    await lan.press("Giấu tên")
    await nam.until(code_in(await lan.until("Mã tin:")))
    assert STORY in await shown_to(nam)


@pytest.mark.parametrize("restarted", [False, True], ids=["at once", "a restart between"])
async def test_pressing_twice_sends_one_tip(town: Town, restarted: bool) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send(STORY)
    await lan.until("Có 1 lời kể")
    await lan.press("Gửi")
    await lan.press("Gửi")
    await lan.until("để tên thế nào?")
    await lan.press("Giấu tên")
    if restarted:
        await lan.until("Mã tin:")
        await town.restart()
    await lan.press("Giấu tên")
    await lan.until("Nút này cũ rồi")
    await caught_up(lan)
    assert len(heard(lan, "Mã tin:")) == 1
    await nam.send("/tin")
    await nam.until("Đang mở 1 tin")


async def test_a_press_that_telegram_repeats_sends_one_tip(town: Town) -> None:
    lan = await town.resident("Lan")
    await town.tip(lan, STORY)
    again = next(message for message in lan.heard if "để tên thế nào?" in said(message))
    await lan.press("Kèm tên tôi", message_id=again["message_id"])
    await lan.until("Nút này cũ rồi")
    await lan.send("/tincuatoi")
    await lan.until("Chưa có tin kèm tên")


async def test_an_edit_after_sending_changes_nothing(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    number = await lan.send(STORY)
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    await lan.until("Mã tin:")
    await nam.until("CHƯA XÁC MINH")
    await lan.edit(number, "Không có gì cả")
    await caught_up(lan)
    assert STORY in await shown_to(nam)


async def test_a_picture_is_not_lost_in_silence(town: Town) -> None:
    lan = await town.resident("Lan")
    await begin(lan)
    await lan.send(STORY)
    await lan.until("Có 1 lời kể")
    await lan.send_photo(b"\xff\xd8\xff", "Ảnh")
    await lan.until(lambda message: "mới nhận được chữ" in said(message) or "1 ảnh" in said(message))
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    assert CODE.search(said(await lan.until("Mã tin:")))


async def test_huy_typed_as_a_word_asks_before_a_story_is_dropped(town: Town) -> None:
    lan = await town.resident("Lan")
    await begin(lan)
    await lan.send("Hủy")  # nothing is told yet
    await lan.until("Đã dừng")
    await begin(lan)
    await lan.send(STORY)
    await lan.until("lời kể")
    await lan.send("huỷ")
    await lan.until("đã kể?")


async def test_huy_without_its_mark_is_somebodys_name(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send("Huy")
    await lan.until("lời kể")
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    await nam.until(code_in(await lan.until("Mã tin:")))
    assert "“Huy”" in await shown_to(nam)
