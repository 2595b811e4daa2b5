"""A province over its wards: what of them stands side by side, of which month, and how far each is on the roadmap.

What leaves a ward are counts that are parts of nothing else here, of whole official months that nothing changes any
more; that they bound each other is not mended (`docs/decisions/0023-what-leaves-a-ward.md`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from pydantic import BaseModel

from domain.indicators import (
    CHECKS_EXPECTED,
    CHECKS_LATE,
    CHECKS_ON_TIME,
    CLOSED_IN_TIME,
    CLOSED_LATE,
    RATED,
    RECEIVED_IN_TIME,
    RECEIVED_LATE,
    VALUABLE,
)
from domain.periods import OFFICIAL, Month, month_days, month_of
from domain.reports import Part
from domain.stages import Stage
from domain.suppression import Cell, Column, Share
from domain.tips import Rating

SETTLED_AFTER = timedelta(days=9)
"""A closing looks back a week for late events, and is made on the day after: from then on a month stays as it is."""
GIVEN_UP_AFTER = timedelta(days=40)
"""What is not counted by then never will be: nights are caught up for 31 days."""
PARTS = (Part.ADVANTAGES, Part.DIFFICULTIES, Part.NEXT_TASKS)
"""What an officer writes into a province's month: it shows nothing overdue whose reason could be given."""
ROADMAP = "roadmap"
"""The name under which acts of the roadmap are kept, beside those of criteria sets."""


def _missed(facts: Mapping[str, int]) -> int:
    done = facts.get(CHECKS_ON_TIME.name, 0) + facts.get(CHECKS_LATE.name, 0)
    return max(0, facts.get(CHECKS_EXPECTED.name, 0) - done)


class Leaves(NamedTuple):
    """A count that leaves a ward: how it is made of the facts of a month, and since which edition they are counted."""

    count: Callable[[Mapping[str, int]], int]
    facts: tuple[str, ...]
    since: int = 1


def _of(name: str, since: int = 1) -> Leaves:
    return Leaves(lambda facts: facts.get(name, 0), (name,), since)


_SATISFIED = f"{RATED.name}.{Rating.SATISFIED}"
_CHECKS = (CHECKS_ON_TIME.name, CHECKS_LATE.name, CHECKS_EXPECTED.name)

COLUMNS: dict[str, Leaves] = {
    "tips_received_in_time": _of(RECEIVED_IN_TIME.name),
    "tips_received_late": _of(RECEIVED_LATE.name),
    "tips_closed_in_time": _of(CLOSED_IN_TIME.name),
    "tips_closed_late": _of(CLOSED_LATE.name),
    "tips_valuable": _of(VALUABLE.name),
    "tips_satisfied": _of(_SATISFIED, RATED.since),
    "tips_rated_otherwise": Leaves(
        lambda facts: facts.get(RATED.name, 0) - facts.get(_SATISFIED, 0), (RATED.name, _SATISFIED), RATED.since
    ),
    "check_ins_on_time": _of(CHECKS_ON_TIME.name),
    "check_ins_late": _of(CHECKS_LATE.name),
    "check_ins_missed": Leaves(_missed, _CHECKS),
}
"""What leaves a ward, made of the facts of its month."""
FACTS = {fact: one.since for one in COLUMNS.values() for fact in one.facts}
"""The facts of all of them, each with the edition since which it is counted."""


class MonthTable(BaseModel, frozen=True, defer_build=True):
    """An official month of all wards, as it may be shown."""

    year: int
    number: int
    first: date
    last: date
    ready: bool = True
    """Whether its counts are told. All wards come together: while one of them has some of its days, none is."""
    days: dict[str, int]
    """By ward: how many of its days are known."""
    columns: dict[str, Column]

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def final(self) -> bool:
        """Whether it is told and stays as it is. Of a month of which nothing is known, nights may yet be caught up."""
        return self.ready and any(self.days.values())

    @property
    def ready_by(self) -> date:
        """The day on which it is ready at the latest."""
        return self.last + GIVEN_UP_AFTER + timedelta(days=1)

    def among(self, wards: Iterable[str]) -> "MonthTable":
        """As it is, with wards that have joined the province since: of those nothing is known."""
        return self.model_copy(update={"days": {**dict.fromkeys(wards, 0), **self.days}})

    def share(self, part: str, rest: str, ward: str | None = None) -> Share:
        """A column beside its complement, of a ward or of all."""
        one, other = self.columns[part], self.columns[rest]
        if ward is None:
            return Share(one.total, other.total)
        return Share(one.cells.get(ward), other.cells.get(ward))


class Told(NamedTuple):
    """A total that a source reports."""

    met: int
    total: int
    day: str


class WardRow(BaseModel, frozen=True, defer_build=True):
    """A ward beside the others. Counts stand in the month's table, where they are guarded together."""

    code: str
    name: str
    stage: Stage | None = None
    criteria: str | None = None
    """The set in which it is scored."""
    met: int | None = None
    """None while nothing at all is known: that is not zero."""
    unmet: int = 0
    unknown: int = 0
    since_month: int | None = None
    """How many more are met than 30 days before; None where that can't be said."""
    since_year: int | None = None
    """How many more than on 1 January."""
    told: Told | None = None

    @property
    def total(self) -> int:
        """How many criteria the set has."""
        return (self.met or 0) + self.unmet + self.unknown


class ProvinceBoard(BaseModel, frozen=True, defer_build=True):
    """All of it, as of the end of a day."""

    code: str
    name: str
    as_of: date
    order: tuple[tuple[str, str], ...]
    """Code and name of every ward, in the order in which they are shown."""
    rows: tuple[WardRow, ...]
    """Those of them that are shown."""
    month: MonthTable
    before: MonthTable
    stages: dict[Stage, int]
    """How many wards have come to each; one that is recognised was registered before, and counts for both."""
    sources: tuple[str, ...] = ()
    """What says so: documents by their numbers, then what sources are called."""

    def cut(self, shown: slice) -> "ProvinceBoard":
        """Some of its rows."""
        return self.model_copy(update={"rows": self.rows[shown]})


def settled_month(today: date) -> Month:
    """The last official month that nothing changes any more."""
    month = month_of(today, OFFICIAL)
    while month_days(month, OFFICIAL)[1] + SETTLED_AFTER > today:
        month = month.moved(-1)
    return month


def settled_end(today: date, day: date) -> date:
    """The last day of the last month that is settled today and had ended by a day."""
    month = settled_month(today)
    while month_days(month, OFFICIAL)[1] > day:
        month = month.moved(-1)
    return month_days(month, OFFICIAL)[1]


def settles(day: date) -> Month | None:
    """The official month that is settled from this day on, if one is."""
    month = settled_month(day)
    return month if month_days(month, OFFICIAL)[1] + SETTLED_AFTER == day else None


ADDED_FROM = 3
"""Counts of a day are added up from so many wards on: of one ward they would add up to its hidden month."""


class ProvinceDay(BaseModel, frozen=True, defer_build=True):
    """All wards' day in a few words; counts to the nearest five, wards by name where somebody has to act."""

    name: str
    day: date
    wards: int
    closed_days: int
    """How many wards have counted the day."""
    opened: Cell
    """None: too few wards have counted the day; so with `closed`."""
    closed: Cell
    overdue: tuple[str, ...]
    urgent_waiting: tuple[str, ...]
    not_closed: tuple[str, ...]
