"""What a dead process has left in its database: its files stay untouched."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.clocks import Clocks
from jobs.schedule import JOBS, units_of_jobs
from storage import meta
from storage.engine import open_database
from storage.outbox import Numbers
from storage.unit import Unit
from storage.vault import open_vault
from tests.process.product import Product

Slot = tuple[str, str, str]  # job, unit, day


@dataclass(frozen=True)
class Left:
    """Updates not handled, messages not delivered, jobs whose time has come and that have not run, files not fetched.

    `forgotten`: links that a command had given away and that are not there.
    """

    unhandled: int
    owed: int
    slots: int
    files: int
    forgotten: int


async def left_in(product: Product, now: datetime, links: Iterable[str] = ()) -> Left:
    """What is left at a moment. Nobody may be serving."""
    async with reading_copy(product, now) as unit:
        row = await unit.tx.fetch_one(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'open') AS unhandled, "
            "(SELECT COUNT(*) FROM outbox) AS owed, "
            "(SELECT COUNT(*) FROM reminders WHERE at <= :now) AS reminders, "
            "(SELECT COUNT(*) FROM files WHERE state = 'waiting') AS files",
            now=int(now.timestamp() * 1000),
        )
        assert row is not None
        given = [unit.invitations.hash_of(link.partition("?start=")[2].strip()) for link in links]
        there = [await unit.invitations.find(hashed) for hashed in given]
        return Left(
            unhandled=row["unhandled"],
            owed=row["owed"],
            slots=len(await open_slots(unit)) + row["reminders"],
            files=row["files"],
            forgotten=there.count(None),
        )


async def open_slots(unit: Unit) -> set[Slot]:
    """Jobs that are due at the unit's moment, as the table of jobs says it, and that nobody has run."""
    first = await meta.first_day(unit.tx)
    assert first is not None
    units = await units_of_jobs(unit)
    due = {
        (job.name, code, day.isoformat())
        for job in JOBS
        for day in job.days(unit.now, first)
        for code in units(job.name)
    }
    rows = await unit.tx.fetch("SELECT job, unit, period FROM slots")
    return due - {(row["job"], row["unit"], row["period"]) for row in rows}


@asynccontextmanager
async def reading_copy(product: Product, now: datetime) -> AsyncIterator[Unit]:
    """A unit that reads what is there; of SQLite's files a copy, since opening them would mend them."""
    url = product.settings["DATABASE_URL"]
    with tempfile.TemporaryDirectory() as folder:
        if url.startswith("sqlite:"):
            name = Path(url).name
            for file in product.data.glob(f"{name}*"):
                if not file.name.endswith("-shm"):
                    shutil.copy(file, folder)
            url = f"sqlite:///{folder}/{name}"
        db = await open_database(url)
        try:
            async with db.reading() as tx:
                yield Unit(tx, open_vault(product.key), now, Numbers(), Clocks())
        finally:
            await db.close()
