"""Sending rates and injected faults."""

import aiohttp
import pytest

from simulator import Limits, Phone, Simulator
from simulator.faults import Kind
from tests.simulator.caller import Caller


class Clock:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def taken(limits: Limits, chat: int, count: int) -> list[int]:
    return [limits.take(chat) for _ in range(count)]


def test_a_private_chat_takes_a_burst_and_then_one_a_second() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert taken(limits, 7, 6) == [0, 0, 0, 0, 0, 1]
    clock.at += 1
    assert taken(limits, 7, 2) == [0, 1]
    clock.at += 60
    assert taken(limits, 7, 6) == [0, 0, 0, 0, 0, 1]


def test_all_chats_together_take_thirty_in_any_second() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert [limits.take(chat) for chat in range(31)] == [0] * 30 + [1]
    clock.at += 0.99
    assert limits.take(99) == 1
    clock.at += 0.02
    assert limits.take(99) == 0


def test_a_group_takes_twenty_in_any_minute() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert taken(limits, -7, 21) == [0] * 20 + [60]
    clock.at += 45
    assert taken(limits, -7, 1) == [15]
    clock.at += 15
    assert taken(limits, -7, 1) == [0]


async def test_who_sends_too_fast_is_told_to_wait_and_it_is_noted() -> None:
    async with Simulator() as sim, aiohttp.ClientSession() as session:
        call = Caller(sim, session)
        mai = sim.phone("Mai", started=True)
        for _ in range(5):
            await call("sendMessage", chat_id=mai.id, text="a")
        status, body = await call.raw("sendMessage", chat_id=mai.id, text="a")
        assert (status, body["parameters"]) == (429, {"retry_after": 1})
        assert body["description"] == "Too Many Requests: retry after 1"
        assert len(sim.violations) == 1
        assert len(mai.heard) == 5


@pytest.mark.parametrize(
    ("kind", "status"),
    [("400", 400), ("429", 429), ("500", 500), ("502", 502), ("html", 502), ("cut", None), ("cut_after", None)],
)
async def test_a_fault_hits_as_often_as_it_is_told_to(
    sim: Simulator, call: Caller, mai: Phone, kind: Kind, status: int | None
) -> None:
    fault = sim.faults.add(kind, "sendMessage", times=1, retry_after=9)
    text = {"chat_id": mai.id, "text": "a"}
    if status is None:
        with pytest.raises(aiohttp.ClientError):
            await call("sendMessage", **text)
    else:
        async with call.session.post(call.url("sendMessage"), json=text) as response:
            assert response.status == status
            assert response.content_type == ("text/html" if kind == "html" else "application/json")
            assert ('"retry_after": 9' in await response.text()) is (kind == "429")
    assert len(mai.heard) == (kind == "cut_after")
    await call("sendMessage", **text)
    assert fault.hits == 1
    assert sim.violations == []


@pytest.mark.parametrize(("kind", "sent"), [("timeout", 0), ("timeout_after", 1)])
async def test_a_call_without_an_answer_may_have_been_done(
    sim: Simulator, call: Caller, mai: Phone, kind: Kind, sent: int
) -> None:
    sim.faults.add(kind)
    patience = aiohttp.ClientTimeout(total=0.2)
    with pytest.raises(TimeoutError):
        async with call.session.post(call.url("sendMessage"), json={"chat_id": mai.id, "text": "a"}, timeout=patience):
            pass
    assert len(mai.heard) == sent
    sim.faults.clear()
    await call("sendMessage", chat_id=mai.id, text="b")


async def test_a_fraction_of_calls_fails_and_the_same_ones_each_time() -> None:
    outcomes = []
    for _ in range(2):
        async with Simulator(seed=4, limits=False) as sim, aiohttp.ClientSession() as session:
            sim.faults.add("500", fraction=0.3)
            call = Caller(sim, session)
            outcomes.append([(await call.raw("getMe"))[0] for _ in range(100)])
    assert outcomes[0] == outcomes[1]
    assert 15 <= outcomes[0].count(500) <= 45


def test_a_misspelt_fault_is_refused(sim: Simulator) -> None:
    with pytest.raises(ValueError, match="unknown fault"):
        sim.faults.add("cut_befor")  # type: ignore[arg-type]
