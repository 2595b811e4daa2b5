"""P3: somebody else holds the database locked while people tell stories; it waits, says so, and needs no restart.

Long form: `python -m tests.torture.locked [--seconds 60] [--database URL]`.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from simulator.server import Simulator
from tests.postgres import free_port
from tests.process.product import Product, Running
from tests.torture.full import wrong
from tests.torture.teller import Told, damage, tell

STORIES = 4
PATIENCE = 60.0  # seconds for the receipts after the lock has gone
TABLES = "inbox, outbox, meta, contacts, talks"


@dataclass
class Report:
    """What was seen of it."""

    seconds: float = 0.0
    alarm: float | None = None  # seconds until /readyz said so
    early: int = 0  # stories that were answered behind the lock: then it was none
    late: float = 0.0  # seconds after its end until the last receipt
    damage: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether it was a lock, was told, and cost nothing."""
        return self.alarm is not None and not self.early and not self.damage

    def __str__(self) -> str:
        told = "never" if self.alarm is None else f"after {self.alarm:.1f} s"
        lost = "; ".join(self.damage) or "nothing lost, doubled or owed"
        return (
            f"locked for {self.seconds:.1f} s, told {told}, {self.early} answered meanwhile, "
            f"the last receipt {self.late:.1f} s after its end; {lost}"
        )


@contextmanager
def held(url: str) -> Iterator[None]:
    """Another program's transaction: the whole file, or the tables of whatever comes in and goes out."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")
    else:
        with psycopg.connect(url) as connection:
            connection.execute(f"LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()


async def campaign(product: Product, sim: Simulator, seconds: float) -> Report:
    """Stories before, behind and after a lock of so many seconds."""
    report = Report()
    health = f"127.0.0.1:{free_port()}"
    async with product.serving(TELEGRAM_RATE="3000", HEALTH_LISTEN=health) as running:
        stories = [await tell(sim)]
        await _answered(stories, running)
        with held(product.settings["DATABASE_URL"]):
            began = time.monotonic()
            behind = [await tell(sim, pictured=number == 0) for number in range(STORIES)]
            while (passed := time.monotonic() - began) < seconds:
                if "database.busy" in await wrong(health) and report.alarm is None:
                    report.alarm = passed
                await asyncio.sleep(0.2)
            report.early = sum(told.receipts for told in behind)
            report.seconds = time.monotonic() - began
        ended = time.monotonic()
        stories += [*behind, await tell(sim)]
        await _answered(stories, running)
        report.late = time.monotonic() - ended
        # An alarm that has rung stands for five minutes more.
        while any(code.startswith("database.") for code in await wrong(health)):
            assert time.monotonic() < ended + PATIENCE
            await asyncio.sleep(0.2)
        await asyncio.sleep(2)  # the picture, and what the last answers leave to be written
    report.damage = await damage(product, stories)
    return report


async def _answered(stories: list[Told], running: Running) -> None:
    until = time.monotonic() + PATIENCE
    while not all(told.receipts for told in stories):
        assert running.alive, running.said[-3000:]
        assert time.monotonic() < until, running.said[-3000:]
        await asyncio.sleep(0.05)


async def torture(seconds: float, database: str | None) -> Report:
    """A campaign on a fresh installation."""
    with tempfile.TemporaryDirectory() as folder:
        async with Simulator(limits=False) as sim:
            more = {"DATABASE_URL": database} if database else {}
            product = Product(Path(folder), sim.url, **more)
            await product.install()
            return await campaign(product, sim, seconds)


def main() -> int:
    """Exit code 0 when nothing was lost and it was told."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.locked", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database", help="of an empty PostgreSQL database; by default SQLite")
    args = parser.parse_args()
    report = asyncio.run(torture(args.seconds, args.database))
    sys.stdout.write(f"{report}\n")
    return 0 if report.well else 1


if __name__ == "__main__":
    sys.exit(main())
