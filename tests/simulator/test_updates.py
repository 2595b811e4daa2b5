"""How updates reach the bot by polling."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp

from simulator import Phone, Simulator
from tests.simulator.caller import Caller


async def test_an_offset_confirms_and_nothing_else_does(sim: Simulator, call: Caller, mai: Phone) -> None:
    for text in "abc":
        await mai.send(text)
    first = await call("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["a", "b"]
    assert await call("getUpdates", limit=2) == first
    assert sim.unconfirmed == 3
    rest = await call("getUpdates", offset=first[-1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["c"]
    assert sim.unconfirmed == 1
    assert await call("getUpdates", offset=rest[0]["update_id"] + 1) == []
    assert sim.unconfirmed == 0


async def test_a_negative_offset_keeps_only_the_last(sim: Simulator, call: Caller, mai: Phone) -> None:
    for text in "abc":
        await mai.send(text)
    assert [update["message"]["text"] for update in await call("getUpdates", offset=-1)] == ["c"]
    assert sim.unconfirmed == 1


async def test_a_long_poll_ends_with_the_first_update(call: Caller, mai: Phone) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=50))
    await call("getMe")
    await mai.send("a")
    assert [update["message"]["text"] for update in await poll] == ["a"]


async def test_a_newer_poller_ends_the_older(sim: Simulator, call: Caller, mai: Phone) -> None:
    older = asyncio.create_task(call.refusal("getUpdates", timeout=50))
    newer: asyncio.Task[list[object]] | None = None
    while not older.done():
        if newer is None or newer.done():
            newer = asyncio.create_task(call("getUpdates", timeout=1))
        await asyncio.wait([older, newer], return_when=asyncio.FIRST_COMPLETED)
    assert older.result().startswith("409 Conflict: terminated by other getUpdates request")
    await mai.send("a")
    assert newer is not None
    assert len(await newer) == 1


async def test_an_abandoned_poll_does_not_eat_an_update(sim: Simulator, call: Caller, mai: Phone) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=50))
    await call("getMe")
    poll.cancel()
    await mai.send("a")
    assert len(await call("getUpdates", timeout=1)) == 1


async def test_only_wanted_kinds_are_queued(sim: Simulator, call: Caller, mai: Phone) -> None:
    await call("getUpdates", allowed_updates=["callback_query"])
    await mai.send("a")
    await mai.press_data("x")
    assert [list(update)[1] for update in await call("getUpdates")] == ["callback_query"]
    await call("getUpdates", allowed_updates=[])
    await mai.send("b")
    assert sim.push({"message_reaction": {}}) is None
    assert sim.unconfirmed == 2


async def test_updates_die_after_a_day_and_presses_after_150_seconds() -> None:
    clock = [datetime(2026, 11, 22, tzinfo=UTC)]
    async with Simulator(now=lambda: clock[0]) as sim, aiohttp.ClientSession() as session:
        call = Caller(sim, session)
        mai = sim.phone("Mai")
        await mai.send("a")
        await mai.press_data("x")
        assert len(await call("getUpdates")) == 2
        clock[0] += timedelta(seconds=150)
        assert [list(update)[1] for update in await call("getUpdates")] == ["message"]
        assert sim.expired == 1
        clock[0] += timedelta(hours=24)
        assert await call("getUpdates") == []
        assert (sim.expired, sim.unconfirmed) == (2, 0)


async def test_raw_updates_come_as_they_are_and_make_their_chat_known(sim: Simulator, call: Caller) -> None:
    chat = {"id": 70, "type": "private", "first_name": "A"}
    message = {"message_id": 5, "date": 0, "chat": chat, "from": {"id": 70}, "text": "a"}
    number = sim.push({"message": message})
    sim.push_many([{"update_id": 3, "message": "nonsense"}, {"update_id": "x"}, {}])
    got = await call("getUpdates")
    assert [update["update_id"] for update in got] == [3, number, "x", got[3]["update_id"]]
    assert got[1]["message"] == message
    assert (await call("sendMessage", chat_id=70, text="b"))["message_id"] == 6
    sim.push({"callback_query": {"id": "77", "from": {"id": 70}, "message": message, "data": "d"}})
    assert await call("answerCallbackQuery", callback_query_id="77") is True


async def test_every_way_of_sending_parameters_is_understood(sim: Simulator, call: Caller, mai: Phone) -> None:
    text = {"chat_id": str(mai.id), "text": "chào & hỏi"}
    async with call.session.get(call.url("sendMessage"), params=text) as response:
        assert response.status == 200
    async with call.session.post(call.url("sendMessage"), data=text) as response:
        assert response.status == 200
    assert (await call.upload("sendMessage", {}, **text))[0] == 200
    with aiohttp.MultipartWriter("form-data") as form:
        for name, value in text.items():
            form.append(value).set_content_disposition("form-data", name=name)
    async with call.session.post(call.url("sendMessage"), data=form) as response:
        assert response.status == 200
    assert [message["text"] for message in mai.heard] == ["chào & hỏi"] * 4
    async with call.session.post(
        call.url("getMe"), data=b"{", headers={"Content-Type": "application/json"}
    ) as response:
        assert response.status == 400
    assert sim.violations == ["getMe: Bad Request: can't parse JSON object"]
