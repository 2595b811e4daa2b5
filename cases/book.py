"""Writing into the ward's book: who may, and one more entry."""

from cases import criteria
from domain.clocks import ward_day
from domain.entries import LONGEST, Entry, Topic, What
from domain.errors import Refused
from domain.people import Membership, Person
from domain.places import Place, UnitKind
from domain.text import nfc
from domain.titles import WRITING
from storage.unit import Unit, new_id


async def ward_for(unit: Unit, person: Person, code: str) -> Place:
    """A ward whose book this person may read. Raises Refused for any other, and for a unit that is no ward."""
    place = await criteria.place_for(unit, person, code)
    if place.kind is not UnitKind.WARD:
        raise Refused("button.stale")
    return place


def may_write(person: Person, ward: Place) -> Membership | None:
    """The role under which a person writes into a ward's book."""
    return next((held for held in person.roles if held.role in WRITING and (held.ward or held.unit) == ward.code), None)


def writer(person: Person, ward: Place) -> Membership:
    """The same. Raises Refused for anybody else."""
    held = may_write(person, ward)
    if held is None:
        raise Refused("book.may_not_write")
    return held


def put(
    unit: Unit,
    ward: str,
    topic: Topic,
    subject: str,
    what: What,
    held: Membership | None,
    *,
    by: Person | None = None,
    name: str | None = None,
) -> Entry:
    """One more entry, now. `by`: who wrote without a role; `name`: the row's name where a thing is written once."""
    contact = by.contact if by else None
    entry = Entry(
        id=name or new_id(),
        seq=unit.next_number(),
        at=unit.now,
        day=ward_day(unit.now),
        ward=ward,
        topic=topic,
        subject=subject,
        by=held.contact if held else contact.id if contact else None,
        role=held.role if held else None,
        what=what,
    )
    unit.book.save(entry)
    return entry


def text(typed: str) -> str:
    """Words that somebody typed, as they are kept. Raises Refused when there are none, or too many."""
    said = " ".join(nfc(typed).split())
    if not said or len(said) > LONGEST:
        raise Refused("criteria.length", limit=LONGEST)
    return said
