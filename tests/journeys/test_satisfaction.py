"""How satisfied an informant is: one tap or one digit below a closed tip, once, and no officer learns who said what."""

from datetime import timedelta

import pytest

from cases import figures
from domain.clocks import ward_day
from domain.indicators import BY_NAME
from domain.text import fold
from simulator.phone import Phone
from storage.figures import Facts
from storage.unit import Unit
from tests.journeys.test_receipt import CALL_BACK, STORY, close, look
from tests.journeys.town import BAC_HONG, Town, caught_up, heard, press, said

CHOICES = ["Hài lòng", "Bình thường", "Chưa hài lòng"]
ASKED = "Bà con thấy thế nào?"


async def ended(town: Town, how: str = "Giấu tên") -> tuple[Phone, Phone, str]:
    """A tip that was told and closed: its informant, its officer, its code."""
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY, how=how)
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await close(nam)
    return lan, nam, code


async def counted(town: Town) -> tuple[int, int]:
    """How many have said something, of how many closed tips, today up to now: nobody is told before the day is over."""
    town.clock.time += timedelta(seconds=1)

    async def read(unit: Unit) -> Facts:
        return await figures.facts_of(unit, BAC_HONG, ward_day(unit.now), unit.now)

    found = await town.app.read(read)
    rated, whole = BY_NAME["tips.rated"].numbers(found)
    return rated, whole or 0


def rating_press(phone: Phone, choice: str) -> str:
    """What the button of a choice carries, on the newest receipt that has one."""
    for message in reversed(phone.heard):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if button["text"] == choice:
                    return str(button["callback_data"])
    raise AssertionError(f"no button {choice}")


@pytest.mark.parametrize("how", ["Giấu tên", CALL_BACK, "Kèm tên tôi"])
async def test_one_tap_is_enough_and_the_officer_learns_nothing(town: Town, how: str) -> None:
    lan, nam, code = await ended(town, how)
    assert ASKED in await look(lan)
    assert lan.buttons(lan.last)[:3] == CHOICES
    told = len(nam.heard)
    await lan.press("Chưa hài lòng")
    shown = said(await lan.until("✅ Bà con đã chọn: Chưa hài lòng. Cảm ơn bà con."))
    assert code in shown
    assert "bấm Báo tin kể tiếp, vẫn giấu tên được" in shown
    assert ASKED not in shown
    assert ASKED not in await look(lan), "never asked twice"
    assert await counted(town) == (1, 1)
    await town.delivered()
    assert len(nam.heard) == told, "no officer is told"
    await nam.send(code)
    card = said(await nam.until("ĐÃ KẾT THÚC"))
    assert "hài lòng" not in fold(card)
    assert "chon" not in fold(card)


@pytest.mark.parametrize("typed", ["3", "Chưa hài lòng", "chua hai long"])
async def test_it_can_be_typed_below_a_typed_receipt(town: Town, typed: str) -> None:
    lan, _, _ = await ended(town)
    await lan.press("Xem trả lời")
    await lan.until(ASKED)
    await lan.press("Mã mở biên nhận")
    secret = said(await lan.until("chép ra giấy")).splitlines()[1]
    mai = await town.resident("Mai")
    await mai.send(secret)
    assert "Bấm hoặc gõ 1, 2, 3" in said(await mai.until("🔎"))
    await mai.send(typed)
    await mai.until("✅ Bà con đã chọn: Chưa hài lòng. Cảm ơn bà con.")
    assert await counted(town) == (1, 1)
    await mai.send("hai long")
    await mai.until("bà con bấm nút dưới biên nhận")
    assert await counted(town) == (1, 1), "the receipt is not remembered once it has been said"


async def test_words_below_a_pressed_receipt_are_no_tip_and_the_button_still_works(town: Town) -> None:
    lan, _, _ = await ended(town)
    await look(lan)
    await lan.send("hài lòng")
    await lan.until("bà con bấm nút dưới biên nhận")
    assert await counted(town) == (0, 1)
    await lan.press("Hài lòng")
    await lan.until("✅ Bà con đã chọn: Hài lòng. Cảm ơn bà con.")
    assert "Báo tin kể tiếp" not in said(lan.last)


async def test_two_presses_at_once_count_once_and_later_ones_change_nothing(town: Town) -> None:
    lan, _, _ = await ended(town)
    await look(lan)
    first, other = rating_press(lan, "Hài lòng"), rating_press(lan, "Bình thường")
    for data in (first, first, other):
        await lan.press_data(data)
    await caught_up(lan)
    assert heard(lan, "Bà con đã chọn rồi: Hài lòng. Không có gì đổi.") != []
    assert await counted(town) == (1, 1)
    assert "✅ Bà con đã chọn: Hài lòng." in await look(lan)


async def test_open_withdrawn_forged_and_foreign_buttons_do_nothing(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY)
    await look(lan)
    view = next(
        button["callback_data"]
        for row in lan.last["reply_markup"]["inline_keyboard"]
        for button in row
        if button["text"] == "Xem trả lời"
    )
    receipt = view.partition(":")[2]
    await lan.press_data(f"r.rate:satisfied:{receipt}")
    await lan.until("Tin này chưa kết thúc")
    for data in (f"r.rate:best:{receipt}", f"r.rate:satisfied:{code}", "r.rate:satisfied", "r.rate"):
        await lan.press_data(data)
    await caught_up(lan)
    assert not heard(lan, "Bà con đã chọn")
    await lan.press("Rút tin")
    await press(lan, "Đúng, rút tin")
    await lan.until("Đã rút mã")
    await lan.press_data(f"r.rate:satisfied:{receipt}")
    await lan.until("Nút này cũ rồi")
    assert ASKED not in await look(lan)
    assert await counted(town) == (0, 0)
    await caught_up(nam)


async def test_a_report_tells_it_from_five_words_on(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    for number in range(5):
        await town.tip(lan, f"{STORY} {number}")
        await nam.press("Tiếp nhận")
        await nam.until("đã tiếp nhận")
        await close(nam)
        await look(lan)
        await lan.press("Hài lòng" if number else "Bình thường")
        await lan.until("✅ Bà con đã chọn")
        if number == 3:
            assert "Ý kiến hài lòng" not in await week(town)
            await town.pass_time(hours=24)
            assert "Ý kiến hài lòng" not in await week(town)
    await town.pass_time(hours=24)
    assert "Ý kiến hài lòng 4/5 (80,0 %), mẫu nhỏ. Tin kết thúc có ý kiến 5/5 (100,0 %)." in await week(town)


async def test_a_report_that_is_read_at_once_after_a_tap_tells_nothing_of_it(town: Town) -> None:
    """Who polls the running week would read one person's word off the difference."""
    nam, folk = await town.officer(), [await town.resident(f"Lan {number}") for number in range(6)]
    for number, lan in enumerate(folk):
        await town.tip(lan, f"{STORY} {number}")
        await nam.press("Tiếp nhận")
        await nam.until("đã tiếp nhận")
        await close(nam)
    for lan in folk[:5]:
        await look(lan)
        await lan.press("Hài lòng")
        await lan.until("✅ Bà con đã chọn")
    assert "Ý kiến hài lòng" not in await week(town)
    await town.pass_time(hours=24)
    told = "Ý kiến hài lòng 5/5 (100,0 %), mẫu nhỏ. Tin kết thúc có ý kiến 5/6 (83,3 %). Tính hết ngày 21/11."
    assert told in await week(town)
    await look(folk[5])
    await folk[5].press("Chưa hài lòng")
    await folk[5].until("✅ Bà con đã chọn")
    assert told in await week(town)


async def week(town: Town) -> str:
    """The report of the running week, as somebody reads it who asks for it now."""
    town.clock.time += timedelta(seconds=1)
    reply = await town.command("report", unit=BAC_HONG, period="weekly", format="text", date="2026-11-22")
    return (reply.file or b"").decode().replace("\xa0", " ")


OWN = """
code = "own"
family = "own"
name = "Riêng"
unit = "18115"
slots = 1
[[criterion]]
number = 1
text = "Người báo tin hài lòng"
how = { by = "automatic", indicator = "tips.satisfied", compare = "at_least", threshold = 80 }
"""


async def test_a_criterion_stands_on_it_from_five_words_on(town: Town) -> None:
    lan, nam, _ = await ended(town)
    await look(lan)
    await lan.press("Hài lòng")
    await lan.until("✅ Bà con đã chọn")
    await town.pass_time(hours=24)
    await town.command("criteria_import", text=OWN)
    await nam.press_data(f"k.board:{BAC_HONG}:own", nam.heard[0]["message_id"])
    await nam.until("🏅")
    await nam.press_data(f"k.one:{BAC_HONG}:own:1", nam.heard[0]["message_id"])
    shown = said(await nam.until("Tiêu chí 1/1"))
    assert "Chưa rõ: mới có dưới 5 ý kiến nên không nêu." in shown
