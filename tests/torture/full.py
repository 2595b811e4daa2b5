"""P3: the disk is full from the k-th page of a story on, for every k, under one process that is never restarted.

Long form: `python -m tests.torture.full [--disk small|ceiling] [--step 1]`.
"""

import argparse
import asyncio
import contextlib
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from simulator.server import Simulator
from tests.postgres import free_port
from tests.process.product import Product, Running
from tests.torture.disks import Ceiling, Disk, SmallDisk, mounted
from tests.torture.teller import Told, damage, tell

PAGE = 4096 + 24  # bytes of one page in the log of the database
PATIENCE = 30.0  # seconds for anything that should take one
STORY = 64  # pages that a story never fills
QUIET = 1.0  # seconds after a receipt in which its outcome, and its picture, have long been written

# Where a full disk was met, by what the log says of it.
ALARMS = {
    "inbox": "not committed, they stay with Telegram",
    "batch": "the inbox waits for the database",
    "outcome": "outcomes of sends could not be committed",
    "file": "is tried again in",
    "jobs": "waits for the database: database or disk is full",
}


@dataclass
class Report:
    """Where the disk was full, and what was wrong in the end."""

    met: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    silent: list[int] = field(default_factory=list)  # rounds in which a full disk was not told
    slowest: float = 0.0  # seconds from room to the receipt
    damage: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether nothing was lost, doubled or hushed up."""
        return not self.damage and not self.silent

    def __str__(self) -> str:
        wrong = "; ".join(self.damage) or "nothing lost, doubled or owed"
        return (
            f"{self.rounds} times full, met at {dict(self.met)}; silent {self.silent}; "
            f"the receipt at most {self.slowest:.1f} s after there was room; {wrong}"
        )


class Full:
    """One serving process, one disk, one story after the other."""

    def __init__(self, sim: Simulator, running: Running, disk: Disk, health: str) -> None:
        self._sim = sim
        self._running = running
        self._disk = disk
        self._health = health
        self.stories: list[Told] = []
        self.report = Report()

    async def round(self, pages: int) -> bool:
        """A story is told while only so many pages can be written. Returns whether the disk was full before its end."""
        before = len(self._running.said)
        self._disk.fill(pages * PAGE)
        try:
            told = await tell(self._sim, pictured=True)
            self.stories.append(told)
            full = await self._until_alarm_or_end(told, before)
            if full and "database.full" not in await wrong(self._health):
                self.report.silent.append(pages)
        finally:
            self._disk.free()
        if full:
            self.report.rounds += 1
            self.report.met.update(place for place, words in ALARMS.items() if words in self._running.said[before:])
        room = time.monotonic()
        await self._until(lambda: told.receipts > 0, "no receipt")
        self.report.slowest = max(self.report.slowest, time.monotonic() - room)
        await self._until_ready()
        return full

    async def picture(self) -> None:
        """The disk is full just when a picture is to be stored: Telegram gives it only at the second request."""
        before = len(self._running.said)
        fault = self._sim.faults.add("500", "getFile")
        told = await tell(self._sim, pictured=True)
        self.stories.append(told)
        await self._until(lambda: told.receipts > 0 and fault.hits > 0, "no receipt")
        await asyncio.sleep(QUIET / 2)  # what it said is settled
        self._disk.shut()
        self._sim.faults.clear()
        try:
            await self._until(lambda: "OSError" in self._running.said[before:], "a file on a full disk")
        finally:
            self._disk.free()
        self.report.met["picture"] += 1

    async def fetched(self, database: Path) -> None:
        """Every picture is here; each further try waits longer."""
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            sql = "SELECT COUNT(*) FROM files WHERE state = 'waiting'"
            await self._until(lambda: db.execute(sql).fetchone() == (0,), "a picture was not fetched", 90)

    async def _until_alarm_or_end(self, told: Told, before: int) -> bool:
        until = time.monotonic() + PATIENCE
        ended: float | None = None
        while time.monotonic() < until:
            if any(words in self._running.said[before:] for words in ALARMS.values()):
                return True
            if told.receipts and ended is None:
                ended = time.monotonic()
            if ended is not None and time.monotonic() > ended + QUIET:
                return False
            await asyncio.sleep(0.02)
        raise AssertionError(f"neither an alarm nor a receipt:\n{self._running.said[before:][-2000:]}")

    async def _until(self, true: Callable[[], bool], complaint: str, patience: float = PATIENCE) -> None:
        until = time.monotonic() + patience
        while not true():
            if time.monotonic() > until or not self._running.alive:
                raise AssertionError(f"{complaint}:\n{self._running.said[-3000:]}")
            await asyncio.sleep(0.02)

    async def _until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while found := await wrong(self._health):
            assert time.monotonic() < until, found
            await asyncio.sleep(0.1)


async def wrong(health: str) -> list[str]:
    """What `/readyz` says is wrong."""
    async with aiohttp.ClientSession() as session, session.get(f"http://{health}/readyz") as answer:
        found = await answer.json()
        assert (answer.status == 503) == bool(found["wrong"]) != found["ready"]
        return list(found["wrong"])


async def campaign(
    product: Product, sim: Simulator, rounds: Iterable[int], kind: str, *, picture: bool = True
) -> Report:
    """Rounds with these numbers of pages; some are told whole, for the log is emptied now and then and has room."""
    health = f"127.0.0.1:{free_port()}"
    async with product.serving(TELEGRAM_RATE="3000", HEALTH_LISTEN=health) as running:
        database = product.data / "anphuong.db"
        disk: Disk = SmallDisk(product.data) if kind == "small" else Ceiling(running.pid, database)
        full = Full(sim, running, disk, health)
        for pages in rounds:
            await full.round(pages)
        if picture:
            await full.picture()
        await asyncio.sleep(QUIET)
        await full.fetched(database)
    full.report.damage = await damage(product, full.stories)
    return full.report


async def torture(kind: str, step: int) -> Report:
    """A campaign on a fresh installation; a small disk holds all of it."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        home = stack.enter_context(mounted(Path(folder) / "disk")) if kind == "small" else Path(folder)
        async with Simulator(limits=False) as sim:
            product = Product(home, sim.url)
            await product.install()
            return await campaign(product, sim, range(0, STORY, step), kind)


def main() -> int:
    """Exit code 0 when nothing was lost, doubled or hushed up."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.full", description=__doc__)
    parser.add_argument("--disk", choices=["ceiling", "small"], default="ceiling")
    parser.add_argument("--step", type=int, default=1, help="pages between two rounds; 1: every page")
    args = parser.parse_args()
    report = asyncio.run(torture(args.disk, args.step))
    sys.stdout.write(f"{args.disk}: {report}\n")
    return 0 if report.well else 1


if __name__ == "__main__":
    sys.exit(main())
