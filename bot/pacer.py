"""Who may be sent next: Telegram's limits, four lanes, fairness between chats. Pure: time (monotonic seconds) is given.

A message waits in the queue of its chat and lane. A queue is in exactly one place: in its lane's line of those that
may go (`_ready`, served in turn), in its lane's heap of those that must wait until a known time, in flight, or empty
and gone.
Nothing is ever scanned: each operation costs O(log n).
"""

import heapq
import math
from collections import deque
from itertools import count

from bot.budgets import Budget, Flow
from domain.notices import Lane

__all__ = ["Lane", "Pacer"]

STRANGERS = 4  # 429 from so many chats, with no success between them, mean the bot as a whole
SLOWEST = 0.25  # the pace never falls below this part of the rate
RECOVERY = 0.02  # part of the rate regained each second


class _Item:
    """One message; `place` orders it within its queue. `gone`: dropped from the middle, its entry is a husk."""

    __slots__ = ("gone", "id", "place", "queue", "replaces")

    def __init__(self, id: int, queue: "_Queue", replaces: str | None) -> None:
        self.id = id
        self.place = id
        self.queue = queue
        self.replaces = replaces
        self.gone = False


# Ties in heaps: what they hold has no order of its own.
_serials = count()


class _Queue:
    """What waits for one chat in one lane; one message of it flies at a time, so that they arrive in order."""

    __slots__ = ("chat", "flying", "heap", "lane", "not_before", "queued")

    def __init__(self, chat: int, lane: Lane) -> None:
        self.chat = chat
        self.lane = lane
        self.heap: list[tuple[int, int, _Item]] = []
        self.flying: _Item | None = None
        self.not_before = -math.inf
        self.queued = False  # in the line or in the heap of its lane

    def push(self, item: _Item) -> None:
        heapq.heappush(self.heap, (item.place, next(_serials), item))

    def head(self) -> _Item | None:
        while self.heap and self.heap[0][2].gone:
            heapq.heappop(self.heap)
        return self.heap[0][2] if self.heap else None


class Pacer:
    """Decides who goes next. Messages are known by ascending integer ids; `rate` is messages a second in all."""

    def __init__(self, rate: float = 30.0) -> None:
        if rate <= 0:
            raise ValueError("the rate must be positive")
        self._all = Flow(rate)
        # Whoever raises the rate (a server of their own, a load test) has one that is as much more patient per chat.
        self._speed = max(1.0, rate / 30)
        self._items: dict[int, _Item] = {}
        self._queues: dict[tuple[int, Lane], _Queue] = {}
        self._edits: dict[tuple[int, str], _Item] = {}
        self._budgets: dict[int, Budget] = {}
        self._tidy_beyond = 1024
        # One for each lane.
        self._ready: list[deque[_Queue]] = [deque() for _ in Lane]
        self._later: list[list[tuple[float, int, _Queue]]] = [[] for _ in Lane]
        self._counts = dict.fromkeys(Lane, 0)
        self._paused_until = -math.inf
        self._slow, self._slow_at = 1.0, 0.0
        self._strangers: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._items)

    @property
    def paused_until(self) -> float:
        """Nothing goes before this time."""
        return self._paused_until

    def waiting(self) -> dict[Lane, int]:
        """Messages held in each lane, those in flight included."""
        return dict(self._counts)

    def pace(self, now: float) -> float:
        """The part (0..1] of the rate that is used: cut by a 429 of the whole bot, growing back with time."""
        return min(1.0, self._slow + RECOVERY * max(0.0, now - self._slow_at))

    def add(self, id: int, lane: Lane, chat: int, replaces: str | None, now: float) -> int | None:
        """Let a message wait. Returns the id that is superseded by it (or its own, when a newer edit already waits).

        Of two edits with one `replaces` key the newer (higher id) stays, at the older one's place in the queue: a card
        that changes all the time is still shown now and then.
        """
        older = self._edits.get((chat, replaces)) if replaces is not None else None
        if older is not None and older.id > id:
            return id
        if older is not None and older.queue.lane is lane:
            superseded = older.id
            self._items[id] = self._items.pop(superseded)
            older.id = id
            return superseded
        queue = self._queues.get((chat, lane))
        if queue is None:
            queue = self._queues[chat, lane] = _Queue(chat, lane)
        item = self._items[id] = _Item(id, queue, replaces)
        self._counts[lane] += 1
        queue.push(item)
        self._line_up(queue, now)
        superseded_elsewhere = older.id if older is not None else None
        if superseded_elsewhere is not None:
            self.drop(superseded_elsewhere, now)
        if replaces is not None:
            self._edits[chat, replaces] = item
        return superseded_elsewhere

    def ready(self, now: float, lowest: Lane = Lane.BULK) -> int | None:
        """The id that may go now, of lanes down to `lowest`. It stays until `start` or `drop` is called for it."""
        if now < max(self._paused_until, self._all.free_at()):
            return None
        for lane in Lane:
            if lane > lowest:
                break
            item = self._first(lane, now)
            if item is not None:
                return item.id
        return None

    def start(self, id: int, now: float) -> None:
        """The message that `ready` named is on its way."""
        item = self._items[id]
        queue = item.queue
        if queue.head() is not item or queue.flying is not None:
            raise ValueError("only what is ready can start")
        heapq.heappop(queue.heap)
        self._ready[queue.lane].popleft()
        queue.queued = False
        queue.flying = item
        self._forget_edit(item)
        self._all.take(id, now, self.pace(now))
        self._budget(queue.chat, now).take(now)

    def done(self, id: int, now: float) -> None:
        """A message that was on its way needs nothing more."""
        self._land(self._items.pop(id), now)

    def stayed(self, id: int) -> None:
        """A message that was started has not left: of the pace it takes its turn only."""
        self._all.stayed(id)

    def retry(self, id: int, at: float, now: float) -> bool:
        """A message that was on its way comes back to its place, not before `at`; False: a newer edit took it over."""
        item = self._items[id]
        queue = item.queue
        if item.replaces is not None and (queue.chat, item.replaces) in self._edits:
            self.done(id, now)
            return False
        queue.flying = None
        self._all.landed(id, now)
        queue.not_before = at
        queue.push(item)
        if item.replaces is not None:
            self._edits[queue.chat, item.replaces] = item
        self._line_up(queue, now)
        return True

    def drop(self, id: int, now: float) -> None:
        """Forget a message, waiting or on its way."""
        item = self._items.pop(id)
        if item.queue.flying is item:
            self._land(item, now)
            return
        item.gone = True
        self._counts[item.queue.lane] -= 1
        self._forget_edit(item)

    def passed(self) -> None:
        """Telegram took a message: refusals seen so far were not about the whole bot."""
        self._strangers.clear()

    def limited(self, chat: int, seconds: float, now: float, whole_bot: bool = False) -> None:
        """A 429: `chat` waits `seconds`; the whole bot too, and more slowly after, if it looks like that."""
        budget = self._budget(chat, now)
        budget.until = max(budget.until, now + seconds)
        self._strangers[chat] = seconds
        if not whole_bot and len(self._strangers) < STRANGERS:
            return
        if not whole_bot:
            # All are told the same then; what one chat alone must wait beyond it, it waits.
            seconds = min(self._strangers.values())
        self._strangers.clear()
        if now >= self._paused_until:  # those that were in flight together count as one
            self._slow, self._slow_at = max(SLOWEST, self.pace(now) * 0.7), now + seconds
        self.pause(now + seconds)

    def pause(self, until: float) -> None:
        """Nothing goes before `until`."""
        self._paused_until = max(self._paused_until, until)

    def wake_at(self, now: float, lowest: Lane = Lane.BULK) -> float | None:
        """When `ready` is worth asking again, if nothing else happens; None: not before something does."""
        best = math.inf
        for lane in Lane:
            if lane > lowest:
                break
            if self._ready[lane]:
                at = now
            elif self._later[lane]:
                at = self._later[lane][0][0]
            else:
                continue
            best = min(best, at)
        return None if best == math.inf else max(best, self._paused_until, self._all.free_at())

    def _first(self, lane: Lane, now: float) -> _Item | None:
        line, later = self._ready[lane], self._later[lane]
        while later and later[0][0] <= now:
            line.append(heapq.heappop(later)[2])
        while line:
            queue = line[0]
            item = queue.head()
            if item is not None and self._free_at(queue) <= now:
                return item
            line.popleft()
            queue.queued = False
            self._line_up(queue, now)
        return None

    def _free_at(self, queue: _Queue) -> float:
        budget = self._budgets.get(queue.chat)
        return max(queue.not_before, budget.free_at(queue.lane)) if budget is not None else queue.not_before

    def _line_up(self, queue: _Queue, now: float) -> None:
        """Put a queue where it belongs."""
        if queue.queued or queue.flying is not None:
            return
        if queue.head() is None:
            self._queues.pop((queue.chat, queue.lane), None)
            return
        queue.queued = True
        at = self._free_at(queue)
        if at <= now:
            self._ready[queue.lane].append(queue)
        else:
            heapq.heappush(self._later[queue.lane], (at, next(_serials), queue))

    def _land(self, item: _Item, now: float) -> None:
        item.queue.flying = None
        self._all.landed(item.id, now)
        item.queue.not_before = -math.inf
        self._counts[item.queue.lane] -= 1
        self._line_up(item.queue, now)

    def _forget_edit(self, item: _Item) -> None:
        key = (item.queue.chat, item.replaces or "")
        if self._edits.get(key) is item:
            del self._edits[key]

    def _budget(self, chat: int, now: float) -> Budget:
        budget = self._budgets.get(chat)
        if budget is None:
            if len(self._budgets) >= self._tidy_beyond:
                self._tidy(now)
            budget = self._budgets[chat] = Budget(chat, self._speed)
        return budget

    def _tidy(self, now: float) -> None:
        """Forget chats at rest; the threshold doubles with what stays, so that each costs a constant on average."""
        self._budgets = {chat: budget for chat, budget in self._budgets.items() if not budget.forgettable(now)}
        self._tidy_beyond = max(1024, 2 * len(self._budgets))
