"""A group's monthly check: opened for every group, confirmed by its leader in one tap or item by item."""

from collections.abc import Mapping
from datetime import date

from cases import mending
from domain import duties
from domain.clocks import ward_day
from domain.duties import GRACE, Duty, DutyState, Finding, Item, deadline, period_of
from domain.errors import Refused
from domain.events import Happening
from domain.findings import Mark
from domain.people import LEADERS, Membership, Person
from domain.places import Place, UnitKind
from storage.unit import Unit, new_id


async def led(unit: Unit, person: Person) -> tuple[Membership, Place]:
    """The fire-safety group whose check this person confirms, and the role. Raises Refused for anybody else."""
    others = False
    for held in person.roles:
        if held.role in LEADERS and held.ward is not None:
            place = await unit.places.find(held.unit)
            if place is not None and place.kind is UnitKind.FIRE_GROUP:
                return held, place
            others |= place is not None
    raise Refused("check_in.none_owed") if others else Refused("role.leader_only")


async def current(unit: Unit, person: Person) -> tuple[Duty, Place]:
    """The check that this leader's group owes: last month's while its grace runs, else this month's.

    This month's is opened now if no job has opened it yet.
    """
    _, place = await led(unit, person)
    before = await unit.duties.of_unit(place.code, period_of(ward_day(unit.now - GRACE)))
    if before is not None and not before.done:
        return before, place
    return await _opened(unit, place, period_of(ward_day(unit.now))), place


async def of_period(unit: Unit, person: Person, period: str) -> tuple[Duty, Place, Membership]:
    """The check of one period of this leader's group. Raises Refused when there is none: the button is old."""
    held, place = await led(unit, person)
    duty = await unit.duties.of_unit(place.code, period)
    if duty is None:
        raise Refused("button.stale")
    return duty, place, held


async def still_open(unit: Unit, person: Person, period: str) -> tuple[Duty, Place, Membership]:
    """The same, as long as nobody has confirmed it: raises Refused then."""
    duty, place, held = await of_period(unit, person, period)
    duties.refuse_if_done(duty)
    return duty, place, held


async def confirm(
    unit: Unit,
    person: Person,
    period: str,
    items: dict[Item, Finding],
    observed_on: date | None = None,
    marks: Mapping[Item, Mark] | None = None,
) -> tuple[Duty, Place]:
    """The leader's word on every item of one period. Raises Refused when somebody has given it already.

    `marks` say more of what is not met: which houses, what ails it. Whoever mends it is told.
    """
    duty, place, held = await of_period(unit, person, period)
    duty = duties.submit(duty, held.contact, items, unit.now, observed_on)
    unit.duties.save(duty)
    found = {finding.value: sum(1 for f in items.values() if f is finding) for finding in Finding}
    unit.happened(
        Happening.DUTY_SUBMITTED,
        ward=duty.ward,
        subject=duty.id,
        by=held.contact,
        period=period,
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
