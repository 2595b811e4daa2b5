"""Who is talking, and how a person comes to a ward or a role."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from domain.errors import Refused
from domain.events import Happening
from domain.notices import Notice
from domain.people import POLICE, Contact, Invitation, Membership, Person, Role
from domain.places import Place, UnitKind, find_wards
from storage.unit import Unit, new_id

INVITATION_LASTS = timedelta(hours=24)
# How the payloads of links begin: random letters alone would now and then read as the link of a ward.
WARD_LINK, INVITATION_LINK, SIGNING_LINK = "w_", "i_", "k_"

# Which kinds of units a role belongs to.
UNITS_OF_ROLE: dict[Role, frozenset[UnitKind]] = {
    Role.LEADER: frozenset(set(UnitKind) - {UnitKind.PROVINCE, UnitKind.WARD}),
    Role.DEPUTY: frozenset(set(UnitKind) - {UnitKind.PROVINCE, UnitKind.WARD}),
    Role.DUTY_OFFICER: frozenset({UnitKind.WARD}),
    Role.BEAT_OFFICER: frozenset({UnitKind.WARD, UnitKind.NEIGHBOURHOOD}),
    Role.WARD_CHIEF: frozenset({UnitKind.WARD}),
    Role.WARD_OFFICE: frozenset({UnitKind.WARD}),
    Role.PROVINCE: frozenset({UnitKind.PROVINCE}),
    Role.ADMIN: frozenset(UnitKind),
}

# In which order several roles of a person are named and asked about.
_ORDER = {role: number for number, role in enumerate(Role)}


async def who(unit: Unit, chat: int, name: str, language: str) -> Person:
    """The person behind a private chat, with the roles that they hold now."""
    contact = await unit.contacts.by_chat(chat)
    if contact is None:
        return Person(chat=chat, name=name, language=language)
    held = await unit.memberships.of(contact.id)
    roles = tuple(sorted(held, key=lambda one: (_ORDER[one.role], one.unit))) if len(held) > 1 else held
    return Person(chat=chat, name=contact.name, language=contact.language, contact=contact, roles=roles)


async def agree(unit: Unit, person: Person, ward: str | None) -> Contact:
    """Consent, with its day, as voluntary and provable as the law asks (`domain.md`, personal data)."""
    place = await unit.places.find(ward) if ward else None
    ward = ward if place is not None and place.kind is UnitKind.WARD else None
    contact = person.contact or Contact(id=new_id(), chat=person.chat, name=person.name, language=person.language)
    contact = contact.model_copy(update={"agreed_at": contact.agreed_at or unit.now, "ward": ward or contact.ward})
    unit.contacts.save(contact)
    return contact


async def settle_in(unit: Unit, contact: Contact, ward: str) -> Place:
    """The person's ward, by code."""
    place = await unit.places.find(ward)
    if place is None or place.kind is not UnitKind.WARD:
        raise Refused("ward.unknown")
    unit.contacts.save(contact.model_copy(update={"ward": ward}))
    return place


async def wards_called(unit: Unit, typed: str) -> list[Place]:
    """Wards that somebody may mean who typed this."""
    return find_wards(await unit.places.wards(), typed)


async def invite(unit: Unit, role: Role, code: str) -> str:
    """A one-time payload that gives a role in a unit, for 24 hours. Raises Refused if they don't fit."""
    place = await unit.places.find(code)
    if place is None:
        raise Refused("unit.unknown", unit=code)
    if place.kind not in UNITS_OF_ROLE[role]:
        raise Refused("invite.wrong_unit", role=role.value, kind=place.kind.value)
    payload = INVITATION_LINK + secrets.token_urlsafe(18)
    hashed = unit.invitations.hash_of(payload)
    unit.invitations.save(Invitation(hash=hashed, role=role, unit=code, expires_at=unit.now + INVITATION_LASTS))
    return payload


async def invitation(unit: Unit, payload: str) -> tuple[Invitation, Place]:
    """What a link offers. Raises Refused when it is unknown, used or too old."""
    found = await unit.invitations.find(unit.invitations.hash_of(payload))
    place = await unit.places.find(found.unit) if found else None
    if found is None or place is None or found.expires_at <= unit.now:
        raise Refused("invite.unusable")
    return found, place


async def join(unit: Unit, contact: Contact, payload: str) -> tuple[Membership, Place]:
    """The invitation is used up and the role is held from now on; using a role twice changes nothing."""
    found, place = await invitation(unit, payload)
    unit.invitations.remove(found.hash)
    held = next(
        (m for m in await unit.memberships.of(contact.id) if (m.role, m.unit) == (found.role, found.unit)), None
    )
    if held is not None:
        return held, place
    ward = place.code if place.kind in (UnitKind.WARD, UnitKind.PROVINCE) else place.ward
    membership = Membership(
        id=new_id(), contact=contact.id, role=found.role, unit=found.unit, ward=ward, since=unit.now
    )
    unit.memberships.save(membership)
    await unit.memberships.settle()
    if contact.ward is None and place.kind is not UnitKind.PROVINCE:
        unit.contacts.save(contact.model_copy(update={"ward": ward}))
    unit.happened(
        Happening.ROLE_GRANTED, ward=ward or place.code, subject=found.unit, by=contact.id, role=found.role.value
    )
    if ward is not None:
        await _announce(unit, membership, place, contact)
    return membership, place


async def speak(unit: Unit, person: Person, language: str) -> Person:
    """The language in which this person is answered from now on."""
    if person.contact is None:
        raise Refused("consent.needed")
    contact = person.contact.model_copy(update={"language": language})
    unit.contacts.save(contact)
    return person.model_copy(update={"contact": contact, "language": language})


async def forget(unit: Unit, person: Person) -> None:
    """Everything that is kept of a person goes: contact, roles, talk, their household's signature.

    Tips they sent stay, without the way to them; what they signed for a party stays, without their name.
    """
    if person.contact is None:
        return
    for held in person.roles:
        unit.memberships.remove(held.id)
    await unit.book.forget_household(person.contact.id)
    unit.contacts.remove(person.contact.id)


async def set_on_duty(unit: Unit, person: Person, on_duty: bool) -> None:
    """*Vào ca* / *Ra ca*, in every role that handles tips: alerts ring for those on duty."""
    for held in person.roles:
        if held.role in POLICE:
            unit.memberships.save(held.model_copy(update={"on_duty": on_duty}))


async def unreachable(unit: Unit, chat: int) -> Contact | None:
    """A message could not reach whoever writes from this chat. Kept of officers and leaders only: of others None."""
    contact = await unit.contacts.by_chat(chat)
    if contact is None or not await unit.memberships.of(contact.id):
        return None
    if not contact.unreachable:
        contact = contact.model_copy(update={"unreachable": True})
        unit.contacts.save(contact)
    return contact


async def heard_from(unit: Unit, person: Person) -> Person:
    """Somebody who could not be reached writes again."""
    if person.contact is None or not person.contact.unreachable:
        return person
    contact = person.contact.model_copy(update={"unreachable": False})
    unit.contacts.save(contact)
    return person.model_copy(update={"contact": contact})


async def contacts_of(unit: Unit, memberships: Iterable[Membership]) -> list[Contact]:
    """The people who hold these roles, each once."""
    ids = list(dict.fromkeys(held.contact for held in memberships))
    await unit.contacts.ahead(ids)
    found = [await unit.contacts.find(contact) for contact in ids]
    return [contact for contact in found if contact is not None]


async def on_duty(unit: Unit, ward: str) -> list[Contact]:
    """Officers of a ward whose alerts ring; when all are off duty, everybody's do: silence helps nobody."""
    police = await unit.memberships.in_ward(ward, POLICE)
    ringing = await reachable(unit, [held for held in police if held.on_duty])
    return ringing or await reachable(unit, police)


async def reachable(unit: Unit, memberships: Iterable[Membership]) -> list[Contact]:
    """Those of these people whom a message reaches."""
    return [contact for contact in await contacts_of(unit, memberships) if not contact.unreachable]


async def served(unit: Unit, ward: str) -> bool:
    """Whether an alert of this ward reaches anybody."""
    return bool(await on_duty(unit, ward))


async def name_of(unit: Unit, contact: str | None) -> str | None:
    """What an officer or leader is called."""
    found = await unit.contacts.find(contact) if contact else None
    return found.name if found else None


async def _announce(unit: Unit, membership: Membership, place: Place, contact: Contact) -> None:
    """A role granted is announced to the ward chief (`promises.md`, honest scope)."""
    chiefs = await unit.memberships.in_ward(membership.ward or place.code, (Role.WARD_CHIEF, Role.ADMIN))
    others = [chief for chief in await contacts_of(unit, chiefs) if chief.id != contact.id]
    notice = Notice(key="role.announced", params={"name": contact.name, "role": membership.role, "unit": place.name})
    unit.outbox.put_many(notice, [(chief.chat, chief.language) for chief in others])
