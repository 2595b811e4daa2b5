"""A report as an official document (DOCX) in the layout of Decree 30/2020 (`domain.md`, reporting).

The layout stands in `reports/official.py`, the words in a template; what is left to this file is the order of parts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Mm, Pt

from domain.indicators import Measure
from domain.reports import Compared, Line, Part, PeriodReport
from reports import periodic
from reports.official import BODY, WIDE, Frame, end, letterhead, listed, page, rule, saved, say, signature
from reports.speech import Speaks
from reports.template import Filler, Section, Template

_TITLE_LINE = 50  # mm
_COLUMNS = (9, 48, 32, 38, 38)  # mm of the table of figures
_DOTS = "\t"
"""To the right margin, in dots: room for a pen."""
_BOTH = WD_ALIGN_PARAGRAPH.JUSTIFY
Fill = Callable[[str], str]
"""Puts figures and names into a sentence of a template."""


def docx(report: PeriodReport, texts: Mapping[Part, str], template: Template, words: Speaks) -> bytes:
    """The document; the same report, texts and template always give the same bytes."""

    def figures(made: Any, section: Section) -> None:
        _figures(made, [line for name in section.figures if (line := report.line(name)) is not None], words)

    sections = [one for one in template.section if not (one.only_if and report.count(one.only_if) == 0)]
    kept = template.model_copy(update={"section": tuple(sections)})
    return composed(kept, Filler(report, words).fill, figures, _warnings(report, words), texts, report.made_at)


def composed(
    template: Template,
    fill: Fill,
    figures: Callable[[Any, Section], None],
    warnings: Sequence[str],
    texts: Mapping[Part, str],
    at: datetime,
) -> bytes:
    """A template as a document. `figures` puts in a section's table, `warnings` are what must be said first: that is no
    matter of templates. `at`: the moment that its properties name."""
    made, frame = Document(), _frame(template, fill)
    page(made)
    letterhead(made, frame)
    _title(made, template, fill)
    for warning in warnings:
        say(made.add_paragraph(), warning, 13, italic=True, centre=True)
    for section in template.section:
        _section(made, section, fill, figures, texts)
    end(made)
    signature(made, frame)
    return saved(made, fill(template.title), at)


def legends(made: Any, lines: Sequence[str]) -> None:
    """What the words of a table mean, below it."""
    for place, line in enumerate(lines):
        note = say(made.add_paragraph(), line, 11, italic=True)
        note.alignment = _BOTH
        note.paragraph_format.space_before = Pt(0 if place else 4)


def _frame(template: Template, fill: Fill) -> Frame:
    return Frame(
        superior=fill(template.superior),
        issuer=fill(template.issuer),
        number=fill(template.number),
        place_and_date=fill(template.place_and_date),
        signer=fill(template.signer),
        recipients=tuple(fill(one) for one in template.recipients),
    )


def _title(made: Any, template: Template, fill: Fill) -> None:
    kind = say(made.add_paragraph(), fill(template.kind), BODY, bold=True, centre=True)
    kind.paragraph_format.space_before = Pt(18)
    say(made.add_paragraph(), fill(template.title), BODY, bold=True, centre=True)
    rule(made.add_paragraph(), WIDE, _TITLE_LINE)


def _warnings(report: PeriodReport, words: Speaks) -> list[str]:
    notes = []
    if not report.finished:
        notes.append(words.say("paper.draft", at=report.made_at))
    if not report.complete:
        notes.append(words.say("period.incomplete", known=report.known, days=report.span.days))
    return notes


def _section(
    made: Any, section: Section, fill: Fill, figures: Callable[[Any, Section], None], texts: Mapping[Part, str]
) -> None:
    for text in filter(None, (section.heading, section.subheading)):
        heading = _paragraph(made, fill(text), bold=True)
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_after = Pt(4 if section.figures else 0)
    for text in section.paragraphs:
        _paragraph(made, fill(text))
    if section.figures:
        figures(made, section)
    if section.text is not None:
        for text in (texts.get(section.text) or f"{_DOTS}\n{_DOTS}").split("\n"):
            _paragraph(made, text)


def _figures(made: Any, lines: list[Line], words: Speaks) -> None:
    heads = [words.say(f"paper.{head}") for head in ("number", "indicator", "value", "before", "year_ago")]
    rows = (
        (str(number), periodic.name(line, words), _value(line, words), *_earlier(line, words))
        for number, line in enumerate(lines, 1)
    )
    listed(made, _COLUMNS, heads, rows, 11, left=(1,))
    notes = ["legend_chance", "legend_days", "legend_tips"]
    if any(line.small for line in lines):
        notes.insert(2, "legend_small")
    legends(made, [words.say(f"paper.{note}") for note in notes])


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
