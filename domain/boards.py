"""How a unit stands: what a scorecard says on a day, down to the records that it stands on."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel

from domain.criteria_sets import Act, Area, CriteriaSet, Criterion
from domain.measures import Measured


class State(StrEnum):
    """How a criterion stands."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What it stands on."""

    SAID_MET = "said_met"
    SAID_UNMET = "said_unmet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NOBODY = "nobody"
    REWRITTEN = "rewritten"
    DOCUMENTS = "documents"
    DOCUMENTS_MISSING = "documents_missing"
    MEASURED = "measured"
    NO_DATA = "no_data"
    NO_TEXT = "no_text"


class Year(NamedTuple):
    """The year that is judged on a day."""

    first: date
    last: date
    due: date | None


class Score(NamedTuple):
    """How many criteria stand how."""

    met: int
    unmet: int
    unknown: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)


class Judged(BaseModel, frozen=True, defer_build=True):
    """One criterion on a day, down to the records that it stands on."""

    criterion: Criterion
    state: State
    why: Why
    numerator: int | None = None
    denominator: int | None = None
    missing: tuple[int, ...] = ()
    """Which documents are not there, from 0."""
    acts: tuple[Act, ...] = ()
    """What counts of it, newest first."""
    measured: Measured | None = None


class Board(BaseModel, frozen=True, defer_build=True):
    """A set as a unit stands in it on a day."""

    criteria: CriteriaSet
    unit: str
    as_of: date
    judged: tuple[Judged, ...]

    @property
    def score(self) -> Score:
        """Over all."""
        return _score(self.judged)

    @property
    def by_area(self) -> tuple[tuple[Area | None, Score], ...]:
        """Area by area; last what is in none, if anything is."""
        areas = (*self.criteria.areas, None)
        found = [(area, [one for one in self.judged if one.criterion.area == (area and area.code)]) for area in areas]
        return tuple((area, _score(ones)) for area, ones in found if ones)

    def of(self, number: int) -> Judged | None:
        """One criterion by its number."""
        return next((one for one in self.judged if one.criterion.number == number), None)


class Change(NamedTuple):
    """What is different from an earlier board of the same set."""

    before: Board
    gained: tuple[Judged, ...]
    lost: tuple[Judged, ...]


def _score(ones: Iterable[Judged]) -> Score:
    states = [one.state for one in ones]
    return Score(*(states.count(state) for state in State))
