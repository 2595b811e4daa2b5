"""Photos, documents, videos, voices, albums, and fetching files."""

from __future__ import annotations

from typing import Any

from simulator.errors import ApiError, bad_request
from simulator.files import DOWNLOAD_MOST, PHOTO_MOST, UPLOAD_MOST, StoredFile, Upload, picture_size
from simulator.media import media_content
from simulator.methods.compose import caption_content, deliver
from simulator.methods.registry import Given, serves
from simulator.world import Message, World

_KINDS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendVoice": "voice",
    "sendAudio": "audio",
}


@serves(*_KINDS, sends=True)
def send_file(world: World, given: Given) -> Message:
    """One file: uploaded, or one Telegram already has by its id."""
    kind = _KINDS[given.method]
    caption = caption_content(given.params)
    stored = stored_file(world, given, given.params.get(kind, given.files.get(kind)), kind)
    return deliver(world, given, {**_described(world, given.params, stored), **caption})[0]


@serves("sendMediaGroup", sends=True)
def send_media_group(world: World, given: Given) -> list[Message]:
    """An album of 2 to 10; documents and music only among themselves."""
    items = given.params["media"]
    kinds = {item["type"] for item in items}
    if not 2 <= len(items) <= 10:
        raise bad_request("album must have 2 to 10 parts", violation=True)
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad_request("can't mix documents or music with other kinds in an album", violation=True)
    group = str(world.chance.randrange(10**16, 10**17))
    return deliver(world, given, *({"media_group_id": group, **input_media(world, given, item)} for item in items))


def input_media(world: World, given: Given, item: dict[str, Any]) -> dict[str, Any]:
    """The content an `InputMedia` stands for."""
    if item["type"] not in _KINDS.values():
        raise bad_request(f"media of type {item['type']!r} is not supported")
    stored = stored_file(world, given, item["media"], item["type"])
    return {**_described(world, item, stored), **caption_content(item)}


def _described(world: World, params: dict[str, Any], stored: StoredFile) -> dict[str, Any]:
    content = media_content(world.files, stored)
    if stored.kind != "photo":
        told = ("duration", "width", "height", "performer", "title")
        content[stored.kind] |= {key: params[key] for key in told if key in params}
    return content


def stored_file(world: World, given: Given, value: Any, kind: str) -> StoredFile:
    """The file a parameter means: an upload, `attach://name`, or a file id. No addresses: there is no network here."""
    if isinstance(value, str) and value.startswith("attach://"):
        value = given.files.get(value.removeprefix("attach://"))
    if isinstance(value, Upload):
        _check_upload(value, kind)
        return world.files.add(kind, value)
    known = world.files.get(value) if isinstance(value, str) else None
    if known is None:
        raise bad_request("wrong remote file identifier specified: can't find the file", violation=True)
    if known.kind != kind:
        reason = f"can't use file of type {known.kind.title()} as {kind.title()}"
        raise bad_request(reason, violation=True)
    return known


def _check_upload(upload: Upload, kind: str) -> None:
    size = len(upload.data)
    if not size:
        raise bad_request("file must be non-empty", violation=True)
    if size > UPLOAD_MOST:
        raise ApiError(413, "Request Entity Too Large", violation=True)
    if kind != "photo":
        return
    if size > PHOTO_MOST:
        raise bad_request("file is too big: a photo takes 10 MB at most", violation=True)
    shape = picture_size(upload.data)
    if shape is None or not all(shape):
        raise bad_request("IMAGE_PROCESS_FAILED", violation=True)
    if sum(shape) > 10_000 or max(shape) > 20 * min(shape):
        raise bad_request("PHOTO_INVALID_DIMENSIONS", violation=True)


@serves("getFile")
def get_file(world: World, given: Given) -> dict[str, Any]:
    """Where a file can be fetched; at most 20 MB."""
    stored = world.files.get(given.params["file_id"])
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if stored.size > DOWNLOAD_MOST:
        raise bad_request("file is too big")
    return {**stored.card(), "file_path": stored.path}
