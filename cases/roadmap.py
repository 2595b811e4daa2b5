"""The roadmap of a province's wards, pilot to registered to recognised: acts with a document, and what sources say."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from domain.clocks import ward_day
from domain.criteria_sets import Act, Given, What, Withdrawn
from domain.errors import Refused
from domain.events import Happening
from domain.judging import standing_of
from domain.people import Membership, Person, Role
from domain.places import Place, UnitKind
from domain.provinces import ROADMAP
from domain.stages import Stage
from storage.unit import Unit, new_id


class Said(NamedTuple):
    """A ward has come to a stage, and what says so."""

    ward: str
    stage: Stage
    source: str


def furthest(told: Iterable[Said]) -> dict[str, Stage]:
    """How far each ward is."""
    found: dict[str, Stage] = {}
    for one in told:
        if one.ward not in found or one.stage.number > found[one.ward].number:
            found[one.ward] = one.stage
    return found


def reached(told: Sequence[Said]) -> dict[Stage, int]:
    """How many wards have come to each stage. A recognised one was registered; a registered one need not be a pilot."""
    come = furthest(told).values()
    pilots = len({one.ward for one in told if one.stage is Stage.PILOT})
    later = {stage: sum(one.number >= stage.number for one in come) for stage in Stage}
    return {**later, Stage.PILOT: pilots}


async def said(unit: Unit, codes: Sequence[str], day: date) -> list[Said]:
    """What acts and sources say of wards by the end of a day."""
    acts = standing_of(await unit.criteria_acts.of(codes, (ROADMAP,)), day)
    names = {stage.reported_as: stage for stage in Stage}
    told = [one for one in await unit.reported.of_units(codes) if one.name in names and one.as_of <= day.isoformat()]
    papers = [(act, act.what) for act in acts if isinstance(act.what, Given)]
    return [
        *(Said(act.unit, list(Stage)[act.number - 1], paper.number) for act, paper in papers),
        *(Said(one.unit, names[one.name], one.source) for one in told),
    ]


def speaker(person: Person, place: Place) -> Membership:
    """The role under which somebody says how far a ward is: that of its province. Raises Refused for anybody else."""
    held = next((one for one in person.roles if one.role is Role.PROVINCE and one.unit == place.parent), None)
    if held is None or place.kind is not UnitKind.WARD:
        raise Refused("roadmap.province_only")
    return held


async def reach(unit: Unit, code: str, stage: Stage, paper: Given, held: Membership | None = None) -> None:
    """A ward has come to a stage, by a document: an act, kept and counting from today on.

    `held`: under which role it is said; None: by the operator. Raises Refused for what is no ward, and for a document
    of a day to come.
    """
    place = await unit.places.find(code)
    if place is None or place.kind is not UnitKind.WARD:
        raise Refused("ward.unknown", unit=code)
    if paper.day > ward_day(unit.now):
        raise Refused("criteria.future", day=paper.day)
    _put(unit, code, stage, paper, held)


async def last_act(unit: Unit, code: str) -> Act | None:
    """What was last said here of a ward and stands; sources are not in it."""
    standing = standing_of(await unit.criteria_acts.of((code,), (ROADMAP,)), ward_day(unit.now))
    return next((act for act in reversed(standing) if isinstance(act.what, Given)), None)


async def take_back(unit: Unit, code: str, held: Membership) -> None:
    """What was last said of a ward does not count from today on. Raises Refused when nothing was."""
    last = await last_act(unit, code)
    if last is None:
        raise Refused("roadmap.nothing")
    _put(unit, code, list(Stage)[last.number - 1], Withdrawn(act=last.id), held)


def _put(unit: Unit, code: str, stage: Stage, what: What, held: Membership | None) -> None:
    who = {"by": held.contact if held else None, "role": held.role if held else None}
    when = {"id": new_id(), "seq": unit.next_number(), "at": unit.now, "day": ward_day(unit.now)}
    act = Act.model_validate({**when, **who, "unit": code, "criteria": ROADMAP, "number": stage.number, "what": what})
    unit.criteria_acts.save(act)
    kind = Happening.CRITERION_GIVEN if isinstance(what, Given) else Happening.CRITERION_WITHDRAWN
    unit.happened(kind, ward=code, subject=act.id, by=act.by, set=ROADMAP, number=stage.number)
