"""Files on the simulated Telegram: ids, sizes, and what a picture's header says of its size."""

from __future__ import annotations

import base64
import random
import struct
from dataclasses import dataclass
from typing import Any

DOWNLOAD_MOST = 20 * 1024 * 1024
UPLOAD_MOST = 50 * 1024 * 1024
PHOTO_MOST = 10 * 1024 * 1024
_FOLDERS = {"photo": "photos", "video": "videos", "voice": "voice", "audio": "music", "document": "documents"}
_SUFFIX = {"photo": "jpg", "video": "mp4", "voice": "oga", "audio": "mp3", "document": "bin"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: in a form part, or from a phone."""

    name: str
    data: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file Telegram keeps."""

    kind: str
    file_id: str
    unique_id: str
    path: str
    size: int
    """Bytes; may be said larger than `data` to play a large file."""
    data: bytes
    mime: str
    name: str

    def card(self) -> dict[str, Any]:
        """The fields every file object of the Bot API begins with."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


class FileStore:
    """All files, found by id and by download path."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, upload: Upload, size: int | None = None) -> StoredFile:
        """Keeps a file of a kind (`photo`, `document`, ...) and names it."""
        number = len(self._by_id) + 1
        suffix = upload.name.rpartition(".")[2] if "." in upload.name and kind == "document" else _SUFFIX[kind]
        stored = StoredFile(
            kind,
            self._token(54),
            self._token(9),
            f"{_FOLDERS[kind]}/file_{number}.{suffix}",
            len(upload.data) if size is None else size,
            upload.data,
            upload.mime,
            upload.name,
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        """The file with that id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """The file with that download path."""
        return self._by_path.get(path)

    def _token(self, size: int) -> str:
        return base64.urlsafe_b64encode(self._chance.randbytes(size)).decode().rstrip("=")


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP by its header; None when it is none of these."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return struct.unpack(">II", data[16:24])
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return struct.unpack("<HH", data[6:10])
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    if data[12:16] == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8 " and len(data) >= 30:
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None
