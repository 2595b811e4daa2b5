"""P19: whoever can mend the machine hears of trouble on a way that is not Telegram."""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.alarms import ASK, Alarms, Ways, tell
from bot.api import Api, Failure
from bot.vitals import Look
from domain.alarms import Alarm, wrong
from domain.vitals import Vitals
from locales import words
from simulator.faults import Kind
from tests.journeys.town import TOKEN, Town
from tests.operations.conftest import settings_in
from tests.receiver import Receiver

SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)  # 07:00 in the ward


def watched(town: Town, receiver: Receiver, *, every: float = 0.05) -> AbstractAsyncContextManager[Alarms]:
    """The town's process looks at itself much more often than it would, and tells the receiver."""
    return alarming(Look(town.app).vitals, town.app.api, receiver, every)


@asynccontextmanager
async def alarming(
    look: Callable[[], Awaitable[Vitals]], api: Api, receiver: Receiver, every: float = 0.05
) -> AsyncIterator[Alarms]:
    """Alarms of a process that fares as `look` says; they are told to the receiver."""
    ways = Ways([receiver.url], f"http://{receiver.address}/beat", words("en"))
    alarms = Alarms(look, api, ways, lambda: "Bắc Hồng", settle=0.0, every=every)
    stop = asyncio.Event()
    task = asyncio.create_task(alarms.run(stop))
    try:
        yield alarms
    finally:
        stop.set()
        await task


@contextmanager
def no_handles() -> Iterator[None]:
    """This process can open nothing more, as when its files and connections have used up what it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_no_summary_today_is_itself_an_alarm(town: Town) -> None:
    look = Look(town.app)
    town.clock.time = SUNDAY.replace(minute=29)
    assert wrong(await look.vitals()) == frozenset(), "it has until half past seven"
    town.clock.time = SUNDAY.replace(minute=30)
    assert wrong(await look.vitals()) == {Alarm.SUMMARY_MISSING}
    async with Receiver() as receiver, watched(town, receiver) as alarms:
        await receiver.until(lambda: receiver.alarms)
        assert alarms.standing == {Alarm.SUMMARY_MISSING}
        [(title, body)] = receiver.alarms
        assert title == "Bắc Hồng: something is wrong"
        assert "daily_summary" in body
    await town.server.tick()
    vitals = await look.vitals()
    assert wrong(vitals) == frozenset()
    assert vitals.last_summary == town.clock.time.timestamp()


async def test_the_first_day_owes_no_summary(town: Town) -> None:
    assert wrong(await Look(town.app).vitals()) == frozenset()


async def test_updates_that_wait_too_long_are_an_alarm(town: Town) -> None:
    look = Look(town.app)
    await town.app.db.run(
        lambda tx: tx.execute(
            "INSERT INTO inbox (update_id, body, received_at, attempts, state, day) "
            "VALUES (7, :body, :at, 0, 'open', '2026-11-21')",
            body=b"sealed",
            at=int(town.clock.time.timestamp() * 1000) - 120_001,
        )
    )
    assert wrong(await look.vitals()) == {Alarm.INBOX_LATE}


async def test_a_way_that_fails_is_tried_again_and_no_password_is_logged(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.clock.time = SUNDAY.replace(minute=30)
    caplog.set_level("DEBUG")
    async with Receiver(refuses=1) as receiver, watched(town, receiver):
        await receiver.until(lambda: receiver.alarms)
        assert receiver.refused == 1
    assert "could not be told" in caplog.text
    assert "hush" not in caplog.text


async def test_an_alarm_for_which_no_child_can_be_started_is_told_once_one_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def full() -> Vitals:
        return Vitals(disk_free=0)

    async with Receiver() as receiver, alarming(full, Api("http://127.0.0.1:1", TOKEN), receiver):
        with no_handles():
            async with asyncio.timeout(10):
                while "could not be told" not in caplog.text:  # noqa: ASYNC110 -- a log rings no bell
                    await asyncio.sleep(0.01)
        await receiver.until(lambda: receiver.alarms)
    assert "attempt to tell an alarm failed: OSError" in caplog.text
    assert "hush" not in caplog.text


async def test_signs_of_life_stop_with_an_alarm(town: Town) -> None:
    async with Receiver() as receiver:
        async with watched(town, receiver):
            await receiver.until(lambda: receiver.beats)
        town.clock.time = SUNDAY.replace(minute=30)
        before = receiver.beats
        async with watched(town, receiver, every=0.4) as alarms:
            await receiver.until(lambda: receiver.alarms)
            assert alarms.standing
            assert receiver.beats == before


@pytest.mark.parametrize(("fault", "heard"), [("500", False), ("html", False), ("429", True)])
async def test_only_what_telegram_itself_says_counts_as_heard(town: Town, fault: Kind, heard: bool) -> None:
    api = Api(town.sim.url, TOKEN)
    try:
        for broken in (False, True):
            if broken:
                town.sim.faults.add(fault, "getMe")
            before = api.heard_at
            with suppress(Failure):
                await api.call("getMe", timeout=2.0)
            assert (api.heard_at > before) == (heard or not broken)
    finally:
        await api.close()


async def test_addresses_that_nobody_understands_are_pointed_out() -> None:
    assert await tell(["json://127.0.0.1:1/", "a shopping list"], "", None) == ["a shopping list"]


async def test_telegram_is_asked_when_nobody_else_has_asked_it_anything(town: Town) -> None:
    api = Api(town.sim.url, TOKEN)
    before = api.heard_at = api.heard_at - ASK - 1
    try:
        async with Receiver() as receiver, alarming(Look(town.app).vitals, api, receiver):
            async with asyncio.timeout(10):
                while api.heard_at == before:  # noqa: ASYNC110 -- an answer rings no bell here
                    await asyncio.sleep(0.01)
    finally:
        await api.close()


def test_alarms_go_where_the_settings_say(tmp_path: Path) -> None:
    settings = settings_in(
        tmp_path,
        alarm_urls="json://a, mailto://b",
        heartbeat_url="http://127.0.0.1:1/beat",
        operator_language="vi",
    )
    assert Ways.of(settings) == Ways(["json://a", "mailto://b"], "http://127.0.0.1:1/beat", words("vi"))
