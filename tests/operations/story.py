"""Tips, told and read without Telegram."""

from bot.build import App
from cases import receipts, reporting
from cases.reporting import Sent
from domain.people import Person
from domain.talks import Talk
from domain.tips import Category, Identity
from storage.unit import Unit

WARD = "18115"
LAN = Person(chat=4711, name="Lan", language="vi")


async def told(app: App, text: str) -> Sent:
    """A hidden tip, from its first word until its receipt."""

    async def tell(unit: Unit) -> Sent:
        talk = Talk(key=unit.talks.key_of_chat(LAN.chat), touched_at=unit.now)
        talk, _ = await reporting.tell(unit, reporting.start(unit, talk, WARD, Category.DRUGS), text)
        return await reporting.send(unit, talk, LAN, Identity.HIDDEN)

    return await app.in_unit(tell)


async def words_of(app: App, sent: Sent) -> list[str] | None:
    """What can still be read of a tip; None when its key is gone."""

    async def read(unit: Unit) -> list[str] | None:
        sealer = await unit.tip_keys.of(sent.tip.id)
        if sealer is None:
            return None
        parts = await unit.parts.of(sent.tip.id)
        return [sealer.open(part.body, f"tip_parts/body/{part.id}").decode() for part in parts]

    return await app.read(read)


async def withdrawn(app: App, sent: Sent) -> None:
    """The informant takes it back."""
    await app.in_unit(lambda unit: receipts.withdraw(unit, sent.receipt))
