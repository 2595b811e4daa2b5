"""Serving: intake, dispatch, delivery, clock, health and the control socket, until somebody says stop."""

import asyncio
import gc
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from telegram.error import TelegramError

from bot.alarms import Alarms, Ways
from bot.api import Failure, Unauthorized
from bot.beats import Beats
from bot.build import App, own_server
from bot.control import Control
from bot.courier import menu
from bot.intake import Polling, unless
from bot.vitals import Look
from domain.alarms import STOPPING
from domain.errors import Refused
from handlers.keyboards import RESIDENT
from locales import LANGUAGES
from storage import meta
from storage.engine import DatabaseFailure
from storage.lock import ServerLock

if TYPE_CHECKING:
    from aiohttp.web import AppRunner

    from bot.webhook import Webhook

log = logging.getLogger(__name__)

MINUTE = 60  # seconds between looks for what is due by the clock
WATCH = 5  # seconds between looks at urgent tips that nobody has opened
SWEEP = 3.0  # seconds between looks for messages that nobody delivers
YOUNG = 20_000, 20, 20  # objects that come and go with a batch are looked through seldom: they leave no cycles behind
GRACE = 2.0  # seconds after which, at the stop, nobody waits for a database that somebody holds
DRAIN = 5.0  # more seconds for what is on its way; a statement that already waits takes as long
SLOW = 120.0  # seconds that a message may wait before we call ourselves not ready


class Server:
    """One process that serves an installation."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.identified = asyncio.Event()
        self.look = Look(app)
        self.name = "An Phường"
        self.alarms = Alarms(self.look.vitals, app.api, Ways.of(app.settings), lambda: self.name)
        self._ticking = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until `stop`. Raises Refused when the token is wrong, a port is taken, or another process serves."""
        app = self.app
        async with own_server(app.settings) as lock:
            await app.take_up()
            hook = self._webhook()
            runners = await self._doors(hook)
            control = Control(app)
            await control.open()
            stopping = asyncio.create_task(stop.wait())
            beside: list[asyncio.Task[Any]] = [stopping, asyncio.create_task(self.alarms.run(stop))]
            try:
                await unless(stopping, self._identify(stop))
                if stop.is_set():
                    return
                await app.outgoing.resume()
                beats = Beats()
                beats.add(self.tick, MINUTE)
                beats.add(self.watch, WATCH)
                beside.append(asyncio.create_task(beats.run()))
                look_through_seldom()
                log.info("serving by %s", "polling" if hook is None else "webhook")
                await self._work(stop, hook, lock)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await control.close()
                for runner in runners:
                    await runner.cleanup()
                if self.identified.is_set():
                    await app.edge.shutdown()

    async def tick(self) -> None:
        """Runs what is due by the clock; also after somebody has moved the demo's clock."""
        async with self._ticking:
            try:
                await self.app.ticker.tick()
                await self.app.ticker.begin_chores()
                if not self.app.backups.busy:
                    await self.app.db.truncate_log()
            except DatabaseFailure as error:
                # The slots stay open: the next tick catches up.
                log.error("the jobs wait for the database: %s", error)

    async def watch(self) -> None:
        """Looks after those who must not wait a minute longer, nor until all that is due by the clock is done."""
        try:
            await self.app.ticker.watch()
        except DatabaseFailure as error:
            log.error("the watch waits for the database: %s", error)

    async def _work(self, stop: asyncio.Event, hook: "Webhook | None", lock: ServerLock | None) -> None:
        app, settings = self.app, self.app.settings
        jobs = [app.dispatch.run(stop), app.delivery.run(stop), app.fetching.run(stop), self.tick()]
        if hook is None:
            jobs.append(Polling(app.api, app.accept, app.set_aside).run(stop))
        else:
            jobs.append(hook.register(app.api, settings.webhook_url or "", stop))
        jobs.append(self._sweep(stop, lock))
        tasks = [asyncio.create_task(job) for job in jobs]
        stopping = asyncio.create_task(stop.wait())
        try:
            await _until(stopping, tasks)
        finally:
            stop.set()
            stopping.cancel()
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            if late:  # sends on their way; or somebody holds the database, or a job has much to do
                hurrying = asyncio.create_task(app.db.hurry())
                _, late = await asyncio.wait(late, timeout=DRAIN)
                for task in late:
                    task.cancel()  # what is not committed is done after the next start
                await hurrying
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _identify(self, stop: asyncio.Event) -> None:
        """Who this bot is, asked until Telegram answers: an outage at start must not keep a webhook from committing."""
        pause = 0.2
        while not stop.is_set():
            try:
                me = await self.app.api.call("getMe", timeout=10.0)
                await self.app.edge.initialize()
            except Unauthorized:
                raise Refused("telegram.token") from None
            except (Failure, TelegramError) as error:
                log.warning("Telegram can't be reached yet: %s", error)
                await _either(stop, pause)
                pause = min(5.0, pause * 2)
            else:
                await self.app.db.run(lambda tx, name=str(me["username"]): meta.put(tx, "username", name))  # type: ignore[misc]
                self.name += f" @{me['username']}"
                self.identified.set()
                await self._menus()
                return

    async def _menus(self) -> None:
        """The commands that everybody is offered; a role's own follow when somebody joins. Best effort."""
        for language in (None, *LANGUAGES):
            try:
                await self.app.api.call("setMyCommands", menu(RESIDENT, language or "vi", code=language))
            except Failure as error:
                log.warning("the list of commands could not be set: %s", error)

    async def _sweep(self, stop: asyncio.Event, lock: ServerLock | None) -> None:
        """Delivers what is owed and nobody delivers: of commands in other processes, of a picture that failed."""
        while not stop.is_set():
            await _either(stop, SWEEP)
            try:
                if lock is not None and not await lock.held():
                    await lock.release()
                    await lock.acquire()
                await self.app.outgoing.resume()
            except (DatabaseFailure, Refused) as error:
                # Somebody else may serve by now; dispatch commits nothing twice, and we ask again.
                log.error("the outbox could not be looked through: %s", error)

    async def _doors(self, hook: "Webhook | None") -> "list[AppRunner]":
        """What others may call, if anything: the webhook's path, and health."""
        settings = self.app.settings
        if hook is None and not settings.health_listen:
            return []
        from bot.web import Routes, health_routes, serve_all  # two megabytes

        services: list[tuple[str | None, Routes]] = [
            (settings.health_listen, health_routes(self._wrong, self._metrics))
        ]
        if hook is not None:
            services.append((settings.listen, hook.routes()))
        return await serve_all(services)

    def _webhook(self) -> "Webhook | None":
        settings = self.app.settings
        if settings.webhook_url is None or settings.webhook_secret is None:
            return None
        from bot.webhook import Webhook

        path = urlsplit(settings.webhook_url).path or "/"
        return Webhook(self.app.accept, settings.webhook_secret.get_secret_value(), path, self.app.set_aside)

    async def _wrong(self) -> Sequence[str]:
        vitals = await self.look.vitals()
        wrong = [] if self.identified.is_set() else ["telegram.unreachable"]
        if vitals.slowest > SLOW:
            wrong.append("delivery.slow")
        # Whoever can make one message undeliverable must not be able to drown what else `/readyz` has to say.
        standing = (f"alarm.{alarm.value}" for alarm in self.alarms.standing & STOPPING)
        return [*wrong, *vitals.database_wrong, *sorted(standing)]

    async def _metrics(self) -> bytes:
        from bot.metrics import exposition  # a megabyte, for those only who listen

        return exposition(self.app, await self.look.vitals(), self.alarms.standing)


def look_through_seldom() -> None:
    """What is there now stays: looked through with every full collection it would stop the loop for 50 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG)


async def _until(stopping: "asyncio.Task[object]", tasks: "Sequence[asyncio.Task[None]]") -> None:
    """Until stop, or until one of the tasks fails; one that simply ends (a registration, a first tick) is done."""
    left = set(tasks)
    while left and not stopping.done():
        done, _ = await asyncio.wait({*left, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if any(task is not stopping and task.exception() is not None for task in done):
            return
        left -= done
    await stopping


async def _either(stop: asyncio.Event, seconds: float) -> None:
    """Waits, but not longer than until stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
