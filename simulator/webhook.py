"""Pushes updates to a webhook: in order per chat, several chats at once, again until the answer is 2xx."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from simulator.updates import Entry, UpdateQueue

Reply = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Makes the method call that a bot puts into its answer."""
_PATIENCE = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True)
class Hook:
    """Where updates go."""

    url: str
    secret: str
    connections: int
    first_wait: float
    """Seconds before the first repetition; doubles ..."""
    longest_wait: float
    """... up to this."""


class Pusher:
    """One running webhook. A lane is a chat; its next update goes out when the one before was accepted."""

    def __init__(self, hook: Hook, updates: UpdateQueue, reply: Reply) -> None:
        self.hook = hook
        self.last_error: dict[str, Any] = {}
        self._updates = updates
        self._reply = reply
        self._lanes: dict[object, deque[Entry]] = {}
        self._ready: deque[object] = deque()
        self._free = asyncio.Semaphore(hook.connections)
        self._work = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """Updates taken from the queue and not accepted yet."""
        return sum(map(len, self._lanes.values()))

    def start(self) -> None:
        """Begins pushing, in the background."""
        self._spawn(self._fill())
        self._spawn(self._run())

    async def stop(self) -> list[Entry]:
        """Ends; returns what was not accepted."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        left = [entry for lane in self._lanes.values() for entry in lane]
        self._lanes.clear()
        return left

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fill(self) -> None:
        """Sorts waiting updates into lanes."""
        while True:
            for entry in self._updates.take(1000):
                lane = self._lanes.setdefault(entry.lane, deque())
                lane.append(entry)
                if len(lane) == 1:
                    self._ready.append(entry.lane)
            if self._ready:
                self._work.set()
            await self._updates.more()

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=_PATIENCE, connector=aiohttp.TCPConnector(limit=0)) as session:
            while True:
                await self._work.wait()
                while self._ready:
                    await self._free.acquire()
                    self._spawn(self._deliver(session, self._ready.popleft()))
                self._work.clear()

    async def _deliver(self, session: aiohttp.ClientSession, lane: object) -> None:
        entries = self._lanes[lane]
        try:
            accepted = self._updates.given_up(entries[0]) or await self._post(session, entries[0].body)
        finally:
            self._free.release()
        wait = self.hook.first_wait
        while not accepted:
            await asyncio.sleep(wait)
            wait = min(wait * 2, self.hook.longest_wait)
            async with self._free:
                accepted = self._updates.given_up(entries[0]) or await self._post(session, entries[0].body)
        entries.popleft()
        if entries:
            self._ready.append(lane)
            self._work.set()
        else:
            del self._lanes[lane]

    async def _post(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        headers = {"Content-Type": "application/json"}
        if self.hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.hook.secret
        try:
            async with session.post(self.hook.url, data=body, headers=headers, allow_redirects=False) as response:
                said = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._failed(f"Connection failed: {type(error).__name__}")
            return False
        if not 200 <= response.status < 300:
            self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
            return False
        await self._call_back(said)
        return True

    def _failed(self, reason: str) -> None:
        self.last_error = {"last_error_date": self._updates.at(), "last_error_message": reason}

    async def _call_back(self, said: bytes) -> None:
        """An answer may itself be a call; its result is never told. Anything else is ignored, as Telegram does."""
        try:
            call = orjson.loads(said) if said.startswith(b"{") else None
        except orjson.JSONDecodeError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            await self._reply(call.pop("method"), call)
