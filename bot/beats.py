"""What is done again and again: APScheduler wakes it, wherever somebody sets the machine's clock (decision 27)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

LOOK = 2.0  # seconds between looks for a clock that was set back


class Every(BaseTrigger):  # type: ignore[misc]  # untyped library
    """At each whole multiple of so many seconds. What was missed is one beat: a clock set forward makes no million."""

    def __init__(self, seconds: int) -> None:
        self.period = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next such moment after `now`."""
        here = now.astimezone(UTC)
        return here + self.period - (here - datetime.min.replace(tzinfo=UTC)) % self.period


class Beats:
    """Wakes what was added while it runs; a beat that takes longer than its period leaves out the next."""

    def __init__(self) -> None:
        self.scheduler = AsyncIOScheduler(timezone="UTC")

    def add(self, work: Callable[[], Awaitable[None]], seconds: int) -> None:
        """From now on `work` is woken every so many seconds."""
        self.scheduler.add_job(work, Every(seconds), coalesce=True, max_instances=1, misfire_grace_time=None)

    async def run(self) -> None:
        """Until cancelled. Looked after by the loop's clock, which nobody sets."""
        self.scheduler.start()
        try:
            while True:
                await asyncio.sleep(LOOK)
                self._set_back()
        finally:
            self.scheduler.shutdown(wait=False)

    def _set_back(self) -> None:
        # APScheduler waits for a moment: once the clock is set back by a day, that lies a day ahead.
        latest = datetime.now(UTC)
        for job in self.scheduler.get_jobs():
            if job.next_run_time > latest + job.trigger.period:
                job.reschedule(job.trigger)
