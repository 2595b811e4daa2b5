"""A person with a phone: what one can do to a bot in Telegram, and what one sees of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from simulator.entities import found
from simulator.files import Upload
from simulator.labels import plain, same
from simulator.media import album_content, media_content
from simulator.world import Chat, Message, World

T = TypeVar("T")
Wanted = str | Callable[[Message], object]
TEXT_MOST = 4096
PATIENCE = 20.0  # seconds for anything that should take a few milliseconds: a busy machine is no defect
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


class Phone:
    """One person in one chat. Everything a method sends reaches the bot as an update."""

    def __init__(self, world: World, user: dict[str, Any], chat: Chat) -> None:
        self._world = world
        self.user = user
        self.chat = chat
        self._mark = 0

    @property
    def id(self) -> int:
        """The person's Telegram id."""
        return int(self.user["id"])

    def at(self, group: Chat) -> Phone:
        """The same person in a group."""
        return Phone(self._world, self.user, group)

    # What the person does

    async def send(self, text: str, *, reply_to: int | None = None) -> int:
        """Sends a text; one longer than Telegram takes goes in parts. Returns the (first) message's id."""
        assert text.strip(), "Telegram sends no empty text"
        parts = [text[at : at + TEXT_MOST] for at in range(0, len(text), TEXT_MOST)]
        contents = [{"text": part, **_marked(found(part))} for part in parts]
        numbers = [self._say(content, reply_to) for content in contents]
        return numbers[0]

    async def open_link(self, link: str) -> int:
        """Follows `https://t.me/<bot>?start=<payload>`, or just the payload, and presses START."""
        payload = link.partition("?start=")[2] if "?" in link else link
        if not _PAYLOAD.match(payload):
            raise AssertionError(f"Telegram does not open a deep link with the payload {payload!r}")
        return await self.send(f"/start {payload}")

    async def send_photo(self, data: bytes, caption: str = "", **more: Any) -> int:
        """Sends a picture as a photo. `more`: `name`, `mime`, `size` (bytes it claims to have)."""
        return self._send_media("photo", data, caption, more)

    async def send_voice(self, data: bytes, **more: Any) -> int:
        """Sends a voice message."""
        return self._send_media("voice", data, "", more)

    async def send_video(self, data: bytes, caption: str = "", **more: Any) -> int:
        """Sends a video."""
        return self._send_media("video", data, caption, more)

    async def send_audio(self, data: bytes, caption: str = "", **more: Any) -> int:
        """Sends a piece of music."""
        return self._send_media("audio", data, caption, more)

    async def send_document(self, data: bytes, name: str = "file.bin", caption: str = "", **more: Any) -> int:
        """Sends a file as it is."""
        return self._send_media("document", data, caption, {"name": name, **more})

    async def send_location(self, latitude: float, longitude: float) -> int:
        """Sends a place, in degrees."""
        return self._say({"location": {"latitude": latitude, "longitude": longitude}})

    async def send_contact(self, phone_number: str) -> int:
        """Shares the person's own number."""
        card = {"phone_number": phone_number, "first_name": self.user["first_name"], "user_id": self.id}
        return self._say({"contact": card})

    async def send_album(self, items: Sequence[bytes | tuple[str, bytes]], caption: str = "") -> list[int]:
        """Sends 2 to 10 photos (bytes) or (kind, bytes) as one album: an update each, with no end marker."""
        kinds = [("photo", item) if isinstance(item, bytes) else item for item in items]
        contents = album_content(self._world.files, kinds, caption, str(self._world.chance.randrange(10**16, 10**17)))
        return [self._say(content) for content in contents]

    async def send_raw(self, content: dict[str, Any]) -> int:
        """Sends a message with any content fields of the Bot API (stickers, polls, forwards, ...)."""
        return self._say(content)

    async def edit(self, message_id: int, text: str) -> None:
        """Changes the text (or caption) of an own message."""
        message = dict(self.chat.messages[message_id])
        assert message["from"]["id"] == self.id, "people edit their own messages only"
        key = "text" if "text" in message else "caption"
        message.pop("entities", None)
        message |= {key: text, "edit_date": self._world.at(), **_marked(found(text), key)}
        self._act()
        self.chat.keep(message)
        self._world.changed(self.chat, message_id)
        self._world.updates.push({"edited_message": message})

    async def delete(self, *message_ids: int) -> None:
        """Deletes messages for both sides; the bot is not told."""
        for message_id in message_ids:
            self.chat.drop(message_id)
        self._world.changed(self.chat)

    async def press(self, label: str, *, message_id: int | None = None) -> str | None:
        """Presses the inline button called `label` on the newest visible message that has one.

        Returns the callback query's id; None for a link to this bot, which is followed.
        """
        for message in [self.chat.messages[message_id]] if message_id else reversed(self.messages):
            for button in _inline(message):
                if same(button["text"], label):
                    return await self._press(message, button)
        raise AssertionError(f"no button {label!r}; buttons: {self._all_buttons()}\n{self.shows()}")

    async def press_data(self, data: str, message_id: int | None = None) -> str:
        """Presses a button with any data: replayed, forged or stale. On the newest bot message unless one is given."""
        number = message_id or (self.heard[-1]["message_id"] if self.heard else 1)
        message = self.chat.messages.get(number)
        if message is None:  # deleted since: Telegram sends an InaccessibleMessage
            message = {"chat": self.chat.info, "message_id": number, "date": 0}
        return self._query(message, data)

    async def tap(self, label: str) -> int:
        """Taps a button of the reply keyboard: sends its whole text, or what it asks for."""
        for button in (button for row in self.chat.keyboard or [] for button in row):
            if same(button["text"], label):
                if self.chat.keyboard_once:
                    self.chat.keyboard = None
                if button.get("request_location"):
                    return await self.send_location(18.53, 105.7)
                if button.get("request_contact"):
                    return await self.send_contact("+84000000000")
                return await self.send(button["text"])
        raise AssertionError(f"no key {label!r}; keys: {self.keyboard}\n{self.shows()}")

    async def block(self) -> None:
        """Blocks the bot: it is told, and its messages are refused with 403."""
        self._membership("member", "kicked", blocked=True)

    async def unblock(self) -> None:
        """Lets the bot write again."""
        self._membership("kicked", "member", blocked=False)

    async def deactivate(self) -> None:
        """Deletes the person's account; the bot is not told."""
        self.chat.deactivated = True

    # What the person sees

    @property
    def messages(self) -> list[Message]:
        """All visible messages, oldest first, own ones too."""
        return list(self.chat.messages.values())

    @property
    def heard(self) -> list[Message]:
        """The bot's visible messages, oldest first."""
        return [message for message in self.chat.messages.values() if self._from_bot(message)]

    @property
    def last(self) -> Message:
        """The bot's newest visible message."""
        heard = self.heard
        assert heard, f"the bot has said nothing to {self.user['first_name']}"
        return heard[-1]

    def buttons(self, message: Message | None = None) -> list[str]:
        """Labels of the inline buttons of a message; without one, of the newest that has any."""
        if message is not None:
            return [button["text"] for button in _inline(message)]
        return next((labels for each in reversed(self.heard) if (labels := self.buttons(each))), [])

    @property
    def keyboard(self) -> list[str]:
        """Labels of the reply keyboard."""
        return [button["text"] for row in self.chat.keyboard or [] for button in row]

    @property
    def toasts(self) -> list[str]:
        """Texts of the answers to presses, oldest first; empty answers (the spinner just ends) not among them."""
        return [toast["text"] for toast in self.chat.toasts if toast["user_id"] == self.id and toast["text"]]

    def shows(self) -> str:
        """The chat as text, for messages of failed tests."""
        lines = [f"--- {self.user['first_name']}'s chat"]
        for message in self.messages[-12:]:
            who = "bot" if self._from_bot(message) else message["from"]["first_name"]
            lines.append(f"[{message['message_id']}] {who}: {said(message)}")
            if self.buttons(message):
                lines.append(f"      {self.buttons(message)}")
        return "\n".join([*lines, f"      keyboard {self.keyboard}, toasts {self.toasts[-3:]}"])

    async def until(self, wanted: Wanted, timeout: float = PATIENCE) -> Message:
        """Waits at most `timeout` seconds for a bot message, new or edited since this phone last acted, that matches.

        `wanted`: a part of the text (NFC), or a function of the message. Returns the newest match.
        """

        def match() -> Message | None:
            for message in reversed(self.chat.messages.values()):
                number = message["message_id"]
                fresh = self.chat.changed_at.get(number, 0) > self._mark
                if fresh and self._from_bot(message) and _matches(message, wanted):
                    return message
            return None

        return await self._wait(match, timeout, f"nothing like {wanted!r} came")

    async def until_toast(self, text: str, timeout: float = PATIENCE) -> str:
        """Waits for the answer to a press that contains `text`."""
        return await self._wait(
            lambda: next((toast for toast in self.toasts if plain(text) in plain(toast)), None),
            timeout,
            f"no toast {text!r}",
        )

    async def _wait(self, look: Callable[[], T | None], timeout: float, complaint: str) -> T:
        try:
            async with asyncio.timeout(timeout):
                while (seen := look()) is None:
                    await self.chat.changed()
                return seen
        except TimeoutError:
            raise AssertionError(f"{complaint} in {timeout} s\n{self.shows()}") from None

    # How it is done

    def _act(self) -> None:
        assert not self.chat.blocked, "unblock the bot first, as Telegram asks too"
        self._mark = self.chat.changes
        self.chat.started = True

    def _say(self, content: dict[str, Any], reply_to: int | None = None) -> int:
        self._act()
        if reply_to is not None:
            content = {"reply_to_message": _bare(self.chat.messages[reply_to]), **content}
        message = self._world.post(self.chat, self.user, content)
        self._mark = self.chat.changes
        self._world.updates.push({"message": message})
        return int(message["message_id"])

    def _send_media(self, kind: str, data: bytes, caption: str, more: dict[str, Any]) -> int:
        upload = Upload(more.get("name", ""), data, more.get("mime", "application/octet-stream"))
        stored = self._world.files.add(kind, upload, more.get("size"))
        captioned = {"caption": caption, **_marked(found(caption), "caption")} if caption else {}
        return self._say({**media_content(self._world.files, stored), **captioned})

    async def _press(self, message: Message, button: dict[str, Any]) -> str | None:
        if "callback_data" in button:
            return self._query(message, button["callback_data"])
        link = str(button.get("url", ""))
        if f"/{self._world.bot['username']}?start=" not in link:
            raise AssertionError(f"{button['text']!r} is no button that reaches the bot: {button}")
        await self.open_link(link)
        return None

    def _query(self, message: Message, data: str) -> str:
        self._act()
        number = self._world.press(self.chat, self.id)
        query = {
            "id": number,
            "from": self.user,
            "message": message,
            "chat_instance": str(-(self.chat.id * 1_000_003)),
            "data": data,
        }
        self._world.updates.push({"callback_query": query})
        return number

    def _membership(self, old: str, new: str, *, blocked: bool) -> None:
        self.chat.blocked = blocked
        bot = self._world.me
        ends = {"until_date": 0}
        change = {
            "chat": self.chat.info,
            "from": self.user,
            "date": self._world.at(),
            "old_chat_member": {"user": bot, "status": old, **(ends if old == "kicked" else {})},
            "new_chat_member": {"user": bot, "status": new, **(ends if new == "kicked" else {})},
        }
        self._world.updates.push({"my_chat_member": change})
        self._world.changed(self.chat)

    def _from_bot(self, message: Message) -> bool:
        return bool(message["from"]["id"] == self._world.bot["id"])

    def _all_buttons(self) -> list[str]:
        return [label for message in self.heard for label in self.buttons(message)]


def said(message: Message) -> str:
    """What a message says: its text, its caption, or what kind of thing it is."""
    kinds = [key for key in ("photo", "document", "video", "voice", "audio", "location") if key in message]
    return " ".join([*(f"<{kind}>" for kind in kinds), _text(message)])


def _text(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _inline(message: Message) -> list[dict[str, Any]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _matches(message: Message, wanted: Wanted) -> bool:
    if isinstance(wanted, str):
        return plain(wanted) in plain(_text(message))
    return bool(wanted(message))


def _marked(entities: list[dict[str, Any]], key: str = "text") -> dict[str, Any]:
    return {"entities" if key == "text" else "caption_entities": entities} if entities else {}


def _bare(message: Message) -> Message:
    return {key: value for key, value in message.items() if key != "reply_to_message"}
