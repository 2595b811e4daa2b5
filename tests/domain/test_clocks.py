"""Deadlines fall inside working hours, urgent ones run round the clock, and days begin at the ward's midnight."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.clocks import VIETNAM, Clocks, day_bounds, local, quarter_hour, ward_day
from tests.domain.make import CLOCKS, DAY, DAYS, HOUR, MANY, MINUTE, MOMENTS, at


def worked(clocks: Clocks, begin: datetime, end: datetime) -> timedelta:
    """Working time between two moments, counted window by window."""
    total, day = timedelta(0), begin.astimezone(VIETNAM).date()
    while day <= end.astimezone(VIETNAM).date():
        for opens, closes in clocks.working_hours:
            first = max(datetime.combine(day, opens, VIETNAM), begin)
            last = min(datetime.combine(day, closes, VIETNAM), end)
            if day.weekday() in clocks.working_days and first < last:
                total += last - first
        day += DAY
    return total


def in_working_hours(clocks: Clocks, moment: datetime) -> bool:
    """Whether somebody is at work at (or up to) this moment."""
    shown = moment.astimezone(VIETNAM)
    open_now = any(opens < shown.time() <= closes for opens, closes in clocks.working_hours)
    return open_now and shown.weekday() in clocks.working_days


@st.composite
def ward_clocks(draw: st.DrawFn) -> Clocks:
    """A ward with other days and other hours than ours."""
    quarters = sorted(draw(st.lists(st.integers(0, 95), min_size=4, max_size=4, unique=True)))
    a, b, c, d = (time(quarter // 4, quarter % 4 * 15) for quarter in quarters)
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return Clocks(working_days=days, working_hours=((a, b), (c, d)))


def test_the_limits_of_a_ward_are_those_of_the_sources_unless_it_sets_its_own() -> None:
    assert (CLOCKS.receive_within, CLOCKS.receive_urgent_within) == (8 * HOUR, 4 * HOUR)
    assert (CLOCKS.verify_within, CLOCKS.longest_pause, CLOCKS.undo_close_within) == (20 * DAY, 3 * DAY, 10 * MINUTE)
    assert CLOCKS.working_days == {0, 1, 2, 3, 4}
    assert (
        sum((at(f"2026-11-23 {b}") - at(f"2026-11-23 {a}") for a, b in CLOCKS.working_hours), timedelta(0)) == 8 * HOUR
    )


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-23 07:30", "2026-11-23 16:30"),  # a whole Monday
        ("2026-11-23 06:00", "2026-11-23 16:30"),
        ("2026-11-23 08:00", "2026-11-24 08:00"),
        ("2026-11-23 12:00", "2026-11-24 11:30"),  # noon break
        ("2026-11-23 16:30", "2026-11-24 16:30"),
        ("2026-11-23 22:15", "2026-11-24 16:30"),
        ("2026-11-20 10:00", "2026-11-23 10:00"),  # Friday: the weekend doesn't count
        ("2026-11-21 21:45", "2026-11-23 16:30"),  # the Saturday evening of screen 7
        ("2026-11-22 23:59", "2026-11-23 16:30"),
        ("2026-12-31 15:30", "2027-01-01 15:30"),
    ],
)
def test_a_tip_is_to_be_received_within_eight_working_hours(opened: str, due: str) -> None:
    assert CLOCKS.receive_by(at(opened), urgent=False) == at(due)
    assert CLOCKS.receive_by(at(opened).astimezone(UTC), urgent=False) == at(due)


@MANY
@given(MOMENTS)
def test_an_urgent_tip_is_due_after_four_hours_by_day_and_night(opened: datetime) -> None:
    assert CLOCKS.receive_by(opened, urgent=True) == opened + 4 * HOUR


@MANY
@given(MOMENTS)
def test_a_deadline_falls_inside_working_hours_exactly_eight_of_them_later(opened: datetime) -> None:
    due = CLOCKS.receive_by(opened, urgent=False)
    assert in_working_hours(CLOCKS, due)
    assert worked(CLOCKS, opened, due) == 8 * HOUR
    assert due >= opened + 8 * HOUR


@MANY
@given(ward_clocks(), MOMENTS)
def test_every_ward_keeps_its_own_days_and_hours(clocks: Clocks, opened: datetime) -> None:
    due = clocks.receive_by(opened, urgent=False)
    assert in_working_hours(clocks, due)
    assert worked(clocks, opened, due) == clocks.receive_within


@MANY
@given(MOMENTS, st.timedeltas(timedelta(0), 5 * DAY))
def test_what_came_later_is_never_due_earlier(opened: datetime, later: timedelta) -> None:
    assert CLOCKS.receive_by(opened, urgent=False) <= CLOCKS.receive_by(opened + later, urgent=False)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 21, 16, 59, 59, 999_999, UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 17, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), date(2027, 1, 1)),
        (at("2026-11-21 00:00"), date(2026, 11, 21)),
    ],
)
def test_the_wards_day_changes_at_its_own_midnight(moment: datetime, day: date) -> None:
    assert ward_day(moment) == day


@MANY
@given(MOMENTS)
def test_a_moment_belongs_to_exactly_one_day(moment: datetime) -> None:
    day = ward_day(moment)
    belongs = [other for other in (day - DAY, day, day + DAY) if day_bounds(other)[0] <= moment < day_bounds(other)[1]]
    assert belongs == [day]


@MANY
@given(DAYS)
def test_days_touch_and_last_a_day(day: date) -> None:
    begin, end = day_bounds(day)
    assert end == day_bounds(day + DAY)[0]
    assert end.astimezone(UTC) - begin.astimezone(UTC) == DAY
    assert (local(begin).time(), local(begin).date()) == (time(), day)


@MANY
@given(MOMENTS)
def test_local_time_is_the_same_moment_seven_hours_ahead(moment: datetime) -> None:
    assert local(moment) == moment
    assert local(moment).utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-21 21:45", "2026-11-21 21:45"),
        ("2026-11-21 21:59:59.999999", "2026-11-21 21:45"),
        ("2026-11-21 22:00", "2026-11-21 22:00"),
        ("2026-11-22 00:14:59", "2026-11-22 00:00"),
    ],
)
def test_officers_see_the_quarter_hour_in_which_a_tip_came(moment: str, shown: str) -> None:
    assert quarter_hour(at(moment)) == at(shown)


@MANY
@given(MOMENTS)
def test_a_quarter_hour_hides_the_minute_and_stays_close(moment: datetime) -> None:
    shown = quarter_hour(moment)
    assert (shown.minute % 15, shown.second, shown.microsecond) == (0, 0, 0)
    assert timedelta(0) <= moment - shown < 15 * MINUTE
    assert shown.utcoffset() == timedelta(hours=7)
    assert quarter_hour(shown) == shown


@MANY
@given(MOMENTS, st.timedeltas(timedelta(0), 15 * MINUTE - timedelta(microseconds=1)))
def test_two_moments_of_one_quarter_hour_can_not_be_told_apart(moment: datetime, within: timedelta) -> None:
    shown = quarter_hour(moment)
    other = shown + within
    assume(other != moment)
    assert quarter_hour(other).isoformat() == shown.isoformat()
