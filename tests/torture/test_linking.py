"""P7, short form: who has the whole database can't tell which person sent which hidden tip, by time or by order."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.build import App, open_app
from bot.commands import COMMANDS
from bot.installing import install
from cases.cards import police_view
from domain.events import Happening
from domain.tips import Rating
from simulator.phone import Phone
from simulator.server import Simulator
from storage import outbox
from storage.records import to_ms
from storage.unit import Unit
from tests.journeys.town import SATURDAY_EVENING, Clock, settings_for
from tests.torture.linking import Verdict, attack, dump
from tests.torture.load import word

PEOPLE = 80
Rows = list[dict[str, Any]]


class Ward:
    """The product without its network: what people say is handled at once, and each thing at a time of its own."""

    def __init__(self, sim: Simulator, app: App, clock: Clock, chance: random.Random) -> None:
        self.sim = sim
        self.app = app
        self.clock = clock
        self.chance = chance
        self.words: dict[int, str] = {}
        self.receipts: dict[int, str] = {}

    async def handle(self) -> None:
        """Everything that was said; each update at a later time than the one before it."""
        while entries := self.sim.world.updates.take(1):
            self.clock.time += timedelta(seconds=self.chance.randint(1, 300))
            await self.app.accept([(entry.order, entry.body) for entry in entries])
            while await self.app.dispatch.one_batch():
                pass

    async def arrive(self, phone: Phone) -> None:
        """Agrees, and lives in a ward."""
        await phone.send("/start w_18115")
        await phone.press_data("s.begin")
        await phone.press_data("s.agree")
        await self.handle()

    async def tell(self, phone: Phone) -> None:
        """A hidden tip, from start to end."""
        self.words[phone.id] = word()
        await phone.send("/baotin")
        await phone.press_data("t.kind:scam")
        await phone.send(self.words[phone.id])
        await phone.press_data("t.send")
        await phone.press_data("t.as:hidden")
        await self.handle()

    async def officer(self) -> Phone:
        """Somebody who closes tips."""
        phone = self.sim.phone("Trung úy Nam")
        await phone.open_link((await COMMANDS["invite"](self.app, {"role": "duty_officer", "unit": "18115"})).out)
        await phone.press_data("s.agree")
        await self.handle()
        return phone

    async def close_all(self, officer: Phone) -> None:
        """Every tip gets its end."""
        for tip in await self.app.read(lambda unit: unit.fetch("SELECT id FROM tips ORDER BY id")):
            await officer.press_data(f"tip.end:{tip['id']}:resolved")
        await self.handle()

    async def rate(self, phone: Phone) -> None:
        """Looks at the answer and says how satisfied they are."""
        receipt = self.receipts[phone.id]
        await phone.press_data(f"r.view:{receipt}")
        await phone.press_data(f"r.rate:{self.chance.choice(list(Rating)).value}:{receipt}")
        await self.handle()

    async def delivered(self) -> None:
        """Everything that is owed has reached its reader, who keeps the receipt."""

        async def settle(tx: Any) -> None:
            waiting = await outbox.waiting(tx)
            posts, _ = await outbox.read(tx, self.app.vault, waiting)
            for post in posts:
                for button in (button for row in post.notice.buttons for button in row):
                    verb, _, receipt = button.press.partition(":")
                    if verb == "r.view" and post.chat is not None:
                        self.receipts[post.chat] = receipt
            await outbox.ended(tx, waiting)

        await self.app.db.run(settle)


@asynccontextmanager
async def ward_in(folder: Path, chance: random.Random) -> AsyncIterator[Ward]:
    """A fresh installation."""
    async with Simulator(limits=False) as sim:
        clock = Clock(SATURDAY_EVENING)
        settings = settings_for(folder, sim.url)
        await install(settings, clock.now)
        async with open_app(settings, clock.now) as app:
            await COMMANDS["init"](app, {"sample": True})
            await app.edge.initialize()
            yield Ward(sim, app, clock, chance)
            await app.edge.shutdown()


@dataclass
class Loot:
    """What the attacker takes, and the truth that only the test knows: the n-th person sent the n-th tip."""

    tables: dict[str, Rows]
    contacts: list[str]
    tips: list[str]
    officer: bytes
    """The key of the officer's talk: what they do may be kept."""

    def verdict(self, persons: str, tips: str, chance: random.Random, key: str = "id", tip: str = "id") -> Verdict:
        """The attack on one pair of tables."""
        by_person = {row[key]: row for row in self.tables[persons]}
        by_tip: dict[str, dict[str, Any]] = {}
        for row in self.tables[tips]:
            by_tip.setdefault(row[tip], row)
        mine = [by_person[contact] for contact in self.contacts]
        return attack(mine, [by_tip[name] for name in self.tips], chance)


async def loot(ward: Ward, people: list[Phone], officer: Phone, database: Path) -> Loot:
    """The dump, and the truth by the keys."""

    async def truth(unit: Unit) -> tuple[list[str], list[str]]:
        contacts = []
        for phone in people:
            contact = await unit.contacts.by_chat(phone.id)
            assert contact is not None
            contacts.append(contact.id)
        sender = {}
        for row in await unit.fetch("SELECT id FROM tips"):
            tip = await unit.tips.find(row["id"])
            assert tip is not None
            sender[(await police_view(unit, tip)).lines[0].text] = tip.id
        return contacts, [sender[ward.words[phone.id]] for phone in people]

    async def key(unit: Unit) -> bytes:
        return unit.talks.key_of_chat(officer.id)

    contacts, tips = await ward.app.read(truth)
    key_of_officer = await ward.app.read(key)
    await ward.app.close()
    tables = dump(database)
    tables["ratings"] = [row for row in tables["events"] if row["kind"] == Happening.TIP_RATED]
    return Loot(tables, contacts, tips, key_of_officer)


TIP_SIDES = [("tips", "id"), ("tip_keys", "tip"), ("tip_parts", "tip"), ("events", "subject"), ("ratings", "subject")]


async def everybody_tells(folder: Path, chance: random.Random) -> Loot:
    """Everybody arrives, in one order; days later everybody sends a hidden tip in another and rates it in a third."""
    async with ward_in(folder, chance) as ward:
        people = [ward.sim.phone(f"Người {number}") for number in range(PEOPLE)]
        for phone in chance.sample(people, PEOPLE):
            await ward.arrive(phone)
        await ward.delivered()
        ward.clock.time += timedelta(days=2)
        for phone in chance.sample(people, PEOPLE):
            await ward.tell(phone)
        await ward.delivered()
        officer = await ward.officer()
        await ward.close_all(officer)
        for phone in chance.sample(people, PEOPLE):
            await ward.rate(phone)
        await ward.delivered()
        return await loot(ward, people, officer, folder / "data" / "anphuong.db")


async def everybody_comes_to_tell(folder: Path, chance: random.Random) -> Loot:
    """Everybody arrives and sends a hidden tip in the same visit; what a thief of the master key reads is there too."""
    async with ward_in(folder, chance) as ward:
        people = [ward.sim.phone(f"Người {number}") for number in range(PEOPLE)]
        for phone in chance.sample(people, PEOPLE):
            await ward.arrive(phone)
            await ward.tell(phone)
            await ward.delivered()
        officer = await ward.officer()
        unsealed = await ward.app.read(lambda unit: _unsealed(unit, people))
        taken = await loot(ward, people, officer, folder / "data" / "anphuong.db")
    for row in taken.tables["contacts"]:
        row.update(unsealed.get(row["id"], {}))
    return taken


async def _unsealed(unit: Unit, people: list[Phone]) -> dict[str, dict[str, Any]]:
    """The sealed side of each contact, times as numbers."""
    found = [await unit.contacts.by_chat(phone.id) for phone in people]
    return {one.id: {**one.model_dump(), "agreed_at": to_ms(one.agreed_at)} for one in found if one is not None}


async def test_no_order_or_time_links_hidden_tips_to_persons(tmp_path: Path) -> None:
    chance = random.Random()
    taken = await everybody_tells(tmp_path, chance)
    left = {row["key"] for row in taken.tables["talks"]} - {taken.officer}
    assert left == set(), "neither a sent draft nor a word on its answer leaves a conversation behind"
    assert len(taken.tables["ratings"]) == PEOPLE
    verdicts = {tips: taken.verdict("contacts", tips, chance, tip=key) for tips, key in TIP_SIDES}
    assert not [verdict.best for verdict in verdicts.values() if verdict.beyond_chance]
    assert max(verdict.best.right for verdict in verdicts.values()) < 0.2

    # The same attack on what a careless program would keep: when each person was last here.
    opened = {row["id"]: row["opened_at"] for row in taken.tables["tips"]}
    seen = dict(zip(taken.contacts, (opened[tip] for tip in taken.tips), strict=True))
    for row in (row for row in taken.tables["contacts"] if row["id"] in seen):
        row["last_seen"] = seen[row["id"]] + chance.randint(500, 900)
    caught = taken.verdict("contacts", "tips", chance)
    assert caught.beyond_chance
    assert caught.best.person == "last_seen"
    assert caught.best.right > 0.9


async def test_who_comes_in_order_to_tell_is_not_named_by_their_consent(tmp_path: Path) -> None:
    """With the master key too: of consent the day is kept, and many come on a day."""
    chance = random.Random()
    taken = await everybody_comes_to_tell(tmp_path, chance)
    assert {row["key"] for row in taken.tables["talks"]} - {taken.officer} == set()
    tip_sides = [(tips, key) for tips, key in TIP_SIDES if tips != "ratings"]
    verdicts = {tips: taken.verdict("contacts", tips, chance, tip=key) for tips, key in tip_sides}
    assert not [verdict.best for verdict in verdicts.values() if verdict.beyond_chance]
    assert max(verdict.best.right for verdict in verdicts.values()) < 0.2

    # The moment of consent, kept to the second as it was once.
    opened = dict(zip(taken.contacts, taken.tips, strict=True))
    times = {row["id"]: row["opened_at"] for row in taken.tables["tips"]}
    for row in (row for row in taken.tables["contacts"] if row["id"] in opened):
        row["agreed_at"] = times[opened[row["id"]]] - chance.randint(60_000, 300_000)
    caught = taken.verdict("contacts", "tips", chance)
    assert caught.beyond_chance
    assert caught.best.person == "agreed_at"
    assert caught.best.right > 0.9
