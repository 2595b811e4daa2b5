"""Intake: nothing is confirmed before it is committed, and nothing that can't be read holds the rest."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from bot.api import Api
from bot.intake import Polling
from bot.web import serve
from bot.webhook import Webhook
from domain.errors import Refused
from tests.edge.conftest import TOKEN, Telegram, error, ok

SECRET = "a-secret-of-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Inbox:
    """Where updates are committed; `broken` and, aside, `stuck` say how many more commits fail, `gate` holds them."""

    def __init__(self) -> None:
        self.rows: dict[int, bytes] = {}
        self.groups: list[list[int]] = []
        self.aside: list[bytes] = []
        self.broken = 0
        self.stuck = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self._news = asyncio.Event()

    async def accept(self, updates: Sequence[tuple[int, bytes]]) -> None:
        self.entered.set()
        await self.gate.wait()
        if self.broken:
            self.broken -= 1
            raise OSError("disk full")
        self.groups.append([update_id for update_id, _ in updates])
        self.rows.update(updates)
        self._news.set()

    async def quarantine(self, raw: bytes) -> None:
        if self.stuck:
            self.stuck -= 1
            raise OSError("disk full")
        self.aside.append(raw)
        self._news.set()

    async def until(self, rows: int = 0, aside: int = 0) -> None:
        """Wait until so many are committed."""
        async with asyncio.timeout(10):
            while len(self.rows) < rows or len(self.aside) < aside:
                self._news.clear()
                await self._news.wait()


class Queue:
    """getUpdates as Telegram does it: an offset confirms; with nothing to give it waits until `pushed`."""

    def __init__(self, telegram: Telegram) -> None:
        self.items: list[Any] = []
        self.offsets: list[int | None] = []
        self.telegram = telegram
        self.pushed = asyncio.Event()
        self.waiting = asyncio.Event()
        self.next: list[web.Response | None] = []  # answers that come first, whatever is asked
        telegram.script = self.script

    def push(self, *items: Any) -> None:
        self.items += items
        self.pushed.set()

    async def script(self, method: str, params: dict[str, Any]) -> Any:
        if method != "getUpdates":
            return ok(True)
        if self.next:
            return self.next.pop(0)
        offset = params.get("offset")
        self.offsets.append(offset)
        if offset is not None:
            self.items = [item for item in self.items if not _confirmed(item, offset)]
        while not self.items:
            self.waiting.set()
            self.pushed.clear()
            await self.pushed.wait()
        page = self.items[: params["limit"]]
        body = b'{"ok":true,"result":[' + b",".join(_bytes(item) for item in page) + b"]}"
        return web.Response(body=body, content_type="application/json")


def _confirmed(item: Any, offset: int) -> bool:
    if isinstance(item, bytes):  # raw JSON that nobody can parse: its id is the last number of its first eight digits
        return int(item.split(b":")[1].split(b",")[0]) < offset
    return not isinstance(item, dict) or not isinstance(item.get("update_id"), int) or item["update_id"] < offset


def _bytes(item: Any) -> bytes:
    return item if isinstance(item, bytes) else orjson.dumps(item)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def queue(telegram: Telegram) -> AsyncIterator[Queue]:
    queue = Queue(telegram)
    yield queue
    queue.push({"update_id": 0})  # lets a poll that still hangs end


@pytest.fixture
async def polling(queue: Queue, api: Api, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    task = asyncio.create_task(Polling(api, inbox.accept, inbox.quarantine).run(stop))
    yield task
    stop.set()
    await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 2)


def update(id: int, text: str = "xin chào") -> dict[str, Any]:
    return {"update_id": id, "message": {"text": text}}


async def test_the_offset_moves_only_after_the_commit(polling: asyncio.Task[None], queue: Queue, inbox: Inbox) -> None:
    inbox.gate.clear()
    queue.push(*(update(id) for id in range(10, 15)))
    await asyncio.wait_for(inbox.entered.wait(), 5)
    assert queue.offsets == [None], "no other poll while the commit runs"
    queue.waiting.clear()
    inbox.gate.set()
    await asyncio.wait_for(queue.waiting.wait(), 5)
    assert queue.offsets == [None, 15]
    assert orjson.loads(inbox.rows[12]) == update(12)


async def test_a_commit_that_fails_leaves_the_updates_with_telegram(
    polling: asyncio.Task[None], queue: Queue, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.broken = 2
    queue.push(update(10, "bí mật"), update(11))
    await inbox.until(rows=2)
    assert queue.offsets[:3] == [None, None, None]
    assert "2 updates not committed" in caplog.text
    assert "bí mật" not in caplog.text


async def test_polling_starts_without_dropping_what_waits(
    polling: asyncio.Task[None], queue: Queue, inbox: Inbox
) -> None:
    queue.push(update(1))
    await inbox.until(rows=1)
    assert queue.telegram.calls[0] == ("deleteWebhook", {})
    _, params = queue.telegram.calls[1]
    assert (params["limit"], params["timeout"]) == (100, 50)
    assert {"message", "callback_query"} <= set(params["allowed_updates"])


async def test_updates_without_an_id_are_put_aside_and_hold_no_other(
    polling: asyncio.Task[None], queue: Queue, inbox: Inbox
) -> None:
    queue.push("nonsense", {"message": {}}, {"update_id": True}, {"update_id": -5}, {"update_id": 2**63}, update(7))
    await inbox.until(rows=1, aside=5)
    queue.push(update(8))
    await inbox.until(rows=2)
    assert queue.offsets[1] == 8


async def test_what_has_no_id_is_put_aside_once_however_often_the_others_fail(
    polling: asyncio.Task[None], queue: Queue, inbox: Inbox
) -> None:
    inbox.broken = 3
    queue.push({"strange": 1}, update(7))
    await inbox.until(rows=1, aside=1)
    queue.push(update(8))
    await inbox.until(rows=2)
    assert inbox.aside == [b'{"strange":1}']


async def test_nothing_is_confirmed_while_what_has_no_id_can_not_be_put_aside(
    polling: asyncio.Task[None], queue: Queue, inbox: Inbox
) -> None:
    inbox.stuck = 2
    queue.push({"strange": 1}, update(7))
    await inbox.until(rows=1, aside=1)
    queue.push(update(8))
    await inbox.until(rows=2)
    assert queue.offsets[:4] == [None, None, None, 8]
    assert inbox.groups == [[7], [7], [7], [8]]


async def test_an_update_nobody_can_parse_is_put_aside_alone(
    polling: asyncio.Task[None], queue: Queue, inbox: Inbox
) -> None:
    poison = b'{"update_id":52,"message":' + b"[" * 20000 + b"]" * 20000 + b"}"
    queue.push(update(50), update(51), poison, update(53))
    await inbox.until(rows=3, aside=1)
    assert sorted(inbox.rows) == [50, 51, 53]
    assert poison in inbox.aside[0]


async def test_half_a_surrogate_and_a_huge_number_are_committed_like_anything_else(
    polling: asyncio.Task[None], queue: Queue, inbox: Inbox
) -> None:
    queue.push(b'{"update_id":5,"message":{"text":"\\ud83d","n":99999999999999999999999999}}', update(6))
    await inbox.until(rows=2)
    assert not inbox.aside


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: error(409, "Conflict: terminated by other getUpdates request"),
        lambda: error(500, "Internal Server Error"),
        lambda: error(429, "Too Many Requests: retry after 1", retry_after=1),
        lambda: web.Response(text="<html>", content_type="text/html"),
        lambda: web.Response(body=b'{"ok":true,"result":[{"update_id":3,"mess'),
        lambda: web.Response(body=b'{"ok":true,"result":{}}'),
        lambda: None,
    ],
)
async def test_polling_outlives_every_trouble(telegram: Telegram, api: Api, inbox: Inbox, trouble: Any) -> None:
    queue, stop = Queue(telegram), asyncio.Event()
    queue.next = [trouble(), trouble()]
    queue.push(update(3))
    task = asyncio.create_task(Polling(api, inbox.accept, inbox.quarantine).run(stop))
    await inbox.until(rows=1)
    stop.set()
    await asyncio.wait_for(task, 2)
    assert list(inbox.rows) == [3]
    queue.push(update(4))


async def test_a_stop_ends_a_long_poll_at_once(queue: Queue, api: Api, inbox: Inbox) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(Polling(api, inbox.accept).run(stop))
    await asyncio.wait_for(queue.waiting.wait(), 5)
    stop.set()
    await asyncio.wait_for(task, 1)


async def test_a_refused_token_is_said_at_once(telegram: Telegram, inbox: Inbox) -> None:
    api = Api(telegram.url, "999:wrong")
    for run in (
        Polling(api, inbox.accept).run(asyncio.Event()),
        Webhook(inbox.accept, SECRET, "/hook", inbox.quarantine).register(api, "https://x", asyncio.Event()),
    ):
        with pytest.raises(Refused) as caught:
            await run
        assert caught.value.code == "telegram.token"
    await api.close()


@pytest.fixture
async def hook(inbox: Inbox) -> AsyncIterator[str]:
    webhook = Webhook(inbox.accept, SECRET, "/hook", inbox.quarantine)
    runner = await serve(webhook.routes(), "127.0.0.1:0")
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    inbox.gate.set()
    await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


async def post(client: aiohttp.ClientSession, url: str, body: bytes, secret: str = SECRET) -> int:
    async with client.post(url, data=body, headers={HEADER: secret}) as response:
        return response.status


async def test_a_request_without_the_secret_is_forbidden(
    hook: str, inbox: Inbox, client: aiohttp.ClientSession
) -> None:
    body = orjson.dumps(update(1))
    assert await post(client, hook, body, "") == 403
    assert await post(client, hook, body, SECRET + "x") == 403
    assert await post(client, hook, body, "bí-mật") == 403
    async with client.post(hook, data=body) as response:
        assert response.status == 403
    assert not inbox.rows


async def test_an_update_is_answered_200_only_after_its_commit(
    hook: str, inbox: Inbox, client: aiohttp.ClientSession
) -> None:
    inbox.gate.clear()
    request = asyncio.create_task(post(client, hook, orjson.dumps(update(1))))
    await asyncio.wait_for(inbox.entered.wait(), 5)
    assert not request.done()
    inbox.gate.set()
    assert await request == 200
    assert orjson.loads(inbox.rows[1]) == update(1)


async def test_requests_that_wait_together_are_committed_together(
    hook: str, inbox: Inbox, client: aiohttp.ClientSession
) -> None:
    inbox.gate.clear()
    first = asyncio.create_task(post(client, hook, orjson.dumps(update(1))))
    await asyncio.wait_for(inbox.entered.wait(), 5)
    rest = [asyncio.create_task(post(client, hook, orjson.dumps(update(id)))) for id in range(2, 40)]
    async with asyncio.timeout(5):
        done: set[Any] = set()
        while not done:  # a request that breaks off must not take the others with it
            done, _ = await asyncio.wait(rest[:1], timeout=0.3)
            rest[0].cancel()
    inbox.gate.set()
    assert await first == 200
    assert await asyncio.gather(*rest[1:]) == [200] * 37
    assert len(inbox.groups) <= 3
    assert set(range(1, 40)) - {2} <= set(inbox.rows)


async def test_a_commit_that_fails_is_answered_503(hook: str, inbox: Inbox, client: aiohttp.ClientSession) -> None:
    inbox.broken = 1
    assert await post(client, hook, orjson.dumps(update(1))) == 503
    assert await post(client, hook, orjson.dumps(update(1))) == 200


@pytest.mark.parametrize("poison", [b"", b"{", b"[1]", b'"x"', b'{"update_id":"7"}', b"\xff\xfe", b"[" * 100_000])
async def test_what_nobody_can_read_is_put_aside_and_confirmed(
    hook: str, inbox: Inbox, client: aiohttp.ClientSession, poison: bytes
) -> None:
    inbox.stuck = 1
    assert await post(client, hook, poison) == 503
    assert await post(client, hook, poison) == 200
    assert inbox.aside == [poison]


async def test_a_body_beyond_the_limit_is_refused(hook: str, inbox: Inbox, client: aiohttp.ClientSession) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * (1 << 16)

    async with client.post(hook, data=io.BytesIO(b" " * ((1 << 20) + 1)), headers={HEADER: SECRET}) as response:
        assert response.status == 413
    async with client.post(hook, data=endless(), headers={HEADER: SECRET}) as response:
        assert response.status == 413
    assert not inbox.aside


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_does_not_unpack_is_answered_400(
    hook: str, inbox: Inbox, client: aiohttp.ClientSession, encoding: str
) -> None:
    headers = {HEADER: SECRET, "Content-Encoding": encoding}
    async with client.post(hook, data=b"\x1f\x8b not packed at all", headers=headers) as response:
        assert response.status == 400
    assert await post(client, hook, orjson.dumps(update(1))) == 200
    assert list(inbox.rows) == [1]


async def test_the_webhook_is_registered_again_and_again_until_it_works(telegram: Telegram, api: Api) -> None:
    answers = [error(500, "Internal Server Error"), error(400, "Bad Request: bad webhook: failed to resolve host")]

    async def script(method: str, params: dict[str, Any]) -> Any:
        return answers.pop(0) if answers else ok(True)

    telegram.script = script
    inbox = Inbox()
    webhook = Webhook(inbox.accept, SECRET, "/hook", inbox.quarantine)
    await webhook.register(api, "https://ward.example/hook", asyncio.Event())
    method, params = telegram.calls[-1]
    assert (method, len(telegram.calls)) == ("setWebhook", 3)
    assert (params["url"], params["secret_token"]) == ("https://ward.example/hook", SECRET)
    assert "drop_pending_updates" not in params
    assert params["allowed_updates"]


def test_a_webhook_without_a_secret_is_refused() -> None:
    inbox = Inbox()
    with pytest.raises(Refused):
        Webhook(inbox.accept, "", "/hook", inbox.quarantine)


def test_the_token_of_these_tests_is_nobodys() -> None:
    assert TOKEN.startswith("123456:")
