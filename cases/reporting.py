"""A resident tells something: the draft, the tip, and how its informant is known."""

import secrets
from dataclasses import dataclass

from cases import alerts
from domain.errors import Refused
from domain.events import Happening
from domain.people import Person
from domain.talks import Draft, Talk
from domain.text import nfc
from domain.tips import LONGEST_TEXT, URGENT, Category, Identity, Tip, new_code
from storage.matters import Part
from storage.unit import Unit, new_id
from storage.vault import Sealer


@dataclass(frozen=True)
class Sent:
    """A tip that was opened, and the capability that opens it for whoever holds it."""

    tip: Tip
    receipt: str


def start(unit: Unit, talk: Talk, ward: str, category: Category, *, first: str | None = None) -> Talk:
    """A draft of this kind; words that were told before a kind was chosen are its first part."""
    draft = Draft(ward=ward, category=category, urgent=category in URGENT, parts=(first,) if first else ())
    changed = talk.model_copy(update={"step": "tell", "draft": draft, "text": None, "touched_at": unit.now})
    unit.talks.save(changed)
    return changed


async def tell(unit: Unit, talk: Talk, text: str) -> tuple[Talk, Sent | None]:
    """One more piece of the story. The first piece of an urgent one opens the tip at once, hidden, and alerts.

    Raises Refused when the story would be longer than 4,000 characters: what was told before stays.
    """
    draft = _draft(talk)
    piece = nfc(text).strip()
    if draft.told() + len(piece) > LONGEST_TEXT:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    draft = draft.model_copy(update={"parts": (*draft.parts, piece)})
    sent = None
    if draft.tip is not None:
        await _add(unit, draft.tip, "told", piece)
        await alerts.more(unit, draft.tip)
    elif draft.urgent:
        sent = await _open(unit, draft, Identity.HIDDEN, None)
        draft = draft.model_copy(update={"tip": sent.tip.id, "receipt": sent.receipt})
    changed = talk.model_copy(update={"step": "tell", "draft": draft, "touched_at": unit.now})
    unit.talks.save(changed)
    return changed, sent


async def now_urgent(unit: Unit, talk: Talk) -> tuple[Talk, Sent | None]:
    """*Đang xảy ra*: it is happening now, whatever its kind; with a word told already, officers are alerted at once."""
    draft = _draft(talk).model_copy(update={"urgent": True})
    sent = None
    if draft.parts and draft.tip is None:
        sent = await _open(unit, draft, Identity.HIDDEN, None)
        draft = draft.model_copy(update={"tip": sent.tip.id, "receipt": sent.receipt})
    changed = talk.model_copy(update={"draft": draft, "touched_at": unit.now})
    unit.talks.save(changed)
    return changed, sent


async def finish(unit: Unit, talk: Talk) -> Sent | None:
    """*Gửi*. An urgent tip gets its receipt now and the draft dies; another still has to say how to be known."""
    draft = _draft(talk)
    if not draft.parts:
        raise Refused("tip.empty")
    if draft.tip is None or draft.receipt is None:
        unit.talks.save(talk.model_copy(update={"step": "identity", "touched_at": unit.now}))
        return None
    tip = await unit.tips.find(draft.tip)
    unit.talks.remove(talk.key)
    if tip is None:
        raise Refused("tip.gone")
    return Sent(tip, draft.receipt)


async def send(unit: Unit, talk: Talk, person: Person, identity: Identity) -> Sent:
    """The tip leaves, known in the way that was chosen, and the draft dies with it."""
    draft = _draft(talk)
    if not draft.parts:
        raise Refused("tip.empty")
    if draft.tip is not None:
        raise Refused("button.stale")
    sent = await _open(unit, draft, identity, person)
    unit.talks.remove(talk.key)
    return sent


async def be_known(unit: Unit, receipt: str, person: Person, identity: Identity) -> Sent:
    """How the informant of an urgent tip wants to be known, chosen after *Gửi*; a choice that was made stays."""
    tip = await unit.tips.by_receipt(receipt)
    if tip is None:
        raise Refused("tip.gone")
    if tip.identity is not Identity.HIDDEN:
        raise Refused("tip.identity_chosen")
    if identity is not Identity.HIDDEN:
        sealer = await unit.tip_keys.of(tip.id)
        if sealer is None:
            raise Refused("tip.gone")
        tip = await _known_as(unit, tip, sealer, identity, person, receipt)
        unit.tips.save(tip)
    return Sent(tip, receipt)


async def _open(unit: Unit, draft: Draft, identity: Identity, person: Person | None) -> Sent:
    receipt = secrets.token_urlsafe(16)
    tip = Tip(
        id=new_id(),
        code=new_code(secrets.choice),
        ward=draft.ward,
        category=draft.category,
        urgent=draft.urgent,
        identity=Identity.HIDDEN,
        opened_at=unit.now,
        due_at=unit.clocks.receive_by(unit.now, draft.urgent),
        receipt_hash=unit.tips.receipt_hash(receipt),
    )
    sealer = unit.tip_keys.mint(tip.id)
    for seq, piece in enumerate(draft.parts):
        put_part(unit, sealer, tip.id, seq, "told", piece)
    if person is not None:
        tip = await _known_as(unit, tip, sealer, identity, person, receipt)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_OPENED, ward=tip.ward, subject=tip.id, category=tip.category.value, urgent=tip.urgent)
    await alerts.opened(unit, tip)
    return Sent(tip, receipt)


async def _known_as(unit: Unit, tip: Tip, sealer: Sealer, identity: Identity, person: Person, receipt: str) -> Tip:
    change: dict[str, object] = {"identity": identity}
    if identity is Identity.CALL_BACK:
        change["return_address"] = await unit.return_keys.write(receipt, person.chat, unit.now)
    if identity is Identity.NAMED:
        if person.contact is None:
            raise Refused("consent.needed")
        change["informant_key"] = unit.tips.informant_key(person.contact.id)
        put_part(unit, sealer, tip.id, 0, "informant", f"{person.contact.id}\n{receipt}\n{person.name}")
    return tip.model_copy(update=change)


async def _add(unit: Unit, tip: str, kind: str, text: str) -> None:
    sealer = await unit.tip_keys.of(tip)
    if sealer is None:
        raise Refused("tip.gone")
    put_part(unit, sealer, tip, len(await unit.parts.of(tip)), kind, text)


def put_part(unit: Unit, sealer: Sealer, tip: str, seq: int, kind: str, text: str) -> None:
    """One sealed piece of a tip."""
    name = new_id()
    body = sealer.seal(text.encode(), f"tip_parts/body/{name}")
    unit.parts.save(Part(id=name, tip=tip, seq=seq, kind=kind, at=unit.now, body=body))


def _draft(talk: Talk) -> Draft:
    if talk.draft is None:
        raise Refused("button.stale")
    return talk.draft
