"""Telegram's side of a webhook: 40 keep-alive connections, in order per chat, again until the answer is 200."""

import asyncio
import re
from collections import defaultdict, deque
from types import TracebackType
from typing import Self

CONNECTIONS = 40
_CHAT = re.compile(rb'"chat":\{"id":(\d+)')


class Poster:
    """Posts updates to one address."""

    def __init__(self, address: str, path: str, secret: str) -> None:
        host, _, port = address.partition(":")
        self._at = host, int(port)
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
        ).encode()
        self._lanes: dict[bytes, deque[bytes]] = defaultdict(deque)
        self._ready: asyncio.Queue[bytes] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self.accepted = 0
        self._goal = (0, asyncio.Event())

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._work()) for _ in range(CONNECTIONS)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def has_accepted(self, many: int) -> None:
        """Returns once so many updates have been answered with 200."""
        if self.accepted < many:
            self._goal = (many, asyncio.Event())
            await self._goal[1].wait()

    def push(self, update_id: int, raw: bytes) -> None:
        """One more update, after the earlier ones of its chat."""
        found = _CHAT.search(raw)
        lane = found[1] if found else b"%d" % update_id
        queue = self._lanes[lane]
        queue.append(raw)
        if len(queue) == 1:
            self._ready.put_nowait(lane)

    async def _work(self) -> None:
        reader, writer = await asyncio.open_connection(*self._at)
        try:
            while True:
                lane = await self._ready.get()
                queue = self._lanes[lane]
                body = queue[0]
                writer.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", head, re.IGNORECASE)
                if length and int(length[1]):
                    await reader.readexactly(int(length[1]))
                if b" 200 " in head[:16]:
                    queue.popleft()
                    self.accepted += 1
                    if self.accepted == self._goal[0]:
                        self._goal[1].set()
                if queue:
                    self._ready.put_nowait(lane)
                else:
                    del self._lanes[lane]
        finally:
            writer.close()
