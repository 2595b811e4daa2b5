"""When to ring somebody, and when to leave them alone. Pure: vital signs and a clock in seconds are given.

Thresholds (`promises.md`, P19): a person who has written waits two minutes at most before somebody who
can mend the machine is told.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from domain.vitals import Vitals

MINUTE, HOUR = 60.0, 3600.0
DISK_NEEDED = 500 * 2**20  # bytes
REPEAT = 6 * HOUR  # a standing alarm is told again
CALM = 5 * MINUTE  # it is over when it has been well for so long: what comes and goes rings once


class Alarm(StrEnum):
    """What an operator must mend; the value is its code in `/readyz`, in metrics and in the words."""

    INBOX_LATE = "inbox_late"
    SUMMARY_MISSING = "summary_missing"
    DISK_LOW = "disk_low"
    TELEGRAM_SILENT = "telegram_silent"
    DATABASE_SILENT = "database_silent"
    DELIVERY_LATE = "delivery_late"
    DELIVERY_DEAD = "delivery_dead"
    BACKUP_MISSING = "backup_missing"
    PEOPLE_DAMAGED = "people_damaged"


RULES: dict[Alarm, Callable[[Vitals], bool]] = {
    Alarm.INBOX_LATE: lambda v: v.inbox_oldest > 2 * MINUTE,
    Alarm.SUMMARY_MISSING: lambda v: v.summaries_missing > 0,
    Alarm.DISK_LOW: lambda v: v.disk_free < DISK_NEEDED,
    Alarm.TELEGRAM_SILENT: lambda v: v.telegram_silent > 5 * MINUTE,
    Alarm.DATABASE_SILENT: lambda v: v.database_silent > MINUTE,
    # Ten thousand bulk messages need six minutes at Telegram's pace; half an hour is trouble.
    Alarm.DELIVERY_LATE: lambda v: v.slowest > HOUR / 2,
    Alarm.DELIVERY_DEAD: lambda v: v.dead_lately > 0,
    Alarm.BACKUP_MISSING: lambda v: v.backup_failed or v.backup_age > 26 * HOUR,
    Alarm.PEOPLE_DAMAGED: lambda v: v.people_damaged > 0,
}

# These mean that people wait or will; the others can be mended tomorrow and don't make the process unready.
STOPPING = frozenset(Alarm) - {Alarm.DELIVERY_DEAD, Alarm.BACKUP_MISSING, Alarm.PEOPLE_DAMAGED}


def wrong(vitals: Vitals) -> frozenset[Alarm]:
    """What is wrong at this moment."""
    return frozenset(alarm for alarm, rule in RULES.items() if rule(vitals))


class Ring(BaseModel, frozen=True):
    """Something to tell the operator."""

    alarm: Alarm
    kind: Literal["begins", "goes_on", "over"]


class Standing(BaseModel, frozen=True):
    """An alarm that was told and is not over: when it was last told and when it was last seen, in seconds."""

    told: float
    seen: float


class Bell(BaseModel, frozen=True):
    """Which alarms stand."""

    standing: dict[Alarm, Standing] = {}

    def hear(self, found: Iterable[Alarm], now: float) -> tuple["Bell", list[Ring]]:
        """The bell after a look, and what is to be told: one ring when an alarm begins, one when it is over, one every
        six hours between. `now` in seconds, of a clock that nobody moves."""
        seen = frozenset(found)
        standing, rings = dict(self.standing), []
        for alarm in Alarm:
            held = standing.get(alarm)
            if alarm in seen:
                due = held is None or now - held.told >= REPEAT
                if due:
                    rings.append(Ring(alarm=alarm, kind="begins" if held is None else "goes_on"))
                standing[alarm] = Standing(told=now if held is None or due else held.told, seen=now)
            elif held is not None and now - held.seen >= CALM:
                del standing[alarm]
                rings.append(Ring(alarm=alarm, kind="over"))
        return Bell(standing=standing), rings
