"""Figures of a ward's day, from events alone: the same events always give the same numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel

from domain.clocks import Clocks
from domain.duties import Duty, DutyState
from domain.events import Event, Happening
from domain.summary import CheckInFigures, TipFigures
from domain.tips import Status


class TipState(BaseModel, frozen=True):
    """Where a tip stood at a moment, as its events tell it."""

    tip: str
    category: str
    urgent: bool
    status: Status
    due_at: datetime
    asked_at: datetime | None = None
    before_close: Status = Status.NEW

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
            states[event.subject] = TipState(
                tip=event.subject,
                category=str(event.detail["category"]),
                urgent=urgent,
                status=Status.NEW,
                due_at=clocks.receive_by(event.at, urgent),
            )
        elif event.subject in states:
            states[event.subject] = _next(states[event.subject], event, clocks)
    return states


def _next(state: TipState, event: Event, clocks: Clocks) -> TipState:
    change: dict[str, object] = {}
    match event.kind:
        case Happening.TIP_RECEIVED:
            change = {"status": Status.RECEIVED, "due_at": event.at + clocks.verify_within}
        case Happening.TIP_ASKED:
            change = {"asked_at": state.asked_at or event.at}
        case Happening.TIP_ANSWERED:
            change = {"asked_at": None, "due_at": state.due_at + clocks.pause(state.asked_at, event.at)}
        case Happening.TIP_FORWARDED:
            change = {"status": Status.FORWARDED}
        case Happening.TIP_CLOSED:
            change = {
                "status": Status.CLOSED,
                "before_close": state.status,
                "asked_at": None,
                "due_at": state.due_at + clocks.pause(state.asked_at, event.at),
            }
        case Happening.TIP_REOPENED:
            change = {"status": state.before_close}
    return state.model_copy(update=change)


def tip_figures(
    today: Sequence[Event], open_tips: Mapping[str, TipState], until: datetime, clocks: Clocks
) -> TipFigures:
    """The tips of a day: `today` are its events, `open_tips` what was open when it ended (or at `until`)."""
    opened = [event for event in today if event.kind is Happening.TIP_OPENED]
    kinds = Counter(event.kind for event in today)
    # A wrong end that was undone is no end: of each tip the last word of the day counts.
    ends = {
        event.subject: event.kind for event in today if event.kind in (Happening.TIP_CLOSED, Happening.TIP_REOPENED)
    }
    still = [state for state in open_tips.values() if state.status is not Status.CLOSED]
    return TipFigures(
        opened=len(opened),
        closed=sum(kind is Happening.TIP_CLOSED for kind in ends.values()),
        valuable=kinds[Happening.TIP_VALUABLE],
        open=len(still),
        overdue=sum(state.overdue_by(until, clocks) is not None for state in still),
        urgent=sum(bool(event.detail["urgent"]) for event in opened),
        urgent_received_after=tuple(
            int(event.detail["after"])
            for event in today
            if event.kind is Happening.TIP_RECEIVED and event.detail["urgent"]
        ),
        urgent_waiting=sum(state.urgent and state.status is Status.NEW for state in still),
        by_kind=dict(sorted(Counter(str(event.detail["category"]) for event in opened).items())),
        by_state=dict(sorted(Counter(state.status.value for state in still).items())),
    )


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


def flat(figures: TipFigures) -> dict[str, int]:
    """Figures as name and number, one row each."""
    rows: dict[str, int] = {}
    for name, value in figures:
        if isinstance(value, int):
            rows[name] = value
        elif isinstance(value, dict):
            rows.update({f"{name}.{key}": number for key, number in value.items()})
        else:
            rows.update({f"{name}.{place}": number for place, number in enumerate(value)})
    return rows


def unflat(rows: Mapping[str, int]) -> TipFigures:
    """The figures that `flat` wrote."""
    values: dict[str, object] = {}
    for name, number in rows.items():
        base, _, key = name.partition(".")
        if base == "urgent_received_after":
            continue
        if key:
            part = values.setdefault(base, {})
            assert isinstance(part, dict)
            part[key] = number
        else:
            values[base] = number
    seconds = [
        (int(name.rpartition(".")[2]), n) for name, n in rows.items() if name.startswith("urgent_received_after.")
    ]
    values["urgent_received_after"] = tuple(number for _, number in sorted(seconds))
    return TipFigures.model_validate(values)
