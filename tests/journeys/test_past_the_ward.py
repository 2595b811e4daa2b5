"""A tip about the ward's own officials goes to the province, and whoever tells it is told the truth on every way."""

import pytest

from simulator.phone import Phone
from tests.journeys.town import BAC_HONG, CODE, Town, begin, caught_up, heard, press, said

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
