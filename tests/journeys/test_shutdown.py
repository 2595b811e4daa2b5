"""A PostgreSQL server that is shut down, and its sessions with it, stops nothing for longer than it is away."""

import asyncio
from pathlib import Path

from tests.ending import ending
from tests.journeys.town import caught_up, town_in


async def test_a_server_that_ends_each_session_as_it_begins_is_waited_for(tmp_path: Path, postgres_url: str) -> None:
    async with ending(postgres_url) as way, town_in(tmp_path, way.url) as town:
        lan = await town.resident("Lan")
        await town.delivered()
        # Intake, dispatch, delivery, the lock and the jobs all come to it: while their sessions are set up and later.
        await way.shut_down(0, 0, 0, 1, 2)
        await town.server.tick()
        await lan.send("/khancap")
        await asyncio.wait_for(way.over.wait(), 30)
        await caught_up(lan)
        await town.delivered()
