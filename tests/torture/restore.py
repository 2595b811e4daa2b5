"""P12: a backup of a million tips is restored, and every table is the same by its hash.

Long form: `python -m tests.torture.restore [--tips 1000000] [--database URL]`: into SQLite, or into an empty PostgreSQL
database. The promise is five minutes.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.restoring import put_back
from storage.archive import Member
from storage.bulk import snapshot
from storage.url import DatabaseUrl
from tests.operations.conftest import Home, installed, settings_in
from tests.torture.many_tips import Scale, fill

BOUND = 300.0  # seconds for a million tips


@dataclass(frozen=True)
class Report:
    """Seconds to make the backup and to put it back, its size, how many rows, and tables that are not the same."""

    backed_up: float
    restored: float
    megabytes: float
    rows: int
    tables: int
    different: tuple[str, ...]

    def __str__(self) -> str:
        wrong = f"NOT THE SAME: {', '.join(self.different)}" if self.different else "all the same by their hashes"
        return (
            f"{self.rows:,} rows of {self.tables} tables: backed up in {self.backed_up:.1f} s "
            f"({self.megabytes:.0f} MB), "
            f"restored in {self.restored:.1f} s, {wrong}"
        )


def digests(home: Home) -> dict[str, Member]:
    """Rows and hash of every table."""
    with snapshot(DatabaseUrl.parse(home.settings.database_url)) as bulk:
        return bulk.digests()


def different(one: Mapping[str, Member], other: Mapping[str, Member]) -> tuple[str, ...]:
    """The tables that are not the same in both."""
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))


async def drill(folder: Path, tips: int, database: str | None = None) -> Report:
    """A backup of so many tips is put into another installation with the same key."""
    near, far = Home(folder / "near"), Home(folder / "far", database)
    await installed(settings_in(near.folder))
    scale = Scale(tips=tips, wards=min(3321, max(1, tips // 100)))
    await asyncio.to_thread(fill, near.settings.data_dir / "anphuong.db", scale)
    (far.folder / "keys").mkdir(parents=True)
    (far.folder / "keys" / "master.key").write_bytes((near.folder / "keys" / "master.key").read_bytes())
    file = folder / "all.anphuong"
    async with near.open() as app:
        before = digests(near)
        begun = time.perf_counter()
        await app.backups.by_hand(file)
        backed_up = time.perf_counter() - begun
    begun = time.perf_counter()
    await put_back(far.settings, file)
    restored = time.perf_counter() - begun
    rows = sum(member.rows for member in before.values())
    return Report(backed_up, restored, file.stat().st_size / 2**20, rows, len(before), different(before, digests(far)))


def main() -> int:
    """Exit code 0 when every table is the same, within the promise's time for so many tips."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.restore", description=__doc__)
    parser.add_argument("--tips", type=int, default=1_000_000)
    parser.add_argument("--database", help="of an empty PostgreSQL database; by default SQLite")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(drill(Path(folder), args.tips, args.database))
    sys.stdout.write(f"{report}\n")
    return 0 if not report.different and report.restored <= BOUND * max(1.0, args.tips / 1_000_000) else 1


if __name__ == "__main__":
    sys.exit(main())
