"""Looks at the serving process from outside its work: what waits, since when, and who has not answered for how long."""

import asyncio
import logging
import shutil
import time
from datetime import UTC, date, datetime, timedelta

from bot.build import App
from bot.probe import Probe
from domain.clocks import day_bounds
from domain.vitals import Vitals
from jobs.schedule import BY_NAME
from storage.engine import DatabaseFailure
from storage.health import SUMMARY, Health, health

log = logging.getLogger(__name__)

PATIENCE = 3.0  # seconds for the database to answer
SUMMARY_GRACE = timedelta(minutes=30)


class Look:
    """Vital signs of an app. Asking costs a few milliseconds; it never raises and never waits longer than PATIENCE."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._probe = Probe(app.db)
        self._known = Health(None, 0, 0, 0, 0, None, None)
        self._well = time.monotonic()  # when the database was last without trouble

    async def vitals(self) -> Vitals:
        """How it fares now. What only the database knows stays as it last said while it does not answer."""
        app, now = self._app, self._app.bench.now()
        try:
            async with asyncio.timeout(PATIENCE), app.db.reading() as tx:
                self._known = await health(tx, now, self._summary_of(now))
        except (DatabaseFailure, TimeoutError) as error:
            log.warning("the database does not tell how it fares: %s", type(error).__name__)
        # A full disk may have room for a small row and none for a batch: what fails is believed before what works.
        codes = {app.trouble, app.dispatch.trouble, await self._probe.wrong()} - {None}
        if not codes:
            self._well = time.monotonic()
        known = self._known
        waiting = app.delivery.lanes()
        return Vitals(
            inbox_waiting=app.dispatch.waiting(),
            inbox_oldest=_since(known.oldest, now),
            quarantined=known.quarantined,
            outbox_waiting={lane.name.lower(): count for lane, (count, _) in waiting.items()},
            outbox_oldest={lane.name.lower(): age for lane, (_, age) in waiting.items()},
            dead=known.dead,
            dead_lately=known.dead_lately,
            people_damaged=len(app.vault.damaged),
            summaries_missing=known.summaries_missing,
            last_summary=_stamp(known.last_summary),
            last_backup=_stamp(known.last_backup),
            # An installation of today has had no night yet in which a backup could be made.
            backup_age=_since(known.last_backup or day_bounds(app.first_day)[1], now),
            backup_failed=app.backups.failed and not app.backups.busy,
            job_lag=app.ticker.lag(now),
            disk_free=shutil.disk_usage(app.settings.data_dir).free,
            telegram_silent=time.monotonic() - app.api.heard_at,
            database_wrong=tuple(sorted(code for code in codes if code is not None)),
            database_silent=time.monotonic() - self._well if codes else 0.0,
        )

    def _summary_of(self, now: datetime) -> date | None:
        days = BY_NAME[SUMMARY].days(now - SUMMARY_GRACE, self._app.first_day)
        return days[-1] if days else None


def _since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


def _stamp(moment: datetime | None) -> float | None:
    return None if moment is None else moment.astimezone(UTC).timestamp()
