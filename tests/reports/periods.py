"""Periods to write and to draw: a month with everything, a year of which most is not known, one of nothing at all."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

from domain.figures import parts
from domain.indicators import EDITION, INDICATORS
from domain.measures import measured, summed
from domain.periods import days_between
from domain.report_kinds import ReportKind
from domain.reports import DayRow, Line, Part, PeriodReport, compared
from domain.spans import Span, previous, span_of, year_ago

Facts = Mapping[date, dict[str, int]]
THURSDAY = date(2026, 11, 12)
TEXTS = {
    Part.DIFFICULTIES: "Quân số trực ban còn thiếu trong đợt mưa lũ.\nMột số tổ liên gia chưa có tổ phó.",
    Part.OVERDUE_REASON: "Chờ kết quả giám định.",
}


def facts(span: Span, tips: int, unknown: int = 0) -> dict[date, dict[str, int]]:
    """Days with so many tips each, of every kind in turn; checks are due on the last of a calendar month."""
    found = {}
    for number, day in enumerate(days_between(span.first, span.last)[unknown:]):
        kind = ("drugs", "scam", "fire_explosion", "other")[number % 4]
        one = {"tips.opened": tips, f"tips.opened.{kind}": tips, "tips.received": tips, "tips.received_in_time": tips}
        one |= {"tips.received_waited": tips, "tips.received_seconds": tips * 5400, "tips.closed": 1, "tips.open": 9}
        one |= {"tips.closed.resolved": 1, "tips.overdue": 1, "tips.closed_in_time": 1, "tips.closed_seconds": 90_000}
        one |= {"tips.rated": 1, "tips.rated.satisfied": int(day.day % 4 > 0)}
        if day.day == 30:
            one |= {"check_ins.expected": 20, "check_ins.on_time": 16, "check_ins.late": 2}
        found[day] = one
    return found


def report(span: Span, now: Facts, before: Facts | None = None, ago: Facts | None = None) -> PeriodReport:
    """A report over these days."""

    def whole(of: Span, known: Facts) -> object:
        return summed(of.first, of.last, {day: (EDITION, one) for day, one in known.items()})

    earlier, year = previous(span), year_ago(span)
    assert year is not None
    this, that, other = whole(span, now), whole(earlier, before or {}), whole(year, ago or {})
    lines = []
    for indicator in INDICATORS:
        one = measured(indicator, this)  # type: ignore[arg-type]
        thens = [compared(indicator, one, measured(indicator, then)) for then in (that, other)]  # type: ignore[arg-type]
        lines.append(Line(measured=one, before=thens[0], year_ago=thens[1]))
    total = this.facts  # type: ignore[attr-defined]
    return PeriodReport(
        ward="18115",
        ward_name="phường Bắc Hồng",
        province="Hà Tĩnh",
        span=span,
        before=earlier,
        year_ago=year,
        made_at=datetime(2026, 11, 16, 1, 0, tzinfo=UTC),
        finished=len(now) == span.days,
        known=len(now),
        lines=tuple(lines),
        by_kind=parts(total, "tips.opened"),
        by_outcome=parts(total, "tips.closed"),
        rows=tuple(DayRow(day=day, facts=now.get(day)) for day in days_between(span.first, span.last)),
    )


@cache
def month() -> PeriodReport:
    """The official month of November 2026, three times as busy as that of last year."""
    span = span_of(ReportKind.MONTHLY, date(2026, 11, 10))
    ago = year_ago(span)
    assert ago is not None
    return report(span, facts(span, 3), facts(previous(span), 3), facts(ago, 1))


@cache
def year() -> PeriodReport:
    """A running year of which 165 days are known, and nothing of what was before."""
    span = span_of(ReportKind.YEARLY, date(2026, 11, 10))
    return report(span, facts(span, 1, unknown=200))


@cache
def nothing() -> PeriodReport:
    """A quarter of which no day is known."""
    return report(span_of(ReportKind.QUARTERLY, date(2026, 11, 10)), {})


@cache
def quiet() -> PeriodReport:
    """A week in which nothing happened, after one in which much did."""
    span = span_of(ReportKind.WEEKLY, date(2026, 11, 10))
    return report(span, {day: {} for day in days_between(span.first, span.last)}, facts(previous(span), 9))


@cache
def running() -> PeriodReport:
    """A week of which Monday is not known, and which has come as far as Thursday."""
    span = span_of(ReportKind.WEEKLY, date(2026, 11, 10))
    known = {day: one for day, one in facts(span, 3, unknown=1).items() if day <= THURSDAY}
    made = report(span, known, facts(previous(span), 3))
    return made.model_copy(update={"made_at": datetime(2026, 11, 12, 1, 0, tzinfo=UTC)})


ALL = {"month": month, "year": year, "nothing": nothing, "quiet": quiet, "running": running}
