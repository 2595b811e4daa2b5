"""The same random story told to SQLite and to PostgreSQL gives the same tips, checks and summaries."""

import asyncio
import random
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import assets, checking, inventory, nights, pledges, receipts, reporting, triage
from domain.assets import AssetKind
from domain.clocks import ward_day
from domain.duties import Finding, Item
from domain.entries import PartyKind
from domain.errors import Refused
from domain.figures import replay
from domain.people import Person, Role
from domain.tips import Category, Identity, Outcome, Rating, Status, overdue_by
from jobs.ticker import Ticker
from storage.engine import open_database
from tests.cases.world import GROUPS, SATURDAY, WARD, World
from tests.schema import empty

Step = tuple[str, int, int]
STEPS = [
    *["tip", "urgent", "receive", "ask", "answer", "forward", "value", "end", "reopen", "rate", "assign", "check"] * 2,
    *["wait", "wait", "night", "name", "pledge", "sign", "sign", "party", "count", "see", "see", "unsee", "households"],
]
PLEDGE = """
title = "An ninh, trật tự"
contents = ["Lời {version}"]
opens = 2026-11-{opens}
closes = 2026-12-{closes}
{parties}
"""
WAITS = (timedelta(minutes=1), timedelta(minutes=9), timedelta(hours=5), timedelta(days=1), timedelta(days=4))


class Story:
    """One ward that lives through a list of steps; what is refused is part of the story."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent: list[reporting.Sent] = []
        self.log: list[object] = []

    async def begin(self) -> None:
        """Two officers, one who walks the ward, a resident, and two groups with a leader."""
        world = self.world
        self.nam, self.lan = await world.officer("Nam"), await world.resident("Lan")
        world.pass_time(minutes=1)
        self.dung = await world.officer("Dũng")
        self.minh = await world.member("Minh", Role.BEAT_OFFICER, WARD)
        self.leaders = [await world.leader("Mai"), await world.leader("Hoa", GROUPS[1])]
        self.hoa = await world.member("Hoa", Role.WARD_OFFICE, WARD)
        self.ticker = Ticker(world.act, world.read, SATURDAY)
        world.hush()

    async def step(self, name: str, one: int, two: int) -> None:
        """One step; `one` and `two` choose what is done to what."""
        world = self.world
        if name == "wait":
            world.pass_time(seconds=WAITS[one % len(WAITS)].total_seconds())
            return
        if name == "night":
            self.log.append(await self.ticker.tick())
            assert self.ticker.failures == 0
            return
        if name in ("tip", "urgent"):
            category = Category.FIRE_EXPLOSION if name == "urgent" else sorted(Category)[one % len(Category)]
            identity = list(Identity)[two % 3]
            self.sent.append(await world.tip(self.lan, "chuyện", category=category, identity=identity))
            return
        if name in ("pledge", "sign", "party"):
            await self._try(name, lambda unit: self._pledge(unit, name, one, two))
        elif name in ("count", "see", "unsee", "households"):
            await self._try(name, lambda unit: self._inventory(unit, name, one, two))
        elif name == "check":
            await self._try(name, lambda unit: self._check(unit, self.leaders[one % 2], two))
        elif self.sent:
            sent = self.sent[one % len(self.sent)]
            await self._try(name, lambda unit: self._do(unit, name, sent, two))

    async def _try(self, name: str, work: Callable[[Any], Awaitable[object]]) -> None:
        try:
            await self.world.act(work)
        except Refused as refused:
            self.log.append((name, refused.code))
        else:
            self.log.append(name)

    async def _pledge(self, unit: Any, name: str, one: int, two: int) -> None:
        ward = await unit.places.find(WARD)
        if name == "pledge":
            units = [*GROUPS[: 1 + one % 3]]
            parties = "\n".join(f'[[party]]\nkind = "team"\nunit = "{code}"' for code in units)
            days = {"opens": 20 + one % 3, "closes": f"{1 + two % 28:02}"}
            await pledges.open_text(unit, WARD, PLEDGE.format(version=two % 2, parties=parties, **days))
            return
        for campaign in (await pledges.all_of(unit, ward))[:1]:
            if name == "party":
                names = "\n".join(f"Hội {number}" for number in range(one % 4))
                await pledges.add_parties(unit, self.hoa, ward, campaign.id, PartyKind.UNION, names)
            elif two % 3:
                key = GROUPS[one % 2]
                await pledges.sign(unit, self.leaders[one % 2], ward, campaign.id, campaign.text.version, key)
            else:
                key = f"union/hoi {one % 3}"
                await pledges.sign_paper(unit, self.hoa, ward, campaign.id, campaign.text.version, key)

    async def _check(self, unit: Any, leader: Person, two: int) -> None:
        [(duty, _)] = await checking.owed(unit, leader)
        findings = list(Finding)
        items = {item: findings[(two >> n) % 3] for n, item in enumerate(Item)}
        await checking.confirm(unit, leader, duty.period, items)

    async def _inventory(self, unit: Any, name: str, one: int, two: int) -> None:
        """One to three cameras are counted, and seen today or some days ago; a file says how many households."""
        ward, kind, item = await unit.places.find(WARD), AssetKind.SECURITY_CAMERA, str(one % 4)
        observed = ward_day(unit.now) - timedelta(days=two % 3)
        seen = (await inventory.now(unit, WARD)).stocks[kind].seen.get(item)
        match name:
            case "count":
                await assets.count(unit, self.minh, ward, kind, 1 + one % 3)
            case "see":
                await assets.mark(unit, self.minh, ward, kind, item, two % 2 == 0, observed)
            case "unsee":
                await assets.take_back(unit, self.minh, ward, kind, seen.event if seen else "")
            case _:
                group = f'[[group]]\nunit = "{GROUPS[one % 3]}"\nhouseholds = {5 + two % 3}'
                await assets.import_text(unit, f'unit = "{WARD}"\nsource = "Kiểm đếm"\nday = {observed}\n{group}')

    async def _do(self, unit: Any, name: str, sent: reporting.Sent, two: int) -> None:
        who, tip = (self.nam, self.dung)[two % 2], sent.tip.id
        match name:
            case "ask":
                await triage.ask(unit, who, tip, "Mấy giờ?")
            case "answer":
                await receipts.add(unit, sent.receipt, "chín giờ")
            case "rate":
                await receipts.rate(unit, sent.receipt, list(Rating)[two % len(Rating)])
            case "end":
                await triage.end(unit, who, tip, list(Outcome)[two % len(Outcome)])
            case "assign":
                assert self.nam.contact is not None
                await triage.assign(unit, who, tip, self.nam.contact.id)
            case "name":
                await triage.informant_name(unit, who, tip)
            case _:
                await getattr(triage, name)(unit, who, tip)

    async def end(self) -> object:
        """Everything that both databases must agree on: no random ids, codes or keys."""
        world = self.world
        world.pass_time(days=1)
        await self.ticker.tick()
        numbers = {sent.tip.id: n for n, sent in enumerate(self.sent)}
        codes = {sent.tip.code for sent in self.sent}
        tips = [await world.find(sent.tip.id) for sent in self.sent]
        days, day = [], SATURDAY
        while day <= ward_day(world.now):
            made = await world.read(lambda unit, day=day: nights.summary(unit, WARD, day))  # type: ignore[misc]
            assert {tip.code for tip in made.overdue_tips} <= codes
            # Only how late: which of several equally late ones is listed is decided by their random codes.
            late = [tip.seconds for tip in made.overdue_tips]
            days.append((made.model_dump(exclude={"overdue_tips"}), late))
            day += timedelta(days=1)
        await self._same_by_events(tips)
        happened = await world.events()
        events = [(e.at, e.kind, numbers.get(e.subject), {**e.detail, "duty": None, "event": None}) for e in happened]
        random_parts = {"id", "code", "receipt_hash", "return_address", "informant_key", "received_by", "assigned_to"}
        kept = {
            table: sorted(tuple(map(str, row.values())) for row in await world.rows(table))
            for table in ("slots", "day_figures", "year_figures")
        }
        # A reminder of a pledge is a slot of its campaign, whose id is random.
        kept["slots"] = sorted((job, unit, period.rpartition("/")[2], at) for job, unit, period, at in kept["slots"])
        keys = [(post.notice.key, post.notice.lane, post.chat is None) for post in world.posts]
        return days, events, [tip.model_dump(exclude=random_parts) for tip in tips], kept, keys, self.log

    async def _same_by_events(self, tips: list[Any]) -> None:
        """What the events tell of a tip is what its row says."""
        world = self.world
        until = world.now + timedelta(milliseconds=1)
        states = replay([event for event in await world.events() if event.at < until], world.clocks)
        for tip in tips:
            state = states[tip.id]
            assert (state.status, state.asked_at) == (tip.status, tip.asked_at)
            assert state.overdue_by(until, world.clocks) == overdue_by(tip, until, world.clocks)
            if tip.status is not Status.CLOSED:
                assert state.due_at == tip.due_at


@asynccontextmanager
async def story_in(url: str) -> AsyncIterator[Story]:
    """A story on a database of its own."""
    db = await open_database(url)
    try:
        world = World(db)
        await world.settle()
        story = Story(world)
        await story.begin()
        yield story
    finally:
        await db.close()


async def tell(urls: tuple[str, ...], steps: list[Step]) -> list[object]:
    """What each database makes of the same steps."""
    told = []
    for url in urls:
        async with story_in(url) as story:
            for step in steps:
                await story.step(*step)
            told.append(await story.end())
    return told


def fresh(sqlite_template: Path, postgres_ward: str, folder: Path) -> tuple[str, str]:
    """Two databases without rows."""
    name = f"{uuid.uuid4().hex}.db"
    shutil.copy(sqlite_template, folder / name)
    empty(postgres_ward)
    return f"sqlite:///{folder}/{name}", postgres_ward


STORIES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(0, 99)), min_size=5, max_size=30)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORIES)
def test_a_random_story_is_the_same_on_both_engines(
    sqlite_template: Path, postgres_ward: str, tmp_path: Path, steps: list[Step]
) -> None:
    told = asyncio.run(tell(fresh(sqlite_template, postgres_ward, tmp_path), steps))
    assert told[0] == told[1]


@pytest.mark.parametrize("seed", range(4))
def test_a_long_story_is_the_same_on_both_engines(
    sqlite_template: Path, postgres_ward: str, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    steps = [(chance.choice(STEPS), chance.randrange(10), chance.randrange(100)) for _ in range(150)]
    told = asyncio.run(tell(fresh(sqlite_template, postgres_ward, tmp_path), steps))
    assert told[0] == told[1]
