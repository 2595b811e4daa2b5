"""The table of jobs: what happens by the clock, to which unit, for which period, and how late it may be caught up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cases import checking, nights, periodic, reminding, tidying
from domain.clocks import VIETNAM, local
from domain.provinces import settles
from domain.spans import ended_on
from storage.unit import Unit

One = Callable[[Unit, str, date], Awaitable[object]]
Act = Callable[[Unit, Sequence[str], date], Awaitable[object]]
WARDS_AT_ONCE = 128  # whose day is closed in one transaction: a tenth of the work, some 12 ms of it


def _every(_: date) -> bool:
    return True


@dataclass(frozen=True)
class Job:
    """One line of the table. `of_yesterday`: the job treats the day that has just ended.

    `act` None: the process itself does it (one of the ticker's chores), as it takes longer than a transaction may.
    `grace` is how many past days are caught up after an outage; each of them once. `only`: days that it has work on.
    `at_once`: how many units share a transaction; where one of them fails, each has its own.
    """

    name: str
    at: time
    act: Act | None
    grace: timedelta
    of_yesterday: bool = False
    only: Callable[[date], bool] = _every
    at_once: int = 1

    def due_at(self, day: date) -> datetime:
        """The moment from which the job of a day is due."""
        return datetime.combine(day + timedelta(days=1 if self.of_yesterday else 0), self.at, VIETNAM)

    def days(self, now: datetime, first: date) -> list[date]:
        """The days that are due at this moment, oldest first; nothing before the installation's first day."""
        here = local(now)
        last = here.date() if here.time() >= self.at else here.date() - timedelta(days=1)
        oldest = max(last - self.grace, first)
        count = (last - oldest).days + 1
        shift = timedelta(days=1 if self.of_yesterday else 0)
        days = [oldest + timedelta(days=n) - shift for n in range(count)]
        return [day for day in days if day >= first and self.only(day)]


def _each(one: One) -> Act:
    """What is done for one unit after the other."""

    async def act(unit: Unit, units: Sequence[str], day: date) -> None:
        for code in units:
            await one(unit, code, day)

    return act


async def _open_duties(unit: Unit, ward: str, day: date) -> None:
    await checking.open_all(unit, ward, day)


async def _advance_duties(unit: Unit, ward: str, day: date) -> None:
    await reminding.advance(unit, ward, day)


async def _close_days(unit: Unit, wards: Sequence[str], day: date) -> None:
    await nights.close_days(unit, wards, day)


async def _daily_summary(unit: Unit, ward: str, day: date) -> None:
    await nights.send_summary(unit, ward, day)


async def _periodic_reports(unit: Unit, ward: str, day: date) -> None:
    await periodic.send(unit, ward, day)


async def _province_month(unit: Unit, province: str, day: date) -> None:
    # Few look after a province: an idle bot stays small.
    from cases import province_month

    await province_month.send(unit, province, day)


def _settles_something(day: date) -> bool:
    return settles(day) is not None


def _ends_something(day: date) -> bool:
    return bool(ended_on(day))


async def _pledge_reminder(unit: Unit, ward: str, day: date) -> None:
    if await unit.book.has(ward, "pledge"):
        # Only where a pledge was ever opened: an idle bot has no use for their models.
        from cases import pledges

        await pledges.remind(unit, ward, day)


async def _retention(unit: Unit, ward: str, day: date) -> None:
    await tidying.tidy(unit)


# One day is enough for what only concerns today; figures and summaries are caught up for longer.
JOBS: tuple[Job, ...] = (
    Job("open_duties", time(0, 1), _each(_open_duties), timedelta(0)),
    Job("close_day", time(0, 0), _close_days, timedelta(days=31), of_yesterday=True, at_once=WARDS_AT_ONCE),
    Job("retention", time(3, 0), _each(_retention), timedelta(0)),
    # After the nightly erasing, so that nothing is left of what it has erased.
    Job("forget_order", time(3, 5), None, timedelta(0)),
    # What was erased is not in the night's backup.
    Job("backup", time(3, 15), None, timedelta(0), of_yesterday=True),
    Job("daily_summary", time(7, 0), _each(_daily_summary), timedelta(days=7), of_yesterday=True),
    # On the morning after a week, an official month, quarter, half year or year; reports are sent once for each ward.
    Job(
        "periodic_reports",
        time(7, 30),
        _each(_periodic_reports),
        timedelta(days=7),
        of_yesterday=True,
        only=_ends_something,
    ),
    # Once a month, when late events change it no more; until the next but a few days it is made up for.
    Job("province_month", time(7, 30), _each(_province_month), timedelta(days=20), only=_settles_something),
    Job("advance_duties", time(8, 0), _each(_advance_duties), timedelta(0)),
    # Who hasn't signed a pledge is reminded once, in its last days, after work; the next day makes up for a missed one.
    Job("pledge_reminder", time(18, 0), _each(_pledge_reminder), timedelta(0)),
)
BY_NAME = {job.name: job for job in JOBS}
# Jobs that treat the whole installation once, not each ward.
OF_EVERYBODY = frozenset({"retention", "forget_order", "backup"})
# Jobs that treat each province.
OF_PROVINCES = frozenset({"province_month"})
EVERYBODY = "-"


async def units_of_jobs(unit: Unit) -> Callable[[str], Sequence[str]]:
    """For whom a job runs, by its name: every ward, every province, or all together."""
    wards = [ward.code for ward in await unit.places.wards()]
    provinces = [province.code for province in await unit.places.provinces()]

    def of(name: str) -> Sequence[str]:
        if name in OF_EVERYBODY:
            return (EVERYBODY,)
        return provinces if name in OF_PROVINCES else wards

    return of
