"""Telegram's sending rates, by the monotonic clock: nobody's wall clock moves them.

The true limits are undocumented; these are the figures bots are told to keep to, with the short bursts that pass.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Limits:
    """Rates of sending. Messages and edits count; deleting, answering presses and reading do not."""

    overall: int = 30
    """Messages in any second, in all."""
    chat_burst: int = 5
    """Messages a private chat takes at once ..."""
    chat_rate: float = 1.0
    """... and then a second."""
    group: int = 20
    """Messages in any minute, in one group."""
    clock: Callable[[], float] = time.monotonic
    _all: deque[float] = field(default_factory=deque)
    _chats: dict[int, tuple[float, float]] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)

    def take(self, chat_id: int) -> int:
        """Counts one message to `chat_id`; returns 0, or the whole seconds to wait when it may not go now."""
        at = self.clock()
        wait = max(self._window(self._all, at, self.overall, 1.0), self._chat(chat_id, at))
        if wait <= 0:
            self._count(chat_id, at)
            return 0
        return max(1, math.ceil(wait))

    def _chat(self, chat_id: int, at: float) -> float:
        if chat_id < 0:
            return self._window(self._groups.setdefault(chat_id, deque()), at, self.group, 60.0)
        return (1.0 - self._tokens(chat_id, at)) / self.chat_rate

    def _tokens(self, chat_id: int, at: float) -> float:
        tokens, since = self._chats.get(chat_id, (float(self.chat_burst), at))
        return min(float(self.chat_burst), tokens + (at - since) * self.chat_rate)

    def _count(self, chat_id: int, at: float) -> None:
        self._all.append(at)
        if chat_id < 0:
            self._groups[chat_id].append(at)
        else:
            self._chats[chat_id] = (self._tokens(chat_id, at) - 1.0, at)

    @staticmethod
    def _window(sent: deque[float], at: float, most: int, seconds: float) -> float:
        while sent and sent[0] <= at - seconds:
            sent.popleft()
        return sent[0] + seconds - at if len(sent) >= most else 0.0
