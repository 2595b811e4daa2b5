"""What a check found not met: who mends it by when, and that it is mended."""

from collections.abc import Mapping, Sequence
from typing import Any

from cases import people
from domain import findings
from domain.clocks import ward_day
from domain.duties import Duty, Item
from domain.errors import Refused
from domain.events import Happening
from domain.findings import Defect, Mark
from domain.names import called
from domain.notices import Button, Matter, Notice
from domain.people import LEADERS, Contact, Person, Role
from domain.places import Place
from domain.talks import choices
from storage.unit import Unit, new_id

Line = tuple[str, dict[str, Any]]
_THANKS_LINES = 4
_GROUPS = 20  # offered when an officer types that something is mended


async def beat_officer(unit: Unit, place: Place) -> Contact | None:
    """The beat officer of the group's neighbourhood unit or, failing that, of its ward, whom a message reaches."""
    for code in (place.parent, place.ward):
        held = await unit.memberships.in_unit(code, (Role.BEAT_OFFICER,)) if code else []
        for officer in await people.reachable(unit, held):
            return officer
    return None


async def officers(unit: Unit, place: Place) -> list[Contact]:
    """Who is told of what concerns a group: its beat officer, else the ward police."""
    beat = await beat_officer(unit, place)
    return [beat] if beat else await people.on_duty(unit, place.ward or place.code)


async def open_findings(unit: Unit, duty: Duty, place: Place, reporter: str, bad: Mapping[Item, Mark]) -> list[Defect]:
    """A row for each item that is not met, and one message to whoever mends them."""
    beat = await beat_officer(unit, place) if bad else None
    found = [_defect(unit, duty, item, mark, beat) for item, mark in bad.items()]
    for defect in found:
        unit.findings.save(defect)
        detail = {"duty": duty.id, "unit": duty.unit, "item": defect.item.value, "houses": len(defect.houses)}
        by = defect.found_by
        unit.happened(Happening.FINDING_OPENED, ward=duty.ward, subject=defect.id, by=by, **detail)
    if found:
        params = {"unit": place.name, "month": int(duty.period[5:]), "name": called(reporter)}
        # All of them: whoever mends must learn which houses, and this card is where it stands.
        more = (*lines(found), ("finding.mend_by", {"mend_by": found[0].mend_by}))
        pictures = (("button.photos", f"c.photos:{duty.id}"),) if any(one.photo for one in found) else ()
        buttons = choices(("button.mended", f"c.mended:{duty.id}"), *pictures)
        about = Matter(kind="found", id=duty.id)
        notice = Notice(key="finding.found", params=params, more=more, buttons=buttons, private=True, about=about)
        readers = await officers(unit, place)
        unit.outbox.put_many(notice, [(reader.chat, reader.language) for reader in readers])
    return found


async def of_check(unit: Unit, person: Person, duty_id: str) -> list[Defect]:
    """What a check found and nobody has mended. Raises Refused for a stranger to the group, or if all is mended."""
    found = await unit.findings.of(duty_id)
    if not found:
        raise Refused("button.stale")
    _refuse_strangers(person, found[0])
    left = unmended(found)
    if not left:
        raise Refused("finding.already_mended", at=max(d.mended_at for d in found if d.mended_at is not None))
    return left


async def of_ward(unit: Unit, person: Person) -> list[Button]:
    """A button for each check of the officer's wards that found something which nobody has mended."""
    found = [defect for ward in person.police_wards() for defect in await unit.findings.open_in(ward)]
    groups = {defect.duty: defect.unit for defect in found}
    buttons = []
    for number, (duty, code) in enumerate(list(groups.items())[:_GROUPS], 1):
        place = await unit.places.find(code)
        params = {"unit": place.name if place else code}
        buttons.append(Button(label="button.group", params=params, press=f"c.mended:{duty}", digit=str(number)))
    return buttons


async def find(unit: Unit, person: Person, defect_id: str) -> Defect:
    """One finding. Raises Refused for a stranger to the group."""
    found = await unit.findings.find(defect_id)
    if found is None:
        raise Refused("button.stale")
    _refuse_strangers(person, found)
    return found


async def mend(unit: Unit, person: Person, defects: Sequence[Defect]) -> bool:
    """*Đã sửa xong*: who mends is told, and it comes back to whoever reported it, with thanks.

    Returns whether that one was told.
    """
    by = person.contact.id if person.contact else ""
    mended = [findings.mend(defect, by, unit.now) for defect in defects]
    for defect in mended:
        unit.findings.save(defect)
        detail = {"duty": defect.duty, "unit": defect.unit, "item": defect.item.value}
        in_time = defect.mend_by >= ward_day(unit.now)
        unit.happened(Happening.FINDING_MENDED, ward=defect.ward, subject=defect.id, by=by, in_time=in_time, **detail)
    return await _tell(unit, person, mended)


async def _tell(unit: Unit, person: Person, mended: Sequence[Defect]) -> bool:
    place = await unit.places.find(mended[0].unit)
    if place is None or person.contact is None:
        return False
    params = {"unit": place.name, "name": called(person.name)}
    notice = Notice(key="finding.mended_told", params=params, more=lines(mended), private=True)
    told = [reader for reader in await officers(unit, place) if reader.id != person.contact.id]
    unit.outbox.put_many(notice, [(reader.chat, reader.language) for reader in told])
    reporter = await unit.contacts.find(mended[0].found_by)
    if reporter is not None and reporter.id not in {person.contact.id, *(reader.id for reader in told)}:
        params = {"name": called(reporter.name)}
        thanks = Notice(key="finding.thanks", params=params, more=lines(mended, _THANKS_LINES))
        unit.outbox.put(thanks, chat=reporter.chat, language=reporter.language)
    return reporter is not None and reporter.id != person.contact.id and not reporter.unreachable


def unmended(found: Sequence[Defect]) -> list[Defect]:
    """What is still open of these."""
    return [defect for defect in found if defect.mended_at is None]


def lines(found: Sequence[Defect], room: int = len(Item)) -> tuple[Line, ...]:
    """These findings, a line each; when there is no room for all, the last line says how many more."""
    shown = found if len(found) <= room else found[: room - 1]
    more: tuple[Line, ...] = () if len(shown) == len(found) else (("finding.more", {"count": len(found) - len(shown)}),)
    return (*(_line(defect) for defect in shown), *more)


async def promise(unit: Unit, place: Place, found: Sequence[Defect]) -> Line:
    """Who mends it by when; where no police have joined, that too. Nobody is named whom no message reaches."""
    by = found[0].mend_by
    owner = await unit.contacts.find(found[0].owner) if found[0].owner else None
    if owner is not None and not owner.unreachable:
        return "finding.beat_mends", {"owner": called(owner.name), "mend_by": by}
    served = await people.served(unit, place.ward or place.code)
    return ("finding.ward_mends" if served else "finding.ward_mends_unserved"), {"mend_by": by}


def _line(defect: Defect) -> Line:
    problem = defect.problem.value if defect.problem else "unclear"
    params = {"item": defect.item.value, "problem": problem}
    if defect.houses:
        return "finding.line_houses", {**params, "houses": ", ".join(defect.houses)}
    return ("finding.line_whole" if defect.whole else "finding.line"), params


def _defect(unit: Unit, duty: Duty, item: Item, mark: Mark, beat: Contact | None) -> Defect:
    return Defect(
        id=new_id(),
        duty=duty.id,
        unit=duty.unit,
        ward=duty.ward,
        item=item,
        problem=mark.problem,
        houses=mark.houses,
        whole=mark.whole,
        found_at=unit.now,
        found_by=duty.submitted_by or "",
        mend_by=findings.mend_by(unit.now),
        owner=beat.id if beat else None,
        photo=mark.photo,
    )


def _refuse_strangers(person: Person, defect: Defect) -> None:
    leads = any(held.unit == defect.unit and held.role in LEADERS for held in person.roles)
    if not leads and defect.ward not in person.police_wards():
        raise Refused("role.leader_only")
