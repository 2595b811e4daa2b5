"""Who is reminded of a check and when: before the deadline, tonight on request, and who stands in for whom."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from cases import check_cards, checking, mending, people
from domain import duties
from domain.clocks import ward_day
from domain.duties import Duty, Reminder, Step, period_of
from domain.events import Happening
from domain.notices import Lane
from domain.people import Contact, Membership, Person, Role
from domain.places import Place
from storage.unit import Unit


async def advance(unit: Unit, ward: str, day: date) -> None:
    """What a day brings to a ward's checks: a rung of the reminder ladder; after the grace they are missed."""
    for duty in await unit.duties.still_due(unit.now):
        changed = duties.advance(duty, unit.now)
        if changed is not duty and duty.ward == ward:
            unit.duties.save(changed)
            unit.happened(Happening.DUTY_MISSED, ward=ward, subject=duty.id, period=duty.period)
    before = day.replace(day=1) - timedelta(days=1)
    for period in (period_of(before), period_of(day)):
        for duty in await unit.duties.of_ward(ward, period):
            await _climb(unit, duty, day)


async def tonight(unit: Unit, person: Person, which: str) -> tuple[Duty, datetime]:
    """*Nhắc tối nay*: one more reminder; asking twice gives one. Returns of what, and when it comes."""
    duty, place, held = await checking.still_open(unit, person, which)
    name, at = _reminder(held.contact, duty), duties.tonight(unit.now, duty.due_at)
    promised = await unit.reminders.find(name)
    if promised is not None and unit.now < promised.at < at:
        return duty, promised.at
    unit.reminders.save(Reminder(id=name, contact=held.contact, unit=place.code, period=duty.period, at=at))
    return duty, at


async def send_due(unit: Unit) -> int:
    """Reminders that were asked for and whose time has come; late rather than never, never by night, and once."""
    due = [
        reminder
        for reminder in await unit.reminders.due(unit.now)
        if duties.may_come(reminder.at, unit.now) and await unit.reminders.claim(reminder)
    ]
    for reminder in due:
        place = await unit.places.find(reminder.unit)
        duty = await unit.duties.of_unit(reminder.unit, reminder.period)
        still_leads = {held.contact for held in await checking.leaders_of(unit, reminder.unit)}
        if duty is None or place is None or duty.done or reminder.contact not in still_leads - set(duty.away):
            continue
        await _ask(unit, duty, place, await _contacts(unit, [reminder.contact]))
    return len(due)


async def away(unit: Unit, person: Person, which: str) -> tuple[Duty, Place, list[Contact], list[Contact] | None]:
    """*Tôi đi vắng*: the others of the group are asked at once; if there are none, the police are told.

    Returns the check, the group, who was asked, and which officers were told. Saying it again tells nobody again, but
    asks others who have joined where nobody could be asked before; without them None stands for the officers: who was
    told then is not known any more, and whoever has joined since was not.
    """
    duty, place, held = await checking.still_open(unit, person, which)
    if held.contact in duty.away and (duty.handed_on is not None or not await _others(unit, duty)):
        return duty, place, [], None
    duty = duty.model_copy(update={"away": tuple(dict.fromkeys((*duty.away, held.contact)))})
    others = await hand_on(unit, duty, place, held.contact, person.name, lane=Lane.REPLY)
    officers = [] if others else await mending.officers(unit, place)
    notice = check_cards.told_away(place, duty, person.name)
    unit.outbox.put_many(notice, [(officer.chat, officer.language) for officer in officers])
    return duty, place, others, officers


async def hand_on(
    unit: Unit, duty: Duty, place: Place, by: str, name: str, *, reached: bool = True, lane: Lane = Lane.REMINDER
) -> list[Contact]:
    """The others of a group are asked in place of one of them, `by`, who is called `name`. Returns whom it found.

    Not `reached`: that one has not said it, a message could not reach them.
    """
    others = await _others(unit, duty)
    unit.duties.save(duty.model_copy(update={"handed_on": ward_day(unit.now)}) if others else duty)
    _handed(unit, duty, by, len(others))
    unit.reminders.remove(_reminder(by, duty))
    await _ask(unit, duty, place, others, stands_in_for=name, reached=reached, lane=lane)
    return others


async def _others(unit: Unit, duty: Duty) -> list[Contact]:
    leaders, deputies = await _standing(unit, duty)
    return [*leaders, *deputies]


def _reminder(contact: str, duty: Duty) -> str:
    return f"{contact}/{duty.id}"


async def _climb(unit: Unit, duty: Duty, day: date) -> None:
    step = duties.step(duty, day)
    place = await unit.places.find(duty.unit) if step else None
    if step is None or place is None:
        return
    leaders, deputies = await _standing(unit, duty)
    if not leaders and not deputies:
        await _nobody_reached(unit, duty, place)
    elif step is Step.REMIND:
        await _ask(unit, duty, place, leaders or deputies)
    elif step is Step.WARN:
        next_asked = deputies[0].name if leaders and deputies else None
        await _ask(unit, duty, place, leaders or deputies, next_asked=next_asked)
        unit.duties.save(duty.model_copy(update={"warned_on": day}))
    elif leaders and deputies:
        await _ask(unit, duty, place, deputies, stands_in_for=leaders[0].name)
        unit.duties.save(duty.model_copy(update={"handed_on": day}))
        _handed(unit, duty, None, len(deputies))


async def _nobody_reached(unit: Unit, duty: Duty, place: Place) -> None:
    """A group in which no message reaches anybody, since an earlier check: the police are told, once a check."""
    if duty.away and duty.handed_on is None:
        return  # told when the first of them went, as nobody else was left
    leading = [held for held in await checking.leaders_of(unit, duty.unit) if held.contact not in duty.away]
    gone = await people.contacts_of(unit, leading)
    if not gone:
        return  # nobody has joined, or told when the last of them went
    unit.duties.save(duty.model_copy(update={"away": (*duty.away, *(contact.id for contact in gone))}))
    notice = check_cards.told_away(place, duty, gone[0].name, reached=False)
    officers = await mending.officers(unit, place)
    unit.outbox.put_many(notice, [(officer.chat, officer.language) for officer in officers])


async def _ask(
    unit: Unit,
    duty: Duty,
    place: Place,
    contacts: Iterable[Contact],
    *,
    stands_in_for: str | None = None,
    next_asked: str | None = None,
    reached: bool = True,
    lane: Lane = Lane.REMINDER,
) -> None:
    for contact in contacts:
        notice = check_cards.question(
            duty,
            place,
            contact.name,
            unit.now,
            lane=lane,
            stands_in_for=stands_in_for,
            next_asked=next_asked,
            reached=reached,
        )
        unit.outbox.put(notice, chat=contact.chat, language=contact.language)


async def _standing(unit: Unit, duty: Duty) -> tuple[list[Contact], list[Contact]]:
    """Leaders and deputies of a group whom a message reaches and who are not away this time; each person once."""
    held = [member for member in await checking.leaders_of(unit, duty.unit) if member.contact not in duty.away]
    leading = {member.contact for member in held if member.role is Role.LEADER}
    deputies = [member for member in held if member.contact not in leading]
    return await people.reachable(unit, _of(held, leading)), await people.reachable(unit, deputies)


def _of(held: list[Membership], contacts: set[str]) -> list[Membership]:
    return [member for member in held if member.contact in contacts]


async def _contacts(unit: Unit, ids: list[str]) -> list[Contact]:
    return [contact for key in ids if (contact := await unit.contacts.find(key)) is not None]


def _handed(unit: Unit, duty: Duty, by: str | None, to: int) -> None:
    unit.happened(Happening.DUTY_HANDED, ward=duty.ward, subject=duty.id, by=by, period=duty.period, to=to)
