"""Titles of a year in a ward: how its rounds stand on any day, and each step somebody writes."""

from datetime import date

from cases import book
from domain import titles as rules
from domain.clocks import ward_day
from domain.entries import Entry, Level, Paper, Stage, Step, Title, Topic, Whole, Withdrawn
from domain.errors import Refused
from domain.people import Person
from domain.places import Place, UnitKind
from domain.titles import Candidate, Round, Standing
from storage.unit import Unit
from storage.ward import Reported


async def stands(unit: Unit, ward: Place, title: Title, year: int, day: date | None = None) -> list[Standing]:
    """Every level of a title in a year, as it stood on a day (today)."""
    entries = await unit.book.of((ward.code,), Topic.TITLE)
    day = day or ward_day(unit.now)
    _in_range(year, ward_day(unit.now))
    return [await _stand(unit, ward, Round(title, level, year), entries, day) for level in rules.LEVELS[title]]


async def stand(unit: Unit, ward: Place, round_: Round, day: date | None = None) -> Standing:
    """One round on a day (today). Raises Refused for a level that the title doesn't have and a year out of range."""
    today = ward_day(unit.now)
    if round_.level not in rules.LEVELS[round_.title]:
        raise Refused("title.no_round", first=rules.FIRST_YEAR, last=today.year + 1)
    _in_range(round_.year, today)
    return await _stand(unit, ward, round_, await unit.book.of((ward.code,), Topic.TITLE), day or today)


async def all_of(unit: Unit, ward: Place, day: date) -> list[Standing]:
    """Every round of which something was written up to a day, and those of the year that is worked on."""
    entries = await unit.book.of((ward.code,), Topic.TITLE)
    written = {one.subject for one in entries if one.day <= day}
    found = []
    for title, levels in rules.LEVELS.items():
        for level in levels:
            now = rules.year_of(title, level, day)
            for year in range(rules.FIRST_YEAR, now + 1):
                round_ = Round(title, level, year)
                if year == now or round_.subject in written:
                    found.append(await _stand(unit, ward, round_, entries, day))
    return found


async def reported(unit: Unit, ward: Place, round_: Round, day: date) -> Reported | None:
    """What a source says of a level of the "5 safest", the latest up to a day: shown beside what is written here."""
    if round_.title is not Title.SAFEST:
        return None
    name = rules.REPORTED[round_.level]
    told = [one for one in await unit.reported.of(ward.code) if one.name == name and one.as_of <= day.isoformat()]
    return max(told, key=lambda one: one.as_of, default=None)


async def step(unit: Unit, person: Person, ward: Place, round_: Round, told: Step) -> Standing:
    """A candidate is proposed, assessed, recognised or not. Raises Refused for who may not, and out of order."""
    held = book.writer(person, ward)
    now = await stand(unit, ward, round_)
    rules.check(now, told)
    if told.paper is not None and told.paper.day > ward_day(unit.now):
        raise Refused("criteria.future", day=told.paper.day)
    book.put(unit, ward.code, Topic.TITLE, round_.subject, told, held)
    return await stand(unit, ward, round_)


async def advance(
    unit: Unit, person: Person, ward: Place, round_: Round, key: str, stage: Stage, reason: str, paper: Paper | None
) -> Standing:
    """The next step of a candidate who is there already; as many as before."""
    candidate = (await stand(unit, ward, round_)).find(key)
    if candidate is None:
        raise Refused("button.stale")
    before = candidate.steps[0].what
    assert isinstance(before, Step)
    told = before.model_copy(update={"stage": stage, "reason": reason, "paper": paper})
    return await step(unit, person, ward, round_, told)


async def whole(unit: Unit, person: Person, ward: Place, round_: Round, count: int) -> Standing:
    """How many there are of a level, as somebody states it; a later word replaces it, the earlier stays in the book."""
    held = book.writer(person, ward)
    rules.check_whole(await stand(unit, ward, round_), count)
    book.put(unit, ward.code, Topic.TITLE, round_.subject, Whole(count=count), held)
    return await stand(unit, ward, round_)


async def withdraw(unit: Unit, person: Person, ward: Place, round_: Round, key: str) -> Standing:
    """A candidate's newest step is taken back; it stays in the book."""
    held = book.writer(person, ward)
    candidate = (await stand(unit, ward, round_)).find(key)
    if candidate is None:
        raise Refused("criteria.nothing_said")
    newest: Entry = candidate.steps[0]
    book.put(unit, ward.code, Topic.TITLE, round_.subject, Withdrawn(entry=newest.id), held)
    return await stand(unit, ward, round_)


async def proposable(unit: Unit, ward: Place, now: Standing) -> list[Place]:
    """Units of the ward that may still be proposed: neighbourhood units at their level and as the families of each."""
    if now.round.level not in (Level.NEIGHBOURHOOD, Level.FAMILY):
        return []
    there = {one.unit for one in now.candidates}
    units = await unit.places.of_kind(ward.code, UnitKind.NEIGHBOURHOOD)
    units.sort(key=lambda one: (len(one.code), one.code))
    return [one for one in units if one.code not in there]


def candidate_of(now: Standing, entry: str) -> Candidate:
    """A candidate by the entry that proposed it. Raises Refused for an old button: that proposal was taken back."""
    found = next((one for one in now.candidates if one.steps[-1].id == entry), None)
    if found is None:
        raise Refused("button.stale")
    return found


def _in_range(year: int, today: date) -> None:
    if not rules.FIRST_YEAR <= year <= today.year + 1:
        raise Refused("title.no_round", first=rules.FIRST_YEAR, last=today.year + 1)


async def _stand(unit: Unit, ward: Place, round_: Round, entries: list[Entry], day: date) -> Standing:
    known = None
    if round_.level is Level.WARD:
        known = 1
    elif round_.level is Level.NEIGHBOURHOOD:
        # None of them here says nothing of how many there are.
        known = len(await unit.places.of_kind(ward.code, UnitKind.NEIGHBOURHOOD)) or None
    return rules.stand(round_, entries, day, known)
