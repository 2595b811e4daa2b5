"""How a serving process fares at one moment: plain numbers, no word of anybody's and no id."""

from pydantic import BaseModel


class Vitals(BaseModel, frozen=True):
    """Ages and lags in seconds, 0 when nothing waits; moments in seconds since 1970, None when there is none yet."""

    inbox_waiting: int = 0
    inbox_oldest: float = 0.0
    quarantined: int = 0
    outbox_waiting: dict[str, int] = {}
    outbox_oldest: dict[str, float] = {}
    dead: int = 0
    dead_lately: int = 0
    people_damaged: int = 0
    summaries_missing: int = 0
    last_summary: float | None = None
    last_backup: float | None = None
    backup_age: float = 0.0
    backup_failed: bool = False
    job_lag: float = 0.0
    disk_free: int = 0
    telegram_silent: float = 0.0
    database_wrong: tuple[str, ...] = ()
    database_silent: float = 0.0

    @property
    def slowest(self) -> float:
        """How long the oldest message has waited to leave."""
        return max(self.outbox_oldest.values(), default=0.0)
