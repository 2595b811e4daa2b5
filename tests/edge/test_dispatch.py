"""How many updates are handled together, and that a flood is taken in before it is worked off."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bot import dispatch
from bot.build import open_app
from bot.installing import install
from simulator.server import Simulator
from tests.journeys.town import Clock, settings_for


def greetings(first: int, many: int) -> list[tuple[int, bytes]]:
    """Updates of so many strangers."""
    made = []
    for number in range(first, first + many):
        who = {"id": 10**9 + number, "first_name": "Lan"}
        said = {"message_id": 1, "date": 1, "chat": {**who, "type": "private"}, "text": "/khancap"}
        said |= {"from": {**who, "is_bot": False}, "entities": [{"type": "bot_command", "offset": 0, "length": 8}]}
        made.append((number, orjson.dumps({"update_id": number, "message": said})))
    return made


async def test_a_flood_is_taken_in_first_and_worked_off_after(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 11, 21, 14, 45, tzinfo=UTC))
    async with Simulator() as sim:
        settings = settings_for(tmp_path, sim.url)
        await install(settings, clock.now)
        async with open_app(settings, clock.now) as app:
            await app.edge.initialize()
            await app.accept(greetings(0, 100))
            await app.dispatch.one_batch()
            assert app.dispatch.handled == dispatch.BATCH, "a crowd that fills one page is handled at once"
            await app.accept(greetings(100, 100))
            await app.dispatch.one_batch()
            assert app.dispatch.handled == dispatch.BATCH + dispatch.GENTLE
            await asyncio.sleep(1.5 * dispatch.FLOOD_SECONDS)
            await app.dispatch.one_batch()
            assert app.dispatch.handled == 2 * dispatch.BATCH + dispatch.GENTLE, "nothing pours in any more"
            while await app.dispatch.one_batch():
                pass
            assert (app.dispatch.waiting(), app.dispatch.handled) == (0, 200)
            await app.edge.shutdown()


async def test_what_was_looked_at_ahead_is_handled_once_and_what_is_no_update_put_aside_once(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 11, 21, 14, 45, tzinfo=UTC))
    async with Simulator() as sim:
        settings = settings_for(tmp_path, sim.url)
        await install(settings, clock.now)
        async with open_app(settings, clock.now) as app:
            await app.edge.initialize()
            none = (90, orjson.dumps({"update_id": 90, "message": {"text": "?"}}))
            await app.accept([*greetings(0, 90), none, *greetings(91, 9)])
            while await app.dispatch.one_batch():
                pass
            assert (app.dispatch.waiting(), app.dispatch.handled, app.dispatch.quarantined) == (0, 99, 1)
            await app.edge.shutdown()
