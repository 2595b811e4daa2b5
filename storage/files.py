"""Files of tips: a row that says how far the fetching is, and sealed bytes under `DATA_DIR/files`.

A file has a random key of its own. Until it is fetched the key waits, sealed, with Telegram's file id; then both are
erased here, and only who holds the `FileRef` (a sealed draft, later a sealed part of the tip) can open the bytes. So
destroying the tip's key erases its files too.
"""

import asyncio
import base64
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from domain.pieces import FileRef
from storage.engine import Transaction
from storage.records import Records, Work
from storage.vault import Sealer, Vault

State = Literal["waiting", "ready", "failed", "gone"]
Reason = Literal["too_big", "broken", "unsupported", "vanished"]

_NAME = re.compile(r"[A-Za-z0-9_-]{16}")
HALF = ".part"
COLUMNS = ("id", "state", "kind", "task", "media", "size", "reason", "tries")


class FetchTask(BaseModel, frozen=True):
    """What fetching needs: Telegram's id of the file, and the key to seal it with."""

    file_id: str
    key: str


class StoredFile(BaseModel, frozen=True):
    """How far a file is. `kind` is what Telegram called it; `media` and `size` (bytes) are the clean copy's."""

    id: str
    state: State
    kind: str
    task: FetchTask | None = None
    media: str | None = None
    size: int | None = None
    reason: Reason | None = None
    tries: int = 0


class Files(Records[str, StoredFile]):
    """Files as cases see them: ordered with `mint`, looked up with `find`, given up with `drop`."""

    table = "files"
    columns = COLUMNS

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault
        self.touched = False  # whether fetching has something to do once this unit is committed

    def mint(self, kind: str, file_id: str) -> FileRef:
        """A file of Telegram's is to be fetched."""
        ref = FileRef(id=secrets.token_urlsafe(12), kind=kind, key=base64.b64encode(secrets.token_bytes(32)).decode())
        self.save(StoredFile(id=ref.id, state="waiting", kind=kind, task=FetchTask(file_id=file_id, key=ref.key)))
        return ref

    def drop(self, file: str) -> None:
        """Nobody needs this file any more: what is left of it is unlinked and its row deleted by the fetching."""
        self.save(StoredFile(id=file, state="gone", kind=""))

    def save(self, record: StoredFile) -> None:
        """The row is written with the unit, and the fetching woken when that is committed."""
        self.touched = True
        super().save(record)

    def to_row(self, record: StoredFile) -> dict[str, Any]:
        sealer = self._vault.for_("fetch")
        task = record.task and sealer.seal(record.task.model_dump_json().encode(), _place_of_task(record.id))
        return {**record.model_dump(exclude={"task"}), "task": task}

    def from_row(self, row: Mapping[str, Any]) -> StoredFile:
        return _from_row(row, self._vault)


def _place_of_task(file: str) -> str:
    return f"files/task/{file}"


def _from_row(row: Mapping[str, Any], vault: Vault) -> StoredFile:
    sealed = row["task"]
    opened = None if sealed is None else vault.for_("fetch").open(bytes(sealed), _place_of_task(row["id"]))
    return StoredFile.model_validate({**row, "task": None if opened is None else FetchTask.model_validate_json(opened)})


async def waiting(tx: Transaction, limit: int = 10_000) -> list[str]:
    """Files to be fetched."""
    rows = await tx.fetch("SELECT id FROM files WHERE state = 'waiting' LIMIT :limit", limit=limit)
    return [row["id"] for row in rows]


async def get(tx: Transaction, vault: Vault, file: str) -> StoredFile | None:
    """One file. Raises InvalidTag when its task was not sealed by this vault for this row."""
    row = await tx.fetch_one(f"SELECT {', '.join(COLUMNS)} FROM files WHERE id = :id", id=file)  # noqa: S608
    return None if row is None else _from_row(row, vault)


async def ready(tx: Transaction, file: str, media: str, size: int) -> bool:
    """The sealed bytes are on disk: the task is forgotten. False when nobody waits for the file any more."""
    sql = "UPDATE files SET state = 'ready', task = NULL, media = :media, size = :size WHERE id = :id"
    return await tx.execute(f"{sql} AND state = 'waiting'", id=file, media=media, size=size) == 1


async def failed(tx: Transaction, file: str, reason: Reason) -> bool:
    """There will never be a clean copy: the task is forgotten. False when nobody waits for the file any more."""
    sql = "UPDATE files SET state = 'failed', task = NULL, reason = :reason WHERE id = :id AND state = 'waiting'"
    return await tx.execute(sql, id=file, reason=reason) == 1


async def tried(tx: Transaction, file: str, tries: int) -> None:
    """One more try has gone wrong through the file itself; outages don't count."""
    sql = "UPDATE files SET tries = :tries WHERE id = :id AND state = 'waiting'"
    await tx.execute(sql, id=file, tries=tries)


async def gone(tx: Transaction, limit: int = 500) -> list[str]:
    """Files whose bytes are to be unlinked."""
    rows = await tx.fetch("SELECT id FROM files WHERE state = 'gone' LIMIT :limit", limit=limit)
    return [row["id"] for row in rows]


async def forget(tx: Transaction, files: Iterable[str]) -> None:
    """Deletes the rows of files whose bytes have been unlinked."""
    await tx.execute_many("DELETE FROM files WHERE id = :id AND state = 'gone'", [{"id": file} for file in files])


async def strangers(tx: Transaction, files: Sequence[str]) -> list[str]:
    """Those of these names that no ready file has."""
    rows = await tx.fetch("SELECT id FROM files WHERE id IN (:ids) AND state = 'ready'", ids=list(files))
    known = {row["id"] for row in rows}
    return [file for file in files if file not in known]


def _place(file: str) -> str:
    return f"files/content/{file}"


def _sealer(ref: FileRef) -> Sealer:
    return Sealer(base64.b64decode(ref.key, validate=True))


def _path(folder: Path, file: str) -> Path:
    if not _NAME.fullmatch(file):
        raise ValueError("not the name of a file of ours")  # a path, perhaps: nothing else is opened here
    return folder / file[:2] / file


async def read_file(folder: Path, ref: FileRef) -> bytes | None:
    """The clean bytes of a file; None when there are none (yet, or any more). `folder` is `DATA_DIR/files`.

    Raises InvalidTag when the bytes were sealed for another file or by another key, ValueError when `ref` is no
    reference of `mint`.
    """

    def read() -> bytes | None:
        try:
            sealed = _path(folder, ref.id).read_bytes()
        except FileNotFoundError:
            return None
        return _sealer(ref).open(sealed, _place(ref.id))

    return await asyncio.to_thread(read)


def write_file(folder: Path, ref: FileRef, clean: bytes) -> None:
    """Seals and writes a file, whole or not at all, durable on return. Blocks. Raises OSError."""
    path = _path(folder, ref.id)
    if not path.parent.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _settle(folder.parent)
        _settle(folder)
    half = path.with_name(ref.id + HALF)
    half.unlink(missing_ok=True)
    try:
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_sealer(ref).seal(clean, _place(ref.id)))
            file.flush()
            os.utime(file.fileno(), (0, 0))  # when somebody sent it must not show
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)  # a full disk gets its room back
        raise
    _settle(path.parent)


def remove_file(folder: Path, file: str) -> None:
    """Unlinks a file's bytes, durably; harmless when there are none. Blocks. Raises OSError."""
    path = _path(folder, file)
    if path.exists():
        path.unlink()
        _settle(path.parent)


def stored(folder: Path) -> list[str]:
    """The names of all files with bytes. Halves that a crash has left are removed. Blocks. Raises OSError."""
    found = []
    for path in folder.glob("??/*"):
        if path.name.endswith(HALF):
            path.unlink()
        else:
            found.append(path.name)
    return found


def _settle(folder: Path) -> None:
    """Makes the names in a folder durable, and its time of change say nothing."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.utime(handle, (0, 0))
        os.fsync(handle)
    finally:
        os.close(handle)
