"""The composition root of what serves: an opened installation becomes a running product."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any

from telegram.ext import Application, ContextTypes, ExtBot

from bot.api import Api, Failure
from bot.courier import Courier
from bot.delivery import Delivery
from bot.dispatch import Dispatch, Toast
from bot.fetching import Fetching
from bot.installation import Bench, Installation, Now, opened, real_now
from bot.intake import BRIM_POLLED, BRIM_POSTED
from bot.outgoing import Outgoing
from bot.pacer import Pacer
from bot.request import AiohttpRequest
from bot.settings import Settings
from domain.clocks import Clocks
from handlers.routes import register
from handlers.turns import Context, Edge
from storage import inbox
from storage.engine import Database, DatabaseFailure
from storage.failures import code_of
from storage.lock import ServerLock
from storage.unit import Owed
from storage.vault import Vault

log = logging.getLogger(__name__)


class App(Installation):
    """An installation that hears and speaks. Serving is `bot.serve`."""

    def __init__(self, settings: Settings, db: Database, vault: Vault, bench: Bench, first_day: date) -> None:
        super().__init__(settings, db, vault, bench, first_day)
        self.courier = Courier(db, vault, settings.data_dir / "files", self.painter)
        self.pacer = Pacer(settings.telegram_rate)
        self.outgoing = Outgoing(db, vault, self.courier, self.in_unit)
        self.delivery = Delivery(self.api, self.outgoing.settle, self.pacer, bench.now, self.outgoing.make)
        self.outgoing.offer = self.delivery.offer
        self.edge = _edge(settings, self.api)
        brim = BRIM_POLLED if settings.webhook_url is None else BRIM_POSTED
        self.dispatch = Dispatch(bench, self.edge, self.committed, brim)
        self.fetching = Fetching(db, vault, self.api, settings.data_dir / "files")
        self.trouble: str | None = None
        self._background: set[asyncio.Task[None]] = set()

    def owes(self, owed: Owed) -> None:
        """What was just committed leaves."""
        self.committed(owed, ())

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
            last = page.last()
            if last is None:
                return
            after = last
            await self.dispatch.put_aside(page.damaged)
            self.dispatch.take([(row.update_id, row.raw) for row in page.rows])

    async def set_aside(self, raw: bytes) -> None:
        """Commits an update that nobody can read, for the operator."""

        async def keep(tx: object) -> None:
            await inbox.set_aside(tx, self.vault, raw, self.bench.now())  # type: ignore[arg-type]

        await self.db.run(keep)

    def committed(self, owed: Owed, toasts: Sequence[Toast]) -> None:
        """What was just committed leaves: button presses are answered, messages handed to delivery, files fetched.

        Never raises: what can't be handed over stays in the outbox, see `Outgoing.resume`.
        """
        for toast in toasts:
            self._in_background(self._answer(toast))
        self.outgoing.hand_over(owed.posts)
        if owed.files:
            self.fetching.wake()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """Gives up what is on its way, then lets go of network and database."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.outgoing.close()
        await super().close()

    async def _answer(self, toast: Toast) -> None:
        data: dict[str, object] = {"callback_query_id": toast.query}
        if toast.text:
            data["text"] = toast.text[:200]
        try:
            await self.api.call("answerCallbackQuery", data, timeout=10.0)
        except Failure as error:
            # Best effort: the answer itself is a message of its own.
            log.debug("a button press was not answered: %s", error)


def open_app(
    settings: Settings, now: Now = real_now, clocks: Clocks | None = None, kind: type[App] = App
) -> AbstractAsyncContextManager[App]:
    """Opens an installation to serve; raises what `opened` does.

    `kind`: an App with a part exchanged, for proofs that need one.
    """
    return opened(kind, settings, now, clocks)


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
