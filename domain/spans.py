"""What a report is about: a day, a week, an official month, quarter, half year or year, or a chosen span under review.

Months begin at a cut-off (`domain/periods.py`), quarters, half years and years likewise: with the official one the year
2026 is 15/12/2025 to 14/12/2026. A week is Monday to Sunday. Interim and final reviews (*sơ kết*, *tổng kết*) are
reports over a span that somebody chooses.
"""

from datetime import date, timedelta

from pydantic import BaseModel

from domain.errors import Refused
from domain.periods import OFFICIAL, Month, month_days, month_of
from domain.report_kinds import ReportKind

LONGEST_REVIEW = 5 * 366
"""Days that a review may span; a movement is reviewed after three or five years."""


REVIEWS = frozenset({ReportKind.INTERIM_REVIEW, ReportKind.FINAL_REVIEW})
# How many reporting months a period has.
MONTHS = {ReportKind.MONTHLY: 1, ReportKind.QUARTERLY: 3, ReportKind.HALF_YEARLY: 6, ReportKind.YEARLY: 12}
SCHEDULED = (ReportKind.WEEKLY, *MONTHS)
"""Kinds that are sent by themselves when their period has ended; a day has its own summary."""
_DAYS = {ReportKind.DAILY: 1, ReportKind.WEEKLY: 7}
_YEAR_OF_WEEKS = timedelta(weeks=52)  # a week is compared with one of the same weekdays


class Span(BaseModel, frozen=True):
    """The period of a report, both ends included."""

    kind: ReportKind
    first: date
    last: date
    cut: int = OFFICIAL

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def key(self) -> str:
        """What tells it from every other period of its kind."""
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    @property
    def month(self) -> Month:
        """The reporting month in which it ends: it names months, quarters, half years and years."""
        return month_of(self.last, self.cut)

    @property
    def number(self) -> int:
        """Which of its kind in the year: month 1 to 12, quarter 1 to 4, half year 1 or 2; of others the month."""
        return (self.month.number - 1) // MONTHS.get(self.kind, 1) + 1


def span_of(kind: ReportKind, day: date, cut: int = OFFICIAL) -> Span:
    """The period of a kind in which a day lies. Raises Refused for a review: its span is chosen."""
    if kind in REVIEWS:
        raise Refused("report.span_needed")
    if kind in _DAYS:
        first = day - timedelta(days=day.weekday() if kind is ReportKind.WEEKLY else 0)
        return Span(kind=kind, first=first, last=first + timedelta(days=_DAYS[kind] - 1), cut=cut)
    month, size = month_of(day, cut), MONTHS[kind]
    begins = Month(month.year, (month.number - 1) // size * size + 1)
    first, last = month_days(begins, cut)[0], month_days(begins.moved(size - 1), cut)[1]
    return Span(kind=kind, first=first, last=last, cut=cut)


def review(kind: ReportKind, first: date, last: date) -> Span:
    """A chosen span. Raises Refused when it ends before it begins, or is longer than any review."""
    if last < first:
        raise Refused("report.span_turned", first=first, last=last)
    if (last - first).days >= LONGEST_REVIEW:
        raise Refused("report.span_long", years=LONGEST_REVIEW // 366)
    return Span(kind=kind, first=first, last=last)


def previous(span: Span) -> Span:
    """The period before; before a review the same number of days."""
    if span.kind in REVIEWS:
        return span.model_copy(
            update={"first": span.first - timedelta(days=span.days), "last": span.first - timedelta(days=1)}
        )
    return span_of(span.kind, span.first - timedelta(days=1), span.cut)


def year_ago(span: Span) -> Span | None:
    """The same period last year (*cùng kỳ*); None for a span longer than a year, which would meet itself."""
    if span.kind is ReportKind.WEEKLY:
        return span_of(span.kind, span.first - _YEAR_OF_WEEKS, span.cut)
    if span.kind in MONTHS:
        year, number = span.month
        return span_of(span.kind, month_days(Month(year - 1, number), span.cut)[1], span.cut)
    last = _year_earlier(span.last)
    return None if last >= span.first else span.model_copy(update={"first": _year_earlier(span.first), "last": last})


def latest(kind: ReportKind, today: date, first_day: date) -> Span:
    """The last full period; on an installation that is younger than one, the running one."""
    now = span_of(kind, today)
    before = previous(now)
    return before if before.last >= first_day else now


def ended_on(day: date, cut: int = OFFICIAL) -> list[Span]:
    """The scheduled periods whose last day this is, shortest first."""
    return [span for kind in SCHEDULED if (span := span_of(kind, day, cut)).last == day]


def _year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
