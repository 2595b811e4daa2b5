"""The same events always give the same numbers, and nothing is counted that did not happen."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain import duties
from domain.duties import Duty, DutyState
from domain.events import Event, Happening
from domain.figures import TipState, check_in_figures, replay
from domain.summary import TipFigures
from domain.tips import Category, Status
from tests.domain.make import (
    CLOCKS,
    DAY,
    HOUR,
    MANY,
    MINUTE,
    MONDAY,
    a_duty,
    a_tip,
    an_event,
    at,
    opened,
    received,
    tip_figures,
)

DUE = at("2026-12-01 00:00")
FIRE = a_tip(name="fire", category=Category.FIRE_EXPLOSION)
DRUGS = a_tip(name="drugs")
NOISE = a_tip(name="noise", category=Category.TRAFFIC_ORDER_WASTE)


def closed(tip: str, hours: int) -> Event:
    return an_event(Happening.TIP_CLOSED, tip, MONDAY + hours * HOUR, by="an", outcome="resolved")


def test_a_day_without_events_is_all_zero() -> None:
    assert tip_figures([], {}, MONDAY) == TipFigures(opened=0, closed=0, valuable=0, open=0, overdue=0)


def test_a_busy_day_is_counted_tip_by_tip() -> None:
    events = [
        opened(FIRE),
        opened(DRUGS),
        opened(NOISE),
        opened(a_tip(name="noise2", category=Category.TRAFFIC_ORDER_WASTE)),
        opened(a_tip(name="fire2", category=Category.FIRE_EXPLOSION)),
        received(FIRE, MONDAY + 3 * MINUTE),
        received(DRUGS, MONDAY + HOUR),
        received(NOISE, MONDAY + HOUR),
        an_event(Happening.TIP_VALUABLE, "drugs", MONDAY + HOUR, by="an"),
        an_event(Happening.TIP_FORWARDED, "drugs", MONDAY + HOUR, by="an"),
        closed("noise", 2),
    ]
    figures = tip_figures(events, replay(events, CLOCKS), MONDAY + 5 * HOUR)
    assert figures == TipFigures(
        opened=5,
        closed=1,
        valuable=1,
        open=4,
        overdue=1,
        urgent=2,
        urgent_received_after=(180,),
        urgent_waiting=1,
        by_kind={"drugs": 1, "fire_explosion": 2, "traffic_order_waste": 2},
        by_state={"forwarded": 1, "new": 2, "received": 1},
    )


def test_an_end_that_was_undone_is_no_end() -> None:
    undone = an_event(Happening.TIP_REOPENED, "drugs", MONDAY + 2 * HOUR, by="an")
    events = [opened(DRUGS), received(DRUGS, MONDAY), closed("drugs", 1), undone]
    figures = tip_figures(events, replay(events, CLOCKS), MONDAY + 3 * HOUR)
    assert (figures.closed, figures.open, figures.by_state) == (0, 1, {"received": 1})


def test_a_tip_that_ended_twice_ended_once_although_nobody_sees_yet_how_the_first_end_was_undone() -> None:
    assert tip_figures([closed("drugs", 1), closed("drugs", 2), closed("noise", 2)], {}, MONDAY).closed == 2


def test_undoing_yesterdays_end_does_not_make_todays_ends_negative() -> None:
    undone = an_event(Happening.TIP_REOPENED, "drugs", MONDAY, by="an")
    assert tip_figures([undone], {}, MONDAY).closed == 0


def test_a_tip_of_yesterday_is_open_today_and_not_opened_today() -> None:
    figures = tip_figures([], replay([opened(DRUGS)], CLOCKS), MONDAY + DAY)
    assert (figures.opened, figures.open, figures.overdue, figures.by_kind) == (0, 1, 0, {})


def test_a_tip_is_overdue_in_the_figures_only_from_the_quarter_after_its_deadline() -> None:
    states = replay([opened(DRUGS)], CLOCKS)
    assert tip_figures([], states, DRUGS.due_at).overdue == 0
    assert tip_figures([], states, DRUGS.due_at + 14 * MINUTE).overdue == 0
    assert tip_figures([], states, DRUGS.due_at + 15 * MINUTE).overdue == 1
    assert states["drugs"].overdue_by(DRUGS.due_at + MINUTE, CLOCKS) == MINUTE


def test_a_forwarded_tip_that_is_reopened_is_forwarded_again() -> None:
    forwarded = an_event(Happening.TIP_FORWARDED, "drugs", MONDAY, by="an")
    undone = an_event(Happening.TIP_REOPENED, "drugs", MONDAY + 2 * HOUR, by="an")
    events = [opened(DRUGS), received(DRUGS, MONDAY), forwarded, closed("drugs", 1), undone]
    assert replay(events, CLOCKS)["drugs"].status is Status.FORWARDED
    assert replay(events[:-1], CLOCKS)["drugs"].status is Status.CLOSED


def test_events_that_change_no_state_leave_it_as_it_was() -> None:
    told = [opened(DRUGS), received(DRUGS, MONDAY)]
    more = [
        an_event(kind, "drugs", MONDAY + HOUR, by="an")
        for kind in (Happening.TIP_ASSIGNED, Happening.TIP_VALUABLE, Happening.NAME_SEEN)
    ]
    assert replay([*told, *more], CLOCKS) == replay(told, CLOCKS)


def test_events_about_anything_else_tell_of_no_tip() -> None:
    other = [
        an_event(Happening.DUTY_OPENED, "duty", MONDAY, period="2026-11"),
        an_event(Happening.DUTY_SUBMITTED, "duty", MONDAY, by="mai", period="2026-11"),
        an_event(Happening.ROLE_GRANTED, "mai", MONDAY),
        closed("unheard-of", 1),
    ]
    assert replay(other, CLOCKS) == {}


def test_one_tips_events_never_touch_another_tip() -> None:
    both = replay([opened(DRUGS), opened(NOISE), received(DRUGS, MONDAY + HOUR), closed("drugs", 2)], CLOCKS)
    assert both["noise"] == replay([opened(NOISE)], CLOCKS)["noise"]


def test_the_pause_of_an_open_question_ends_after_three_days_in_the_figures_too() -> None:
    asked = an_event(Happening.TIP_ASKED, "drugs", MONDAY + HOUR, by="an")
    state: TipState = replay([opened(DRUGS), asked], CLOCKS)["drugs"]
    assert state.overdue_by(DRUGS.due_at + 3 * DAY, CLOCKS) is None
    assert state.overdue_by(DRUGS.due_at + 3 * DAY + HOUR, CLOCKS) == HOUR
    answered = an_event(Happening.TIP_ANSWERED, "drugs", MONDAY + 3 * HOUR)
    assert replay([opened(DRUGS), asked, answered], CLOCKS)["drugs"].due_at == DRUGS.due_at + 2 * HOUR


def test_waiting_is_counted_in_the_figures_for_urgent_tips_only_once_received() -> None:
    events = [opened(FIRE), received(FIRE, MONDAY + 61 * MINUTE), opened(DRUGS), received(DRUGS, MONDAY + MINUTE)]
    figures = tip_figures(events, replay(events, CLOCKS), MONDAY + 2 * HOUR)
    assert (figures.urgent_received_after, figures.urgent_waiting) == ((3660,), 0)


def test_checks_are_on_time_late_missing_or_out_of_reach() -> None:
    on_time = duties.submit(a_duty(unit="a"), "mai", duties.all_ok(), DUE - DAY)
    late = duties.submit(a_duty(unit="b"), "hoa", duties.all_ok(), DUE + HOUR)
    missed = duties.advance(a_duty(unit="c"), DUE + 4 * DAY)
    names = {"a": "Hẻm 5", "b": "Sau Chợ", "c": "Bờ Sông", "d": "Nhà Ga"}
    held = [on_time, late, missed, a_duty(unit="d"), a_duty(unit="e")]
    figures = check_in_figures(held, DUE + 5 * DAY, names, frozenset("abc"))
    assert (figures.expected, figures.received, figures.on_time) == (5, 2, 1)
    assert (figures.missing, figures.unreachable) == (("Bờ Sông",), ("Nhà Ga", "e"))


def test_a_check_made_after_the_moment_of_the_figures_is_still_missing_in_them() -> None:
    done = duties.submit(a_duty(unit="a"), "mai", duties.all_ok(), DUE - DAY)
    assert check_in_figures([done], DUE - DAY, {"a": "Hẻm 5"}, frozenset("a")).missing == ("Hẻm 5",)
    assert check_in_figures([done], DUE - DAY + MINUTE, {"a": "Hẻm 5"}, frozenset("a")).received == 1


@st.composite
def groups(draw: st.DrawFn) -> list[Duty]:
    """Checks of several groups in one month, some of them confirmed."""
    made = []
    for number in range(draw(st.integers(0, 8))):
        duty = a_duty(unit=f"g{number}")
        after = draw(st.none() | st.timedeltas(-5 * DAY, 5 * DAY))
        made.append(duty if after is None else duties.submit(duty, "mai", duties.all_ok(), DUE + after))
    return made


@MANY
@given(
    held=groups(),
    after=st.timedeltas(-6 * DAY, 6 * DAY),
    reachable=st.frozensets(st.integers(0, 8).map(lambda number: f"g{number}")),
)
def test_every_group_is_counted_exactly_once(held: list[Duty], after: timedelta, reachable: frozenset[str]) -> None:
    figures = check_in_figures(held, DUE + after, {}, reachable)
    assert figures.received + len(figures.missing) + len(figures.unreachable) == figures.expected == len(held)
    assert figures.on_time <= figures.received
    assert set(figures.missing) <= reachable
    assert not set(figures.unreachable) & reachable
    in_time = [d for d in held if d.state is DutyState.SUBMITTED and d.submitted_at and d.submitted_at < DUE + after]
    assert figures.on_time == len(in_time)
