"""What only SQLite must do: privacy of its files, and its own ways of failing."""

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
from contextlib import chdir, closing
from pathlib import Path

import pytest

from domain.errors import Refused
from storage.engine import Aborted, Busy, Full, open_database
from storage.sqlite import prove_writable, refusal


def found_in(folder: Path, text: bytes) -> bool:
    """Search the files from another process: reading them here would drop the database's locks."""
    return subprocess.run(["grep", "-rqaF", text, folder], check=False).returncode == 0


async def test_files_are_private_and_settings_are_the_safe_ones(tmp_path: Path) -> None:
    db = await open_database(f"sqlite:///{tmp_path}/new/folder/a.db")
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
    names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "temp_store")
    async with db.reading() as tx:
        values = [next(iter((await tx.fetch(f"PRAGMA {name}"))[0].values())) for name in names]
    assert values == ["wal", 2, 1, 1, 2]
    modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "new/folder").iterdir()}
    assert modes == {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600}
    assert (tmp_path / "new/folder").stat().st_mode & 0o777 == 0o700
    await db.close()


async def test_deleted_text_is_gone_from_the_files_after_tidying(tmp_path: Path) -> None:
    db = await open_database(f"sqlite:///{tmp_path}/a.db")
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
        await tx.execute("INSERT INTO t VALUES (:id)", id="canary-7421")
    assert found_in(tmp_path, b"canary-7421")
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM t")
    await db.tidy()
    assert not found_in(tmp_path, b"canary-7421")
    await db.close()


async def test_a_lock_of_another_process_is_busy_and_passes(tmp_path: Path) -> None:
    db = await open_database(f"sqlite:///{tmp_path}/a.db")
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
        await tx.execute("PRAGMA busy_timeout = 20")
    holder = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        async with db.transaction() as tx:
            await tx.execute("INSERT INTO t VALUES ('a')")

    async def write(tx: object) -> None:
        await tx.execute("INSERT INTO t VALUES ('a')")  # type: ignore[attr-defined]

    waiting = asyncio.create_task(db.run(write))
    await asyncio.sleep(0)
    holder.execute("ROLLBACK")
    holder.close()
    await waiting
    await db.close()


async def test_a_full_disk_keeps_nothing_and_the_engine_recovers(tmp_path: Path) -> None:
    db = await open_database(f"sqlite:///{tmp_path}/a.db")
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
    async with db.reading() as tx:
        await tx.fetch("PRAGMA max_page_count = 20")

    async def ignoring_the_failure() -> None:
        async with db.transaction() as tx:
            await tx.execute("INSERT INTO t VALUES ('a')")
            with pytest.raises(Full):
                async with tx.savepoint():
                    await tx.execute("INSERT INTO t VALUES (:id)", id="x" * 200_000)
            # SQLite has rolled back all of it, so nothing more may be written as if nothing had happened.
            await tx.execute("INSERT INTO t VALUES ('b')")

    with pytest.raises(Aborted):
        await ignoring_the_failure()
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO t VALUES ('c')")
        assert await tx.fetch("SELECT id FROM t") == [{"id": "c"}]
    await db.close()


async def test_values_never_reach_the_log_even_at_debug(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    db = await open_database(f"sqlite:///{tmp_path}/a.db")
    async with db.reading() as tx:
        await tx.fetch("SELECT :x AS x", x="canary-7421")
    await db.close()
    assert "canary-7421" not in caplog.text


async def test_a_database_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database at all, " * 100)
    (tmp_path / "folder.db").mkdir()
    for name, code in {
        "notes.txt": "database.not_a_database",
        "folder.db": "database.unreadable",
        "notes.txt/a.db": "database.unreadable",
    }.items():
        with pytest.raises(Refused) as caught:
            await open_database(f"sqlite:///{tmp_path}/{name}")
        assert (caught.value.code, caught.value.params["path"]) == (code, str(tmp_path / name))


def test_a_file_that_can_only_be_read_is_named_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as writer:
        writer.execute("CREATE TABLE t (id TEXT)")
    with closing(sqlite3.connect(f"file:{tmp_path}/a.db?mode=ro", uri=True)) as reader:
        with pytest.raises(sqlite3.Error) as caught:
            prove_writable(reader)
        assert refusal(caught.value, tmp_path / "a.db").code == "database.readonly"


WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("INSERT INTO t VALUES ('theirs')")
connection.close()
"""


async def test_opening_a_database_again_does_not_drop_the_locks_of_the_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    first = await open_database(url)
    async with first.transaction() as tx:
        await tx.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
    await (await open_database(url)).close()
    # Were the locks gone, this process would take itself for the last one and remove the log under our feet.
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITE, tmp_path / "a.db")
    assert await other.wait() == 0
    assert "a.db-wal" in {file.name for file in os.scandir(tmp_path)}
    async with first.reading() as tx:
        assert await tx.fetch("SELECT id FROM t") == [{"id": "theirs"}]
    await first.close()


@pytest.mark.parametrize(
    "url", ["mysql://me:hush@host/db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "", "data.db"]
)
async def test_an_address_of_no_known_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Refused) as caught:
        await open_database(url)
    assert caught.value.code == "database.unreadable"
    assert "hush" not in str(caught.value)


async def test_a_relative_address_is_relative_to_the_working_folder(tmp_path: Path) -> None:
    with chdir(tmp_path):
        db = await open_database("sqlite:///data/a%20b.db")
        await db.close()
    assert [file.name for file in os.scandir(tmp_path / "data")] == ["a b.db"]
