"""`/metrics` for Prometheus. Loaded only where somebody listens: its library takes a megabyte.

Names and meanings stand in `docs/operations.md`; a test holds both together. No label names a person, a chat or a unit.
"""

import platform
from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from bot.build import App
from domain.alarms import Alarm
from domain.vitals import Vitals

PREFIX = "anphuong_"


def exposition(app: App, vitals: Vitals, alarms: frozenset[Alarm]) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    spans = [_deliveries(app), _commits(app)]
    registry.register(
        _Once([_build(app), *_gauges(vitals), *_by_lane(vitals), *_counters(app), *spans, _alarms(alarms)])
    )
    return generate_latest(registry)


class _Once:
    """What was measured just now, in the shape that the library asks for."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._found


def _gauges(vitals: Vitals) -> Iterator[Metric]:
    known = {
        "inbox_waiting": (vitals.inbox_waiting, "Updates that are committed and not yet handled."),
        "inbox_oldest_seconds": (vitals.inbox_oldest, "How long the oldest of them has waited."),
        "quarantined": (vitals.quarantined, "Updates that could not be handled and are kept for the operator."),
        "dead": (vitals.dead, "Messages that Telegram refuses for good."),
        "job_lag_seconds": (vitals.job_lag, "How long the most overdue job is overdue."),
        "summaries_missing": (vitals.summaries_missing, "Wards whose daily summary should have left and has not."),
        "last_summary_timestamp_seconds": (vitals.last_summary, "When the last daily summary was drawn up."),
        "last_backup_timestamp_seconds": (vitals.last_backup, "When the last good backup was made."),
        "disk_free_bytes": (vitals.disk_free, "Free space where DATA_DIR lies."),
        "telegram_silent_seconds": (vitals.telegram_silent, "Since Telegram last answered a call."),
        "database_silent_seconds": (vitals.database_silent, "Since the database last worked without trouble."),
    }
    for name, (value, meaning) in known.items():
        if value is not None:
            yield GaugeMetricFamily(PREFIX + name, meaning, value=value)


def _by_lane(vitals: Vitals) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(PREFIX + "outbox_waiting", "Messages that are owed and not yet sent.", labels=["lane"])
    oldest = GaugeMetricFamily(
        PREFIX + "outbox_oldest_seconds", "How long the oldest of them has waited.", labels=["lane"]
    )
    for lane, count in vitals.outbox_waiting.items():
        waiting.add_metric([lane], count)
        oldest.add_metric([lane], vitals.outbox_oldest[lane])
    yield waiting
    yield oldest


def _counters(app: App) -> Iterator[Metric]:
    sent = app.delivery.counters
    known = {
        "updates_handled": (app.dispatch.handled, "Updates handled since the start."),
        "updates_quarantined": (app.dispatch.quarantined, "Updates put aside since the start."),
        "telegram_429": (sent["429"], "Answers by which Telegram slowed us down."),
        "send_retries": (sent["retried"], "Sends that failed and were put back."),
        "job_failures": (app.ticker.failures, "Runs of jobs that failed."),
    }
    for name, (value, meaning) in known.items():
        yield CounterMetricFamily(PREFIX + name, meaning, value=value)
    ended = CounterMetricFamily(PREFIX + "deliveries", "Messages whose story ended, and how.", labels=["kind"])
    for kind in ("sent", "gone", "dead", "expired", "superseded", "vanished"):
        ended.add_metric([kind], sent[kind])
    yield ended


def _deliveries(app: App) -> Metric:
    spans = HistogramMetricFamily(
        PREFIX + "delivery_seconds", "From the commit of a message to Telegram's answer.", labels=["lane"]
    )
    for lane, spread in app.delivery.spans.items():
        spans.add_metric([lane.name.lower()], buckets=spread.classes(), sum_value=spread.total)
    return spans


def _commits(app: App) -> Metric:
    spread = app.db.commits
    return HistogramMetricFamily(
        PREFIX + "commit_seconds",
        "How long the database takes to make a commit durable.",
        spread.classes(),
        spread.total,
    )


def _build(app: App) -> Metric:
    known = {"version": version("anphuong"), "python": platform.python_version(), "database": app.db.dialect}
    info = GaugeMetricFamily(PREFIX + "build_info", "Always 1; its labels say what runs.", labels=list(known))
    info.add_metric(list(known.values()), 1)
    return info


def _alarms(standing: frozenset[Alarm]) -> Metric:
    found = GaugeMetricFamily(PREFIX + "alarm", "1 while an alarm stands.", labels=["alarm"])
    for alarm in Alarm:
        found.add_metric([alarm.value], alarm in standing)
    return found
