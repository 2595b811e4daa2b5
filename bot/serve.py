"""Serving: intake, dispatch, delivery, clock, health and the control socket, until somebody says stop."""

import asyncio
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.api import Failure, Unauthorized
from bot.build import App, own_server
from bot.control import Control
from bot.intake import Polling, Webhook
from bot.web import Routes, health_routes, serve_all
from domain.errors import Refused
from storage import meta

log = logging.getLogger(__name__)

SWEEP = 3.0  # seconds between looks for messages that another process has put into a PostgreSQL outbox


class Server:
    """One process that serves an installation."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.identified = asyncio.Event()
        self._ticking = asyncio.Lock()
        self._owed: set[int] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until `stop`. Raises Refused when the token is wrong, a port is taken, or another process serves."""
        app, settings = self.app, self.app.settings
        async with own_server(settings):
            hook = self._webhook()
            services: list[tuple[str | None, Routes]] = [
                (settings.health_listen, health_routes(self._wrong, self._metrics))
            ]
            if hook is not None:
                services.append((settings.listen, hook.routes()))
            runners = await serve_all(services)
            control = Control(app)
            await control.open()
            scheduler = AsyncIOScheduler(timezone="UTC")
            try:
                await self._identify(stop)
                if stop.is_set():
                    return
                await app.edge.initialize()
                self._owed = await app.resume()
                every_minute = CronTrigger(second=0, timezone="UTC")
                scheduler.add_job(self.tick, every_minute, coalesce=True, max_instances=1, misfire_grace_time=None)
                scheduler.start()
                log.info("serving by %s", "polling" if hook is None else "webhook")
                await self._work(stop, hook)
            finally:
                if scheduler.running:
                    scheduler.shutdown(wait=False)
                await control.close()
                for runner in runners:
                    await runner.cleanup()
                if self.identified.is_set():
                    await app.edge.shutdown()

    async def tick(self) -> None:
        """Runs what is due by the clock; also after somebody has moved the demo's clock."""
        async with self._ticking:
            await self.app.ticker.tick()

    async def _work(self, stop: asyncio.Event, hook: Webhook | None) -> None:
        app, settings = self.app, self.app.settings
        jobs = [app.dispatch.run(stop), app.delivery.run(stop), self.tick()]
        if hook is None:
            jobs.append(Polling(app.api, app.accept, app.set_aside).run(stop))
        else:
            jobs.append(hook.register(app.api, settings.webhook_url or "", stop))
        if not settings.uses_sqlite:
            jobs.append(self._sweep(stop))
        tasks = [asyncio.create_task(job) for job in jobs]
        stopping = asyncio.create_task(stop.wait())
        try:
            await _until(stopping, tasks)
        finally:
            stop.set()
            stopping.cancel()
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
            except Unauthorized:
                raise Refused("telegram.token") from None
            except Failure as error:
                log.warning("Telegram can't be reached yet: %s", error)
                await _either(stop, pause)
                pause = min(5.0, pause * 2)
            else:
                await self.app.db.run(lambda tx, name=str(me["username"]): meta.put(tx, "username", name))  # type: ignore[misc]
                self.identified.set()
                return

    async def _sweep(self, stop: asyncio.Event) -> None:
        """Delivers what commands of other processes owe; our own rows are handed over as they are committed."""
        while not stop.is_set():
            await _either(stop, SWEEP)
            self._owed = await self.app.resume(self._owed)

    def _webhook(self) -> Webhook | None:
        settings = self.app.settings
        if settings.webhook_url is None or settings.webhook_secret is None:
            return None
        path = urlsplit(settings.webhook_url).path or "/"
        return Webhook(self.app.accept, settings.webhook_secret.get_secret_value(), path, self.app.set_aside)

    async def _wrong(self) -> Sequence[str]:
        return [] if self.identified.is_set() else ["telegram.unreachable"]

    def _metrics(self) -> str:
        app = self.app
        lines = [
            f"anphuong_updates_handled_total {app.dispatch.handled}",
            f"anphuong_updates_quarantined_total {app.dispatch.quarantined}",
            f"anphuong_outbox_oldest_seconds {app.delivery.oldest():.3f}",
            *(
                f'anphuong_outbox_waiting{{lane="{lane.name.lower()}"}} {n}'
                for lane, n in app.delivery.waiting().items()
            ),
            *(f'anphuong_deliveries_total{{kind="{kind}"}} {n}' for kind, n in sorted(app.delivery.counters.items())),
            f"anphuong_job_failures_total {app.ticker.failures}",
        ]
        return "\n".join(lines) + "\n"


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
