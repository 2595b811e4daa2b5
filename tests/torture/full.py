"""P3: the disk is full from the k-th page of a story on, for every k, under one process that is never restarted.

Long form: `python -m tests.torture.full [--disk small|ceiling|tablespace] [--step 1]`.
"""

import argparse
import asyncio
import contextlib
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psycopg

from simulator.server import Simulator
from tests.postgres import binaries, cluster, free_port, user
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

    async def fetched(self, url: str) -> None:
        """Every picture is here; each further try waits longer."""
        with closing(_reader(url)) as db:
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


def _reader(url: str) -> sqlite3.Connection | psycopg.Connection:
    if url.startswith("sqlite"):
        return sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)
    return psycopg.connect(url, autocommit=True)


async def campaign(
    product: Product, sim: Simulator, rounds: Iterable[int], small: Path | None = None, *, picture: bool = True
) -> Report:
    """Rounds with these numbers of pages; some are told whole, for the log is emptied now and then and has room.

    `small`: where a small disk is mounted that holds the database; None: a ceiling over the process's files.
    """
    health = f"127.0.0.1:{free_port()}"
    async with product.serving(TELEGRAM_RATE="3000", HEALTH_LISTEN=health) as running:
        disk: Disk = SmallDisk(small) if small else Ceiling(running.pid, product.data / "anphuong.db")
        full = Full(sim, running, disk, health)
        for pages in rounds:
            await full.round(pages)
        if picture:
            await full.picture()
        await asyncio.sleep(QUIET)
        await full.fetched(product.settings["DATABASE_URL"])
    full.report.damage = await damage(product, full.stories)
    return full.report


@contextmanager
def table_space(server: str) -> Iterator[tuple[str, Path]]:
    """A new database whose tables are on a small disk of the server's machine: its address, and where the disk is."""
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(server, autocommit=True) as connection:
        Path(folder).chmod(0o711)  # the server is somebody else
        with mounted(Path(folder) / "disk", 64) as small:
            if owner := user():
                shutil.chown(small, owner)
            connection.execute(f"CREATE TABLESPACE small LOCATION '{small}'")
            connection.execute("CREATE DATABASE small TABLESPACE small")
            try:
                yield f"{server.rpartition('/')[0]}/small", small
            finally:
                connection.execute("DROP DATABASE small WITH (FORCE)")
                connection.execute("DROP TABLESPACE small")


async def torture(kind: str, step: int) -> Report:
    """A campaign on a fresh installation; a small disk holds all of it, or all tables of PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        home, small, settings = Path(folder) / "home", None, {}
        if kind == "small":
            home = small = stack.enter_context(mounted(Path(folder) / "disk"))
        elif kind == "tablespace":
            if (programs := binaries()) is None:
                raise RuntimeError("no server of PostgreSQL is installed")
            server = stack.enter_context(cluster(programs))
            settings["DATABASE_URL"], small = stack.enter_context(table_space(server))
        async with Simulator(limits=False) as sim:
            home.mkdir(exist_ok=True)
            product = Product(home, sim.url, **settings)
            await product.install()
            return await campaign(product, sim, range(0, STORY, step), small, picture=kind != "tablespace")


def main() -> int:
    """Exit code 0 when nothing was lost, doubled or hushed up."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.full", description=__doc__)
    parser.add_argument("--disk", choices=["ceiling", "small", "tablespace"], default="ceiling")
    parser.add_argument("--step", type=int, default=1, help="pages between two rounds; 1: every page")
    args = parser.parse_args()
    report = asyncio.run(torture(args.disk, args.step))
    sys.stdout.write(f"{args.disk}: {report}\n")
    return 0 if report.well else 1


if __name__ == "__main__":
    sys.exit(main())
