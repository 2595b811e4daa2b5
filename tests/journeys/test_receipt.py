"""After *Gửi*: what a receipt shows, questions and answers, more words, and who is told what."""

from simulator.phone import Phone
from tests.journeys.test_pieces import picture
from tests.journeys.town import CRIME, Town, caught_up, code_in, heard, press, said

STORY = "Nhà cuối hẻm đêm nào cũng tụ tập"
CALL_BACK = "Giấu tên, cho phép liên hệ lại"


async def look(lan: Phone) -> str:
    """*Xem trả lời*, on the newest message that has it."""
    await lan.press("Xem trả lời")
    return said(await lan.until("🔎"))


async def ask(nam: Phone, question: str) -> None:
    """*Hỏi lại*."""
    await nam.press("Hỏi lại")
    await nam.until("gõ câu hỏi")
    await nam.send(question)
    await nam.until("Đã gửi câu hỏi")


async def close(nam: Phone, outcome: str = "Đã giải quyết") -> None:
    """*Kết thúc*, with an outcome."""
    await nam.press("Kết thúc")
    await press(nam, outcome)
    await nam.until("Đã kết thúc mã")


async def test_a_receipt_follows_its_tip_from_sent_to_closed(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY)
    assert f"{code} đã gửi, công an chưa tiếp nhận" in await look(lan)
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    assert "đã tiếp nhận, đang xác minh" in await look(lan)
    await ask(nam, "Thường mấy giờ?")
    asked = await look(lan)
    assert "công an cần hỏi thêm" in asked
    assert "Công an hỏi: “Thường mấy giờ?” Không cần xưng tên." in asked
    await lan.press("Trả lời")
    await lan.until("Không cần xưng tên")
    await lan.send("khoảng 23 giờ")
    await lan.until(f"Đã thêm vào mã {code}")
    assert "Đã trả lời: “khoảng 23 giờ”" in await look(lan)
    await nam.press("Chuyển")
    await press(nam, "Cơ quan điều tra")
    await nam.until("Đã chuyển mã")
    assert "đã chuyển cơ quan điều tra" in await look(lan)
    await close(nam)
    closed = await look(lan)
    assert "đã kết thúc: công an đã kiểm tra và giải quyết. Cảm ơn bà con." in closed
    assert "Hẹn trả lời" not in closed


async def test_an_answer_reaches_the_officer_who_has_the_tip(town: Town) -> None:
    lan, nam, dung = await town.resident("Lan"), await town.officer(), await town.officer("Trung úy Dũng")
    code = await town.tip(lan, STORY)
    await nam.until(code)
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await ask(nam, "Thường mấy giờ?")
    await look(lan)
    await lan.press("Trả lời")
    await lan.until("Không cần xưng tên")
    await lan.send("khoảng 23 giờ")
    told = await nam.until("người báo đã trả lời")
    assert "23 giờ" not in said(told)
    await nam.press("Xem nội dung", message_id=told["message_id"])
    shown = said(await nam.until("Đã hỏi: “Thường mấy giờ?”"))
    assert "Trả lời: “khoảng 23 giờ”" in shown
    await caught_up(dung)
    assert not heard(dung, "kể thêm")


async def test_more_words_join_the_tip(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY)
    await nam.until(code)
    await lan.press("Kể thêm")
    await lan.until("Bà con nhắn giúp")
    await lan.send("có xe lạ")
    await lan.until(f"Đã thêm vào mã {code}")
    more = await nam.until("người báo kể thêm")
    await nam.press("Xem nội dung", message_id=more["message_id"])
    shown = said(await nam.until("có xe lạ"))
    assert STORY in shown
    await lan.send("câu khác")
    await lan.until("Bà con muốn gửi câu này cho công an?")


async def test_adding_can_be_stopped(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    await lan.press("Kể thêm")
    await press(lan, "Thôi")
    await lan.until("Đã dừng")
    await caught_up(nam)
    assert not heard(nam, "kể thêm")


async def test_a_call_back_says_only_the_code_and_its_button_opens_the_receipt(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY, how=CALL_BACK)
    await nam.press("Tiếp nhận")
    push = await lan.until("có cập nhật")
    assert said(push) == f"Mã {code} có cập nhật."
    assert lan.buttons(push) == ["Xem"]
    await lan.press("Xem")
    await lan.until("đã tiếp nhận, đang xác minh")
    await nam.until("đã tiếp nhận")
    await ask(nam, "Thường mấy giờ?")
    push = await lan.until("có cập nhật")
    assert said(push) == f"Mã {code} có cập nhật."
    await lan.press("Xem", message_id=push["message_id"])
    await press(lan, "Trả lời")
    await lan.until("Không cần xưng tên")
    await lan.send("khoảng 23 giờ")
    await lan.until(f"Đã thêm vào mã {code}")
    await close(nam)
    await lan.until(f"Mã {code} có cập nhật.")
    assert set(heard(lan, "có cập nhật")) == {f"Mã {code} có cập nhật."}


async def test_a_named_informant_is_told_too(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY, how="Kèm tên tôi")
    await nam.press("Tiếp nhận")
    push = await lan.until("có cập nhật")
    assert said(push) == f"Mã {code} có cập nhật."
    await lan.press("Xem")
    await lan.until("đang xác minh")


async def test_a_hidden_informant_is_never_written_to(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await close(nam)
    await town.delivered()
    await caught_up(lan)
    assert not heard(lan, "có cập nhật")


async def test_a_name_is_seen_only_by_asking_for_it_and_each_look_is_told_as_recorded(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY, how="Kèm tên tôi")
    await nam.press("Xem nội dung")
    await nam.until(STORY)
    assert not heard(nam, "Lan")
    await nam.press("Xem tên")
    assert said(await nam.until("Lan")) == f"Mã {code}: người báo tên Lan. Lần xem này đã được ghi lại."


async def test_a_hidden_tip_has_no_name_to_see(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    card = await nam.until("CHƯA XÁC MINH")
    assert "Xem tên" not in nam.buttons(card)
    show = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await nam.press_data(show.replace("tip.show", "tip.name"))
    await nam.until("Người báo không để tên")


async def test_a_code_opens_nothing(town: Town) -> None:
    lan, mai = await town.resident("Lan"), await town.resident("Mai")
    code = await town.tip(lan, STORY)
    for data in (f"r.view:{code}", f"r.add:{code}", f"t.be:named:{code}", "r.view:", "r.view"):
        await mai.press_data(data)
        await mai.until(lambda message: "không còn mở được" in said(message) or "Nút này cũ" in said(message))
    assert not heard(mai, code)


async def test_a_receipt_opens_after_a_restart(town: Town) -> None:
    lan = await town.resident("Lan")
    code = await town.tip(lan, STORY)
    await town.restart(hours=30)
    assert code in await look(lan)


async def test_a_closed_tip_takes_no_more_words_and_says_so(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await close(nam, "Chưa đủ thông tin")
    assert "Bà con biết thêm xin báo tin mới" in await look(lan)
    await lan.press("Kể thêm")
    await lan.until("đã kết thúc, không kể thêm được nữa")
    await lan.press("Báo tin")
    await lan.until("Chuyện gì vậy")


async def test_what_is_told_as_the_tip_ends_is_offered_as_a_new_one(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY)
    await lan.press("Kể thêm")
    await lan.until("Bà con nhắn giúp")
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await close(nam)
    await lan.send("có xe lạ")
    await lan.until(f"Mã {code} đã kết thúc rồi, phần vừa kể chưa gửi cho ai")
    await press(lan, "Đúng, báo tin")
    await press(lan, CRIME)
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    again = code_in(await lan.until("Mã tin:"))
    assert again != code
    await nam.until(again)
    await nam.press("Xem nội dung")
    await nam.until("“có xe lạ”")


async def test_a_picture_sent_as_the_tip_ends_begins_a_new_one(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    await lan.press("Kể thêm")
    await lan.until("Bà con nhắn giúp")
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await close(nam)
    await lan.send_photo(picture())
    await lan.until("chưa gửi cho ai")
    await lan.until("Có 1 ảnh.")
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    await nam.until(code_in(await lan.until("Mã tin:")))
