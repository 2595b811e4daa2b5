"""Telegram's limits, as budgets: of the whole bot and of one chat. Pure: time (monotonic seconds) is given."""

import math
from collections import deque

from domain.notices import Lane

GROUP_WINDOW = 61.0  # seconds; Telegram counts 20 in 60, the rest is for the network's jitter
GROUP_SHARE = 20
GROUP_SHARE_LOW = 16  # what reminders and bulk may take of it, so that an urgent message needn't wait
BURST = 3.0  # messages that may follow each other at once in one chat; then one a second
GUARD_WINDOW = 1.03  # seconds; an even gap alone and a window alone each earned a 429 now and then
PACE = 1.02  # the even gap, in parts of a second by the rate: the guard alone bounds what leaves in a second
MOST_LAG = 0.3  # seconds that are added to the guard at most, while the loop is late
CATCH_UP = 0.02  # seconds that a late wake-up may make good


class Flow:
    """At most `rate` a second: an even gap, and no more than `rate` in any 1.03 s."""

    def __init__(self, rate: float) -> None:
        self._gap = PACE / rate
        self._next = -math.inf
        self.lag = 0.0  # seconds by which messages may leave later than they were let go, and so closer together
        # Beyond a thousand a second (load tests) the gap is guard enough.
        self._recent: deque[float] | None = deque(maxlen=max(1, int(rate))) if rate <= 1000 else None

    def free_at(self) -> float:
        """When the next one may go."""
        recent = self._recent
        if recent is None or len(recent) < (recent.maxlen or 0):
            return self._next
        return max(self._next, recent[0] + GUARD_WINDOW + self.lag)

    def take(self, now: float, slow: float) -> None:
        """One goes now; `slow` (0..1] stretches the gap to the next."""
        self._next = max(self._next, now - CATCH_UP) + self._gap / slow
        if self._recent is not None:
            self._recent.append(now)


class Budget:
    """What one chat may still be sent. `speed` is 1 at Telegram's own rate, more against a server that allows more."""

    __slots__ = ("at", "recent", "speed", "tokens", "until")

    def __init__(self, chat: int, speed: float = 1.0) -> None:
        self.speed = speed
        self.tokens = BURST
        self.at = -math.inf  # when `tokens` was true
        self.until = -math.inf  # closed by a 429
        self.recent: deque[float] | None = deque(maxlen=GROUP_SHARE) if chat < 0 else None

    def free_at(self, lane: Lane) -> float:
        """When this chat takes a message of `lane`; reminders and bulk leave one of the burst to the others."""
        low = lane >= Lane.REMINDER
        at = max(self.until, self.at + max(0.0, (2.0 if low else 1.0) - self.tokens) / self.speed)
        share = GROUP_SHARE_LOW if low else GROUP_SHARE
        if self.recent is not None and len(self.recent) >= share:
            at = max(at, self.recent[-share] + GROUP_WINDOW / self.speed)
        return at

    def take(self, now: float) -> None:
        """A message goes to this chat now."""
        self.tokens = min(BURST, self.tokens + (now - self.at) * self.speed) - 1.0
        self.at = now
        if self.recent is not None:
            self.recent.append(now)

    def forgettable(self, now: float) -> bool:
        """Nothing of it would slow anything any more."""
        calm = (now - self.at) * self.speed >= BURST and self.until <= now
        return calm and (not self.recent or self.recent[-1] + GROUP_WINDOW <= now)
