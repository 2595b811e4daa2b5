"""P9: hundreds of thousands of strange updates through intake's and dispatch's own code; nothing may stick, or grow.

Nothing is sent: what is owed is made ready, held against Telegram's table, and settled. Delivery has tests of its own.
"""

import gc
import random
import resource
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from bot.build import App, open_app
from bot.commands import COMMANDS
from bot.courier import is_quick
from bot.dispatch import Dispatch, Toast
from bot.intake import number_in
from simulator.server import Simulator
from simulator.table import Table
from storage import outbox
from storage.inbox import Waiting
from storage.outbox import Post
from storage.unit import Owed
from tests.journeys.town import Clock, install_sample, settings_for
from tests.torture.fuzz.damage import damaged
from tests.torture.fuzz.people import Crowd

AT_ONCE = 400  # updates committed together
PEOPLE = 500
JOINED = (
    ("duty_officer", "18115"), ("duty_officer", "16666"), ("beat_officer", "18115"), ("ward_chief", "18115"),
    ("province", "42"), ("leader", "18115-5-lg1"), ("leader", "16666-1-lg1"), ("deputy", "18115-5-lg1"),
)  # fmt: skip
DAMAGED = 0.15
GROWTH = 20.0  # MiB
CHECKED = 0.1  # part of the messages that are held against the table
STATM = Path("/proc/self/statm")


@dataclass
class Report:
    """What came of it."""

    updates: int = 0
    damaged: int = 0
    unreadable: int = 0  # without a number: put aside by intake
    seconds: float = 0.0
    grown: float = 0.0  # MiB of memory since the first tenth
    stuck: int = 0
    aside: Counter[str] = field(default_factory=Counter)  # damaged ones that could not be handled, by error
    failed: Counter[str] = field(default_factory=Counter)  # others: each of these is a defect of ours
    unsendable: Counter[str] = field(default_factory=Counter)  # messages that Telegram would refuse
    said: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing that Telegram may send failed, nothing stuck, and memory did not grow."""
        return not self.failed and not self.unsendable and not self.stuck and self.grown <= GROWTH

    def __str__(self) -> str:
        return (
            f"{self.updates} updates ({self.damaged} damaged, {self.unreadable} without a number) "
            f"in {self.seconds:.1f} s, "
            f"{self.said} messages; {self.stuck} stuck, {self.grown:.1f} MiB grown; failed {dict(self.failed)}; "
            f"unsendable {dict(self.unsendable)}; damaged and put aside {dict(self.aside)}"
        )


class Mute(App):
    """Says nothing to Telegram: what is owed is collected."""

    owed: list[Post]

    def committed(self, owed: Owed, toasts: Sequence[Toast]) -> None:
        """What was just committed is kept to be looked at."""
        self.owed += owed.posts


class Noting(Dispatch):
    """Notes which updates fail, and why."""

    failures: dict[int, str]

    async def _failed(self, row: Waiting, error: Exception) -> None:
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {error}"
        self.failures[row.update_id] = said[:160]
        await super()._failed(row, error)


class Fuzz:
    """One installation, one crowd."""

    def __init__(self, app: Mute, noting: Noting, clock: Clock, seed: int) -> None:
        self._app = app
        self._noting = noting
        self._clock = clock
        self._chance = random.Random(seed)
        self._crowd = Crowd(self._chance, PEOPLE)
        self._table = Table.load()
        self._number = 1000
        self.report = Report()

    async def run(self, updates: int) -> Report:
        """So many updates, handled."""
        began = time.monotonic()
        await self._join()
        base = 0.0
        while self.report.updates < updates:
            await self._turn()
            if not base and self.report.updates >= updates // 10:
                base = memory()
        self.report.grown = memory() - base
        async with self._app.db.reading() as tx:
            rows = await tx.fetch("SELECT COUNT(*) AS n FROM inbox WHERE state = 'open'")
        self.report.stuck = rows[0]["n"] + self._app.dispatch.waiting()
        self.report.seconds = time.monotonic() - began
        return self.report

    async def _join(self) -> None:
        """Some of the crowd have roles, and the others have agreed."""
        everybody = list(self._crowd.everybody.values())
        staff = len(JOINED) * 4
        steps = []
        for someone, (role, unit) in zip(everybody[:staff], JOINED * 4, strict=True):
            link = (await COMMANDS["invite"](self._app, {"role": role, "unit": unit})).out
            steps += [someone.say(text=f"/start {link.partition('=')[2].strip()}"), someone.press("s.agree")]
        for someone in everybody[staff : PEOPLE * 3 // 4]:
            steps += [someone.say(text="/start w_16666"), someone.press("s.begin"), someone.press("s.agree")]
        await self._take([orjson.dumps({"update_id": self._next(), **update}) for update in steps])

    async def _turn(self) -> None:
        """Some more updates; now and then time passes and the jobs run."""
        made = []
        legal: set[int] = set()
        for _ in range(AT_ONCE):
            number = self._next()
            update = {"update_id": number, **self._crowd.step()}
            if self._chance.random() < DAMAGED:
                made.append(damaged(update, self._chance))
                self.report.damaged += 1
            else:
                legal.add(number)
                made.append(orjson.dumps(update))
        await self._take(made)
        failures, self._noting.failures = self._noting.failures, {}
        for number, why in failures.items():
            (self.report.failed if number in legal else self.report.aside)[why] += 1
        self._clock.time += timedelta(seconds=self._chance.choice((1, 5, 30, 3600)))
        if self._chance.random() < 0.1:
            await self._app.ticker.tick()

    async def _take(self, made: list[bytes]) -> None:
        batch = []
        for raw in made:
            number = number_in(raw)
            if number is None:
                self.report.unreadable += 1
                await self._app.set_aside(raw)
            else:
                batch.append((number, raw))
        await self._app.accept(batch)
        self.report.updates += len(made)
        while await self._app.dispatch.one_batch():
            pass
        await self._settle()

    async def _settle(self) -> None:
        owed, self._app.owed = self._app.owed, []
        self.report.said += len(owed)
        for post in owed:
            someone = self._crowd.everybody.get(post.chat or 0)
            if someone is not None:
                someone.shown(post.notice.buttons)
            if is_quick(post) and self._chance.random() < CHECKED:
                parcel = self._app.courier.quick(post)
                data = {**parcel.data, "chat_id": parcel.chat_id} if parcel.addressed else parcel.data
                self.report.unsendable.update(self._table.check(parcel.method, data, textual=False).problems)
        await self._app.db.run(lambda tx: outbox.ended(tx, [post.id for post in owed]))

    def _next(self) -> int:
        self._number += 1
        return self._number


def memory() -> float:
    """MiB of this process, after what is garbage has gone."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * resource.getpagesize() / 2**20


@asynccontextmanager
async def fuzzing(folder: Path, start: datetime, seed: int) -> AsyncIterator[Fuzz]:
    """A fresh installation that says nothing."""
    clock = Clock(start)
    async with Simulator() as sim:
        settings = settings_for(folder, sim.url)
        await install_sample(settings, clock)
        async with open_app(settings, clock.now) as opened:
            app = Mute(settings, opened.db, opened.vault, opened.bench, opened.first_day)
            app.owed = []
            app.dispatch = noting = Noting(app.bench, app.edge, app.committed)
            noting.failures = {}
            await app.edge.initialize()
            try:
                yield Fuzz(app, noting, clock, seed)
            finally:
                await app.edge.shutdown()
                await app.api.close()
