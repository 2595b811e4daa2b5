"""What only PostgreSQL must do: connections that die, transactions that overtake each other, passwords."""

import asyncio

import psycopg
import pytest

from domain.errors import Refused
from storage.engine import Busy, Database, Gone, open_database
from storage.url import without_password
from tests.postgres import free_port


@pytest.fixture
def db_url(postgres_url: str) -> str:
    """Only PostgreSQL here."""
    return postgres_url


def end_all_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )


async def test_an_idle_connection_that_died_is_replaced_silently(db: Database, db_url: str) -> None:
    end_all_sessions(db_url)
    async with db.transaction() as tx:
        assert await tx.fetch_one("SELECT 1 AS one") == {"one": 1}


async def test_a_connection_that_dies_inside_a_transaction_is_gone(db: Database, db_url: str) -> None:
    async def die() -> None:
        async with db.transaction() as tx:
            await tx.fetch("SELECT 1 AS one")
            end_all_sessions(db_url)
            await tx.fetch("SELECT 1 AS one")

    with pytest.raises(Gone):
        await die()
    async with db.transaction() as tx:
        await tx.fetch("SELECT 1 AS one")


async def test_a_transaction_that_was_overtaken_is_busy(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute("CREATE TABLE t (n BIGINT)")
        await tx.execute("INSERT INTO t VALUES (0)")

    async def overtake() -> None:
        async with db.transaction() as tx:
            await tx.execute("UPDATE t SET n = n + 1")

    async def be_overtaken() -> None:
        async with db.transaction() as tx:
            await tx.fetch("SELECT n FROM t")
            await asyncio.create_task(overtake())
            await tx.execute("UPDATE t SET n = n + 1")

    with pytest.raises(Busy):
        await be_overtaken()


async def test_more_tasks_than_connections_wait_for_their_turn(db: Database) -> None:
    async def one() -> object:
        async with db.reading() as tx:
            return await tx.fetch_one("SELECT pg_backend_pid() AS pid")

    pids = {str(found) for found in await asyncio.gather(*(one() for _ in range(40)))}
    assert len(pids) <= 5


async def test_a_server_that_does_not_answer_is_unreachable_and_its_password_stays_secret() -> None:
    with pytest.raises(Refused) as caught:
        await open_database(f"postgresql://me:hush@127.0.0.1:{free_port()}/ward?password=hush")
    assert caught.value.code == "database.unreachable"
    assert "hush" not in str(caught.value)
    assert caught.value.params["reason"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hu@sh@127.0.0.1:1/d",
        "postgresql://me:hu/sh@127.0.0.1:1/d",
        "postgresql://me:hu?sh@127.0.0.1:1/d",
        "postgresql://me:hu#sh@127.0.0.1:1/d",
        "postgresql://me:hu sh@127.0.0.1:1/d",
        "postgresql://me:hush@[::1/d",
        "postgresql://me:hush",
        "postgresql://127.0.0.1:1/d?user=a&password=hush&sslpassword=hush",
        "host=127.0.0.1 password=hush",
    ],
)
async def test_a_password_that_is_not_written_as_it_must_be_stays_secret(url: str) -> None:
    with pytest.raises(Refused) as caught:
        await open_database(url)
    assert "hu" not in repr(caught.value.params)
    assert "sh" not in repr(caught.value.params).replace("postgresql", "")


@pytest.mark.parametrize(
    "url", ["postgresql://me:hu@sh@h:1/d", "postgresql://h/d?user=a&password=hush&sslpassword=hush"]
)
def test_an_address_is_shown_without_its_password(url: str) -> None:
    assert "hu" not in without_password(url)
