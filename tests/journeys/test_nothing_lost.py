"""Words that look like a button, a command, a number or a ward, and are a story: nothing of it is lost."""

import pytest

from simulator.phone import Phone
from tests.journeys.town import CRIME, Town, begin, caught_up, code_in, heard, press, said

STORY = "Nhà cuối hẻm đêm nào cũng tụ tập"


async def received(town: Town, lan: Phone, nam: Phone) -> str:
    """*Gửi*, *Giấu tên*; what the officer reads of the story."""
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    await nam.until(code_in(await lan.until("Mã tin:")))
    await nam.press("Xem nội dung")
    card = said(await nam.until("“"))
    assert town.app.dispatch.quarantined == 0
    return card


@pytest.mark.parametrize("word", ["Thôi", "thoi"])
async def test_a_typed_thoi_may_end_the_story_or_the_telling_and_is_asked_about(town: Town, word: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send(STORY)
    await lan.until("1 lời kể")
    await lan.send(word)
    asked = await lan.until("Bỏ 1 lời kể đã kể?")
    assert lan.buttons(asked) == ["Đúng, bỏ", "Kể tiếp"]
    await lan.send("ke tiep")
    await lan.until("đang kể dở, có 1 lời kể")
    assert f"“{STORY}”" in await received(town, lan, nam)


async def test_a_story_is_dropped_when_that_is_what_was_meant(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    for way in ("typed", "pressed"):
        await begin(lan)
        await lan.send(STORY)
        await lan.until("1 lời kể")
        if way == "typed":
            await lan.send("thoi")
            await lan.until("Bỏ 1 lời kể")
            await lan.send("1")
        else:
            await lan.press("Thôi")
        await lan.until("Đã dừng, không gửi gì cả")
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")


@pytest.mark.parametrize("word", ["Tin chờ", "tong hop", "Kiểm tra an toàn", "0", "1", "/", "w_18115"])
async def test_words_of_somebody_elses_keyboard_are_part_of_a_story(town: Town, word: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send(STORY)
    await lan.until("1 lời kể")
    await lan.send(word)
    await lan.until("Có 2 lời kể")
    assert f"“{word}”" in await received(town, lan, nam)


async def test_they_are_still_refused_when_nothing_is_told(town: Town) -> None:
    lan = await town.resident("Lan")
    await lan.send("Tin chờ")
    await lan.until("chỉ công an phường làm được")


@pytest.mark.parametrize("command", ["/baotin", "/tip", "/baotin@anphuong_bot"])
async def test_a_story_behind_the_command_is_the_story(town: Town, command: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    command = command.replace("anphuong_bot", town.sim.world.bot["username"])
    await lan.send(f"{command} {STORY}\nNhà có cổng xanh")
    await lan.until("Đã giữ lời bà con kể")
    await press(lan, CRIME)
    await lan.until("1 lời kể")
    card = await received(town, lan, nam)
    assert STORY in card
    assert "Nhà có cổng xanh" in card


async def test_a_wrong_kind_can_be_put_right_until_something_is_told(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send("/baotin")
    kinds = await lan.until("Chuyện gì vậy")
    await lan.press("Cháy, nổ")
    await lan.until("GỌI 114 NGAY")
    await lan.press("Ma túy", message_id=kinds["message_id"])
    await lan.until("Bà con kể giúp")
    await lan.send(STORY)
    await lan.until("1 lời kể")
    await lan.press("Lừa đảo", message_id=kinds["message_id"])
    await lan.until("Nút này cũ rồi")
    assert "Ma túy" in await received(town, lan, nam)


@pytest.mark.parametrize("told", ["co nguoi dang pha khoa cua sau", "chay nha ba tu"])
async def test_a_story_told_when_the_ward_was_asked_for_is_kept(town: Town, told: str) -> None:
    nam, lan = await town.officer(), town.sim.phone("Lan")
    await lan.send("/start")
    await press(lan, "Bắt đầu")
    await press(lan, "Đồng ý")
    await lan.until("Bà con ở phường nào?")
    await lan.send(told)
    await lan.until("Đã giữ lời bà con kể. Nguy cấp: gọi ngay 113, 114, 115.")
    await lan.send("toi o phuong bac hong")
    await lan.until("Bà con muốn gửi câu này cho công an?")
    await lan.press("Đúng, báo tin")
    await press(lan, CRIME)
    await lan.until("1 lời kể")
    assert f"“{told}”" in await received(town, lan, nam)


async def test_a_ward_in_a_sentence_is_found_and_is_no_story(town: Town) -> None:
    lan = town.sim.phone("Lan")
    await lan.send("/start")
    await press(lan, "Bắt đầu")
    await press(lan, "Đồng ý")
    await lan.until("Bà con ở phường nào?")
    await lan.send("nhà em ở tổ 5 phường Bắc Hồng")
    await lan.until("Phường Bắc Hồng")
    await caught_up(lan)
    assert not heard(lan, "Bà con muốn gửi câu này")


@pytest.mark.parametrize("cry", ["nha so 5 dang chay lon cuu voi", "nhà 5 cháy", "co cuop nha 7"])
async def test_a_cry_for_help_is_no_house_number(town: Town, cry: str) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await press(mai, "Không đạt")
    await mai.until("Gõ số nhà")
    await mai.send(cry)
    await mai.until("Bà con muốn gửi câu này cho công an?")


async def test_the_names_of_equipment_are_no_cry_for_help(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await press(mai, "Không đạt")
    await mai.until("Gõ số nhà")
    await mai.send("nha 5 binh chua chay")
    await mai.until("nhà 5: bị sao")
    await mai.send("bình chữa cháy hết hạn")
    await mai.until("2/7")


async def test_who_sees_what_is_said_and_the_choice_stays_open(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send(STORY)
    await press(lan, "Gửi")
    await press(lan, "Ai thấy được gì?")
    await lan.until("Telegram: biết máy này nhắn")
    await lan.send("2")
    await nam.until(code_in(await lan.until("Mã tin:")))


async def test_named_tips_are_opened_by_typing_their_code(town: Town) -> None:
    lan = await town.resident("Lan")
    code = await town.tip(lan, STORY, how="Kèm tên tôi")
    await lan.send("tin cua toi")
    await lan.until("Tin kèm tên của bà con")
    await lan.send(code.lower())
    await lan.until(f"🔎 {code}")


async def test_fifty_messages_in_a_second_are_all_kept_in_order(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    for number in range(50):
        await lan.send(f"câu {number};")
    await lan.until("Có 50 lời kể")
    card = await received(town, lan, nam)
    places = [card.index(f"“câu {number};”") for number in range(50)]
    assert places == sorted(places)


async def test_a_double_tap_sends_one_tip(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send(STORY)
    await press(lan, "Gửi")
    asked = await lan.until("Còn một bước")
    data = asked["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _ in range(3):
        await lan.press_data(data, asked["message_id"])
    await lan.until("Nút này cũ rồi")
    await caught_up(nam)
    assert len(heard(nam, "CHƯA XÁC MINH")) == 1
    assert len(heard(lan, "Mã tin:")) == 1
