"""Kills under load, one after the other, on one installation; then everything is counted."""

import asyncio
import itertools
import random
import shutil
import signal
import sqlite3
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from simulator.calls import Call
from simulator.phone import Phone
from simulator.server import Simulator
from tests.postgres import free_port
from tests.process.product import SERVING, Product, Running
from tests.torture.audit import Findings, audit
from tests.torture.crashing import POINTS
from tests.torture.load import RECEIPT, Crowd

AT_START = 4  # people who have told their story when a process starts
PAUSE = 0.025  # seconds between two people while it serves: about 400 updates a second
LONGEST_LIFE = 0.35  # seconds of serving before a kill at a random time
DRAIN = 60.0  # seconds for the last life to finish everything; a chat takes one message a second
QUIET = 2.5  # seconds without a call after which nothing more is to be expected: a chat waits for one second at most


@dataclass
class Kill:
    """One kill: how it came, and what was going on."""

    how: str
    at: float
    unconfirmed: int
    unhandled: int
    owed: int

    @property
    def mid_load(self) -> bool:
        """Whether anything was on its way."""
        return self.unconfirmed + self.unhandled + self.owed > 0


@dataclass
class Report:
    """What a campaign found."""

    kills: list[Kill] = field(default_factory=list)
    up_again: list[float] = field(default_factory=list)  # seconds from a start after a kill to serving
    findings: Findings = field(default_factory=Findings)
    tips: int = 0

    def __str__(self) -> str:
        on_the_way_in = sum(kill.unconfirmed + kill.unhandled > 0 for kill in self.kills)
        ways = Counter(kill.how for kill in self.kills)
        return (
            f"{len(self.kills)} kills, {on_the_way_in} with updates on their way in, {dict(ways)}; {self.tips} tips; "
            f"up again after {statistics.median(self.up_again):.2f} s, at most {max(self.up_again):.2f} s; "
            f"{self.findings}"
        )


class Wire(list[Call]):
    """Sees each call when it was carried out and its answer has not left yet; keeps little, for long campaigns."""

    def __init__(self) -> None:
        super().__init__()
        self.receipts: dict[tuple[int, str], list[float]] = defaultdict(list)
        self.last = time.monotonic()
        self.on_call: Callable[[str], None] = lambda method: None

    def append(self, call: Call) -> None:
        """One more call."""
        if call.method != "getUpdates":
            self.last = call.at
        text = str(call.params.get("text", ""))
        if call.ok and RECEIPT in text:
            self.receipts[int(call.params["chat_id"]), text].append(call.at)
        self.on_call(call.method)


class Campaign:
    """One installation, one crowd, many lives."""

    def __init__(
        self, product: Product, sim: Simulator, by: str, *, module: str = "bot", seed: int = 1, drain: float = DRAIN
    ) -> None:
        self._product = product
        self._sim = sim
        self._module = module
        self._drain = drain
        self._chance = chance = random.Random(seed)
        self._crowd = Crowd(sim, chance)
        points = chance.sample(POINTS, len(POINTS))
        halves = zip(points[::2], points[1::2], strict=True)
        self._ways = itertools.cycle([way for one, other in halves for way in ("time", one, "wire", other)])
        self._wire = sim.calls = Wire()
        self._report = Report()
        self._officer: Phone | None = None
        self._polls = by == "polling"
        product.settings["TELEGRAM_RATE"] = "2000"
        if by == "webhook":
            listen = f"127.0.0.1:{free_port()}"
            product.settings.update(WEBHOOK_URL=f"http://{listen}/hook", WEBHOOK_SECRET="a-secret", LISTEN=listen)

    async def run(self, kills: int) -> Report:
        """Kills so many times under load; then lets it finish its work and counts."""
        await self._settle_in()
        while len(self._report.kills) < kills:
            await self._life()
        await self._last_life()
        cards = Counter(message.get("text", "") for message in self._officer.heard) if self._officer else Counter()
        self._report.findings = await audit(
            self._product,
            self._crowd.stories,
            len({phone.id for phone in self._crowd.leaders if _heard(phone, "Xong tháng")}),
            self._wire.receipts,
            [kill.at for kill in self._report.kills],
            cards,
        )
        self._report.tips = len(self._crowd.stories)
        return self._report

    async def _settle_in(self) -> None:
        """An officer and leaders join while nobody is killed."""
        async with self._product.serving():
            joining = [("duty_officer", "18115"), ("leader", "16666-1-lg1"), ("leader", "16717-1-lg1")]
            self._officer, *self._crowd.leaders = await asyncio.gather(*(self._joins(*each) for each in joining))

    async def _joins(self, role: str, unit: str) -> Phone:
        link = (await self._product.command("invite", "--role", role, "--unit", unit)).out
        phone = self._sim.phone("Mai")
        await phone.open_link(link.strip())
        await phone.press_data("s.agree")
        await phone.until(lambda _: bool(phone.keyboard), timeout=20)
        return phone

    async def _life(self) -> None:
        """From start to a kill. One that hits an idle process does not count."""
        how = next(self._ways) if self._module == "bot" else "time"
        running = await self._start(how)
        await self._crowd.talks(AT_START)
        try:
            await self._until_serving(running)
            talking = asyncio.create_task(self._crowd.keeps_talking(PAUSE))
            at, how = await self._death(running, how)
            unconfirmed = self._sim.unconfirmed
            talking.cancel()
            await asyncio.wait({talking})
        finally:
            await running.kill()
        unhandled, owed = left_in(self._product.data / "anphuong.db")
        kill = Kill(how, at, unconfirmed, unhandled, owed)
        if kill.mid_load:
            self._report.kills.append(kill)

    async def _start(self, how: str) -> Running:
        if how in POINTS:
            return await self._product.start(how, str(self._chance.randint(1, 6)), module="tests.torture.crashing")
        args = ("run",) if self._module == "bot" else ()
        return await self._product.start(*args, module=self._module)

    async def _until_serving(self, running: Running) -> None:
        seconds = await running.until_said_or_ended(SERVING)
        if self._report.kills and running.alive:
            self._report.up_again.append(seconds)

    async def _death(self, running: Running, how: str) -> tuple[float, str]:
        """Waits for the kill, or kills; returns when it was, and how it came about."""
        if how == "wire":
            left = self._chance.randint(1, 40)
            died = asyncio.Event()
            method = "getUpdates" if self._polls and left % 4 == 0 else "sendMessage"
            left = 1 + left % 4 if method == "getUpdates" else left

            def cut(called: str) -> None:
                nonlocal left
                left -= called == method
                if left == 0:
                    running.signal(signal.SIGKILL)
                    died.set()

            self._wire.on_call = cut
            await _at_most(died.wait(), LONGEST_LIFE * 2)
            self._wire.on_call = lambda method: None
        elif how in POINTS:
            await _at_most(running.ended(), LONGEST_LIFE * 2)
            how = "time" if running.alive else how
        else:
            await asyncio.sleep(self._chance.uniform(0, LONGEST_LIFE))
        running.signal(signal.SIGKILL)
        return time.monotonic(), how

    async def _last_life(self) -> None:
        """It finishes what is left, and stops in order."""
        running = await self._start("time")
        try:
            await self._until_serving(running)
            self._wire.last = time.monotonic()
            until = time.monotonic() + self._drain
            while time.monotonic() < until and not self._finished():  # noqa: ASYNC110 -- silence rings no bell
                await asyncio.sleep(0.05)
            await running.stop()
        finally:
            await running.kill()

    def _finished(self) -> bool:
        return not self._sim.unconfirmed and time.monotonic() - self._wire.last > QUIET


def left_in(database: Path) -> tuple[int, int]:
    """Unhandled updates and undelivered messages in a copy of a dead process's database: its files stay untouched."""
    with tempfile.TemporaryDirectory() as folder:
        for file in database.parent.glob(f"{database.name}*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, folder)
        with closing(sqlite3.connect(Path(folder) / database.name)) as db:
            inbox = db.execute("SELECT COUNT(*) FROM inbox WHERE state = 'open'").fetchone()
            outbox = db.execute("SELECT COUNT(*) FROM outbox").fetchone()
    return int(inbox[0]), int(outbox[0])


def _heard(phone: Phone, words: str) -> bool:
    return any(words in message.get("text", "") for message in phone.heard)


async def _at_most(waited: Awaitable[object], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await waited
    except TimeoutError:
        return
