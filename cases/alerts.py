"""Who is told when a tip comes in or goes on."""

from cases import cards, people
from domain.notices import Button, Lane, Matter, Notice, Rows
from domain.tips import Tip
from storage.unit import Unit

# Telegram names whoever sends; the button's secret is filled in by delivery, which alone opens a return address.
RECEIPT_OF_ADDRESS = "*"


async def opened(unit: Unit, tip: Tip) -> bool:
    """A new tip: a card to every officer on duty; an urgent one overtakes everything else that waits.

    Returns whether anybody is there to be alerted.
    """
    view = await cards.police_view(unit, tip)
    return await to_officers(unit, tip, cards.card(view))


async def more(unit: Unit, tip_id: str, *, answered: bool = False) -> None:
    """The informant of a tip told more, or answered what an officer asked."""
    tip = await unit.tips.find(tip_id)
    if tip is None:
        return
    show = Button(label="button.show", press=f"tip.show:{tip.id}")
    notice = Notice(
        key="alert.answered" if answered else "alert.more_urgent" if tip.urgent else "alert.more",
        params={"code": tip.code, "category": tip.category.value},
        buttons=((show,),),
        private=True,
    )
    await to_officers(unit, tip, notice)


async def withdrawn(unit: Unit, tip: Tip) -> None:
    """The informant took the tip back: nothing of it is left to read."""
    await to_officers(unit, tip, Notice(key="alert.withdrawn", params={"code": tip.code}, private=True))


async def to_officers(unit: Unit, tip: Tip, notice: Notice) -> bool:
    """To the officer who has the tip in hand, if they are on duty; an urgent one, or another, to everybody on duty.

    Of an urgent tip it overtakes everything else that waits. Where nobody is left whom it reaches it goes on.
    Returns whether there is anybody.
    """
    readers = await people.on_duty(unit, tip.ward)
    holder = next((reader for reader in readers if reader.id == tip.assigned_to), None)
    if holder is not None and not tip.urgent:
        readers = [holder]
    if tip.urgent and tip.open:
        notice = notice.model_copy(update={"lane": Lane.URGENT, "about": Matter(kind="tip", id=tip.id)})
    elif tip.open:
        notice = notice.model_copy(update={"about": Matter(kind="given", id=tip.id)})
    unit.outbox.put_many(notice, [(reader.chat, reader.language) for reader in readers])
    return bool(readers)


async def informant(unit: Unit, tip: Tip) -> None:
    """There is news of a tip: only its code is pushed, and only where the informant left a way back."""
    if tip.return_address is not None:
        unit.outbox.put(_news(tip.code, RECEIPT_OF_ADDRESS), address=tip.return_address)
    elif tip.informant_key is not None:
        known = await named(unit, tip)
        contact = await unit.contacts.find(known[0]) if known else None
        if known and contact:
            unit.outbox.put(_news(tip.code, known[1]), chat=contact.chat, language=contact.language)


def receipt_buttons(receipt: str, begin: int | None) -> Rows:
    """What stands under a receipt. `begin` is the message from which on the story can be wiped from the chat."""
    first = (
        Button(label="button.view", press=f"r.view:{receipt}"),
        Button(label="button.add", press=f"r.add:{receipt}"),
    )
    wipe = Button(label="button.wipe", press=f"x.wipe:{begin}")
    return (first,) if begin is None else (first, (wipe,))


async def named(unit: Unit, tip: Tip) -> tuple[str, str, str] | None:
    """Contact, receipt and name of an informant who chose to be known."""
    sealer = await unit.tip_keys.of(tip.id)
    part = next((part for part in await unit.parts.of(tip.id) if part.kind == "informant"), None)
    if sealer is None or part is None:
        return None
    contact, receipt, name = sealer.open(part.body, f"tip_parts/body/{part.id}").decode().split("\n", 2)
    return contact, receipt, name


def _news(code: str, receipt: str) -> Notice:
    look = Button(label="button.look", press=f"r.view:{receipt}")
    return Notice(key="alert.news", params={"code": code}, buttons=((look,),))
