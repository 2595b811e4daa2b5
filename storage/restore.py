"""Putting a backup back: built beside what is there, looked through whole, and only then put in its place.

What is there is set aside, never deleted. Killed at any moment, either the old installation is whole or the new one.
What was erased since the backup was made is erased again. Plain calls: the command line does it while nobody serves.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import cast

from domain.errors import Refused
from storage.archive import ERASED, KEY_TABLES, Reader, Table, Values
from storage.backup import ERASED_NOW, archives
from storage.bulk import Bulk, PostgresBulk, SqliteBulk, settle, snapshot
from storage.meta import KEY_CHECK
from storage.migrate import alembic, connection, revisions
from storage.url import DatabaseUrl

ASIDE = "set-aside"
NEW = ".restoring"
BESIDE = ("", "-wal", "-shm")  # SQLite's files of one database

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Place:
    """An installation: its database, its data folder, and what its database remembers of the master key."""

    url: DatabaseUrl
    data: Path
    key_check: str

    @property
    def files(self) -> Path:
        """Sealed files."""
        return self.data / "files"

    @property
    def backups(self) -> Path:
        """Archives."""
        return self.data / "backups"


@dataclass(frozen=True)
class Later:
    """What is known from after the backup: tips that were erased, and keys for an archive that has lost its own."""

    erased: frozenset[str]
    keys: dict[str, list[Values]] | None


def restore(place: Place, archive: Path, now: datetime, progress: Progress = lambda done: None) -> Path | None:
    """Puts `archive` in the place of what is there and returns where that was set aside (None: nothing was there).

    The caller owns the installation (`storage.lock`). Raises Refused: those of `Reader`; `backup.other_key`;
    `database.newer`; `backup.keys_gone` when its keys were taken away and no newer archive is at hand;
    `restore.not_done`.
    """
    with closing(Reader(archive)) as reader:
        if reader.head.key_check != place.key_check:
            raise Refused("backup.other_key", path=archive)
        if reader.head.revision not in revisions():
            raise Refused("database.newer", found=reader.head.revision, known=revisions()[-1])
        later = _later(place, reader)
        aside = _unused(place.data / f"{ASIDE}-{now:%Y%m%d-%H%M%S}")
        into = _into_sqlite if place.url.dialect == "sqlite" else _into_postgres
        troubles: tuple[type[Exception], ...] = (OSError, sqlite3.Error, *_server_errors(place.url))
        try:
            return aside if into(place, reader, later, aside, progress) else None
        except troubles as error:
            # Only the system's own words: a driver's may quote a row.
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            raise Refused("restore.not_done", reason=reason) from None


def _unused(path: Path) -> Path:
    """This path, or one with a number: an attempt that was killed in the same second may have left it."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return path if not path.exists() else next(other for other in numbered if not other.exists())


def _server_errors(url: DatabaseUrl) -> tuple[type[Exception], ...]:
    if url.dialect == "sqlite":
        return ()
    import psycopg
    import sqlalchemy.exc

    return psycopg.Error, sqlalchemy.exc.SQLAlchemyError


def _later(place: Place, reader: Reader) -> Later:
    """Asks the database that is there, and every archive that is newer than the one to be restored."""
    erased: set[str] = set()
    keys: dict[str, list[Values]] | None = None
    for path in archives((reader.path.parent, place.backups), place.key_check):
        with suppress(Refused), closing(Reader(path)) as other:
            if other.head.made_at > reader.head.made_at:
                erased.update(row[0] for _, rows in other.rows(ERASED) for row in rows)
                if other.has_keys:
                    keys = {name: _all(other, f"keys/{name}") for name in KEY_TABLES}
    with suppress(sqlite3.Error, OSError, ValueError), _there(place) as bulk:
        if bulk is not None:
            erased.update(str(row[0]) for row in bulk.query(ERASED_NOW))
            tables = {table.name: table for table in bulk.tables()}
            if not reader.has_keys:
                keys = {name: list(bulk.rows(tables[name])) for name in KEY_TABLES}
    if not reader.has_keys and keys is None:
        raise Refused("backup.keys_gone", path=reader.path)
    return Later(frozenset(erased), None if reader.has_keys else keys)


def _all(reader: Reader, member: str) -> list[Values]:
    return [row for _, rows in reader.rows(member) for row in rows]


@contextmanager
def _there(place: Place) -> Iterator[Bulk | None]:
    """The database that is there, if it is of this installation."""
    if place.url.dialect == "sqlite" and not place.url.path.exists():
        yield None
        return
    with snapshot(place.url) as bulk:
        known = {table.name for table in bulk.tables()}
        ours = {"meta", "tips", *KEY_TABLES} <= known and bulk.meta(KEY_CHECK) == place.key_check
        yield bulk if ours else None


def _into_sqlite(place: Place, reader: Reader, later: Later, aside: Path, progress: Progress) -> bool:
    path = place.url.path
    new = path.with_name(path.name + NEW)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _build(new, reader, later, progress)
        _put_files(place, reader, progress)
        kept = path.exists() and _set_aside_sqlite(place, aside)
        new.replace(path)  # the one moment in which the old installation becomes the new one
    finally:
        _drop(new)
    settle(path.parent)
    return kept


def _drop(new: Path) -> None:
    for end in (*BESIDE, "-journal"):
        new.with_name(new.name + end).unlink(missing_ok=True)


def _build(new: Path, reader: Reader, later: Later, progress: Progress) -> None:
    """A SQLite database of the newest schema with what the archive holds; nobody's until it is whole."""
    _drop(new)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    url = DatabaseUrl.parse(f"sqlite:///{new}")
    _migrated(url, reader.head.revision)
    with closing(sqlite3.connect(new, isolation_level=None)) as filling:
        # Nothing is lost by a crash but what has to be done anew.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000", "temp_store = MEMORY"):
            filling.execute(f"PRAGMA {pragma}")
        filling.execute("BEGIN")
        _fill(SqliteBulk(filling), reader, later, progress)
        filling.execute("COMMIT")
    _migrated(url, revisions()[-1])
    settle(new)


def _set_aside_sqlite(place: Place, aside: Path) -> bool:
    """Second names for everything that is there: nothing moves, so nothing is missing if we are killed."""
    path = place.url.path
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _link_files(place, aside)
    for end in BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            os.link(beside, aside / beside.name)
            if end:
                # Only of a database too damaged to close: its log must not be taken for the new one's.
                beside.unlink()
    settle(aside)
    return True


def _link_files(place: Place, aside: Path) -> None:
    aside.mkdir(mode=0o700)
    for file in place.files.glob("??/*"):
        copy = aside / "files" / file.parent.name / file.name
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.link(file, copy)


def _into_postgres(place: Place, reader: Reader, later: Later, aside: Path, progress: Progress) -> bool:
    """All in one transaction: a server that loses us rolls it back."""
    with connection(place.url) as sql:
        bulk = PostgresBulk(cast("object", sql.connection.driver_connection))  # type: ignore[arg-type]
        names = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        old = [str(row[0]) for row in bulk.query(names)]
        if old:
            schema = aside.name.replace("-", "_")
            bulk.run(f'CREATE SCHEMA "{schema}"')
            for name in old:
                bulk.run(f'ALTER TABLE "{name}" SET SCHEMA "{schema}"')
        alembic(sql, "upgrade", reader.head.revision)
        _fill(bulk, reader, later, progress)
        alembic(sql, "upgrade", revisions()[-1])
        _put_files(place, reader, progress)
        if old or place.files.exists():
            _link_files(place, aside)
    return bool(old)


def _migrated(url: DatabaseUrl, to: str) -> None:
    with connection(url) as sql:
        alembic(sql, "upgrade", to)


def _fill(bulk: Bulk, reader: Reader, later: Later, progress: Progress) -> None:
    """Loads every table; what was erased since then loses its key and its words here too."""
    indexes = bulk.indexes()
    for name, _ in indexes:
        bulk.run(f'DROP INDEX "{name}"')
    known = {table.name: table for table in bulk.tables()}
    done = 0
    for member in reader.tables:
        folder, name = member.split("/")
        if folder == "keys" and later.keys is not None:
            bulk.load(known[name], _kept(known[name], later.keys[name], later.erased))
            continue
        for table, rows in reader.rows(member):
            if sorted(table.columns) != sorted(known[name].columns):
                raise Refused("backup.damaged", path=reader.path)
            bulk.load(table, _kept(table, rows, later.erased))
            done += len(rows)
            progress(done)
    for _, sql in indexes:
        bulk.run(sql)


def _kept(table: Table, rows: list[Values], erased: frozenset[str]) -> list[Values]:
    """The rows that may come back."""
    if table.name not in ("tip_keys", "tip_parts", "watches") or not erased:
        return rows
    place = [name for name, _ in table.columns].index("tip")
    return [row for row in rows if row[place] not in erased]


def _put_files(place: Place, reader: Reader, progress: Progress) -> None:
    """Adds the archive's files to those that are there. A file of ours never changes, so one that is there stays; one
    that the database doesn't name is swept away by the serving process."""
    for id, content in reader.files():
        path = place.files / id[:2] / id
        if path.exists() and path.stat().st_size == len(content):
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_name(f"{id}.part")
        half.write_bytes(content)
        half.chmod(0o600)
        os.utime(half, (0, 0))
        half.replace(path)
    if place.files.exists():
        os.sync()
