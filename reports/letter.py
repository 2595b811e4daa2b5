"""A report as an official document (DOCX) in the layout of Decree 30/2020 (`domain.md`, reporting).

A4 portrait; margins 20 mm above and below, 30 left, 15 right; Times New Roman, black; national title in capitals 12
bold at the top right, motto 14 bold below it with a line; page numbers 14 in the middle of the top margin from page 2;
number, place and day are left open for the clerk; it ends with "./.", *Nơi nhận* at 11, and the block of who signs.
"""

import io
from collections.abc import Mapping
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from domain.indicators import Measure
from domain.reports import Compared, Line, Part, PeriodReport
from reports import periodic, steady
from reports.speech import Speaks
from reports.template import Filler, Section, Template

NATIONAL_TITLE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
END = "./."
FONT = "Times New Roman"
BODY = 14
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}  # mm
_WIDE = 210 - MARGINS["left"] - MARGINS["right"]
_LETTERHEAD = (62, _WIDE - 62)
_MOTTO_WIDE, _ISSUER_LINE, _TITLE_LINE = 66, 24, 50  # mm; the motto's line is as long as the motto
_COLUMNS = (9, 48, 32, 38, 38)  # mm of the table of figures
_DOTS = "\t"
"""To the right margin, in dots: room for a pen."""
_LEFT, _CENTRE, _BOTH = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


def docx(report: PeriodReport, texts: Mapping[Part, str], template: Template, words: Speaks) -> bytes:
    """The document; the same report, texts and template always give the same bytes."""
    made, fill = Document(), Filler(report, words).fill
    _page(made)
    _letterhead(made, template, fill)
    _title(made, template, fill)
    _warnings(made, report, words)
    for section in template.section:
        if not (section.only_if and report.count(section.only_if) == 0):
            _section(made, section, report, texts, fill, words)
    _end(made)
    _signature(made, template, fill)
    made.core_properties.title = fill(template.title)
    made.core_properties.author = made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = report.made_at.replace(microsecond=0, tzinfo=None)
    file = io.BytesIO()
    made.save(file)
    return steady.packed(file.getvalue())


def _page(made: Any) -> None:
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


def _letterhead(made: Any, template: Template, fill: Any) -> None:
    table = _grid(made, 2, _LETTERHEAD)
    left, right = table.rows[0].cells
    _say(left.paragraphs[0], fill(template.superior), 12, centre=True)
    _say(left.add_paragraph(), fill(template.issuer), 12, bold=True, centre=True)
    _rule(left.add_paragraph(), _LETTERHEAD[0], _ISSUER_LINE)
    _say(right.paragraphs[0], NATIONAL_TITLE, 12, bold=True, centre=True)
    _say(right.add_paragraph(), MOTTO, 14, bold=True, centre=True)
    _rule(right.add_paragraph(), _LETTERHEAD[1], _MOTTO_WIDE)
    left, right = table.rows[1].cells
    _say(left.paragraphs[0], fill(template.number), 13, centre=True)
    _say(right.paragraphs[0], fill(template.place_and_date), 14, italic=True, centre=True)


def _title(made: Any, template: Template, fill: Any) -> None:
    kind = _say(made.add_paragraph(), fill(template.kind), BODY, bold=True, centre=True)
    kind.paragraph_format.space_before = Pt(18)
    _say(made.add_paragraph(), fill(template.title), BODY, bold=True, centre=True)
    _rule(made.add_paragraph(), _WIDE, _TITLE_LINE)


def _warnings(made: Any, report: PeriodReport, words: Speaks) -> None:
    """What must be said first is no matter of templates."""
    notes = []
    if not report.finished:
        notes.append(words.say("paper.draft", at=report.made_at))
    if not report.complete:
        notes.append(words.say("period.incomplete", known=report.known, days=report.span.days))
    for note in notes:
        _say(made.add_paragraph(), note, 13, italic=True, centre=True)


def _section(
    made: Any, section: Section, report: PeriodReport, texts: Mapping[Part, str], fill: Any, words: Speaks
) -> None:
    for text in filter(None, (section.heading, section.subheading)):
        heading = _paragraph(made, fill(text), bold=True)
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_after = Pt(4 if section.figures else 0)
    for text in section.paragraphs:
        _paragraph(made, fill(text))
    if section.figures:
        _figures(made, [line for name in section.figures if (line := report.line(name)) is not None], words)
    if section.text is not None:
        for text in (texts.get(section.text) or f"{_DOTS}\n{_DOTS}").split("\n"):
            _paragraph(made, text)


def _figures(made: Any, lines: list[Line], words: Speaks) -> None:
    table = _grid(made, 1, _COLUMNS, borders=True)
    heads = ("number", "indicator", "value", "before", "year_ago")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        _say(cell.paragraphs[0], words.say(f"paper.{head}"), 12, bold=True, centre=True)
    _repeat(table.rows[0])
    for number, line in enumerate(lines, 1):
        row = table.add_row()
        _whole(row)
        shown = (str(number), periodic.name(line, words), _value(line, words), *_earlier(line, words))
        for place, (cell, text) in enumerate(zip(row.cells, shown, strict=True)):
            cell.width = Mm(_COLUMNS[place])
            _say(cell.paragraphs[0], text, 11, centre=place != 1)
    legends = ["legend_chance", "legend_days", "legend_tips"]
    if any(line.small for line in lines):
        legends.insert(2, "legend_small")
    for place, legend in enumerate(legends):
        note = _say(made.add_paragraph(), words.say(f"paper.{legend}"), 11, italic=True)
        note.alignment = _BOTH
        note.paragraph_format.space_before = Pt(0 if place else 4)


def _value(line: Line, words: Speaks) -> str:
    shown = periodic.shown(line.measured, line.measured.measure, words)
    return f"{shown} (*)\n{periodic.interval(line, words)}" if line.small else shown


def _earlier(line: Line, words: Speaks) -> list[str]:
    return [_then(line, then, words) for then in (line.before, line.year_ago)]


def _then(line: Line, then: Compared | None, words: Speaks) -> str:
    if then is None or then.status == "unknown":
        return words.say("period.unknown")
    value, judged = periodic.earlier(then, line.measured.measure, words), periodic.remark(line, then, words)
    return (
        f"{value}\n{judged}" if judged and (then.denominator or line.measured.measure is not Measure.SHARE) else value
    )


def _end(made: Any) -> None:
    """The last words of the text end with "./."."""
    last = made.paragraphs[-1]
    run = last.runs[-1]
    run.text = run.text.rstrip(" .")
    run.add_text(END)


def _signature(made: Any, template: Template, fill: Any) -> None:
    made.add_paragraph().paragraph_format.space_after = Pt(6)
    table = _grid(made, 1, (_WIDE / 2, _WIDE / 2))
    _whole(table.rows[0])
    left, right = table.rows[0].cells
    _say(left.paragraphs[0], "Nơi nhận:", 12, bold=True, italic=True)
    for recipient in template.recipients:
        _say(left.add_paragraph(), f"- {fill(recipient)}", 11)
    _say(right.paragraphs[0], fill(template.signer), BODY, bold=True, centre=True)
    for _ in range(5):  # room for the seal and the signature
        _say(right.add_paragraph(), "", BODY, centre=True)


def _paragraph(made: Any, text: str, *, bold: bool = False) -> Any:
    said = _say(made.add_paragraph(), text, BODY, bold=bold)
    if text == _DOTS:
        said.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDE - 6), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    else:
        said.alignment = _BOTH
    said.paragraph_format.first_line_indent = Mm(10)
    said.paragraph_format.space_before = Pt(6)
    return said


def _say(
    paragraph: Any, text: str, size: int, *, bold: bool = False, italic: bool = False, centre: bool = False
) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None
    if centre:
        paragraph.alignment = _CENTRE
    return paragraph


def _rule(paragraph: Any, room: float, long: float) -> None:
    """A line of `long` mm in the middle of `room` mm: drawn, not underlined, as the border of an empty paragraph."""
    side = Mm((room - long) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
    paragraph.paragraph_format.space_before = Pt(3)
    _say(paragraph, "", 4)
    paragraph.paragraph_format.line_spacing = Pt(6)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _grid(made: Any, rows: int, columns: tuple[float, ...], *, borders: bool = False) -> Any:
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


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
