"""Two wards in a database, a clock that a test moves, and short words for what people do there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from cases import people, reporting
from domain.clocks import Clocks
from domain.errors import Refused
from domain.events import Event, Happening
from domain.notices import Notice
from domain.people import Person, Role
from domain.places import Place, UnitKind
from domain.talks import Talk
from domain.tips import Category, Identity, Tip
from storage import sample
from storage.engine import Database
from storage.outbox import Numbers, Post
from storage.unit import Unit
from storage.vault import Vault
from storage.ward import Reported

T = TypeVar("T")
SATURDAY_EVENING = datetime(2026, 11, 21, 14, 45, tzinfo=UTC)  # 21:45 in the ward
SATURDAY = date(2026, 11, 21)
WARD, OTHER = "18115", "22759"
GROUPS = ("18115-5-lg1", "18115-5-lg2", "18115-5-lg3")
SECURITY = "18115-5-an1"
VAULT = Vault(b"a master key for the tests only.")
SINCE = {"valid_from": date(2025, 7, 1), "source": "sample"}


def _places() -> list[Place]:
    def group(code: str, name: str, kind: UnitKind = UnitKind.FIRE_GROUP) -> Place:
        return Place(code=code, name=name, kind=kind, parent="18115-5", ward=WARD, **SINCE)

    return [
        Place(code="42", name="Hà Tĩnh", kind=UnitKind.PROVINCE, **SINCE),
        Place(code=WARD, name="Bắc Hồng", kind=UnitKind.WARD, parent="42", ward=None, **SINCE),
        Place(code=OTHER, name="Kinh Dinh", kind=UnitKind.WARD, aliases=("Phan Rang",), phone="113", **SINCE),
        Place(code="18115-5", name="Tổ dân phố 5", kind=UnitKind.NEIGHBOURHOOD, parent=WARD, ward=WARD, **SINCE),
        group(GROUPS[0], "Tổ liên gia Hẻm 12"),
        group(GROUPS[1], "Tổ liên gia Chợ"),
        group(GROUPS[2], "Tổ liên gia 3"),
        group(SECURITY, "Tổ an ninh 1", UnitKind.SECURITY_GROUP),
        Place(code="22759-1-lg1", name="Tổ liên gia 1", kind=UnitKind.FIRE_GROUP, ward=OTHER, **SINCE),
    ]


class World:
    """What a test works with. Every `unit()` is a transaction of its own, committed at its end."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.vault = VAULT
        self.clocks = Clocks()
        self.now = SATURDAY_EVENING
        self.numbers = Numbers()
        self.posts: list[Post] = []
        self._chats = 7_412_345_678

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """A unit of work, now; what it owes is remembered once it is committed."""
        async with self.db.transaction() as tx:
            unit = Unit(tx, self.vault, self.now, self.numbers, self.clocks)
            yield unit
            await unit.flush()
        self.posts += unit.outbox.posted()

    async def act(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """One piece of work in a unit of its own: what `App.in_unit` does for jobs and commands."""

        async def run(tx: Any) -> tuple[T, list[Post]]:
            unit = Unit(tx, self.vault, self.now, self.numbers, self.clocks)
            result = await work(unit)
            await unit.flush()
            return result, unit.outbox.posted()

        result, posts = await self.db.run(run)
        self.posts += posts
        return result

    async def read(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Work that only reads: the database refuses anything else."""
        async with self.db.reading() as tx:
            return await work(Unit(tx, self.vault, self.now, self.numbers, self.clocks))

    async def settle(self) -> None:
        """Writes the places."""
        async with self.unit() as unit:
            for place in _places():
                unit.places.save(place)

    def pass_time(self, **span: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**span)

    def stranger(self, name: str = "Lan", language: str = "vi") -> Person:
        """Somebody who has not agreed to anything."""
        self._chats += 1
        return Person(chat=self._chats, name=name, language=language)

    async def resident(self, name: str = "Lan", ward: str = WARD) -> Person:
        """Somebody who has agreed and lives in a ward."""
        person = self.stranger(name)
        async with self.unit() as unit:
            await people.agree(unit, person, ward)
        return await self.again(person)

    async def member(self, name: str, role: Role, code: str, language: str = "vi") -> Person:
        """Somebody who has joined by an invitation."""
        person = self.stranger(name, language)
        async with self.unit() as unit:
            payload = await people.invite(unit, role, code)
            contact = await people.agree(unit, person, None)
            await people.join(unit, contact, payload)
        return await self.again(person)

    async def officer(self, name: str = "Nam", ward: str = WARD) -> Person:
        """A duty officer."""
        return await self.member(name, Role.DUTY_OFFICER, ward)

    async def leader(self, name: str = "Mai", code: str = GROUPS[0]) -> Person:
        """The leader of a group."""
        return await self.member(name, Role.LEADER, code)

    async def again(self, person: Person) -> Person:
        """The same person as their next message finds them."""
        return await self.read(lambda unit: people.who(unit, person.chat, person.name, person.language))

    async def talk(self, person: Person) -> Talk | None:
        """What is kept of a person's conversation."""
        async with self.unit() as unit:
            return await unit.talks.find(unit.talks.key_of_chat(person.chat))

    async def tip(
        self,
        person: Person,
        *texts: str,
        category: Category = Category.DRUGS,
        identity: Identity = Identity.HIDDEN,
        ward: str = WARD,
    ) -> reporting.Sent:
        """A tip from its first word until its receipt, in one unit."""
        async with self.unit() as unit:
            talk = reporting.start(unit, self.new_talk(unit, person), ward, category)
            for text in texts or ("Nhà cuối hẻm đêm nào cũng tụ tập",):
                talk, _ = await reporting.tell(unit, talk, text)
            sent = await reporting.finish(unit, talk)
            if sent is None:
                return await reporting.send(unit, talk, person, identity)
            return await reporting.be_known(unit, sent.receipt, person, identity)

    def new_talk(self, unit: Unit, person: Person) -> Talk:
        """A conversation that has just begun."""
        return Talk(key=unit.talks.key_of_chat(person.chat), touched_at=self.now)

    async def find(self, tip: str) -> Tip:
        """A tip as it is stored."""
        found = await self.read(lambda unit: unit.tips.find(tip))
        assert found is not None
        return found

    async def told(self, tip: str) -> list[tuple[str, str]]:
        """The kind and the words of every piece of a tip, as stored."""
        async with self.unit() as unit:
            sealer = await unit.tip_keys.of(tip)
            assert sealer is not None
            parts = await unit.parts.of(tip)
        return [(part.kind, sealer.open(part.body, f"tip_parts/body/{part.id}").decode()) for part in parts]

    async def events(self, *kinds: Happening) -> list[Event]:
        """Every event (of these kinds), in order of time."""
        async with self.unit() as unit:
            rows = await unit.fetch("SELECT * FROM events ORDER BY seq")
            return [event for event in unit.events.seen(rows) if not kinds or event.kind in kinds]

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """A table as it lies in the database, in no particular order."""
        async with self.db.reading() as tx:
            return await tx.fetch(f"SELECT * FROM {table}")

    def heard_by(self, person: Person) -> list[str]:
        """The keys of what this person was sent, oldest first; listening again starts afresh."""
        return [notice.key for notice in self.sent_to(person)]

    def sent_to(self, person: Person) -> list[Notice]:
        """What this person was sent; each message is returned once."""
        theirs = [post for post in self.posts if post.chat == person.chat]
        self.posts = [post for post in self.posts if post.chat != person.chat]
        return [post.notice for post in theirs]

    def hush(self) -> None:
        """Forgets what was sent so far."""
        self.posts.clear()


async def load_sample(unit: Unit) -> None:
    """The units and figures of the sample wards, as `init --sample` loads them."""
    loaded = sample.load()
    for one in loaded.units:
        unit.places.save(Place(**{name: getattr(one, name) for name in Place.model_fields}))
    for figure in loaded.figures:
        values = figure.model_dump(include=set(Reported.model_fields))
        key = f"{figure.unit}/{figure.name}/{figure.as_of}"
        unit.reported.save(Reported(**{**values, "id": key, "as_of": figure.as_of.isoformat()}))


async def refusal(work: Awaitable[object]) -> Refused:
    """The refusal that this work ends with."""
    with pytest.raises(Refused) as caught:
        await work
    return caught.value
