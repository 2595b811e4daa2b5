"""The chart of a period: tips against the period before, new tips over time, kinds, safety checks.

The same blocks as a day's chart, read on a phone. Days that are not known are grey, never an empty place that looks
like a quiet day. Days that have not come yet are left out: there even the ground below them is pale.
"""

from dataclasses import dataclass
from datetime import date

from domain.clocks import ward_day
from domain.periods import month_of
from domain.reports import DayRow, PeriodReport
from domain.summary import CheckInFigures, TipFigures
from reports import chart, periodic
from reports.chart import Block
from reports.speech import Speaks
from reports.svg import BLUE, INK, MUTED, TRACK, WIDTH, bar, figure, page, swatches, text

_LEFT, _RIGHT = 60, WIDTH - 60
_ROOM = _RIGHT - _LEFT
_HIGH = 170  # px of the highest column
_BY_DAY, _BY_WEEK = 31, 200  # days up to which a column is a day, or a week


@dataclass
class Column:
    """Some days together: how many tips came on those that are known."""

    first: date
    last: date
    count: int = 0
    known: bool = True
    ahead: bool = True
    """Whether none of its days has come yet."""

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def add(self, row: DayRow, today: date) -> None:
        """One more day; of one after today nothing can be known."""
        self.last = row.day
        if row.day > today:
            return
        self.ahead = False
        self.known = self.known and row.facts is not None
        self.count += (row.facts or {}).get("tips.opened", 0)


def svg(report: PeriodReport, words: Speaks) -> str:
    """The chart as SVG, 1080 px wide."""
    note = "" if report.finished else words.say("period_chart.unfinished", at=report.made_at)
    title = words.say("period_chart.title", period=periodic.period(report.span, words))
    top = chart.header(title, report.ward_name, note)
    tips, end = _tips(report, words, 266)
    over_time, end = _over_time(report, words, end + 90)
    opened = report.count("tips.opened") or 0
    figures = TipFigures(opened=opened, closed=0, valuable=0, open=0, overdue=0, by_kind=report.by_kind)
    kinds, end = chart.kinds(figures, words, end + 90) if report.known else ([], end)
    checks, end = _checks(report, words, end + 90)
    end += 66
    return page([*top, *tips, *over_time, *kinds, *checks, chart.foot(words, end)], end + 40)


def _tips(report: PeriodReport, words: Speaks, y: float) -> Block:
    if not report.known:
        head = text(_LEFT, y, words.say("summary.chart.tips"), 42, bold=True)
        unknown = words.say("period.incomplete", known=0, days=report.span.days)
        return [head, text(_LEFT, y + 58, unknown, 34, room=_ROOM)], y + 58
    rows, known = [], False
    for name in chart.COUNTED:
        line = report.line(f"tips.{name}")
        then = line.before.value if line else None
        known = known or then is not None
        rows.append((name, report.count(f"tips.{name}") or 0, then))
    before = words.say("period_chart.before" if known else "period_chart.before_unknown")
    return chart.pairs(rows, (words.say("period_chart.this"), before), words, y)


def columns(report: PeriodReport) -> tuple[str, list[Column]]:
    """The days of a period by day, week or reporting month, and the key of the words for it."""
    days, today = report.span.days, ward_day(report.made_at)
    made: list[Column] = []
    groups: list[object] = []
    for place, row in enumerate(report.rows):
        by_month = month_of(row.day, report.span.cut)
        group: object = place if days <= _BY_DAY else place // 7 if days <= _BY_WEEK else by_month
        if not groups or groups[-1] != group:
            groups.append(group)
            made.append(Column(row.day, row.day))
        made[-1].add(row, today)
    return "by_day" if days <= _BY_DAY else "by_week" if days <= _BY_WEEK else "by_month", made


def _over_time(report: PeriodReport, words: Speaks, y: float) -> Block:
    key, shown = columns(report)
    largest = max((column.count for column in shown), default=0)
    parts = [text(_LEFT, y, words.say(f"period_chart.{key}"), 42, room=600, bold=True)]
    if largest:
        most = words.say("period_chart.most", count=largest)
        parts.append(text(_RIGHT, y, most, 34, room=330, fill=MUTED, end=True))
    ground, x = y + 40 + _HIGH, float(_LEFT)
    for column in shown:
        # As wide as its days: a week of one day at the end of a quarter is thin, not a fall.
        wide = _ROOM * column.days / report.span.days
        if not column.known:
            parts.append(bar(x, ground - _HIGH, max(2.0, wide * 0.8), _HIGH, TRACK, rounded=0))
        high = _HIGH * column.count / largest if largest else 0
        parts.append(bar(x, ground - high, max(2.0, wide * 0.8), high, BLUE, rounded=2) if high else "")
        x += wide
    come = _come(report)
    parts.append(bar(_LEFT, ground, _ROOM * come, 3, INK, rounded=0))
    parts.append(bar(_LEFT + _ROOM * come, ground, _ROOM * (1 - come), 3, TRACK, rounded=0))
    first, last = (words.say("period_chart.day", day=day) for day in (report.span.first, report.span.last))
    parts += [text(_LEFT, ground + 42, first, 32, room=300, fill=MUTED)]
    parts.append(figure(_RIGHT, ground + 42, last, 32, room=300, fill=MUTED, bold=False))
    end = ground + 42
    if not all(column.known for column in shown):
        end += 50
        parts.append(swatches(_LEFT, end, [(TRACK, words.say("period_chart.unknown_days"))]))
    if come < 1:
        end += 50
        parts.append(text(_LEFT, end, words.say("period_chart.days_ahead"), 32, room=_ROOM, fill=MUTED))
    return parts, end


def _come(report: PeriodReport) -> float:
    """The share of the period's days that have come, today among them."""
    return min(1.0, max(0, (ward_day(report.made_at) - report.span.first).days + 1) / report.span.days)


def _checks(report: PeriodReport, words: Speaks, y: float) -> Block:
    counts = [report.count(f"check_ins.{name}") for name in ("expected", "reported", "on_time")]
    if None in counts:
        return chart.checks(None, words, y)
    expected, received, on_time = (count or 0 for count in counts)
    if not expected:
        head = text(_LEFT, y, words.say("summary.chart.check_ins"), 42, room=_ROOM, bold=True)
        return [head, text(_LEFT, y + 58, words.say("period_chart.checks_none"), 36, room=_ROOM)], y + 58
    return chart.checks(CheckInFigures(expected=expected, received=received, on_time=on_time), words, y)
