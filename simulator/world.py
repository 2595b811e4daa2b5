"""The simulated Telegram's memory: the bot, people, chats, messages, presses, and the updates the bot is owed."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.errors import bad_request, forbidden
from simulator.files import FileStore
from simulator.updates import PRESS_KEPT, UpdateQueue

Message = dict[str, Any]


@dataclass(slots=True)
class Press:
    """A pressed button whose callback query the bot may still answer."""

    chat: Chat
    user_id: int
    at: float
    answered: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat of one person with the bot, or a group."""

    info: dict[str, Any]
    """The Bot API's `Chat`."""
    started: bool = False
    """A person has written first; only then the bot may."""
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, dict[str, Any]] = field(default_factory=dict)
    keyboard: list[list[dict[str, Any]]] | None = None
    keyboard_once: bool = False
    toasts: list[dict[str, Any]] = field(default_factory=list)
    action: str | None = None
    """The last sendChatAction since the last message."""
    members: dict[int, str] = field(default_factory=dict)
    changes: int = 0
    """Counts everything that happened here."""
    changed_at: dict[int, int] = field(default_factory=dict)
    """For each message, the value of `changes` when it last changed."""
    _last_id: int = 0
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    @property
    def id(self) -> int:
        """The chat's number; that of a group is negative."""
        return int(self.info["id"])

    @property
    def private(self) -> bool:
        """Whether it is one person's chat with the bot."""
        return bool(self.info["type"] == "private")

    def next_id(self) -> int:
        """A new message number."""
        self._last_id += 1
        return self._last_id

    def keep(self, message: Message) -> None:
        """Stores a message as it now is."""
        self._last_id = max(self._last_id, message["message_id"])
        self.messages[message["message_id"]] = message
        self.touch(message["message_id"])

    def touch(self, message_id: int | None = None) -> None:
        """Notes that something happened, and wakes whoever waits for it."""
        self.changes += 1
        if message_id is not None:
            self.changed_at[message_id] = self.changes
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    def drop(self, message_id: int) -> None:
        """Removes a message for everyone."""
        self.messages.pop(message_id, None)
        self.changed_at.pop(message_id, None)
        self.touch()

    async def changed(self) -> None:
        """Returns when something happens here."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)


class World:
    """Everything the simulator knows."""

    def __init__(self, bot: dict[str, Any], now: Callable[[], datetime], chance: random.Random) -> None:
        self.bot = bot
        """What getMe says."""
        self.me = {key: bot[key] for key in ("id", "is_bot", "first_name", "username")}
        """The same as the author of messages."""
        self.now = now
        self.chance = chance
        self.chats: dict[int, Chat] = {}
        self.files = FileStore(chance)
        self.updates = UpdateQueue(now, chance.randrange(10**8, 5 * 10**8))
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.about: dict[tuple[str, str], str] = {}
        self.menus: dict[int, dict[str, Any]] = {}
        self._presses: dict[str, Press] = {}
        self._press_order: deque[str] = deque()
        self.watch: Callable[[Chat], None] = lambda chat: None

    def at(self) -> int:
        """POSIX time of now, whole seconds."""
        return int(self.now().timestamp())

    def chat(self, chat_id: int | str) -> Chat:
        """The chat the bot means; 400 when the bot has never met it, or when a group became another."""
        chat = self.chats.get(_number(chat_id))
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        return chat

    def reachable(self, chat_id: int | str) -> Chat:
        """The chat, if the bot may write there now; else 403."""
        chat = self.chat(chat_id)
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden(
                "bot was blocked by the user" if chat.private else "bot was kicked from the supergroup chat"
            )
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def private_chat(self, user: dict[str, Any]) -> Chat:
        """That person's chat with the bot, made when there is none."""
        chat = self.chats.get(user["id"])
        if chat is None:
            names: dict[str, Any] = {key: user[key] for key in ("first_name", "last_name", "username") if key in user}
            chat = self.chats[user["id"]] = Chat({"id": user["id"], "type": "private", **names})
        return chat

    def new_id(self) -> int:
        """A Telegram id that nobody has, above 32 bits like today's."""
        while True:
            number = self.chance.randrange(5_000_000_000, 8_500_000_000)
            if number not in self.chats:
                return number

    def post(
        self, chat: Chat, sender: dict[str, Any], content: dict[str, Any], *, thread: int | None = None
    ) -> Message:
        """Adds a message to a chat."""
        message: Message = {
            "message_id": chat.next_id(),
            "from": sender,
            "chat": chat.info,
            "date": self.at(),
            **content,
        }
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        chat.keep(message)
        self.watch(chat)
        return message

    def changed(self, chat: Chat, message_id: int | None = None) -> None:
        """Tells whoever looks at the chat that it changed."""
        chat.touch(message_id)
        self.watch(chat)

    def press(self, chat: Chat, user_id: int) -> str:
        """Notes a pressed button; returns the id of its callback query."""
        at = self.now().timestamp()
        while self._press_order and self._stale(self._press_order[0], at):
            self._presses.pop(self._press_order.popleft(), None)
        number = str(self.chance.randrange(10**17, 10**19))
        self.note_press(number, chat, user_id)
        return number

    def note_press(self, number: str, chat: Chat, user_id: int) -> None:
        """Makes a callback query known under a given id."""
        self._presses[number] = Press(chat, user_id, self.now().timestamp())
        self._press_order.append(number)

    def open_press(self, number: str) -> Press | None:
        """A press that may be answered: known, not answered yet, at most 150 s old."""
        press = self._presses.get(number)
        if press is None or press.answered or self._stale(number, self.now().timestamp()):
            return None
        return press

    def _stale(self, number: str, at: float) -> bool:
        press = self._presses.get(number)
        return press is None or at - press.at > PRESS_KEPT


def _number(chat_id: int | str) -> int:
    if isinstance(chat_id, int):
        return chat_id
    try:
        return int(chat_id)
    except ValueError:
        raise bad_request("chat not found") from None
