"""What the database can tell of how the installation fares: a few small questions, answered from indexes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from storage import meta
from storage.engine import Dialect, Transaction
from storage.records import from_ms, to_ms

SUMMARY = "daily_summary"
LATELY = timedelta(days=1)  # how long a message that Telegram refused for good is news


@dataclass(frozen=True)
class Health:
    """`oldest`: when the oldest update that still waits came in. `dead`: messages refused for good, `dead_lately` those
    of the last day. `summaries_missing`: wards without the summary of the day that was asked for; `last_summary`: when
    the last one of that day or the day before was drawn up. `last_backup`: when the last good backup was made."""

    oldest: datetime | None
    quarantined: int
    dead: int
    dead_lately: int
    summaries_missing: int
    last_summary: datetime | None
    last_backup: datetime | None


async def health(tx: Transaction, now: datetime, summary_of: date | None) -> Health:
    """How the installation fares; `summary_of` is the newest day whose summaries should have left, None: no day yet."""
    day = summary_of or date.min
    before = day - timedelta(days=1) if summary_of else day
    oldest, bad, dead, summaries = await tx.fetch_all(
        [
            ("SELECT received_at FROM inbox WHERE state = 'open' ORDER BY update_id LIMIT 1", {}),
            ("SELECT COUNT(*) AS number FROM inbox WHERE state = 'bad'", {}),
            (
                "SELECT COUNT(*) AS number, SUM(CASE WHEN at > :since THEN 1 ELSE 0 END) AS lately FROM undelivered",
                {"since": to_ms(now - LATELY)},
            ),
            (
                "SELECT COUNT(DISTINCT places.code) AS wards, MAX(slots.done_at) AS last, "
                "COUNT(CASE WHEN slots.period = :day THEN 1 END) AS sent FROM places LEFT JOIN slots "
                "ON slots.job = :job AND slots.unit = places.code AND slots.period IN (:day, :before) "
                "WHERE places.kind = 'ward'",
                {"job": SUMMARY, "day": day.isoformat(), "before": before.isoformat()},
            ),
        ]
    )
    return Health(
        oldest=from_ms(oldest[0]["received_at"]) if oldest else None,
        quarantined=bad[0]["number"],
        dead=dead[0]["number"],
        dead_lately=dead[0]["lately"] or 0,
        summaries_missing=max(0, summaries[0]["wards"] - summaries[0]["sent"]) if summary_of else 0,
        last_summary=from_ms(summaries[0]["last"]),
        last_backup=await last_backup(tx),
    )


async def last_backup(tx: Transaction) -> datetime | None:
    """When the last good backup was made."""
    known = await meta.get(tx, meta.LAST_BACKUP)
    return None if known is None else from_ms(int(known))


async def backed_up(tx: Transaction, at: datetime) -> None:
    """A good backup was made."""
    await meta.put(tx, meta.LAST_BACKUP, str(to_ms(at)))


async def engine_version(tx: Transaction, dialect: Dialect) -> str:
    """The version of the database's own program, such as 3.53.4 or 17.2."""
    asks = {
        "sqlite": "SELECT sqlite_version() AS version",
        "postgresql": "SELECT current_setting('server_version') AS version",
    }
    row = await tx.fetch_one(asks[dialect])
    return str(row["version"]) if row else "0"
