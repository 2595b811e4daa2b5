"""Fire and danger: the numbers to call first, officers at the first word, the receipt at *Gửi*, the name afterwards."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.build import open_app
from bot.serve import Server
from storage.unit import Unit
from storage.watches import Watch
from tests.journeys.town import (
    CRIME,
    NGHI_HOA,
    SATURDAY_EVENING,
    Clock,
    Town,
    begin,
    caught_up,
    code_in,
    heard,
    press,
    said,
    settings_for,
)

FIRE = "Cháy, nổ"


@pytest.mark.parametrize(
    ("kind", "number"),
    [(FIRE, "114"), ("Có người gặp nguy", "113"), ("Vật nguy hiểm", "113"), ("Trẻ em bị hại", "111")],
)
async def test_whom_to_call_comes_before_anything_else(town: Town, kind: str, number: str) -> None:
    lan = await town.resident("Lan")
    await town.officer()
    await lan.send("/baotin")
    await press(lan, kind)
    told = said(await lan.until(lambda message: "Gửi" in lan.buttons(message)))
    assert number in told.splitlines()[0]


async def test_officers_hear_at_the_first_word_and_the_receipt_comes_at_the_end(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, FIRE)
    await lan.send("Cháy hẻm 12")
    card = await nam.until("KHẨN, CHƯA XÁC MINH: Cháy, nổ")
    assert "Người báo giấu tên" in said(card)
    told = said(await lan.until("Đã báo công an phường"))
    assert "114" in told
    assert not heard(lan, "Mã tin:")
    await lan.send("còn hai người trên gác")
    more = await nam.until("người báo kể thêm")
    assert code_in(more) == code_in(card)
    assert "gác" not in said(more)
    await lan.press("Gửi")
    receipt = await lan.until("Mã tin:")
    assert code_in(receipt) == code_in(card)
    assert "114" in said(receipt)
    await nam.press("Xem nội dung")
    shown = said(await nam.until("hẻm 12"))
    assert "còn hai người trên gác" in shown
    await nam.send("/tin")
    await nam.until("Đang mở 1 tin")


async def test_how_to_be_known_can_be_chosen_afterwards_once(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, FIRE)
    await lan.send("Cháy hẻm 12")
    await press(lan, "Gửi")
    receipt = await lan.until("Mã tin:")
    assert {"Giấu tên", "Giấu tên, cho phép liên hệ lại", "Kèm tên tôi"} < set(lan.buttons(receipt))
    await lan.press("Kèm tên tôi")
    await lan.until("nay kèm tên bà con")
    await lan.press("Giấu tên, cho phép liên hệ lại")
    await lan.until("Bà con đã chọn rồi")
    await nam.send("/tin")
    await press(nam, "Xem tên")
    await nam.until("người báo tên Lan")
    await lan.send("/tincuatoi")
    assert lan.buttons(await lan.until("Tin kèm tên")) == [code_in(receipt)]


async def test_a_call_back_chosen_afterwards_pushes_the_code(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, FIRE)
    await lan.send("Cháy hẻm 12")
    await press(lan, "Gửi")
    await press(lan, "Giấu tên, cho phép liên hệ lại")
    code = code_in(await lan.until("vẫn giấu tên; có trả lời thì máy nhắn"))
    await nam.press("Tiếp nhận")
    await lan.until(f"Mã {code} có cập nhật.")


async def test_a_ward_without_officers_says_so_and_never_that_somebody_was_alerted(town: Town) -> None:
    lan = await town.resident("Lan", NGHI_HOA)
    await begin(lan, FIRE)
    assert heard(lan, "nhắn ở đây chưa ai thấy ngay")
    await lan.send("Cháy chợ")
    assert "114" in said(await lan.until("chưa có công an trực"))
    await lan.press("Gửi")
    code = code_in(await lan.until("chờ công an vào đọc"))
    assert not heard(lan, "Đã báo công an phường")
    assert not heard(lan, "Công an đã được báo")
    dung = await town.officer("Trung úy Dũng", NGHI_HOA)
    await dung.send("/tin")
    await dung.until(code)


@pytest.mark.parametrize("when", ["before the story", "after it"])
async def test_whatever_happens_now_is_urgent(town: Town, when: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, CRIME)
    if when == "before the story":
        await lan.press("Đang xảy ra")
        assert "113" in said(await lan.until("Gọi ngay"))
        await lan.send("Có kẻ phá cửa nhà số 9")
    else:
        await lan.send("Có kẻ phá cửa nhà số 9")
        await press(lan, "Đang xảy ra")
    await lan.until("Đã báo công an phường")
    card = await nam.until("KHẨN, CHƯA XÁC MINH: Trộm cướp")
    await press(lan, "Gửi")
    assert code_in(await lan.until("Mã tin:")) == code_in(card)


async def test_stopping_keeps_what_officers_have_seen_and_says_so(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, FIRE)
    await lan.send("Cháy hẻm 12")
    code = code_in(await nam.until("KHẨN"))
    await lan.send("/huy")
    kept = await lan.until("vẫn giữ nguyên")
    await lan.press("Xem trả lời", message_id=kept["message_id"])
    await lan.until(code)
    await nam.send("/tin")
    await nam.until(code)


async def test_an_urgent_story_survives_a_restart_and_stays_one_tip(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, FIRE)
    await lan.send("Cháy hẻm 12")
    code = code_in(await nam.until("KHẨN"))
    await town.restart()
    await lan.send("lửa to")
    await nam.until(f"Mã {code}")
    await lan.press("Gửi")
    assert code_in(await lan.until("Mã tin:")) == code
    await nam.send("/tin")
    await nam.until("Đang mở 1 tin")


async def test_the_alarm_rings_for_those_on_duty(town: Town) -> None:
    lan, nam, dung = await town.resident("Lan"), await town.officer(), await town.officer("Trung úy Dũng")
    await dung.send("/raca")
    await dung.until("Đã ra ca")
    await begin(lan, FIRE)
    await lan.send("Cháy hẻm 12")
    await nam.until("KHẨN")
    await caught_up(dung)
    assert not heard(dung, "KHẨN")


async def test_a_minute_that_is_over_while_days_of_silence_are_caught_up_waits_for_one_job_only(
    saturday: Path, tmp_path: Path
) -> None:
    shutil.copytree(saturday, tmp_path, dirs_exist_ok=True)
    clock = Clock(SATURDAY_EVENING + timedelta(days=8))

    async def promise(unit: Unit) -> None:
        unit.watches.save(Watch(tip="T1", due_at=unit.now + timedelta(seconds=60), address=b""))

    async with open_app(settings_for(tmp_path, "http://127.0.0.1:1"), clock.now) as app:
        await app.in_unit(promise)
        server = Server(app)
        catching_up = asyncio.create_task(server.tick())
        await asyncio.sleep(0)  # it has begun
        clock.time += timedelta(seconds=60)
        await server.watch()
        assert not catching_up.done()
        assert await app.read(lambda unit: unit.watches.due(unit.now, unit.clocks.open_urgent_within)) == []
        await catching_up


@pytest.mark.parametrize(
    "cry", ["Cháy nhà rồi, cứu với!", "chay nha roi cuu voi", "có người bị đâm ở chợ", "co nguoi bi dam o cho"]
)
async def test_a_cry_for_help_without_a_button_is_answered_with_the_numbers_first(town: Town, cry: str) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send(cry)
    asked = await lan.until("Bà con muốn gửi câu này cho công an?")
    first = said(asked).splitlines()[0]
    assert all(number in first for number in ("113", "114", "115"))
    assert len(lan.buttons(asked)) == 2
    # It is a question like any other: nobody is alarmed, nothing is closed, the kind is asked next.
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")
    await lan.send("dung, bao tin")
    assert "114" in said(await lan.until("thuộc loại nào")).splitlines()[0]
    await lan.send("0")
    await lan.until("Có 1 lời kể")
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")


@pytest.mark.parametrize(
    "story",
    [
        "Xe tải đỗ chắn lối đi cả tuần nay",
        "Nhà bên nó hát karaoke cả đêm",
        "nha ben no hat karaoke ca dem khong ngu duoc",
    ],
)
async def test_a_calm_story_is_asked_about_without_alarm(town: Town, story: str) -> None:
    lan = await town.resident("Lan")
    await lan.send(story)
    assert said(await lan.until("Bà con muốn gửi câu này")) == "Bà con muốn gửi câu này cho công an?"
