"""Telegram's limits, as budgets: of the whole bot and of one chat. Pure: time (monotonic seconds) is given."""

import math
from bisect import insort
from collections import deque

from domain.notices import Lane

GROUP_WINDOW = 61.0  # seconds; Telegram counts 20 in 60, the rest is for the network's jitter
GROUP_SHARE = 20
GROUP_SHARE_LOW = 16  # what reminders and bulk may take of it, so that an urgent message needn't wait
BURST = 3.0  # messages that may follow each other at once in one chat; then one a second
GUARD_WINDOW = 1.01  # seconds; an even gap alone and a window alone each earned a 429 now and then
PACE = 1.02  # the even gap, in parts of a second by the rate: the guard alone bounds what arrives in a second
CATCH_UP = 0.02  # seconds that a late wake-up may make good
ASTRAY = 1.0  # seconds after which a message without an answer has arrived, or never will
WAYS = 200  # messages among which the quickest tells how long the line is ...
FEW_WAYS = 20  # ... and without so many nobody knows: the first ones may all have been slow
LONGEST_WAY = 0.1  # seconds; a line that seems longer is a slow one, and may be quick again at any moment


class Flow:
    """At most `rate` a second as Telegram counts them: when they arrive, not when they were let go.

    Between the two lie a busy loop, sockets and a line, and what was late is followed by what is not. By when a message
    has arrived only its answer tells: the way back earlier. The next can't arrive sooner than the way there takes. So
    two are a second apart when one is let go a second after the other's answer, less the shortest way there and back.
    """

    def __init__(self, rate: float) -> None:
        self._gap = PACE / rate
        self._next = -math.inf
        # Beyond a thousand a second (load tests) the gap is guard enough.
        self._most = max(1, int(rate)) if rate <= 1000 else 0
        self._flying: dict[int, float] = {}  # when it was let go, by id
        self._landed: list[float] = []  # when the newest have arrived at the latest, as seen from where we let go
        self._ways: deque[float] = deque(maxlen=WAYS)

    def free_at(self) -> float:
        """When the next one may go, if nothing is heard until then; never later if something is."""
        if not self._most or len(self._flying) + len(self._landed) < self._most:
            return self._next
        arrived = sorted((*self._landed, *(left + ASTRAY for left in self._flying.values())))
        return max(self._next, arrived[-self._most] + GUARD_WINDOW)

    def take(self, id: int, now: float, slow: float) -> None:
        """One goes now; `slow` (0..1] stretches the gap to the next."""
        self._next = max(self._next, now - CATCH_UP) + self._gap / slow
        if self._most:
            self._flying[id] = now

    def stayed(self, id: int) -> None:
        """One was let go and never left: Telegram will not count it."""
        self._flying.pop(id, None)

    def landed(self, id: int, now: float) -> None:
        """One has its answer, or nobody waits for it any more."""
        left = self._flying.pop(id, None)
        if left is None:
            return
        self._ways.append(now - left)
        way = min(LONGEST_WAY, *self._ways) if len(self._ways) >= FEW_WAYS else 0.0
        insort(self._landed, min(now - way, left + ASTRAY))
        del self._landed[: -self._most]


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
