"""Who is told instead of somebody whom a message could not reach: nobody's blocked phone may swallow an alert."""

from collections.abc import Sequence

from cases import check_cards, checking, mending, people, reminding, undelivered
from domain.events import Happening
from domain.notices import Button, Lane, Matter, Notice
from domain.people import POLICE, Contact, Role
from storage.outbox import Post
from storage.unit import Unit

# Who is next when an officer on duty can't be reached: those who know the streets before those who sign.
_NEXT = {role: place for place, role in enumerate((Role.DUTY_OFFICER, Role.BEAT_OFFICER, Role.WARD_CHIEF))}


async def gone(unit: Unit, posts: Sequence[Post]) -> None:
    """These messages could not reach their readers, who have blocked the bot or left Telegram.

    That is kept of officers and leaders only. What had to reach somebody goes on to whoever comes next: an urgent
    tip to the next officer, a check to those who can stand in, what one officer was told to those on duty.
    """
    passed: dict[str, set[str]] = {}
    for post in posts:
        contact = await people.unreachable(unit, post.chat) if post.chat is not None else None
        matter = post.notice.about
        if post.notice.key == undelivered.TELLING:
            await undelivered.unheard(unit)
        if contact is None or matter is None:
            continue
        # Two officers of one alert who are gone at once have one and the same next.
        readers = passed.setdefault(f"{matter.kind} {matter.id}", set())
        if matter.kind == "duty":
            await _stand_in(unit, matter.id, contact)
        elif matter.kind == "given":
            await _give_back(unit, matter.id, contact, post.notice)
        elif matter.kind in ("unmade", "found"):
            await _tell_police(unit, matter, contact, post.notice)
        elif not readers:
            readers |= await _next_officer(unit, matter.id, contact)


async def _next_officer(unit: Unit, tip_id: str, contact: Contact) -> set[str]:
    """An urgent tip that nobody has opened goes to the next of the ward's police whom no alert has reached."""
    tip = await unit.tips.find(tip_id)
    if tip is None or not tip.open or tip.seen_at is not None:
        return set()
    told = await unit.events.by_whom(Happening.TIP_PASSED_ON, tip.id)
    police = await unit.memberships.in_ward(tip.ward, POLICE)
    mine = [held for held in police if held.contact == contact.id]
    if contact.id not in told and not any(held.on_duty for held in mine):
        return set()  # nobody was on duty, so everybody's phone has rung
    waiting = [held for held in police if not held.on_duty and held.contact not in told]
    waiting.sort(key=lambda held: _NEXT.get(held.role, len(_NEXT)))
    found = await people.reachable(unit, waiting)
    if not found:
        return set()
    officer = found[0]
    show = Button(label="button.show", press=f"tip.show:{tip.id}")
    unit.outbox.put(
        Notice(
            key="alert.passed_on",
            params={"code": tip.code, "category": tip.category.value, "name": contact.name},
            buttons=((show,),),
            lane=Lane.URGENT,
            private=True,
            about=Matter(kind="tip", id=tip.id),
        ),
        chat=officer.chat,
        language=officer.language,
    )
    unit.happened(Happening.TIP_PASSED_ON, ward=tip.ward, subject=tip.id, by=officer.id)
    return {officer.id}


async def _stand_in(unit: Unit, duty_id: str, contact: Contact) -> None:
    """A leader's check goes to the others of the group; when there are none left, the police are told."""
    duty = await unit.duties.find(duty_id)
    place = await unit.places.find(duty.unit) if duty else None
    if duty is None or place is None or duty.done or contact.id in duty.away:
        return
    if contact.id not in {held.contact for held in await checking.leaders_of(unit, duty.unit)}:
        return
    duty = duty.model_copy(update={"away": (*duty.away, contact.id)})
    if await reminding.hand_on(unit, duty, place, contact.id, contact.name, reached=False):
        return
    notice = check_cards.told_away(place, duty, contact.name, reached=False)
    _tell(unit, notice, await mending.officers(unit, place))


async def _give_back(unit: Unit, tip_id: str, contact: Contact, notice: Notice) -> None:
    """A calm tip whose holder, or the last to whom it rang, is gone: it must not lie in hands that hold nothing."""
    tip = await unit.tips.find(tip_id)
    if tip is None or not tip.open:
        return
    if alone := contact.id == tip.assigned_to:
        show = Button(label="button.show", press=f"tip.show:{tip.id}")
        params = {"code": tip.code, "category": tip.category.value, "name": contact.name}
        about = Matter(kind="given", id=tip.id)
        notice = Notice(key="alert.not_taken", params=params, buttons=((show,),), private=True, about=about)
    if alone or await _was_the_last(unit, tip.ward, contact):
        _tell(unit, notice, await people.on_duty(unit, tip.ward))


async def _tell_police(unit: Unit, matter: Matter, contact: Contact, notice: Notice) -> None:
    """What the police must know of a group's check goes to whoever is told now that this officer is gone."""
    duty = await unit.duties.find(matter.id)
    place = await unit.places.find(duty.unit) if duty else None
    if duty is None or place is None:
        return
    if duty.done if matter.kind == "unmade" else not mending.unmended(await unit.findings.of(duty.id)):
        return
    beat = await unit.memberships.in_ward(duty.ward, (Role.BEAT_OFFICER,))
    alone = any(held.contact == contact.id and held.unit in (place.parent, place.ward) for held in beat)
    if alone or await _was_the_last(unit, duty.ward, contact):
        _tell(unit, notice, await mending.officers(unit, place))


async def _was_the_last(unit: Unit, ward: str, contact: Contact) -> bool:
    """Whether this officer was on duty and now nobody else is: until then all others on duty were told the same."""
    ringing = [held for held in await unit.memberships.in_ward(ward, POLICE) if held.on_duty]
    return any(held.contact == contact.id for held in ringing) and not await people.reachable(unit, ringing)


def _tell(unit: Unit, notice: Notice, readers: Sequence[Contact]) -> None:
    unit.outbox.put_many(notice, [(reader.chat, reader.language) for reader in readers])
