"""A Telegram that costs next to nothing: HTTP by hand, answers written in advance. For load, not for strictness.

The simulator checks every parameter of every call and remembers them: right for tests, too slow to measure against.
"""

import asyncio
import contextlib
import re
import ssl
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson

TOKEN = "123456:TEST"
ME = {"id": 123456, "is_bot": True, "first_name": "An Phường", "username": "anphuong_bot"}
_CHAT = re.compile(rb'chat_id"?\s*[:=]?\s*"?(-?\d+)')  # in JSON, in a form, in a part of a multipart body
_LIMITED = orjson.dumps(
    {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
)
_TRUE = b'{"ok":true,"result":true}'
_ME = orjson.dumps({"ok": True, "result": {**ME, "can_join_groups": False, "can_read_all_group_messages": False,
                                           "supports_inline_queries": False}})  # fmt: skip
Answered = Callable[[int, bytes], bool]  # chat and call; False: it came too soon


class Wire:
    """Serves one bot. `answered` hears of every message that the bot sends; `delay` is the round trip in seconds."""

    def __init__(self, answered: Answered, delay: float = 0.0, tls: ssl.SSLContext | None = None) -> None:
        self.answered = answered
        self.delay = delay
        self.refused = 0  # calls answered with 429
        self.watched: dict[int, float] = {}  # updates whose confirmation is waited for, and when it came
        self.hook: dict[str, Any] | None = None
        self.hooked = asyncio.Event()
        self.url = ""
        self._tls = tls
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._poller: asyncio.Future[None] | None = None
        self._server: asyncio.Server | None = None
        self._last = 0
        self.all_confirmed = asyncio.Event()
        self.polled = asyncio.Event()

    async def __aenter__(self) -> "Wire":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, ssl=self._tls, backlog=1024)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://{'localhost' if self._tls else '127.0.0.1'}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def push(self, update_id: int, raw: bytes) -> None:
        """One more update waits."""
        self._waiting.append((update_id, raw))
        self.all_confirmed.clear()
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    @property
    def unconfirmed(self) -> int:
        """Updates that the bot has not confirmed."""
        return len(self._waiting)

    def sent(self, body: bytes) -> bytes:
        """Answers a message that the bot sends."""
        found = _CHAT.search(body.replace(b"\r\n\r\n", b":"))
        chat = int(found[1]) if found else 0
        if not self.answered(chat, body):
            self.refused += 1
            return _LIMITED
        self._last += 1
        return b'{"ok":true,"result":{"message_id":%d,"date":1790000000,"chat":{"id":%d,"type":"private"},"from":{"id":123456,"is_bot":true,"first_name":"A"},"text":"-"}}' % (self._last, chat)  # fmt: skip  # noqa: E501

    async def poll(self, body: bytes) -> bytes:
        """`getUpdates`: confirms what lies before the offset, and hands out at most 100."""
        self.polled.set()
        asked = _fields(body)
        offset, limit = int(asked.get("offset") or 0), int(asked.get("limit") or 100)
        while self._waiting and self._waiting[0][0] < offset:
            update_id, _ = self._waiting.popleft()
            if update_id in self.watched:
                self.watched[update_id] = time.perf_counter()
        if not self._waiting:
            self.all_confirmed.set()
            self._poller = asyncio.get_running_loop().create_future()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._poller, float(asked.get("timeout") or 0))
        head = [self._waiting[n][1] for n in range(min(limit, len(self._waiting)))]
        return b'{"ok":true,"result":[' + b",".join(head) + b"]}"

    async def answer(self, method: str, body: bytes) -> bytes:
        """The body of any answer."""
        if method == "getUpdates":
            return await self.poll(body)
        if method in ("sendMessage", "sendPhoto", "editMessageText"):
            return self.sent(body)
        if method == "getMe":
            return _ME
        if method == "setWebhook":
            self.hook = _fields(body)
            self.hooked.set()
        return _TRUE


def _fields(body: bytes) -> dict[str, Any]:
    """The few parameters that matter, whatever the encoding."""
    if body.startswith(b"{"):
        return dict(orjson.loads(body))
    from urllib.parse import parse_qsl

    if b"form-data" in body:
        found = re.findall(rb'name="(\w+)"[^\r]*(?:\r\n[^\r]+)*\r\n\r\n([^\r]*)', body)
        return {name.decode(): value.decode() for name, value in found}
    return dict(parse_qsl(body.decode()))


class _Connection(asyncio.Protocol):
    """One keep-alive connection: requests one after the other."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._busy: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._busy is None:
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if self._busy is not None:
            self._busy.cancel()

    def _next(self) -> None:
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            low = head.lower()
            if b"expect: 100-continue" in low and self._transport is not None:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if b"transfer-encoding: chunked" in low:
                body, rest = _unchunked(self._buffer[end + 4 :])
                if rest is None:
                    return
            else:
                at = low.find(b"content-length:")
                length = int(low[at + 15 : at + 30].split(b"\r\n")[0]) if at >= 0 else 0
                if len(self._buffer) < end + 4 + length:
                    return
                body, rest = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            self._buffer = rest
            method = head.split(b" ", 2)[1].partition(b"?")[0].rpartition(b"/")[2].decode()
            if method in ("sendMessage", "answerCallbackQuery") and not self._wire.delay:
                self._write(self._wire.sent(body) if method == "sendMessage" else _TRUE)
                continue
            self._busy = asyncio.get_running_loop().create_task(self._slowly(method, body))
            return

    async def _slowly(self, method: str, body: bytes) -> None:
        on_its_way = self._wire.delay / 2
        if on_its_way:
            await asyncio.sleep(on_its_way)
        answer = await self._wire.answer(method, body)
        if on_its_way:
            await asyncio.sleep(on_its_way)
        self._busy = None
        self._write(answer)
        self._next()

    def _write(self, body: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            self._transport.write(head + body)


def _unchunked(data: bytes) -> tuple[bytes, bytes | None]:
    """A chunked body and what follows it; None while it is not complete."""
    parts: list[bytes] = []
    while True:
        size, found, rest = data.partition(b"\r\n")
        if not found:
            return b"", None
        length = int(size, 16)
        if len(rest) < length + 2:
            return b"", None
        if length == 0:
            return b"".join(parts), rest[2:]
        parts.append(rest[:length])
        data = rest[length + 2 :]
