"""The layout of an official document (DOCX) that Decree 30/2020 fixes (`domain.md`, reporting); no words of any report.

A4 portrait; margins 20 mm above and below, 30 left, 15 right; Times New Roman, black; national title in capitals 12
bold at the top right, motto 14 bold below it with a line; page numbers 14 in the middle of the top margin from page 2;
number, place and day are left open for the clerk; it ends with "./.", *Nơi nhận* at 11, and the block of who signs.
"""

import io
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports import steady

NATIONAL_TITLE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
END = "./."
FONT = "Times New Roman"
BODY = 14
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}  # mm
WIDE = 210 - MARGINS["left"] - MARGINS["right"]
_LETTERHEAD = (62, WIDE - 62)
_MOTTO_WIDE, _ISSUER_LINE = 66, 24  # mm; the motto's line is as long as the motto
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER


class Frame(NamedTuple):
    """The words around the text of a document."""

    superior: str
    issuer: str
    number: str
    place_and_date: str
    signer: str
    recipients: tuple[str, ...]


def page(made: Any) -> None:
    """Paper, margins, type and the numbers of pages."""
    style = made.styles["Normal"]
    style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(BODY), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(kind), FONT)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(MARGINS["top"]), Mm(MARGINS["bottom"])
    page.left_margin, page.right_margin = Mm(MARGINS["left"]), Mm(MARGINS["right"])
    page.header_distance = page.footer_distance = Mm(9)
    page.different_first_page_header_footer = True
    number = page.header.paragraphs[0]
    number.alignment = _CENTRE
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("text", "2"), ("end", "")):
        _field(number.add_run(), kind, text)


def _field(run: Any, kind: str, text: str) -> None:
    if kind == "text":
        run.text = text
        return
    made = OxmlElement("w:fldChar" if kind else "w:instrText")
    if kind:
        made.set(qn("w:fldCharType"), kind)
    else:
        made.set(qn("xml:space"), "preserve")
        made.text = text
    run._r.append(made)


def letterhead(made: Any, frame: Frame) -> None:
    """Who issues it on the left, the national title and motto on the right."""
    table = grid(made, 2, _LETTERHEAD)
    left, right = table.rows[0].cells
    say(left.paragraphs[0], frame.superior, 12, centre=True)
    say(left.add_paragraph(), frame.issuer, 12, bold=True, centre=True)
    rule(left.add_paragraph(), _LETTERHEAD[0], _ISSUER_LINE)
    say(right.paragraphs[0], NATIONAL_TITLE, 12, bold=True, centre=True)
    say(right.add_paragraph(), MOTTO, 14, bold=True, centre=True)
    rule(right.add_paragraph(), _LETTERHEAD[1], _MOTTO_WIDE)
    left, right = table.rows[1].cells
    say(left.paragraphs[0], frame.number, 13, centre=True)
    say(right.paragraphs[0], frame.place_and_date, 14, italic=True, centre=True)


def end(made: Any) -> None:
    """The last words of the text end with "./."."""
    last = made.paragraphs[-1]
    run = last.runs[-1]
    run.text = run.text.rstrip(" .")
    run.add_text(END)


def signature(made: Any, frame: Frame) -> None:
    """Who gets it on the left, who signs on the right, with room for a seal."""
    gap = made.add_paragraph().paragraph_format
    gap.space_after = Pt(6)
    # A signature never stands on a page without a line of what is signed.
    gap.keep_with_next = made.paragraphs[-2].paragraph_format.keep_with_next = True
    table = grid(made, 1, (WIDE / 2, WIDE / 2))
    whole(table.rows[0])
    left, right = table.rows[0].cells
    say(left.paragraphs[0], "Nơi nhận:", 12, bold=True, italic=True)
    for recipient in frame.recipients:
        say(left.add_paragraph(), f"- {recipient}", 11)
    say(right.paragraphs[0], frame.signer, BODY, bold=True, centre=True)
    for _ in range(5):  # room for the seal and the signature
        say(right.add_paragraph(), "", BODY, centre=True)


def say(paragraph: Any, text: str, size: int, *, bold: bool = False, italic: bool = False, centre: bool = False) -> Any:
    """Words in a paragraph; `size` in points."""
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None
    if centre:
        paragraph.alignment = _CENTRE
    return paragraph


def rule(paragraph: Any, room: float, long: float) -> None:
    """A line of `long` mm in the middle of `room` mm: drawn, not underlined, as the border of an empty paragraph."""
    side = Mm((room - long) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
    paragraph.paragraph_format.space_before = Pt(3)
    say(paragraph, "", 4)
    paragraph.paragraph_format.line_spacing = Pt(6)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def grid(made: Any, rows: int, columns: tuple[float, ...], *, borders: bool = False) -> Any:
    """A table of fixed columns, in mm."""
    table = made.add_table(rows=rows, cols=len(columns))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    if borders:
        table.style = made.styles["Table Grid"]
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "57")  # 1 mm, in twentieths of a point
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    # Word refuses a table whose properties stand in another order than the schema's.
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")
    for place, wide in enumerate(columns):
        table.columns[place].width = Mm(wide)
        for cell in table.columns[place].cells:
            cell.width = Mm(wide)
    return table


def listed(
    made: Any,
    columns: tuple[float, ...],
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    size: int,
    *,
    left: Collection[int],
) -> None:
    """A table of words with its heads on every page; `columns` in mm, `size` in points, `left`: columns of prose."""
    table = grid(made, 1, columns, borders=True)
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        say(cell.paragraphs[0], head, 12, bold=True, centre=True)
    repeat(table.rows[0])
    for shown in rows:
        row = table.add_row()
        whole(row)
        for place, (cell, text) in enumerate(zip(row.cells, shown, strict=True)):
            cell.width = Mm(columns[place])
            say(cell.paragraphs[0], text, size, centre=place not in left)


def saved(made: Any, title: str, at: datetime) -> bytes:
    """The document with its properties: `at`, and no author; the same document always gives the same bytes."""
    made.core_properties.title = title
    made.core_properties.author = made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = at.replace(microsecond=0, tzinfo=None)
    file = io.BytesIO()
    made.save(file)
    return steady.packed(file.getvalue())


def repeat(row: Any) -> None:
    """The row stands again on every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def whole(row: Any) -> None:
    """The row is not broken between pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
