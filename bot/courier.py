"""From what is owed to what Telegram is asked to do: words, buttons, pictures, in the reader's language."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.api import FilePart
from bot.parcel import Parcel
from cases.alerts import RECEIPT_OF_ADDRESS
from domain.errors import Refused
from domain.notices import Button, Notice, Paper, Rows
from domain.pieces import FileRef
from domain.summary import DailySummary
from handlers.keyboards import MENUS, ROWS
from locales import Words, words
from reports import chart, daily
from reports.painter import Painter
from reports.picture import NotDrawn
from storage.engine import Database
from storage.files import read_file
from storage.outbox import Post
from storage.return_address import open_address
from storage.vault import InvalidTag, Vault

log = logging.getLogger(__name__)

LONGEST = 4096  # UTF-16 units of a message
CAPTION = 1024  # of a caption
PICTURES_KEPT = 8
# How a clean copy is shown, by its media type: method and name.
SENT_AS = {
    "image/jpeg": ("sendPhoto", "anh.jpg"),
    "video/mp4": ("sendVideo", "video.mp4"),
    "video/webm": ("sendDocument", "video.webm"),
    "audio/ogg": ("sendVoice", "loi.ogg"),
    "application/pdf": ("sendDocument", "tep.pdf"),
}


Content = tuple[str, dict[str, Any], dict[str, FilePart] | None]


def is_quick(post: Post) -> bool:
    """Whether a message needs neither a picture, nor a file, nor a return address."""
    made_later = (post.notice.report, post.notice.file, post.notice.paper)
    return post.chat is not None and made_later == (None, None, None)


def slip(post: Post, chat: int | None = None) -> Parcel:
    """The place of a message in the queue, before it is made; `chat` where the post doesn't name it."""
    to, notice = post.chat if chat is None else chat, post.notice
    assert to is not None
    return Parcel(post.id, notice.lane, to, replaces=_replaces(notice), expires_at=notice.expires_at)


class Courier:
    """Makes parcels of posts. It alone opens return addresses."""

    def __init__(self, db: Database, vault: Vault, files: Path, painter: Painter) -> None:
        self._db = db
        self._painter = painter
        self._drawing = asyncio.Lock()
        self._files = files
        self._vault = vault
        self._pictures: OrderedDict[tuple[str, str], bytes | None] = OrderedDict()

    def quick(self, post: Post) -> Parcel:
        """The parcel of a message that waits for nothing: words to a known chat."""
        assert post.chat is not None
        return _finished(post, post.chat, "", words(post.language), _words_of(post.notice, words(post.language)))

    async def parcel(self, post: Post) -> Parcel | None:
        """The parcel of any message; None when its return address can't be opened any more."""
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
        return _finished(post, chat, receipt, said, await self._content(post.notice, said))

    async def _content(self, notice: Notice, said: Words) -> Content:
        data = _begun(notice)
        if notice.report is not None:
            summary = DailySummary.model_validate_json(notice.report)
            text = daily.text(summary, said)
            picture = await self._picture(notice.report, summary, said)
            if picture is not None:
                file = FilePart(f"{summary.ward}-{summary.day}.png", picture, "image/png")
                return "sendPhoto", {**data, "photo": "attach://chart", "caption": text}, {"chart": file}
            return "sendMessage", {**data, "text": text}, None
        if notice.file is not None:
            return await self._file(notice, notice.file, said, data)
        if notice.paper is not None:
            return await self._enclosed(notice.paper, said, data)
        return _words_of(notice, said)

    async def _file(self, notice: Notice, file: FileRef, said: Words, data: dict[str, Any]) -> Content:
        try:
            content = await read_file(self._files, file)
        except (InvalidTag, OSError) as error:
            log.error("the file %(file)s can't be read: %(error)s", {"file": file.id, "error": type(error).__name__})
            content = None
        if content is None:
            return "sendMessage", {**data, "text": said.say("police.file_gone")}, None
        method, name = SENT_AS[file.kind]
        if notice.key:
            data["caption"] = shortened(said.say(notice.key, **notice.params), CAPTION)
        field = method.removeprefix("send").lower()
        return method, {**data, field: "attach://file"}, {"file": FilePart(name, content, file.kind)}

    async def _enclosed(self, paper: Paper, said: Words, data: dict[str, Any]) -> Content:
        """A paper or picture that was asked for; when it can't be made, a word that says so."""
        from bot import enclosed  # with the first one: an idle bot stays small

        try:
            file = await enclosed.made(self._db, self._vault, self._painter, self._files.parent, paper, said)
        except (NotDrawn, Refused) as error:
            told = {"form": paper.form, "unit": paper.unit, "error": error}
            log.error("the %(form)s of %(unit)s was not made: %(error)s", told)
            return "sendMessage", {**data, "text": said.say("enclosed.not_made")}, None
        field = "photo" if file.media_type == enclosed.MEDIA["png"] else "document"
        return f"send{field.capitalize()}", {**data, field: "attach://file"}, {"file": file}

    async def _picture(self, report: str, summary: DailySummary, said: Words) -> bytes | None:
        key = (report, said.language)
        # In turn: the chief and the duty officers of a ward get one picture, drawn once.
        async with self._drawing:
            if key not in self._pictures:
                try:
                    self._pictures[key] = await self._painter.draw(chart.daily(summary, said))
                except NotDrawn as error:
                    # The figures matter more than their picture: the text leaves without it.
                    told = {"unit": summary.ward, "day": summary.day, "error": error}
                    log.error("the chart of %(unit)s for %(day)s was not drawn: %(error)s", told)
                    return None
                while len(self._pictures) > PICTURES_KEPT:
                    self._pictures.popitem(last=False)
            return self._pictures[key]


def _words_of(notice: Notice, said: Words) -> Content:
    if notice.wipe is not None:
        return "deleteMessages", {"message_ids": list(range(*notice.wipe))}, None
    if notice.menu is not None:
        return "setMyCommands", menu(notice.menu, said.language), None
    data = _begun(notice)
    lines = [said.say(notice.key, **notice.params), *(said.say(key, **params) for key, params in notice.more)]
    data.update(text=shortened("\n".join(lines)), link_preview_options={"is_disabled": True})
    if notice.edit is not None:
        return "editMessageText", {**data, "message_id": notice.edit}, None
    return "sendMessage", data, None


def _begun(notice: Notice) -> dict[str, Any]:
    if notice.edit is not None:
        return {}
    data: dict[str, Any] = {}
    if notice.private:
        data["protect_content"] = True
    if notice.silent:
        data["disable_notification"] = True
    return data


def _finished(post: Post, chat: int, receipt: str, said: Words, content: Content) -> Parcel:
    method, data, files = content
    notice = post.notice
    if notice.menu is not None:
        data = {**data, "scope": {"type": "chat", "chat_id": chat}}
        return replace(slip(post, chat), method=method, data=data, addressed=False)
    markup = _markup(notice, said, receipt)
    if markup is not None:
        data["reply_markup"] = markup
    instead = _instead(notice, said, data) if files else ""
    return replace(slip(post, chat), method=method, data=data, files=files, instead=instead)


def _instead(notice: Notice, said: Words, data: Mapping[str, Any]) -> str:
    """What is said to whom Telegram gives no file: of a summary all its words, of anything else that it is missing."""
    if notice.report is not None:
        return shortened(data["caption"])
    if notice.file is None:
        return said.say("enclosed.not_made")
    return "\n".join([*filter(None, [data.get("caption")]), said.say("police.file_refused")])


def _replaces(notice: Notice) -> str | None:
    return None if notice.edit is None else f"edit {notice.edit}"


def label_of(button: Button, said: Words) -> str:
    """The words on a button."""
    return said.say(button.label, **button.params)


def menu(name: str, language: str, *, code: str | None = None) -> dict[str, Any]:
    """The commands of a keyboard, with a word on each, for setMyCommands."""
    said = words(language)
    listed = [{"command": command, "description": said.say(f"command.{command}")} for command in MENUS[name]]
    data: dict[str, Any] = {"commands": listed}
    if code is not None:
        data["language_code"] = code
    return data


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text that fits into one message; what is cut is marked."""
    raw = text.encode("utf-16-le")
    if len(raw) <= 2 * longest:
        return text
    return raw[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"


def _markup(notice: Notice, said: Words, receipt: str) -> dict[str, Any] | None:
    if notice.buttons:
        return {"inline_keyboard": _inline(notice.buttons, said, receipt)}
    if notice.keyboard == "nothing":
        return {"remove_keyboard": True}
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
