"""Whoever sent a tip can take it back, cut the way to themselves, and clean their phone."""

from simulator.phone import Phone
from tests.journeys.town import Town, begin, caught_up, heard, press, said

STORY = "Nhà cuối hẻm đêm nào cũng tụ tập"
CALL_BACK = "Giấu tên, cho phép liên hệ lại"


async def opened(lan: Phone) -> None:
    """*Xem trả lời*."""
    await lan.press("Xem trả lời")
    await lan.until("🔎")


async def test_a_tip_that_was_taken_back_is_erased_and_says_so(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY)
    await nam.until(code)
    await opened(lan)
    await lan.press("Rút tin")
    await press(lan, "Đúng, rút tin")
    await lan.until(f"Đã rút mã {code}")
    await nam.until(f"Mã {code}: người báo đã rút tin")
    await nam.press("Xem nội dung")
    card = said(await nam.until("Đã kết thúc: Người báo đã rút"))
    assert STORY not in card
    await opened(lan)
    assert "bà con đã rút tin này" in said(lan.last)


async def test_what_went_to_investigators_can_not_be_taken_back(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    await press(nam, "Chuyển")
    await press(nam, "Cơ quan điều tra")
    await nam.until("Đã chuyển mã")
    await opened(lan)
    await lan.press("Rút tin")
    await press(lan, "Đúng, rút tin")
    await lan.until("đã chuyển cơ quan điều tra, không rút ở đây được")


async def test_the_way_back_can_be_cut_and_nothing_is_pushed_any_more(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY, how=CALL_BACK)
    await opened(lan)
    await lan.press("Cắt liên lạc")
    await lan.until(f"Đã cắt liên lạc mã {code}")
    await press(nam, "Tiếp nhận")
    await caught_up(lan)
    assert not heard(lan, "có cập nhật")
    await opened(lan)
    assert "Cắt liên lạc" not in lan.buttons(lan.last)


async def test_a_name_can_be_cut_off(town: Town) -> None:
    lan, nam = await town.resident("Nguyễn Thị Lan"), await town.officer()
    await town.tip(lan, STORY, how="Kèm tên tôi")
    await opened(lan)
    await lan.press("Cắt liên lạc")
    await lan.until("Đã cắt liên lạc")
    await press(nam, "Xem nội dung")
    await nam.until("Người báo giấu tên")
    await lan.send("/tincuatoi")
    await lan.until("Chưa có tin kèm tên")


async def test_the_receipt_in_letters_opens_the_tip_from_another_phone(town: Town) -> None:
    lan, other = await town.resident("Lan"), await town.resident("Hoa")
    code = await town.tip(lan, STORY)
    await opened(lan)
    await lan.press("Mã mở biên nhận")
    secret = said(await lan.until("Mã mở biên nhận, chép ra giấy")).splitlines()[1]
    await other.send(secret.lower().replace(" ", "-"))
    await other.until(f"🔎 {code}")
    await other.send("AAAA " * 7 + "A")
    await caught_up(other)
    assert len(heard(other, "🔎")) == 1


async def test_the_story_leaves_the_chat_and_the_receipt_stays(town: Town) -> None:
    lan = await town.resident("Lan")
    await town.tip(lan, STORY)
    await lan.press("Xóa lời kể trên máy")
    await lan.until_toast("Đang xóa lời kể")
    await town.delivered()
    shown = [said(message) for message in lan.messages]
    assert not any(STORY in text or "để tên thế nào" in text for text in shown)
    assert any("Mã tin:" in text for text in shown)


async def test_an_edit_mends_a_story_until_it_is_sent(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    message = await lan.send("Nhà số 5")
    await lan.until("Có 1 lời kể")
    await lan.edit(message, "Nhà số 7")
    await lan.until("Đã sửa theo lời mới")
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    await lan.until("Mã tin:")
    await press(nam, "Xem nội dung")
    assert "“Nhà số 7”" in said(await nam.until("“"))
    await lan.edit(message, "Nhà số 9")
    await lan.until("Sửa ở đây không đổi được tin đã gửi")


async def test_everything_about_me_goes(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY, how="Kèm tên tôi")
    await nam.until(code)
    await lan.send("/xoadulieu")
    await press(lan, "Mọi thứ về tôi")
    await lan.until("Đã xóa. Rút 1 tin kèm tên")
    await nam.until(f"Mã {code}: người báo đã rút tin")
    assert lan.keyboard == []
    await lan.send("/baotin")
    await lan.until("An Phường chào bà con")
