"""Message content for files: what Telegram says about a photo, a video, a document it was given."""

from __future__ import annotations

from typing import Any

from simulator.files import FileStore, StoredFile, Upload, picture_size

_SIDES = (90, 320, 800, 1280)
_MIME = {"video": "video/mp4", "voice": "audio/ogg", "audio": "audio/mpeg"}


def media_content(files: FileStore, stored: StoredFile) -> dict[str, Any]:
    """The content field of a message that carries the file."""
    if stored.kind == "photo":
        return {"photo": _sizes(files, stored)}
    card: dict[str, Any] = stored.card()
    mime = _MIME.get(stored.kind) if stored.mime == "application/octet-stream" else stored.mime
    card["mime_type"] = mime or "application/octet-stream"
    if stored.kind in ("video", "voice", "audio"):
        card["duration"] = 3
    if stored.kind == "video":
        card |= {"width": 1280, "height": 720}
    if stored.kind in ("document", "video", "audio") and stored.name:
        card["file_name"] = stored.name
    return {stored.kind: card}


def _sizes(files: FileStore, stored: StoredFile) -> list[dict[str, Any]]:
    """Photo sizes, smallest first; only the last is the picture as sent."""
    width, height = picture_size(stored.data) or (800, 600)
    longest = max(width, height)
    sizes = []
    for side in (*(side for side in _SIDES if side < longest), longest):
        share = side / longest
        small = Upload(stored.name, stored.data, stored.mime)
        file = stored if side == longest else files.add("photo", small, max(1, int(stored.size * share * share)))
        sizes.append({**file.card(), "width": max(1, round(width * share)), "height": max(1, round(height * share))})
    return sizes


def album_content(files: FileStore, items: list[tuple[str, bytes]], caption: str, group: str) -> list[dict[str, Any]]:
    """The contents of an album's messages; the caption goes with the first."""
    if not 2 <= len(items) <= 10:
        raise AssertionError("an album has 2 to 10 parts")
    contents = [
        {"media_group_id": group, **media_content(files, files.add(kind, Upload("", data)))} for kind, data in items
    ]
    if caption:
        contents[0]["caption"] = caption
    return contents
