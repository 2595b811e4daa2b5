"""Figures at scale, long form: `python -m tests.torture.figures --tips 10000000` (some 25 GB of disk, half an hour).

Fills a database (`many_tips.py`), lets the product close the newest days, and measures how fast they are read and
kept, on one core. Medians with the slowest beside them; the short form in `test_figures.py` asserts that the numbers
are right.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from bot.serve import look_through_seldom
from cases import figures, nights, people
from domain.clocks import VIETNAM, Clocks
from domain.people import Person, Role
from domain.periods import OFFICIAL, Month, month_of
from domain.places import Place, UnitKind
from jobs.schedule import WARDS_AT_ONCE
from locales import words
from reports import chart, daily
from reports.painter import Painter
from storage import meta
from storage.engine import Database, open_database
from storage.migrate import migrate
from storage.outbox import Numbers
from storage.unit import Unit
from storage.vault import Vault
from tests.torture.many_tips import LAST, Scale, fill

T = TypeVar("T")
MORNING = datetime(LAST.year, LAST.month, LAST.day, 7, tzinfo=VIETNAM) + timedelta(days=1)
AGAIN = ", again"  # when it needs no disk


@dataclass
class Installation:
    """A filled database and the clock of the morning after its last day."""

    db: Database
    scale: Scale
    now: datetime = MORNING
    vault: Vault = field(default_factory=lambda: Vault(b"a master key for the tests only."))
    numbers: Numbers = field(default_factory=Numbers)

    async def act(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Something that a job does, committed."""

        async def run(tx: Any) -> T:
            unit = Unit(tx, self.vault, self.now, self.numbers, Clocks())
            result = await work(unit)
            await unit.flush()
            return result

        return await self.db.run(run)

    async def read(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Something that only reads."""
        async with self.db.reading() as tx:
            return await work(Unit(tx, self.vault, self.now, self.numbers, Clocks()))

    async def settle(self) -> None:
        """Every ward, and its chief, who reads the summary."""

        async def places(unit: Unit) -> None:
            await meta.put(unit.tx, meta.FIRST_DAY, self.scale.first.isoformat())
            for code in self.scale.codes:
                valid = date(2025, 7, 1)
                unit.places.save(Place(code=code, name=code, kind=UnitKind.WARD, valid_from=valid, source="test"))

        async def chiefs(unit: Unit) -> None:
            for number, code in enumerate(self.scale.codes):
                payload = await people.invite(unit, Role.WARD_CHIEF, code)
                contact = await people.agree(unit, Person(chat=7_000_000_000 + number, name="Ba", language="vi"), None)
                await people.join(unit, contact, payload)

        await self.act(places)
        await self.act(chiefs)

    async def night(self, day: date, at_once: int, wards: Sequence[str] | None = None) -> tuple[float, float]:
        """Closes a day of every ward (or of these), so many in a transaction (the ticker: one).

        Returns seconds, and those of CPU.
        """
        begun, cpu = time.perf_counter(), time.process_time()
        codes = self.scale.codes if wards is None else wards
        for at in range(0, len(codes), at_once):
            some = codes[at : at + at_once]
            await self.act(lambda unit, some=some: figures.close(unit, some, day))  # type: ignore[misc]
        return time.perf_counter() - begun, time.process_time() - cpu

    async def tips_of(self, day: date, wards: Sequence[str] | None = None) -> int:
        """How many tips all wards (or these) opened on a day."""
        found = await self.read(lambda unit: unit.figures.of_all(day))
        return sum(found[ward].get("tips.opened", 0) for ward in wards or found)


@dataclass(frozen=True)
class Line:
    """One line of the table, in milliseconds (microseconds where the name says so)."""

    name: str
    asked: str
    median: float
    slowest: float
    unit: str = "ms"

    def __str__(self) -> str:
        number = f"{self.median:>10.3f} {self.unit}"
        return f"{self.name:<58} asked {self.asked:>9}  measured {number}  (slowest {self.slowest:.3f})"


async def timed(name: str, asked: str, work: Callable[[], Awaitable[object]], times: int) -> Line:
    """The median of so many runs."""
    spans = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        spans.append((time.perf_counter() - begun) * 1000)
    return Line(name, asked, statistics.median(spans), max(spans))


async def reading(there: Installation, times: int) -> list[Line]:
    """What is read of days and months."""
    chance = random.Random(1)
    codes, scale = there.scale.codes, there.scale

    def any_day() -> date:
        return scale.first + timedelta(days=chance.randrange(scale.days))

    picks = [(chance.choice(codes), any_day()) for _ in range(times * 20)]

    async def spans(
        look: Callable[[Unit, str, date], Awaitable[object]], which: Sequence[tuple[str, date]]
    ) -> list[float]:
        # Many in one transaction: what a statement costs, without beginning and ending one each time.
        async def many(unit: Unit) -> list[float]:
            found = []
            for ward, day in which:
                begun = time.perf_counter()
                seen = await look(unit, ward, day)
                found.append((time.perf_counter() - begun) * 1000)
                assert seen
                del seen  # to forget is no reading
            return found

        return await there.read(many)

    async def alone(when: str) -> Line:
        found = await spans(lambda unit, ward, day: unit.figures.day(ward, day), picks)
        return Line(f"a ward's day, one look-up among many{when}", "0.05 ms", statistics.median(found), max(found))

    async def everywhere(when: str) -> Line:
        found = await spans(lambda unit, _, day: unit.figures.of_all(day), picks[: times * 4])
        name = f"every ward's day ({len(codes)}), one look-up among many{when}"
        return Line(name, "5 ms", statistics.median(found), max(found))

    async def one() -> object:
        ward, day = chance.choice(picks)
        return await there.read(lambda unit: unit.figures.day(ward, day))

    async def all_of_them() -> object:
        _, day = chance.choice(picks[: times * 4])
        return await there.read(lambda unit: unit.figures.of_all(day))

    async def months() -> object:
        first, last = Month(2023, 12), Month(2026, 11)
        return await there.read(lambda unit: unit.figures.months(OFFICIAL, first, last, "tips.opened"))

    async def year() -> object:
        ward = chance.choice(codes)
        return await there.read(lambda unit: figures.period(unit, ward, LAST - timedelta(days=364), LAST))

    return [
        await alone(""),
        await alone(AGAIN),
        await timed("a ward's day, with its transaction", "0.05 ms", one, times * 20),
        await everywhere(""),
        await everywhere(AGAIN),
        await timed("every ward's day, with its transaction", "5 ms", all_of_them, times * 4),
        await timed("one figure, every ward, 36 months", "150 ms", months, times),
        await timed("a ward's year of any cut-off, from its days", "-", year, times * 4),
    ]


async def closing(there: Installation, times: int) -> list[Line]:
    """What closing costs: one ward's day alone, and every ward's, spread over the tips."""
    chance = random.Random(2)

    async def one() -> object:
        ward = chance.choice(there.scale.codes)
        return await there.act(lambda unit: nights.close_day(unit, ward, LAST))

    # Of a night that has just ended no tip has changed since; of one before, tips have gone on: what is closed late.
    *late, last = there.scale.by_product
    codes = there.scale.codes
    middle, part = len(codes) // 2, max(1, len(codes) // 10)
    parts = [codes[at : at + part] for at in range(middle, middle + 5 * part, part)]
    nights_of = {
        f"a day closed late, {WARDS_AT_ONCE} wards a transaction": [(day, WARDS_AT_ONCE, codes) for day in late],
        "last night, one ward a transaction": [(last, 1, codes[:middle])],
        f"last night, {WARDS_AT_ONCE} wards a transaction": [(last, WARDS_AT_ONCE, some) for some in parts],
    }
    lines = []
    for what, runs in nights_of.items():
        spans, each = [], []
        for day, at_once, wards in runs:
            span, cpu = await there.night(day, at_once, wards)
            spans.append(1000 * span)
            each.append(1e6 * cpu / max(1, await there.tips_of(day, wards)))
        lines += [
            Line(f"{what} ({len(runs[0][2])} wards)", "-", statistics.median(spans), max(spans)),
            Line("  its CPU, spread over that day's tips", "40 µs", statistics.median(each), max(each), "µs"),
        ]
    return [
        *lines,
        await _month_end(there, times),
        await timed("close_day of one ward", "1000 ms", one, times * 10),
    ]


async def _month_end(there: Installation, times: int) -> Line:
    """What a night costs more that ends a month: twice in a month."""
    month, each, wards = month_of(LAST, OFFICIAL).moved(-1), [], there.scale.codes[:WARDS_AT_ONCE]
    for _ in range(times):
        cpu = time.process_time()
        await there.act(lambda unit: figures.sum_month(unit, wards, month, OFFICIAL))
        each.append(1e6 * (time.process_time() - cpu) / len(wards))
    return Line("a month summed when it has ended, CPU a ward", "-", statistics.median(each), max(each), "µs")


class Lag:
    """How late the event loop is while something else goes on."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.005)
            self.late.append((time.perf_counter() - begun - 0.005) * 1000)


async def summaries(there: Installation, wards: int) -> list[Line]:
    """Every ward's summary: frozen, in the outbox, its words and its chart."""
    vietnamese = words("vi")
    spans, lag = [], Lag()
    async with Painter() as painter:
        watching = asyncio.create_task(lag.watch())
        begun = time.perf_counter()
        for ward in there.scale.codes[:wards]:
            at = time.perf_counter()
            made = await there.act(lambda unit, ward=ward: nights.send_summary(unit, ward, LAST))  # type: ignore[misc]
            assert daily.text(made, vietnamese)
            assert await painter.draw(chart.daily(made, vietnamese))
            spans.append((time.perf_counter() - at) * 1000)
        whole = time.perf_counter() - begun
        watching.cancel()
    lag.late.sort()
    return [
        Line("a ward's summary with its chart, warm", "100 ms", statistics.median(spans), max(spans)),
        Line(f"{wards} wards' summaries", "180000 ms", whole * 1000, whole * 1000),
        Line("the event loop's lag meanwhile, p99", "-", lag.late[int(len(lag.late) * 0.99)], lag.late[-1]),
        Line("memory of this process", "80 MB", _megabytes(), _megabytes(), "MB"),
    ]


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(path: Path, scale: Scale, times: int = 5) -> tuple[Installation, list[Line]]:
    """The whole table of a filled database; whoever asked closes it."""
    there = Installation(await open_database(f"sqlite:///{path}"), scale)
    await there.settle()
    lines = await closing(there, times)
    lines += await reading(there, times)
    lines += await summaries(there, scale.wards)
    return there, lines


async def prepared(folder: Path, scale: Scale) -> Path:
    """A filled database in a folder."""
    path = folder / "many.db"
    await migrate(f"sqlite:///{path}", backups=folder)
    # In a process of its own: what filling takes is no memory of the product's.
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        await asyncio.get_running_loop().run_in_executor(apart, fill, path, scale)
    return path


async def long_form(scale: Scale, folder: Path) -> None:
    """Fills, measures and prints."""
    begun = time.perf_counter()
    path = await prepared(folder, scale)
    size, took = path.stat().st_size / 1e9, time.perf_counter() - begun
    sys.stdout.write(f"{scale.tips} tips, {scale.wards} wards, {scale.days} days: {size:.1f} GB in {took:.0f} s\n")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the child that draws, too
    look_through_seldom()
    there, lines = await measure(path, scale)
    await there.db.close()
    sys.stdout.writelines(f"{line}\n" for line in lines)


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.figures", description=__doc__)
    parser.add_argument("--tips", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the database is made and thrown away")
    args = parser.parse_args()
    loop = asyncio.Runner(loop_factory=uvloop.new_event_loop)  # the product's own
    with tempfile.TemporaryDirectory(dir=args.folder) as folder, loop as runner:
        runner.run(long_form(Scale(tips=args.tips), Path(folder)))


if __name__ == "__main__":
    main()
