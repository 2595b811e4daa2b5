"""What whoever holds a receipt can do: read, answer, add. The receipt alone decides; nobody asks who they are."""

from cases import alerts, cards, reporting
from domain import tips
from domain.errors import Refused
from domain.events import Happening
from domain.people import Person
from domain.text import nfc
from domain.tips import LONGEST_TEXT, Tip
from domain.views import InformantView
from storage.unit import Unit


async def view(unit: Unit, receipt: str) -> InformantView:
    """How the tip stands, what was asked, what came of it."""
    return await cards.informant_view(unit, await _opened_by(unit, receipt))


async def add(unit: Unit, receipt: str, text: str) -> Tip:
    """An answer to a question, or something more; a clock that waited for it runs on."""
    tip = await _opened_by(unit, receipt)
    text = nfc(text).strip()
    if len(text) > LONGEST_TEXT:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    sealer = await unit.tip_keys.of(tip.id)
    if sealer is None:
        raise Refused("tip.gone")
    answered = tip.asked_at is not None
    tip = tips.answer(tip, unit.now, unit.clocks)
    kind = "answer" if answered else "told"
    reporting.put_part(unit, sealer, tip.id, len(await unit.parts.of(tip.id)), kind, text)
    unit.tips.save(tip)
    unit.happened(Happening.TIP_ANSWERED, ward=tip.ward, subject=tip.id)
    await alerts.more(unit, tip.id)
    return tip


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
