"""How updates reach the bot by webhook."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from simulator import Phone, Simulator
from tests.simulator.caller import Caller


class Bot:
    """A webhook that answers as it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.answer: Callable[[dict[str, Any]], web.Response] = lambda update: web.Response()
        self.hold: asyncio.Event | None = None
        self.running = self.most_running = 0
        self._arrived = asyncio.Event()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), update))
        self._arrived.set()
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        if self.hold:
            await self.hold.wait()
        self.running -= 1
        return self.answer(update)

    async def arrived(self, count: int) -> None:
        while len(self.got) < count:
            self._arrived.clear()
            await asyncio.wait_for(self._arrived.wait(), 5)

    async def texts(self, count: int) -> list[str]:
        await self.arrived(count)
        return [update["message"]["text"] for _, update in self.got]


@asynccontextmanager
async def listening() -> AsyncIterator[Bot]:
    bot = Bot()
    app = web.Application()
    app.router.add_post("/hook", bot.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield bot
    finally:
        await runner.cleanup()


async def test_updates_are_posted_with_the_secret_and_polling_is_refused(
    sim: Simulator, call: Caller, mai: Phone
) -> None:
    async with listening() as bot:
        await mai.send("before")
        await call("setWebhook", url=bot.url, secret_token="s3cret", allowed_updates=["message"])
        await mai.send("after")
        assert await bot.texts(2) == ["before", "after"]
        assert {secret for secret, _ in bot.got} == {"s3cret"}
        assert (await call.refusal("getUpdates")).startswith("409 Conflict: can't use getUpdates method while webhook")
        info = await call("getWebhookInfo")
        assert (info["url"], info["allowed_updates"]) == (bot.url, ["message"])


async def test_a_refused_update_comes_again_and_holds_back_only_its_chat(
    sim: Simulator, call: Caller, mai: Phone
) -> None:
    nam = sim.phone("Nam")
    async with listening() as bot:
        refusals = 3

        def answer(update: dict[str, Any]) -> web.Response:
            nonlocal refusals
            if update["message"]["text"] == "mai 1" and refusals:
                refusals -= 1
                return web.Response(status=503)
            return web.Response()

        bot.answer = answer
        await call("setWebhook", url=bot.url)
        for phone, text in [(mai, "mai 1"), (mai, "mai 2"), (nam, "nam 1")]:
            await phone.send(text)
        texts = await bot.texts(6)
        assert [text for text in texts if text.startswith("mai")] == ["mai 1"] * 4 + ["mai 2"]
        assert texts.index("nam 1") < 3
        assert "503" in (await call("getWebhookInfo"))["last_error_message"]


async def test_a_press_that_was_refused_for_150_seconds_is_given_up_and_counted() -> None:
    clock = [datetime(2026, 11, 22, tzinfo=UTC)]
    async with Simulator(now=lambda: clock[0], backoff=(0.01, 0.01)) as sim, aiohttp.ClientSession() as session:
        mai = sim.phone("Mai")
        async with listening() as bot:
            bot.answer = lambda update: web.Response(status=200 if "message" in update else 503)
            await Caller(sim, session)("setWebhook", url=bot.url)
            await mai.press_data("x")
            await mai.send("a")
            await bot.arrived(2)
            clock[0] += timedelta(seconds=150)
            while sim.unconfirmed:  # noqa: ASYNC110 -- the simulator rings no bell for this
                await asyncio.sleep(0.01)
            assert list(bot.got[-1][1]) == ["update_id", "message"]
            assert sim.expired == 1


async def test_chats_go_side_by_side_up_to_the_allowed_connections(sim: Simulator, call: Caller) -> None:
    async with listening() as bot:
        bot.hold = asyncio.Event()
        await call("setWebhook", url=bot.url, max_connections=3)
        for name in "abcdef":
            await sim.phone(name).send(name)
        await bot.texts(3)
        assert sim.unconfirmed == 6
        bot.hold.set()
        assert sorted(await bot.texts(6)) == list("abcdef")
        assert bot.most_running == 3


async def test_what_a_removed_webhook_did_not_take_is_polled(sim: Simulator, call: Caller, mai: Phone) -> None:
    async with listening() as bot:
        bot.answer = lambda update: web.Response(status=500)
        await call("setWebhook", url=bot.url)
        await mai.send("a")
        await mai.send("b")
        await bot.texts(1)
        await call("deleteWebhook")
        assert [update["message"]["text"] for update in await call("getUpdates")] == ["a", "b"]


async def test_a_call_in_the_answer_is_made(sim: Simulator, call: Caller, mai: Phone) -> None:
    async with listening() as bot:
        bot.answer = lambda update: web.json_response({"method": "sendMessage", "chat_id": mai.id, "text": "đáp"})
        await call("setWebhook", url=bot.url)
        await mai.send("hỏi")
        await mai.until("đáp")
        bot.answer = lambda update: web.json_response({"method": "sendMessage", "chat_id": mai.id, "texts": "x"})
        await mai.send("hỏi")
        await mai.send("nữa")
        await bot.texts(3)
    assert "sendMessage: unknown parameter 'texts'" in sim.violations
