"""`/baocao`: an officer reads a period on the phone and writes what the figures can't say; others may not."""

from datetime import timedelta

import pytest

from bot.commands import COMMANDS
from simulator.phone import Phone
from simulator.world import Message
from tests.journeys.town import BAC_HONG, Town, caught_up, heard, press, said


async def monday(town: Town) -> None:
    """The Monday after a Saturday evening, nine in the morning; the nights in between were closed."""
    for _ in range(2):
        await town.pass_time(days=1)
    town.clock.time = town.clock.time.replace(hour=2, minute=0)
    await town.server.tick()


async def open_report(nam: Phone) -> str:
    """The report of the last week, by its digit."""
    await nam.send("/baocao")
    await nam.until("Báo cáo kỳ nào?")
    await nam.send("1")
    # Not the one that was pushed in the morning, which may come as late.
    return said(await nam.until(lambda message: "Văn bản Word" in nam.buttons(message)))


def file_name(message: Message) -> str | None:
    name: str | None = message.get("document", {}).get("file_name")
    return name


async def test_an_officer_writes_a_part_of_last_weeks_report_by_digits(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, "Nhà cuối hẻm đêm nào cũng tụ tập")
    await monday(town)
    text = await open_report(nam)
    assert "Báo cáo tuần 16/11 - 22/11/2026, phường Bắc Hồng" in text
    assert "Tin mới 1." in text
    assert "Ghi thêm phần nào" in text
    await nam.send("2")
    await nam.until("Gõ phần “Khó khăn” của báo cáo tuần 16/11 - 22/11/2026")
    await nam.send("Thiếu người trực đêm")
    await nam.until("Đã ghi phần “Khó khăn”")
    await nam.send("2")
    assert "Đang ghi: Thiếu người trực đêm" in said(await nam.until("Đang ghi"))
    await nam.send("-")
    await nam.until("Đã xóa phần “Khó khăn”")
    await press(nam, "Thuận lợi")
    await nam.until("Gõ phần “Thuận lợi”")
    await nam.send("Hủy")  # the command as a word, and no text of a report
    await nam.until("Đã dừng")
    await open_report(nam)
    await press(nam, "Thuận lợi")
    await nam.until("Gõ phần “Thuận lợi”")
    await nam.send("Bà con giúp")
    await nam.until("Đã ghi phần “Thuận lợi”")
    reply = await COMMANDS["report"](town.app, {"period": "weekly", "unit": BAC_HONG, "format": "json"})
    assert reply.file is not None
    assert '"advantages": "Bà con giúp"' in reply.file.decode()
    assert '"difficulties": null' in reply.file.decode()


async def test_the_report_that_was_pushed_opens_its_parts(town: Town) -> None:
    nam = await town.officer()
    town.clock.time += timedelta(days=1)
    await monday(town)
    pushed = await nam.until("Báo cáo tuần 16/11 - 22/11/2026")
    assert pushed["has_protected_content"]
    await nam.press("Ghi vào báo cáo", message_id=pushed["message_id"])
    await nam.until("Ghi thêm phần nào")
    assert len(heard(nam, "Báo cáo tuần 16/11")) == 2


async def test_nobody_else_reads_or_writes_a_report(town: Town) -> None:
    lan, hai = await town.resident("Lan"), await town.member("Hai", "beat_officer", BAC_HONG)
    for phone in (lan, hai):
        await phone.send("/baocao")
        await phone.until("Báo cáo do trưởng công an phường và trực ban xem và ghi")
        await caught_up(phone)
        assert not heard(phone, "Báo cáo kỳ nào")


async def test_the_report_comes_as_picture_workbook_and_letter_in_the_chat(town: Town) -> None:
    nam = await town.officer()
    await monday(town)
    await open_report(nam)
    for label, kind, name in (
        ("Hình", "photo", None),
        ("Bảng Excel", "document", f"{BAC_HONG}-weekly-2026-11-22.xlsx"),
        ("Văn bản Word", "document", f"{BAC_HONG}-weekly-2026-11-22.docx"),
    ):
        await nam.press(label)
        sent = await nam.until(lambda one, kind=kind, name=name: kind in one and file_name(one) == name)  # type: ignore[misc]
        assert sent["has_protected_content"]


async def test_the_scorecard_comes_as_a_picture_in_the_chat(town: Town) -> None:
    nam = await town.officer()
    await nam.send("/tieuchi")
    await press(nam, "Hình")
    sent = await nam.until(lambda message: "photo" in message)
    assert sent["has_protected_content"]


async def test_a_letter_that_cant_be_made_is_said_and_holds_nothing_up(town: Town) -> None:
    nam = await town.officer()
    await monday(town)
    folder = town.app.settings.data_dir / "templates"
    folder.mkdir()
    (folder / "report.toml").write_text("not a template", "utf-8")
    await open_report(nam)
    await nam.press("Văn bản Word")
    await nam.until("Chưa lập được tệp này")


@pytest.mark.parametrize(
    "data",
    ["p.file:weekly:9999-12-31:png", "p.show:yearly:9999-12-31", "p.file:weekly:2026-11-22:exe", "p.file:daily"],
)
async def test_a_forged_period_or_form_is_an_old_button(town: Town, data: str) -> None:
    nam = await town.officer()
    await nam.press_data(data)
    await nam.until("Nút này cũ rồi")
