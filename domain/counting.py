"""From events to the facts of a day: an event counts for one day, and its numbers follow from its events alone."""

from collections.abc import Iterable
from datetime import date

from domain.duties import last_day_of
from domain.events import Event, Happening
from domain.indicators import FACTS

_BY_KIND = {kind: [(fact.name, fact.amount, fact.by) for fact in FACTS if fact.kind is kind] for kind in Happening}
_DUTIES = frozenset({Happening.DUTY_OPENED, Happening.DUTY_SUBMITTED})
_ELSEWHERE = _DUTIES | {Happening.TIP_REOPENED}
_ENDS = frozenset({Happening.TIP_CLOSED, Happening.TIP_RATED, Happening.TIP_REOPENED})


def day_of(event: Event) -> date:
    """The day that an event counts for: its own; a check's is the day of its deadline.

    So a check is expected and done in the same reporting period, and one that comes late mends the day it was due.
    """
    return last_day_of(str(event.detail["period"])) if event.kind in _DUTIES else event.day


def undoes_on(event: Event) -> date | None:
    """The other day whose end this event has undone; None for any other event, and for an end of the same day."""
    ended = event.detail.get("ended") if event.kind is Happening.TIP_REOPENED else None
    return None if ended is None else date.fromisoformat(str(ended))


def other_days(events: Iterable[Event]) -> set[date]:
    """The days, other than their own, for which some of these events count, or whose ends they have undone."""
    days = {other for event in events if event.kind in _ELSEWHERE for other in (day_of(event), undoes_on(event))}
    return {day for day in days if day is not None}


def counted(events: Iterable[Event]) -> dict[str, int]:
    """The facts of one ward and day; `events` are those that count for it, in order. What is zero is left out."""
    facts: dict[str, int] = {}
    for event in _standing(events):
        for name, amount, by in _BY_KIND[event.kind]:
            number = 1 if amount is None else amount(event)
            if number:
                facts[name] = facts.get(name, 0) + number
                part = None if by is None else by(event)
                if part is not None:
                    named = f"{name}.{part}"
                    facts[named] = facts.get(named, 0) + number
    return facts


def _standing(events: Iterable[Event]) -> Iterable[Event]:
    """A wrong end that was undone is no end, nor what was said of it: of each tip the last word counts.

    Goes back through the day, so that the last word comes first.
    """
    settled: set[str] = set()
    for event in reversed(list(events)):
        if event.kind not in _ENDS:
            yield event
            continue
        if event.subject not in settled or event.kind is Happening.TIP_REOPENED:
            yield event
        if event.kind is not Happening.TIP_RATED:
            settled.add(event.subject)
