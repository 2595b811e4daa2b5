"""Kills under load, one after the other, on one installation; then everything is counted.

The first half is killed by day: the shipped process on the real clock, and the one that dies at a point. The second
half is killed by night: its clock is moved on to the next moment at which there is something to do, while it serves.
"""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

from bot.backups import NIGHT
from domain.clocks import VIETNAM, ward_day
from domain.errors import Refused
from simulator.phone import Phone
from simulator.server import Simulator
from tests.postgres import free_port
from tests.process.product import SERVING, Product, Running
from tests.torture.audit import Heard, audit
from tests.torture.crashing import DIED_AT, POINTS
from tests.torture.echo import Echo
from tests.torture.left import Left, left_in
from tests.torture.load import BACKLOG, Crowd
from tests.torture.nights import MORNING, moved_to, next_moment
from tests.torture.plan import POLLED, SENT, TIME, Way, plan, points_of
from tests.torture.planted import GAP
from tests.torture.repeats import Death, expected, repeats_of
from tests.torture.report import Kill, Report
from tests.torture.wire import Wire

EVENING = time_of_day(23, 50)  # when the first night begins
AT_START = 4  # people who have told their story when a process starts
PICTURED = 2  # of them with a picture where a file is to be died at: when the first is there, the next is still awaited
PAUSE = 0.025  # seconds between two people while it serves: about 400 updates a second
MOST = 16  # people who talk in a life
LONGEST_LIFE = 0.35  # seconds of serving before a kill at a random time
PATIENCE = 6.0  # seconds of serving before a point counts as not reached in this life
FETCHING = 12.0  # the same where a picture has to be cleaned first
USUAL_START, USUAL_FORK = 0.6, 0.15  # seconds; where starting (or being forked) takes longer, so does everything else
TRIES = 4  # lives for a point; then it is never reached
STALLED = 150  # updates not handled beyond which the clock waits: our days are short, and a story half told lasts one
DRAIN = 30.0  # seconds in which the last life gets nowhere
QUIET = 2.5  # seconds without a call after which nothing more is to be expected: a chat waits for one second at most
POLICE = (("duty_officer", "18115"), ("ward_chief", "18115"))
LEADERS = (("leader", "16666-1-lg1"), ("leader", "16717-1-lg1"))
GAPS = {"MarksAfter": 7, "ForgetsFirst": 4}  # passings: while people are told and tell; of the others the first
SILENT = ("leader", "18115-1-lg1")


@dataclass(frozen=True)
class Course:
    """What a campaign does: how many kills, how updates come, on which database, and with which part exchanged.

    `points`: those to be reached, all that there are by default. `defect`: of `tests.torture.planted`; its clock is not
    moved on. `drain`: seconds in which the last life gets nowhere before it is given up.
    """

    kills: int
    by: str = "polling"
    on: str = "sqlite"
    seed: int = 1
    points: Sequence[str] | None = None
    defect: str | None = None
    drain: float = DRAIN


class Campaign:
    """One installation, one crowd, many lives."""

    def __init__(self, product: Product, sim: Simulator, course: Course) -> None:
        self._product = product
        self._sim = sim
        self._course = course
        self._chance = chance = random.Random(course.seed)
        self._ahead = timedelta()
        self._crowd = Crowd(sim, chance, self.now)
        self._wire = sim.calls = Wire()
        points = points_of(course.on) if course.points is None else course.points
        title = f"{course.by} on {course.on}, seed {course.seed}" + (f", {course.defect}" if course.defect else "")
        self._report = Report(title, points)
        self._plan = plan(course.kills, course.by, points, chance)
        self._tries: dict[str, int] = {}
        self._police: list[Phone] = []
        self._links: list[str] = []
        self._echo: Echo | None = None
        self._last = Left(0, 0, 0, 0, 0)
        self._forgotten = 0
        self._slow = 1.0
        self._deaths: list[Death] = []  # counted or not
        product.settings["TELEGRAM_RATE"] = "2000"

    def now(self) -> datetime:
        """The clock that the campaign has reached."""
        return datetime.now(UTC) + self._ahead

    async def run(self) -> Report:
        """Kills under load; then lets it finish its work and counts."""
        started, report = time.monotonic(), self._report
        async with AsyncExitStack() as stack:
            if self._course.by == "webhook":
                await stack.enter_async_context(self._webhook())
            await self._settle_in()
            while self._plan:
                await self._life(self._plan.pop(0))
            await self._last_life()
        await self._count()
        report.seconds = time.monotonic() - started
        return report

    @asynccontextmanager
    async def _webhook(self) -> AsyncIterator[None]:
        listen = f"127.0.0.1:{free_port()}"
        async with Echo(f"http://{listen}", self._chance) as self._echo:
            url = f"{self._echo.url}/hook"
            self._product.settings.update(WEBHOOK_URL=url, WEBHOOK_SECRET="a-secret", LISTEN=listen)
            yield

    async def _settle_in(self) -> None:
        """Officers and leaders join while nobody is killed."""
        async with self._product.serving():
            phones = await asyncio.gather(*(self._joins(*each) for each in (*POLICE, *LEADERS, SILENT)))
        self._police = phones[: len(POLICE)]
        *self._crowd.leaders, self._crowd.silent = phones[len(POLICE) :]

    async def _joins(self, role: str, unit: str) -> Phone:
        answer = await self._product.asked("invite", role=role, unit=unit)
        phone = self._sim.phone("Mai")
        await phone.open_link(answer.out)
        await phone.press_data("s.agree")
        await phone.until(lambda _: bool(phone.keyboard))
        return phone

    async def _life(self, way: Way) -> None:
        """From start to a kill. One that hits an idle process does not count."""
        if way.night and not self._ahead and not self._course.defect:
            # Whenever it really is: a ward's first day has no yesterday, so in its morning there is little to do.
            evening = datetime.combine(ward_day(self.now()), EVENING, VIETNAM)
            self._ahead = max(timedelta(), evening - self.now())
        # By webhook what is not taken in waits at Telegram.
        stalled = self._last.unhandled + self._sim.unconfirmed >= STALLED
        leaps = way.night and not self._course.defect and not self._last.slots and not stalled
        most = 0 if stalled else MOST
        running = await self._start(way, leaps)
        # What waits at Telegram while nobody lives long enough to take it in is too old one day: presses after 150 s.
        pictured = PICTURED if way.part == "files" else 0
        await self._crowd.talks(AT_START if self._sim.unconfirmed < BACKLOG else pictured, pictured=pictured)
        self._links.clear()
        others: list[asyncio.Task[None]] = []
        try:
            await self._until_serving(running)
            others.append(asyncio.create_task(self._crowd.keeps_talking(PAUSE, most)))
            if way.part == "command":
                others.append(asyncio.create_task(self._asks()))
            if leaps:
                others.append(asyncio.create_task(self._leaps(running)))
            how = await self._death(running, way)
            at, unconfirmed = time.monotonic(), self._sim.unconfirmed
            self._deaths.append(Death(at, self._slow))
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await running.kill()
        self._last = left = await left_in(self._product, self.now(), self._links)
        self._forgotten += left.forgotten
        self._note(way, Kill(how, at, unconfirmed, left.unhandled, left.owed, left.slots, left.files))

    def _note(self, way: Way, kill: Kill) -> None:
        """A kill counts when it hit something; what the plan asked for is tried again if it didn't come about."""
        if kill.mid_load:
            self._report.kills.append(kill)
        else:
            self._report.idle += 1
        tries = self._tries[way.how] = self._tries.get(way.how, 0) + 1
        missed = way.how in self._report.unreached
        if tries < TRIES and (missed or not kill.mid_load):
            self._plan.append(Way(way.how, night=True))

    async def _start(self, way: Way, leaps: bool) -> Running:
        ahead = ("--ahead", str(self._ahead.total_seconds()))
        if self._course.defect:
            number = str(GAPS.get(self._course.defect, 1)) if way.how == GAP else "0"
            return await self._product.start(*ahead, self._course.defect, number, module="tests.torture.planted")
        if way.how in POINTS:
            number = str(self._passing(way, leaps))
            return await self._product.start(*ahead, way.how, number, module="tests.torture.crashing")
        if way.night:
            return await self._product.start(*ahead, module="tests.torture.composed")
        return await self._product.start("run")

    def _passing(self, way: Way, leaps: bool) -> int:
        """At which passing of its point a process dies: somewhere in the work, and where it surely comes to."""
        if way.part == "job":
            # Each tick begins with two transactions that are no slot's; the first tick has nothing else to do before
            # the clock is moved on. A night closes all wards in one: at first that one, later any.
            which = self._chance.randint(1, 5) if self._report.reached[way.how] else 1
            return which + (4 if leaps else 2)
        if way.part in ("files", "command") or self._tries.get(way.how):
            return 1
        return self._chance.randint(1, 6)

    async def _until_serving(self, running: Running) -> None:
        seconds = await running.until_said_or_ended(SERVING)
        self._slow = max(1.0, seconds / (USUAL_FORK if running.forked else USUAL_START))
        if self._deaths:
            self._deaths[-1].slow = max(self._deaths[-1].slow, self._slow)
        if self._report.kills and running.alive:
            self._report.up_again.append(seconds)

    async def _leaps(self, running: Running) -> None:
        """The clock goes on to its next moment while the process serves."""
        await asyncio.sleep(self._chance.uniform(0, 0.1))
        await self._leap(running)

    async def _leap(self, running: Running) -> datetime:
        before, to = ward_day(self.now()), next_moment(self.now())
        self._ahead += to - self.now()
        running.signal(signal.SIGUSR1)
        if ward_day(to) != before:
            self._report.days += 1
            if self._echo is not None:
                self._echo.forget()
        if to.time() == MORNING:
            await self._crowd.asks_for_a_reminder()
        return to

    async def _asks(self) -> None:
        """An operator gives away one link after the other; each that was printed must work."""
        while True:
            try:
                self._links.append((await self._product.asked("invite", role="leader", unit="16720-1")).out)
            except (Refused, ConnectionError):
                await asyncio.sleep(0.01)  # nobody serves yet, or any more

    async def _death(self, running: Running, way: Way) -> str:
        """Waits for the kill, or kills; returns how it came about."""
        how = TIME
        if way.how in POINTS or way.how == GAP:
            await _at_most(running.ended(), self._slow * (FETCHING if way.part == "files" else PATIENCE))
            if not running.alive:
                await running.done()
                how = running.said.partition(f"{DIED_AT} ")[2].split()[0]
        elif way.part == "wire":
            how = way.how if await self._cut(running, way.how) else TIME
        else:
            await asyncio.sleep(self._chance.uniform(0.02, LONGEST_LIFE) * self._slow)
        running.signal(signal.SIGKILL)
        return how

    async def _cut(self, running: Running, how: str) -> bool:
        """Kills when something is done and its answer on its way; False when that took too long."""
        left = self._chance.randint(1, 4 if how == POLLED else 30)
        died = asyncio.Event()

        def cut(called: str) -> None:
            nonlocal left
            left -= called == how
            if left == 0:
                running.signal(signal.SIGKILL)
                died.set()

        self._hear(cut)
        met = await _at_most(died.wait(), LONGEST_LIFE * 2 * self._slow)
        self._hear(lambda how: None)
        return met

    def _hear(self, cut: Callable[[str], None]) -> None:
        ways = {"getUpdates": POLLED, "sendMessage": SENT, "sendPhoto": SENT}
        self._wire.on_call = lambda method: cut(ways.get(method, ""))
        if self._echo is not None:
            self._echo.on_answer = lambda: cut("wire.posted")

    async def _last_life(self) -> None:
        """It finishes what is left, passes a night and a morning, and stops in order."""
        running = await self._start(Way(TIME, night=True), leaps=False)
        try:
            await self._until_serving(running)
            await self._until_quiet()
            if self._course.defect:
                return
            morning = datetime.combine(ward_day(self.now()) + timedelta(days=1), MORNING, VIETNAM)
            while self.now() < morning:
                await running.until(moved_to(await self._leap(running)))
            await self._until_backed_up()
            await self._until_quiet()
            assert await running.stop() == 0, running.said
        finally:
            await running.kill()

    async def _until_backed_up(self) -> None:
        """The night's backup is made beside everything else and calls nobody: its file says that it is done."""
        night = NIGHT.format(day=ward_day(self.now()) - timedelta(days=1))
        until = time.monotonic() + self._course.drain
        while time.monotonic() < until and not (self._product.data / "backups" / night).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    async def _until_quiet(self) -> None:
        """Until nothing is left, or nothing gets on any more: a backlog may take as long as it takes."""
        self._wire.last = time.monotonic()
        before, until = None, 0.0
        while not self._finished():  # silence rings no bell
            now = self._sim.unconfirmed, self._wire.last
            if now != before:
                before, until = now, time.monotonic() + self._course.drain
            if time.monotonic() > until:
                break
            await asyncio.sleep(0.05)

    def _finished(self) -> bool:
        return not self._sim.unconfirmed and time.monotonic() - self._wire.last > QUIET

    async def _count(self) -> None:
        report, heard = self._report, Heard(self._crowd, self._police, SILENT[1])
        report.findings = await audit(self._product, self.now(), heard)
        report.findings.commands_lost = self._forgotten
        report.findings.untaken, report.findings.expired = self._sim.unconfirmed, self._sim.expired
        report.tips = len(self._crowd.stories)
        report.messages = sum(map(len, self._wire.said.values()))
        repeats = repeats_of(*expected(self._wire.said, self._crowd, self._police), self._deaths)
        report.repeats, report.latest = repeats.number, repeats.latest
        report.findings.needless_repeats = repeats.needless
        report.repeated_updates = self._echo.repeated if self._echo else 0


async def _at_most(waited: Awaitable[object], seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await waited
    except TimeoutError:
        return False
    return True
