"""A province in the chat: its wards side by side, any of them by its number or name, and all wards' day."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from docx import Document
from openpyxl import load_workbook

from domain.errors import Refused
from domain.indicators import EDITION
from domain.periods import OFFICIAL, Month, month_days
from domain.places import Place, UnitKind
from domain.provinces import COLUMNS
from reports import open_data
from storage import meta
from storage.figures import MonthSum
from storage.unit import Unit
from tests.journeys.town import NGHI_HOA, Town, caught_up, heard, press, said
from tests.reports.schemas import valid

LONGEST = 6


async def test_a_province_pages_through_its_wards_and_opens_one_by_its_number(town: Town) -> None:
    ha = await town.member("Hà", "province", "40")
    await ha.send("/tieuchi")
    first = said(await ha.until("🏅 Nghệ An"))
    assert "thí điểm 2, đăng ký 16, công nhận 0 phường" in first
    assert len(first.splitlines()) <= LONGEST
    await press(ha, "Xem thêm")
    second = said(await ha.until("\n5. "))
    assert len(second.splitlines()) <= LONGEST
    assert "Tháng 10/2026, 0/12 phường đủ số liệu: tiếp nhận đúng hạn: chưa rõ" in second
    await press(ha, "Số này từ đâu?")
    source = said(await ha.until("Che số"))
    assert "<5: từ 1 đến 4" in source
    assert "Lộ trình theo: Bài báo 16/3/2023 về tỉnh Nghệ An" in source
    await ha.send("/tieuchi")
    await ha.until("🏅 Nghệ An")
    await ha.send("nghi hòa")
    await ha.until("29/34")


async def test_a_province_hears_of_all_wards_day_without_exact_counts(town: Town) -> None:
    lan = await town.resident("Lan", NGHI_HOA)
    await town.tip(lan, "Nhà cuối hẻm đêm nào cũng tụ tập")
    ha = await town.member("Hà", "province", "40")
    town.clock.time += timedelta(hours=10)
    await town.server.tick()
    await ha.send("/tonghop")
    text = said(await ha.until("Tổng hợp ngày 21/11/2026, Nghệ An"))
    assert "Tin mới <5, kết thúc 0." in text
    assert len(text.splitlines()) <= LONGEST


async def test_who_looks_after_a_ward_sees_no_province(town: Town) -> None:
    nam = await town.officer(ward=NGHI_HOA)
    await nam.send("/tieuchi")
    await nam.until("29/34")
    assert not heard(nam, "🏅 Nghệ An")


OCTOBER = {
    "16726": {"tips.received_in_time": 40, "tips.received_late": 2},
    "16717": {"tips.received_in_time": 30, "tips.received_late": 9},
    "16720": {"tips.received_in_time": 0, "tips.received_late": 0},
}


async def plant(unit: Unit, number: int, facts: Mapping[str, Mapping[str, int]]) -> None:
    """A month of 2026 of these wards, all its days known."""
    first, last = month_days(Month(2026, number), OFFICIAL)
    days = (last - first).days + 1
    sums = {ward: MonthSum(days, EDITION, dict(own)) for ward, own in facts.items()}
    await unit.figures.set_months(OFFICIAL, Month(2026, number), sums)


async def october(town: Town) -> None:
    """Three wards have counted October, as installations of a year ago would."""

    async def act(unit: Unit) -> None:
        await meta.put(unit.tx, meta.FIRST_DAY, "2026-09-15")
        await plant(unit, 10, OCTOBER)

    await town.app.in_unit(act)


async def file(town: Town, name: str, **args: Any) -> bytes:
    made = (await town.command(name, **args)).file
    assert made is not None
    return made


async def test_a_province_takes_its_board_as_pictures_workbook_and_letter(town: Town) -> None:
    await october(town)
    ha = await town.member("Hà", "province", "40")
    await ha.send("/tieuchi")
    await press(ha, "Hình")
    first = await ha.until(lambda message: "photo" in message)
    assert first["has_protected_content"]
    # A ward that is seen on the picture opens by its number, and what else is there by words.
    await ha.send("1")
    await ha.until("🏅 Phường")
    for typed, name in (("bang excel", "40-2026-11-20.xlsx"), ("van ban word", "40-2026-11-20.docx")):
        await ha.send("/tieuchi")
        await ha.until("🏅 Nghệ An")
        await ha.send(typed)
        await ha.until(lambda one, name=name: one.get("document", {}).get("file_name") == name)  # type: ignore[misc]


async def test_pictures_of_a_large_province_follow_each_other(town: Town) -> None:
    async def settle(unit: Unit) -> None:
        for number in range(30):
            since = {"valid_from": date(2025, 7, 1), "source": "test"}
            place = Place(code=f"4{number:04}", name=f"Xã {number}", kind=UnitKind.WARD, parent="40", **since)
            unit.places.save(place)

    await town.app.in_unit(settle)
    ha = await town.member("Hà", "province", "40")
    await ha.send("/tieuchi")
    await press(ha, "Hình")
    first = await ha.until(lambda message: "photo" in message)
    assert ha.buttons(first) == ["Xem thêm"]
    await ha.send("xem thêm")
    second = await ha.until(lambda message: "photo" in message and message["message_id"] > first["message_id"])
    assert not ha.buttons(second)
    for forged in ("v.file:png:2", "v.file:exe:0", "v.file:png", "v.file:png:-1"):
        await ha.press_data(forged)
    await caught_up(ha)
    assert len(heard(ha, "Nút này cũ rồi")) == 4


async def test_a_province_report_is_text_data_workbook_picture_and_letter(town: Town) -> None:
    await october(town)
    args = {"period": "monthly", "unit": "40"}
    text = (await file(town, "report", **args, format="text")).decode()
    assert "Nghi Hòa: nguồn nêu 29/34; đúng hạn: hết, trừ <5 tin; kiểm tra: không có" in text
    board = orjson.loads(await file(town, "report", **args, format="json"))
    late = {row["ward"]: row["tips_received_late"] for row in board["wards"]}
    assert (late["16726"], late["16717"], late["16720"]) == ("few", "withheld", 0)
    assert board["total"]["tips_received_late"] == 11
    assert board["roadmap"] == {"pilot": 2, "registered": 16, "recognised": 0}
    sheet = load_workbook(io.BytesIO(await file(town, "report", **args, format="xlsx"))).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=20)]
    assert any(row[1] == "Nghi Hòa" and "<5" in row for row in cells)
    assert (await file(town, "report", **args, format="png", page=1)).startswith(b"\x89PNG")
    prose = [one.text for one in Document(io.BytesIO(await file(town, "report", **args, format="docx"))).paragraphs]
    assert any("3/12 phường có đủ số liệu" in one for one in prose)
    ends = {"first": "2026-09-15", "last": "2026-10-14"}
    wrongs: tuple[dict[str, Any], ...] = ({"format": "png", "page": 2}, {"texts": {"overdue_reason": "x"}}, ends)
    for wrong in (*wrongs, {"period": "weekly"}, {"date": "9999-12-31"}, {"date": "0001-01-01"}):
        with pytest.raises(Refused):
            await town.command("report", **{**args, "format": "text", **wrong})


async def test_only_a_provinces_picture_has_pages(town: Town) -> None:
    await october(town)
    forms = [("40", "monthly", form) for form in ("xlsx", "docx", "json", "text")]
    for unit, period, form in (*forms, (NGHI_HOA, "monthly", "png"), (NGHI_HOA, "daily", "text")):
        with pytest.raises(Refused) as refused:
            await town.command("report", unit=unit, period=period, format=form, page=1)
        assert refused.value.code == "province.page_unwanted"


async def test_open_data_is_as_its_schema_says_and_the_same_in_both_forms(town: Town) -> None:
    await october(town)
    data = orjson.loads(await file(town, "export", unit="40", format="json"))
    assert valid(data, open_data.schema())
    assert not valid(
        {**data, "rows": [{**data["rows"][0], "tips_valuable": {"value": 3, "status": "shown"}}]}, open_data.schema()
    )
    rows = list(csv.DictReader(io.StringIO((await file(town, "export", unit="40", format="csv")).decode())))
    assert tuple(rows[0]) == open_data.HEADER
    assert len(rows) == len(data["rows"])
    for flat, row in zip(rows, data["rows"], strict=True):
        assert flat["ward"] == (row["ward"] or "")
        late = row["tips_received_late"]
        assert (flat["tips_received_late"], flat["tips_received_late_status"]) == (
            "" if late["value"] is None else str(late["value"]),
            late["status"],
        )
    assert {row["period"] for row in data["rows"]} == {"2026-10"}


async def test_open_data_fixes_a_month_before_it_tells_it(town: Town) -> None:
    await october(town)

    async def exported() -> dict[str | None, dict[str, Any]]:
        rows = orjson.loads(await file(town, "export", unit="40", format="json"))["rows"]
        return {row["ward"]: {name: _cell(row[name]) for name in COLUMNS} for row in rows}

    first = await exported()
    await town.app.in_unit(lambda unit: plant(unit, 10, {**OCTOBER, "16723": LATE}))
    board = orjson.loads(await file(town, "report", period="monthly", unit="40", format="json"))
    reported = {row["ward"]: {name: row[name] for name in COLUMNS} for row in board["wards"]}
    reported[None] = {name: board["total"][name] for name in COLUMNS}
    assert {ward: reported[ward] for ward in first} == first
    assert await exported() == first


async def test_a_file_of_the_board_fixes_a_month_before_it_tells_it(town: Town) -> None:
    await october(town)
    ha = await town.member("Hà", "province", "40")
    await ha.send("/tieuchi")
    shown = await ha.until("🏅 Nghệ An")
    # The night before the month's report: its counts are settled, and nobody has been told any of them.
    town.clock.time = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    await town.app.in_unit(lambda unit: plant(unit, 11, OCTOBER))
    await ha.press_data("v.file:xlsx:0", message_id=shown["message_id"])
    message = await ha.until(lambda one: one.get("document", {}).get("file_name") == "40-2026-11-22.xlsx")
    stored = town.sim.world.files.get(message["document"]["file_id"])
    assert stored is not None
    first = _counts(stored.data)
    assert any("<5" in row for row in first.values()), "the month is told in it"
    await town.app.in_unit(lambda unit: plant(unit, 11, {**OCTOBER, "16723": LATE}))
    assert _counts(await file(town, "report", period="monthly", unit="40", format="xlsx")) == first


LATE = {"tips.received_in_time": 3, "tips.received_late": 40}


def _cell(told: Mapping[str, Any]) -> Any:
    """A cell of open data as the report's JSON has it."""
    return {"shown": told["value"], "unknown": None}.get(told["status"], told["status"])


def _counts(workbook: bytes) -> dict[str, list[Any]]:
    """By ward (and over all) what a province's workbook says of the days and the counts of its month."""
    sheet = load_workbook(io.BytesIO(workbook)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    return {row[1]: row[8:] for row in rows if row[1]}


async def test_a_ward_alone_shows_no_more_than_among_the_others(town: Town) -> None:
    await october(town)
    whole = orjson.loads(await file(town, "export", unit="40", format="json"))["rows"]
    for ward in OCTOBER:
        alone = orjson.loads(await file(town, "export", unit=ward, format="json"))["rows"]
        assert alone == [row for row in whole if row["ward"] == ward]


async def test_only_whole_settled_months_are_exported(town: Town) -> None:
    await october(town)
    with pytest.raises(Refused) as refused:
        await town.command("export", unit="40", format="csv", first="2026-09-20")
    assert refused.value.code == "export.no_month"
    for ends in ({"first": "9999-12-31"}, {"last": "0001-01-01"}):
        with pytest.raises(Refused):
            await town.command("export", unit="40", format="csv", **ends)
    with pytest.raises(Refused) as refused:
        await town.command("export", unit="16726-1", format="csv")
    assert refused.value.code == "export.unit"


async def test_a_stage_is_kept_with_its_document_and_counts_from_the_day_on(town: Town) -> None:
    paper = {"number": "12/QĐ-UBND", "day": "2026-11-20", "issuer": "UBND"}
    kept = await town.command("roadmap", unit=NGHI_HOA, stage="recognised", **paper)
    assert kept.out == "Kept: Nghi Hòa recognised, by 12/QĐ-UBND."
    with pytest.raises(Refused):
        await town.command("roadmap", unit=NGHI_HOA, stage="recognised", **{**paper, "number": ""})
    town.clock.time += timedelta(days=1)
    ha = await town.member("Hà", "province", "40")
    await ha.send("/tieuchi")
    assert "công nhận 1 phường" in said(await ha.until("🏅 Nghệ An"))


async def test_a_province_says_in_the_chat_how_far_a_ward_is_and_takes_it_back(town: Town) -> None:
    ha = await town.member("Hà", "province", "40")
    await ha.send("/tieuchi")
    await ha.until("🏅 Nghệ An")
    await ha.send("nghi hoa")
    await press(ha, "Lộ trình")
    assert "Căn cứ: Bài báo 16/3/2023" in said(await ha.until("🧭 Phường Nghi Hòa: đăng ký."))
    await ha.send("3")
    await ha.until("Phường Nghi Hòa được công nhận theo văn bản nào?")
    await ha.send("không nhớ")
    await ha.until("Chưa đọc được văn bản")
    await ha.send("12/QĐ-UBND, 20/11/2026, UBND tỉnh")
    shown = said(await ha.until("✅ Đã ghi được công nhận"))
    assert "🧭 Phường Nghi Hòa: được công nhận.\nCăn cứ: 12/QĐ-UBND." in shown
    await ha.press("Rút lời ghi")
    assert "🧭 Phường Nghi Hòa: đăng ký." in said(await ha.until("Đã rút lời ghi mới nhất"))


async def test_a_ward_does_not_say_how_far_it_is_itself(town: Town) -> None:
    chief = await town.member("Ba", "ward_chief", NGHI_HOA)
    await chief.send("/tieuchi")
    message = await chief.until("29/34")
    assert "Lộ trình" not in " ".join(chief.buttons(message))
    await chief.press_data(f"v.stage:{NGHI_HOA}:recognised")
    await chief.until("Lộ trình của phường do tỉnh ghi")
