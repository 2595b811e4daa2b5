"""A group's monthly check: opened for every group, confirmed by its leader in one tap or item by item."""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import date

from cases import mending
from domain import duties
from domain.clocks import ward_day
from domain.duties import GRACE, Duty, DutyState, Finding, Item, deadline, period_of
from domain.errors import Refused
from domain.events import Happening
from domain.findings import Mark, Walk
from domain.people import LEADERS, Membership, Person
from domain.pieces import FileRef
from domain.places import Place, UnitKind
from storage.unit import Unit, new_id

log = logging.getLogger(__name__)
_PERIOD = re.compile(r"\d{4}-\d{2}", re.ASCII)


async def led(unit: Unit, person: Person) -> dict[str, tuple[Membership, Place]]:
    """The fire-safety groups whose checks this person confirms, by code, with the role in each.

    Raises Refused for anybody who leads none.
    """
    groups: dict[str, tuple[Membership, Place]] = {}
    others = False
    for held in person.roles:
        if held.role in LEADERS and held.ward is not None:
            place = await unit.places.find(held.unit)
            if place is not None and place.kind is UnitKind.FIRE_GROUP:
                groups.setdefault(place.code, (held, place))
            others |= place is not None
    if not groups:
        raise Refused("check_in.none_owed") if others else Refused("role.leader_only")
    return groups


async def owed(unit: Unit, person: Person) -> list[tuple[Duty, Place]]:
    """The check that each group of this leader owes: last month's while its grace runs, else this month's.

    This month's is opened now if no job has opened it yet.
    """
    found = []
    for _, place in (await led(unit, person)).values():
        before = await unit.duties.of_unit(place.code, period_of(ward_day(unit.now - GRACE)))
        if before is None or before.done:
            before = await _opened(unit, place, period_of(ward_day(unit.now)))
        found.append((before, place))
    return found


async def find(unit: Unit, person: Person, which: str) -> tuple[Duty, Place, Membership]:
    """The check that a button names: by its id, or by its period, which is enough for who leads one group.

    Raises Refused when this leader has no such check: the button is old, or somebody else's.
    """
    groups = await led(unit, person)
    if _PERIOD.fullmatch(which):
        duty = await unit.duties.of_unit(next(iter(groups)), which) if len(groups) == 1 else None
    else:
        duty = await unit.duties.find(which)
    if duty is None or duty.unit not in groups:
        raise Refused("button.stale")
    held, place = groups[duty.unit]
    return duty, place, held


async def still_open(unit: Unit, person: Person, which: str) -> tuple[Duty, Place, Membership]:
    """The same, as long as nobody has confirmed it: raises Refused then."""
    duty, place, held = await find(unit, person, which)
    duties.refuse_if_done(duty)
    return duty, place, held


async def confirm(
    unit: Unit,
    person: Person,
    which: str,
    items: dict[Item, Finding],
    observed_on: date | None = None,
    marks: Mapping[Item, Mark] | None = None,
) -> tuple[Duty, Place]:
    """The leader's word on every item of one check. Raises Refused when somebody has given it already.

    `marks` say more of what is not met: which houses, what ails it. Whoever mends it is told.
    """
    duty, place, held = await find(unit, person, which)
    duty = duties.submit(duty, held.contact, items, unit.now, observed_on)
    unit.duties.save(duty)
    found = {finding.value: sum(1 for f in items.values() if f is finding) for finding in Finding}
    unit.happened(
        Happening.DUTY_SUBMITTED,
        ward=duty.ward,
        subject=duty.id,
        by=held.contact,
        period=duty.period,
        on_time=duty.state is DutyState.SUBMITTED,
        **found,
    )
    bad = {item: (marks or {}).get(item, Mark(finding=f)) for item, f in items.items() if f is Finding.BAD}
    await mending.open_findings(unit, duty, place, person.name, bad)
    return duty, place


async def open_all(unit: Unit, ward: str, day: date) -> int:
    """Opens the month's check for every fire-safety group of a ward; those that are open stay. Returns how many."""
    period = period_of(day)
    groups = await unit.places.of_kind(ward, UnitKind.FIRE_GROUP)
    open_before = {duty.unit for duty in await unit.duties.of_ward(ward, period)}
    for group in groups:
        if group.code not in open_before:
            _open(unit, group, period)
    return len(groups) - len(open_before)


def drop_pictures(unit: Unit, walks: Iterable[str], staying: Iterable[FileRef] = ()) -> None:
    """Walks that a talk keeps are thrown away, with the pictures taken on them; what somebody still needs stays."""
    needed = {photo.id for photo in staying}
    for walk in walks:
        try:
            photos = Walk.model_validate_json(walk).photos()
        except ValueError:
            # Of an older program. The keys of its pictures go with the talk.
            log.error("what a check had found and not sent does not open")
            continue
        for photo in photos:
            if photo.id not in needed:
                unit.files.drop(photo.id)


async def leaders_of(unit: Unit, group: str) -> list[Membership]:
    """Leaders and deputies of a group who have joined."""
    return await unit.memberships.in_unit(group, LEADERS)


async def _opened(unit: Unit, place: Place, period: str) -> Duty:
    return await unit.duties.of_unit(place.code, period) or _open(unit, place, period)


def _open(unit: Unit, place: Place, period: str) -> Duty:
    ward = place.ward or place.code
    duty = Duty(id=new_id(), unit=place.code, ward=ward, period=period, due_at=deadline(period))
    unit.duties.save(duty)
    unit.happened(Happening.DUTY_OPENED, ward=ward, subject=duty.id, period=period)
    return duty
