"""The bench, in short: its counts are right, and it notices a bot that is fast because it does less."""

import sys

import pytest

from tests.bench.bots import BARE, KINDS, Kind
from tests.bench.rows import THIS, intake, whole_tips

PTB = KINDS[1]


async def test_every_message_is_answered_and_every_story_stored_by_ours_and_by_theirs() -> None:
    ours, theirs = await whole_tips(THIS, 40), await whole_tips(PTB, 20)
    sys.stdout.write(
        f"\nthis bot {ours['messages/s']:.0f}/s, {ours['messages/s'] / theirs['messages/s']:.1f} times plain PTB\n"
    )
    assert (ours["wrong"], theirs["wrong"]) == (0, 0)


async def test_every_confirmed_update_is_in_the_database() -> None:
    ours, bare = await intake(THIS, 500), await intake(BARE, 500)
    sys.stdout.write(
        f"\nintake {ours['updates/s']:.0f}/s, {ours['updates/s'] / bare['updates/s']:.2f} of a bare loop\n"
    )
    assert (ours["wrong"], bare["wrong"]) == (0, 0)


@pytest.mark.parametrize("fault", ["none", "answers twice", "drops", "forgets", "stores twice"])
async def test_a_bot_that_does_less_or_more_than_its_work_is_noticed(fault: str) -> None:
    planted = Kind("planted", "planted.py", env={"BENCH_FAULT": fault})
    assert ((await whole_tips(planted, 9, patience=1.0))["wrong"] > 0) is (fault != "none")
