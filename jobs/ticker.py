"""What is due now, for whom: APScheduler wakes the ticker, a row in `slots` decides who runs what, exactly once."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar

from cases import tidying, watching
from domain.clocks import ward_day
from domain.errors import Refused
from jobs.schedule import BY_NAME, EVERYBODY, JOBS, Job, units_of_jobs
from storage.engine import Busy, Full, Gone
from storage.unit import Unit

log = logging.getLogger(__name__)
T = TypeVar("T")
# Runs a function in a unit of its own and commits it; what it owes is delivered after the commit.
InUnit = Callable[[Callable[[Unit], Awaitable[T]]], Awaitable[T]]
Chore = Callable[[date], Awaitable[None]]
WAITS = (Busy, Full, Gone)  # failures of the database that pass by waiting
CHORE_PAUSE = 900.0  # seconds before a chore that failed is tried again


class Ticker:
    """Runs what the table of jobs says is due. A job that fails is tried again at the next tick."""

    def __init__(
        self,
        in_unit: InUnit[Any],
        read: InUnit[list[tuple[Job, str, date]]],
        first_day: date,
        chores: Mapping[str, Chore] | None = None,
    ) -> None:
        self._units = in_unit
        self._turn = asyncio.Lock()
        self._read = read
        self._first_day = first_day
        self.failures = 0
        self._chores = chores or {}
        self._chore: asyncio.Task[bool] | None = None
        self._chores_rest_until = 0.0
        self._overdue: datetime | None = None  # since when the oldest job is due that has not run

    def lag(self, now: datetime) -> float:
        """Seconds since the most overdue job was due; 0 when nothing is overdue."""
        return 0.0 if self._overdue is None else max(0.0, (now - self._overdue).total_seconds())

    async def watch(self) -> None:
        """What can't wait for a job of the day; each thing once, by the state of its own row."""
        for work in watching.WATCHED:
            await self._beside(work)

    async def tick(self) -> int:
        """Runs everything that is due and has not run. Returns how many slots were run."""
        for work in (*watching.WATCHED, tidying.forget_talks):
            await self._beside(work)
        ran, left = 0, await self._read(self._due)
        self._overdue = _oldest(left)
        failed = [(job, code, day) for job, code, day in left if job.name in self._chores]
        for job, units, day in _batches(left):
            done, open_still = await self._run(job, units, day)
            ran += done
            failed += [(job, code, day) for code in open_still]
        self._overdue = _oldest(failed)
        return ran

    async def _run(self, job: Job, units: Sequence[str], day: date) -> tuple[int, Sequence[str]]:
        """One job for some units, in one transaction. Returns how many slots were run, and which units failed."""
        try:
            return await self._in_unit(lambda unit: run_slots(unit, job, units, day)), ()
        except Exception as error:
            if len(units) > 1 and not isinstance(error, WAITS):
                # One of them may be what fails: it must not keep the others from theirs.
                each = [await self._run(job, (code,), day) for code in units]
                return sum(done for done, _ in each), [code for _, failed in each for code in failed]
            # The slots stay open for the next tick.
            self.failures += 1
            log.exception("job %(job)s of %(unit)s for %(day)s failed", {"job": job.name, "unit": units[0], "day": day})
            return 0, units

    async def _beside(self, work: Callable[[Unit], Awaitable[object]]) -> None:
        """What is done besides the jobs: nothing else may hang on it, and the next look tries again."""
        try:
            await self._in_unit(work)
        except WAITS:
            raise  # the jobs would wait for the database too
        except Exception:
            self.failures += 1
            log.exception("%s failed", work.__name__)

    async def begin_chores(self) -> asyncio.Task[bool] | None:
        """Begins the chores that are due, beside everything else; a slot is taken when its chore is done."""
        if (self._chore is not None and not self._chore.done()) or time.monotonic() < self._chores_rest_until:
            return None
        first = await self._next_chore()
        if first is None:
            return None
        self._chore = asyncio.create_task(self._do_all(*first))
        return self._chore

    async def chore(self, job: Job, day: date) -> bool:
        """A chore of a day, once. Returns whether it was done now; whatever goes wrong is raised."""

        async def take(unit: Unit) -> bool:
            return await unit.slots.take(job.name, EVERYBODY, _period(unit.now, job, day))

        async def taken(unit: Unit) -> list[tuple[Job, str, date]]:
            period = _period(unit.now, job, day)
            return [(job, EVERYBODY, day)] if (EVERYBODY, period) in await unit.slots.taken(job.name, period) else []

        if await self._read(taken):
            return False
        await self._chores[job.name](day)
        return await self._in_unit(take)

    async def close(self) -> None:
        """Gives up the chore that is being done; its slot stays open."""
        if self._chore is not None:
            self._chore.cancel()
            await asyncio.gather(self._chore, return_exceptions=True)

    async def _in_unit(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """One unit at a time, first come first served: a look waits for one job, and they don't undo each other."""
        async with self._turn:
            done: T = await self._units(work)
            return done

    async def _next_chore(self) -> tuple[Job, date] | None:
        due = await self._read(self._due)
        return next(((job, day) for job, _, day in due if job.name in self._chores), None)

    async def _do_all(self, job: Job, day: date) -> bool:
        """One chore after the other; what falls due meanwhile waits for no tick."""
        done = await self._do(job, day)
        while done:
            try:
                following = await self._next_chore()
            except Exception:
                log.exception("it could not be seen which chore is next")
                return False
            if following is None:
                return True
            done = await self._do(*following)
        return False

    async def _do(self, job: Job, day: date) -> bool:
        try:
            return await self.chore(job, day)
        except Exception:
            self.failures += 1
            self._chores_rest_until = time.monotonic() + CHORE_PAUSE
            log.exception("job %s for %s failed", job.name, day)
            return False

    async def _due(self, unit: Unit) -> list[tuple[Job, str, date]]:
        units = await units_of_jobs(unit)
        due = []
        for job in JOBS:
            days = job.days(unit.now, self._first_day)
            if not days:
                continue
            taken = await unit.slots.taken(job.name, days[0].isoformat())
            due += [
                (job, code, day) for day in days for code in units(job.name) if (code, day.isoformat()) not in taken
            ]
        return due


def _batches(due: Iterable[tuple[Job, str, date]]) -> Iterator[tuple[Job, Sequence[str], date]]:
    """What shares a transaction, in the order in which it is due; chores have none."""
    for (job, day), group in groupby(due, key=lambda one: (one[0], one[2])):
        if job.act is not None:
            for units in _parts(job, [code for _, code, _ in group]):
                yield job, units, day


def _parts(job: Job, units: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(units), job.at_once):
        yield units[at : at + job.at_once]


def _oldest(due: list[tuple[Job, str, date]]) -> datetime | None:
    return min((job.due_at(day) for job, _, day in due), default=None)


async def run_slots(unit: Unit, job: Job, units: Sequence[str], day: date) -> int:
    """One job of a day for those of these units for which nobody has run it; returns how many.

    What it changes and its slots are committed together.
    """
    period = _period(unit.now, job, day)
    if job.at_once == 1:
        taken = [code for code in units if await unit.slots.take(job.name, code, period)]
    else:
        ours = await unit.slots.take_all(job.name, units, period)
        taken = [code for code in units if code in ours]
    if taken and job.act is not None:
        await job.act(unit, taken, day)
    return len(taken)


async def run_by_hand(unit: Unit, name: str, day: date) -> int:
    """`job NAME --date`: the job of a day for every ward or province, each once. Returns how many were run now."""
    job = BY_NAME.get(name)
    if job is None:
        raise Refused("job.unknown", name=name, known=", ".join(BY_NAME))
    if day > ward_day(unit.now):
        raise Refused("report.future", day=day)
    units = await units_of_jobs(unit)
    return sum([await run_slots(unit, job, some, day) for some in _parts(job, units(name))])


def _period(now: datetime, job: Job, day: date) -> str:
    # What was drawn up of a day that still ran does not stand in for the whole day.
    unfinished = job.of_yesterday and ward_day(now) == day
    return f"{day.isoformat()}/unfinished" if unfinished else day.isoformat()
