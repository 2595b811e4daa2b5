"""Whole tables, in and out of both databases, in plain calls: for child processes and the command line, never for the
loop. A snapshot that reads holds nobody up: SQLite's log and PostgreSQL's versions keep what it sees.
"""

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.archive import CHUNK, Digest, Kind, Member, Table, Values, encoded
from storage.url import DatabaseUrl

if TYPE_CHECKING:
    import psycopg

VERSIONS = "alembic_version"
_SQLITE_KINDS: dict[str, Kind] = {"TEXT": "text", "BIGINT": "int", "INTEGER": "int", "BLOB": "bytes", "REAL": "real"}
_POSTGRES_KINDS: dict[str, Kind] = {"text": "text", "bigint": "int", "bytea": "bytes", "double precision": "real"}


class Bulk(ABC):
    """One connection, seen as tables."""

    @abstractmethod
    def tables(self) -> list[Table]:
        """Every table but Alembic's, by name; columns by name too."""

    @abstractmethod
    def query(self, sql: str) -> Iterator[Values]:
        """The rows of a query, fetched some at a time."""

    @abstractmethod
    def load(self, table: Table, rows: Iterable[Values]) -> None:
        """Adds rows to a table."""

    @abstractmethod
    def run(self, sql: str) -> None:
        """One statement."""

    @abstractmethod
    def indexes(self) -> list[tuple[str, str]]:
        """Indexes that no constraint needs: (name, how to make it)."""

    def rows(self, table: Table) -> Iterator[Values]:
        """All rows in the order of their key."""
        names = ", ".join(f'"{name}"' for name, _ in table.columns)
        order = ", ".join(f'"{name}"' for name in table.key)
        return self.query(f'SELECT {names} FROM "{table.name}" ORDER BY {order}')  # noqa: S608 - names of our own tables

    def revision(self) -> str:
        """The schema's revision."""
        [[found]] = list(self.query(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608 - a name of ours
        return str(found)

    def meta(self, name: str) -> str | None:
        """What the installation remembers under a name (`storage.meta`)."""
        found = {str(key): str(value) for key, value in self.query("SELECT name, value FROM meta")}
        return found.get(name)

    def digests(self) -> dict[str, Member]:
        """Rows and hash of every table."""
        found = {}
        for table in self.tables():
            digest = Digest(table)
            for lines, count in encoded(table, self.rows(table)):
                digest.add(lines, count)
            found[table.name] = digest.member
        return found


class SqliteBulk(Bulk):
    """On a SQLite connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def tables(self) -> list[Table]:
        names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        return [self._table(name) for [name] in self.query(names) if name != VERSIONS]

    def _table(self, name: str) -> Table:
        found = list(self.query(f"SELECT name, type, pk FROM pragma_table_info('{name}') ORDER BY name"))  # noqa: S608
        columns = tuple((str(column), _SQLITE_KINDS[kind]) for column, kind, _ in found)
        return Table(name, columns, tuple(str(row[0]) for row in sorted(found, key=lambda row: row[2]) if row[2]))

    def query(self, sql: str) -> Iterator[Values]:
        cursor = self.connection.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield from map(list, rows)

    def load(self, table: Table, rows: Iterable[Values]) -> None:
        names = ", ".join(f'"{name}"' for name, _ in table.columns)
        gaps = ", ".join("?" for _ in table.columns)
        self.connection.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({gaps})', rows)  # noqa: S608

    def run(self, sql: str) -> None:
        self.connection.execute(sql)

    def indexes(self) -> list[tuple[str, str]]:
        found = self.query("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
        return [(str(name), str(sql)) for name, sql in found]


class PostgresBulk(Bulk):
    """On a PostgreSQL connection."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self._cursors = 0

    def tables(self) -> list[Table]:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        return [self._table(name) for [name] in list(self.query(names)) if name != VERSIONS]

    def _table(self, name: str) -> Table:
        columns = self.query(
            "SELECT column_name::text, data_type::text FROM information_schema.columns "  # noqa: S608 - our own tables
            f"WHERE table_schema = current_schema() AND table_name = '{name}' ORDER BY column_name::text COLLATE \"C\""
        )
        key = self.query(
            "SELECT a.attname::text FROM pg_index i "  # noqa: S608
            "CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k(number, place) "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number "
            f"WHERE i.indisprimary AND i.indrelid = to_regclass('\"{name}\"') ORDER BY k.place"
        )
        known = tuple((str(column), _POSTGRES_KINDS[kind]) for column, kind in columns)
        return Table(name, known, tuple(str(row[0]) for row in key))

    def query(self, sql: str) -> Iterator[Values]:
        self._cursors += 1
        with self.connection.cursor(f"bulk{self._cursors}", binary=True) as cursor:
            cursor.itersize = CHUNK
            cursor.execute(sql)
            yield from map(list, cursor)

    def load(self, table: Table, rows: Iterable[Values]) -> None:
        names = ", ".join(f'"{name}"' for name, _ in table.columns)
        with self.connection.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def run(self, sql: str) -> None:
        self.connection.execute(sql)

    def indexes(self) -> list[tuple[str, str]]:
        found = self.query(
            "SELECT i.indexname::text, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema() "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = to_regclass(quote_ident(i.indexname))) "
            "ORDER BY 1"
        )
        return [(str(name), str(sql)) for name, sql in found if VERSIONS not in str(sql)]


@contextmanager
def snapshot(url: DatabaseUrl) -> Iterator[Bulk]:
    """An open database as it is at this moment, to be read only; those who write go on."""
    if url.dialect == "sqlite":
        # Never writes a checkpoint, not even when it is closed: the log stays its one writer's (see promises, SQLite).
        connection = sqlite3.connect(f"{url.path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            connection.execute("BEGIN")
            yield SqliteBulk(connection)
        finally:
            connection.close()
        return
    import psycopg

    with psycopg.connect(url.raw, application_name="anphuong backup") as server:
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield PostgresBulk(server)


def settle(path: Path) -> None:
    """Makes a file (or the names in a folder) durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
