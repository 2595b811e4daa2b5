"""What whoever holds a receipt can do: read, answer, add. The receipt alone decides; nobody asks who they are."""

from cases import alerts, cards, reporting
from domain import tips
from domain.errors import Refused
from domain.events import Happening
from domain.people import Person
from domain.pieces import Piece, PieceKind
from domain.places import Place
from domain.talks import Talk
from domain.text import nfc
from domain.tips import LONGEST_TEXT, Rating, Status, Tip
from domain.views import InformantView
from storage.unit import Unit


async def view(unit: Unit, receipt: str) -> InformantView:
    """How the tip stands, what was asked, what came of it."""
    return await cards.informant_view(unit, await _opened_by(unit, receipt))


async def add(unit: Unit, receipt: str, piece: Piece | str) -> Tip:
    """An answer to a question, or something more; a clock that waited for it runs on."""
    tip = await _opened_by(unit, receipt)
    piece = Piece(text=piece) if isinstance(piece, str) else piece
    piece = piece.model_copy(update={"text": nfc(piece.text).replace("\0", "").strip()})
    if len(piece.text) > LONGEST_TEXT:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    sealer = await unit.tip_keys.of(tip.id)
    if sealer is None:
        raise Refused("tip.gone")
    answered = tip.asked_at is not None
    tip = tips.answer(tip, unit.now, unit.clocks)
    seq = len(await unit.parts.of(tip.id))
    if answered and piece.kind is PieceKind.TOLD:
        reporting.put_part(unit, sealer, tip.id, seq, "answer", piece.text)
    else:
        reporting.put_piece(unit, sealer, tip.id, seq, piece)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_ANSWERED, ward=tip.ward, subject=tip.id)
    await alerts.more(unit, tip.id, answered=answered)
    return tip


async def rate(unit: Unit, receipt: str, rating: Rating) -> InformantView:
    """How satisfied the informant is, once. No officer is told, and no card shows it (decision 25).

    Written on the tip's side alone, as an answer is. Raises Refused for a tip that is open, and for a second word.
    """
    tip = tips.rate(await _opened_by(unit, receipt), rating)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_RATED, ward=tip.ward, subject=tip.id, how=rating.value)
    return await cards.informant_view(unit, tip)


async def withdraw(unit: Unit, receipt: str) -> Tip:
    """*Rút tin*: the words and the files are erased for good, by destroying their key; that there was a tip stays."""
    tip = tips.withdraw(await _opened_by(unit, receipt), unit.now)
    for piece in await cards.pieces(unit, tip):
        if piece.file is not None:
            unit.files.drop(piece.file.id)
    return await _taken_back(unit, tip)


async def known_to_ward(unit: Unit, talk: Talk) -> tuple[bool, Place]:
    """Of an urgent story that is open in the ward: whether an officer has read it, and to which province it can go.

    Raises Refused when the ward has ended it or passed it on: there it stays.
    """
    tip = await _in_ward(unit, talk)
    return tip.seen_at is not None, await reporting.province_of(unit, tip.ward)


async def past_ward(unit: Unit, talk: Talk) -> Talk:
    """*Rút khỏi phường, gửi tỉnh*: it was said too late that such a story is about an officer.

    It is erased in the ward and opens anew at the province, which is alerted; its files go with it.
    """
    tip = await _in_ward(unit, talk)
    province = await reporting.province_of(unit, tip.ward)
    await _taken_back(unit, tips.withdraw(tip, unit.now))
    changed = {"tip": None, "receipt": None, "alerted": False, "ward": province.code}
    anew = talk.draft.model_copy(update=changed) if talk.draft else None
    talk, _ = await reporting.now_urgent(unit, talk.model_copy(update={"draft": anew, "past_ward": True}))
    return talk


async def _in_ward(unit: Unit, talk: Talk) -> Tip:
    """The open tip of a story that is still being told to the ward."""
    draft = talk.draft
    tip = await unit.tips.find(draft.tip) if draft and draft.tip else None
    if draft is None or tip is None or await reporting.past_ward(unit, draft):
        raise Refused("button.stale")
    if tip.status in (Status.FORWARDED, Status.CLOSED):
        raise Refused("tip.ward_has_ended")
    return tip


async def _taken_back(unit: Unit, tip: Tip) -> Tip:
    """The words of a tip go with its key; officers are told that they are gone."""
    for part in await unit.parts.of(tip.id):
        unit.parts.remove(part.id)
    unit.tip_keys.remove(tip.id)
    unit.watches.remove(tip.id)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_CLOSED, ward=tip.ward, subject=tip.id, outcome=tip.outcome or "")
    await alerts.withdrawn(unit, tip)
    return tip


async def cut(unit: Unit, receipt: str) -> Tip:
    """*Cắt liên lạc*: the way back and the name are destroyed; the receipt still opens the tip."""
    tip = tips.cut(await _opened_by(unit, receipt))
    for part in await unit.parts.of(tip.id):
        if part.kind == "informant":
            unit.parts.remove(part.id)
    unit.tips.save(tip)
    return tip


async def withdraw_named(unit: Unit, person: Person) -> tuple[int, int]:
    """Takes back every tip that a person sent with their name; returns how many went and how many had to stay."""
    gone = kept = 0
    for tip, receipt in await named_tips(unit, person):
        if tip.status in (Status.FORWARDED, Status.CLOSED):
            await cut(unit, receipt)
            kept += 1
        else:
            await withdraw(unit, receipt)
            gone += 1
    return gone, kept


async def named_tips(unit: Unit, person: Person) -> list[tuple[Tip, str]]:
    """Tips that this person sent with their name, with the receipt of each; hidden ones can't be listed by anybody."""
    if person.contact is None:
        return []
    found = []
    for tip in await unit.tips.named_by(person.contact.id):
        known = await alerts.named(unit, tip)
        if known is not None:
            found.append((tip, known[1]))
    return found


async def _opened_by(unit: Unit, receipt: str) -> Tip:
    tip = await unit.tips.by_receipt(receipt)
    if tip is None:
        raise Refused("tip.gone")
    return tip
