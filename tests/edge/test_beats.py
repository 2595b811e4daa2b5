"""What is done by the clock goes on wherever somebody sets the clock."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from itertools import cycle

import pytest

from bot.serve import beat, until_the_minute


@pytest.mark.parametrize(
    ("shown", "seconds"),
    [("14:45:00", 60), ("14:45:30", 30), ("14:45:59.999", 0.001), ("00:00:00.001", 59.999)],
)
def test_the_next_tick_is_at_the_whole_minute(shown: str, seconds: float) -> None:
    for day in ("1969-12-31", "2026-11-21", "2083-12-14"):
        assert until_the_minute(datetime.fromisoformat(f"{day}T{shown}+00:00")) == pytest.approx(seconds, abs=1e-5)


async def test_a_beat_that_fails_is_followed_by_the_next() -> None:
    beats = 0
    three = asyncio.Event()
    pauses: Iterator[float] = cycle((0.0, 0.001))

    async def work() -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            three.set()
        raise ValueError("this time")

    beating = asyncio.create_task(beat(work, lambda: next(pauses)))
    try:
        await asyncio.wait_for(three.wait(), 5)
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
    assert beating.cancelled()
