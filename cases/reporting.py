"""A resident tells something: the draft, the tip, and how its informant is known."""

import secrets
from dataclasses import dataclass

from cases import alerts, checking
from domain.errors import Refused
from domain.events import Happening
from domain.notices import Notice
from domain.people import Person
from domain.pieces import Piece, PieceKind
from domain.places import Place, UnitKind
from domain.talks import Draft, Talk
from domain.text import nfc
from domain.tips import LONGEST_TEXT, URGENT, Category, Identity, Tip, new_code, new_receipt
from storage.matters import Part
from storage.unit import Unit, new_id
from storage.vault import Sealer
from storage.watches import Watch

MOST_FILES = 20


@dataclass(frozen=True)
class Sent:
    """A tip that was opened, and the capability that opens it for whoever holds it."""

    tip: Tip
    receipt: str


def start(unit: Unit, talk: Talk, ward: str, category: Category, message: int | None = None) -> Talk:
    """A draft of this kind. `message` is where the story begins in the chat: from there on it can be wiped."""
    draft = Draft(ward=ward, category=category, urgent=category in URGENT, first_message=message)
    return _kept(unit, talk, step="tell", draft=draft, story=None, reminded=False)


async def tell(unit: Unit, talk: Talk, piece: Piece | str) -> tuple[Talk, Sent | None]:
    """One more piece of the story. The first piece of an urgent one opens the tip at once, hidden, and alerts.

    Of a story longer than 4,000 characters what fits is kept. Raises Refused when nothing fits, or 20 files are in.
    """
    draft = _draft(talk)
    piece = Piece(text=piece) if isinstance(piece, str) else piece
    piece = piece.model_copy(update={"text": nfc(piece.text).replace("\0", "").strip()})
    room = LONGEST_TEXT - draft.told()
    if piece.text and not room:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    # What fits is kept: Telegram itself splits what is longer, and a lost beginning would make nonsense of the rest.
    piece = piece.model_copy(update={"text": piece.text[:room]})
    if piece.file is not None and sum(told.file is not None for told in draft.parts) >= MOST_FILES:
        raise Refused("tip.too_many_files", limit=MOST_FILES)
    draft = draft.model_copy(update={"parts": (*draft.parts, piece)})
    sent = None
    if draft.tip is not None:
        await _add(unit, draft.tip, piece)
        if draft.alerted:
            await alerts.more(unit, draft.tip)
        draft = await _alerted(unit, draft)
    elif draft.urgent:
        draft, sent = await _open_at_once(unit, talk, draft)
    return _kept(unit, talk, step="tell", draft=draft), sent


def mend(unit: Unit, talk: Talk, message: int, text: str) -> Talk | None:
    """An edited message mends its piece while the story has not been sent; None when there is nothing to mend."""
    draft = talk.draft
    if draft is None or draft.tip is not None or all(piece.message != message for piece in draft.parts):
        return None
    mended = tuple(
        piece.model_copy(update={"text": nfc(text).strip()}) if piece.message == message else piece
        for piece in draft.parts
    )
    draft = draft.model_copy(update={"parts": mended})
    if draft.told() > LONGEST_TEXT:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    return _kept(unit, talk, draft=draft)


async def now_urgent(unit: Unit, talk: Talk) -> tuple[Talk, Sent | None]:
    """*Đang xảy ra*: it is happening now, whatever its kind; with a word told already, officers are alerted at once."""
    draft = _draft(talk).model_copy(update={"urgent": True})
    sent = None
    if draft.parts and draft.tip is None:
        draft, sent = await _open_at_once(unit, talk, draft)
    return _kept(unit, talk, draft=draft), sent


async def to_province(unit: Unit, talk: Talk) -> tuple[Talk, Place]:
    """A tip about an officer or an official of the ward goes to the province, never to the ward (`promises.md`).

    Said twice, it stays so. Raises Refused for one that is open in the ward: that one has to be taken back.
    """
    draft = _draft(talk)
    if there := await past_ward(unit, draft):
        return _kept(unit, talk, draft=await _alerted(unit, draft), past_ward=True), there
    if draft.tip is not None:
        raise Refused("button.stale")
    province = await province_of(unit, draft.ward)
    return _kept(unit, talk, draft=draft.model_copy(update={"ward": province.code}), past_ward=True), province


async def province_of(unit: Unit, ward: str) -> Place:
    """Where tips go past this ward. Raises Refused when no province stands over it."""
    place = await unit.places.find(ward)
    province = await unit.places.find(place.parent) if place and place.parent else None
    if province is None or province.kind is not UnitKind.PROVINCE:
        raise Refused("tip.no_province")
    return province


def move(unit: Unit, talk: Talk, before: str | None, ward: str) -> Talk:
    """A story that is not open yet goes with its teller to another ward; one for the province stays there."""
    draft = talk.draft
    if draft is None or draft.tip is not None or draft.ward != before:
        return talk
    return _kept(unit, talk, draft=draft.model_copy(update={"ward": ward}))


async def past_ward(unit: Unit, draft: Draft) -> Place | None:
    """The province to which a story goes, past the ward; None while it goes to the ward."""
    place = await unit.places.find(draft.ward)
    return place if place is not None and place.kind is UnitKind.PROVINCE else None


def leave(unit: Unit, talk: Talk, language: str) -> None:
    """A story that is not sent is forgotten with its files. Of an urgent one, which is open, the receipt is given."""
    draft = talk.draft
    if draft is None:
        return
    if draft.tip is None:
        for piece in draft.parts:
            if piece.file is not None:
                unit.files.drop(piece.file.id)
    elif talk.chat is not None:
        buttons = alerts.receipt_buttons(draft.receipt or "", draft.first_message)
        unit.outbox.put(Notice(key="cancel.urgent_kept", buttons=buttons), chat=talk.chat, language=language)


async def forget_old(unit: Unit, talk: Talk) -> None:
    """A talk that nobody has gone on with goes."""
    contact = await unit.contacts.by_chat(talk.chat) if talk.chat is not None else None
    leave(unit, talk, contact.language if contact else "vi")
    _remove(unit, talk)


async def finish(unit: Unit, talk: Talk) -> Sent | None:
    """*Gửi*. An urgent tip gets its receipt now and the draft dies; another still has to say how to be known."""
    draft = _draft(talk)
    if not draft.parts:
        raise Refused("tip.empty")
    if draft.tip is None or draft.receipt is None:
        _kept(unit, talk, step="identity")
        return None
    tip = await unit.tips.find(draft.tip)
    await _alerted(unit, draft)
    _remove(unit, talk)
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
    sent = await _open(unit, draft)
    if identity is not Identity.HIDDEN:
        sent = await be_known(unit, sent.receipt, person, identity)
    await alerts.opened(unit, sent.tip)
    _remove(unit, talk)
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


async def _open_at_once(unit: Unit, talk: Talk, draft: Draft) -> tuple[Draft, Sent]:
    """An urgent tip: officers are alerted now; if none opens it within a minute the person is told."""
    sent = await _open(unit, draft)
    if talk.chat is not None:
        address = await unit.return_keys.write(sent.receipt, talk.chat, unit.now)
        due = unit.now + unit.clocks.open_urgent_within
        unit.watches.save(Watch(tip=sent.tip.id, due_at=due, address=address))
    alerted = await alerts.opened(unit, sent.tip)
    return draft.model_copy(update={"tip": sent.tip.id, "receipt": sent.receipt, "alerted": alerted}), sent


async def _alerted(unit: Unit, draft: Draft) -> Draft:
    """When an urgent tip was opened nobody may have been there; whoever is by now is alerted before it is said."""
    tip = await unit.tips.find(draft.tip) if draft.tip and not draft.alerted else None
    if tip is None or not tip.open:
        return draft
    return draft.model_copy(update={"alerted": await alerts.opened(unit, tip)})


async def _open(unit: Unit, draft: Draft) -> Sent:
    secret = new_receipt(secrets.randbelow)
    tip = Tip(
        id=new_id(),
        code=new_code(secrets.randbelow),
        ward=draft.ward,
        category=draft.category,
        urgent=draft.urgent,
        identity=Identity.HIDDEN,
        opened_at=unit.now,
        due_at=unit.clocks.receive_by(unit.now, draft.urgent),
        receipt_hash=unit.tips.receipt_hash(secret),
    )
    sealer = unit.tip_keys.mint(tip.id)
    unit.parts.begin(tip.id)
    for seq, piece in enumerate(draft.parts):
        put_piece(unit, sealer, tip.id, seq, piece)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_OPENED, ward=tip.ward, subject=tip.id, category=tip.category.value, urgent=tip.urgent)
    return Sent(tip, secret)


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


async def _add(unit: Unit, tip: str, piece: Piece) -> None:
    sealer = await unit.tip_keys.of(tip)
    if sealer is None:
        raise Refused("tip.gone")
    put_piece(unit, sealer, tip, len(await unit.parts.of(tip)), piece)


def put_piece(unit: Unit, sealer: Sealer, tip: str, seq: int, piece: Piece) -> None:
    """One sealed piece of a story; a file's own key lies inside, so that the tip's key erases the file too."""
    if piece.kind is PieceKind.TOLD:
        put_part(unit, sealer, tip, seq, "told", piece.text)
    else:
        put_part(unit, sealer, tip, seq, piece.kind.value, piece.model_dump_json(exclude={"message"}))


def put_part(unit: Unit, sealer: Sealer, tip: str, seq: int, kind: str, text: str) -> None:
    """One sealed part of a tip."""
    name = new_id()
    body = sealer.seal(text.encode(), f"tip_parts/body/{name}")
    unit.parts.save(Part(id=name, tip=tip, seq=seq, kind=kind, at=unit.now, body=body))


def _remove(unit: Unit, talk: Talk) -> None:
    """Nothing of the talk stays, nor of a check that was begun in it."""
    checking.drop_pictures(unit, talk.findings.values())
    unit.talks.remove(talk.key)


def _kept(unit: Unit, talk: Talk, **changes: object) -> Talk:
    changed = talk.model_copy(update={**changes, "touched_at": unit.now})
    unit.talks.save(changed)
    return changed


def _draft(talk: Talk) -> Draft:
    if talk.draft is None:
        raise Refused("button.stale")
    return talk.draft
