"""Somebody tells a story, steps at once and in order; in the end each is stored once, whole, and was answered once."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cases.cards import pieces, police_view
from domain.clocks import Clocks
from simulator.phone import Phone
from simulator.server import Simulator
from storage.engine import Database, open_database
from storage.files import read_file
from storage.outbox import Numbers
from storage.unit import Unit
from storage.vault import Vault, open_vault
from tests.files.corpus import photo
from tests.process.product import Product

RECEIPT = "Mã tin:"
Stored = tuple[tuple[str, ...], tuple[str, ...]]
WARD = "16666"  # nobody serves it: no officer's chat paces the answers


@dataclass
class Told:
    """One person's story, its words in order."""

    phone: Phone
    pictured: bool
    words: tuple[str, ...] = field(default_factory=lambda: tuple(f"tin{secrets.token_hex(6)}" for _ in range(3)))

    @property
    def stored(self) -> Stored:
        """How it should be stored: words in their order, then the words that came with a readable picture."""
        said = self.words if not self.pictured else (self.words[0], self.words[2])
        return said, (self.words[1],) if self.pictured else ()

    @property
    def receipts(self) -> int:
        """How often the receipt has come."""
        return sum(RECEIPT in message.get("text", "") for message in self.phone.heard)


async def tell(sim: Simulator, *, pictured: bool = False) -> Told:
    """A new person, from `/start` to how to be known, without waiting for any answer."""
    told = Told(sim.phone("Người dân"), pictured)
    phone = told.phone
    await phone.send(f"/start w_{WARD}")
    for data in ("s.begin", "s.agree"):
        await phone.press_data(data)
    await phone.send("/baotin")
    await phone.press_data("t.kind:scam")
    for number, word in enumerate(told.words):
        if pictured and number == 1:
            await phone.send_photo(photo(), caption=word)
        else:
            await phone.send(word)
    for data in ("t.send", "t.as:hidden"):
        await phone.press_data(data)
    return told


async def damage(product: Product, stories: list[Told]) -> list[str]:
    """What is wrong in the end, in words; nobody may be serving."""
    vault = open_vault(product.key)
    db = await open_database(product.settings["DATABASE_URL"])
    try:
        stored = await _stored(db, vault, product.data / "files")
        wanted = [story.stored for story in stories]
        wrong = [f"lost or changed: {one}" for one in wanted if stored.count(one) != 1]
        wrong += [f"strange or doubled: {one}" for one in stored if wanted.count(one) != 1]
        return [*wrong, *await _wrong_rows(db), *_wrong_answers(stories)]
    finally:
        await db.close()


async def _wrong_rows(db: Database) -> list[str]:
    counts = {
        "updates were not handled": "SELECT COUNT(*) AS n FROM inbox WHERE state <> 'done'",
        "messages are still owed": "SELECT COUNT(*) AS n FROM outbox",
        "files are not ready": "SELECT COUNT(*) AS n FROM files WHERE state <> 'ready'",
    }
    async with db.reading() as tx:
        found = {what: (await tx.fetch(sql))[0]["n"] for what, sql in counts.items()}
    return [f"{number} {what}" for what, number in found.items() if number]


async def _stored(db: Database, vault: Vault, folder: Path) -> list[Stored]:
    found: list[Stored] = []
    async with db.reading() as tx:
        unit = Unit(tx, vault, datetime.now(UTC), Numbers(), Clocks())
        for row in await tx.fetch("SELECT id FROM tips"):
            tip = await unit.tips.find(row["id"])
            assert tip is not None
            said = tuple(line.text for line in (await police_view(unit, tip)).lines)
            shown = [piece for piece in await pieces(unit, tip) if piece.file and await read_file(folder, piece.file)]
            found.append((said, tuple(piece.text for piece in shown)))
    return found


def _wrong_answers(stories: list[Told]) -> list[str]:
    return [f"{story.receipts} receipts for {story.words}" for story in stories if story.receipts != 1]
