"""A proxy in front of the webhook, as nginx would be, behind which updates come several times.

Of some updates it passes on several copies at the same time; some come again later, when newer ones have been handled
and perhaps by another process. Telegram itself repeats what it got no 200 for, and promises no more than that.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

AT_ONCE = 3  # copies of an update that are passed on together
OFTEN = 0.15  # part of the updates that come as several copies
AGAIN = 0.15  # and part of the passings after which an old one comes again
REMEMBERED = 200  # updates, the last ones: Telegram repeats nothing after a day, and our days are short


class Echo:
    """Listens on loopback, passes on to `target`, and repeats. `repeated`: repetitions that were answered with 200."""

    def __init__(self, target: str, chance: random.Random) -> None:
        self.url = ""
        self.repeated = 0
        self.on_answer: Callable[[], None] = lambda: None
        self._target = target
        self._chance = chance
        self._seen: deque[tuple[bytes, dict[str, str]]] = deque(maxlen=REMEMBERED)
        self._late: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._pass)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        await self._session.close()

    def forget(self) -> None:
        """A day has passed: nothing old comes again."""
        self._seen.clear()

    async def _pass(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in ("Content-Type", "X-Telegram-Bot-Api-Secret-Token")}
        copies = AT_ONCE if self._chance.random() < OFTEN else 1
        answers = await asyncio.gather(*(self._post(request.path, body, headers) for _ in range(copies)))
        status = 200 if 200 in answers else max(answers)
        if status == 200:
            self.repeated += answers.count(200) - 1
            self._seen.append((body, headers))
            self._perhaps_again(request.path)
            self.on_answer()
        return web.Response(status=status)

    def _perhaps_again(self, path: str) -> None:
        if self._chance.random() < AGAIN:
            task = asyncio.ensure_future(self._again(path, *self._chance.choice(self._seen)))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    async def _again(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        self.repeated += await self._post(path, body, headers) == 200

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        try:
            async with self._session.post(self._target + path, data=body, headers=headers) as response:
                return response.status
        except aiohttp.ClientError:
            return 502
