"""A report as an official document (DOCX) in the layout of Decree 30/2020 (`domain.md`, reporting).

The layout stands in `reports/official.py`, the words in a template; what is left to this file is the order of parts.
"""

import io
from collections.abc import Mapping
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Mm, Pt

from domain.indicators import Measure
from domain.reports import Compared, Line, Part, PeriodReport
from reports import periodic, steady
from reports.official import BODY, WIDE, Frame, end, grid, letterhead, page, repeat, rule, say, signature, whole
from reports.speech import Speaks
from reports.template import Filler, Section, Template

_TITLE_LINE = 50  # mm
_COLUMNS = (9, 48, 32, 38, 38)  # mm of the table of figures
_DOTS = "\t"
"""To the right margin, in dots: room for a pen."""
_BOTH = WD_ALIGN_PARAGRAPH.JUSTIFY


def docx(report: PeriodReport, texts: Mapping[Part, str], template: Template, words: Speaks) -> bytes:
    """The document; the same report, texts and template always give the same bytes."""
    made, fill = Document(), Filler(report, words).fill
    frame = _frame(template, fill)
    page(made)
    letterhead(made, frame)
    _title(made, template, fill)
    _warnings(made, report, words)
    for section in template.section:
        if not (section.only_if and report.count(section.only_if) == 0):
            _section(made, section, report, texts, fill, words)
    end(made)
    signature(made, frame)
    made.core_properties.title = fill(template.title)
    made.core_properties.author = made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = report.made_at.replace(microsecond=0, tzinfo=None)
    file = io.BytesIO()
    made.save(file)
    return steady.packed(file.getvalue())


def _frame(template: Template, fill: Any) -> Frame:
    return Frame(
        superior=fill(template.superior),
        issuer=fill(template.issuer),
        number=fill(template.number),
        place_and_date=fill(template.place_and_date),
        signer=fill(template.signer),
        recipients=tuple(fill(one) for one in template.recipients),
    )


def _title(made: Any, template: Template, fill: Any) -> None:
    kind = say(made.add_paragraph(), fill(template.kind), BODY, bold=True, centre=True)
    kind.paragraph_format.space_before = Pt(18)
    say(made.add_paragraph(), fill(template.title), BODY, bold=True, centre=True)
    rule(made.add_paragraph(), WIDE, _TITLE_LINE)


def _warnings(made: Any, report: PeriodReport, words: Speaks) -> None:
    """What must be said first is no matter of templates."""
    notes = []
    if not report.finished:
        notes.append(words.say("paper.draft", at=report.made_at))
    if not report.complete:
        notes.append(words.say("period.incomplete", known=report.known, days=report.span.days))
    for note in notes:
        say(made.add_paragraph(), note, 13, italic=True, centre=True)


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
    table = grid(made, 1, _COLUMNS, borders=True)
    heads = ("number", "indicator", "value", "before", "year_ago")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        say(cell.paragraphs[0], words.say(f"paper.{head}"), 12, bold=True, centre=True)
    repeat(table.rows[0])
    for number, line in enumerate(lines, 1):
        row = table.add_row()
        whole(row)
        shown = (str(number), periodic.name(line, words), _value(line, words), *_earlier(line, words))
        for place, (cell, text) in enumerate(zip(row.cells, shown, strict=True)):
            cell.width = Mm(_COLUMNS[place])
            say(cell.paragraphs[0], text, 11, centre=place != 1)
    legends = ["legend_chance", "legend_days", "legend_tips"]
    if any(line.small for line in lines):
        legends.insert(2, "legend_small")
    for place, legend in enumerate(legends):
        note = say(made.add_paragraph(), words.say(f"paper.{legend}"), 11, italic=True)
        note.alignment = _BOTH
        note.paragraph_format.space_before = Pt(0 if place else 4)


def _value(line: Line, words: Speaks) -> str:
    shown = periodic.shown(line.measured, line.measured.measure, words)
    return f"{shown} (*)\n{periodic.interval(line, words)}" if line.small else shown


def _earlier(line: Line, words: Speaks) -> list[str]:
    return [_then(line, then, words) for then in (line.before, line.year_ago)]


def _then(line: Line, then: Compared | None, words: Speaks) -> str:
    if then is None or then.status == "unknown":
        return periodic.not_known(then, words)
    value, judged = periodic.earlier(then, line.measured.measure, words), periodic.remark(line, then, words)
    return (
        f"{value}\n{judged}" if judged and (then.denominator or line.measured.measure is not Measure.SHARE) else value
    )


def _paragraph(made: Any, text: str, *, bold: bool = False) -> Any:
    said = say(made.add_paragraph(), text, BODY, bold=bold)
    if text == _DOTS:
        said.paragraph_format.tab_stops.add_tab_stop(Mm(WIDE - 6), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    else:
        said.alignment = _BOTH
    said.paragraph_format.first_line_indent = Mm(10)
    said.paragraph_format.space_before = Pt(6)
    return said
