"""A PostgreSQL server that is shut down ends sessions at any moment: each is a failure that callers know."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.errors import Refused
from storage.engine import Gone, open_database
from storage.lock import ServerLock
from storage.postgres import PostgresDatabase
from storage.url import DatabaseUrl
from tests.ending import Ending, ending


@pytest.fixture
async def way(postgres_url: str) -> AsyncIterator[Ending]:
    async with ending(postgres_url) as way:
        yield way


@pytest.fixture
async def database(way: Ending) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(DatabaseUrl.parse(way.url))
    yield database
    await database.close()


async def work(database: PostgresDatabase) -> None:
    async with database.transaction() as tx:
        await tx.fetch("SELECT 1 AS one")
        await tx.fetch_all([("SELECT 1 AS one", {}), ("SELECT 2 AS two", {})])


# A session's own settings, BEGIN, a statement, two at once, COMMIT.
@pytest.mark.parametrize("moment", range(5))
async def test_a_transaction_of_a_session_that_ends_is_gone(
    way: Ending, database: PostgresDatabase, moment: int
) -> None:
    await way.shut_down(moment)
    with pytest.raises(Gone):
        await work(database)
    await asyncio.wait_for(way.over.wait(), 5)
    await work(database)


async def test_an_idle_session_that_ended_is_replaced_by_one_that_ends_too(
    way: Ending, database: PostgresDatabase
) -> None:
    await work(database)
    await way.shut_down(0)
    with pytest.raises(Gone):
        await work(database)
    await work(database)


@pytest.mark.parametrize("moment", range(2))
async def test_tidying_a_session_that_ends_is_gone(way: Ending, database: PostgresDatabase, moment: int) -> None:
    await way.shut_down(moment)
    with pytest.raises(Gone):
        await database.tidy()
    await asyncio.wait_for(way.over.wait(), 5)


@pytest.mark.parametrize("moment", range(3))
async def test_opening_a_database_whose_session_ends_is_refused(way: Ending, moment: int) -> None:
    await way.shut_down(moment)
    with pytest.raises(Refused, match=r"database\.unreachable"):
        await open_database(way.url)
    await asyncio.wait_for(way.over.wait(), 5)


@pytest.mark.parametrize("moment", range(2))
async def test_a_lock_of_a_session_that_ends_is_refused(way: Ending, moment: int) -> None:
    await way.shut_down(moment)
    with pytest.raises(Refused, match=r"database\.unreachable"):
        await ServerLock(way.url).acquire()
    await asyncio.wait_for(way.over.wait(), 5)
    async with ServerLock(way.url) as lock:
        assert await lock.held()


async def test_a_lock_whose_session_ends_before_its_owner_is_named_is_refused(way: Ending, postgres_url: str) -> None:
    async with ServerLock(postgres_url):
        await way.shut_down(2)
        with pytest.raises(Refused, match=r"database\.unreachable"):
            await ServerLock(way.url).acquire()
        await asyncio.wait_for(way.over.wait(), 5)
