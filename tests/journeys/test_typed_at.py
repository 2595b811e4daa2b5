"""Officers type at what was pushed: a code, or the words of a button; several tips are told apart."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.phone import Phone
from tests.journeys.test_leader_findings import broken_buttons
from tests.journeys.town import NGHI_HOA, Town, caught_up, heard, said, town_in

STORY = "Nhà cuối hẻm đêm nào cũng tụ tập"


@pytest.fixture
async def nam(town: Town) -> AsyncIterator[Phone]:
    """An officer; whatever he typed raised nothing."""
    yield await town.officer()
    assert town.app.dispatch.quarantined == 0


async def shows(nam: Phone, *words: str) -> None:
    """A message that contains all of these has come."""
    await nam.until(lambda message: all(word in said(message) for word in words))


async def tips(town: Town, nam: Phone, count: int) -> list[str]:
    """So many tips, each pushed to the officer; their codes."""
    lan = await town.resident("Lan")
    codes = [await town.tip(lan, f"{STORY} {number}") for number in range(count)]
    for code in codes:
        await nam.until(code)
    return codes


@pytest.mark.parametrize(
    "spelled", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.lower()}."]
)
async def test_a_code_opens_the_card_and_its_buttons_can_be_typed(town: Town, nam: Phone, spelled: object) -> None:
    first, _ = await tips(town, nam, 2)
    assert callable(spelled)
    await nam.send(spelled(first))
    card = await nam.until(f"“{STORY} 0”")
    assert first in said(card)
    await nam.send("tiep nhan")
    await nam.until("tiếp nhận lúc 21:45")
    await nam.send("ket thuc")
    await nam.until(f"Mã {first}: kết quả?")
    await nam.send("da giai quyet")
    await nam.until(f"Đã kết thúc mã {first}")
    await nam.send("hoan tac")
    await nam.until(f"Đã mở lại mã {first}")


async def test_words_of_a_button_meet_the_only_open_tip(town: Town, nam: Phone) -> None:
    [code] = await tips(town, nam, 1)
    await nam.send("Tiếp nhận")
    await nam.until(lambda message: code in said(message) and "tiếp nhận lúc 21:45" in said(message))


async def test_of_several_tips_it_is_asked_which(town: Town, nam: Phone) -> None:
    codes = await tips(town, nam, 3)
    for _ in range(2):
        await nam.send("tiep nhan")
        asked = await nam.until("Câu này cho bên nào?")
        shown = [label.split()[0] for label in nam.buttons(asked)]
        await nam.send("1")
        await shows(nam, shown[0], "tiếp nhận lúc")
        codes.remove(shown[0])
    await nam.send("tiep nhan")  # one is left that nobody has received
    await nam.until(lambda message: codes[0] in said(message) and "tiếp nhận lúc" in said(message))


async def test_with_several_cards_in_sight_a_word_meets_none_of_them_unasked(town: Town, nam: Phone) -> None:
    await tips(town, nam, 2)
    await nam.send("/tin")
    await nam.until("Đang mở 2 tin")
    await nam.send("ket thuc")
    await nam.until("Câu này cho bên nào?")


async def test_a_ready_question_is_one_tap_or_digit(town: Town, nam: Phone) -> None:
    lan = await town.resident("Lan")
    await town.tip(lan, STORY)
    await nam.press("Hỏi lại")
    asked = await nam.until("gõ câu hỏi hoặc chọn sẵn")
    assert nam.buttons(asked) == ["Thường mấy giờ?", "Biển số xe?", "Còn tiếp diễn không?", "Thôi"]
    await nam.send("2")
    await nam.until("Đã gửi câu hỏi")
    await lan.press("Xem trả lời")
    await lan.until("Công an hỏi: “Biển số xe?”")


async def test_a_code_of_another_ward_opens_nothing(town: Town, nam: Phone) -> None:
    [code] = await tips(town, nam, 1)
    dung = await town.officer("Trung úy Dũng", NGHI_HOA)
    await dung.send(code)
    await dung.until("không thuộc phường mình")
    assert not heard(dung, STORY)


async def test_a_resident_who_types_a_code_hears_that_it_opens_nothing(town: Town, nam: Phone) -> None:
    [code] = await tips(town, nam, 1)
    hoa = await town.resident("Hoa")
    await hoa.send(code.lower())
    await hoa.until(f"Mã {code} chỉ để gọi tên tin, không mở được")


async def test_what_is_not_understood_says_how(nam: Phone) -> None:
    await nam.send("làm sao đây")
    await nam.until("Gõ mã tin để mở thẻ")


async def test_mended_can_be_typed_at_what_was_pushed(town: Town, nam: Phone) -> None:
    mai = await town.leader()
    await broken_buttons(mai)
    await nam.until("báo chưa đạt")
    await nam.send("da sua xong")
    await nam.until("Đã ghi sửa xong")
    await mai.until("Đã sửa xong, cả tổ yên tâm hơn")


async def test_nobody_there_to_take_over_is_said(town: Town, nam: Phone) -> None:
    [code] = await tips(town, nam, 1)
    await nam.press("Tiếp nhận")
    await nam.until("tiếp nhận lúc")
    await nam.tap("Ra ca")
    await nam.until(f"Chưa có ai khác để bàn giao 1 tin: {code}")
    await nam.press("Giao")
    await nam.until("Chưa có ai khác của Công an phường")


async def test_a_closed_card_says_what_is_known_of_it(town: Town, nam: Phone) -> None:
    first, second = await tips(town, nam, 2)
    for code, outcome, title in (
        (first, "da giai quyet", "ĐÃ KẾT THÚC: Trộm cướp"),
        (second, "trung", "ĐÃ KẾT THÚC, CHƯA XÁC MINH: Trộm cướp"),
    ):
        await nam.send(code)
        await nam.until("“")
        await nam.send("ket thuc")
        await nam.until("kết quả?")
        await nam.send(outcome)
        await shows(nam, title, code)


async def test_words_typed_below_a_card_that_was_pushed_meet_no_earlier_card_unasked(town: Town, nam: Phone) -> None:
    lan = await town.resident("Lan")
    first = await town.tip(lan, f"{STORY} 0")
    await nam.until(first)
    await nam.send("/tin")
    await nam.until("Đang mở 1 tin")
    await nam.until(lambda message: "Xem nội dung" in nam.buttons(message))
    second = await town.tip(lan, f"{STORY} 1")
    await nam.until(second)
    for words in ("xem noi dung", "tiep nhan", "co gia tri"):
        await nam.send(words)
        asked = await nam.until("Câu này cho bên nào?")
        assert sorted(label.split()[0] for label in nam.buttons(asked)) == sorted((first, second))
        await caught_up(nam)
    assert not heard(nam, "tiếp nhận lúc")
    await nam.send("xem noi dung")
    asked = await nam.until("Câu này cho bên nào?")
    await nam.send("1" if nam.buttons(asked)[0].startswith(second) else "2")
    await shows(nam, second, f"“{STORY} 1”")


async def test_a_question_that_was_begun_goes_on_though_a_card_is_pushed(town: Town, nam: Phone) -> None:
    first, _ = await tips(town, nam, 2)
    await nam.send(first)
    await nam.until(f"“{STORY} 0”")
    await nam.send("hoi lai")
    await nam.until("gõ câu hỏi")
    third = await town.tip(await town.resident("Ba"), f"{STORY} 2")
    await nam.until(third)
    await nam.send("2")
    await nam.until(f"Đã gửi câu hỏi của mã {first}")


async def test_a_digit_typed_below_a_late_reminder_means_its_own_button(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=datetime(2026, 11, 30, 5, 42, tzinfo=UTC)) as town:
        mai = await town.leader()
        await mai.send("/diemdanh")
        await mai.until("chưa kiểm tra tháng 11")
        await town.pass_time(hours=19, minutes=30)
        await mai.until("qua hạn tháng 11")
        await mai.send("3")  # *Tôi đi vắng* here; *Nhắc tối nay* on the card before
        await mai.until("Cảm ơn ông/bà Mai đã báo")
        assert not heard(mai, "nhắc lại lúc")
        assert town.app.dispatch.quarantined == 0
