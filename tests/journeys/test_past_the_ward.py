"""A tip about the ward's own officials goes to the province, and whoever tells it is told the truth on every way."""

import pytest

from simulator.phone import Phone
from tests.journeys.test_pieces import cleaned, picture
from tests.journeys.town import BAC_HONG, CODE, Town, begin, caught_up, code_in, heard, press, said

ABOUT = "Chuyện về cán bộ, công an phường"
TO_PROVINCE = "sẽ gửi Công an tỉnh Hà Tĩnh, phường không thấy"
FALSE = ("Đã báo công an phường", "Phường này chưa", "chưa nối với công an tỉnh")


async def told(town: Town, *, pressed: bool = True) -> Phone:
    """A resident who has told about an official and chosen the province."""
    lan = await town.resident("Lan", BAC_HONG)
    await begin(lan)
    await lan.send("Cán bộ phường đòi tiền làm giấy tờ")
    await press(lan, "Gửi")
    await lan.until("để tên thế nào")
    await (lan.press(ABOUT) if pressed else lan.send("chuyen ve can bo, cong an phuong"))
    await lan.until(TO_PROVINCE)
    return lan


def nothing_false(phone: Phone) -> None:
    assert not [words for words in FALSE if heard(phone, words)]


async def test_a_second_tap_says_again_that_it_goes_to_the_province(town: Town) -> None:
    await town.officer()
    lan = await town.resident("Lan")
    await begin(lan)
    await lan.send("Cán bộ phường đòi tiền")
    await press(lan, "Gửi")
    asked = (await lan.until("để tên thế nào"))["message_id"]
    await lan.press(ABOUT, message_id=asked)
    await lan.press(ABOUT, message_id=asked)
    await caught_up(lan)
    assert len(heard(lan, TO_PROVINCE)) == 2
    nothing_false(lan)


@pytest.mark.parametrize("pressed", [True, False])
async def test_one_more_sentence_and_it_is_said_again_where_the_story_goes(town: Town, pressed: bool) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await told(town, pressed=pressed)
    await lan.send("Ông ấy làm ở bộ phận một cửa")
    await lan.until("2 lời kể")
    await (lan.press("Gửi") if pressed else lan.send("gui"))
    await lan.until(lambda _: len(heard(lan, TO_PROVINCE)) == 2)
    assert ABOUT not in lan.buttons()
    await press(lan, "Ai thấy được gì?")
    await lan.until("Hàng xóm")
    assert ABOUT not in lan.buttons()
    await press(lan, "Giấu tên")
    receipt = said(await lan.until("Mã tin:"))
    assert "Công an tỉnh đọc trước" in receipt
    nothing_false(lan)
    code = CODE.findall(receipt)[0]
    await tinh.until(code)
    await caught_up(nam)
    assert not heard(nam, code)


@pytest.mark.parametrize("pressed", [True, False])
async def test_happening_now_tells_that_the_province_was_alerted(town: Town, pressed: bool) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await told(town, pressed=pressed)
    await lan.send("Ở ngay trụ sở")
    await lan.until("2 lời kể")
    await (lan.press("Đang xảy ra") if pressed else lan.send("dang xay ra"))
    await lan.until("Đã báo Công an tỉnh")
    await tinh.until("KHẨN")
    await lan.press("Gửi")
    assert "Công an tỉnh đã được báo" in said(await lan.until("Mã tin:"))
    await caught_up(nam)
    assert not heard(nam, "KHẨN")
    nothing_false(lan)


async def test_where_nobody_of_the_province_is_on_duty_nobody_is_said_to_know(town: Town) -> None:
    nam = await town.officer()
    lan = await told(town)
    await lan.send("Ở ngay trụ sở")
    await lan.until("2 lời kể")
    await lan.press("Đang xảy ra")
    answer = said(await lan.until("Công an tỉnh chưa có người trực"))
    assert "113" in answer
    await lan.press("Gửi")
    assert "chờ Công an tỉnh vào đọc" in said(await lan.until("Mã tin:"))
    await caught_up(nam)
    assert not heard(nam, "KHẨN")
    assert not heard(lan, "đã được báo")
    await town.pass_time(minutes=2)
    assert "GỌI NGAY 113" in said(await lan.until("Một phút rồi"))
    assert not heard(lan, "đang báo thêm người")
    nothing_false(lan)


async def test_a_quiet_tip_waits_for_a_province_where_nobody_is_on_duty(town: Town) -> None:
    await town.officer()
    lan = await told(town)
    await lan.press("Giấu tên")
    receipt = said(await lan.until("Mã tin:"))
    assert "Công an tỉnh chưa có người trực" in receipt
    assert "phường không thấy" in receipt
    nothing_false(lan)


@pytest.mark.parametrize("pressed", [True, False])
async def test_an_urgent_story_can_go_past_the_ward_before_its_first_word(town: Town, pressed: bool) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await town.resident("Lan")
    await begin(lan, "Có người gặp nguy")
    await (lan.press(ABOUT) if pressed else lan.send("chuyen ve can bo, cong an phuong"))
    answer = said(await lan.until(TO_PROVINCE))
    assert "113" in answer
    # A wrong kind put right by another press goes where it was to go.
    await lan.press("Có người gặp nguy")
    await lan.until(lambda _: len(heard(lan, TO_PROVINCE)) == 2)
    await lan.send("Công an phường đang đánh người ở trụ sở")
    await lan.until("Đã báo Công an tỉnh")
    await tinh.until("KHẨN")
    await lan.press("Gửi")
    await lan.until("Công an tỉnh đã được báo")
    await caught_up(nam)
    assert not heard(nam, "KHẨN")
    nothing_false(lan)


async def test_an_urgent_story_with_nobody_of_the_province_says_so_before_it_is_told(town: Town) -> None:
    await town.officer()
    lan = await town.resident("Lan")
    await begin(lan, "Có người gặp nguy")
    await lan.press(ABOUT)
    answer = said(await lan.until(TO_PROVINCE))
    assert "chưa ai thấy ngay" in answer
    assert "GỌI NGAY 113" in answer


async def test_happening_before_the_first_word_offers_the_province_but_fire_does_not(town: Town) -> None:
    await town.officer()
    lan = await town.resident("Lan")
    await begin(lan, "Bạo lực gia đình")
    await lan.press("Đang xảy ra")
    await lan.until("Nhắn câu nào công an thấy ngay")
    assert ABOUT in lan.buttons()
    await begin(lan, "Cháy, nổ")
    await lan.until("GỌI 114 NGAY")
    assert ABOUT not in lan.buttons()


async def test_the_button_of_an_older_question_asks_for_the_story_first(town: Town) -> None:
    await town.officer()
    lan = await town.resident("Lan")
    await town.tip(lan, "Chuyện cũ")
    old = next(message for message in lan.heard if ABOUT in lan.buttons(message))
    await begin(lan)
    await lan.press(ABOUT, message_id=old["message_id"])
    answer = said(await lan.until(TO_PROVINCE))
    assert "chuyện gì, ở đâu" in answer
    await lan.send("Cán bộ đòi tiền")
    await lan.until("Có 1 lời kể")
    await lan.press("Gửi")
    await lan.until(lambda _: len(heard(lan, TO_PROVINCE)) == 2)


async def test_a_second_tap_after_the_province_was_alerted_says_calmly_where_it_went(town: Town) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await town.resident("Lan")
    await begin(lan, "Có người gặp nguy")
    asked = next(message for message in lan.heard if ABOUT in lan.buttons(message))
    await lan.press(ABOUT, message_id=asked["message_id"])
    await lan.until(TO_PROVINCE)
    await lan.send("Công an phường đang đánh người ở trụ sở")
    await lan.until("Đã báo Công an tỉnh")
    await lan.press(ABOUT, message_id=asked["message_id"])
    await lan.until(lambda _: len(heard(lan, "Đã báo Công an tỉnh")) == 2)
    await lan.press("Gửi")
    assert "Công an tỉnh đã được báo" in said(await lan.until("Mã tin:"))
    await caught_up(nam)
    assert not heard(lan, "Nút này cũ rồi")
    assert len(heard(tinh, "KHẨN")) == 1
    assert not heard(nam, "KHẨN")
    nothing_false(lan)


CRY = "Công an phường đang đánh người ở trụ sở"


@pytest.mark.parametrize("pressed", [True, False])
async def test_words_told_before_their_kind_can_go_past_the_ward_before_anybody_is_alerted(
    town: Town, pressed: bool
) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await town.resident("Lan")
    await lan.send(CRY)
    await press(lan, "Đúng, báo tin")
    await lan.until("thuộc loại nào")
    await (lan.press(ABOUT) if pressed else lan.send("chuyen ve can bo, cong an phuong"))
    asked = await lan.until(TO_PROVINCE)
    assert "thuộc loại nào" in said(asked)
    assert ABOUT not in lan.buttons(asked)
    # Asked again, whatever is done meanwhile, it still goes there.
    await lan.send("Họ khóa cửa rồi")
    await lan.until(lambda _: len(heard(lan, TO_PROVINCE)) == 2)
    await lan.send("/baotin")
    await lan.until(lambda _: len(heard(lan, TO_PROVINCE)) == 3)
    await (lan.press("Có người gặp nguy") if pressed else lan.send("2"))
    await lan.until("Đã báo Công an tỉnh")
    await press(tinh, "Xem nội dung")
    await tinh.until("khóa cửa")
    await caught_up(nam)
    assert not heard(nam, "KHẨN")
    nothing_false(lan)


async def test_a_picture_after_words_that_go_past_the_ward_goes_with_them(town: Town) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await town.resident("Lan")
    await lan.send("/baotin Cán bộ phường đòi tiền làm giấy tờ")
    await press(lan, ABOUT)
    await lan.until(TO_PROVINCE)
    await lan.send_photo(b"\xff\xd8\xff\xe0")
    await press(lan, "Gửi")
    await lan.until(lambda _: len(heard(lan, TO_PROVINCE)) == 2)
    await lan.press("Giấu tên")
    await tinh.until(code_in(await lan.until("Mã tin:")))
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")


async def test_a_told_story_can_go_past_the_ward_before_it_is_said_to_happen_now(town: Town) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await town.resident("Lan")
    await begin(lan)
    await lan.send(CRY)
    await press(lan, ABOUT)
    answer = said(await lan.until(TO_PROVINCE))
    assert "Có 1 lời kể" in answer
    await lan.press("Đang xảy ra")
    await lan.until("Đã báo Công an tỉnh")
    await tinh.until("KHẨN")
    await caught_up(nam)
    assert not heard(nam, "KHẨN")
    nothing_false(lan)


async def alerted(town: Town) -> tuple[Phone, Phone]:
    """A resident who said too late that it is about an officer, and the officer of the ward who was alerted."""
    nam, lan = await town.officer(), await town.resident("Lan")
    await begin(lan, "Có người gặp nguy")
    await lan.send(CRY)
    await nam.until("KHẨN")
    return lan, nam


@pytest.mark.parametrize("pressed", [True, False])
async def test_who_says_too_late_that_it_is_about_an_officer_hears_what_the_ward_knows_and_takes_it_back(
    town: Town, pressed: bool
) -> None:
    tinh = await town.member("Thiếu tá Hoa", "province", "42")
    lan, nam = await alerted(town)
    await (press(lan, ABOUT) if pressed else lan.send("chuyen ve can bo, cong an phuong"))
    asked = said(await lan.until("chưa ai mở đọc"))
    assert "đã được báo" in asked
    assert "113" in asked
    assert len(asked.splitlines()) <= 6
    await caught_up(lan)
    assert not heard(tinh, "KHẨN"), "asked first: a stray tap must take no alert back"
    await (lan.press("Rút khỏi phường, gửi tỉnh") if pressed else lan.send("rut khoi phuong, gui tinh"))
    answer = said(await lan.until("Đã rút khỏi phường"))
    assert "Đã báo Công an tỉnh" in answer
    await press(tinh, "Xem nội dung")
    await tinh.until(CRY)
    await nam.until("người báo đã rút tin")
    await nam.press("Xem nội dung")
    await caught_up(nam)
    assert not heard(nam, CRY)
    await lan.send("Có cả ông trực ban")
    await tinh.until("người báo kể thêm")
    await lan.press("Gửi")
    receipt = said(await lan.until("Mã tin:"))
    assert "Công an tỉnh đã được báo" in receipt
    await caught_up(nam)
    assert not heard(nam, CODE.findall(receipt)[0])
    assert not heard(lan, "phường không thấy"), "it did know that there was something"


async def test_what_the_ward_has_read_is_said_to_be_read(town: Town) -> None:
    await town.member("Thiếu tá Hoa", "province", "42")
    lan, nam = await alerted(town)
    await nam.press("Xem nội dung")
    await nam.until(CRY)
    await press(lan, ABOUT)
    asked = said(await lan.until("đã có người mở đọc"))
    assert "không rút lại được" in asked
    await lan.press("Để nguyên ở phường")
    await lan.until("Bà con đang kể dở")
    await lan.press("Gửi")
    await lan.until("Công an đã được báo")
    assert not heard(nam, "đã rút tin")


async def test_where_nobody_of_the_province_would_be_alerted_it_is_said_before_the_ward_loses_it(town: Town) -> None:
    lan, _ = await alerted(town)
    await press(lan, ABOUT)
    await lan.until("Công an tỉnh chưa có người trực")
    await lan.press("Rút khỏi phường, gửi tỉnh")
    answer = said(await lan.until("Đã rút khỏi phường"))
    assert "113" in answer
    assert "Đã báo" not in answer
    await lan.press("Gửi")
    await lan.until("chờ Công an tỉnh vào đọc")


async def test_what_the_ward_has_ended_or_passed_on_is_not_taken_back_and_the_way_is_said(town: Town) -> None:
    lan, nam = await alerted(town)
    await press(lan, ABOUT)
    asked = await lan.until("chưa ai mở đọc")
    await nam.press("Kết thúc")
    await press(nam, "Ngoài phạm vi")
    await nam.until("Đã kết thúc")
    await lan.press("Rút khỏi phường, gửi tỉnh", message_id=asked["message_id"])
    await lan.until("không rút được nữa")
    await lan.press("Gửi")
    await lan.until("Mã tin:")


async def test_a_picture_that_is_taken_back_from_the_ward_arrives_at_the_province(town: Town) -> None:
    tinh = await town.member("Thiếu tá Hoa", "province", "42")
    lan, nam = await alerted(town)
    await lan.send_photo(picture())
    await nam.until("người báo kể thêm")
    await cleaned(town)
    await press(lan, ABOUT)
    await press(lan, "Rút khỏi phường, gửi tỉnh")
    await nam.until("người báo đã rút tin")
    await press(tinh, "Xem nội dung")
    await press(tinh, "Xem 1 ảnh, tệp")
    await tinh.until(lambda message: "photo" in message)


@pytest.mark.parametrize("between", ["/baotin", "bao tin", f"/baotin {CRY}", "/start", f"/start w_{BAC_HONG}"])
async def test_what_was_said_to_go_past_the_ward_does_so_after_a_look_at_something_else(
    town: Town, between: str
) -> None:
    nam, tinh = await town.officer(), await town.member("Thiếu tá Hoa", "province", "42")
    lan = await town.resident("Lan")
    await begin(lan, "Có người gặp nguy")
    await press(lan, ABOUT)
    await lan.until(TO_PROVINCE)
    await lan.send(between)
    await caught_up(lan)
    if CRY not in between:
        await lan.send(CRY)
    if between.startswith("/start"):
        await press(lan, "Đúng, báo tin")
    await lan.until(lambda _: len(heard(lan, TO_PROVINCE)) >= 2)
    await lan.press("Có người gặp nguy")
    await lan.until("Đã báo Công an tỉnh")
    await tinh.until("KHẨN")
    await caught_up(nam)
    assert not heard(nam, "KHẨN")
    nothing_false(lan)


@pytest.mark.parametrize("choice", ["rut khoi phuong, gui tinh", "de nguyen o phuong"])
async def test_what_is_told_while_it_is_asked_goes_where_the_story_goes_then(town: Town, choice: str) -> None:
    tinh = await town.member("Thiếu tá Hoa", "province", "42")
    lan, nam = await alerted(town)
    await press(lan, ABOUT)
    await lan.until("chưa ai mở đọc")
    await lan.send("rut di, ong Hung danh toi")
    asked = said(await lan.until("chưa gửi ai"))
    assert len(asked.splitlines()) <= 6
    await lan.send("/start")
    await lan.send("ong ay khoa cua")
    await lan.until(lambda _: len(heard(lan, "chưa gửi ai")) >= 3)
    await lan.send_photo(picture())
    await lan.until("rồi gửi lại giúp")
    await caught_up(nam)
    assert not heard(nam, "người báo kể thêm")
    await lan.send(choice)
    reader = tinh if "tinh" in choice else nam
    await reader.until("người báo kể thêm")
    await press(reader, "Xem nội dung")
    await reader.until("ong ay khoa cua")
    assert heard(reader, "ong Hung")
    await caught_up(nam)
    assert bool(heard(nam, "ong Hung")) is (reader is nam)
    await lan.press("Gửi")
    assert "chưa gửi" not in said(await lan.until("Mã tin:"))


async def test_who_presses_gui_instead_of_choosing_hears_that_the_last_words_went_nowhere(town: Town) -> None:
    lan, nam = await alerted(town)
    await press(lan, ABOUT)
    await lan.until("chưa ai mở đọc")
    await lan.send("ong Hung danh toi")
    await lan.until("chưa gửi ai")
    await lan.send("gui")
    assert "Câu nhắn sau cùng chưa gửi cho ai" in said(await lan.until("Mã tin:"))
    await caught_up(nam)
    assert not heard(nam, "người báo kể thêm")


async def test_a_leader_who_looks_at_a_check_before_choosing_tells_the_ward_nothing_either(town: Town) -> None:
    nam, mai = await town.officer(), await town.leader()
    await begin(mai, "Có người gặp nguy")
    await mai.send(CRY)
    await press(mai, ABOUT)
    await mai.until("chưa ai mở đọc")
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await press(mai, "Không đạt")
    await press(mai, "Cả tổ")
    await press(mai, "Hỏng")
    await mai.until("2/7")
    await mai.send("ong Hung danh toi ngay bay gio")
    await mai.until("chưa gửi ai")
    await caught_up(nam)
    assert not heard(nam, "người báo kể thêm")
