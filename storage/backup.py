"""A backup of everything, online: a child process reads one snapshot of the database and the sealed files it names.

The master key is never in it. Keys of tips are, but only in the newest one: each backup takes them away from the older
ones that lie beside it or in the same installation's folder of backups (decision 17).
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import orjson
from pydantic import BaseModel

from domain.errors import Refused
from storage.archive import ERASED, FORMAT, KEY_TABLES, Head, Table, Writer, head_of, take_keys_away
from storage.bulk import Bulk, settle, snapshot
from storage.children import end_with_parent, give_up
from storage.meta import KEY_CHECK
from storage.url import DatabaseUrl

HALF = ".part"
# Tips whose key has been destroyed: whoever restores an older archive learns from it what must stay erased.
ERASED_NOW = "SELECT id FROM tips WHERE NOT EXISTS (SELECT 1 FROM tip_keys WHERE tip_keys.tip = tips.id) ORDER BY id"
ERASED_TABLE = Table(ERASED, (("id", "text"),), ("id",))

Progress = Callable[[int], None]  # rows and files done so far


class Order(BaseModel, frozen=True):
    """What is to be backed up, and where to. `files`: the folder of sealed files, None: the database only.

    `others`: folders in which older archives may lie. `made_at` in milliseconds since 1970.
    """

    url: str
    target: Path
    files: Path | None
    others: tuple[Path, ...]
    made_at: int


async def back_up(order: Order, progress: Progress = lambda done: None) -> None:
    """Makes a backup in a child process, whole or not at all (mode 0600).

    Raises Refused `backup.failed`, with a reason that holds nothing of the data; an older file of the name stays.
    """
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "storage.backup"), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert child.stdin is not None
    assert child.stdout is not None
    said: dict[str, object] = {}
    try:
        # Standard input stays open: when it ends, we have ended, and so does the child.
        child.stdin.write(order.model_dump_json().encode() + b"\n")
        with suppress(ConnectionError):
            await child.stdin.drain()
        async for line in child.stdout:
            said = orjson.loads(line)
            if isinstance(done := said.get("done"), int):
                progress(done)
        await child.wait()
    finally:
        await give_up(child)
    if child.returncode:
        raise Refused("backup.failed", reason=said.get("failed", f"exit {child.returncode}"))


def make(order: Order, progress: Progress = lambda done: None) -> None:
    """Makes a backup, here. Raises OSError and the driver's errors; then nothing is left of it."""
    order.target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = half_of(order.target)
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w+b", 1 << 20) as file, snapshot(DatabaseUrl.parse(order.url)) as bulk:
            head = Head(
                format=FORMAT,
                revision=bulk.revision(),
                key_check=bulk.meta(KEY_CHECK) or "",
                made_at=order.made_at,
                files=order.files is not None,
            )
            _write(Writer(file, head), bulk, order.files, progress)
            file.flush()
            os.fsync(file.fileno())
        half.replace(order.target)
    except BaseException:
        half.unlink(missing_ok=True)  # a full disk gets its room back
        raise
    settle(order.target.parent)
    for older in archives((order.target.parent, *order.others), head.key_check):
        if not older.samefile(order.target):
            take_keys_away(older)


def half_of(target: Path) -> Path:
    """Where an archive is written until it is whole. It holds keys: nobody may leave one behind."""
    return target.with_name(target.name + HALF)


def _write(writer: Writer, bulk: Bulk, files: Path | None, progress: Progress) -> None:
    tables = {table.name: table for table in bulk.tables()}
    parts: list[tuple[str, Table, Iterator[list[object]]]] = []
    parts += [(f"keys/{name}", tables[name], bulk.rows(tables[name])) for name in KEY_TABLES]
    parts.append((ERASED, ERASED_TABLE, bulk.query(ERASED_NOW)))
    parts += [(f"tables/{name}", table, bulk.rows(table)) for name, table in tables.items() if name not in KEY_TABLES]
    before = 0
    for name, table, rows in parts:
        so_far = 0
        for so_far in writer.table(name, table, rows):
            progress(before + so_far)
        before += so_far
    if files is not None:
        for id in [str(row[0]) for row in bulk.query("SELECT id FROM files WHERE state = 'ready' ORDER BY id")]:
            # One that was erased since the snapshot is gone, and must not come back.
            with suppress(FileNotFoundError):
                writer.sealed_file(id, (files / id[:2] / id).read_bytes())
                before += 1
                progress(before)
    writer.finish()


def archives(folders: Sequence[Path], key_check: str) -> list[Path]:
    """The archives of an installation that lie in these folders, oldest first."""
    found: dict[Path, int] = {}
    for folder in {folder.resolve() for folder in folders if folder.is_dir()}:
        for path in folder.iterdir():
            if path.is_file() and not path.name.endswith(HALF):
                head = head_of(path)
                if head is not None and head.key_check == key_check:
                    found[path] = head.made_at
    return sorted(found, key=lambda path: found[path])


def main() -> None:
    """Takes an order from standard input; says how far it is on standard output, one JSON object a line."""
    order = Order.model_validate_json(sys.stdin.buffer.readline())
    half = half_of(order.target)
    end_with_parent(lambda: half.unlink(missing_ok=True))
    os.nice(10)  # those who wait for an answer come first
    next_word = 0

    def tell(done: int) -> None:
        nonlocal next_word
        if done >= next_word:
            next_word = done + 50_000
            say({"done": done})

    try:
        make(order, tell)
    except Exception as error:
        # Of an error only its kind and the system's own words are told: a driver's text may quote a row.
        say({"failed": error.strerror if isinstance(error, OSError) else type(error).__name__})
        sys.stdout.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)  # the watching thread holds standard input


def say(what: dict[str, object]) -> None:
    """One line for whoever has started us."""
    sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
