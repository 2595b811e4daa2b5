"""The rules of a recurring duty: a window with a deadline and a grace, and what counts as on time.

`scheduled -> due -> submitted | late | missed | excused` (`domain.md`).
A late entry is allowed and never counts as on time.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel

from domain.clocks import VIETNAM, local, ward_day
from domain.errors import Refused

# After the deadline an entry is late until here; then the duty is missed. No source names a figure: ours to configure.
GRACE = timedelta(days=3)
# How many days before the deadline a leader is reminded, at what time *Nhắc tối nay* comes, and how long after it is
# asked for when that has passed. Ours to configure too.
REMIND_BEFORE = (5, 1, 0)
TONIGHT = time(19)
SOON = timedelta(hours=1)
# Nobody's phone rings for a check outside these hours.
DAYTIME = (time(7), time(21))


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
    observed_on: date | None = None
    """The day on which the equipment was looked at; `submitted_at` is when that was told."""
    items: dict[Item, Finding] = {}
    away: tuple[str, ...] = ()
    """Who said that they can't this time: they are not reminded again in this period."""
    warned_on: date | None = None
    """The day on which the leader was told that somebody else will be asked."""
    handed_on: date | None = None
    """The day on which somebody else was asked."""

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


def last_day_of(period: str) -> date:
    """The last day on which a check of this period is on time."""
    return ward_day(deadline(period) - timedelta(seconds=1))


def last_day(duty: Duty) -> date:
    """The day that a reminder names as the deadline."""
    return ward_day(duty.due_at - timedelta(seconds=1))


def submit(duty: Duty, by: str, items: dict[Item, Finding], now: datetime, observed_on: date | None = None) -> Duty:
    """The leader's word on every item, as seen on a day (by default today).

    A second confirmation of the same period is refused and changes nothing. When it was seen makes nothing on time.
    """
    refuse_if_done(duty)
    missing = [item for item in Item if item not in items]
    if missing:
        raise Refused("check_in.incomplete", left=len(missing))
    seen = observed_on or ward_day(now)
    refuse_day(duty.period, seen, ward_day(now))
    state = DutyState.SUBMITTED if now < duty.due_at else DutyState.LATE
    said = {"state": state, "submitted_at": now, "submitted_by": by, "observed_on": seen, "items": items}
    return duty.model_copy(update=said)


def refuse_if_done(duty: Duty) -> None:
    """Raises Refused when somebody has confirmed this period already."""
    if duty.submitted_at is not None:
        raise Refused("check_in.already_done", at=duty.submitted_at, month=int(duty.period[5:]))


def refuse_day(period: str, seen: date, today: date) -> None:
    """Raises Refused when a check of this period can't have been seen on that day."""
    if seen > today:
        raise Refused("check_in.day_to_come", day=seen)
    first = date.fromisoformat(f"{period}-01")
    if seen < first:
        raise Refused("check_in.day_before_period", day=seen, first=first)


def advance(duty: Duty, now: datetime) -> Duty:
    """What time alone does to a duty: after the grace it is missed."""
    if duty.state is DutyState.DUE and now >= duty.due_at + GRACE:
        return duty.model_copy(update={"state": DutyState.MISSED})
    return duty


def all_ok() -> dict[Item, Finding]:
    """What *Đạt tất cả* stands for."""
    return dict.fromkeys(Item, Finding.OK)


class Step(StrEnum):
    """What a day brings to a check that nobody has confirmed: the leader first, then whoever can stand in."""

    REMIND = "remind"
    WARN = "warn"
    HAND_OVER = "hand_over"


def step(duty: Duty, day: date) -> Step | None:
    """The rung of the reminder ladder for a day.

    Reminders before the deadline; once it has passed the leader is warned, and only on a later day somebody else is
    asked. An outage shifts the rungs and never skips the warning. What was handed on before the warning doesn't count:
    the warning has promised somebody else for the day after.
    """
    if duty.done or duty.state is not DutyState.DUE:
        return None
    left = (last_day(duty) - day).days
    if left >= 0:
        return Step.REMIND if left in REMIND_BEFORE else None
    if duty.warned_on is None:
        return Step.WARN
    handed = duty.handed_on is not None and duty.handed_on >= duty.warned_on
    return Step.HAND_OVER if day > duty.warned_on and not handed else None


def tonight(now: datetime, due_at: datetime) -> datetime:
    """When *Nhắc tối nay* comes: at seven this evening, then an hour later; by night, tomorrow at seven.

    On the last day always before midnight: a reminder that comes when the check is late is none.
    """
    here = local(now)
    evening = datetime.combine(here.date(), TONIGHT, VIETNAM)
    if here < evening:
        return evening
    tomorrow = evening + timedelta(days=1)
    last = now < due_at <= tomorrow
    if not last and not is_daytime(now):
        return tomorrow
    return now + (min(SOON, (due_at - now) / 2) if last else SOON)


def is_daytime(now: datetime) -> bool:
    """Whether a reminder may ring now."""
    return DAYTIME[0] <= local(now).time() < DAYTIME[1]


def may_come(at: datetime, now: datetime) -> bool:
    """Whether a reminder that was asked for may come now: by day, or on the evening for which it was promised."""
    return is_daytime(now) or (not is_daytime(at) and local(at).date() == local(now).date())


class Reminder(BaseModel, frozen=True):
    """*Nhắc tối nay*: one more reminder to one person; a row that goes when it is sent."""

    id: str
    contact: str
    unit: str
    period: str
    at: datetime
