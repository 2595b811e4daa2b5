"""Facts of days put together to periods, and indicators measured on them. Unknown is never zero."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel

from domain.indicators import MOMENTS, Direction, Indicator, Measure, Window
from domain.periods import days_between

Known = Mapping[date, tuple[int, Mapping[str, int]]]
"""What is known of days: the edition of the catalogue that counted them, and their facts."""


class Period(BaseModel, frozen=True):
    """What is known of a period: facts added up, and how things stood on the last day that is known."""

    first: date
    last: date
    known: int
    """How many of its days are known."""
    as_of: date | None
    """The last day that is known; None when none is."""
    edition: int
    """The oldest edition that counted one of them; 0 when none is known."""
    facts: dict[str, int]
    edition_at_end: int = 0
    """The edition that counted the last day that is known: how things stood then doesn't depend on earlier days."""
    ended: "Period | None" = None
    """The same without the day that still runs; None where none of its days does."""

    @property
    def days(self) -> int:
        """How many days it has."""
        return len(days_between(self.first, self.last))


class Measured(BaseModel, frozen=True):
    """One indicator of a unit over a period. A share has numerator and denominator, a count a value."""

    name: str
    measure: Measure
    direction: Direction
    first: date
    last: date
    as_of: date | None
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    days: int
    known: int
    """How many of the days are in it: completeness is `known` of `days`."""
    seen: int | None = None
    whole: int | None = None
    """Of how many things (cameras, groups) it is known: completeness is `seen` of `whole`. None: no such question."""
    source: str
    status: Literal["measured", "unknown"]
    few: bool = False
    """Whether it is not told because so few people stand behind it; then it is `unknown` to whoever reads it."""


def summed(first: date, last: date, known: Known, running: date | None = None) -> Period:
    """The days of a period as one; `running` is today, of which figures are not final."""
    ended = None
    if running in known:
        ended = summed(first, last, {day: counts for day, counts in known.items() if day != running})
    as_of = max(known, default=None)
    facts = added([known[day][1] for day in sorted(known)])
    editions = {day: edition for day, (edition, _) in known.items()}
    whole = {"first": first, "last": last, "known": len(known), "as_of": as_of, "facts": facts, "ended": ended}
    at_end = editions[as_of] if as_of else 0
    return Period.model_validate({**whole, "edition": min(editions.values(), default=0), "edition_at_end": at_end})


def added(days: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The facts of days, in order, as one: counts are added up, and how things stood is as the last day has it."""
    facts: dict[str, int] = {}
    for counts in days:
        for name, number in counts.items():
            facts[name] = facts.get(name, 0) + number
    stood = days[-1] if days else {}
    moments = {name for name in facts if is_moment(name)}
    whole = {name: number for name, number in facts.items() if name not in moments}
    return whole | {name: number for name, number in stood.items() if name in moments}


def measured(indicator: Indicator, period: Period) -> Measured:
    """One indicator over a period; of days that have ended only, where what today adds would tell of one person."""
    if indicator.ended and period.ended is not None:
        period = period.ended
    line = {"name": indicator.name, "measure": indicator.measure, "direction": indicator.direction}
    span = {"first": period.first, "last": period.last, "as_of": period.as_of}
    whole = {**line, **span, "days": period.days, "known": period.known, "source": indicator.source}
    edition = period.edition_at_end if indicator.window is Window.END else period.edition
    if not period.known or edition < indicator.since:
        return Measured.model_validate({**whole, "status": "unknown"})
    if indicator.whole and indicator.seen:
        seen = {"seen": indicator.seen, "whole": indicator.whole}
        whole |= {name: period.facts.get(moment.name, 0) for name, moment in seen.items()}
    if not indicator.known_in(period.facts):
        return Measured.model_validate({**whole, "status": "unknown"})
    number, over = indicator.numbers(period.facts)
    if over is not None and 0 < over < indicator.least:
        return Measured.model_validate({**whole, "status": "unknown", "few": True})
    shown = {"value": number} if over is None else {"numerator": number, "denominator": over}
    return Measured.model_validate({**whole, **shown, "status": "measured"})


@lru_cache(maxsize=1024)
def is_moment(name: str) -> bool:
    """Whether a fact says how things stood when a day ended: such numbers are never added up."""
    return name in _MOMENTS or name.rpartition(".")[0] in _MOMENTS


_MOMENTS = frozenset(moment.name for moment in MOMENTS)
