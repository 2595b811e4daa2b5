"""Nobody waits in silence: urgent tips that nobody opens, and stories that were begun and not sent."""

from collections.abc import Sequence
from datetime import time

from cases import people, reminding, undelivered
from domain.clocks import local
from domain.events import Happening
from domain.notices import Button, Lane, Notice
from domain.people import POLICE, Membership
from domain.tips import Tip
from storage.unit import Unit

# A phone that rings at night is asked about.
DAYTIME = (time(7), time(21))


async def widen(unit: Unit) -> int:
    """Urgent tips that nobody has opened for a minute: the person is told, and everybody of the ward is alerted."""
    due = await unit.watches.due(unit.now, unit.clocks.open_urgent_within)
    for one in due:
        unit.watches.remove(one.tip)
        tip = await unit.tips.find(one.tip)
        if tip is None or tip.seen_at is not None or not tip.open:
            continue
        police = await unit.memberships.in_ward(tip.ward, POLICE)
        unit.outbox.put(Notice(key=await _told(unit, tip, police), lane=Lane.URGENT), address=one.address)
        show = Button(label="button.show", press=f"tip.show:{tip.id}")
        params = {"code": tip.code, "category": tip.category.value}
        notice = Notice(key="alert.unopened", params=params, buttons=((show,),), lane=Lane.URGENT, private=True)
        readers = await people.contacts_of(unit, police)
        unit.outbox.put_many(notice, [(reader.chat, reader.language) for reader in readers])
        unit.happened(Happening.TIP_UNOPENED, ward=tip.ward, subject=tip.id)
    return len(due)


async def _told(unit: Unit, tip: Tip, police: Sequence[Membership]) -> str:
    """What whoever waits is told: never that somebody is rung who isn't."""
    if not await people.reachable(unit, police):
        return "tip.nobody_here"
    return "tip.nobody_yet" if await _rings_anew(unit, tip, police) else "tip.nobody_else"


async def _rings_anew(unit: Unit, tip: Tip, police: Sequence[Membership]) -> bool:
    """Whether any of these officers is reached who was not alerted before."""
    passed = await unit.events.by_whom(Happening.TIP_PASSED_ON, tip.id)
    if passed:  # so somebody was on duty, and nobody else's phone rang
        alerted = passed | {held.contact for held in police if held.on_duty}
    else:
        alerted = {officer.id for officer in await people.on_duty(unit, tip.ward)}
    return any(officer.id not in alerted for officer in await people.reachable(unit, police))


async def remind_of_drafts(unit: Unit) -> int:
    """Stories that were begun and left: one quiet reminder by day, that looks like any notice."""
    if not DAYTIME[0] <= local(unit.now).time() < DAYTIME[1]:
        return 0
    left = await unit.talks.to_remind(unit.now)
    for talk in left:
        unit.talks.save(talk.model_copy(update={"reminded": True}))
        if talk.chat is not None and talk.draft is not None:
            go_on = Button(label="button.look", press="t.resume")
            stop = Button(label="button.stop", press="x.cancel")
            contact = await unit.contacts.by_chat(talk.chat)
            notice = Notice(key="tip.unfinished", buttons=((go_on, stop),), lane=Lane.REMINDER, silent=True)
            unit.outbox.put(notice, chat=talk.chat, language=contact.language if contact else "vi")
    return len(left)


# What can't wait for a job of the day, each in a unit of its own: none hangs on another.
WATCHED = (widen, remind_of_drafts, reminding.send_due, undelivered.tell)
