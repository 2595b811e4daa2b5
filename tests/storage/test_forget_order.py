"""PostgreSQL keeps rows in the order in which they came, with their transactions: after a night, no more."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from storage.engine import Database, open_database
from storage.migrate import migrate
from storage.postgres import REWRITTEN, SCATTERED

# Their rows have their times in the clear, and nobody's word is erased from them.
TIMED = {"events", "duties", "reminders", "criteria_acts", "book", "report_texts"}
# What the product itself says, and names of places.
NOBODYS = {"meta", "places", "criteria_sets", "reported_figures", "return_keys", "alembic_version"}


@pytest.fixture
async def db(postgres_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Our tables, on PostgreSQL."""
    await migrate(postgres_url, backups=tmp_path)
    database = await open_database(postgres_url)
    yield database
    await database.close()


async def add(db: Database, key: bytes, body: bytes = b"x") -> None:
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO talks (key, touched_at, body) VALUES (:key, 0, :body)", key=key, body=body)


async def standing(db: Database) -> tuple[list[bytes], int]:
    """The rows as the heap has them, and how many transactions wrote them."""
    async with db.reading() as tx:
        rows = await tx.fetch("SELECT key, xmin::text AS xmin FROM talks ORDER BY ctid")
    return [row["key"] for row in rows], len({row["xmin"] for row in rows})


def bytes_of(url: str, table: str) -> bytes:
    """What lies on the disk of a table."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        home = connection.execute("SHOW data_directory").fetchone()
        file = connection.execute("SELECT pg_relation_filepath(%s)", (table,)).fetchone()
    assert home is not None
    assert file is not None
    return Path(home[0], file[0]).read_bytes()


async def test_after_a_night_neither_place_nor_transaction_tells_who_came_first(
    db: Database, postgres_url: str
) -> None:
    arrived = [secrets.token_bytes(8) for _ in range(40)]
    for name in arrived:
        await add(db, name)
    erased = b"erased-" + secrets.token_bytes(16)
    await add(db, b"gone", erased)
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM talks WHERE key = 'gone'")
    assert await standing(db) == (arrived, 40), "this is what an attacker reads by day"
    assert erased in bytes_of(postgres_url, "talks")
    assert await db.forget_order() == []
    assert await standing(db) == (sorted(arrived), 1)
    assert erased not in bytes_of(postgres_url, "talks")


async def test_no_table_of_random_keys_is_forgotten(db: Database) -> None:
    async with db.reading() as tx:
        rows = await tx.fetch(
            "SELECT c.relname AS name FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]"
            " WHERE x.indisprimary AND x.indnatts = 1 AND c.relnamespace = current_schema()::regnamespace"
            " AND a.atttypid IN ('text'::regtype, 'bytea'::regtype)"
        )
    assert {row["name"] for row in rows} - TIMED - NOBODYS == {*SCATTERED, *REWRITTEN} - {
        "inbox",
        "outbox",
        "undelivered",
    }


async def test_a_table_in_use_is_left_to_the_next_night_and_keeps_nobody_waiting(db: Database) -> None:
    await add(db, b"b")
    await add(db, b"a")
    async with db.transaction() as tx:
        await tx.execute("UPDATE talks SET body = body WHERE key = 'b'")
        assert await asyncio.create_task(db.forget_order()) == ["talks"]
    assert await db.forget_order() == []
    assert await standing(db) == ([b"a", b"b"], 1)


async def test_who_writes_meanwhile_loses_nothing(db: Database) -> None:
    names = [secrets.token_bytes(8) for _ in range(200)]
    random.shuffle(names)

    async def write() -> None:
        for name in names:
            await add(db, name)
            await db.run(lambda tx, name=name: tx.execute("UPDATE talks SET body = 'y' WHERE key = :t", t=name))  # type: ignore[misc]

    writing = asyncio.create_task(write())
    while not writing.done():
        await db.forget_order()
    await writing
    async with db.reading() as tx:
        rows = await tx.fetch("SELECT key, body FROM talks")
    assert {row["key"]: row["body"] for row in rows} == dict.fromkeys(names, b"y")


async def test_a_tip_that_was_erased_is_gone_from_the_disk_too(db: Database, postgres_url: str) -> None:
    erased = b"key-" + secrets.token_bytes(16)
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO tip_keys (tip, wrapped) VALUES ('t', :w)", w=erased)
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM tip_keys")
    assert erased in bytes_of(postgres_url, "tip_keys")
    assert await db.forget_order() == []
    assert erased not in bytes_of(postgres_url, "tip_keys")
