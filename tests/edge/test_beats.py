"""What is done by the clock goes on wherever somebody sets the clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.beats import Beats, Every


class Counted:
    """Work that says how often it was done, and fails each time."""

    def __init__(self) -> None:
        self.done = asyncio.Semaphore(0)

    async def work(self) -> None:
        self.done.release()
        raise ValueError("this time")


@asynccontextmanager
async def beating(beats: Beats) -> AsyncIterator[None]:
    """While they run."""
    running = asyncio.create_task(beats.run())
    try:
        async with asyncio.timeout(20):
            yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def at(shown: str) -> datetime:
    return datetime.fromisoformat(f"{shown}+00:00")


@pytest.mark.parametrize("day", ["1969-12-31", "2026-11-21", "2083-12-14"])
@pytest.mark.parametrize(
    ("shown", "following"),
    [("14:45:00", "14:46:00"), ("14:45:30", "14:46:00"), ("14:45:59.999", "14:46:00"), ("00:00:00.001", "00:01:00")],
)
def test_a_minute_is_a_whole_one(day: str, shown: str, following: str) -> None:
    assert Every(60).get_next_fire_time(None, at(f"{day}T{shown}")) == at(f"{day}T{following}")


def test_what_was_missed_is_one_beat() -> None:
    last, now = at("2026-11-21T07:00"), at("2082-11-21T07:00:30")
    assert Every(60).get_next_fire_time(last, now) == at("2082-11-21T07:01")


async def test_a_beat_that_fails_is_followed_by_the_next() -> None:
    counted, beats = Counted(), Beats()
    beats.add(counted.work, 1)
    async with beating(beats):
        for _ in range(3):
            await counted.done.acquire()


async def test_a_clock_that_was_set_back_stops_no_beat() -> None:
    counted, beats = Counted(), Beats()
    beats.add(counted.work, 1)
    async with beating(beats):
        await counted.done.acquire()
        for job in beats.scheduler.get_jobs():  # as it is once the clock was set back by a day
            job.modify(next_run_time=datetime.now(UTC) + timedelta(days=1))
        while not counted.done.locked():
            await counted.done.acquire()
        await counted.done.acquire()
