"""P17: a row in every table of every older schema survives each step up to the newest, and each step back."""

from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from storage.engine import Database, open_database
from storage.migrate import migrate, revisions

KINDS = {
    "sqlite": (
        "SELECT m.name AS t, c.name AS c, c.type AS kind FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
    ),
    "postgresql": (
        "SELECT table_name AS t, column_name AS c, data_type AS kind FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    ),
}
VALUES: dict[str, object] = {"text": "kept", "bigint": 7, "integer": 7, "blob": b"kept", "bytea": b"kept"}
OURS_NOT = {"alembic_version"}
# Counted again from events: the one kind of row that a revision dropped, between these two.
DERIVED, DROPPED = {"day_figures", "year_figures"}, {"0003", "0004"}

Rows = dict[str, dict[str, Any]]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database as its next program opens it: a connection of before a step holds plans of the old columns."""
    db = await open_database(url)
    yield db
    await db.close()


async def columns(db: Database) -> dict[str, dict[str, str]]:
    """The type of every column of every table."""
    async with db.reading() as tx:
        found = await tx.fetch(KINDS[db.dialect])
    tables: dict[str, dict[str, str]] = {}
    for row in found:
        if row["t"] not in OURS_NOT:
            tables.setdefault(row["t"], {})[row["c"]] = row["kind"].lower()
    return tables


async def fill(db: Database) -> None:
    """One row in each table that has none."""
    for table, kinds in (await columns(db)).items():
        names = ", ".join(kinds)
        marks = ", ".join(f":{name}" for name in kinds)
        async with db.transaction() as tx:
            if not await tx.fetch(f"SELECT 1 AS one FROM {table} LIMIT 1"):
                values = {name: VALUES[kind] for name, kind in kinds.items()}
                await tx.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", **values)


async def rows(db: Database) -> Rows:
    """The one row of each table."""
    found: Rows = {}
    for table in await columns(db):
        async with db.reading() as tx:
            [row] = await tx.fetch(f"SELECT * FROM {table}") or [{}]
        found[table] = row
    return found


def lost(before: Rows, after: Rows, derived: Set[str] = frozenset()) -> list[str]:
    """Values that both schemas have a place for, and that are not the same any more; but those that are derived."""
    return [
        f"{table}.{name}"
        for table in before.keys() & after.keys() - derived
        for name, value in before[table].items()
        if (name in after[table] or not after[table]) and after[table].get(name) != value
    ]


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("way", ["up", "down"])
async def test_a_row_in_every_table_survives_every_step(db_url: str, tmp_path: Path, way: str) -> None:
    steps = revisions() if way == "up" else list(reversed(revisions()))
    await migrate(db_url, backups=tmp_path, to=steps[0])
    for earlier, step in pairwise(steps):
        async with opened(db_url) as db:
            await fill(db)
            before = await rows(db)
        assert all(before.values()), before
        await migrate(db_url, backups=tmp_path, to=step)
        async with opened(db_url) as db:
            derived = DERIVED if {earlier, step} == DROPPED else frozenset()
            assert lost(before, await rows(db), derived) == [], step


def test_a_row_or_a_value_that_is_gone_is_seen() -> None:
    before: Rows = {"tips": {"id": "kept", "ward": "kept"}, "day_figures": {"day": "kept"}}
    assert lost(before, {"tips": {"id": "kept", "place": None}, "day_figures": {}}, {"day_figures"}) == []
    assert lost(before, {"tips": {"id": "kept", "ward": None}}) == ["tips.ward"]
    assert sorted(lost(before, {"tips": {}})) == ["tips.id", "tips.ward"]
