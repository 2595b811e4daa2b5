"""Schemas move forward whole, with their data, and never by surprise."""

import asyncio
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import Refused
from storage.archive import Reader
from storage.engine import Database, open_database
from storage.migrate import BASE, MIGRATIONS, migrate, revisions, version
from storage.migrations.portable import statements

COLUMNS = {
    "sqlite": 'SELECT m.name AS t, p.name AS c, p."notnull" + (p.pk > 0) > 0 AS needed'
    " FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table'",
    "postgresql": "SELECT table_name AS t, column_name AS c, is_nullable = 'NO' AS needed"
    " FROM information_schema.columns WHERE table_schema = current_schema()",
}
GOOD = """
from storage.migrations.portable import run
revision = "9998"
down_revision = {last!r}
def upgrade() -> None:
    run("CREATE TABLE later (id TEXT PRIMARY KEY, body BYTES){{unordered}}; INSERT INTO later VALUES ('a;:x%', NULL)")
def downgrade() -> None:
    run("DROP TABLE later")
"""
BAD = """
from storage.migrations.portable import run
revision = "9999"
down_revision = "9998"
def upgrade() -> None:
    run("CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1)")
def downgrade() -> None:
    run("DROP TABLE half")
"""


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A program with one revision more than ours."""
    folder = tmp_path / "later % program"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9998_good.py").write_text(GOOD.format(last=revisions()[-1]))
    return folder


async def schema(db: Database) -> set[tuple[object, ...]]:
    async with db.reading() as tx:
        rows = await tx.fetch(COLUMNS[db.dialect])
    return {(row["t"], row["c"], bool(row["needed"])) for row in rows if not row["t"].startswith("sqlite")}


async def remember(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO meta (name, value) VALUES ('mark', 'kept')")


async def remembered(db: Database) -> bool:
    async with db.reading() as tx:
        return bool(await tx.fetch("SELECT 1 AS one FROM meta WHERE name = 'mark' AND value = 'kept'"))


async def test_an_empty_database_gets_the_newest_schema_once(db_url: str, db: Database, tmp_path: Path) -> None:
    assert await migrate(db_url, backups=tmp_path) is None
    assert await version(db) == revisions()[-1]
    assert await migrate(db_url, backups=tmp_path) == revisions()[-1]
    assert not any(entry.name.startswith("before-") for entry in os.scandir(tmp_path))


@pytest.mark.usefixtures("in_process")
async def test_every_step_goes_up_and_down_and_up_to_the_same_schema(db_url: str, db: Database, tmp_path: Path) -> None:
    seen: dict[str, object] = {}
    for step in revisions():
        await migrate(db_url, backups=tmp_path, to=step)
        seen[step] = await schema(db)
    for step in reversed(revisions()):
        await migrate(db_url, backups=tmp_path, to=step)
        assert await schema(db) == seen[step]
    await migrate(db_url, backups=tmp_path, to=BASE)
    assert await version(db) is None
    await migrate(db_url, backups=tmp_path)
    assert await schema(db) == seen[revisions()[-1]]


@pytest.mark.usefixtures("in_process")
async def test_both_engines_get_the_same_tables(sqlite_url: str, postgres_url: str, tmp_path: Path) -> None:
    schemas = []
    for url in (sqlite_url, postgres_url):
        await migrate(url, backups=tmp_path)
        db = await open_database(url)
        schemas.append(await schema(db))
        await db.close()
    assert schemas[0] == schemas[1]


@pytest.mark.usefixtures("in_process")
async def test_an_older_schema_upgrades_with_its_data(db_url: str, db: Database, tmp_path: Path, later: Path) -> None:
    await migrate(db_url, backups=tmp_path)
    await remember(db)
    assert await migrate(db_url, backups=tmp_path, folder=later) == revisions()[-1]
    assert await version(db) == "9998"
    assert await remembered(db)
    async with db.reading() as tx:
        assert await tx.fetch("SELECT id FROM later") == [{"id": "a;:x%"}]


@pytest.mark.usefixtures("in_process")
async def test_a_backup_is_made_of_a_database_before_it_changes(
    db_url: str, db: Database, tmp_path: Path, later: Path
) -> None:
    folder = tmp_path / "backups"
    await migrate(db_url, backups=folder)
    await remember(db)
    await migrate(db_url, backups=folder, folder=later)
    [copy] = folder.iterdir()
    assert (copy.name, copy.stat().st_mode & 0o777) == ("before-9998.anphuong", 0o600)
    with closing(Reader(copy)) as old:
        assert old.head.revision == revisions()[-1]
        assert ["mark", "kept"] in [row for _, rows in old.rows("tables/meta") for row in rows]


async def test_a_revision_that_fails_changes_nothing(db_url: str, db: Database, tmp_path: Path, later: Path) -> None:
    await migrate(db_url, backups=tmp_path)
    await remember(db)
    before = await schema(db)
    (later / "versions" / "9999_bad.py").write_text(BAD)
    with pytest.raises(Refused, match="nowhere") as caught:
        await migrate(db_url, backups=tmp_path, folder=later)
    assert caught.value.code == "database.not_migrated"
    assert await schema(db) == before
    assert await version(db) == revisions()[-1]
    assert await remembered(db)


async def test_a_newer_schema_is_refused_and_left_alone(db_url: str, tmp_path: Path, later: Path) -> None:
    await migrate(db_url, backups=tmp_path, folder=later)
    with pytest.raises(Refused) as caught:
        await migrate(db_url, backups=tmp_path)
    assert caught.value.code == "database.newer"
    assert caught.value.params == {"found": "9998", "known": revisions()[-1]}


async def test_another_programs_tables_are_refused_and_left_alone(db_url: str, db: Database, tmp_path: Path) -> None:
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE theirs (id TEXT)")
    with pytest.raises(Refused) as caught:
        await migrate(db_url, backups=tmp_path)
    assert caught.value.code == "database.not_a_database"
    assert {row[0] for row in await schema(db)} == {"theirs"}


async def test_two_that_start_at_once_both_find_the_schema_ready(db_url: str, db: Database, tmp_path: Path) -> None:
    await asyncio.gather(migrate(db_url, backups=tmp_path), migrate(db_url, backups=tmp_path))
    assert await version(db) == revisions()[-1]


def test_a_current_schema_never_loads_alembic(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(_make(sqlite_url, tmp_path))
    program = (
        "import asyncio, sys, pathlib; from storage.migrate import migrate;"
        f"asyncio.run(migrate({sqlite_url!r}, backups=pathlib.Path({str(tmp_path)!r})));"
        "sys.exit(bool({'alembic', 'sqlalchemy', 'psycopg'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def _make(url: str, backups: Path) -> None:
    await migrate(url, backups=backups)


def test_a_script_is_written_in_both_dialects() -> None:
    script = """
        CREATE TABLE a (x TEXT, b BYTES, c TEXT DEFAULT 'TEXT; BYTES'){unordered}; -- why; not
        /* ; */ INSERT INTO a SELECT CAST(1 AS TEXT), b, 'it''s;' FROM a
    """
    assert statements(script, "sqlite") == [
        "CREATE TABLE a (x TEXT, b BLOB, c TEXT DEFAULT 'TEXT; BYTES') WITHOUT ROWID",
        "INSERT INTO a SELECT CAST(1 AS TEXT), b, 'it''s;' FROM a",
    ]
    assert statements(script, "postgresql") == [
        'CREATE TABLE a (x TEXT COLLATE "C", b BYTEA, c TEXT COLLATE "C" DEFAULT \'TEXT; BYTES\')',
        "INSERT INTO a SELECT CAST(1 AS TEXT), b, 'it''s;' FROM a",
    ]


def test_revisions_that_fork_are_noticed(later: Path) -> None:
    (later / "versions" / "9997_fork.py").write_text(GOOD.format(last=revisions()[-1]).replace("9998", "9997"))
    with pytest.raises(RuntimeError, match="one line"):
        revisions(later)


@pytest.mark.usefixtures("in_process")
async def test_days_are_closed_again_when_figures_get_another_shape(db_url: str, db: Database, tmp_path: Path) -> None:
    await migrate(db_url, backups=tmp_path, to="0003")
    async with db.transaction() as tx:
        slot = "INSERT INTO slots (job, unit, period, done_at) VALUES (:job, '18115', '2026-11-21', 0)"
        await tx.execute_many(slot, [{"job": "close_day"}, {"job": "daily_summary"}])
        await tx.execute("INSERT INTO day_figures (ward, day, name, value) VALUES ('18115', '2026-11-21', 'open', 3)")
    await migrate(db_url, backups=tmp_path, to="0004")
    async with db.reading() as tx:
        # What was sent stays sent; what was counted is counted again, from events that are all still there.
        assert await tx.fetch("SELECT job FROM slots") == [{"job": "daily_summary"}]
        assert await tx.fetch("SELECT * FROM day_figures") == []
