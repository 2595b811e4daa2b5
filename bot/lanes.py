"""What waits in the inbox, in order: one lane a private chat, urgent lanes first, then the oldest update.

Only in memory. The database knows what waits, this knows whose it is; so no row and no log of the database does. One
process serves a database (decision 2), and a new one reads what waits once, at its start.
"""

import heapq
from bisect import insort
from collections.abc import Callable, Collection
from itertools import count
from typing import Any

from storage.inbox import chat_of, read

KEPT = 4 << 20  # bytes of updates that are kept beside their database rows, so that dispatch needn't read them again

_Key = tuple[str, int]


class _Lane:
    """Updates of one chat, oldest first."""

    __slots__ = ("key", "numbers", "ticket", "urgent")

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.numbers: list[int] = []
        self.urgent = False
        self.ticket = -1  # of its valid place in the queue; older places are husks


class Lanes:
    """Updates that are committed and not handled. `urgent` looks at an update: its lane goes before calm ones."""

    def __init__(self, urgent: Callable[[dict[str, Any]], bool] = lambda update: False) -> None:
        self._urgent = urgent
        self._lanes: dict[_Key, _Lane] = {}
        self._of: dict[int, _Lane] = {}  # the lane of every update that waits
        self._queue: list[tuple[bool, int, int, _Lane]] = []
        self._tickets = count()
        self._bodies: dict[int, bytes] = {}
        self._room = KEPT

    def __len__(self) -> int:
        return len(self._of)

    def add(self, update_id: int, raw: bytes) -> None:
        """One more update waits. An update that waits already is left alone."""
        if update_id in self._of:
            return
        try:
            update = read(raw)
        except ValueError:
            update = {}
        chat = chat_of(update)
        key = ("update", update_id) if chat is None else ("chat", chat)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(key)
        self._of[update_id] = lane
        insort(lane.numbers, update_id)  # a webhook may be late: the numbers tell the order
        hurries = not lane.urgent and self._urgent(update)
        lane.urgent |= hurries
        if hurries or lane.numbers[0] == update_id:
            self._line_up(lane)
        if len(raw) <= self._room:
            self._bodies[update_id] = raw
            self._room -= len(raw)

    def heads(self, limit: int) -> list[tuple[int, bytes | None]]:
        """The oldest update of each of the first `limit` lanes, None where its body has to be read from the database.

        They stay until they are `done`.
        """
        found: list[tuple[bool, int, int, _Lane]] = []
        while self._queue and len(found) < limit:
            place = heapq.heappop(self._queue)
            if place[2] == place[3].ticket:
                found.append(place)
        for place in found:
            heapq.heappush(self._queue, place)
        return [(number, self._bodies.get(number)) for _, number, _, _ in found]

    def done(self, update_ids: Collection[int]) -> None:
        """These are handled (or put aside): the next of their lanes may go."""
        for number in update_ids:
            lane = self._of.pop(number, None)
            if lane is None:
                continue
            self.reread(number)
            lane.numbers.remove(number)
            if lane.numbers:
                self._line_up(lane)
            else:
                lane.ticket = -1
                del self._lanes[lane.key]

    def reread(self, update_id: int) -> None:
        """The database knows more of this update than we do: how often it has failed."""
        self._room += len(self._bodies.pop(update_id, b""))

    def _line_up(self, lane: _Lane) -> None:
        lane.ticket = next(self._tickets)
        heapq.heappush(self._queue, (not lane.urgent, lane.numbers[0], lane.ticket, lane))
