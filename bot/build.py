"""The only composition root: settings become a running product. Only here is the real clock taken."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from telegram.ext import Application, ContextTypes, ExtBot

from bot.api import Api, Failure, Unauthorized
from bot.backups import Backups
from bot.courier import Courier
from bot.delivery import Delivery
from bot.dispatch import Bench, Dispatch, Toast
from bot.fetching import Fetching
from bot.intake import BRIM_POLLED, BRIM_POSTED
from bot.outgoing import Outgoing
from bot.pacer import Pacer
from bot.request import AiohttpRequest
from bot.settings import Settings
from domain.clocks import Clocks
from domain.errors import Refused
from handlers.routes import register
from handlers.turns import Context, Edge
from jobs.ticker import Ticker
from reports.painter import Painter
from storage import inbox, meta, outbox
from storage.engine import Database, DatabaseFailure, open_database
from storage.failures import code_of
from storage.lock import DataLock, ServerLock
from storage.migrate import migrate
from storage.outbox import Numbers, Post
from storage.unit import Unit
from storage.vault import Vault, open_vault

log = logging.getLogger(__name__)
T = TypeVar("T")
Now = Callable[[], datetime]


def real_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class App:
    """An opened installation: database, keys, clock. Serving is `bot.serve`; commands work on it directly."""

    def __init__(self, settings: Settings, db: Database, vault: Vault, bench: Bench, first_day: date) -> None:
        self.settings = settings
        self.first_day = first_day
        self.db = db
        self.vault = vault
        self.bench = bench
        self.api = Api(settings.telegram_api_url, settings.bot_token.get_secret_value(), settings.telegram_proxy)
        self.painter = Painter()
        self.courier = Courier(db, vault, settings.data_dir / "files", self.painter)
        self.pacer = Pacer(settings.telegram_rate)
        self.outgoing = Outgoing(db, vault, self.courier, self.in_unit)
        self.delivery = Delivery(self.api, self.outgoing.settle, self.pacer, bench.now, self.outgoing.make)
        self.outgoing.offer = self.delivery.offer
        self.edge = _edge(settings, self.api)
        brim = BRIM_POLLED if settings.webhook_url is None else BRIM_POSTED
        self.dispatch = Dispatch(bench, self.edge, self.committed, brim)
        self.fetching = Fetching(db, vault, self.api, settings.data_dir / "files")
        self.backups = Backups(settings, db, bench.now)
        self.ticker = Ticker(self.in_unit, self.read, first_day, {"backup": self.backups.of_night})
        self.trouble: str | None = None
        self._background: set[asyncio.Task[None]] = set()

    async def in_unit(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs something in a unit, commits it, and has what it owes delivered."""

        async def act(tx: object) -> tuple[T, list[Post]]:
            unit = self.bench.unit(tx)  # type: ignore[arg-type]
            result = await work(unit)
            await unit.flush()
            return result, unit.outbox.posted()

        result, posts = await self.db.run(act)
        self.committed(posts, ())
        return result

    async def read(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs something that only reads."""
        async with self.db.reading() as tx:
            return await work(self.bench.unit(tx))

    async def accept(self, updates: Sequence[tuple[int, bytes]]) -> None:
        """Commits raw updates; returns once they are durable. `trouble` is the code of why that fails just now."""

        async def keep(tx: object) -> list[tuple[int, bytes]]:
            return await inbox.keep(tx, self.vault, updates, self.bench.now())  # type: ignore[arg-type]

        try:
            new = await self.db.run(keep)
        except DatabaseFailure as failure:
            self.trouble = code_of(failure)
            raise
        self.trouble = None
        self.dispatch.take(new)

    async def take_up(self) -> None:
        """What an earlier process has committed and not handled waits for dispatch again."""
        after = -1
        while True:
            async with self.db.reading() as tx:
                page = await inbox.waiting(tx, self.vault, after)
            if not page:
                return
            after = page[-1].update_id
            self.dispatch.take([(row.update_id, row.raw) for row in page])

    async def set_aside(self, raw: bytes) -> None:
        """Commits an update that nobody can read, for the operator."""

        async def keep(tx: object) -> None:
            await inbox.set_aside(tx, self.vault, raw, self.bench.now())  # type: ignore[arg-type]

        await self.db.run(keep)

    def committed(self, posts: Sequence[Post], toasts: Sequence[Toast]) -> None:
        """What was just committed leaves: button presses are answered, messages are handed to delivery.

        Never raises: what can't be handed over stays in the outbox, see `Outgoing.resume`.
        """
        for toast in toasts:
            self._in_background(self._answer(toast))
        self.fetching.wake()
        self.outgoing.hand_over(posts)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def username(self) -> str:
        """The bot's name for links, from Telegram or as it was last known."""
        if not self.settings.bot_token.get_secret_value():
            raise Refused("telegram.no_token")
        try:
            me = await self.api.call("getMe", timeout=10.0)
        except Unauthorized:
            raise Refused("telegram.token") from None
        except Failure as error:
            async with self.db.reading() as tx:
                known = await meta.get(tx, "username")
            if known is None:
                raise Refused("telegram.unreachable", reason=str(error)) from None
            return known
        name = str(me["username"])
        await self.db.run(lambda tx: meta.put(tx, "username", name))
        return name

    async def close(self) -> None:
        """Lets go of network and database."""
        await self.ticker.close()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.outgoing.close()
        await self.painter.close()
        await self.api.close()
        await self.db.close()

    async def _answer(self, toast: Toast) -> None:
        data: dict[str, object] = {"callback_query_id": toast.query}
        if toast.text:
            data["text"] = toast.text[:200]
        try:
            await self.api.call("answerCallbackQuery", data, timeout=10.0)
        except Failure as error:
            # Best effort: the answer itself is a message of its own.
            log.debug("a button press was not answered: %s", error)


@asynccontextmanager
async def open_app(
    settings: Settings, now: Now = real_now, clocks: Clocks | None = None, kind: type[App] = App
) -> AsyncIterator[App]:
    """Opens an installation that `init` has made, as its only owner on SQLite.

    `kind`: an App with a part exchanged, for proofs that need one.

    Raises Refused: another process owns it, the key is missing or another one, the schema is newer, the folder can't
    be written.
    """
    async with owned(settings):
        vault = open_vault(settings.master_key_file)
        await migrate(settings.database_url, backups=settings.data_dir / "backups", now=now())
        db = await open_database(settings.database_url)
        try:
            async with db.reading() as tx:
                first_day = await meta.first_day(tx)
                checked = await meta.get(tx, meta.KEY_CHECK)
                last = await outbox.last_number(tx)
            if first_day is None or checked is None:
                raise Refused("database.not_initialised")
            if checked != vault.check_value():
                raise Refused("key.other", path=settings.master_key_file)
            bench = Bench(db, vault, Numbers(last), clocks or Clocks(), now)
            app = kind(settings, db, vault, bench, first_day)
        except BaseException:
            await db.close()
            raise
        try:
            yield app
        finally:
            await app.close()


@asynccontextmanager
async def owned(settings: Settings) -> AsyncIterator[None]:
    """On SQLite the data folder is ours alone; on PostgreSQL only serving is (see `own_server`)."""
    if not settings.uses_sqlite:
        yield
        return
    lock = DataLock(settings.data_dir)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def own_server(settings: Settings) -> AsyncIterator[ServerLock | None]:
    """On PostgreSQL one process serves a database; commands connect beside it."""
    if settings.uses_sqlite:
        yield None
        return
    lock = ServerLock(settings.database_url)
    await lock.acquire()
    try:
        yield lock
    finally:
        await lock.release()


def _edge(settings: Settings, api: Api) -> Edge:
    request = AiohttpRequest(api)
    token = settings.bot_token.get_secret_value() or "0:none"
    base = settings.telegram_api_url.rstrip("/")
    bot: ExtBot[None] = ExtBot(
        token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request, get_updates_request=request
    )
    edge = (
        Application.builder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    register(edge)
    return edge
