"""The file that a backup is: one tar for both databases, which any tar can list.

    anphuong.json             what it is: format, schema revision, key check, when it was made
    keys/<table>.rows.gz      keys of tips and of return addresses; taken away (zeros) once a newer backup exists
    erased.rows.gz            tips whose key had been destroyed by then
    tables/<table>.rows.gz    every other table
    files/<id>                sealed files of tips
    manifest.json             rows and SHA-256 of each member, last: an archive without it is not whole

Rows are JSON, one array a line, in the order of the primary key; the first line names the columns. So a table has the
same bytes, and the same hash, whichever database it comes from. What is sealed in the database is sealed here.
"""

import base64
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import orjson
from pydantic import BaseModel, ValidationError

from domain.errors import Refused

FORMAT = 1
HEAD, MANIFEST, ERASED = "anphuong.json", "manifest.json", "erased"
KEY_TABLES = ("return_keys", "tip_keys")
CHUNK = 1000  # rows handled together
BLOCK = 512  # of tar

Kind = Literal["text", "int", "bytes", "real"]
Values = list[Any]


@dataclass(frozen=True)
class Table:
    """A table's name, its columns by name with their kinds, and its primary key."""

    name: str
    columns: tuple[tuple[str, Kind], ...]
    key: tuple[str, ...]

    @property
    def sealed(self) -> list[int]:
        """The places of columns that hold bytes."""
        return [place for place, (_, kind) in enumerate(self.columns) if kind == "bytes"]


class Head(BaseModel, frozen=True):
    """What an archive is. `made_at` in milliseconds since 1970."""

    format: int
    revision: str
    key_check: str
    made_at: int
    files: bool


class Member(BaseModel, frozen=True):
    """What the manifest knows of a member: rows (or files) and the hash of its lines (or bytes)."""

    rows: int
    sha256: str


class Manifest(BaseModel, frozen=True):
    """What belongs to a whole archive."""

    members: dict[str, Member]


class Digest:
    """Counts and hashes the lines of a table."""

    def __init__(self, table: Table) -> None:
        self.rows = 0
        self.header = orjson.dumps([table.name, [list(column) for column in table.columns]]) + b"\n"
        self._hash = hashlib.sha256(self.header)

    def add(self, lines: bytes, rows: int) -> None:
        """More lines of it."""
        self._hash.update(lines)
        self.rows += rows

    @property
    def member(self) -> Member:
        """What it comes to."""
        return Member(rows=self.rows, sha256=self._hash.hexdigest())


def encoded(table: Table, rows: Iterable[Values]) -> Iterator[tuple[bytes, int]]:
    """Rows as lines, some at a time: (lines, number of rows)."""
    sealed, lines = table.sealed, []
    for row in rows:
        for place in sealed:
            if row[place] is not None:
                row[place] = base64.b64encode(row[place]).decode()
        lines.append(orjson.dumps(row))
        if len(lines) == CHUNK:
            yield b"\n".join(lines) + b"\n", len(lines)
            lines = []
    if lines:
        yield b"\n".join(lines) + b"\n", len(lines)


class Writer:
    """Writes an archive to a file, member by member; `finish` makes it whole."""

    def __init__(self, file: IO[bytes], head: Head) -> None:
        self._file = file
        self._members: dict[str, Member] = {}
        self._plain(HEAD, head.model_dump_json().encode())
        self._files = hashlib.sha256()
        self._count = 0

    def table(self, name: str, table: Table, rows: Iterable[Values]) -> Iterator[int]:
        """One table as a member; yields how many rows are written so far."""
        start = self._begin(f"{name}.rows.gz")
        digest, packer = Digest(table), zlib.compressobj(1, zlib.DEFLATED, 31)
        self._file.write(packer.compress(digest.header))
        for lines, count in encoded(table, rows):
            digest.add(lines, count)
            self._file.write(packer.compress(lines))
            yield digest.rows
        self._file.write(packer.flush())
        self._end(f"{name}.rows.gz", start)
        self._members[name] = digest.member

    def sealed_file(self, id: str, content: bytes) -> None:
        """One sealed file of a tip."""
        self._plain(f"files/{id}", content)
        self._files.update(id.encode() + content)
        self._count += 1

    def finish(self) -> None:
        """The manifest, and the end of a tar."""
        self._members["files"] = Member(rows=self._count, sha256=self._files.hexdigest())
        self._plain(MANIFEST, Manifest(members=self._members).model_dump_json(indent=1).encode())
        self._file.write(bytes(2 * BLOCK))

    def _plain(self, name: str, content: bytes) -> None:
        start = self._begin(name)
        self._file.write(content)
        self._end(name, start)

    def _begin(self, name: str) -> int:
        start = self._file.tell()
        self._file.write(_header(name, 0))
        return start

    def _end(self, name: str, start: int) -> None:
        """Now the size is known: write the header again, and fill the last block."""
        end = self._file.tell()
        size = end - start - BLOCK
        self._file.seek(start)
        self._file.write(_header(name, size))
        self._file.seek(end)
        self._file.write(bytes(-size % BLOCK))


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600  # no time, no owner: neither is anybody's business
    return info.tobuf(tarfile.GNU_FORMAT)


def head_of(path: Path) -> Head | None:
    """What an archive says it is, from its first bytes; None when the file is no archive of ours."""
    try:
        if not path.is_file():
            return None  # opening a pipe would wait for whoever writes into it
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == HEAD else None
            return None if content is None else Head.model_validate_json(content.read(1 << 16))
    except (OSError, tarfile.TarError, ValidationError):
        return None


class Reader:
    """Reads an archive. Raises Refused: `backup.unreadable`, `.not_ours`, `.newer`, `.damaged`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Refused("backup.unreadable", path=path, reason=error.strerror) from None
        try:
            self.head = self._head()
            self._tar = tarfile.TarFile(fileobj=self._file)
            self._known = {info.name: info for info in self._tar}
            self.manifest = Manifest.model_validate_json(self._bytes(self._known[MANIFEST]))
        except (tarfile.TarError, KeyError, ValidationError, OSError):
            self.close()
            raise Refused("backup.damaged", path=path) from None
        except BaseException:
            self.close()
            raise

    def _head(self) -> Head:
        head = head_of(self.path)
        if head is None:
            raise Refused("backup.not_ours", path=self.path)
        if head.format > FORMAT:
            raise Refused("backup.newer", path=self.path)
        return head

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    @property
    def tables(self) -> list[str]:
        """Members that hold rows: `tables/…`, `keys/…`."""
        return [name for name in self.manifest.members if "/" in name]

    @property
    def has_keys(self) -> bool:
        """Whether its keys have not been taken away."""
        return all(not _blank(self._file, self._known[f"keys/{name}.rows.gz"]) for name in KEY_TABLES)

    def rows(self, name: str) -> Iterator[tuple[Table, list[Values]]]:
        """The rows of a member, some at a time. Raises Refused when they are not those that were written."""
        table: Table | None = None
        for table, lines in self._lines(name):
            sealed, rows = table.sealed, [orjson.loads(line) for line in lines]
            for row in rows:
                for place in sealed:
                    if row[place] is not None:
                        row[place] = base64.b64decode(row[place])
            yield table, rows

    def _lines(self, name: str) -> Iterator[tuple[Table, list[bytes]]]:
        try:
            unpacked = _unpacked(self._tar.extractfile(self._known[f"{name}.rows.gz"]))
            header, rest = _first_line(unpacked)
            title, columns = orjson.loads(header)
            table = Table(title, tuple((column, kind) for column, kind in columns), ())
            digest = Digest(table)
            for block in _whole_lines(rest, unpacked):
                lines = block.split(b"\n")[:-1]
                digest.add(block, len(lines))
                yield table, lines
        except (tarfile.TarError, KeyError, ValueError, zlib.error, OSError, EOFError):
            raise Refused("backup.damaged", path=self.path) from None
        if digest.member != self.manifest.members[name]:
            raise Refused("backup.damaged", path=self.path)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The sealed files: (id, bytes). Raises Refused when they are not those that were written."""
        seen, count = hashlib.sha256(), 0
        try:
            for info in self._known.values():
                if info.name.startswith("files/"):
                    id, content = info.name.removeprefix("files/"), self._bytes(info)
                    seen.update(id.encode() + content)
                    count += 1
                    yield id, content
        except (tarfile.TarError, OSError):
            raise Refused("backup.damaged", path=self.path) from None
        if Member(rows=count, sha256=seen.hexdigest()) != self.manifest.members["files"]:
            raise Refused("backup.damaged", path=self.path)

    def _bytes(self, info: tarfile.TarInfo) -> bytes:
        content = self._tar.extractfile(info)
        if content is None:
            raise tarfile.TarError
        return content.read()


def take_keys_away(path: Path) -> None:
    """Overwrites the keys of an older archive with zeros, durably: what is erased from now on is erased there too."""
    with path.open("r+b") as file, tarfile.open(fileobj=file, mode="r:") as tar:
        for info in tar:
            if info.name.startswith("keys/"):
                file.seek(info.offset_data)
                for start in range(0, info.size, 1 << 20):
                    file.write(bytes(min(1 << 20, info.size - start)))
            elif info.name != HEAD:
                break  # keys stand first
        file.flush()
        os.fsync(file.fileno())


def _blank(file: IO[bytes], info: tarfile.TarInfo) -> bool:
    file.seek(info.offset_data)
    return not any(file.read(2))


def _unpacked(file: IO[bytes] | None) -> Iterator[bytes]:
    if file is None:
        raise tarfile.TarError
    unpacker = zlib.decompressobj(31)
    while packed := file.read(1 << 18):
        if plain := unpacker.decompress(packed):
            yield plain
    if not unpacker.eof:
        raise EOFError


def _first_line(blocks: Iterator[bytes]) -> tuple[bytes, bytes]:
    found = b""
    while b"\n" not in found:
        found += next(blocks, b"") or _ended()
    line, _, rest = found.partition(b"\n")
    return line, rest


def _ended() -> bytes:
    raise EOFError


def _whole_lines(rest: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    held = io.BytesIO()
    held.write(rest)
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        held.write(block[:cut])
        if cut:
            yield held.getvalue()
            held = io.BytesIO()
        held.write(block[cut:])
    if held.getvalue():
        yield held.getvalue()
