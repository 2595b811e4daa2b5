"""How many updates are handled together, that a flood is taken in before it is worked off, and what an outage ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import orjson
import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot import dispatch
from bot.build import App, open_app
from bot.installing import install
from handlers.turns import Context
from storage import inbox, outbox
from tests.journeys.town import SATURDAY_EVENING, Clock, settings_for, unserved


def greetings(first: int, many: int) -> list[tuple[int, bytes]]:
    """Updates of so many strangers."""
    made = []
    for number in range(first, first + many):
        who = {"id": 10**9 + number, "first_name": "Lan"}
        said = {"message_id": 1, "date": 1, "chat": {**who, "type": "private"}, "text": "/khancap"}
        said |= {"from": {**who, "is_bot": False}, "entities": [{"type": "bot_command", "offset": 0, "length": 8}]}
        made.append((number, orjson.dumps({"update_id": number, "message": said})))
    return made


async def until(met: Callable[[], bool], seconds: float = 20.0) -> None:
    """Returns as soon as something is so."""
    ends = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < ends
        await asyncio.sleep(0.01)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with unserved(tmp_path) as app:
        yield app


async def test_all_that_an_earlier_process_has_left_waits_for_the_next(tmp_path: Path) -> None:
    settings, clock = settings_for(tmp_path, "http://127.0.0.1:1"), Clock(SATURDAY_EVENING)
    await install(settings, clock.now)
    async with open_app(settings, clock.now) as earlier:
        await earlier.accept(greetings(0, 2100))  # more than two pages
    async with open_app(settings, clock.now) as later:
        await later.take_up()
        assert later.dispatch.waiting() == 2100


async def test_a_flood_is_taken_in_first_and_worked_off_after(app: App) -> None:
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


async def test_what_is_no_update_is_put_aside_once_and_all_beside_it_handled(app: App) -> None:
    none = (90, orjson.dumps({"update_id": 90, "message": {"text": "?"}}))
    await app.accept([*greetings(0, 90), none, *greetings(91, 9)])
    while await app.dispatch.one_batch():
        pass
    assert (app.dispatch.waiting(), app.dispatch.handled, app.dispatch.quarantined) == (0, 99, 1)


async def test_a_database_that_works_wrongly_for_a_while_ends_nothing_and_loses_nothing(app: App) -> None:
    await app.accept(greetings(0, 3))
    # Neither full nor busy nor gone: as in the hands of somebody who repairs it.
    await app.db.run(lambda tx: tx.execute("ALTER TABLE inbox RENAME TO inbox_in_repair"))
    stop = asyncio.Event()
    running = asyncio.create_task(app.dispatch.run(stop))
    await until(lambda: app.dispatch.trouble is not None or running.done())
    await app.db.run(lambda tx: tx.execute("ALTER TABLE inbox_in_repair RENAME TO inbox"))
    await until(lambda: not app.dispatch.waiting() or running.done())
    stop.set()
    await running
    assert (app.dispatch.handled, app.dispatch.quarantined, app.dispatch.trouble) == (3, 0, None)


@pytest.mark.parametrize("failures", [1, inbox.TRIES - 1, inbox.TRIES])
async def test_what_fails_is_tried_five_times_and_holds_its_own_chat_only_so_long(app: App, failures: int) -> None:
    tried: list[int] = []

    async def stumble(update: Update, _: Context) -> None:
        tried.append(update.update_id)
        if update.update_id == 0 and tried.count(0) <= 2 * failures:  # with its batch, then alone
            raise ValueError("a mistake of ours")

    app.edge.add_handler(TypeHandler(Update, stumble), group=-1)
    (_, first), (_, other) = greetings(0, 2)
    await app.accept([(0, first), (1, other), (2, first.replace(b'"update_id":0', b'"update_id":2'))])
    for _ in range(3 * inbox.TRIES):
        await app.dispatch.one_batch()
    bad = int(failures == inbox.TRIES)
    assert (app.dispatch.waiting(), app.dispatch.handled, app.dispatch.quarantined) == (0, 3 - bad, bad)
    assert tried[-1] == 2, "nobody is heard out of turn"
    async with app.db.reading() as tx:
        posts, _damaged = await outbox.read(tx, app.vault, await outbox.waiting(tx))
    told = [post.notice.key == "trouble.incident" for post in posts if post.chat == 10**9]
    assert told == [bool(bad), False]
