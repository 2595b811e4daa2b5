"""A handful of verbs over SQLite and PostgreSQL: transaction, savepoint, fetch, execute.

One text of each statement with `:named` parameters; values are `str`, `int`, `bool` (kept as 0 or 1), `float`, `bytes`
or `None`, and lists of these for `IN (:ids)`. Both databases behave the same here: a statement that failed leaves its
transaction (or innermost savepoint) fit only for rolling back, and a commit of such a transaction raises `Aborted`.
Known to differ, and to be avoided: sums beyond 64 bits, and NUL characters in text (PostgreSQL refuses both).
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

from domain.errors import Refused
from domain.spread import COMMITS, Spread
from storage.failures import Aborted, Broken, Busy, Conflict, DatabaseFailure, Full, Gone
from storage.statement import Params, same_names
from storage.url import DatabaseUrl

__all__ = [
    "Aborted",
    "Broken",
    "Busy",
    "Conflict",
    "Database",
    "DatabaseFailure",
    "Dialect",
    "Full",
    "Gone",
    "Row",
    "Transaction",
    "open_database",
]

Row = dict[str, Any]
Result = tuple[list[Row], int]
Statement = tuple[str, Params]
Dialect = Literal["sqlite", "postgresql"]
T = TypeVar("T")

TRIES = 6
FIRST_PAUSE = 0.02  # seconds; doubles with every try


class Transaction(ABC):
    """An open transaction. Belongs to one task at a time; of no use once its `async with` has ended."""

    def __init__(self) -> None:
        self._failed = False  # since the innermost savepoint
        self._lost = False  # as a whole: the database has rolled it back already
        self._over = False
        self._depth = 0

    async def fetch(self, sql: str, /, **params: object) -> list[Row]:
        """Run one statement and return its rows. Raises the failures of `storage.failures`."""
        [(rows, _)] = await self._sound([(sql, params)])
        return rows

    async def fetch_tuples(self, sql: str, /, **params: object) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows as plain tuples, in the order of its columns: for very many rows."""
        with self._watched():
            return await self._tuples(sql, params)

    async def fetch_one(self, sql: str, /, **params: object) -> Row | None:
        """Run one statement and return its first row, or None when there is none."""
        rows = await self.fetch(sql, **params)
        return rows[0] if rows else None

    async def execute(self, sql: str, /, **params: object) -> int:
        """Run one statement and return how many rows it changed."""
        [(_, count)] = await self._sound([(sql, params)])
        return count

    async def fetch_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Run many statements in one go (one hop, one round trip), in this order, and return the rows of each."""
        return [rows for rows, _ in await self._sound(statements)]

    async def execute_many(self, sql: str, rows: Sequence[Params]) -> int:
        """Run one statement for every row of parameters in one go; return how many rows changed in all."""
        with self._watched():
            if not rows:
                return 0
            same_names(sql, rows)
            return await self._many(sql, rows)

    async def execute_later(self, sql: str, rows: Sequence[Params]) -> None:
        """The same for writes whose count nobody needs: they may travel with the next statement, or with the commit.

        What fails is raised there, and nothing is committed.
        """
        with self._watched():
            if rows:
                same_names(sql, rows)
                await self._later(sql, rows)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside when it raises; the transaction itself stays usable."""
        self._ensure_sound()
        self._depth += 1
        name = f"point{self._depth}"
        try:
            await self._savepoint(name)
            try:
                yield
                self._ensure_sound()
            except BaseException:
                await to_the_end(self._rollback_to(name))
                self._failed = self._lost
                raise
            await self._release(name)
        finally:
            self._depth -= 1

    def _watched(self) -> "_Watch":
        self._ensure_sound()
        return _Watch(self)

    def _ensure_sound(self) -> None:
        if self._over:
            raise RuntimeError("the transaction has ended")
        if self._failed:
            raise Aborted("an earlier statement of this transaction failed")

    async def _sound(self, statements: Sequence[Statement]) -> list[Result]:
        with self._watched():
            return await self._batch(statements) if statements else []

    @abstractmethod
    async def _batch(self, statements: Sequence[Statement]) -> list[Result]: ...

    async def _tuples(self, sql: str, params: Params) -> list[tuple[Any, ...]]:
        [(rows, _)] = await self._batch([(sql, params)])
        return [tuple(row.values()) for row in rows]

    @abstractmethod
    async def _many(self, sql: str, rows: Sequence[Params]) -> int: ...

    async def _later(self, sql: str, rows: Sequence[Params]) -> None:
        await self._many(sql, rows)

    @abstractmethod
    async def _savepoint(self, name: str) -> None: ...

    @abstractmethod
    async def _release(self, name: str) -> None: ...

    @abstractmethod
    async def _rollback_to(self, name: str) -> None: ...

    @abstractmethod
    async def _commit(self) -> None: ...

    @abstractmethod
    async def _rollback(self) -> None: ...


class _Watch:
    """Marks a transaction as failed when anything, cancellation too, interrupts a statement."""

    __slots__ = ("_tx",)

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._tx._failed = True


class Database(ABC):
    """An open database. Make it with `open_database`, and `close` it."""

    dialect: Dialect

    def __init__(self) -> None:
        self._inside: set[asyncio.Task[Any] | None] = set()
        self.commits = Spread(COMMITS)  # how long durable commits take
        self._patient = True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Read and write; commits at the end, rolls back on anything raised (cancellation too) and re-raises.

        A cancellation that arrives during the commit waits for its outcome and is raised after it.
        """
        async with self._unit(write=True) as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Read from one unchanging snapshot of the database."""
        async with self._unit(write=False) as tx:
            yield tx

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction; when it is `Busy`, run all of it again, a few times with growing pauses."""
        pause = FIRST_PAUSE
        for _ in range(TRIES - 1):
            try:
                async with self.transaction() as tx:
                    return await work(tx)
            except Busy:
                if not self._patient:
                    raise
                await asyncio.sleep(pause)
                pause *= 2
        async with self.transaction() as tx:
            return await work(tx)

    async def hurry(self) -> None:
        """From now on nobody waits long for whoever holds the database: this process is to end."""
        self._patient = False

    @abstractmethod
    async def tidy(self) -> None:
        """Take what was deleted out of the files too (vacuum, short log). Raises `Busy` when a reader forbids it."""

    async def truncate_log(self) -> None:
        """Empty the log in which handled and erased rows can still be read; nothing where there is none."""
        return

    async def forget_order(self) -> list[str]:
        """Keep rows of people and tips in no order of arrival, and nothing of dead ones. Returns what was busy.

        Nothing where tables have no order of their own.
        """
        return []

    @abstractmethod
    async def close(self) -> None:
        """Let go of every connection; an open transaction is rolled back. May be called twice."""

    @asynccontextmanager
    async def _unit(self, *, write: bool) -> AsyncIterator[Transaction]:
        task = asyncio.current_task()
        if task in self._inside:
            raise RuntimeError("a transaction inside a transaction would wait for itself")
        self._inside.add(task)
        try:
            tx = await self._begin(write=write)
            try:
                yield tx
                tx._ensure_sound()
                committing = time.monotonic()
                await to_the_end(tx._commit())
                if write:
                    self.commits.add(time.monotonic() - committing)
            # BaseException: a cancelled task must not leave the transaction open.
            except BaseException:
                await to_the_end(tx._rollback())
                raise
            finally:
                tx._over = True
                await to_the_end(self._end(tx))
        finally:
            self._inside.discard(task)

    @abstractmethod
    async def _begin(self, *, write: bool) -> Transaction: ...

    @abstractmethod
    async def _end(self, tx: Transaction) -> None: ...


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Finish `work` even if the caller is cancelled meanwhile; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it as forgotten
        raise


async def open_database(url: str) -> Database:
    """Open `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://…`; makes a missing SQLite file.

    Raises `Refused` (`database.unreadable`, `.readonly`, `.not_a_database`, `.unreachable`) with `path` and `reason`,
    never with a password. The lock on the data folder is `storage.lock`'s, the schema `storage.migrate`'s.
    """
    target = DatabaseUrl.parse(url)
    if target.dialect == "sqlite":
        from storage.sqlite import open_sqlite

        return await open_sqlite(target.path)
    # Not loaded where it is not used: the driver takes several megabytes.
    from storage.postgres import open_postgres

    try:
        return await open_postgres(target)
    except DatabaseFailure as failure:
        raise Refused("database.unreachable", path=target.shown, reason=str(failure)) from None
