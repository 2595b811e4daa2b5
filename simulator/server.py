"""The Bot API server on loopback."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from simulator.calls import Call
from simulator.decode import Raw, decode
from simulator.errors import ApiError
from simulator.faults import Fault, Faults
from simulator.feed import Feed, answer
from simulator.learn import learn
from simulator.limits import Limits
from simulator.methods import METHODS, SENDS, Given
from simulator.page.routes import Clock, Links, Page, Sees
from simulator.phone import Phone
from simulator.table import Table
from simulator.world import Chat, World

TOKEN = "123456:TEST"  # noqa: S105 -- the token of a bot that exists nowhere
_FIRST_PERSON = 7_000_000_001
_BODY_MOST = 64 * 1024 * 1024
_BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


class Simulator:
    """A Telegram for one bot. `async with` it; then `url` is the base before `/bot<token>/`.

    `limits`: True for Telegram's sending rates, or own ones. `now`: its clock (aware). `seed`: makes ids and chance
    repeatable. `record`: keep `calls` (off for long load). `backoff`: first and longest wait, in seconds, before a
    webhook is tried again. `page`: serve phones in a browser at `/`, one for each (role, name) of `phones`, with
    buttons for `clock`; `page_links` are the invitations it offers, for each role; `sees(user_id)` tells what the
    database holds about the person at the first phone, shown beside it: rows with `table`, `what` and `shown`.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        limits: bool | Limits = True,
        port: int = 0,
        username: str = "anphuong_bot",
        title: str = "An Phường",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        seed: int | None = None,
        record: bool = True,
        backoff: tuple[float, float] = (0.05, 1.0),
        page: bool = False,
        clock: Clock | None = None,
        phones: Sequence[tuple[str, str]] = (("resident", "Lan"), ("leader", "Mai"), ("police", "Nam")),
        sees: Sees | None = None,
    ) -> None:
        bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": title,
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.token = token
        self.now = now = clock.now if clock else now
        self.calls: list[Call] = []
        """Every call that was answered, oldest first; getUpdates too."""
        self.violations: list[str] = []
        """Calls that a correct bot never makes: beyond a limit, or not as the table says."""
        self.faults = Faults(seed or 0)
        self.world = World(bot, now, random.Random(seed))  # noqa: S311 -- ids, not secrets
        self._limits = Limits() if limits is True else limits or None
        self._port = port
        self._record = record
        self._table = Table.load()
        self._feed = Feed(self.world.updates, self._call_from_webhook, backoff)
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.page_links: Links = {}
        self.phones: dict[str, Phone] = {}
        """The phones of the page, by role."""
        self._page: Page | None = None
        if page:
            # The same people each time: a demo that is started again knows them.
            people = [(role, name, _FIRST_PERSON + at) for at, (role, name) in enumerate(phones)]
            self.phones = {role: self.phone(name, user_id=number) for role, name, number in people}
            self._page = Page(self.world, list(self.phones.items()), clock, lambda: self.page_links, sees)

    # The server

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_BODY_MOST)
        app.add_routes(
            [web.route("*", "/bot{token}/{method}", self._serve), web.get("/file/bot{token}/{path:.+}", self._download)]
        )
        if self._page is not None:
            app.add_routes(self._page.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._page is not None:
            self._page.close()
        await self._feed.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # People

    def phone(
        self,
        name: str,
        *,
        user_id: int | None = None,
        language_code: str | None = "vi",
        username: str | None = None,
        last_name: str | None = None,
        started: bool = False,
    ) -> Phone:
        """A person, and their private chat with the bot. `started`: they have written to it before."""
        user: dict[str, Any] = {"id": user_id or self.world.new_id(), "is_bot": False, "first_name": name}
        told = {"last_name": last_name, "username": username, "language_code": language_code}
        user |= {key: value for key, value in told.items() if value is not None}
        chat = self.world.private_chat(user)
        chat.started |= started
        return Phone(self.world, user, chat)

    def group(self, title: str, *members: Phone, forum: bool = False) -> Chat:
        """A supergroup with the bot and these people in it; `phone.at(group)` speaks there."""
        number = -1_000_000_000_000 - self.world.chance.randrange(10**9, 2 * 10**9)
        info: dict[str, Any] = {
            "id": number,
            "type": "supergroup",
            "title": title,
            **({"is_forum": True} if forum else {}),
        }
        chat = self.world.chats[number] = Chat(info, started=True)
        chat.members = {self.world.me["id"]: "administrator", **{member.id: "member" for member in members}}
        return chat

    def push(self, update: dict[str, Any]) -> int | None:
        """Queues a raw update as it is; numbers it when it has no update_id. Chats and presses in it become known.

        Returns its number, or None when the bot didn't ask for such updates.
        """
        learn(self.world, update)
        return self.world.updates.push(update)

    def push_many(self, updates: Iterable[dict[str, Any]]) -> None:
        """Queues many."""
        for update in updates:
            self.push(update)

    @property
    def unconfirmed(self) -> int:
        """Updates the bot has not confirmed yet."""
        return self._feed.unconfirmed

    @property
    def expired(self) -> int:
        """Updates that were given up since nobody took them in time: a press after 150 s, all else after a day."""
        return self._feed.expired

    # A call

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            self._check_token(request.match_info["token"])
            raw = await decode(request)
        except ApiError as refusal:
            return self._refused(method, {}, refusal)
        fault = self.faults.pick(method, raw.params.get("chat_id"))
        if fault is not None and not fault.kind.endswith("_after"):
            self._note(method, raw.params, None, f"fault: {fault.kind}")
            return await self._fail(request, fault)
        response = await self._perform(method, raw)
        return response if fault is None else await self._fail(request, fault)

    async def _perform(self, method: str, raw: Raw) -> web.Response:
        try:
            given = self._given(method, raw)
            result = await self._dispatch(given)
        except ApiError as refusal:
            return self._refused(method, raw.params, refusal)
        self._note(method, given.params, result, None)
        return web.Response(body=answer(result), content_type="application/json")

    async def _dispatch(self, given: Given) -> Any:
        own = {
            "getUpdates": self._feed.get_updates,
            "setWebhook": self._feed.set_webhook,
            "deleteWebhook": self._feed.delete_webhook,
            "getWebhookInfo": self._feed.webhook_info,
        }.get(given.method)
        if own is not None:
            return await own(given)
        if given.method in SENDS:
            self._pace(given)
        return METHODS[given.method](self.world, given)

    def _check_token(self, token: str) -> None:
        if token != self.token:
            raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")

    def _given(self, method: str, raw: Raw) -> Given:
        if method not in self._table.methods:
            raise ApiError(404, "Not Found", violation=True)
        params, problems = self._table.check(method, raw.params, raw.files, textual=raw.textual)
        problems += [
            f"file part {name!r} is not used" for name in raw.files if not _used(name, method, self._table, params)
        ]
        self.violations += [f"{method}: {problem}" for problem in problems]
        wrong = [problem for problem in problems if not problem.startswith(("unknown parameter", "file part"))]
        if wrong:
            raise ApiError(400, f"Bad Request: {wrong[0]}")
        return Given(method, params, raw.files)

    def _pace(self, given: Given) -> None:
        if self._limits is None or "chat_id" not in given.params:
            return
        chat = self.world.chat(given.params["chat_id"])
        wait = self._limits.take(chat.id)
        if wait:
            raise ApiError(429, f"Too Many Requests: retry after {wait}", violation=True, retry_after=wait)

    def _refused(self, method: str, params: dict[str, Any], refusal: ApiError) -> web.Response:
        if refusal.violation:
            self.violations.append(f"{method}: {refusal.description}")
        self._note(method, params, None, refusal.description)
        return web.json_response(refusal.body(), status=refusal.code)

    def _note(self, method: str, params: dict[str, Any], result: Any, error: str | None) -> None:
        if self._record:
            kept = None if isinstance(result, bytes) else result  # what getUpdates handed out is the tests' own
            self.calls.append(Call.of(method, params, kept, error))

    async def _call_from_webhook(self, method: str, params: dict[str, Any]) -> None:
        """A call in the answer to a webhook request: done or refused like any other, but nobody is told."""
        await self._perform(method, Raw(params, {}, False))

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "400":
            return _error(400, "Bad Request: IMAGE_PROCESS_FAILED")
        if fault.kind == "429":
            return _error(429, f"Too Many Requests: retry after {fault.retry_after}", retry_after=fault.retry_after)
        if fault.kind == "500":
            return _error(500, "Internal Server Error")
        if fault.kind == "502":
            return _error(502, "Bad Gateway")
        if fault.kind == "html":
            return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
        if fault.kind.startswith("timeout"):
            await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=502)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        stored = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or stored is None:
            return _error(404, "Not Found")
        fault = self.faults.pick("download", None)
        if fault is not None:
            return await self._fail(request, fault)
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _used(name: str, method: str, table: Table, params: dict[str, Any]) -> bool:
    return name in table.methods[method] or f"attach://{name}" in repr(params)


def _error(code: int, description: str, **parameters: Any) -> web.Response:
    return web.json_response(ApiError(code, description, **parameters).body(), status=code)
