"""Who is told instead of somebody whom a message could not reach: nobody's blocked phone may swallow an alert."""

from collections.abc import Sequence

from cases import check_cards, checking, mending, people, reminding
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
    tip to the next officer, a check to those who can stand in.
    """
    passed: dict[str, set[str]] = {}
    for post in posts:
        contact = await people.unreachable(unit, post.chat) if post.chat is not None else None
        matter = post.notice.about
        if contact is None or matter is None:
            continue
        # Two officers of one alert who are gone at once have one and the same next.
        readers = passed.setdefault(f"{matter.kind} {matter.id}", set())
        if matter.kind == "duty":
            await _stand_in(unit, matter.id, contact)
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
    officers = await mending.officers(unit, place)
    unit.outbox.put_many(notice, [(officer.chat, officer.language) for officer in officers])
