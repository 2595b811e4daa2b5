"""Commendations: records that speak for a unit are shown, somebody proposes with a reason, the ward chief decides.

Merit certificates that were given are written into the ward's book by kind and year, with number, day and issuer.
"""

from datetime import date

from cases import book
from domain import awards as rules
from domain.awards import Ground, Proposal
from domain.clocks import ward_day
from domain.entries import (
    Certificate,
    Commended,
    Declined,
    Entry,
    Honoured,
    Level,
    Paper,
    Stage,
    Step,
    Topic,
    Withdrawn,
    standing,
)
from domain.errors import Refused
from domain.people import Membership, Person, Role
from domain.places import Place, UnitKind
from domain.text import fold
from storage.unit import Unit
from storage.ward import Reported

_SUBJECT = "awards"
_REPORTED = {
    Honoured.COLLECTIVE: "merit_certificates_collective",
    Honoured.INDIVIDUAL: "merit_certificates_individual",
}


async def grounds(unit: Unit, ward: Place) -> list[Ground]:
    """Records of this year that speak for units: every check on time, a title recognised. Tips are no ground."""
    today = ward_day(unit.now)
    duties = [
        duty
        for month in range(1, today.month + 1)
        for duty in await unit.duties.of_ward(ward.code, f"{today.year}-{month:02}")
    ]
    groups = await unit.places.of_kind(ward.code, UnitKind.FIRE_GROUP)
    found = rules.on_time_grounds(duties, {one.code: one.name for one in groups}, today)
    for entry in standing(await unit.book.of((ward.code,), Topic.TITLE), today):
        what, (_, level, year) = entry.what, entry.subject.split(".")
        # The families of a unit are not the unit.
        theirs = year == str(today.year) and level != Level.FAMILY
        if theirs and isinstance(what, Step) and what.stage is Stage.RECOGNISED and what.unit and what.paper:
            found.append(Ground(rules.RECOGNISED, what.unit, what.name, (what.paper.number,)))
    return found


async def proposals(unit: Unit, ward: Place) -> list[Proposal]:
    """What was proposed, with what was decided."""
    return rules.proposals(await _entries(unit, ward), ward_day(unit.now))


async def proposal(unit: Unit, ward: Place, entry: str) -> Proposal:
    """One of them. Raises Refused for an old button."""
    found = next((one for one in await proposals(unit, ward) if one.entry.id == entry), None)
    if found is None:
        raise Refused("button.stale")
    return found


async def certificates(unit: Unit, ward: Place, day: date | None = None) -> list[tuple[Entry, Certificate]]:
    """The certificates in the book as of a day (today), newest first."""
    found = rules.certificates(await _entries(unit, ward), day or ward_day(unit.now))
    return sorted(found, key=lambda one: (one[1].paper.day, one[0].seq), reverse=True)


async def reported(unit: Unit, ward: Place) -> dict[Honoured, Reported]:
    """What sources report of certificates: totals, shown beside what the book counts."""
    told = await unit.reported.of(ward.code)
    return {kind: one for kind, name in _REPORTED.items() for one in told if one.name == name}


def may_decide(person: Person, ward: Place) -> Membership | None:
    """The role under which a person decides."""
    return _held(person, ward, rules.DECIDING)


def may_propose(person: Person, ward: Place) -> Membership | None:
    """The role under which a person proposes."""
    return _held(person, ward, rules.PROPOSING)


async def propose(unit: Unit, person: Person, ward: Place, told: Commended) -> Proposal:
    """Proposes a commendation. Raises Refused for who may not, and for one that waits for a decision already."""
    held = may_propose(person, ward)
    if held is None:
        raise Refused("award.may_not_propose")
    same = [one for one in await proposals(unit, ward) if one.outcome is None and _same(one.what, told)]
    if same:
        raise Refused("award.waits_already")
    entry = book.put(unit, ward.code, Topic.AWARD, _SUBJECT, told, held)
    return await proposal(unit, ward, entry.id)


async def give(unit: Unit, person: Person, ward: Place, entry: str, paper: Paper) -> Proposal:
    """*Khen thưởng*: the certificate of a proposal, by its number, day and issuer."""
    held, one = await _undecided(unit, person, ward, entry)
    told = Certificate(
        honoured=one.what.honoured,
        name=one.what.name,
        year=one.what.year,
        paper=paper,
        reason=one.what.reason,
        proposal=entry,
    )
    await _new(unit, ward, told)
    book.put(unit, ward.code, Topic.AWARD, _SUBJECT, told, held)
    return await proposal(unit, ward, entry)


async def decline(unit: Unit, person: Person, ward: Place, entry: str, reason: str) -> Proposal:
    """*Không khen*, and why."""
    held, _ = await _undecided(unit, person, ward, entry)
    book.put(unit, ward.code, Topic.AWARD, _SUBJECT, Declined(proposal=entry, reason=reason), held)
    return await proposal(unit, ward, entry)


async def write(unit: Unit, person: Person, ward: Place, honoured: Honoured, name: str, paper: Paper) -> Entry:
    """A certificate that was given without a proposal here; it counts for the year of its day."""
    held = book.writer(person, ward)
    told = Certificate(honoured=honoured, name=name, year=paper.day.year, paper=paper)
    await _new(unit, ward, told)
    return book.put(unit, ward.code, Topic.AWARD, _SUBJECT, told, held)


async def withdraw(unit: Unit, person: Person, ward: Place, entry: str) -> None:
    """A certificate that was written by mistake is taken back; it stays in the book."""
    held = book.writer(person, ward)
    if entry not in [one.id for one, _ in await certificates(unit, ward)]:
        raise Refused("button.stale")
    book.put(unit, ward.code, Topic.AWARD, _SUBJECT, Withdrawn(entry=entry), held)


async def _entries(unit: Unit, ward: Place) -> list[Entry]:
    return await unit.book.of((ward.code,), Topic.AWARD)


async def _undecided(unit: Unit, person: Person, ward: Place, entry: str) -> tuple[Membership, Proposal]:
    held = may_decide(person, ward)
    if held is None:
        raise Refused("award.may_not_decide")
    one = await proposal(unit, ward, entry)
    if one.outcome is not None:
        raise Refused("award.decided_already")
    return held, one


def _held(person: Person, ward: Place, roles: frozenset[Role]) -> Membership | None:
    return next((held for held in person.roles if held.role in roles and (held.ward or held.unit) == ward.code), None)


def _same(one: Commended, other: Commended) -> bool:
    return (one.honoured, one.unit or one.name, one.year) == (other.honoured, other.unit or other.name, other.year)


async def _new(unit: Unit, ward: Place, told: Certificate) -> None:
    """Raises Refused for a certificate of a day to come, and for one that stands in the book: it would count twice."""
    if told.paper.day > ward_day(unit.now):
        raise Refused("criteria.future", day=told.paper.day)
    if _known_by(told) in [_known_by(one) for _, one in await certificates(unit, ward)]:
        raise Refused("award.written_already")


def _known_by(one: Certificate) -> tuple[Honoured, str, str, date, str]:
    return one.honoured, fold(one.name), fold(one.paper.number), one.paper.day, fold(one.paper.issuer)
