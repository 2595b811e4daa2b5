"""A group's monthly check: opened for every group, confirmed by its leader in one tap or item by item."""

from datetime import date

from cases import people
from domain import duties
from domain.clocks import ward_day
from domain.duties import GRACE, Duty, DutyState, Finding, Item, deadline, period_of
from domain.errors import Refused
from domain.events import Happening
from domain.notices import Lane, Notice
from domain.people import LEADERS, Membership, Person
from domain.places import Place, UnitKind
from domain.talks import choices
from domain.text import given_name
from storage.unit import Unit, new_id

# How many days before the deadline a leader is reminded.
REMIND_BEFORE = (5, 1, 0)


def leader(person: Person) -> Membership:
    """The role under which a person confirms check-ins. Raises Refused for anybody else."""
    held = person.as_leader()
    if held is None or held.ward is None:
        raise Refused("role.leader_only")
    return held


async def current(unit: Unit, person: Person) -> tuple[Duty, Place]:
    """The check that this leader's group owes: last month's while its grace runs, else this month's.

    This month's is opened now if no job has opened it yet.
    """
    held = leader(person)
    place = await unit.places.find(held.unit)
    if place is None:
        raise Refused("role.leader_only")
    before = await unit.duties.of_unit(place.code, period_of(ward_day(unit.now - GRACE)))
    if before is not None and not before.done:
        return before, place
    return await _opened(unit, place, period_of(ward_day(unit.now))), place


async def confirm(unit: Unit, person: Person, period: str, items: dict[Item, Finding]) -> tuple[Duty, Place]:
    """The leader's word on every item of one period. Raises Refused when somebody has given it already."""
    held = leader(person)
    place = await unit.places.find(held.unit)
    duty = await unit.duties.of_unit(held.unit, period)
    if place is None or duty is None:
        raise Refused("button.stale")
    duty = duties.submit(duty, held.contact, items, unit.now)
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


async def advance(unit: Unit, ward: str, day: date) -> None:
    """What a day brings to a ward's checks: reminders shortly before the deadline; after the grace they are missed."""
    for duty in await unit.duties.still_due(unit.now):
        changed = duties.advance(duty, unit.now)
        if changed is not duty and duty.ward == ward:
            unit.duties.save(changed)
            unit.happened(Happening.DUTY_MISSED, ward=ward, subject=duty.id, period=duty.period)
    for duty in await unit.duties.of_ward(ward, period_of(day)):
        if not duty.done and (duties.last_day(duty) - day).days in REMIND_BEFORE:
            await _remind(unit, duty)


def ask_all(duty: Duty, place: Place, name: str, *, late: bool = False, lane: Lane = Lane.REPLY) -> Notice:
    """The check of a period on one screen: one tap when all is well, or item by item."""
    buttons = choices(
        ("button.all_ok", f"c.all:{duty.period}"),
        ("button.by_item", f"c.item:{duty.period}:0"),
        wide=1,
    )
    params = {
        "name": given_name(name),
        "month": int(duty.period[5:]),
        "unit": place.name,
        "due": duties.last_day(duty),
        "count": len(Item),
    }
    key = "check.ask_late" if late else "check.ask"
    return Notice(key=key, params=params, buttons=buttons, lane=lane)


async def leaders_of(unit: Unit, group: str) -> list[Membership]:
    """Leaders and deputies of a group who have joined."""
    return await unit.memberships.in_unit(group, LEADERS)


async def _remind(unit: Unit, duty: Duty) -> None:
    place = await unit.places.find(duty.unit)
    for contact in await people.contacts_of(unit, await leaders_of(unit, duty.unit)):
        if place is not None:
            notice = ask_all(duty, place, contact.name, lane=Lane.REMINDER)
            unit.outbox.put(notice, chat=contact.chat, language=contact.language)


async def _opened(unit: Unit, place: Place, period: str) -> Duty:
    return await unit.duties.of_unit(place.code, period) or _open(unit, place, period)


def _open(unit: Unit, place: Place, period: str) -> Duty:
    ward = place.ward or place.code
    duty = Duty(id=new_id(), unit=place.code, ward=ward, period=period, due_at=deadline(period))
    unit.duties.save(duty)
    unit.happened(Happening.DUTY_OPENED, ward=ward, subject=duty.id, period=period)
    return duty
