"""What delivery takes and gives back: a parcel that is owed, and what became of it."""

import html
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.api import FilePart
from domain.notices import Lane

Kind = Literal["sent", "gone", "dead", "expired", "superseded", "vanished", "moved"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call that is owed: the outbox row's id, to whom, which method with what, until when it makes sense.

    Without a `method` it is a slip: the place of a message in the queue; the rest is made when its turn comes.
    `data` is without `chat_id`. Of two waiting parcels of a chat with one `replaces` key only the newer is sent.
    Not `addressed`: the call takes no `chat_id`. `instead`: words for who can't be sent the file.
    """

    id: int
    lane: Lane
    chat_id: int
    method: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, FilePart] | None = None
    replaces: str | None = None
    expires_at: datetime | None = None
    addressed: bool = True
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel. `result` is Telegram's raw answer to what was sent, None if it gave none (no change).

    `moved` is news, not an end: the parcel goes on to `new_chat_id` under the same id, its real outcome follows.
    """

    parcel: Parcel
    kind: Kind
    result: Any = None
    reason: str = ""
    new_chat_id: int | None = None


Settle = Callable[[Sequence[Outcome]], Awaitable[None]]


class Unmade(Exception):
    """A message that will never be made: by a mistake of ours or a damaged row, after enough tries. Says why."""


# The parcel of a slip; None when nothing is owed any more. Raises Unmade; whatever else it raises passes, or may.
Make = Callable[[Parcel], Awaitable[Parcel | None]]


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same message without formatting, without what it answers and without its topic: words that surely arrive."""
    bare = {name: value for name, value in data.items() if name not in _FORM}
    is_html = data.get("parse_mode") == "HTML"
    for name in ("text", "caption"):
        if is_html and isinstance(bare.get(name), str):
            bare[name] = html.unescape(_TAG.sub("", bare[name]))
    media = bare.get("media")
    if isinstance(media, list):
        bare["media"] = [plain(item) if isinstance(item, Mapping) else item for item in media]
    elif isinstance(media, Mapping):
        bare["media"] = plain(media)
    return bare


def lesser(parcel: Parcel) -> Parcel | None:
    """A file that Telegram refuses as what it is: as a document, then words in its place; None if nothing is left."""
    kind = parcel.method.removeprefix("send").lower()
    if not parcel.files or kind not in parcel.data:
        return None
    rest = {name: value for name, value in parcel.data.items() if name != kind}
    if kind != "document":
        return replace(parcel, method="sendDocument", data={**rest, "document": parcel.data[kind]})
    if not parcel.instead:
        return None
    rest.pop("caption", None)
    return replace(parcel, method="sendMessage", data={**rest, "text": parcel.instead}, files=None)


_FORM = {
    "parse_mode",
    "entities",
    "caption_entities",
    "reply_parameters",
    "reply_to_message_id",
    "message_thread_id",
}
_TAG = re.compile(
    r"</?(?:a|b|strong|i|em|u|ins|s|strike|del|code|pre|span|tg-spoiler|tg-emoji|blockquote)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
