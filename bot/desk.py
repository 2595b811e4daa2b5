"""Where delivery hands in how its parcels ended: outcomes are committed in groups, and none is lost by a failure."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from bot.parcel import Outcome, Settle

log = logging.getLogger(__name__)

SETTLE_AT_ONCE = 500
FIRST_PAUSE, LAST_PAUSE = 0.05, 5.0  # seconds before what failed is tried again; doubled with each failure in a row


class Desk:
    """Commits outcomes by `settle`, again and again until it works; one that can't be committed holds no other.

    `settled` is told of those that are committed.
    """

    def __init__(self, settle: Settle, settled: Callable[[Sequence[Outcome]], None]) -> None:
        self._settle = settle
        self._settled = settled
        self._waiting: deque[Outcome] = deque()
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def put(self, outcome: Outcome) -> None:
        """One more waits to be committed."""
        self._waiting.append(outcome)
        self._empty.clear()
        self._news.set()

    async def flush(self, timeout: float) -> None:
        """Wait at most `timeout` seconds until everything is committed; the rest will be sent again after a start."""
        try:
            await asyncio.wait_for(self._empty.wait(), timeout)
        except TimeoutError:
            log.error("%d outcomes could not be committed before the stop", len(self._waiting))

    async def run(self) -> None:
        """Until cancelled."""
        failures = singly = 0  # in a row; how many go one by one, for one of them may be what can't be committed
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                size = 1 if singly else min(len(self._waiting), SETTLE_AT_ONCE)
                singly = max(0, singly - 1)
                batch = [self._waiting[index] for index in range(size)]
                try:
                    await self._settle(batch)
                except Exception as error:
                    failures += 1
                    log.error("outcomes of sends could not be committed: %s", type(error).__name__)
                    if size > 1:
                        singly = size
                    else:
                        self._waiting.rotate(-1)
                    await asyncio.sleep(min(LAST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 10)))
                    continue
                failures = 0
                for _ in batch:
                    self._waiting.popleft()
                self._settled(batch)
            self._empty.set()
