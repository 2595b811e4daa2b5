"""SQLite behind the engine's verbs: one connection, one thread, one writer."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from domain.errors import Refused
from storage.engine import Database, Result, Statement, Transaction
from storage.failures import Broken, Busy, Conflict, DatabaseFailure, Full, Gone
from storage.statement import Params, many_to_sqlite, to_sqlite

T = TypeVar("T")
Before = tuple[str, Sequence[Params] | None]  # a statement that travels with the next, with its rows if it has any

# At DEBUG aiosqlite logs every call with its parameters: names and chat ids would reach the log.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)

BUSY_SECONDS = 5.0
CLOSE_SECONDS = 2.0

# temp_store: sorted rows must not spill in plain sight into a temporary file.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cache_size = -8000",
)
_READ_ONLY = "PRAGMA query_only = ON"
_WRITABLE = "PRAGMA query_only = OFF"
_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
}
_KINDS: dict[int, type[DatabaseFailure]] = {
    sqlite3.SQLITE_BUSY: Busy,
    sqlite3.SQLITE_LOCKED: Busy,
    sqlite3.SQLITE_FULL: Full,
    sqlite3.SQLITE_CONSTRAINT: Conflict,
    sqlite3.SQLITE_IOERR: Gone,
    sqlite3.SQLITE_CANTOPEN: Gone,
    sqlite3.SQLITE_READONLY: Gone,
    sqlite3.SQLITE_CORRUPT: Gone,
    sqlite3.SQLITE_NOTADB: Gone,
}


def translated(error: Exception, sql: str) -> DatabaseFailure:
    """Name a driver's error in the engine's words."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Wrong values and names: the text of a ValueError may quote the value, so only its kind is told.
        known = isinstance(error, sqlite3.ProgrammingError)
        return Broken(f"{error if known else type(error).__name__}: {sql}")
    kind = Full if code in _FULL else _KINDS.get(code & 0xFF, Broken)
    return kind(f"{error}: {sql}")


class _Thread(aiosqlite.Connection):
    """The connection's thread, with a way to run many statements in one hop."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # a forgotten `close` must not keep the process alive

    async def call(self, work: Callable[..., T], *args: object) -> T:
        """Run `work(connection, *args)` on the thread. Raises `Gone` once the connection is closed."""
        if not self._running or self._connection is None:
            raise Gone("the database is closed")
        result: T = await self._execute(work, self._connection, *args)  # type: ignore[no-untyped-call]  # has no types
        return result

    def in_unit(self) -> bool:
        """Tell whether a transaction is open."""
        return self._connection is not None and self._connection.in_transaction


def _run(connection: sqlite3.Connection, before: Sequence[Before], statements: Sequence[Statement]) -> list[Result]:
    for sql, rows in before:
        if rows is None:
            _one(connection, sql, {})
        else:
            _many(connection, sql, rows)
    return [_one(connection, sql, params) for sql, params in statements]


def _run_tuples(
    connection: sqlite3.Connection, before: Sequence[Before], sql: str, params: Params
) -> list[tuple[Any, ...]]:
    _run(connection, before, ())
    try:
        return connection.execute(*to_sqlite(sql, params)).fetchall()
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise translated(error, sql) from None


def _one(connection: sqlite3.Connection, sql: str, params: Params) -> Result:
    try:
        cursor = connection.execute(*to_sqlite(sql, params))
        if cursor.description is None:
            return [], max(cursor.rowcount, 0)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return rows, max(cursor.rowcount, 0)
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise translated(error, sql) from None


def _run_many(connection: sqlite3.Connection, before: Sequence[Before], sql: str, rows: Sequence[Params]) -> int:
    _run(connection, before, ())
    return _many(connection, sql, rows)


def _many(connection: sqlite3.Connection, sql: str, rows: Sequence[Params]) -> int:
    try:
        return max(connection.executemany(*many_to_sqlite(sql, rows)).rowcount, 0)
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise translated(error, sql) from None


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute(_WRITABLE)


class SqliteTransaction(Transaction):
    """Begin, savepoints, releases and `execute_later` wait in `_before` and travel with the next statement.

    Each hop to the thread and back takes longer than most statements.
    """

    def __init__(self, thread: _Thread, *, write: bool) -> None:
        super().__init__()
        self._thread = thread
        self._before: list[Before] = [(sql, None) for sql in (["BEGIN IMMEDIATE"] if write else [_READ_ONLY, "BEGIN"])]
        self._after: list[Before] = [(sql, None) for sql in (["COMMIT"] if write else ["COMMIT", _WRITABLE])]
        self._begun = False

    async def _batch(self, statements: Sequence[Statement]) -> list[Result]:
        return await self._hop(_run, statements)

    async def _tuples(self, sql: str, params: Params) -> list[tuple[Any, ...]]:
        return await self._hop(_run_tuples, sql, params)

    async def _many(self, sql: str, rows: Sequence[Params]) -> int:
        return await self._hop(_run_many, sql, rows)

    async def _later(self, sql: str, rows: Sequence[Params]) -> None:
        self._before.append((sql, rows))
        self._begun = True

    async def _hop(self, work: Callable[..., T], *args: object) -> T:
        before, self._before = self._before, []
        self._begun = True
        try:
            return await self._thread.call(work, before, *args)
        except DatabaseFailure:
            # A full disk makes SQLite roll back by itself; what followed would commit statement by statement.
            self._lost = not self._thread.in_unit()
            raise

    async def _savepoint(self, name: str) -> None:
        self._before.append((f"SAVEPOINT {name}", None))

    async def _release(self, name: str) -> None:
        if self._before[-1:] == [(f"SAVEPOINT {name}", None)]:
            self._before.pop()  # nothing happened inside
        else:
            self._before.append((f"RELEASE {name}", None))

    async def _rollback_to(self, name: str) -> None:
        opened = (f"SAVEPOINT {name}", None)
        if opened in self._before:
            while self._before.pop() != opened:  # nothing of it has left yet; an older one of that name is over
                pass
        else:
            self._before += [(f"ROLLBACK TO {name}", None), (f"RELEASE {name}", None)]

    async def _commit(self) -> None:
        if self._begun:
            await self._thread.call(_run, [*self._before, *self._after], ())

    async def _rollback(self) -> None:
        if self._begun:
            # If even this fails the connection is beyond use, and the failure that led here says why.
            with suppress(sqlite3.Error, Gone):
                await self._thread.call(_roll_back)


class SqliteDatabase(Database):
    """One connection; transactions queue for it in order of arrival."""

    dialect = "sqlite"

    def __init__(self, thread: _Thread, path: Path) -> None:
        super().__init__()
        self._thread = thread
        self._turn = asyncio.Lock()
        self._closed = False
        self.path = path

    async def _begin(self, *, write: bool) -> Transaction:
        await self._turn.acquire()
        return SqliteTransaction(self._thread, write=write)

    async def _end(self, tx: Transaction) -> None:
        self._turn.release()

    async def tidy(self) -> None:
        """Vacuum and empty the write-ahead log. Raises `Busy` when another connection still reads from it."""
        async with self._turn:
            await self._thread.call(_run, [("VACUUM", None)], ())
        await self.truncate_log()

    async def truncate_log(self) -> None:
        """Empty the write-ahead log: what was deleted from the tables can still be read there."""
        async with self._turn:
            [([row], _)] = await self._thread.call(_run, [], [("PRAGMA wal_checkpoint(TRUNCATE)", {})])
            if row["busy"]:
                raise Busy("a reader keeps the write-ahead log")

    async def hurry(self) -> None:
        """Every statement after the one that runs just now fails at once where it would wait."""
        await super().hurry()
        with suppress(DatabaseFailure):  # closed already
            await self._thread.call(_run, [("PRAGMA busy_timeout = 0", None)], ())

    async def close(self) -> None:
        """Wait a little for an open transaction, then close whatever happens."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.wait_for(self._turn.acquire(), CLOSE_SECONDS)
        except TimeoutError:
            await self._thread.interrupt()
            await self._thread.close()
        else:
            await self._thread.close()
            self._turn.release()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=512, check_same_thread=False
    )
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        prove_writable(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def prove_writable(connection: sqlite3.Connection) -> None:
    """Read the header and begin to write, but write nothing. Raises `sqlite3.Error`.

    `BEGIN IMMEDIATE` alone does not do: on a file that can only be read it begins to read, and says nothing.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        [(number,)] = connection.execute("PRAGMA user_version")
        connection.execute(f"PRAGMA user_version = {number:d}")
    finally:
        connection.rollback()


def make_private(path: Path) -> None:
    """Make the database's folder and an empty file that only their owner can read. Raises `OSError`.

    A file that exists is not even opened: closing it would drop the locks that other connections of this process hold
    on it (POSIX locks belong to the process), and two writers could then corrupt it. For the same reason nothing in
    this process may read a database's files by itself while it is open.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def refusal(error: Exception, path: Path) -> Refused:
    """Say why a database file can't be opened."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, OSError):
        return Refused("database.unreadable", path=str(path), reason=str(error.strerror))
    name = {
        sqlite3.SQLITE_NOTADB: "database.not_a_database",
        sqlite3.SQLITE_CORRUPT: "database.not_a_database",
        sqlite3.SQLITE_READONLY: "database.readonly",
        sqlite3.SQLITE_BUSY: "database.in_use",
    }.get(code, "database.unreadable")
    return Refused(name, path=str(path), reason=str(error))


async def open_sqlite(path: Path) -> SqliteDatabase:
    """Open or make a database file (mode 0600). Raises `Refused`."""
    try:
        make_private(path)
        connection = await asyncio.to_thread(_connect, path)
    except (OSError, sqlite3.Error) as error:
        raise refusal(error, path) from None
    thread = _Thread(lambda: connection)
    await thread
    return SqliteDatabase(thread, path)
