"""From events to the facts of a day: an event counts for one day, and its numbers follow from its events alone."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from domain.duties import last_day_of
from domain.events import Detail, Event, Happening
from domain.indicators import FACTS

_BY_KIND = {kind: [(fact.name, fact.amount, fact.by) for fact in FACTS if fact.kind is kind] for kind in Happening}
_DUTIES = frozenset({Happening.DUTY_OPENED, Happening.DUTY_SUBMITTED})
_REOPENED = Happening.TIP_REOPENED
_ENDS = frozenset({Happening.TIP_CLOSED, Happening.TIP_RATED, _REOPENED})


class Tally(NamedTuple):
    """What an event tells figures by its kind and detail alone: two that say the same tell the same."""

    kind: Happening
    adds: tuple[tuple[str, int], ...]
    """Facts, and what is added to each."""
    due: date | None
    """Of a check: the day of its deadline, for which the event counts instead of its own: so a check is expected and
    done in the same reporting period, and one that comes late mends the day it was due."""
    undoes: date | None
    """The other day whose end this event has undone; None for any other event, and for an end of the same day."""


Mark = tuple[str, Tally]
"""An event as figures see it: its subject and its tally. A plain tuple, as a night reads a hundred thousand; and one
tally stands for all events that say the same."""


def tally(kind: Happening, detail: Detail) -> Tally:
    """What any event of this kind and detail tells."""
    adds: list[tuple[str, int]] = []
    for name, amount, by in _BY_KIND[kind]:
        number = 1 if amount is None else amount(detail)
        if number:
            adds.append((name, number))
            part = None if by is None else by(detail)
            if part is not None:
                adds.append((f"{name}.{part}", number))
    due = last_day_of(str(detail["period"])) if kind in _DUTIES else None
    ended = detail.get("ended") if kind is _REOPENED else None
    undoes = None if ended is None else date.fromisoformat(str(ended))
    return Tally(kind, tuple(adds), due, undoes)


def mark(event: Event) -> Mark:
    """An event as figures see it."""
    return event.subject, tally(event.kind, event.detail)


def other_days(marks: Iterable[Mark]) -> set[date]:
    """The days, other than their own, for which some of these count, or whose ends they have undone."""
    return {day for _, told in marks for day in (told.due, told.undoes) if day is not None}


def counted(marks: Sequence[Mark], day: date) -> dict[str, int]:
    """The facts of one ward and day, of its events in order; what counts for another day is passed by.

    What is zero is left out.
    """
    facts: dict[str, int] = {}
    for _, (_, adds, due, _) in _standing(marks):
        if due is None or due == day:
            for name, number in adds:
                facts[name] = facts.get(name, 0) + number
    return facts


def _standing(marks: Sequence[Mark]) -> Sequence[Mark]:
    """A wrong end that was undone is no end, nor what was said of it: of each tip the last word counts."""
    ends = [subject for subject, told in marks if told.kind in _ENDS]
    if len(ends) == len(set(ends)):
        return marks
    stands: list[Mark] = []
    settled: set[str] = set()
    for one in reversed(marks):  # so that the last word comes first
        subject, (kind, *_) = one
        if kind not in _ENDS or kind is _REOPENED or subject not in settled:
            stands.append(one)
        if kind in _ENDS and kind is not Happening.TIP_RATED:
            settled.add(subject)
    return stands
