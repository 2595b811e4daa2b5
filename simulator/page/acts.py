"""What people do on the page's phones: words, presses, places, and files of any kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.files import UPLOAD_MOST, picture_size
from simulator.phone import Phone

ALBUM_MOST = 10
"""Pictures and videos of one album."""
_HERE = (18.5283, 105.7089)
"""The place that the page's phones are at: a sample ward, coarse."""


class NotSendable(ValueError):
    """A file that a messenger would not send in that way; says why, for the page's log only."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file that a person chose, and how it is sent: `photo`, `video`, `voice`, `audio` or `document`."""

    kind: str
    name: str
    mime: str
    data: bytes


async def send_items(phone: Phone, items: Sequence[Item], caption: str = "") -> None:
    """Sends files as the messenger would: 2 to 10 pictures and videos as one album, everything else by itself.

    Raises NotSendable before anything is sent.
    """
    if not 1 <= len(items) <= ALBUM_MOST:
        raise NotSendable(f"{len(items)} files at once")
    for item in items:
        _check(item)
    if len(items) > 1 and all(item.kind in ("photo", "video") for item in items):
        await phone.send_album([(item.kind, item.data) for item in items], caption)
        return
    for item in items:
        await _send_item(phone, item, caption)


def _check(item: Item) -> None:
    if item.kind not in _SENDERS:
        raise NotSendable(f"unknown kind {item.kind!r}")
    if not item.data or len(item.data) > UPLOAD_MOST:
        raise NotSendable(f"{len(item.data)} bytes")
    if item.kind == "photo" and picture_size(item.data) is None:
        raise NotSendable("not a picture")


async def _send_item(phone: Phone, item: Item, caption: str) -> None:
    await _SENDERS[item.kind](phone, item, caption)


async def _photo(phone: Phone, item: Item, caption: str) -> None:
    await phone.send_photo(item.data, caption, name=item.name)


async def _video(phone: Phone, item: Item, caption: str) -> None:
    await phone.send_video(item.data, caption, name=item.name, mime=item.mime)


async def _voice(phone: Phone, item: Item, _: str) -> None:
    # Telegram makes a voice message of OGG with Opus only; the page sends that where the browser can make it, else
    # WAV. Nothing here looks inside: any bytes pass, and the bot has to cope with them.
    await phone.send_voice(item.data, mime=item.mime)


async def _audio(phone: Phone, item: Item, caption: str) -> None:
    await phone.send_audio(item.data, caption, name=item.name, mime=item.mime)


async def _document(phone: Phone, item: Item, caption: str) -> None:
    await phone.send_document(item.data, item.name or "file.bin", caption, mime=item.mime)


_SENDERS: dict[str, Callable[[Phone, Item, str], Awaitable[None]]] = {
    "photo": _photo,
    "video": _video,
    "voice": _voice,
    "audio": _audio,
    "document": _document,
}


async def _send(phone: Phone, text: Any) -> None:
    await phone.send(str(text))


async def _tap(phone: Phone, label: Any) -> None:
    await phone.tap(str(label))


async def _press(phone: Phone, button: Any) -> None:
    await phone.press_data(str(button["data"]), int(button["message"]))


async def _open_link(phone: Phone, payload: Any) -> None:
    await phone.open_link(str(payload))


async def _place(phone: Phone, _: Any) -> None:
    await phone.send_location(*_HERE)


async def _block(phone: Phone, on: Any) -> None:
    await (phone.block() if on else phone.unblock())


ACTS: dict[str, Callable[[Phone, Any], Awaitable[None]]] = {
    "send": _send,
    "tap": _tap,
    "press": _press,
    "link": _open_link,
    "place": _place,
    "block": _block,
}
"""What `/page/act` understands."""
