"""The edge against the simulator, which enforces Telegram's limits and knows its bad days."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.api import Api
from bot.delivery import Delivery, Lane, Outcome, Parcel
from bot.intake import Polling
from bot.pacer import Pacer
from bot.web import serve
from bot.webhook import Webhook
from simulator.server import Simulator


class Clerk:
    """Settles outcomes and notes when each came, in monotonic seconds."""

    def __init__(self) -> None:
        self.settled: dict[int, tuple[str, float]] = {}
        self._news = asyncio.Event()

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        self.settled.update({outcome.parcel.id: (outcome.kind, time.monotonic()) for outcome in outcomes})
        self._news.set()

    async def until(self, ids: set[int]) -> None:
        """Wait until all of these are settled."""
        while not ids <= self.settled.keys():
            self._news.clear()
            await self._news.wait()


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(seed=7) as sim:
        yield sim


@asynccontextmanager
async def delivering(sim: Simulator, clerk: Clerk, rate: float = 30.0) -> AsyncIterator[Delivery]:
    api, stop = Api(sim.url, sim.token), asyncio.Event()
    delivery = Delivery(api, clerk.settle, Pacer(rate), lambda: datetime.now(UTC))
    task = asyncio.create_task(delivery.run(stop))
    try:
        yield delivery
    finally:
        stop.set()
        await task
        await api.close()


def words(id: int, lane: Lane, chat: int) -> Parcel:
    return Parcel(id, lane, chat, "sendMessage", {"text": f"{id}"})


async def test_no_limit_is_broken_at_the_full_rate(sim: Simulator) -> None:
    people = [sim.phone(f"P{number}", started=True) for number in range(40)]
    group = sim.group("Tổ 1", *people[:3])
    chat = int(group.info["id"])
    parcels = [words(id, Lane(id % 4), people[id % 40].id) for id in range(1, 101)]
    parcels += [words(id, Lane.REPLY, chat) for id in range(101, 107)]
    clerk = Clerk()
    async with delivering(sim, clerk) as delivery:
        started = time.monotonic()
        delivery.offer(parcels)
        assert await delivery.drain(20)
        spent = time.monotonic() - started
        assert delivery.counters["429"] == 0
    assert sim.violations == []
    assert {kind for kind, _ in clerk.settled.values()} == {"sent"}
    assert spent >= 105 / 30


async def test_blocked_people_are_gone_and_strangers_too(sim: Simulator) -> None:
    blocked, stranger = sim.phone("A", started=True), sim.phone("B")
    await blocked.block()
    clerk = Clerk()
    async with delivering(sim, clerk) as delivery:
        delivery.offer([words(1, Lane.REPLY, blocked.id), words(2, Lane.REPLY, stranger.id), words(3, Lane.REPLY, 4)])
        assert await delivery.drain(5)
    assert {kind for kind, _ in clerk.settled.values()} == {"gone"}


async def test_what_was_sent_but_not_answered_is_sent_again_rather_than_lost(sim: Simulator) -> None:
    phone = sim.phone("Mai", started=True)
    sim.faults.add("cut_after", times=1)
    clerk = Clerk()
    async with delivering(sim, clerk) as delivery:
        delivery.offer([words(1, Lane.URGENT, phone.id), words(2, Lane.URGENT, phone.id)])
        assert await delivery.drain(5)
    assert [message["text"] for message in phone.heard] == ["1", "1", "2"]


class Inbox:
    """Commits updates; `full` is set once `wanted` of them are there."""

    def __init__(self, wanted: int) -> None:
        self.ids: list[int] = []
        self.wanted = wanted
        self.full = asyncio.Event()

    async def accept(self, updates: Sequence[tuple[int, bytes]]) -> None:
        self.ids += [update_id for update_id, _ in updates]
        if len(set(self.ids)) >= self.wanted:
            self.full.set()

    async def quarantine(self, raw: bytes) -> None:
        raise AssertionError("nothing unreadable here")


async def test_polling_takes_everything_once_and_confirms_it(sim: Simulator) -> None:
    mai, inbox, stop, api = sim.phone("Mai"), Inbox(502), asyncio.Event(), Api(sim.url, sim.token)
    sim.faults.add("500", "getUpdates", times=1)
    await mai.send("/start")
    sim.push_many({"message": {"message_id": id, "date": 1, "chat": {"id": 5, "type": "private"}}} for id in range(500))
    task = asyncio.create_task(Polling(api, inbox.accept).run(stop))
    await mai.send("xin chào")
    await asyncio.wait_for(inbox.full.wait(), 10)
    stop.set()
    await task
    await api.close()
    assert sorted(inbox.ids) == inbox.ids
    assert len(inbox.ids) == 502
    assert sim.violations == []


async def test_the_webhook_is_registered_and_fed(sim: Simulator) -> None:
    mai, inbox, stop, api = sim.phone("Mai"), Inbox(60), asyncio.Event(), Api(sim.url, sim.token)
    webhook = Webhook(inbox.accept, "a-secret", "/hook", inbox.quarantine)
    runner = await serve(webhook.routes(), "127.0.0.1:0")
    for number in range(60):
        await mai.send(str(number))
    await webhook.register(api, f"http://127.0.0.1:{runner.addresses[0][1]}/hook", stop)
    await asyncio.wait_for(inbox.full.wait(), 10)
    await api.call("deleteWebhook")
    await api.close()
    await runner.cleanup()
    assert inbox.ids == sorted(inbox.ids), "one chat's updates stay in order"
    assert sim.violations == []
