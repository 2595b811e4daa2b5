"""The clocks of a tip and the days of a ward; every figure here is configurable data with its source.

Sources (`domain.md`, tips): local service levels exist, intake within 8 working hours, urgent within 4 hours;
verification within 20 days of receipt. A question to the informant pauses the clock for at most three days.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
QUARTER = timedelta(minutes=15)


class Clocks(BaseModel, frozen=True):
    """The time limits of one ward."""

    zone: str = "Asia/Ho_Chi_Minh"
    working_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    working_hours: tuple[tuple[time, time], ...] = ((time(7, 30), time(11, 30)), (time(12, 30), time(16, 30)))
    receive_within: timedelta = timedelta(hours=8)
    receive_urgent_within: timedelta = timedelta(hours=4)
    verify_within: timedelta = timedelta(days=20)
    longest_pause: timedelta = timedelta(days=3)
    undo_close_within: timedelta = timedelta(minutes=10)
    open_urgent_within: timedelta = timedelta(seconds=60)

    def receive_by(self, opened: datetime, urgent: bool) -> datetime:
        """When a tip must have been received: working hours, except that urgent ones run round the clock."""
        if urgent:
            return opened + self.receive_urgent_within
        return self._after_working(opened, self.receive_within)

    def pause(self, asked_at: datetime | None, now: datetime) -> timedelta:
        """How long a question to the informant has stopped a tip's clock: three days at most."""
        if asked_at is None:
            return timedelta(0)
        return max(timedelta(0), min(now - asked_at, self.longest_pause))

    def _after_working(self, start: datetime, span: timedelta) -> datetime:
        zone = ZoneInfo(self.zone)
        day = start.astimezone(zone).date()
        while True:
            for begins, ends in self.working_hours if day.weekday() in self.working_days else ():
                begin = max(datetime.combine(day, begins, zone), start)
                end = datetime.combine(day, ends, zone)
                if begin < end:
                    if span <= end - begin:
                        return begin + span
                    span -= end - begin
            day += timedelta(days=1)


def local(moment: datetime) -> datetime:
    """A moment as the ward's clocks show it."""
    return moment.astimezone(VIETNAM)


def ward_day(moment: datetime) -> date:
    """The ward's calendar day of a moment."""
    return local(moment).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The two midnights of a ward's day; a moment belongs to it when `begin <= moment < end`."""
    begin = datetime.combine(day, time(), VIETNAM)
    return begin, datetime.combine(day + timedelta(days=1), time(), VIETNAM)


def next_hour(moment: datetime) -> datetime:
    """The full hour after a moment: what is kept at least a day may be kept an hour longer, and tells no minute."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def quarter_hour(moment: datetime) -> datetime:
    """What officers see of a hidden tip's time: a quarter of an hour, not the minute (`promises.md`, P7)."""
    shown = local(moment)
    return shown.replace(minute=shown.minute - shown.minute % 15, second=0, microsecond=0)


def late_in_quarters(late: timedelta) -> int:
    """How long something is overdue at a full quarter-hour, in seconds: in quarter-hours too, and never none."""
    return max(int(QUARTER.total_seconds()), in_quarters(late))


def in_quarters(span: timedelta) -> int:
    """The seconds of a span in full quarter-hours; 0 of a negative one."""
    return max(0, span // QUARTER) * int(QUARTER.total_seconds())
