"""Updates waiting for the bot: numbered, kept until confirmed or too old, handed out in order."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import orjson

KEPT = 24 * 3600.0
"""Seconds an undelivered update lives."""
PRESS_KEPT = 150.0
"""Seconds a button press lives."""
_ON_REQUEST = frozenset(["chat_member", "message_reaction", "message_reaction_count"])


class Entry(NamedTuple):
    """One waiting update, already serialised."""

    order: int
    """Its update_id; for a raw update without a usable one, that of its neighbour."""
    body: bytes
    lane: object
    """What is kept in order on a webhook: the chat."""
    expires: float
    """POSIX time."""


class UpdateQueue:
    """Updates not yet confirmed. Costs per update do not depend on how many wait."""

    def __init__(self, now: Callable[[], datetime], first_id: int) -> None:
        self._now = now
        self._waiting: deque[Entry] = deque()
        self._next_id = first_id
        self._more = asyncio.Event()
        self.allowed: frozenset[str] | None = None
        """Kinds the bot asked for; None: all but those given on request only."""
        self.expired = 0
        """How many were too old before the bot took them."""

    def __len__(self) -> int:
        return len(self._waiting)

    def push(self, update: dict[str, Any]) -> int | None:
        """Queues an update; returns its number, or None when the bot did not ask for such updates."""
        kind = next((key for key in update if key != "update_id"), "")
        if not self._wanted(kind):
            return None
        number = update.get("update_id", self._next_id)
        if "update_id" not in update:
            update = {"update_id": number, **update}
        order = number if type(number) is int else self._next_id - 1
        life = PRESS_KEPT if kind == "callback_query" else KEPT
        self._insert(Entry(order, orjson.dumps(update), _lane(update.get(kind)), self._now().timestamp() + life))
        self._next_id = max(self._next_id, order + 1)
        self._more.set()
        return order

    def _wanted(self, kind: str) -> bool:
        return kind not in _ON_REQUEST if self.allowed is None else kind in self.allowed or not kind

    def _insert(self, entry: Entry) -> None:
        if not self._waiting or self._waiting[-1].order <= entry.order:
            self._waiting.append(entry)
        else:  # rare: a raw update with a number of the past
            self._waiting.insert(bisect_right(self._waiting, entry.order, key=lambda each: each.order), entry)

    def give_back(self, entries: Iterable[Entry]) -> None:
        """Puts taken entries back in their order: a webhook was removed."""
        self._waiting = deque(sorted([*entries, *self._waiting], key=lambda entry: entry.order))
        if self._waiting:
            self._more.set()

    def confirm(self, offset: int) -> None:
        """Forgets updates with numbers below `offset`; a negative one keeps only the last `-offset`."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
            return
        while self._waiting and self._waiting[0].order < offset:
            self._waiting.popleft()

    def peek(self, limit: int) -> list[bytes]:
        """The oldest `limit` updates that are not too old; they stay until confirmed."""
        head = self.take(limit)
        self._waiting.extendleft(reversed(head))
        return [entry.body for entry in head]

    def take(self, limit: int) -> list[Entry]:
        """Removes and returns the oldest `limit` entries; drops those that are too old."""
        at = self._now().timestamp()
        head: list[Entry] = []
        while self._waiting and len(head) < limit:
            entry = self._waiting.popleft()
            if entry.expires > at:
                head.append(entry)
            else:
                self.expired += 1
        if not self._waiting:
            self._more.clear()
        return head

    def given_up(self, entry: Entry) -> bool:
        """Whether a taken entry is too old to be delivered; then it is counted, so ask no more."""
        too_old = entry.expires <= self._now().timestamp()
        self.expired += too_old
        return too_old

    def at(self) -> int:
        """POSIX time of now, whole seconds."""
        return int(self._now().timestamp())

    async def more(self) -> None:
        """Returns when an update was pushed since the queue was last found empty."""
        await self._more.wait()

    def clear(self) -> None:
        """Forgets everything that waits."""
        self._waiting.clear()


def _lane(content: Any) -> object:
    if not isinstance(content, dict):
        return None
    message = content.get("message", content)
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(chat, dict):
        chat = content.get("from")
    number = chat.get("id") if isinstance(chat, dict) else None
    return number if isinstance(number, int) else None
