"""What the process says of itself is what there is, and each figure of `/metrics` is the one that its name promises."""

import shutil
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import PREFIX, exposition
from bot.vitals import Look
from domain.alarms import HOUR, MINUTE, Alarm, wrong
from domain.errors import Refused
from domain.vitals import Vitals
from tests.operations.conftest import FIRST, Home


async def test_a_silent_telegram_is_seen(home: Home) -> None:
    async with home.open() as app:
        look = Look(app)
        assert wrong(await look.vitals()) == frozenset()
        app.api.heard_at -= 5 * MINUTE + 1
        assert wrong(await look.vitals()) == {Alarm.TELEGRAM_SILENT}


async def test_the_disk_is_that_of_the_data(home: Home) -> None:
    async with home.open() as app:
        told = (await Look(app).vitals()).disk_free
    assert told == pytest.approx(shutil.disk_usage(home.settings.data_dir).free, rel=0.2)


async def test_a_night_without_a_backup_and_a_failed_one_are_seen(home: Home) -> None:
    async with home.open() as app:
        look = Look(app)
        home.now = FIRST + timedelta(days=3)
        assert Alarm.BACKUP_MISSING in wrong(await look.vitals())
        await app.backups.of_night(home.now.date())
        assert Alarm.BACKUP_MISSING not in wrong(await look.vitals())
        with pytest.raises(Refused):
            await app.backups.make(home.folder / "keys" / "master.key" / "x")
        assert Alarm.BACKUP_MISSING in wrong(await look.vitals())


async def test_a_job_that_fails_lags_behind_until_it_has_run(home: Home) -> None:
    async with home.open() as app:
        async with app.db.transaction() as tx:
            await tx.execute("CREATE TRIGGER no BEFORE INSERT ON day_figures BEGIN SELECT RAISE(ABORT, 'no'); END")
        home.tomorrow(9)
        await app.ticker.tick()
        assert (await Look(app).vitals()).job_lag == 9 * HOUR, "since midnight"
        async with app.db.transaction() as tx:
            await tx.execute("DROP TRIGGER no")
        home.tomorrow(10)
        await app.ticker.tick()
        assert (await Look(app).vitals()).job_lag < 7 * HOUR, (
            "since five past three: the chores, which nobody has begun"
        )


async def test_each_figure_stands_under_its_name(home: Home) -> None:
    vitals = Vitals(
        inbox_waiting=1,
        inbox_oldest=2.0,
        quarantined=3,
        outbox_waiting={"urgent": 4, "bulk": 5},
        outbox_oldest={"urgent": 6.0, "bulk": 7.0},
        dead=8,
        summaries_missing=9,
        last_summary=10.0,
        last_backup=11.0,
        job_lag=12.0,
        disk_free=13,
        telegram_silent=14.0,
        database_silent=15.0,
    )
    async with home.open() as app:
        app.delivery.counters.update({"429": 16, "retried": 17, "sent": 18, "gone": 19, "dead": 20})
        text = exposition(app, vitals, frozenset({Alarm.INBOX_LATE})).decode()
    told = {
        (sample.name.removeprefix(PREFIX), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert {
        ("inbox_waiting",): 1,
        ("inbox_oldest_seconds",): 2,
        ("quarantined",): 3,
        ("outbox_waiting", "urgent"): 4,
        ("outbox_waiting", "bulk"): 5,
        ("outbox_oldest_seconds", "urgent"): 6,
        ("outbox_oldest_seconds", "bulk"): 7,
        ("dead",): 8,
        ("summaries_missing",): 9,
        ("last_summary_timestamp_seconds",): 10,
        ("last_backup_timestamp_seconds",): 11,
        ("job_lag_seconds",): 12,
        ("disk_free_bytes",): 13,
        ("telegram_silent_seconds",): 14,
        ("database_silent_seconds",): 15,
        ("telegram_429_total",): 16,
        ("send_retries_total",): 17,
        ("deliveries_total", "sent"): 18,
        ("deliveries_total", "gone"): 19,
        ("deliveries_total", "dead"): 20,
        ("alarm", "inbox_late"): 1,
        ("alarm", "disk_low"): 0,
    }.items() <= told.items()
