"""The DOCX and XLSX of a report, read back: the layout of Decree 30/2020, typed cells, formulas that come out right."""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from openpyxl import load_workbook

from domain.errors import Refused
from domain.report_kinds import ReportKind
from domain.reports import PeriodReport
from domain.spans import previous, review, span_of
from locales import words
from reports import letter, official, periodic, template, workbook
from tests.reports import periods

VI = words("vi")
ROOT = Path(__file__).parents[2]
EVERY = pytest.mark.parametrize("made", periods.ALL.values(), ids=periods.ALL)


def shipped() -> template.Template:
    return template.load(template.find("monthly", []))


def letter_of(report: PeriodReport, texts: Any = periods.TEXTS) -> Any:
    return Document(io.BytesIO(letter.docx(report, texts, shipped(), VI)))


@lru_cache(maxsize=8)
def read_back(file: bytes) -> tuple[Any, Any]:
    return load_workbook(io.BytesIO(file)), load_workbook(io.BytesIO(file), data_only=True)


def books(report: PeriodReport) -> tuple[Any, Any]:
    """The workbook with its formulas, and with their values."""
    return read_back(workbook.xlsx(report, VI))


def everything(made: Any) -> list[str]:
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return [*cells, *(paragraph.text for paragraph in made.paragraphs)]


def test_the_page_is_that_of_the_decree() -> None:
    made = letter_of(periods.month())
    page = made.sections[0]
    sizes = (
        page.page_width,
        page.page_height,
        page.top_margin,
        page.bottom_margin,
        page.left_margin,
        page.right_margin,
    )
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 20, 20, 30, 15]
    assert page.different_first_page_header_footer
    assert made.styles["Normal"].font.name == "Times New Roman"
    assert str(made.styles["Normal"].font.color.rgb) == "000000"
    number = page.header.paragraphs[0]
    assert number.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert [piece.text.strip() for piece in number._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert page.first_page_header.paragraphs[0].text == ""


def test_the_letterhead_leaves_number_and_day_to_the_clerk() -> None:
    head = letter_of(periods.month()).tables[0]
    (left, right), (number, place) = (list(row.cells) for row in head.rows)
    assert [one.text.replace("\u00a0", " ") for one in left.paragraphs[:2]] == [
        "CÔNG AN TỈNH HÀ TĨNH",
        "CÔNG AN PHƯỜNG BẮC HỒNG",
    ]
    title, motto, line = right.paragraphs
    assert (title.text, title.runs[0].bold, title.runs[0].font.size) == (official.NATIONAL_TITLE, True, Pt(12))
    assert (motto.text, motto.runs[0].bold, motto.runs[0].font.size) == (official.MOTTO, True, Pt(14))
    assert line._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}/{qn('w:top')}") is not None
    assert re.fullmatch(r"Số: +/BC-CAP", number.text)
    assert re.fullmatch(r"Bắc Hồng, ngày +tháng +năm 2026", place.text)
    assert place.paragraphs[0].runs[0].italic


def test_the_document_ends_as_the_decree_says() -> None:
    made = letter_of(periods.month())
    assert [one.text for one in made.paragraphs if one.text.strip()][-1].endswith("./.")
    (sent, signed) = made.tables[-1].rows[0].cells
    assert sent.paragraphs[0].text == "Nơi nhận:"
    assert {one.runs[0].font.size for one in sent.paragraphs[1:]} == {Pt(11)}
    assert (signed.paragraphs[0].text, signed.paragraphs[0].runs[0].bold) == ("TRƯỞNG CÔNG AN PHƯỜNG", True)


def test_figures_and_an_officers_words_stand_where_the_template_says() -> None:
    texts = everything(letter_of(periods.month()))
    prose = "\n".join(texts)
    assert (
        "nhận 93 tin của người dân qua An Phường (kỳ trước 90, có thể do tình cờ; cùng kỳ năm trước 31, tăng rõ)"
        in prose
    )
    assert "18/20 (90,0\u00a0%) (*)\n[69,9\u00a0% - 97,2\u00a0%]" in texts
    assert "Đến cuối kỳ còn 09 tin đang mở, 01 tin quá hạn." in texts
    assert "Một số tổ liên gia chưa có tổ phó." in texts
    assert texts.count("\t") == 3, "advantages, and two lines of next tasks, are left for a pen"


def test_a_running_period_is_a_draft_and_unknown_is_a_word() -> None:
    prose = "\n".join(everything(letter_of(periods.nothing(), {})))
    assert "Bản nháp: kỳ chưa chốt" in prose
    assert "Chỉ rõ 0/91 ngày" in prose
    assert "nhận chưa rõ số tin" in prose


def test_what_a_frozen_report_has_no_line_of_is_unknown_and_no_room_for_a_pen() -> None:
    whole = periods.month()
    later = {"tips.satisfied", "security_cameras.total", "tips.received_in_time"}
    old = whole.model_copy(update={"lines": tuple(one for one in whole.lines if one.measured.name not in later)})
    prose = "\n".join(everything(letter_of(old)))
    assert "Tỷ lệ ý kiến hài lòng của người báo: chưa rõ;" in prose
    assert "chưa rõ số camera an ninh" in prose
    assert "đúng hạn chưa rõ (kỳ trước chưa rõ; cùng kỳ năm trước chưa rõ)" in prose
    assert "…" not in prose


def test_properties_stand_in_the_order_that_word_insists_on() -> None:
    order = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
    for table in letter_of(periods.month()).tables:
        found = [child.tag.partition("}")[2] for child in table._tbl.tblPr]
        assert found == [name for name in order if name in found]
    for paragraph in letter_of(periods.month()).element.body.iter(qn("w:pPr")):
        found = [child.tag.partition("}")[2] for child in paragraph]
        wanted = ["keepNext", "pBdr", "tabs", "spacing", "ind", "jc", "rPr"]
        assert [name for name in found if name in wanted] == [name for name in wanted if name in found]


def test_the_letter_goes_upward_and_has_totals_only_the_workbook_stays_in_the_ward_and_says_so() -> None:
    report = periods.month()
    prose = "\n".join(everything(letter_of(report)))
    assert not [kind for kind in report.by_kind if VI.say(f"kind.{kind}") in prose]
    assert "Đã giải quyết" not in prose
    for sheet in books(report)[0].worksheets:
        assert "Dùng trong Công an phường" in sheet.oddFooter.left.text


def test_an_interim_review_is_called_one() -> None:
    span = review(ReportKind.INTERIM_REVIEW, date(2026, 1, 1), date(2026, 6, 30))
    head = [one.text for one in letter_of(periods.report(span, periods.facts(span, 1))).paragraphs]
    assert "BÁO CÁO SƠ KẾT" in head
    assert "Kết quả công tác bảo đảm an ninh, trật tự từ ngày 01/01/2026 đến ngày 30/6/2026" in head
    assert "BÁO CÁO" in [one.text for one in letter_of(periods.month()).paragraphs]


def test_the_reason_of_what_is_overdue_is_asked_for_only_when_something_is() -> None:
    assert "3. Lý do tin quá hạn" in everything(letter_of(periods.month()))
    assert "3. Lý do tin quá hạn" not in everything(letter_of(periods.quiet()))


def test_cells_are_typed_and_shown_the_vietnamese_way() -> None:
    sheet = books(periods.month())[0].worksheets[0]
    assert (sheet["C3"].value.date(), sheet["C3"].number_format) == (date(2026, 10, 15), "dd/mm/yyyy")
    assert (sheet["B8"].value, sheet["C8"].value, sheet["C8"].data_type) == ("Tin mới đến", 93, "n")
    assert sheet["C8"].number_format == "[$-42A]#,##0"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    assert (sheet.page_setup.fitToWidth, sheet.sheet_properties.pageSetUpPr.fitToPage) == (1, True)
    assert all(sheet.column_dimensions[letter].width >= 5 for letter in "ABCDEFGHIJK")


def test_rates_and_totals_are_formulas_that_carry_their_values() -> None:
    formulas, values = books(periods.month())
    rows = {cell.value: cell.row for cell in formulas.worksheets[0]["B"] if cell.value}
    row = rows["Lượt kiểm tra đúng hạn (*)\n[58,4\u00a0% - 91,9\u00a0%]"]
    assert formulas.worksheets[0][f"C{row}"].value == f'=IF(E{row}>0,D{row}/E{row},"không có")'
    assert [values.worksheets[0][f"{column}{row}"].value for column in "CDE"] == [0.8, 16, 20]
    assert formulas.worksheets[0]["G8"].value == "=C8-F8"
    assert values.worksheets[0]["G8"].value == 3
    days, known = formulas.worksheets[1], values.worksheets[1]
    total = workbook.FIRST_DAY + 31
    assert days[f"B{total}"].value == f"=SUM(B{workbook.FIRST_DAY}:B{total - 1})"
    assert known[f"B{total}"].value == sum(known[f"B{row}"].value for row in range(4, total)) == 93
    assert known[f"I{total}"].value is None, "what was open is never added up"
    assert days["A4"].value.date() == date(2026, 10, 15)


def test_unknown_is_a_word_in_its_cell() -> None:
    sheet, days = books(periods.year())[1].worksheets
    assert (sheet["F8"].value, sheet["I8"].value, sheet["G8"].value) == ("chưa rõ", "chưa rõ", None)
    assert (days["B4"].value, days["C4"].value) == ("chưa rõ", None)
    assert days["B369"].value == sheet["C8"].value == 165
    assert {cell.value for cell in books(periods.nothing())[1].worksheets[0]["C"][7:30]} == {"chưa rõ"}


def test_satisfaction_of_fewer_than_five_is_a_word_of_its_own_in_every_paper() -> None:
    span = span_of(ReportKind.WEEKLY, date(2026, 11, 10))
    made = periods.report(span, periods.facts(span, 3, unknown=3), periods.facts(previous(span), 3, unknown=4))
    few = "dưới 5 ý kiến"
    cells = [[cell.value for cell in row] for row in books(made)[1].worksheets[0].iter_rows(min_row=8, max_row=35)]
    [line] = [row for row in cells if row[1] == "Tỷ lệ ý kiến hài lòng"]
    assert (line[2], line[3], line[4], line[5]) == (few, None, None, few)
    [rated] = [row for row in cells if str(row[1]).startswith("Tin kết thúc có ý kiến người báo (*)")]
    assert rated[3:5] == [4, 4]
    told = everything(letter_of(made))
    assert told.count(few) == 2, "this week and the one before"
    assert any(f"hài lòng của người báo: {few};" in text for text in told)
    lines = periodic.text(made, {}, VI)
    assert "hài lòng" not in lines, "on a phone there is room for what can be told"
    [data] = [line for line in periodic.as_json(made, {})["indicators"] if line["name"] == "tips.satisfied"]  # type: ignore[attr-defined]
    assert (data["status"], data["few"], data["numerator"], data["interval_95"]) == ("unknown", True, None, None)


def test_a_workbook_holds_no_name_and_no_word_of_a_tip_and_no_formula_from_a_name() -> None:
    report = periods.month().model_copy(update={"ward_name": "=1+1"})
    sheet = books(report)[0].worksheets[0]
    assert sheet["A1"].data_type == "s"
    formulas = [c.value for s in books(report)[0].worksheets for row in s for c in row if c.data_type == "f"]
    assert all(re.fullmatch(r'=(IF\(E\d+>0,D\d+/E\d+,"không có"\)|SUM\(\w+:\w+\)|C\d+-[FI]\d+)', f) for f in formulas)


@EVERY
def test_the_same_report_is_the_same_file(made: Callable[[], PeriodReport]) -> None:
    once, again = ((workbook.xlsx(made(), VI), letter.docx(made(), periods.TEXTS, shipped(), VI)) for _ in range(2))
    assert once == again
    assert [zipfile.ZipFile(io.BytesIO(file)).testzip() for file in once] == [None, None]


BAD = {
    "no TOML": ("title = ", "Invalid value"),
    "a part is missing": ('title = "x"', "superior: Field required"),
    "a figure is typed in": ('title = "{tips.opened:7}"', "no placeholder {tips.opened:7}"),
    "an unknown placeholder": ('title = "{informant}"', "no placeholder {informant}"),
    "half a placeholder": ('title = "{ward"', "expected '}'"),
    "a forged placeholder": ('title = "{ward.__class__}"', "no placeholder {ward.__class__}"),
    "an unknown word": ('colour = "red"', "colour: Extra inputs"),
}


@pytest.mark.parametrize(("written", "reason"), BAD.values(), ids=BAD)
def test_a_bad_template_is_refused_with_one_reason(tmp_path: Path, written: str, reason: str) -> None:
    file = tmp_path / "report.toml"
    good = (template.SHIPPED / "report.toml").read_text("utf-8")
    key = written.partition(" ")[0]
    changed = re.sub(rf"^{key} = .*$", lambda _: written, good, flags=re.MULTILINE)
    if reason in ("Invalid value", "superior: Field required"):
        changed = written
    elif changed == good:
        changed = f"{written}\n{good}"
    file.write_text(changed, "utf-8")
    with pytest.raises(Refused) as caught:
        template.load(file)
    sentence = VI.say(f"refused.{caught.value.code}", **caught.value.params)
    assert reason in sentence
    assert str(file) in sentence
    assert "\n" not in sentence


def test_a_wards_own_template_comes_before_the_shipped_one(tmp_path: Path) -> None:
    assert template.find("weekly", [tmp_path]).parent == template.SHIPPED
    for name in ("report", "weekly"):
        (tmp_path / f"{name}.toml").touch()
        assert template.find("weekly", [tmp_path]).name == f"{name}.toml"
    assert template.find("monthly", [tmp_path]).name == "report.toml"


def test_the_child_makes_papers_and_says_why_not(tmp_path: Path) -> None:
    asked = {"report": periods.quiet().model_dump(mode="json"), "texts": {}, "folders": [str(tmp_path)]}

    def child(form: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "bot.clerk"]
        return subprocess.run(
            command, input=orjson.dumps({**asked, "form": form}), cwd=ROOT, env={}, capture_output=True
        )

    assert child("xlsx").stdout == workbook.xlsx(periods.quiet(), VI)
    assert child("docx").stdout == letter.docx(periods.quiet(), {}, shipped(), VI)
    (tmp_path / "report.toml").write_text("[")
    refused = child("docx")
    assert (refused.returncode, orjson.loads(refused.stdout)["code"]) == (1, "report.template")


def test_the_day_of_a_report_is_its_own() -> None:
    assert letter_of(periods.month()).core_properties.created.date() == date(2026, 11, 16)
