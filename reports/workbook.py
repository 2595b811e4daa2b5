"""A report as a workbook (XLSX): a sheet of figures, and a sheet of the days that they come from.

Numbers, shares, spans and dates are typed cells, shown the Vietnamese way; rates, differences and totals are formulas,
so that a reader can check them, and carry their values too: a phone's preview computes nothing. Records are counts a
day; there is no word of a tip and no name in it.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from domain.clocks import local
from domain.indicators import Measure
from domain.measures import is_moment
from domain.reports import Compared, Line, PeriodReport
from reports import periodic
from reports.cells import (
    COUNT,
    DATE,
    HEAD_FILL,
    MOMENT,
    ROW_HEIGHT,
    SHARE,
    SIGNED,
    SPAN,
    UNKNOWN_FILL,
    Cell,
    Sheet,
    saved,
)
from reports.speech import Speaks

FACTS = (
    *("tips.opened", "tips.opened_urgent", "tips.received", "tips.received_in_time", "tips.forwarded", "tips.closed"),
    *("tips.valuable", "tips.open", "tips.overdue", "check_ins.expected", "check_ins.on_time", "check_ins.late"),
    *("findings.opened", "findings.mended"),
)
"""The columns of the sheet of days."""
FIRST_LINE, FIRST_DAY = 8, 4
"""The row of the first indicator, and of the first day."""
_WIDTHS = (5, 36, 11, 9, 9, 11, 10, 20, 11, 10, 20)
_HEADS = ("number", "indicator", "value", "numerator", "denominator", "before", "change", "said")
_DAY = 86_400


def xlsx(report: PeriodReport, words: Speaks) -> bytes:
    """The workbook; the same report always gives the same bytes."""
    made = Workbook()
    figures, days = Sheet(made.active), Sheet(made.create_sheet())
    figures.sheet.title, days.sheet.title = words.say("paper.figures"), words.say("paper.records")
    _figures(figures, report, words)
    _days(days, report, words)
    for one in (figures, days):
        _printed(one.sheet, words.say("paper.internal"))
    made.properties.creator = ""
    made.properties.title = _title(report, words)
    made.properties.created = report.made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return saved(made, {"sheet1": figures, "sheet2": days}, report.made_at)


def _title(report: PeriodReport, words: Speaks) -> str:
    return words.say("period.title", period=periodic.period(report.span, words), ward=report.ward_name)


def _figures(made: Sheet, report: PeriodReport, words: Speaks) -> None:
    _top(made, report, words)
    heads = [words.say(f"paper.{head}") for head in (*_HEADS, "year_ago", "change", "said")]
    made.heads(FIRST_LINE - 1, heads)
    for number, line in enumerate(report.lines):
        _line(made, FIRST_LINE + number, number + 1, line, words)
    row = FIRST_LINE + len(report.lines) + 1
    for head, table, counts in (("by_kind", "kind", report.by_kind), ("by_outcome", "outcome", report.by_outcome)):
        if counts:
            row = _split(
                made,
                row,
                words.say(f"paper.{head}"),
                {words.say(f"{table}.{name}"): count for name, count in counts.items()},
            )
            made.put(row - 1, 2, words.say("paper.total"), bold=True)
            row += 1
    for legend in ("internal", "legend_chance", "legend_days", "legend_small", "legend_tips"):
        made.put(row, 1, words.say(f"paper.{legend}"), box=False, size=10)
        made.sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_WIDTHS))
        made.sheet.row_dimensions[row].height = 30
        row += 1
    for place, wide in enumerate(_WIDTHS, 1):
        made.sheet.column_dimensions[get_column_letter(place)].width = wide
    made.sheet.freeze_panes = made.sheet.cell(FIRST_LINE, 3)
    made.sheet.print_title_rows = f"{FIRST_LINE - 1}:{FIRST_LINE - 1}"


def _top(made: Sheet, report: PeriodReport, words: Speaks) -> None:
    made.put(1, 1, _title(report, words), box=False, bold=True, size=14, across="center")
    made.sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_WIDTHS))
    made.sheet.row_dimensions[1].height = 24
    state = words.say("paper.frozen" if report.finished else "paper.open")
    made_at = local(report.made_at).replace(second=0, microsecond=0, tzinfo=None)
    pairs: list[tuple[str, Any, str]] = [
        ("from", report.span.first, DATE),
        ("to", report.span.last, DATE),
        ("made_at", made_at, MOMENT),
        ("days_known", words.say("paper.days", known=report.known, days=report.span.days), ""),
        ("state", state, ""),
    ]
    for place, (head, value, shape) in enumerate(pairs):
        row, column = 3 + place % 3, 2 if place < 3 else 6
        made.put(row, column, words.say(f"paper.{head}"), box=False, bold=True)
        made.put(row, column + (1 if place < 3 else 2), value, shape, box=False, across="left")
        if place < 3:
            made.sheet.merge_cells(start_row=row, start_column=3, end_row=row, end_column=4)
        else:
            made.sheet.merge_cells(start_row=row, start_column=8, end_row=row, end_column=11)


def _line(made: Sheet, row: int, number: int, line: Line, words: Speaks) -> None:
    one = line.measured
    made.sheet.row_dimensions[row].height = ROW_HEIGHT
    made.put(row, 1, number, across="center")
    made.put(row, 2, _named(line, words))
    if line.small:
        made.sheet.row_dimensions[row].height = 2 * ROW_HEIGHT
    if one.status == "unknown":
        made.put(row, 3, periodic.not_known(one, words), across="right", fill=UNKNOWN_FILL)
        for place in (4, 5):
            made.put(row, place, None)
    elif one.value is not None:
        made.put(row, 3, one.value, COUNT)
        for place in (4, 5):
            made.put(row, place, None)
    else:
        _rate(made, row, one.numerator or 0, one.denominator or 0, one.measure, words)
    _then(made, row, 6, line, line.before, words)
    _then(made, row, 9, line, line.year_ago, words)


def _named(line: Line, words: Speaks) -> str:
    """The name of an indicator; with a share of few, the interval in which the true one lies."""
    name, interval = periodic.name(line, words), periodic.interval(line, words)
    return f"{name} (*)\n{interval}" if line.small else name


def _rate(made: Sheet, row: int, part: int, whole: int, measure: Measure, words: Speaks) -> None:
    """Part, whole, and the rate as a formula of both; a sum of waits is a span of time, its rate the mean."""
    span = measure is Measure.SECONDS
    shown = part / _DAY if span else part
    made.put(row, 4, shown, SPAN if span else COUNT)
    made.put(row, 5, whole, COUNT)
    nothing = words.say("period.nothing")
    value: Cell = shown / whole if whole else nothing
    made.formula(row, 3, f'=IF(E{row}>0,D{row}/E{row},"{nothing}")', value, SPAN if span else SHARE)


def _then(made: Sheet, row: int, column: int, line: Line, then: Compared | None, words: Speaks) -> None:
    measure, grown = line.measured.measure, None if then is None else periodic.difference(line, then)
    if then is None or then.status == "unknown":
        made.put(row, column, periodic.not_known(then, words), across="right", fill=UNKNOWN_FILL)
    elif then.value is not None:
        made.put(row, column, then.value, COUNT)
    elif not then.denominator:
        made.put(row, column, words.say("period.nothing"), across="right")
    else:
        rate = (then.numerator or 0) / then.denominator
        span = measure is Measure.SECONDS
        made.put(row, column, rate / _DAY if span else rate, SPAN if span else SHARE)
    if grown is None:
        made.put(row, column + 1, None)
    else:
        made.formula(row, column + 1, f"=C{row}-{get_column_letter(column)}{row}", grown, SIGNED)
    said = "" if then is None else periodic.verdict(then, words)
    if then is not None and 0 < then.known < then.days:
        said = words.say("period.partly", value=said, known=then.known, days=then.days)
        made.sheet.row_dimensions[row].height = 2 * ROW_HEIGHT
    made.put(row, column + 2, said)


def _split(made: Sheet, row: int, head: str, counts: Mapping[str, int]) -> int:
    """A count by what it is split by, with its total as a formula; returns the row after it."""
    made.put(row, 2, head, bold=True, fill=HEAD_FILL)
    made.put(row, 3, None, fill=HEAD_FILL)
    begins = row + 1
    for row, (name, count) in enumerate(counts.items(), begins):
        made.put(row, 2, name)
        made.put(row, 3, count, COUNT)
    made.formula(row + 1, 3, f"=SUM(C{begins}:C{row})", sum(counts.values()), COUNT, bold=True)
    return row + 2


def _days(made: Sheet, report: PeriodReport, words: Speaks) -> None:
    made.put(1, 1, _title(report, words), box=False, bold=True, size=14, across="center")
    made.sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=1 + len(FACTS))
    made.sheet.row_dimensions[1].height = 24
    heads = [words.say("paper.day"), *(words.say(f"fact.{name}") for name in FACTS)]
    made.heads(FIRST_DAY - 1, heads)
    last = FIRST_DAY + len(report.rows) - 1
    for row, day in enumerate(report.rows, FIRST_DAY):
        made.put(row, 1, day.day, DATE, across="center")
        for column, name in enumerate(FACTS, 2):
            if day.facts is None:
                said = words.say("period.unknown") if column == 2 else None
                made.put(row, column, said, size=10, fill=UNKNOWN_FILL)
            else:
                made.put(row, column, day.facts.get(name, 0), COUNT)
    made.put(last + 1, 1, words.say("paper.total"), bold=True, across="center")
    for column, name in enumerate(FACTS, 2):
        if is_moment(name):  # how a day ended is never added up
            made.put(last + 1, column, None)
            continue
        total = sum(day.facts.get(name, 0) for day in report.rows if day.facts is not None)
        letter = get_column_letter(column)
        made.formula(last + 1, column, f"=SUM({letter}{FIRST_DAY}:{letter}{last})", total, COUNT, bold=True)
    made.sheet.column_dimensions["A"].width = 13
    for column in range(2, 2 + len(FACTS)):
        made.sheet.column_dimensions[get_column_letter(column)].width = 9.5
    made.sheet.freeze_panes = made.sheet.cell(FIRST_DAY, 2)
    made.sheet.print_title_rows = f"{FIRST_DAY - 1}:{FIRST_DAY - 1}"


def _printed(sheet: Any, internal: str) -> None:
    """A4 portrait, as wide as the paper, as many pages as it takes."""
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, sheet.ORIENTATION_PORTRAIT
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    for side, inches in (("left", 0.6), ("right", 0.4), ("top", 0.6), ("bottom", 0.6)):
        setattr(sheet.page_margins, side, inches)
    sheet.oddFooter.left.text, sheet.oddFooter.left.size = internal, 8
    sheet.oddFooter.right.text = "&P/&N"
