"""Reproduction for tests/cases: events of one moment are read in the order in which they happened."""

from cases import nights, triage
from domain.clocks import ward_day
from domain.tips import Outcome
from tests.cases.world import WARD, World


async def test_tips_forwarded_by_one_tap_are_counted_as_forwarded(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    for _ in range(20):
        sent = await world.tip(lan)
        async with world.unit() as unit:
            await triage.forward(unit, nam, sent.tip.id)
    world.pass_time(minutes=1)
    async with world.unit() as unit:
        figures = (await nights.summary(unit, WARD, ward_day(world.now))).tips
    assert figures.by_state == {"forwarded": 20}


async def test_tips_ended_by_one_tap_and_reopened_are_received(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    for _ in range(20):
        sent = await world.tip(lan)
        async with world.unit() as unit:
            await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
        world.pass_time(minutes=1)
        async with world.unit() as unit:
            await triage.reopen(unit, nam, sent.tip.id)
    world.pass_time(minutes=1)
    async with world.unit() as unit:
        figures = (await nights.summary(unit, WARD, ward_day(world.now))).tips
    assert figures.by_state == {"received": 20}
