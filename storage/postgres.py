"""PostgreSQL behind the engine's verbs: a small pool of psycopg 3 connections, REPEATABLE READ."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import pq, sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row
from psycopg.types.numeric import Int8Dumper

from storage.engine import Database, Result, Row, Statement, Transaction
from storage.failures import Broken, Busy, Conflict, DatabaseFailure, Full, Gone
from storage.statement import Params, expand, to_psycopg
from storage.url import DatabaseUrl

CONNECTIONS = 5
CONNECT_SECONDS = 10

# A dead server is noticed within about 15 s, a forgotten transaction ended after a minute.
_SETTINGS: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "anphuong",
}
# Rows of people that say nowhere in the clear when they were written: the heap would tell it.
SCATTERED = ("contacts", "memberships", "invitations", "signing_links", "talks")
# The clock of these stands in the clear; but what was erased, and who erased it in which transaction, must not stay.
REWRITTEN = ("inbox", "outbox", "undelivered", "watches", "tips", "tip_keys", "tip_parts", "files", "findings")
# A statement here ends, done or not, before the `lock_timeout` of whoever waits for it: no work fails.
_PATIENCE = "SET lock_timeout = '1s'; SET statement_timeout = '4s'"
_PRIMARY = (
    "SELECT i.relname AS index, a.attname AS key FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
    " JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]"
    " WHERE x.indisprimary AND x.indrelid = %s::regclass"
)

_SESSION = (
    "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s'; "
    "SET client_min_messages = 'warning'; SET TIME ZONE 'UTC'"
)
_BEGIN = {
    True: "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE",
    False: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
_BUSY = {"40001", "40P01", "55P03", "57014"}
_FULL = {"53100", "53200"}
# 25006: after a failover we may be talking to a server that only reads; 25P03: our own idle limit.
_GONE = {"25006", "25P03", "57P01", "57P02", "57P03", "57P05", "53300"}
# A mistake in the statement itself: the server's words help and hold no values.
_OURS = ("42", "25", "3F")

Connection = psycopg.AsyncConnection[Row]


def translated(error: Exception, sql: str) -> DatabaseFailure:
    """Name a driver's error in the engine's words."""
    if not isinstance(error, psycopg.Error):
        return Broken(f"{type(error).__name__}: {sql}")
    state = error.sqlstate or ""
    if state in _BUSY:
        return Busy(f"{state}: {sql}")
    if state in _FULL:
        return Full(f"{state}: {sql}")
    if state.startswith("23"):
        return Conflict(f"{error.diag.constraint_name or state}: {sql}")
    if state in _GONE or state.startswith("08") or (not state and isinstance(error, psycopg.OperationalError)):
        return Gone(state or type(error).__name__)
    if state.startswith(_OURS):
        return Broken(f"{error.diag.message_primary}: {sql}")
    return Broken(f"{state or type(error).__name__}: {sql}")


def _why(error: psycopg.Error) -> str:
    """Why nobody answers, as the network or the server says it. What the driver says of an address quotes the address,
    and a password that was not written as it must be stands where the driver looks for something else."""
    told = re.search(r"connection to server .*? failed: (.*)", str(error))
    if told:
        return told[1]
    return "host not found" if "resolve host" in str(error) else type(error).__name__


class _Whole(Int8Dumper):
    """Every `int` and `bool` travels as BIGINT, so that one statement is prepared once and flags are 0 and 1."""

    def dump(self, obj: Any) -> Buffer | None:
        return super().dump(int(obj))


class _Sum(Loader):
    """NUMERIC (what SUM and AVG of BIGINT yield) reads as SQLite gives it: int, or float with a fraction."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


class PostgresTransaction(Transaction):
    """One connection of the pool, for as long as the transaction lasts."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection

    async def _batch(self, statements: Sequence[Statement]) -> list[Result]:
        if len(statements) == 1:
            [(sql, params)] = statements
            return [await _rows(await self._one(sql, params), sql)]
        sql = "; ".join(text for text, _ in statements)
        try:
            async with self.connection.pipeline():
                cursors = [await self._one(text, params) for text, params in statements]
        except psycopg.Error as error:
            raise translated(error, sql) from None
        return [await _rows(cursor, sql) for cursor in cursors]

    async def _one(self, sql: str, params: Params) -> psycopg.AsyncCursor[Row]:
        text, values = expand(sql, params)
        try:
            return await self.connection.execute(to_psycopg(text), values)
        except (psycopg.Error, ValueError, OverflowError) as error:
            raise translated(error, sql) from None

    async def _many(self, sql: str, rows: Sequence[Params]) -> int:
        try:
            async with self.connection.cursor() as cursor:
                await cursor.executemany(to_psycopg(sql), rows)
                return max(cursor.rowcount, 0)
        except (psycopg.Error, ValueError, OverflowError) as error:
            raise translated(error, sql) from None

    async def _savepoint(self, name: str) -> None:
        await self._one(f"SAVEPOINT {name}", {})

    async def _release(self, name: str) -> None:
        await self._one(f"RELEASE SAVEPOINT {name}", {})

    async def _rollback_to(self, name: str) -> None:
        try:
            await self._one(f"ROLLBACK TO SAVEPOINT {name}", {})
            await self._one(f"RELEASE SAVEPOINT {name}", {})
        except DatabaseFailure:
            self._lost = True  # what raised inside the savepoint is the news, not this

    async def _commit(self) -> None:
        await self._one("COMMIT", {})

    async def _rollback(self) -> None:
        # A connection that can't even roll back is thrown away by `_end`.
        with suppress(DatabaseFailure):
            if self.connection.info.transaction_status is not pq.TransactionStatus.IDLE:
                await self._one("ROLLBACK", {})


async def _rows(cursor: psycopg.AsyncCursor[Row], sql: str) -> Result:
    try:
        rows = await cursor.fetchall() if cursor.description is not None else []
    except psycopg.Error as error:
        raise translated(error, sql) from None
    return rows, max(cursor.rowcount, 0)


class PostgresDatabase(Database):
    """At most `CONNECTIONS` connections, opened when needed and kept while they work."""

    dialect = "postgresql"

    def __init__(self, url: DatabaseUrl) -> None:
        super().__init__()
        self._url = url
        self._idle: list[Connection] = []
        self._used: set[Connection] = set()
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._closed = False

    async def _begin(self, *, write: bool) -> Transaction:
        await self._places.acquire()
        try:
            connection = await self._begun(_BEGIN[write])
        except BaseException:
            self._places.release()
            raise
        self._used.add(connection)
        return PostgresTransaction(connection)

    async def _begun(self, begin: str) -> Connection:
        """Begin on an idle connection; one that died meanwhile is replaced, silently."""
        if self._closed:
            raise Gone("the database is closed")
        while True:
            fresh = not self._idle
            connection = self._idle.pop() if self._idle else await self.connect()
            try:
                await connection.execute(begin)
            except psycopg.Error as error:
                await connection.close()
                if fresh:
                    raise translated(error, begin) from None
            except BaseException:
                await connection.close()
                raise
            else:
                return connection

    async def connect(self) -> Connection:
        """Open one more connection, outside the pool; the caller closes it. Raises `Gone`, or what else failed."""
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url.raw, autocommit=True, row_factory=dict_row, **_SETTINGS
            )
        except psycopg.Error as error:
            raise Gone(_why(error)) from None
        try:
            await connection.execute(_SESSION)
        except psycopg.Error as error:
            # A server that is being shut down has let us in and ends the session before it has begun.
            await connection.close()
            raise translated(error, _SESSION) from None
        except BaseException:
            await connection.close()
            raise
        connection.adapters.register_dumper(int, _Whole)
        connection.adapters.register_dumper(bool, _Whole)
        connection.adapters.register_loader("numeric", _Sum)
        return connection

    async def _end(self, tx: Transaction) -> None:
        assert isinstance(tx, PostgresTransaction)
        connection = tx.connection
        self._used.discard(connection)
        try:
            if self._closed or connection.info.transaction_status is not pq.TransactionStatus.IDLE:
                await connection.close()
            else:
                self._idle.append(connection)
        finally:
            self._places.release()

    async def tidy(self) -> None:
        """Vacuum every table; the log is the server's business."""
        connection = await self.connect()
        try:
            await connection.execute("VACUUM")
        except psycopg.Error as error:
            raise translated(error, "VACUUM") from None
        finally:
            await connection.close()

    async def forget_order(self) -> list[str]:
        """Write the tables of people and tips anew, in the order of their keys and without dead rows.

        A heap keeps rows in the order of arrival, each with the number of its transaction, and dead rows with that of
        who deleted them: together they tell who wrote when. `CLUSTER` alone keeps the numbers of living rows, so those
        of people are all touched first, by one transaction. A table that is busy, or takes too long, is left.
        """
        busy = []
        connection = await self.connect()
        try:
            await connection.execute(_PATIENCE)
            for table in (*SCATTERED, *REWRITTEN):
                try:
                    await _written_anew(connection, table)
                except psycopg.Error as error:
                    failure = translated(error, f"CLUSTER {table}")
                    if not isinstance(failure, Busy):
                        raise failure from None
                    busy.append(table)
        finally:
            await connection.close()
        return busy

    async def close(self) -> None:
        """Close idle connections now and busy ones by force: their transactions roll back."""
        self._closed = True
        connections = [*self._idle, *self._used]
        self._idle.clear()
        self._used.clear()
        for connection in connections:
            await connection.close()


async def _written_anew(connection: Connection, table: str) -> None:
    """Two transactions: what the first one replaces is dead for the second, which leaves it out."""
    cursor = await connection.execute(_PRIMARY, (table,))
    [row] = await cursor.fetchall()
    names = {name: sql.Identifier(value) for name, value in {"table": table, **row}.items()}
    if table in SCATTERED:
        await connection.execute(sql.SQL("UPDATE {table} SET {key} = {key}").format(**names))
    await connection.execute(sql.SQL("CLUSTER {table} USING {index}").format(**names))


async def open_postgres(url: DatabaseUrl) -> PostgresDatabase:
    """Open a pool and prove that it works. Raises `Gone` when nobody answers."""
    database = PostgresDatabase(url)
    async with database.reading() as tx:
        await tx.fetch_one("SELECT 1 AS one")
    return database
