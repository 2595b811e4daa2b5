"""One process at a time: over a data folder (SQLite), or over a named task of a PostgreSQL server."""

import contextlib
import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from domain.errors import Refused
from storage.failures import DatabaseFailure
from storage.url import DatabaseUrl

if TYPE_CHECKING:
    from storage.postgres import Connection

NAME = "lock"


class DataLock:
    """Ownership of a data folder, kept as a lock on its file `lock` (mode 0600), which holds the owner's process id.

    The system lets go of it when the process ends, however it ends. The file stays: removing it would let two
    processes lock two files of the same name.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._file: int | None = None

    def acquire(self) -> None:
        """Become the owner, at once or not at all.

        Raises `Refused("database.in_use", pid=…)` when another process is, `Refused("folder.unwritable")` when the
        folder can't be written.
        """
        if self._file is not None:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refused("folder.unwritable", path=str(self.path.parent), reason=str(error.strerror)) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(file, 0)
            os.pwrite(file, b"%d\n" % os.getpid(), 0)
        except BlockingIOError:
            owner = _pid(file)
            os.close(file)
            raise Refused("database.in_use", path=str(self.path.parent), pid=owner) from None
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def release(self) -> None:
        """Let go; harmless when not the owner."""
        if self._file is not None:
            with suppress(OSError):  # a full disk must not keep us from letting go
                os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def owner(self) -> int | None:
        """Name the process that owns the folder now, ourselves too; None when nobody does."""
        if self._file is not None:
            return os.getpid()
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _pid(file)
        finally:
            os.close(file)
        return None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def _pid(file: int) -> int | None:
    """Read the owner's id; None in the instant before the owner has written it."""
    text = os.pread(file, 32, 0).strip()
    return int(text) if text.isdigit() else None


def server_key(name: str) -> int:
    """Return the number that stands for `name` among PostgreSQL's advisory locks."""
    return int.from_bytes(hashlib.sha256(b"anphuong:" + name.encode()).digest()[:8], "big", signed=True)


class ServerLock:
    """Ownership of a named task on a PostgreSQL database, as long as one connection of its own lives."""

    def __init__(self, url: str, name: str = "owner") -> None:
        self._url = DatabaseUrl.parse(url)
        self._name = name
        self._connection: Connection | None = None

    async def acquire(self) -> None:
        """Become the owner, at once or not at all.

        Raises `Refused("database.in_use", pid=…)` (the server's process of the owner's connection), or
        `Refused("database.unreachable")`.
        """
        import psycopg

        from storage.postgres import PostgresDatabase, translated

        try:
            connection = await PostgresDatabase(self._url).connect()
        except DatabaseFailure as failure:
            raise self._unreachable(failure) from None
        key = server_key(self._name)
        try:
            found = await (await connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (key,))).fetchone()
            if not (found and found["mine"]):
                where = (
                    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    " AND (classid::bigint << 32 | objid::bigint) = %s"
                )
                row = await (await connection.execute(where, (key,))).fetchone()
                raise Refused("database.in_use", path=self._url.shown, pid=row["pid"] if row else None)
        except psycopg.Error as error:
            await connection.close()
            raise self._unreachable(translated(error, "pg_try_advisory_lock")) from None
        except BaseException:
            await connection.close()
            raise
        self._connection = connection

    def _unreachable(self, failure: DatabaseFailure) -> Refused:
        return Refused("database.unreachable", path=self._url.shown, reason=str(failure))

    async def held(self) -> bool:
        """Tell whether we are still the owner: a lost connection lets go of the lock."""
        import psycopg

        if self._connection is None:
            return False
        try:
            await self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    async def release(self) -> None:
        """Let go; harmless when not the owner."""
        import psycopg

        if self._connection is not None:
            # Closing alone lets go whenever the server notices it: whoever starts next might be refused.
            with contextlib.suppress(psycopg.Error):
                await self._connection.execute("SELECT pg_advisory_unlock_all()")
            await self._connection.close()
            self._connection = None

    async def __aenter__(self) -> Self:
        await self.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.release()
