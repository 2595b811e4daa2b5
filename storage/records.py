"""A table seen as models: rows are read once (ahead, many at a time), changed in memory, and written together."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar, cast

from storage.engine import Row, Transaction

K = TypeVar("K", str, bytes, int)
M = TypeVar("M")


class MustReplay(Exception):
    """A change can't be taken back in memory because it has reached the database: run this batch one by one."""


class Ask(NamedTuple):
    """A query, its parameters, and what takes its rows."""

    sql: str
    params: Mapping[str, Any]
    take: Callable[[Sequence[Row]], None]


class Work:
    """What one transaction reads and writes: an identity map per table, one flush, and a journal to undo by.

    A query sees what the same transaction has changed: what is buffered goes to the database first. A list of one
    table sends only that table's changes, and is read once until the table changes again: a batch of updates asks the
    same questions over and over.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._tables: list[Records[Any, Any]] = []
        self._journal: list[tuple[Records[Any, Any], Any, Any, bool]] = []
        self._flushed_since_mark = False

    def enrol(self, table: "Records[Any, Any]") -> None:
        """A table takes part in the flush."""
        self._tables.append(table)

    async def fetch(self, sql: str, **params: Any) -> Sequence[Row]:
        """Rows of any query, seeing this unit's own changes."""
        await self.flush()
        return await self._tx.fetch(sql, **params)

    async def read(self, sql: str, **params: Any) -> Sequence[Row]:
        """Rows of a query that needs nothing of what is buffered."""
        return await self._tx.fetch(sql, **params)

    async def read_tuples(self, sql: str, **params: Any) -> Sequence[tuple[Any, ...]]:
        """The same as plain tuples: a night reads a hundred thousand."""
        return await self._tx.fetch_tuples(sql, **params)

    async def ask(self, asks: "Sequence[Ask]") -> None:
        """Several questions that need nothing of what is buffered, in one go."""
        if asks:
            for ask, rows in zip(asks, await self._tx.fetch_all([ask[:2] for ask in asks]), strict=True):
                ask.take(rows)

    async def execute(self, sql: str, **params: Any) -> int:
        """One statement at once, in order with the buffered writes. Returns the number of rows."""
        await self._before_writing()
        return await self._tx.execute(sql, **params)

    async def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """One statement for many rows, in order with the buffered writes."""
        await self._before_writing()
        return await self._tx.execute_many(sql, rows)

    async def flush(self, *only: "Records[Any, Any]") -> None:
        """Sends buffered writes (of these tables, or of all), one statement a table and kind."""
        for table in only or self._tables:
            if table.changed:
                await table.flush(self._tx)
                self._flushed_since_mark = True

    async def _before_writing(self) -> None:
        """A statement may change any table: what is buffered goes first, and no list that was read is trusted."""
        await self.flush()
        self._flushed_since_mark = True
        for table in self._tables:
            table.distrust()

    def mark(self) -> None:
        """From here on changes can be undone."""
        self._journal.clear()
        self._flushed_since_mark = False

    def undo(self) -> None:
        """Takes back every change since `mark`. Raises MustReplay when some have reached the database."""
        if self._flushed_since_mark:
            raise MustReplay
        for table, key, before, dirty in reversed(self._journal):
            table.restore(key, before, dirty)
        self._journal.clear()

    def remember(self, table: "Records[Any, Any]", key: Any, before: Any, dirty: bool) -> None:
        """The journal's next line."""
        self._journal.append((table, key, before, dirty))


_ABSENT = object()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class Records(ABC, Generic[K, M]):
    """One table. Subclasses say how a model becomes a row and back; SQL of list queries stands in their methods."""

    table: ClassVar[str]
    key: ClassVar[str] = "id"
    columns: ClassVar[tuple[str, ...]]

    def __init__(self, work: Work) -> None:
        self._work = work
        self._held: dict[K, Any] = {}
        self._dirty: dict[K, None] = {}
        self._lists: dict[tuple[str, str], Sequence[Row]] = {}
        work.enrol(self)

    @property
    def changed(self) -> bool:
        """Whether there is anything to flush."""
        return bool(self._dirty)

    @abstractmethod
    def to_row(self, record: M) -> dict[str, Any]:
        """The columns of a record."""

    @abstractmethod
    def from_row(self, row: Mapping[str, Any]) -> M:
        """The record of a row."""

    def opened(self, row: Mapping[str, Any]) -> M | None:
        """The record of a row; None when the row counts for nothing."""
        return self.from_row(row)

    async def find(self, key: K) -> M | None:
        """The record of a key, None when there is none."""
        if key not in self._held:
            await self.ahead((key,))
        return cast("M | None", self._held[key])

    async def ahead(self, keys: Iterable[K]) -> None:
        """Reads many records in one statement, so that later look-ups wait for nothing."""
        await self._work.ask(self.asks(keys))

    def asks(self, keys: Iterable[K]) -> "list[Ask]":
        """The question that `ahead` asks, to be asked together with others; none when all is known."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._held]
        if not missing:
            return []

        def take(rows: Sequence[Row]) -> None:
            self._held.update(dict.fromkeys(missing))
            for row in rows:
                self._held[row[self.key]] = self.opened(row)

        sql = f"SELECT {', '.join(self.columns)} FROM {self.table} WHERE {self.key} IN (:keys)"  # noqa: S608 - own names
        return [Ask(sql, {"keys": missing}, take)]

    def save(self, record: M) -> None:
        """The record is written with the unit; saving it twice writes its last state."""
        self._set(self.key_of(record), record)

    def remove(self, key: K) -> None:
        """The record is deleted with the unit."""
        self._set(key, None)

    def key_of(self, record: M) -> K:
        """The key of a record; by default the attribute that is named like the key column."""
        return cast(K, getattr(record, self.key))

    def seen(self, rows: Iterable[Row]) -> list[M]:
        """Records of a list query; those that the unit already holds are given as held."""
        found = []
        for row in rows:
            key = row[self.key]
            if self._held.get(key) is None:
                if key in self._dirty:
                    continue  # removed by this unit, and read before that has reached the database
                self._held[key] = self.opened(row)
            if self._held[key] is not None:
                found.append(self._held[key])
        return found

    def distrust(self) -> None:
        """Lists are read anew from here on."""
        self._lists.clear()

    async def _list(self, sql: str, **params: Any) -> list[M]:
        """Records that a query of this table finds."""
        asked = sql, repr(params)
        if asked not in self._lists:
            await self._work.flush(self)
            self._lists[asked] = await self._work.read(sql, **params)
        return self.seen(self._lists[asked])

    def restore(self, key: K, before: Any, dirty: bool) -> None:
        """Undo of one change."""
        self.distrust()
        if before is _ABSENT:
            self._held.pop(key, None)
        else:
            self._held[key] = before
        if not dirty:
            self._dirty.pop(key, None)

    async def flush(self, tx: Transaction) -> None:
        """Writes what changed."""
        saved = [self.to_row(self._held[key]) for key in self._dirty if self._held[key] is not None]
        gone = [{"key": key} for key in self._dirty if self._held[key] is None]
        self._dirty.clear()
        # Deletions first: who was forgotten and agrees again in one unit has the same unique chat.
        if gone:
            await tx.execute_later(f"DELETE FROM {self.table} WHERE {self.key} = :key", gone)  # noqa: S608 - own names
        if saved:
            await tx.execute_later(self._upsert(), saved)

    def _set(self, key: K, record: M | None) -> None:
        self._work.remember(self, key, self._held.get(key, _ABSENT), key in self._dirty)
        self._held[key] = record
        self._dirty[key] = None
        self.distrust()

    @classmethod
    def _upsert(cls) -> str:
        names = ", ".join(cls.columns)
        values = ", ".join(f":{name}" for name in cls.columns)
        changes = ", ".join(f"{name} = excluded.{name}" for name in cls.columns if name != cls.key)
        return f"INSERT INTO {cls.table} ({names}) VALUES ({values}) ON CONFLICT ({cls.key}) DO UPDATE SET {changes}"  # noqa: S608


def to_ms(moment: datetime | None) -> int | None:
    """A moment as stored: milliseconds since 1970, UTC."""
    return None if moment is None else (moment - _EPOCH) // _MS


def from_ms(stored: int | None) -> datetime | None:
    """A stored moment, in UTC."""
    return None if stored is None else moment(stored)


def moment(stored: int) -> datetime:
    """A stored moment that is always there."""
    return _EPOCH + stored * _MS
