"""From what is owed to what Telegram is asked to do: words, buttons, pictures, in the reader's language."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.api import FilePart
from bot.parcel import Parcel
from cases.alerts import RECEIPT_OF_ADDRESS
from domain.notices import Button, Notice, Rows
from domain.summary import DailySummary
from handlers.keyboards import ROWS
from locales import Words, words
from reports import chart, daily
from reports.picture import NotDrawn, to_png_apart
from storage.engine import Database
from storage.outbox import Post
from storage.return_address import open_address
from storage.vault import Vault

log = logging.getLogger(__name__)

LONGEST = 4096  # UTF-16 units of a message
PICTURES_KEPT = 8


class Courier:
    """Makes parcels of posts. It alone opens return addresses."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault
        self._pictures: OrderedDict[tuple[str, str], bytes | None] = OrderedDict()

    async def parcels(self, posts: Sequence[Post]) -> tuple[list[Parcel], list[int]]:
        """Parcels ready to be sent, and the ids of posts that can reach nobody any more."""
        ready, lost = [], []
        for post in posts:
            parcel = await self._parcel(post)
            if parcel is None:
                lost.append(post.id)
            else:
                ready.append(parcel)
        return ready, lost

    async def _parcel(self, post: Post) -> Parcel | None:
        chat, receipt = post.chat, ""
        if post.address is not None:
            async with self._db.reading() as tx:
                opened = await open_address(tx, self._vault, post.address)
            if opened is None:
                return None
            receipt, chat = opened
        if chat is None:
            return None
        said = words(post.language)
        method, data, files = await self._content(post.notice, said)
        markup = _markup(post.notice, said, receipt)
        if markup is not None:
            data["reply_markup"] = markup
        replaces = None if post.notice.edit is None else f"edit {post.notice.edit}"
        expires: datetime | None = post.notice.expires_at
        return Parcel(post.id, post.notice.lane, chat, method, data, files, replaces=replaces, expires_at=expires)

    async def _content(self, notice: Notice, said: Words) -> tuple[str, dict[str, Any], dict[str, FilePart] | None]:
        data: dict[str, Any] = {}
        if notice.private and notice.edit is None:
            data["protect_content"] = True
        if notice.report is not None:
            summary = DailySummary.model_validate_json(notice.report)
            text = daily.text(summary, said)
            picture = await self._picture(notice.report, summary, said)
            if picture is not None:
                file = FilePart(f"{summary.ward}-{summary.day}.png", picture, "image/png")
                return "sendPhoto", {**data, "photo": "attach://chart", "caption": text}, {"chart": file}
            return "sendMessage", {**data, "text": text}, None
        lines = [said.say(notice.key, **notice.params), *(said.say(key, **params) for key, params in notice.more)]
        data.update(text=shortened("\n".join(lines)), link_preview_options={"is_disabled": True})
        if notice.edit is not None:
            return "editMessageText", {**data, "message_id": notice.edit}, None
        return "sendMessage", data, None

    async def _picture(self, report: str, summary: DailySummary, said: Words) -> bytes | None:
        key = (report, said.language)
        if key not in self._pictures:
            try:
                self._pictures[key] = await to_png_apart(chart.daily(summary, said))
            except NotDrawn as error:
                # The figures matter more than their picture: the text leaves without it.
                log.error("the chart of %s for %s was not drawn: %s", summary.ward, summary.day, error)
                return None
            while len(self._pictures) > PICTURES_KEPT:
                self._pictures.popitem(last=False)
        return self._pictures[key]


def label_of(button: Button, said: Words) -> str:
    """The words on a button."""
    return said.say(button.label, **button.params)


def shortened(text: str) -> str:
    """A text that fits into one message; what is cut is marked."""
    raw = text.encode("utf-16-le")
    if len(raw) <= 2 * LONGEST:
        return text
    return raw[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def _markup(notice: Notice, said: Words, receipt: str) -> dict[str, Any] | None:
    if notice.buttons:
        return {"inline_keyboard": _inline(notice.buttons, said, receipt)}
    if notice.keyboard is not None:
        rows = [[{"text": said.say(f"keyboard.{label}")} for label in row] for row in ROWS[notice.keyboard]]
        return {"keyboard": rows, "resize_keyboard": True, "is_persistent": True}
    return None


def _inline(rows: Rows, said: Words, receipt: str) -> list[list[dict[str, str]]]:
    return [
        [
            {"text": label_of(button, said), "callback_data": button.press.replace(RECEIPT_OF_ADDRESS, receipt)}
            for button in row
        ]
        for row in rows
    ]
