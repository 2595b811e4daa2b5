"""Bringing the schema up to date: read the version cheaply, and call Alembic (in a child process) only when behind.

Alembic and SQLAlchemy take 38 MB and half a second: the serving process never imports them.
"""

import asyncio
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import Refused
from storage.children import end_with_parent, give_up
from storage.engine import Database, open_database
from storage.lock import server_key
from storage.url import DatabaseUrl

if TYPE_CHECKING:
    import sqlalchemy

MIGRATIONS = Path(__file__).parent / "migrations"
EPOCH = datetime.fromtimestamp(0, UTC)
BASE = "base"  # Alembic's word for "no revision at all"


def revisions(folder: Path = MIGRATIONS) -> list[str]:
    """List the revisions we know, oldest first, without importing them."""
    files = [file.read_text(encoding="utf-8") for file in (folder / "versions").glob("[0-9]*.py")]
    after: dict[str | None, str] = {}
    for text in files:
        names = dict(re.findall(r"""^(revision|down_revision)\b[^=]*= *(?:["']([^"']*)|None)""", text, re.MULTILINE))
        after[names["down_revision"] or None] = names["revision"]
    chain: list[str] = []
    while following := after.get(chain[-1] if chain else None):
        chain.append(following)
    if len(chain) != len(files):
        raise RuntimeError(f"the revisions in {folder} are not one line")
    return chain


async def version(db: Database) -> str | None:
    """Read the revision of an open database; None when it has no schema yet.

    Raises `Refused("database.not_a_database")` when its tables are another program's.
    """
    names = {
        "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        "postgresql": "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()",
    }
    async with db.reading() as tx:
        tables = {row["name"] for row in await tx.fetch(names[db.dialect])}
        if "alembic_version" in tables:
            row = await tx.fetch_one("SELECT version_num FROM alembic_version")
            tables.discard("alembic_version")
            if row:
                return str(row["version_num"])
    if tables:
        raise Refused("database.not_a_database", path="", reason=f"{min(tables)}")
    return None


async def migrate(
    url: str, *, backups: Path, now: datetime = EPOCH, to: str | None = None, folder: Path = MIGRATIONS
) -> str | None:
    """Bring the schema to revision `to` (by default the newest) and return the revision it had before.

    A database that holds data is first backed up to `backups/before-<revision>.anphuong` (tables only: files are not
    touched), and `now` stands in it. All revisions happen in one transaction: all of them or none. On SQLite the caller
    owns the data folder (`storage.lock`).

    Raises `Refused`: those of `open_database`; `database.newer` (`found`, `known`) when a newer program made the
    schema; `database.not_migrated` (`reason`) when a revision failed and nothing has changed.
    """
    known = revisions(folder)
    db = await open_database(url)
    try:
        found = await version(db)
    except Refused as refused:
        raise Refused(refused.code, **{**refused.params, "path": DatabaseUrl.parse(url).shown}) from None
    finally:
        await db.close()
    if found is not None and found not in known:
        raise Refused("database.newer", found=found, known=known[-1])
    target = to or known[-1]
    if found != target and not (found is None and target == BASE):
        # A path back is asked for by name only; the default never goes back, for what is newer is refused above.
        order = [None, *known]
        step = "downgrade" if target == BASE or order.index(target) < order.index(found) else "upgrade"
        copy = str(backups / f"before-{target}.anphuong") if found and step == "upgrade" else None
        at = str(int(now.timestamp() * 1000))
        await _in_child({"url": url, "step": step, "to": target, "copy": copy, "at": at, "folder": str(folder)})
    return found


async def _in_child(order: dict[str, str | None]) -> None:
    """Run `main` in another process. The order goes by its standard input: `ps` must not show a password."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "storage.migrate", stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
    )
    assert child.stdin is not None
    assert child.stderr is not None
    try:
        # Standard input stays open: when it ends, we have ended, and the child's transaction rolls back.
        child.stdin.write(json.dumps(order).encode() + b"\n")
        with suppress(ConnectionError):
            await child.stdin.drain()
        said = await child.stderr.read()
        await child.wait()
    finally:
        await give_up(child)
    if child.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise Refused("database.not_migrated", reason=lines[-1] if lines else f"exit {child.returncode}")


def main() -> None:
    """Take an order from standard input and carry it out."""
    order: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    end_with_parent(lambda: _leave(order))
    try:
        carry_out(order)
    except Exception as error:
        # The process ends here. The first line names the mistake; the others may quote a row.
        sys.stderr.write(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)  # the watching thread holds standard input


def _leave(order: Mapping[str, Any]) -> None:
    if order["copy"]:
        from storage.backup import half_of

        half_of(Path(order["copy"])).unlink(missing_ok=True)


def carry_out(order: Mapping[str, Any]) -> None:
    """Copy the database if asked to, and run Alembic."""
    with connection(DatabaseUrl.parse(order["url"])) as opened:
        if order["copy"]:
            _back_up(order)
        alembic(opened, order["step"], order["to"], order["folder"])


def alembic(opened: "sqlalchemy.Connection", step: str, to: str, folder: str = str(MIGRATIONS)) -> None:
    """Take one step (`upgrade` or `downgrade`) to a revision, in the connection's own transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = opened
    getattr(command, step)(config, to)


def _back_up(order: Mapping[str, Any]) -> None:
    """A backup of the tables as they are. Another process that was faster has made one, and has migrated."""
    from storage.backup import Order, make
    from storage.bulk import snapshot

    with snapshot(DatabaseUrl.parse(order["url"])) as bulk:
        if bulk.revision() == order["to"]:
            return
    target = Path(order["copy"])
    make(Order(url=order["url"], target=target, files=None, others=(), made_at=int(order["at"])))


@contextmanager
def connection(url: DatabaseUrl) -> "Iterator[sqlalchemy.Connection]":
    """Open a connection in a transaction that no other migration shares; commit at the end."""
    import sqlalchemy

    if url.dialect == "sqlite":
        engine = sqlalchemy.create_engine("sqlite://", creator=lambda: _sqlite(url.path), poolclass=sqlalchemy.NullPool)
        # The driver would begin before the first INSERT, after the first CREATE TABLE: too late.
        sqlalchemy.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    else:
        import psycopg

        engine = sqlalchemy.create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(url.raw), poolclass=sqlalchemy.NullPool
        )
    with engine.begin() as opened:
        if url.dialect == "postgresql":
            opened.exec_driver_sql(f"SELECT pg_advisory_xact_lock({server_key('migrate')})")
        yield opened
        if url.dialect == "sqlite" and opened.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("a migration left a reference to a row that does not exist")


def _sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    # Foreign keys stay off: a table may be rebuilt; what is left dangling is found before the commit.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


if __name__ == "__main__":
    main()
