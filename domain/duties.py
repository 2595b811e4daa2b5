"""The rules of a recurring duty: a window with a deadline and a grace, and what counts as on time.

`scheduled -> due -> submitted | late | missed | excused` (`domain.md`).
A late entry is allowed and never counts as on time.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel

from domain.clocks import VIETNAM, ward_day
from domain.errors import Refused

# After the deadline an entry is late until here; then the duty is missed. No source names a figure: ours to configure.
GRACE = timedelta(days=3)


class DutyState(StrEnum):
    """`missed` may still become `late`: an honest late entry is better than none."""

    DUE = "due"
    SUBMITTED = "submitted"
    LATE = "late"
    MISSED = "missed"
    EXCUSED = "excused"


class Item(StrEnum):
    """What is looked at in a monthly equipment check (`domain.md`, groups)."""

    EXTINGUISHER = "extinguisher"
    DEMOLITION_TOOL = "demolition_tool"
    ALARM_BUTTON = "alarm_button"
    ALARM_BELL = "alarm_bell"
    SECOND_EXIT = "second_exit"
    ELECTRICAL_SAFETY = "electrical_safety"
    CLEAR_LANE = "clear_lane"


class Finding(StrEnum):
    """Met, not met, or not seen yet; *not seen* is neither."""

    OK = "ok"
    BAD = "bad"
    UNSEEN = "unseen"


class Duty(BaseModel, frozen=True):
    """One check of one group in one period."""

    id: str
    unit: str
    ward: str
    period: str
    due_at: datetime
    state: DutyState = DutyState.DUE
    submitted_at: datetime | None = None
    submitted_by: str | None = None
    items: dict[Item, Finding] = {}

    @property
    def done(self) -> bool:
        """Whether somebody has confirmed this period."""
        return self.submitted_at is not None


def period_of(day: date) -> str:
    """The month in which a day's equipment check falls."""
    return f"{day:%Y-%m}"


def deadline(period: str) -> datetime:
    """The end of the month, ward time."""
    year, month = (int(part) for part in period.split("-"))
    last = date(year, month, monthrange(year, month)[1])
    return datetime.combine(last + timedelta(days=1), time(), VIETNAM)


def last_day(duty: Duty) -> date:
    """The day that a reminder names as the deadline."""
    return ward_day(duty.due_at - timedelta(seconds=1))


def submit(duty: Duty, by: str, items: dict[Item, Finding], now: datetime) -> Duty:
    """The leader's word on every item. A second confirmation of the same period is refused and changes nothing."""
    if duty.submitted_at is not None:
        raise Refused("check_in.already_done", at=duty.submitted_at, period=duty.period)
    missing = [item for item in Item if item not in items]
    if missing:
        raise Refused("check_in.incomplete", left=len(missing))
    state = DutyState.SUBMITTED if now < duty.due_at else DutyState.LATE
    return duty.model_copy(update={"state": state, "submitted_at": now, "submitted_by": by, "items": items})


def advance(duty: Duty, now: datetime) -> Duty:
    """What time alone does to a duty: after the grace it is missed."""
    if duty.state is DutyState.DUE and now >= duty.due_at + GRACE:
        return duty.model_copy(update={"state": DutyState.MISSED})
    return duty


def all_ok() -> dict[Item, Finding]:
    """What *Đạt tất cả* stands for."""
    return dict.fromkeys(Item, Finding.OK)
