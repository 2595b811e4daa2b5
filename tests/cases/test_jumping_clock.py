"""P4, short form: whatever the wall clock does, each job runs once for its day and nobody is reminded twice."""

import pytest

from tests.cases.world import World
from tests.torture.clocks import leap


@pytest.mark.parametrize("seed", range(2))
async def test_a_clock_that_jumps_makes_no_job_run_twice_or_never(world: World, seed: int) -> None:
    assert await leap(world, seed, steps=30) == []


async def test_a_month_of_a_province_of_which_nobody_knows_that_it_was_sent_is_seen(world: World) -> None:
    wrong = await leap(world, 5, steps=30, forgets="province_month")
    assert [line for line in wrong if line.startswith("📊")], wrong


async def test_a_job_of_which_nobody_knows_that_it_has_run_is_seen(world: World) -> None:
    wrong = await leap(world, 5, steps=30, forgets="daily_summary")
    assert [line for line in wrong if line.startswith("the summary of")], wrong
