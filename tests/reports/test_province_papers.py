"""A province as picture and as letter: every ward once and in its order, and what is hidden looks hidden."""

import io
import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from docx.shared import Mm
from openpyxl import load_workbook
from PIL import Image

from domain.errors import Refused
from domain.provinces import ProvinceBoard
from domain.reports import Part
from domain.suppression import Hidden
from locales import LANGUAGES, words
from reports import fonts, official, province, province_chart, province_letter, template
from reports.picture import to_png
from reports.province_sheet import xlsx
from reports.svg import MUTED, WIDTH
from tests.reports import provinces
from tests.reports.days import ENDLESS

VI = words("vi")
WIDE_TO_HIGH = 2.2  # of a phone's screen: a picture that is no narrower fills its width
PAGES = [(provinces.board(), 0), (provinces.board(130, province_chart.page(5)), 110), (provinces.board(1), 0)]


@lru_cache(maxsize=64)
def shapes(svg: str, tag: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(svg).iter() if one.tag.endswith(tag)]


def line_of(svg: str, name: str) -> tuple[list[str], int]:
    """The words that stand beside a ward, and how many strokes of a hidden number."""
    said = shapes(svg, "text")
    y = next(float(one.attrib["y"]) for one in said if one.text == name)
    near = [one.text or "" for one in said if abs(float(one.attrib["y"]) - y) < 20 and one.text != name]
    strokes = [one for one in shapes(svg, "rect") if one.attrib["fill"] == MUTED and one.attrib["width"] == "6.0"]
    return near, sum(0 < float(one.attrib["y"]) - y < 20 for one in strokes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("board", "begin"), [*PAGES, (provinces.board(longest=ENDLESS), 0)])
def test_every_word_stands_inside_the_picture(board: ProvinceBoard, begin: int, language: str) -> None:
    svg = province_chart.svg(board, words(language), begin)
    for element in shapes(svg, "text"):
        size = float(element.attrib["font-size"])
        wide = fonts.width(element.text or "", size, bold=element.get("font-weight") == "700")
        begins = float(element.attrib["x"]) - (wide if element.get("text-anchor") == "end" else 0)
        assert begins >= 39, element.text
        assert begins + wide <= WIDTH - 38, element.text
        assert size >= 24
    for bar in shapes(svg, "rect")[2:]:  # after paper and header
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) <= WIDTH - 38


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_a_row_runs_into_the_next(language: str) -> None:
    lines: dict[float, list[tuple[float, float]]] = {}
    for one in shapes(province_chart.svg(provinces.board(longest=ENDLESS), words(language)), "text"):
        wide = fonts.width(one.text or "", float(one.attrib["font-size"]), bold=one.get("font-weight") == "700")
        x = float(one.attrib["x"]) - (wide if one.get("text-anchor") == "end" else 0)
        lines.setdefault(float(one.attrib["y"]), []).append((x, x + wide))
    for line in map(sorted, lines.values()):
        assert all(end < begin for (_, end), (begin, _) in pairwise(line))


def test_all_pages_together_show_every_ward_once_in_the_order_of_the_alphabet() -> None:
    whole = provinces.board()
    assert province_chart.pages(130) == 6
    found: list[str] = []
    for number in range(province_chart.pages(130)):
        shown = province_chart.page(number)
        board = provinces.board(130, shown)
        svg = province_chart.svg(board, VI, shown.start)
        said = [one.text or "" for one in shapes(svg, "text")]
        found += [one for one in said if re.fullmatch(r"Phường \d+", one)]
        assert str(shown.start + 1) in said
        assert float(ElementTree.fromstring(svg).attrib["height"]) / WIDTH < WIDE_TO_HIGH
    assert found == [name for _, name in whole.order]


def test_a_hidden_share_is_striped_and_says_no_number() -> None:
    board = provinces.board()
    svg, hidden = province_chart.svg(board, VI), 0
    for row in board.rows:
        if board.month.days[row.code] < board.month.length:
            continue
        near, strokes = line_of(svg, row.name)
        late = board.month.columns["tips_received_late"].cells[row.code]
        in_time = board.month.columns["tips_received_in_time"].cells[row.code]
        if isinstance(late, Hidden) or isinstance(in_time, Hidden):
            hidden += 1
            assert strokes
            assert {"hết, trừ <5", "mới <5", "che số"} & set(near)
    assert hidden > 20


def test_what_is_not_known_is_neither_striped_nor_nothing() -> None:
    svg = province_chart.svg(provinces.board(), VI)
    near, strokes = line_of(svg, "Phường 7")  # every seventh lacks the month
    assert ("chưa có số tháng này" in near, strokes) == (True, 0)
    assert "mới rõ 12/30 ngày" in line_of(svg, "Phường 14")[0]


@pytest.mark.parametrize(("board", "begin"), PAGES)
def test_it_is_drawn(board: ProvinceBoard, begin: int) -> None:
    picture = Image.open(io.BytesIO(to_png(province_chart.svg(board, VI, begin))))
    assert picture.width == WIDTH


def letter(board: ProvinceBoard, folders: list[Path] | None = None, texts: dict[Part, str] | None = None) -> Any:
    return Document(io.BytesIO(province_letter.docx(board, texts or {}, folders or [], VI)))


def test_the_letter_is_a_provinces_in_the_layout_of_the_decree() -> None:
    made = letter(provinces.board())
    page = made.sections[0]
    assert [round(size / Mm(1)) for size in (page.page_width, page.left_margin, page.right_margin)] == [210, 30, 15]
    (left, right), (number, place) = (list(row.cells) for row in made.tables[0].rows)
    assert [one.text.replace("\u00a0", " ") for one in left.paragraphs[:2]] == ["BỘ CÔNG AN", "CÔNG AN TỈNH NGHỆ AN"]
    assert right.paragraphs[0].text == official.NATIONAL_TITLE
    assert (number.text, place.text) == (
        "Số:          /BC-CAT",
        "Nghệ An, ngày      tháng      năm 2026",
    )
    assert [one.text for one in made.paragraphs if one.text.strip()][-1].endswith("./.")
    assert made.tables[-1].rows[0].cells[1].paragraphs[0].text == "GIÁM ĐỐC"
    prose = "\n".join(one.text for one in made.paragraphs)
    assert "tỉnh Nghệ An có 2 phường làm thí điểm, 16 phường đăng ký, 0 phường được công nhận theo lộ trình" in prose
    assert "112/130 phường" in prose


def test_the_letter_has_a_ward_a_row_and_hides_what_the_workbook_hides() -> None:
    board = provinces.board()
    heads, total, *rows = [[cell.text for cell in row.cells] for row in letter(board).tables[1].rows]
    assert heads == ["TT", "Phường", "Lộ trình", "Tiêu chí đạt", "Tin đúng hạn", "Đã kiểm tra", "Nguồn tin có giá trị"]
    assert [row[1] for row in rows] == [name for _, name in board.order]
    assert total[1] == "Cả tỉnh"
    valuable = board.month.columns["tips_valuable"].cells
    named = {Hidden.FEW: "<5", Hidden.WITHHELD: "che số", None: "chưa rõ"}
    for row, shown in zip(board.rows, rows, strict=True):
        cell = valuable[row.code]
        assert shown[-1] == (str(cell) if isinstance(cell, int) else named[cell])
    assert rows[0][3] == "12/34"
    assert rows[1][3] == "nêu 29/34"
    assert rows[2][3] == "chưa rõ"
    assert rows[9][3] == "12/34 (+3)"


def test_what_an_officer_wrote_stands_in_its_place_and_the_rest_is_room_for_a_pen() -> None:
    prose = [
        one.text for one in letter(provinces.board(3), texts={Part.DIFFICULTIES: "Thiếu xe\nThiếu người"}).paragraphs
    ]
    at = prose.index("2. Khó khăn, vướng mắc")
    assert prose[at + 1 : at + 3] == ["Thiếu xe", "Thiếu người"]
    assert prose[prose.index("1. Thuận lợi") + 1] == "\t"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_that_may_still_change_says_so_in_every_form(language: str) -> None:
    whole, said = provinces.board(30), words(language)
    open_month = whole.model_copy(update={"month": whole.month.model_copy(update={"ready": False})})
    late = province.waiting(open_month, said)
    assert late.count("24/11/2026") == 1, "the fortieth day after 14/10 has passed"
    for made in (province.month_text, province.text):
        assert late in made(open_month, said)
        assert late not in made(whole, said)
    assert late in "\n".join(one.text for one in Document(io.BytesIO(written(open_month, said))).paragraphs)
    under = said.say("province_chart.under_waiting", day=whole.as_of, number=10, year=2026)
    drawn = [one.text for one in shapes(province_chart.svg(open_month, said), "text")]
    assert under in drawn
    sheet = load_workbook(io.BytesIO(xlsx(open_month, said))).active
    assert sheet is not None
    assert late in [cell.value for row in sheet.iter_rows() for cell in row]


def test_a_ward_with_some_days_is_not_complete_and_every_form_says_so() -> None:
    whole = provinces.board(5)
    month = whole.month.model_copy(update={"days": {**whole.month.days, "00000": 20}})
    assert month.columns["tips_received_in_time"].cells["00000"] is not None, "its counts are told all the same"
    short = whole.model_copy(update={"month": month})
    warning, of = "Mới 4/5 phường đủ số liệu tháng này.", "4/5 phường đủ số liệu"
    for made in (province.month_text, province.text):
        assert of in made(short, VI)
        assert "5/5 phường đủ số liệu" in made(whole, VI)
    assert of in [one.text for one in shapes(province_chart.svg(short, VI), "text")]
    many = provinces.board(130)
    far = many.model_copy(update={"month": many.month.model_copy(update={"days": dict.fromkeys(many.month.days, 30)})})
    some = far.month.model_copy(update={"days": {**far.month.days, "00000": 20, "00001": 1}})
    drawn = [one.text for one in shapes(province_chart.svg(far.model_copy(update={"month": some}), VI), "text")]
    assert "128/130 phường đủ số liệu" in drawn, "whole, however many wards"
    prose = [one.text for one in letter(short).paragraphs]
    assert warning in prose
    assert any("4/5 phường có đủ số liệu" in one for one in prose)
    assert warning not in [one.text for one in letter(whole).paragraphs]
    for board, warned in ((short, True), (whole, False)):
        sheet = load_workbook(io.BytesIO(xlsx(board, VI))).active
        assert sheet is not None
        assert (warning in [cell.value for row in sheet.iter_rows() for cell in row]) is warned


def written(board: ProvinceBoard, said: Any) -> bytes:
    return province_letter.docx(board, {}, [], said)


def test_the_same_board_is_the_same_file() -> None:
    assert province_letter.docx(provinces.board(), {}, [], VI) == province_letter.docx(provinces.board(), {}, [], VI)
    assert xlsx(provinces.board(), VI) == xlsx(provinces.board(), VI)


def test_a_provinces_own_template_is_used_and_a_wards_is_not(tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_text("[", "utf-8")
    assert letter(provinces.board(3), [tmp_path]).tables
    shipped = (template.find("province", [])).read_text("utf-8")
    own = shipped.replace('signer = "GIÁM ĐỐC"', 'signer = "PHÓ GIÁM ĐỐC"').replace(
        'heading = "II. TỪNG PHƯỜNG"', 'heading = "II. TỪNG PHƯỜNG"\nonly_if = "tips_closed_late"'
    )
    (tmp_path / "province.toml").write_text(own, "utf-8")
    made = letter(provinces.board(3), [tmp_path])
    assert made.tables[-1].rows[0].cells[1].paragraphs[0].text == "PHÓ GIÁM ĐỐC"
    assert len(made.tables) == 2, "nothing was closed late, so its section is left out"


@pytest.mark.parametrize("placeholder", ["{tips.opened}", "{tips_valuable:before}", "{province.__class__}", "{ward}"])
def test_a_template_of_a_province_names_only_what_leaves_a_ward(tmp_path: Path, placeholder: str) -> None:
    shipped = (template.find("province", [])).read_text("utf-8")
    (tmp_path / "province.toml").write_text(shipped.replace('kind = "BÁO CÁO"', f'kind = "{placeholder}"'), "utf-8")
    with pytest.raises(Refused) as caught:
        letter(provinces.board(3), [tmp_path])
    assert "no placeholder" in str(caught.value.params["reason"])
