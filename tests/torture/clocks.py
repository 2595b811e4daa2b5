"""P4: a clock that jumps to and fro, and processes that stop and start: each job once, the late ones caught up.

Long form: `python -m tests.torture.clocks [--seeds 200]`, on SQLite; the tests run a few seeds on both databases.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from domain.notices import Notice
from domain.people import Role
from domain.summary import DailySummary
from jobs.schedule import BY_NAME
from jobs.ticker import Ticker
from storage.engine import open_database
from storage.migrate import migrate
from tests.cases.world import GROUPS, SATURDAY, WARD, World

PROVINCE = "42"
STEPS = 60
# Minutes that a wall clock may jump in one step, ours to think of: set right, wrong by a day, slept for two hours.
JUMPS = ((1, 30), (30, 180), (-90, -1), (120, 120), (1440, 1440), (-1440, -1440), (600, 1440))
SETTLE = timedelta(days=2)  # of quiet hours in the end, in which whatever is late is caught up
ASKED = ("check.ask", "check.ask_late")
HANDED = ("check.handed", "check.handed_late")


async def leap(world: World, seed: int, steps: int = STEPS, forgets: str | None = None) -> list[str]:
    """Lets the clock of two wards jump, with people who are reminded and who read; returns what went wrong.

    `forgets`: a planted defect, a job of which it is not kept that it has run.
    """
    chance = random.Random(seed)
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD)
    mai = await world.leader("Mai")
    hoa = await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    ha = await world.member("Hà", Role.PROVINCE, PROVINCE)
    world.hush()
    furthest, ticker = world.now, Ticker(world.act, world.read, SATURDAY)
    for _ in range(steps):
        low, high = chance.choice(JUMPS)
        world.pass_time(minutes=chance.randint(low, high))
        if chance.random() < 0.3:  # the process has died and starts again
            ticker = Ticker(world.act, world.read, SATURDAY)
        await ticker.tick()
        if forgets is not None:
            async with world.unit() as unit:
                await unit.execute("DELETE FROM slots WHERE job = :job", job=forgets)
        furthest = max(furthest, world.now)
    world.now = furthest
    for _ in range(int(SETTLE.total_seconds() // 3600)):
        world.pass_time(hours=1)
        await ticker.tick()
    sent = [(post.chat, post.notice) for post in world.posts]
    wrong = _summaries(world, Counter(str(_day_of(n.report)) for chat, n in sent if n.report and chat == chief.chat))
    wrong += _months(world, Counter(_title(n) for chat, n in sent if chat == ha.chat and n.key == "province.sent"))
    asked = Counter(str(n.params["month"]) for chat, n in sent if chat == mai.chat and n.key in ASKED)
    handed = Counter(str(n.params["month"]) for chat, n in sent if chat == hoa.chat and n.key in HANDED)
    # A rung of the ladder a day at most, five in a month: three before the deadline, a warning, the deputy.
    wrong += [f"asked {count} times of month {month}" for month, count in asked.items() if count > 4]
    wrong += [f"handed over {count} times in month {month}" for month, count in handed.items() if count > 1]
    if ticker.failures:
        wrong.append(f"{ticker.failures} jobs failed")
    return wrong


def _months(world: World, got: Counter[str]) -> list[str]:
    due = BY_NAME["province_month"].days(world.now, SATURDAY)
    wrong = [f"{title} came {count} times" for title, count in got.items() if count > 1]
    return wrong if len(got) == len(due) else [*wrong, f"{len(got)} months of a province instead of {len(due)}"]


def _title(notice: Notice) -> str:
    return str(notice.params["text"]).partition("\n")[0]


def _day_of(report: str) -> date:
    return DailySummary.model_validate_json(report).day


def _summaries(world: World, got: Counter[str]) -> list[str]:
    due = {str(day) for day in BY_NAME["daily_summary"].days(world.now, SATURDAY)}
    first = min(due)
    wrong = [f"the summary of {day} came {count} times" for day, count in got.items() if count > 1]
    return wrong + [f"no summary of {day}" for day in sorted(due - got.keys()) if day >= first]


async def on_sqlite(seed: int) -> list[str]:
    """One such story in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ward.db"
        await migrate(url, backups=Path(folder))
        db = await open_database(url)
        try:
            world = World(db)
            await world.settle()
            return await leap(world, seed)
        finally:
            await db.close()


def main() -> int:
    """Exit code 0 when every job ran once and nobody was reminded twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.clocks", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    seeds = parser.parse_args().seeds
    bad = {seed: wrong for seed in range(seeds) if (wrong := asyncio.run(on_sqlite(seed)))}
    for seed, wrong in bad.items():
        sys.stdout.write(f"seed {seed}: {'; '.join(wrong)}\n")
    sys.stdout.write(f"{seeds} stories of {STEPS} jumps, {len(bad)} of them with a job too often, too late or never\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
