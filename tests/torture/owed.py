"""What was owed by alerts, checks and the clock, against what officers and leaders were shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from domain.clocks import VIETNAM, ward_day
from domain.duties import Duty, DutyState, Step, period_of, step
from domain.indicators import OPENED
from domain.summary import DailySummary
from jobs.schedule import JOBS, units_of_jobs
from locales import words
from reports import daily
from simulator.phone import Phone
from storage.records import moment, to_ms
from storage.unit import Unit
from tests.torture.left import Slot
from tests.torture.load import WATCHED_WARD, Story
from tests.torture.shown import WARNED, is_said_by, said_by

ASKED = ("check.ask", "check.ask_late")


def texts(phone: Phone) -> list[str]:
    """What the bot has said to somebody, captions too."""
    return [str(message.get("text") or message.get("caption") or "") for message in phone.heard]


def alerts_missing(police: Sequence[Phone], stories: Iterable[Story], unopened: set[str]) -> int:
    """Cards and alerts that some officer never got. `unopened`: codes of which everybody should have been warned."""
    owed: Counter[tuple[str, str]] = Counter()
    for story in stories:
        code = story.code()
        if not story.watched or code is None:
            continue
        owed["card.title_urgent" if story.urgent else "card.title", code] += 1
        if story.urgent:
            owed["alert.more_urgent", code] += len(story.pieces) - 1
            owed["alert.unopened", code] += code in unopened
        else:
            owed["alert.more", code] += story.added
    return sum(_missing(owed, texts(phone)) for phone in police)


def _missing(owed: Counter[tuple[str, str]], heard: Sequence[str]) -> int:
    keys = {key for key, _ in owed}
    first_lines = {key: words("vi").sentences[key].partition("{")[0] for key in keys}
    got: Counter[tuple[str, str]] = Counter()
    codes = {code for _, code in owed}
    for text in heard:
        code = next((word for word in text.replace(",", " ").split() if word in codes), None)
        for key in keys if code else ():
            # A card has more lines than its title; an alert is one sentence.
            same = text.startswith(first_lines[key]) if key.startswith("card.") else said_by(key).fullmatch(text)
            got[key, code or ""] += bool(same)
    return sum((owed - got).values())


async def slots_due(unit: Unit, first: date) -> set[Slot]:
    """Every slot whose moment has come since an installation's first day; in a campaign none is ever let slip."""
    units = await units_of_jobs(unit)
    found = set()
    for job in JOBS:
        day = first
        while datetime.combine(day + timedelta(days=job.of_yesterday), job.at, VIETNAM) <= unit.now:
            if job.only(day):
                found |= {(job.name, code, day.isoformat()) for code in units(job.name)}
            day += timedelta(days=1)
    return found


async def summaries_wrong(unit: Unit, readers: Sequence[Phone], first: date) -> int:
    """Summaries that some reader never got, or not as they are kept. Nobody reads before the first day has ended."""
    heard = [Counter(texts(phone)) for phone in readers]
    wrong, day = 0, first
    while datetime.combine(day + timedelta(days=1), time(7), VIETNAM) <= unit.now:
        kept = await unit.snapshots.find(WATCHED_WARD, "daily", day.isoformat())
        shown = None if kept is None else daily.text(DailySummary.model_validate_json(kept), words("vi"))
        wrong += len(readers) if shown is None else sum(said[shown] == 0 for said in heard)
        day += timedelta(days=1)
    return wrong


async def figures_wrong(unit: Unit, stories: Iterable[Story], first: date) -> int:
    """By how many the tips that the closed days count differ from those that were told, ward by ward."""
    wards = [ward.code for ward in await unit.places.wards()]
    days = [first + timedelta(days=n) for n in range((ward_day(unit.now) - first).days)]
    counted: Counter[str] = Counter()
    for closed in await unit.figures.days(wards, days):
        counted[closed.ward] += closed.facts.get(OPENED.name, 0)
    told = Counter(story.ward for story in stories)
    return sum(abs(counted[ward] - told[ward]) for ward in counted | told)


async def duties_wrong(unit: Unit) -> int:
    """Checks that were opened twice, or whose opening is told more or less than once."""
    twice = await unit.tx.fetch("SELECT unit FROM duties GROUP BY unit, period HAVING COUNT(*) <> 1")
    untold = await unit.tx.fetch(
        "SELECT d.id FROM duties d LEFT JOIN events e ON e.subject = d.id AND e.kind = 'duty_opened' "
        "GROUP BY d.id HAVING COUNT(e.id) <> 1"
    )
    return len(twice) + len(untold)


async def check_ins_wrong(unit: Unit, leaders: Iterable[Phone]) -> int:
    """Confirmations that a leader was shown and that are not kept once, and those kept that nobody was shown."""
    shown = {
        (phone.id, text.partition("tháng ")[2].partition(" ")[0].rstrip(","))
        for phone in leaders
        for text in texts(phone)
        if is_said_by(text, "check.done", "check.done_late")
    }
    sql = (
        "SELECT (SELECT COUNT(*) FROM events WHERE kind = 'duty_submitted') AS told, "
        "(SELECT COUNT(*) FROM duties WHERE state IN ('submitted', 'late')) AS kept"
    )
    row = await unit.tx.fetch_one(sql)
    assert row is not None
    return abs(int(row["told"]) - len(shown)) + abs(int(row["kept"]) - len(shown))


async def reminders_missing(unit: Unit, silent: Phone, group: str) -> int:
    """Reminders that the leader who never confirms should have had: those asked for, and the ladder's."""
    heard = texts(silent)
    rows = await unit.tx.fetch("SELECT at FROM reminders WHERE at > :now", now=to_ms(unit.now))
    to_come = {words("vi").say("check.tonight", at=moment(row["at"])) for row in rows}
    owed = len({text for text in heard if is_said_by(text, "check.tonight")} - to_come)
    ward = group.partition("-")[0]
    ran = await unit.tx.fetch(
        "SELECT period FROM slots WHERE job = 'advance_duties' AND unit = :ward AND done_at > "
        # Who joins after the day's ladder was climbed is not reminded that day.
        "(SELECT MAX(since) FROM memberships WHERE unit = :group)",
        ward=ward,
        group=group,
    )
    days = sorted(date.fromisoformat(row["period"]) for row in ran)
    for row in await unit.tx.fetch("SELECT period FROM duties WHERE unit = :group", group=group):
        duty = await unit.duties.of_unit(group, row["period"])
        assert duty is not None
        owed += _rungs(duty, days)
    return max(0, owed - sum(is_said_by(text, *ASKED) for text in heard))


def _rungs(duty: Duty, days: Sequence[date]) -> int:
    """How often the ladder asks the leader of a group without a deputy, climbed on these days."""
    duty = duty.model_copy(update={"state": DutyState.DUE, "warned_on": None, "handed_on": None})
    asked = 0
    for day in days:
        if duty.period not in (period_of(day), period_of(day.replace(day=1) - timedelta(days=1))):
            continue
        rung = step(duty, day)
        asked += rung in (Step.REMIND, Step.WARN)
        if rung is Step.WARN:
            duty = duty.model_copy(update={"warned_on": day})
    return asked


async def warned_of(unit: Unit) -> set[str]:
    """Codes of the tips that nobody opened for a minute, each told once."""
    rows = await unit.tx.fetch("SELECT subject FROM events WHERE kind = 'tip_unopened'")
    tips = [await unit.tips.find(row["subject"]) for row in rows]
    codes = [tip.code for tip in tips if tip is not None]
    assert len(codes) == len(set(codes)), "somebody was warned twice of one tip"
    return set(codes)


def unwarned(stories: Iterable[Story], warned: set[str]) -> int:
    """Urgent stories that nobody opened, of which that is not kept, or whose teller was not told."""
    urgent = [story for story in stories if story.urgent]
    untold = sum(not any(is_said_by(text, *WARNED) for text in texts(story.phone)) for story in urgent)
    return untold + sum(story.code() not in warned for story in urgent)
