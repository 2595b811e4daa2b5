"""A place on loopback that takes whatever is posted to it or asked of it, as a second way of alarms would."""

import asyncio
from typing import Any, Self

import orjson
from aiohttp import web


class Receiver:
    """`alarms` are the titles and bodies that came, `beats` how often a sign of life came; `refuses` so many first."""

    def __init__(self, refuses: int = 0) -> None:
        self.alarms: list[tuple[str, str]] = []
        self.beats = 0
        self.refused = 0
        self._refuses = refuses
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.post("/{tail:.*}", self._alarm), web.get("/beat", self._beat)])
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """As `ALARM_URLS` names it, with a password that must stay secret."""
        return f"json://operator:hush-hush@{self.address}/"

    async def until(self, happened: Any) -> None:
        """Waits until something is true of what came."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(happened)

    async def _alarm(self, request: web.Request) -> web.Response:
        told = orjson.loads(await request.read())
        async with self._news:
            if self._refuses > self.refused:
                self.refused += 1
            else:
                self.alarms.append((told["title"], told["message"]))
            self._news.notify_all()
            return web.Response(status=200 if self.alarms else 503)

    async def _beat(self, _: web.Request) -> web.Response:
        async with self._news:
            self.beats += 1
            self._news.notify_all()
        return web.Response()
