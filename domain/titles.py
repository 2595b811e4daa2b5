"""Titles of a year: rounds with candidates who are proposed, assessed and recognised or not.

Pure: a round on a day follows from its entries up to that day. The share is recognised / all of the level that
are known or stated; where nothing was written it is unknown, never zero.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.entries import Entry, Level, Stage, Step, Title, Whole, standing
from domain.errors import Refused
from domain.roles import Role
from domain.text import fold

# domain.md: the "5 safest" have five levels; Circular 124/2021 knows no families.
LEVELS: dict[Title, tuple[Level, ...]] = {
    Title.SAFEST: (Level.FAMILY, Level.NEIGHBOURHOOD, Level.SCHOOL, Level.AGENCY, Level.WARD),
    Title.SAFE: (Level.NEIGHBOURHOOD, Level.SCHOOL, Level.AGENCY, Level.WARD),
}
WRITING = frozenset({Role.WARD_OFFICE, Role.WARD_CHIEF})
"""Who writes into the ward's book, as with scorecards (decision 20)."""
FIRST_YEAR = 2000
REPORTED: dict[Level, str] = {
    Level.FAMILY: "safe_families",
    Level.NEIGHBOURHOOD: "safe_neighbourhoods",
    Level.SCHOOL: "safe_schools",
    Level.AGENCY: "safe_agencies",
    Level.WARD: "safe_wards",
}
"""Under which name sources report a level of the "5 safest"."""
_NEXT: dict[Stage | None, tuple[Stage, ...]] = {
    None: (Stage.PROPOSED,),
    Stage.PROPOSED: (Stage.ASSESSED,),
    Stage.ASSESSED: (Stage.RECOGNISED, Stage.NOT_RECOGNISED),
    Stage.RECOGNISED: (),
    Stage.NOT_RECOGNISED: (),
}


class Round(NamedTuple):
    """A title of a level in a year."""

    title: Title
    level: Level
    year: int

    @property
    def subject(self) -> str:
        """How the book names it."""
        return f"{self.title.value}.{self.level.value}.{self.year}"

    def window(self) -> tuple[date, date]:
        """The days that are looked at: Circular 124 for *safe*; the "5 safest" name none, so the calendar year."""
        if self.title is Title.SAFEST:
            return date(self.year, 1, 1), date(self.year, 12, 31)
        if self.level is Level.NEIGHBOURHOOD:
            return date(self.year - 1, 11, 1), date(self.year, 10, 31)
        return date(self.year - 1, 11, 16), date(self.year, 11, 15)

    def due(self) -> date | None:
        """By when it is decided (Circular 124); None where no source names a day."""
        if self.title is Title.SAFEST:
            return None
        return date(self.year, 11, 20 if self.level is Level.NEIGHBOURHOOD else 30)


class Candidate(NamedTuple):
    """Who may get a title, as far as they have come. `steps`: newest first."""

    key: str
    name: str
    unit: str | None
    stage: Stage
    steps: tuple[Entry, ...]

    def count(self, stage: Stage) -> int:
        """How many it stood for at a stage; 0 when it never came there."""
        return next((e.what.count for e in self.steps if isinstance(e.what, Step) and e.what.stage is stage), 0)


class Standing(NamedTuple):
    """How a round stands on a day."""

    round: Round
    as_of: date
    candidates: tuple[Candidate, ...]
    whole: int | None
    """All of the level: as stated, else as known; None when nobody knows."""
    entries: int

    def count(self, stage: Stage) -> int:
        """How many came to a stage."""
        return sum(one.count(stage) for one in self.candidates)

    @property
    def recognised(self) -> int | None:
        """The numerator; None while nobody was proposed: that is unknown, not none."""
        return self.count(Stage.RECOGNISED) if self.candidates else None

    def find(self, key: str) -> Candidate | None:
        """A candidate by its key."""
        return next((one for one in self.candidates if one.key == key), None)


def year_of(title: Title, level: Level, day: date) -> int:
    """The year that is worked on: after its window it goes on until the decision is due."""
    this = Round(title, level, day.year)
    due = this.due()
    return day.year if due is None or day <= due else day.year + 1


def key_of(name: str, unit: str | None) -> str:
    """What tells candidates of a round apart: the unit's code, else the folded name."""
    return unit or fold(name)


def stand(round_: Round, entries: Iterable[Entry], as_of: date, known: int | None = None) -> Standing:
    """A round on a day. `known`: how many of the level the product itself knows; what is stated goes before it."""
    ours = standing([one for one in entries if one.subject == round_.subject], as_of)
    steps: dict[str, list[Entry]] = {}
    for entry in ours:
        if isinstance(entry.what, Step):
            steps.setdefault(key_of(entry.what.name, entry.what.unit), []).append(entry)
    stated = [entry.what.count for entry in ours if isinstance(entry.what, Whole)]
    found = [_candidate(key, told) for key, told in steps.items()]
    return Standing(round_, as_of, tuple(found), stated[-1] if stated else known, len(ours))


def late_since(round_: Round, candidate: Candidate) -> date | None:
    """The deadline that a decision has missed; None when it was in time, or no source names one."""
    newest, due = candidate.steps[0], round_.due()
    if due is None or candidate.stage not in (Stage.RECOGNISED, Stage.NOT_RECOGNISED):
        return None
    assert isinstance(newest.what, Step)
    day = newest.what.paper.day if newest.what.paper else newest.day
    return due if day > due else None


def next_stages(candidate: Candidate | None) -> tuple[Stage, ...]:
    """What may be written of a candidate next."""
    return _NEXT[candidate.stage if candidate else None]


def check(stands: Standing, step: Step) -> None:
    """Raises Refused for a step out of order, without its reason or document, or beyond what there is."""
    candidate = stands.find(key_of(step.name, step.unit))
    if candidate is None and step.stage is not Stage.PROPOSED:
        raise Refused("title.propose_first")
    if step.stage not in next_stages(candidate):
        raise Refused("title.out_of_order")
    if step.stage is Stage.RECOGNISED and step.paper is None:
        raise Refused("title.needs_paper")
    if step.stage in (Stage.ASSESSED, Stage.NOT_RECOGNISED) and not step.reason:
        raise Refused("title.needs_reason")
    before = candidate.steps[0].what if candidate else None
    if isinstance(before, Step) and step.count > before.count:
        raise Refused("title.more_than_before", count=before.count)
    if step.stage is Stage.PROPOSED and stands.whole is not None:
        left = stands.whole - stands.count(Stage.PROPOSED)
        if step.count > left:
            raise Refused("title.more_than_all", whole=stands.whole, left=max(left, 0))


def check_whole(stands: Standing, count: int) -> None:
    """Raises Refused when there would be fewer than were proposed."""
    if count < stands.count(Stage.PROPOSED):
        raise Refused("title.fewer_than_proposed", count=stands.count(Stage.PROPOSED))


def _candidate(key: str, told: list[Entry]) -> Candidate:
    newest = told[-1].what
    assert isinstance(newest, Step)
    return Candidate(key, newest.name, newest.unit, newest.stage, tuple(reversed(told)))
