"""Periods of reports: by cut-off, end to end, and what they are compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.periods import CUTS
from domain.report_kinds import ReportKind
from domain.spans import MONTHS, REVIEWS, Span, ended_on, previous, review, span_of, year_ago

BY_CLOCK = [kind for kind in ReportKind if kind not in REVIEWS]
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def bounds(span: Span | None) -> tuple[date, date]:
    assert span is not None
    return span.first, span.last


@pytest.mark.parametrize(
    ("kind", "first", "last", "number"),
    [
        (ReportKind.DAILY, date(2026, 11, 15), date(2026, 11, 15), 12),
        (ReportKind.WEEKLY, date(2026, 11, 9), date(2026, 11, 15), 12),
        (ReportKind.MONTHLY, date(2026, 11, 15), date(2026, 12, 14), 12),
        (ReportKind.QUARTERLY, date(2026, 9, 15), date(2026, 12, 14), 4),
        (ReportKind.HALF_YEARLY, date(2026, 6, 15), date(2026, 12, 14), 2),
        (ReportKind.YEARLY, date(2025, 12, 15), date(2026, 12, 14), 1),
    ],
)
def test_periods_run_from_the_15th_to_the_14th(kind: ReportKind, first: date, last: date, number: int) -> None:
    span = span_of(kind, date(2026, 11, 15))
    assert (span.first, span.last, span.number) == (first, last, number)


@given(st.sampled_from(BY_CLOCK), DAYS, st.sampled_from([*CUTS, 20]))
def test_a_day_lies_in_its_period_and_periods_follow_one_another(kind: ReportKind, day: date, cut: int) -> None:
    span = span_of(kind, day, cut)
    assert span.first <= day <= span.last
    assert span_of(kind, span.last, cut) == span_of(kind, span.first, cut) == span
    before = previous(span)
    assert before.last == span.first - timedelta(days=1)
    ago = year_ago(span)
    assert ago is not None
    assert ago.last < span.first
    assert span_of(kind, ago.first, cut) == ago
    assert 350 <= (span.first - ago.first).days <= 370
    if kind in MONTHS:
        assert (ago.number, ago.month.year) == (span.number, span.month.year - 1)


@given(DAYS, st.integers(0, 1000))
def test_a_review_is_compared_with_as_many_days_before(first: date, more: int) -> None:
    span = review(ReportKind.INTERIM_REVIEW, first, first + timedelta(days=more))
    before = previous(span)
    assert (before.days, before.last) == (span.days, first - timedelta(days=1))
    ago = year_ago(span)
    assert (ago is None) == (more >= 366) or more in (364, 365)
    assert ago is None or ago.last < span.first


def test_a_span_that_makes_no_sense_is_refused() -> None:
    for ends in ((date(2026, 2, 1), date(2026, 1, 1)), (date(2000, 1, 1), date(2026, 1, 1))):
        with pytest.raises(Refused):
            review(ReportKind.FINAL_REVIEW, *ends)
    with pytest.raises(Refused):
        span_of(ReportKind.FINAL_REVIEW, date(2026, 1, 1))


def test_what_ended_on_a_day_is_reported_the_next_morning() -> None:
    kinds = {day: [span.kind.value for span in ended_on(day)] for day in (date(2026, 11, 22), date(2026, 11, 14))}
    assert kinds == {date(2026, 11, 22): ["weekly"], date(2026, 11, 14): ["monthly"]}
    assert ended_on(date(2026, 11, 23)) == []
    year = [span.kind.value for span in ended_on(date(2026, 12, 14))]
    assert year == ["monthly", "quarterly", "half_yearly", "yearly"]


def test_the_same_week_of_last_year_has_the_same_weekdays() -> None:
    assert bounds(year_ago(span_of(ReportKind.WEEKLY, date(2026, 11, 25)))) == (date(2025, 11, 24), date(2025, 11, 30))
    assert bounds(year_ago(span_of(ReportKind.DAILY, date(2028, 2, 29)))) == (date(2027, 2, 28), date(2027, 2, 28))
