"""On time, late and missed are different things, and a check that was confirmed stays as it was."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain import duties
from domain.clocks import day_bounds, local, ward_day
from domain.duties import DutyState, Finding, Item, Step
from domain.errors import Refused
from tests.domain.make import DAY, DAYS, HOUR, MANY, MOMENTS, a_duty, at

DUE = at("2026-12-01 00:00")
A_MOMENT = timedelta(microseconds=1)
FINDINGS = st.fixed_dictionaries({item: st.sampled_from(Finding) for item in Item})


@pytest.mark.parametrize(
    ("period", "due", "last"),
    [
        ("2026-11", "2026-12-01 00:00", date(2026, 11, 30)),
        ("2026-12", "2027-01-01 00:00", date(2026, 12, 31)),
        ("2026-02", "2026-03-01 00:00", date(2026, 2, 28)),
        ("2028-02", "2028-03-01 00:00", date(2028, 2, 29)),
    ],
)
def test_a_months_check_is_due_when_the_month_ends_on_the_wards_clocks(period: str, due: str, last: date) -> None:
    assert duties.deadline(period) == at(due)
    assert duties.last_day(a_duty(period)) == last


@MANY
@given(DAYS)
def test_every_day_lies_in_its_period_and_no_later_than_its_last_day(day: date) -> None:
    period = duties.period_of(day)
    last = duties.last_day(a_duty(period))
    assert duties.period_of(last) == period == f"{day.year:04}-{day.month:02}"
    assert day <= last
    assert duties.deadline(period) == day_bounds(last)[1]


@MANY
@given(MOMENTS)
def test_a_check_of_the_running_month_is_never_late(now: datetime) -> None:
    duty = a_duty(duties.period_of(ward_day(now)))
    assert duties.submit(duty, "mai", duties.all_ok(), now).state is DutyState.SUBMITTED


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (DUE - 20 * DAY, DutyState.SUBMITTED),
        (DUE - A_MOMENT, DutyState.SUBMITTED),
        (DUE, DutyState.LATE),
        (DUE + 2 * DAY, DutyState.LATE),
        (DUE + 60 * DAY, DutyState.LATE),
    ],
)
def test_a_confirmation_counts_as_on_time_only_before_the_deadline(now: datetime, state: DutyState) -> None:
    done = duties.submit(a_duty(), "mai", duties.all_ok(), now)
    assert (done.state, done.submitted_at, done.submitted_by, done.done) == (state, now, "mai", True)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (DUE, DutyState.DUE),
        (DUE + 3 * DAY - A_MOMENT, DutyState.DUE),
        (DUE + 3 * DAY, DutyState.MISSED),
        (DUE + 90 * DAY, DutyState.MISSED),
    ],
)
def test_what_nobody_confirms_is_missed_three_days_after_its_deadline(now: datetime, state: DutyState) -> None:
    assert duties.advance(a_duty(), now).state is state


@pytest.mark.parametrize("state", [DutyState.SUBMITTED, DutyState.LATE, DutyState.MISSED, DutyState.EXCUSED])
def test_time_changes_only_what_is_still_due(state: DutyState) -> None:
    settled = a_duty().model_copy(update={"state": state})
    assert duties.advance(settled, DUE + 90 * DAY) is settled


def test_a_missed_check_can_still_be_made_and_is_late() -> None:
    missed = duties.advance(a_duty(), DUE + 4 * DAY)
    assert not missed.done
    assert duties.submit(missed, "mai", duties.all_ok(), DUE + 5 * DAY).state is DutyState.LATE


@MANY
@given(FINDINGS, st.sets(st.sampled_from(Item), min_size=1))
def test_a_check_with_items_left_is_refused_with_their_number(found: dict[Item, Finding], left: set[Item]) -> None:
    seen = {item: finding for item, finding in found.items() if item not in left}
    with pytest.raises(Refused) as refusal:
        duties.submit(a_duty(), "mai", seen, DUE - DAY)
    assert (refusal.value.code, refusal.value.params) == ("check_in.incomplete", {"left": len(left)})


@MANY
@given(FINDINGS)
def test_every_finding_is_kept_as_it_was_said_and_makes_nothing_late(found: dict[Item, Finding]) -> None:
    done = duties.submit(a_duty(), "mai", found, DUE - DAY)
    assert (done.items, done.state) == (found, DutyState.SUBMITTED)


def test_a_second_confirmation_is_refused_with_the_time_of_the_first() -> None:
    done = duties.submit(a_duty(), "mai", duties.all_ok(), DUE - DAY)
    with pytest.raises(Refused) as refusal:
        duties.submit(done, "hoa", {**duties.all_ok(), Item.ALARM_BELL: Finding.BAD}, DUE - HOUR)
    assert refusal.value.code == "check_in.already_done"
    assert refusal.value.params == {"at": DUE - DAY, "month": 11}


def test_all_in_order_means_every_item_is_met() -> None:
    assert set(duties.all_ok()) == set(Item)
    assert len(Item) == 7  # "Đủ cả 7 mục" (screens.md, 11)
    assert set(duties.all_ok().values()) == {Finding.OK}


def test_a_check_is_seen_on_the_day_it_is_told_unless_another_is_named() -> None:
    told = at("2026-12-02 09:00")
    assert duties.submit(a_duty(), "mai", duties.all_ok(), told).observed_on == date(2026, 12, 2)
    late = duties.submit(a_duty(), "mai", duties.all_ok(), told, date(2026, 11, 28))
    assert (late.observed_on, late.submitted_at, late.state) == (date(2026, 11, 28), told, DutyState.LATE)


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (date(2026, 12, 3), "check_in.day_to_come"),
        (date(2026, 10, 31), "check_in.day_before_period"),
        (date(2025, 11, 28), "check_in.day_before_period"),
    ],
)
def test_a_day_to_come_or_before_the_period_is_refused(seen: date, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        duties.submit(a_duty(), "mai", duties.all_ok(), at("2026-12-02 09:00"), seen)
    assert (refusal.value.code, refusal.value.params["day"]) == (code, seen)


@MANY
@given(FINDINGS, MOMENTS, DAYS)
def test_the_day_it_was_seen_never_makes_a_late_check_on_time(
    found: dict[Item, Finding], now: datetime, seen: date
) -> None:
    try:
        done = duties.submit(a_duty(), "mai", found, now, seen)
    except Refused:
        assert not date(2026, 11, 1) <= seen <= ward_day(now)
    else:
        assert (done.state is DutyState.SUBMITTED) == (now < DUE)


def test_the_ladder_goes_from_the_leader_to_whoever_stands_in() -> None:
    duty, climbed = a_duty(), {}
    for day in (date(2026, 11, 20) + n * DAY for n in range(16)):
        step = duties.step(duty, day)
        if step is not None:
            climbed[f"{day:%d/%m}"] = step.value
        if step is Step.WARN:
            duty = duty.model_copy(update={"warned_on": day})
        if step is Step.HAND_OVER:
            duty = duty.model_copy(update={"handed_on": day})
    assert climbed == {
        **dict.fromkeys(("25/11", "29/11", "30/11"), "remind"),
        "01/12": "warn",
        "02/12": "hand_over",
    }


@MANY
@given(st.sets(st.integers(0, 20)))
def test_whatever_days_are_missed_nobody_is_asked_before_the_leader_was_warned(up: set[int]) -> None:
    duty = a_duty()
    for day in (date(2026, 11, 20) + n * DAY for n in sorted(up)):
        step = duties.step(duty, day)
        if step is Step.HAND_OVER:
            assert duty.warned_on is not None
            assert duty.warned_on < day
            duty = duty.model_copy(update={"handed_on": day})
        elif step is Step.WARN:
            duty = duty.model_copy(update={"warned_on": day})
    assert duties.step(duty, date(2026, 11, 15)) is None


@pytest.mark.parametrize("state", [DutyState.SUBMITTED, DutyState.LATE, DutyState.MISSED, DutyState.EXCUSED])
def test_what_is_settled_climbs_no_ladder(state: DutyState) -> None:
    settled = a_duty().model_copy(update={"state": state})
    assert duties.step(settled, date(2026, 11, 30)) is None
    assert duties.step(settled, date(2026, 12, 1)) is None


@MANY
@given(MOMENTS, st.timedeltas(timedelta(minutes=-1), 40 * DAY))
def test_tonight_is_seven_in_the_evening_or_soon_and_never_after_the_last_day(now: datetime, left: timedelta) -> None:
    due = day_bounds(ward_day(now + left))[0]
    at_ = duties.tonight(now, due)
    assert now < at_ <= now + DAY
    assert not now < due <= at_
    seven = (local(at_).hour, local(at_).minute) == (19, 0) and duties.is_daytime(at_)
    assert seven or (local(now).hour >= 19 and at_ <= now + timedelta(hours=1))
    assert duties.may_come(at_, at_)


@pytest.mark.parametrize(
    ("asked", "comes"),
    [
        ("2026-11-25 18:59", "2026-11-25 19:00"),
        ("2026-11-25 19:00", "2026-11-25 20:00"),
        ("2026-11-25 20:59", "2026-11-25 21:59"),
        ("2026-11-25 21:00", "2026-11-26 19:00"),
        ("2026-11-30 19:42", "2026-11-30 20:42"),
        ("2026-11-30 21:45", "2026-11-30 22:45"),
        ("2026-11-30 23:50", "2026-11-30 23:55"),
        ("2026-12-01 19:42", "2026-12-01 20:42"),
        ("2026-12-01 22:00", "2026-12-02 19:00"),
    ],
)
def test_tonight_comes_in_an_hour_when_seven_has_passed(asked: str, comes: str) -> None:
    assert duties.tonight(at(asked), DUE) == at(comes)


@pytest.mark.parametrize(("clock", "rings"), [("06:59", False), ("07:00", True), ("20:59", True), ("21:00", False)])
def test_a_phone_rings_by_day_only(clock: str, rings: bool) -> None:
    assert duties.is_daytime(at(f"2026-11-25 {clock}")) is rings


class DutyLife(RuleBasedStateMachine):
    """One check, leaders who press anything at any time, and a job that looks in now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.now = DUE - 5 * DAY
        self.duty = a_duty()
        self.first: tuple[datetime, str, dict[Item, Finding]] | None = None
        self.looked_after_grace = False

    @rule(span=st.timedeltas(timedelta(0), 3 * DAY))
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule()
    def the_job_looks_in(self) -> None:
        self.duty = duties.advance(self.duty, self.now)
        self.looked_after_grace |= self.first is None and self.now >= DUE + duties.GRACE

    @rule(by=st.sampled_from(("mai", "hoa")), found=FINDINGS)
    def somebody_confirms(self, by: str, found: dict[Item, Finding]) -> None:
        if self.first is None:
            self.first = (self.now, by, found)
            self.duty = duties.submit(self.duty, by, found, self.now)
        else:
            with pytest.raises(Refused, match=r"check_in\.already_done"):
                duties.submit(self.duty, by, found, self.now)

    @rule(by=st.sampled_from(("mai", "hoa")))
    def somebody_leaves_an_item_out(self, by: str) -> None:
        with pytest.raises(Refused, match=r"check_in\."):
            duties.submit(self.duty, by, {Item.EXTINGUISHER: Finding.OK}, self.now)

    @invariant()
    def the_first_word_stands_and_its_time_alone_decides(self) -> None:
        if self.first is None:
            expected = DutyState.MISSED if self.looked_after_grace else DutyState.DUE
            assert self.duty == a_duty().model_copy(update={"state": expected})
            return
        at_time, by, found = self.first
        said = (self.duty.submitted_at, self.duty.submitted_by, self.duty.items)
        assert said == (at_time, by, found)
        assert self.duty.state is (DutyState.SUBMITTED if at_time < DUE else DutyState.LATE)


DutyLife.TestCase.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
TestDutyLife = DutyLife.TestCase
