"""Figures of a ward's day, from events alone: the same events always give the same numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from domain.clocks import Clocks, quarter_hour
from domain.duties import Duty, DutyState
from domain.events import Event, Happening
from domain.indicators import CLOSED, OPEN, OPENED, OPENED_URGENT, OVERDUE, URGENT_WAITING, VALUABLE
from domain.summary import CheckInFigures, TipFigures
from domain.tips import Status

# The kinds of events that say where a tip stands; the others leave it as it was.
TELLING = frozenset(
    {
        Happening.TIP_OPENED,
        Happening.TIP_RECEIVED,
        Happening.TIP_ASKED,
        Happening.TIP_ANSWERED,
        Happening.TIP_FORWARDED,
        Happening.TIP_CLOSED,
        Happening.TIP_REOPENED,
    }
)


_quarter = lru_cache(maxsize=16)(quarter_hour)  # of a night every ward asks for the same
_OPEN_BY = {status: f"{OPEN.name}.{status.value}" for status in Status}


class TipState(NamedTuple):
    """Where a tip stood at a moment, as its events tell it. A tuple: a night makes many."""

    tip: str
    ward: str
    urgent: bool
    status: Status
    due_at: datetime
    asked_at: datetime | None = None
    before_close: Status = Status.NEW
    number: int = 1
    """How many tips this tells of: those that were in time need not be told apart, and are named by no `tip`."""

    def overdue_by(self, now: datetime, clocks: Clocks) -> timedelta | None:
        """How long the tip had been owed something; None while it was in time or closed."""
        if self.status is Status.CLOSED:
            return None
        late = now - self.due_at - clocks.pause(self.asked_at, now)
        return late if late > timedelta(0) else None


def replay(events: Iterable[Event], clocks: Clocks) -> dict[str, TipState]:
    """The state of every tip that these events (in their order) tell of."""
    states: dict[str, TipState] = {}
    for event in events:
        if event.kind is Happening.TIP_OPENED:
            urgent = bool(event.detail["urgent"])
            due = clocks.receive_by(event.at, urgent)
            states[event.subject] = TipState(event.subject, event.ward, urgent, Status.NEW, due)
        elif event.kind in TELLING and event.subject in states:
            states[event.subject] = _next(states[event.subject], event, clocks)
    return states


def _next(state: TipState, event: Event, clocks: Clocks) -> TipState:
    match event.kind:
        case Happening.TIP_RECEIVED:
            return state._replace(status=Status.RECEIVED, due_at=event.at + clocks.verify_within)
        case Happening.TIP_ASKED:
            return state._replace(asked_at=state.asked_at or event.at)
        case Happening.TIP_ANSWERED:
            return _unpaused(state, event.at, clocks)
        case Happening.TIP_FORWARDED:
            return state._replace(status=Status.FORWARDED)
        case Happening.TIP_CLOSED:
            return _unpaused(state, event.at, clocks)._replace(status=Status.CLOSED, before_close=state.status)
        case _:  # reopened
            return state._replace(status=state.before_close)


def _unpaused(state: TipState, at: datetime, clocks: Clocks) -> TipState:
    return state._replace(due_at=state.due_at + clocks.pause(state.asked_at, at), asked_at=None)


def at_the_end(open_tips: Iterable[TipState], until: datetime, clocks: Clocks) -> dict[str, int]:
    """How a ward's tips stood when its day ended (or at `until`), by the names of the catalogue; zeros are left out.

    While a day runs a tip is overdue from the next full quarter-hour on: a count that grows at the very moment would
    tell whoever asks often when somebody wrote (`promises.md`, P7). A midnight is a full quarter-hour.
    """
    open_, overdue, waiting = 0, 0, 0
    by_status: dict[Status, int] = {}
    quarter = _quarter(until)
    for state in open_tips:
        status, number = state.status, state.number
        if status is Status.CLOSED:
            continue
        open_ += number
        by_status[status] = by_status.get(status, 0) + number
        if state.tip and state.overdue_by(quarter, clocks) is not None:
            overdue += 1
        if state.urgent and status is Status.NEW:
            waiting += number
    facts = {_OPEN_BY[status]: number for status, number in by_status.items()}
    for moment, number in ((OPEN, open_), (OVERDUE, overdue), (URGENT_WAITING, waiting)):
        if number:
            facts[moment.name] = number
    return facts


def of_facts(facts: Mapping[str, int], today: Iterable[Event]) -> TipFigures:
    """The tips of a day from its facts; from `today`, its events, comes how long each urgent tip waited."""
    return TipFigures(
        opened=facts.get(OPENED.name, 0),
        closed=facts.get(CLOSED.name, 0),
        valuable=facts.get(VALUABLE.name, 0),
        open=facts.get(OPEN.name, 0),
        overdue=facts.get(OVERDUE.name, 0),
        urgent=facts.get(OPENED_URGENT.name, 0),
        urgent_received_after=tuple(
            int(event.detail["after"])
            for event in today
            if event.kind is Happening.TIP_RECEIVED and event.detail["urgent"]
        ),
        urgent_waiting=facts.get(URGENT_WAITING.name, 0),
        by_kind=parts(facts, OPENED.name),
        by_state=parts(facts, OPEN.name),
    )


def parts(facts: Mapping[str, int], name: str) -> dict[str, int]:
    """A fact by what it is split by: `tips.opened` by category."""
    before = f"{name}."
    return {key.removeprefix(before): facts[key] for key in sorted(facts) if key.startswith(before)}


def check_in_figures(
    duties: Sequence[Duty], until: datetime, names: Mapping[str, str], reachable: frozenset[str]
) -> CheckInFigures:
    """The checks of a period as they stood at a moment. `names` and `reachable` are of groups, by code."""
    received = [duty for duty in duties if duty.submitted_at is not None and duty.submitted_at < until]
    done = {duty.unit for duty in received}
    left = [duty.unit for duty in duties if duty.unit not in done]
    return CheckInFigures(
        expected=len(duties),
        received=len(received),
        on_time=sum(duty.state is DutyState.SUBMITTED for duty in received),
        missing=tuple(names.get(unit, unit) for unit in left if unit in reachable),
        unreachable=tuple(names.get(unit, unit) for unit in left if unit not in reachable),
    )
