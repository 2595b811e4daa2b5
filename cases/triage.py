"""What officers do with a tip. Every function asks first whether this officer may touch this tip."""

from collections.abc import Sequence
from datetime import timedelta

from cases import alerts, cards, people, reporting
from domain import tips
from domain.clocks import in_quarters, quarter_hour, ward_day
from domain.errors import Refused
from domain.events import Happening
from domain.notices import Button, Matter, Notice
from domain.people import POLICE, Contact, Membership, Person
from domain.pieces import Piece
from domain.text import nfc
from domain.tips import Identity, Open, Outcome, Tip
from domain.views import PoliceView
from storage.unit import Unit

MINUTE = timedelta(minutes=1)
CARDS_AT_ONCE = 5
PAGE = 30  # tips of a long queue that are shown together
LONGEST_QUESTION = 500


def officer(person: Person) -> Membership:
    """The role under which a person handles tips; checked on every update. Raises Refused for anybody else."""
    held = person.as_police()
    if held is None or held.ward is None:
        raise Refused("role.police_only")
    return held


def wards(person: Person) -> tuple[str, ...]:
    """Where a person handles tips: alerts of each of these wards ring. Raises Refused for who does it nowhere."""
    if not (found := person.police_wards()):
        raise Refused("role.police_only")
    return found


async def queue(unit: Unit, person: Person, start: int = 0, which: Open = "all") -> list[Tip]:
    """A page of the open tips of the officer's wards: urgent first, then what is due soonest."""
    return await unit.tips.queue(wards(person), which, start, PAGE)


async def waiting(unit: Unit, person: Person) -> int:
    """How many tips of the officer's wards are open."""
    return await unit.tips.open_in(wards(person))


async def views(unit: Unit, found: Sequence[Tip]) -> list[PoliceView]:
    """These tips as officers see them."""
    return [await cards.police_view(unit, tip) for tip in found]


async def show(unit: Unit, person: Person, tip_id: str) -> PoliceView:
    """One tip, for an officer of its ward. From here on somebody has opened it."""
    tip = await _mine(unit, person, tip_id)
    return await cards.police_view(unit, _seen(unit, person, tip))


async def by_code(unit: Unit, person: Person, code: str) -> str:
    """The id of a tip of the officer's wards by its code. Raises Refused when there is none."""
    mine = wards(person)
    tip = await unit.tips.of_code(code)
    if tip is None or tip.ward not in mine:
        raise Refused("tip.not_here")
    return tip.id


async def files(unit: Unit, person: Person, tip_id: str) -> tuple[PoliceView, list[Piece]]:
    """The files of a tip, as clean copies."""
    tip = await _mine(unit, person, tip_id)
    found = [piece for piece in await cards.pieces(unit, tip) if piece.file is not None]
    return await cards.police_view(unit, _seen(unit, person, tip)), found


async def receive(unit: Unit, person: Person, tip_id: str) -> PoliceView:
    """*Tiếp nhận*. Raises Refused with who was first and when, if somebody was."""
    tip = await _mine(unit, person, tip_id)
    if tip.received_at is not None:
        by = await people.name_of(unit, tip.received_by)
        if by is None:
            raise Refused("tip.already_received_by_gone", at=tip.received_at)
        raise Refused("tip.already_received", by=by, at=tip.received_at)
    return await cards.police_view(unit, await _received(unit, person, tip))


async def ask(unit: Unit, person: Person, tip_id: str, question: str) -> Tip:
    """*Hỏi lại*: a question for the informant; nothing in it may ask who they are. One that waits is not sent twice."""
    question = nfc(question).strip()
    if not question or len(question) > LONGEST_QUESTION:
        raise Refused("question.length", limit=LONGEST_QUESTION)
    before = await _taken_in(unit, person, tip_id)
    tip = tips.ask(before, unit.now)
    if before.asked_at is not None and await cards.last_question(unit, before) == question:
        return before  # tapped twice: it is there and waits for its answer
    await _put(unit, tip, "question", question)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_ASKED, ward=tip.ward, subject=tip.id, by=_id(person))
    await alerts.informant(unit, tip)
    return tip


async def value(unit: Unit, person: Person, tip_id: str) -> PoliceView:
    """*Có giá trị*: the tip helped."""
    tip = tips.value(await _taken_in(unit, person, tip_id))
    unit.tips.save(tip)
    unit.happened(Happening.TIP_VALUABLE, ward=tip.ward, subject=tip.id, by=_id(person))
    return await cards.police_view(unit, tip)


async def forward(unit: Unit, person: Person, tip_id: str) -> PoliceView:
    """*Chuyển*: what belongs to investigators goes to them, within 24 hours of receipt (`domain.md`, tips)."""
    tip = tips.forward(await _taken_in(unit, person, tip_id))
    unit.tips.save(tip)
    unit.happened(Happening.TIP_FORWARDED, ward=tip.ward, subject=tip.id, by=_id(person))
    await alerts.informant(unit, tip)
    return await cards.police_view(unit, tip)


async def end(unit: Unit, person: Person, tip_id: str, outcome: Outcome) -> PoliceView:
    """*Kết thúc* with an outcome; the informant can read a kind sentence that names nobody."""
    before = await _taken_in(unit, person, tip_id)
    tip = tips.close(before, outcome, unit.now, unit.clocks)
    unit.tips.save(tip)
    in_time = tips.overdue_by(before, unit.now, unit.clocks) is None
    told = {"outcome": outcome.value, "after": _since(unit, tip), "in_time": in_time}
    unit.happened(Happening.TIP_CLOSED, ward=tip.ward, subject=tip.id, by=_id(person), **told)
    await alerts.informant(unit, tip)
    return await cards.police_view(unit, tip)


async def reopen(unit: Unit, person: Person, tip_id: str) -> PoliceView:
    """Undo of a wrong end, within ten minutes; the informant, who was told of the end, is told of this too."""
    ended = await _mine(unit, person, tip_id)
    tip = tips.reopen(ended, unit.now, unit.clocks)
    unit.tips.save(tip)
    day = ward_day(ended.closed_at or unit.now)
    # An end just before midnight is undone on its own day's figures (`domain.counting`).
    detail = {} if day == ward_day(unit.now) else {"ended": day.isoformat()}
    unit.happened(Happening.TIP_REOPENED, ward=tip.ward, subject=tip.id, by=_id(person), **detail)
    await alerts.informant(unit, tip)
    return await cards.police_view(unit, tip)


async def colleagues(unit: Unit, person: Person, tip_id: str) -> list[Contact]:
    """To whom a tip can be given."""
    tip = await _mine(unit, person, tip_id)
    police = await unit.memberships.in_ward(tip.ward, POLICE)
    return await people.contacts_of(unit, police)


async def takers(unit: Unit, person: Person, tip_id: str) -> list[Contact]:
    """Colleagues to whom a tip is offered: whom a message reaches, but for whoever has it in hand."""
    tip = await _mine(unit, person, tip_id)
    found = await colleagues(unit, person, tip_id)
    return [other for other in found if other.id != tip.assigned_to and not other.unreachable]


async def hand_over(unit: Unit, person: Person) -> tuple[list[str], bool]:
    """*Ra ca*: what this officer has in hand is shown to those who stay. Returns the codes, and if anybody was told.

    Who serves several wards hands over to each its own; the codes are of what nobody was told, if there is any.
    """
    handed: dict[bool, list[str]] = {True: [], False: []}
    for ward in wards(person):
        codes, told = await _hand_over(unit, person, ward)
        handed[told] += codes
    told = not handed[False]
    return handed[told], told


async def _hand_over(unit: Unit, person: Person, ward: str) -> tuple[list[str], bool]:
    mine = await unit.tips.in_hand_of(_id(person), ward)
    staying = [other for other in await people.on_duty(unit, ward) if other.id != _id(person)]
    if mine and staying:
        rows = tuple(
            (Button(label="button.open_card", params={"code": tip.code}, press=f"tip.open:{tip.id}"),) for tip in mine
        )
        notice = Notice(
            key="alert.handed_over", params={"officer": person.name, "count": len(mine)}, buttons=rows, private=True
        )
        unit.outbox.put_many(notice, [(other.chat, other.language) for other in staying])
    return [tip.code for tip in mine], bool(staying)


async def assign(unit: Unit, person: Person, tip_id: str, colleague: str) -> tuple[PoliceView, Contact]:
    """*Giao*: a colleague of the same ward has it in hand from now on, and is told."""
    tip = await _mine(unit, person, tip_id)
    chosen = next((other for other in await colleagues(unit, person, tip_id) if other.id == colleague), None)
    if chosen is None:
        raise Refused("tip.not_a_colleague")
    if chosen.unreachable:
        raise Refused("tip.colleague_gone", name=chosen.name)
    tip = tips.assign(tip, chosen.id)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_ASSIGNED, ward=tip.ward, subject=tip.id, by=_id(person))
    view = await cards.police_view(unit, tip)
    if chosen.id != _id(person):
        show = Button(label="button.show", press=f"tip.show:{tip.id}")
        params = {"code": tip.code, "category": tip.category.value, "officer": person.name}
        about = Matter(kind="given", id=tip.id)
        notice = Notice(key="alert.assigned", params=params, buttons=((show,),), private=True, about=about)
        unit.outbox.put(notice, chat=chosen.chat, language=chosen.language)
    return view, chosen


async def informant_name(unit: Unit, person: Person, tip_id: str) -> str:
    """The name of an informant who chose to give it; every look is recorded."""
    tip = await _mine(unit, person, tip_id)
    known = await alerts.named(unit, tip) if tip.identity is Identity.NAMED else None
    if known is None:
        raise Refused("tip.nameless")
    unit.happened(Happening.NAME_SEEN, ward=tip.ward, subject=tip.id, by=_id(person))
    return known[2]


async def _received(unit: Unit, person: Person, tip: Tip, *, alone: bool = True) -> Tip:
    waited, in_time = _since(unit, tip), tips.overdue_by(tip, unit.now, unit.clocks) is None
    tip = tips.receive(_seen(unit, person, tip), _id(person), unit.now, unit.clocks)
    unit.tips.save(tip)
    told = {"after": waited, "urgent": tip.urgent, "in_time": in_time}
    unit.happened(Happening.TIP_RECEIVED, ward=tip.ward, subject=tip.id, by=_id(person), **told)
    if alone:
        await alerts.informant(unit, tip)
    return tip


def _since(unit: Unit, tip: Tip) -> int:
    """Seconds since the tip was opened, in quarter-hours from the quarter that its card shows.

    Officers know when they pressed and read sums of these: anything finer would tell them when somebody wrote. Of an
    urgent one they know it, as its first word rings at once: it is kept in minutes, by which its receipt is judged.
    A clock that was set back must not make a time that no figure can hold.
    """
    if tip.urgent:
        return max(0, (unit.now - tip.opened_at) // MINUTE * 60)
    return in_quarters(unit.now - quarter_hour(tip.opened_at))


def _seen(unit: Unit, person: Person, tip: Tip) -> Tip:
    if tip.seen_at is None:
        tip = tips.see(tip, unit.now)
        unit.tips.save(tip)
        unit.watches.remove(tip.id)
        unit.happened(Happening.TIP_SEEN, ward=tip.ward, subject=tip.id, by=_id(person))
    return tip


async def _taken_in(unit: Unit, person: Person, tip_id: str) -> Tip:
    """Whoever asks about, ends, forwards or values a new tip has thereby received it."""
    tip = await _mine(unit, person, tip_id)
    return tip if tip.received_at is not None or not tip.open else await _received(unit, person, tip, alone=False)


async def _mine(unit: Unit, person: Person, tip_id: str) -> Tip:
    mine = wards(person)
    tip = await unit.tips.find(tip_id)
    if tip is None or tip.ward not in mine:
        raise Refused("tip.not_here")
    return tip


async def _put(unit: Unit, tip: Tip, kind: str, text: str) -> None:
    sealer = await unit.tip_keys.of(tip.id)
    if sealer is None:
        raise Refused("tip.gone")
    reporting.put_part(unit, sealer, tip.id, len(await unit.parts.of(tip.id)), kind, text)


def _id(person: Person) -> str:
    if person.contact is None:
        raise Refused("role.police_only")
    return person.contact.id
