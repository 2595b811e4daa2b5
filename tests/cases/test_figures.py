"""Figures of days and months: whatever happened in whatever order, counting from scratch gives the same numbers."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import checking, figures, mending, nights, periodic, pledges, receipts, triage
from domain.clocks import VIETNAM, day_bounds, ward_day
from domain.duties import Finding, Item, all_ok
from domain.events import Event, Happening
from domain.figures import at_the_end, replay
from domain.indicators import BY_NAME, INDICATORS
from domain.measures import Measured
from domain.periods import CALENDAR, CUTS, OFFICIAL, Month, days_between, month_days, month_of
from domain.report_kinds import ReportKind
from domain.spans import span_of
from domain.tips import Category, Outcome, Rating
from storage.unit import Unit
from tests.cases.test_same_story import STEPS, Step, Story, fresh, story_in
from tests.cases.world import OTHER, SATURDAY, WARD, World

SUNDAY = SATURDAY + timedelta(days=1)
MONDAY = SATURDAY + timedelta(days=2)
BACK = (timedelta(minutes=7), timedelta(hours=11), timedelta(hours=23))
MADE = st.lists(
    st.tuples(st.sampled_from([*STEPS, "night", "back"]), st.integers(0, 9), st.integers(0, 99)),
    min_size=5,
    max_size=40,
)


def at(world: World, day: date, hour: int, minute: int = 0) -> None:
    world.now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)


async def closed(world: World, day: date, *wards: str) -> None:
    """The night after a day."""
    world.now = max(world.now, datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(days=1))
    for ward in wards or (WARD,):
        await world.act(lambda unit, ward=ward: nights.close_day(unit, ward, day))  # type: ignore[misc]


async def facts(world: World, day: date, ward: str = WARD) -> dict[str, int] | None:
    found = await world.read(lambda unit: unit.figures.day(ward, day))
    return None if found is None else found.facts


async def measured(world: World, name: str, first: date, last: date, ward: str = WARD) -> Measured:
    [one] = await world.read(lambda unit: figures.measure(unit, ward, [BY_NAME[name]], first, last))
    return one


async def kept(world: World) -> dict[str, list[str]]:
    """All figures as they lie in the database."""
    return {table: sorted(map(repr, await world.rows(table))) for table in ("day_figures", "year_figures")}


async def from_scratch(world: World) -> dict[str, list[str]]:
    """All figures, counted anew of the events alone: the newest day first, as months up to it have ended; the others in
    no particular order."""
    days = [(row["ward"], date.fromisoformat(row["day"])) for row in await world.rows("day_figures")]
    random.Random(len(days)).shuffle(days)
    days.insert(0, days.pop(days.index(max(days, key=lambda one: one[1]))))
    async with world.db.transaction() as tx:
        await tx.execute("DELETE FROM day_figures")
        await tx.execute("DELETE FROM year_figures")
    for ward, day in days:
        await world.act(lambda unit, ward=ward, day=day: figures.recount(unit, (ward,), day))  # type: ignore[misc]
    return await kept(world)


async def live(story: Story, steps: list[Step]) -> None:
    """A story with nights in between and a clock that is now and then set back, until the next two mornings at least.

    It goes on until a day has been closed that comes after all that were closed before: what happened on days that were
    closed already, as the clock had been ahead, is in their figures by then. No closing looks back further than `LATE`,
    so the clock is never set back further behind the newest closed day.
    """
    world = story.world
    for name, one, two in steps:
        if name == "back":
            earlier, newest = world.now - BACK[one % len(BACK)], await newest_closed(world)
            if newest is None or ward_day(earlier) > newest - figures.LATE:
                world.now = earlier
        else:
            await story.step(name, one, two)
    nights, before = 0, await newest_closed(world) or SATURDAY - timedelta(days=1)
    while nights < 2 or (await newest_closed(world) or before) <= before:
        world.pass_time(days=1)
        await story.step("night", 0, 0)
        nights += 1


async def newest_closed(world: World) -> date | None:
    """The latest day that has figures."""
    days = [row["day"] for row in await world.rows("day_figures")]
    return date.fromisoformat(max(days)) if days else None


async def agree(story: Story) -> None:
    """The figures are those that are counted from scratch, and those that plain counting of events gives."""
    world = story.world
    assert await kept(world) == await from_scratch(world)
    last = ward_day(world.now) - timedelta(days=1)
    before = [event for event in await world.events() if event.ward == WARD and event.day <= last]
    # What a clock set back puts before the first day is in no figure of a day, but may be open still.
    events = [event for event in before if event.day >= SATURDAY]
    known = await world.read(lambda unit: figures.period(unit, WARD, SATURDAY, last))
    kinds = Counter(event.kind.value for event in events)
    for name, kind in (("opened", "opened"), ("received", "received"), ("asked", "asked"), ("valuable", "valuable")):
        assert known.facts.get(f"tips.{name}", 0) == kinds[f"tip_{kind}"], name
    assert known.facts.get("tips.rated", 0) == standing_ratings(before)
    found = Counter(event.kind.value for event in before)
    assert known.facts.get("findings.open", 0) == found["finding_opened"] - found["finding_mended"]
    assert (known.facts.get("pledges.asked", 0), known.facts.get("pledges.signed", 0)) == await parties(world, last)
    waited = sum(int(event.detail["after"]) for event in events if event.kind.value == "tip_received")
    assert known.facts.get("tips.received_seconds", 0) == waited
    assert {name: known.facts.get(name, 0) for name in _INVENTORY} == inventory_by_hand(before)
    for day in days_between(SATURDAY, last):
        assert how_tips_stood(await facts(world, day) or {}) == await by_events_alone(world, day), day
    tips = [await world.find(sent.tip.id) for sent in story.sent]
    assert known.facts.get("tips.open", 0) == sum(tip.open and ward_day(tip.opened_at) <= last for tip in tips)


def how_tips_stood(found: Mapping[str, int]) -> dict[str, int]:
    """What a day's figures say of open tips at its end."""
    names = ("tips.open", "tips.overdue", "tips.urgent_waiting")
    return {name: number for name, number in found.items() if name in names or name.startswith("tips.open.")}


async def by_events_alone(world: World, day: date, ward: str = WARD) -> dict[str, int]:
    """The same, of every event of the ward up to that midnight."""
    until = day_bounds(day)[1]
    events = [event for event in await world.events() if event.ward == ward and event.at < until]
    return at_the_end(replay(events, world.clocks).values(), until, world.clocks)


def standing_ratings(events: list[Event]) -> int:
    """What informants said, counted plainly: of what was said of a wrong end that was undone nothing counts.

    The end may be of the first day and its undo of the one before it.
    """
    said: Counter[tuple[date, str]] = Counter()
    for event in events:
        if event.kind is Happening.TIP_RATED:
            said[event.day, event.subject] += 1
        if event.kind in (Happening.TIP_REOPENED, Happening.TIP_CLOSED):
            del said[event.day, event.subject]
        if "ended" in event.detail:  # undone on another day than that of the end
            del said[date.fromisoformat(str(event.detail["ended"])), event.subject]
    return sum(number for (day, _), number in said.items() if day >= SATURDAY)


async def parties(world: World, day: date) -> tuple[int, int]:
    """How many parties were asked and have signed by the end of a day, as the ward's book tells it."""

    async def read(unit: Unit) -> tuple[int, int]:
        ward = await unit.places.find(WARD)
        assert ward is not None
        ran = [one for one in await pledges.all_of(unit, ward, day) if one.text.opens <= day]
        this_year = [one for one in ran if one.text.closes >= date(day.year, 1, 1)]
        return sum(len(one.text.parties) for one in this_year), sum(one.parties_signed for one in this_year)

    return await world.read(read)


_INVENTORY = ("security_cameras.total", "security_cameras.known", "security_cameras.working", "households.grouped")


def inventory_by_hand(events: list[Event]) -> dict[str, int]:
    """What events tell of cameras and households, by going through them once for each question."""
    cameras = [e for e in events if e.detail.get("asset") == "security_camera"]
    undone = {e.detail["event"] for e in cameras if e.kind.value == "asset_unseen"}
    counts = sorted((e for e in cameras if e.kind.value == "assets_counted"), key=_observed)
    total = int(counts[-1].detail["count"]) if counts else 0
    seen = sorted((e for e in cameras if e.kind.value == "asset_seen" and e.id not in undone), key=_observed)
    states = {e.detail["item"]: e.detail["working"] for e in seen if int(e.detail["item"]) <= total}
    told = sorted((e for e in events if e.kind.value == "households_counted"), key=_observed)
    households = {e.detail["unit"]: int(e.detail["count"]) for e in told}
    numbers = (total, len(states), sum(map(bool, states.values())), sum(households.values()))
    return dict(zip(_INVENTORY, numbers, strict=True))


def _observed(event: Event) -> str:
    return str(event.detail["observed"])


async def tell(urls: tuple[str, str], steps: list[Step]) -> None:
    told = []
    for url in urls:
        async with story_in(url) as story:
            await live(story, steps)
            await agree(story)
            told.append(await kept(story.world))
    assert told[0] == told[1]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MADE)
def test_figures_are_what_counting_from_scratch_gives(
    sqlite_template: Path, postgres_ward: str, tmp_path: Path, steps: list[Step]
) -> None:
    asyncio.run(tell(fresh(sqlite_template, postgres_ward, tmp_path), steps))


@pytest.mark.parametrize("seed", [9, 48])
def test_figures_of_a_long_story_are_what_counting_from_scratch_gives(
    sqlite_template: Path, postgres_ward: str, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    names = [*STEPS, *["night", "back", "wait"] * 3]
    steps = [(chance.choice(names), chance.randrange(10), chance.randrange(100)) for _ in range(150)]
    asyncio.run(tell(fresh(sqlite_template, postgres_ward, tmp_path), steps))


async def test_what_comes_after_its_day_was_closed_is_counted_there_by_the_next_night(world: World) -> None:
    lan = await world.resident()
    await world.tip(lan)
    await closed(world, SATURDAY)
    await closed(world, SUNDAY)
    at(world, SATURDAY, 23)
    await world.tip(lan, category=Category.SCAM)
    assert (await facts(world, SATURDAY) or {})["tips.opened"] == 1
    await closed(world, MONDAY)
    saturday, sunday = await facts(world, SATURDAY) or {}, await facts(world, SUNDAY) or {}
    assert (saturday["tips.opened"], saturday["tips.opened.scam"], saturday["tips.open"]) == (2, 1, 2)
    assert sunday["tips.open"] == 2


async def months(world: World, first: Month, last: Month, cut: int = CALENDAR) -> list[int | None]:
    """How many tips came, month by month."""
    found = await world.read(lambda unit: unit.figures.months(cut, first, last, "tips.opened"))
    return found.get(WARD, [])


async def test_a_month_is_summed_once_it_has_ended_and_again_when_something_comes_late(world: World) -> None:
    november, lan = Month(2026, 11), await world.resident()
    await world.tip(lan)
    await closed(world, SATURDAY)
    assert await months(world, november, november) == []
    for day in days_between(date(2026, 11, 28), date(2026, 11, 30)):
        await closed(world, day)
    assert await months(world, november, november.moved(1)) == [1, None]
    at(world, date(2026, 11, 29), 23)
    await world.tip(lan)
    await closed(world, date(2026, 12, 1))
    assert await months(world, november, november.moved(1)) == [2, None]
    assert await months(world, Month(2026, 12), Month(2026, 12), OFFICIAL) == []


async def test_a_month_whose_last_day_nobody_closed_is_summed_by_the_first_closing_after_it(world: World) -> None:
    lan = await world.resident()
    await world.tip(lan)
    await closed(world, SATURDAY)
    await closed(world, date(2027, 1, 20))  # nights are caught up for a month
    assert await months(world, Month(2026, 11), Month(2027, 1)) == [1, None, None]
    assert await months(world, Month(2026, 11), Month(2027, 2), OFFICIAL) == [None, 1, None, None]
    assert await kept(world) == await from_scratch(world)


async def test_a_check_that_comes_late_is_counted_on_the_day_it_was_due(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.leader("Hoa", "18115-5-lg2")
    last, late = date(2026, 11, 30), date(2026, 12, 2)
    await world.act(lambda unit: checking.open_all(unit, WARD, SATURDAY))
    async with world.unit() as unit:
        await checking.confirm(unit, mai, "2026-11", all_ok())
    await closed(world, last)
    assert {name: n for name, n in (await facts(world, last) or {}).items() if name.startswith("check_ins")} == {
        "check_ins.expected": 3,
        "check_ins.on_time": 1,
    }
    at(world, late, 9)
    async with world.unit() as unit:
        await checking.confirm(unit, hoa, "2026-11", all_ok())
    await closed(world, late)
    assert (await facts(world, last) or {})["check_ins.late"] == 1
    assert "check_ins.late" not in (await facts(world, late) or {})
    shared = await measured(world, "check_ins.reported", date(2026, 11, 1), last)
    assert (shared.numerator, shared.denominator, shared.value) == (2, 3, None)
    on_time = await measured(world, "check_ins.on_time", date(2026, 11, 15), date(2026, 12, 14))
    assert (on_time.numerator, on_time.denominator) == (1, 3)


async def test_findings_are_open_until_they_are_mended(world: World) -> None:
    mai, nam = await world.leader(), await world.officer()
    await world.act(lambda unit: checking.open_all(unit, WARD, SATURDAY))
    items = all_ok() | {Item.EXTINGUISHER: Finding.BAD, Item.ALARM_BELL: Finding.BAD}
    async with world.unit() as unit:
        duty, _ = await checking.confirm(unit, mai, "2026-11", items)
    await closed(world, SATURDAY)
    async with world.unit() as unit:
        found = await unit.findings.of(duty.id)
        await mending.mend(unit, nam, found[:1])
    await closed(world, SUNDAY)
    saturday, sunday = await facts(world, SATURDAY) or {}, await facts(world, SUNDAY) or {}
    assert (saturday["findings.open"], saturday["findings.opened.extinguisher"]) == (2, 1)
    assert (sunday["findings.open"], sunday["findings.mended"], sunday["findings.mended_in_time"]) == (1, 1, 1)


async def test_what_is_not_closed_is_unknown_and_a_quiet_day_is_zero(world: World) -> None:
    at(world, SUNDAY, 9)
    unknown = await measured(world, "tips.opened", SATURDAY, SATURDAY)
    assert (unknown.status, unknown.value, unknown.known, unknown.days, unknown.as_of) == ("unknown", None, 0, 1, None)
    await closed(world, SATURDAY)
    zero = await measured(world, "tips.opened", SATURDAY, SATURDAY)
    assert (zero.status, zero.value, zero.known, zero.as_of) == ("measured", 0, 1, SATURDAY)
    share = await measured(world, "check_ins.on_time", SATURDAY, SATURDAY)
    assert (share.numerator, share.denominator, share.value) == (0, 0, None)
    half = await measured(world, "tips.opened", SATURDAY - timedelta(days=1), SATURDAY)
    assert (half.known, half.days) == (1, 2)
    await closed(world, date(2026, 12, 14))
    assert await months(world, Month(2026, 10), Month(2027, 1), OFFICIAL) == [None, None, 0, None]


async def test_a_running_day_counts_in_a_period_as_far_as_it_has_gone(world: World) -> None:
    lan = await world.resident()
    at(world, SATURDAY, 9)
    await world.tip(lan)
    await closed(world, SATURDAY)
    at(world, SUNDAY, 9)
    await world.tip(lan)
    world.pass_time(minutes=1)
    both = await measured(world, "tips.opened", SATURDAY, SUNDAY)
    assert (both.value, both.known, both.as_of) == (2, 2, SUNDAY)
    still = await measured(world, "tips.open", SATURDAY, SUNDAY)
    assert (still.value, still.as_of) == (2, SUNDAY)
    assert (await measured(world, "tips.open", SATURDAY, SATURDAY)).value == 1


async def test_what_an_older_catalogue_counted_is_counted_again(world: World) -> None:
    await closed(world, SATURDAY)
    async with world.unit() as unit:
        old = await unit.figures.day(WARD, SATURDAY)
        assert old is not None
        await unit.figures.set_days([replace(old, edition=0, facts={"tips.old": 7})])
    assert (await measured(world, "tips.opened", SATURDAY, SATURDAY)).status == "unknown"
    await closed(world, SUNDAY)
    again = await measured(world, "tips.opened", SATURDAY, SATURDAY)
    assert (again.status, again.value) == ("measured", 0)
    groups = {"groups.standing": 4, "groups.standing.fire_group": 3, "groups.standing.security_group": 1}
    assert await facts(world, SATURDAY) == groups


async def test_what_days_of_before_did_not_count_is_unknown_of_them_and_never_zero(world: World) -> None:
    await closed(world, SATURDAY)
    async with world.unit() as unit:
        day = await unit.figures.day(WARD, SATURDAY)
        assert day is not None
        await unit.figures.set_days([replace(day, edition=1)])
    world.pass_time(days=20)
    later = ward_day(world.now) - timedelta(days=1)
    await closed(world, later)  # too late to look back so far
    old = await measured(world, "tips.satisfied", SATURDAY, SATURDAY)
    assert (old.status, old.numerator, old.denominator) == ("unknown", None, None)
    assert (await measured(world, "tips.closed", SATURDAY, SATURDAY)).value == 0
    assert (await measured(world, "tips.rated", later, later)).denominator == 0


async def test_what_was_said_of_a_wrong_end_goes_with_it_and_the_right_one_is_asked_about(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    sent = await world.tip(lan)
    for _ in range(2):
        async with world.unit() as unit:
            await triage.end(unit, nam, sent.tip.id, Outcome.UNFOUNDED)
        async with world.unit() as unit:
            await receipts.rate(unit, sent.receipt, Rating.UNSATISFIED)
        async with world.unit() as unit:
            await triage.reopen(unit, nam, sent.tip.id)
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
        await receipts.rate(unit, sent.receipt, Rating.SATISFIED)
    await closed(world, SATURDAY)
    found = await facts(world, SATURDAY) or {}
    assert {name: count for name, count in found.items() if name.startswith("tips.rated")} == {
        "tips.rated": 1,
        "tips.rated.satisfied": 1,
    }


async def test_satisfaction_of_fewer_than_five_is_not_told_but_how_many_said_anything_is(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    for number in range(1, 7):
        sent = await world.tip(lan)
        async with world.unit() as unit:
            await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
            await receipts.rate(unit, sent.receipt, Rating.SATISFIED if number < 4 else Rating.FAIR)
        day = ward_day(world.now)
        await closed(world, day)
        said = await measured(world, "tips.satisfied", SATURDAY, day)
        rated = await measured(world, "tips.rated", SATURDAY, day)
        assert (rated.numerator, rated.denominator) == (number, number)
        few = number < 5
        assert (said.status, said.few) == ("unknown" if few else "measured", few)
        assert said.numerator == (None if few else 3)
    assert said.denominator == 6


async def test_what_somebody_says_today_is_in_no_figure_before_the_day_has_ended(world: World) -> None:
    """Read before and after a tap, a count of the running day would be that person's word (decision 25)."""
    nam, lan = await world.officer(), await world.resident()
    sent = [await world.tip(lan) for _ in range(7)]
    async with world.unit() as unit:
        for one in sent:
            await triage.end(unit, nam, one.tip.id, Outcome.RESOLVED)
        for one in sent[:5]:
            await receipts.rate(unit, one.receipt, Rating.SATISFIED)

    async def told() -> list[tuple[int | None, int | None, int, int]]:
        names = ("tips.satisfied", "tips.rated")
        found = [await measured(world, name, SATURDAY, SUNDAY) for name in names]
        week = await world.read(lambda unit: periodic.read(unit, WARD, span_of(ReportKind.WEEKLY, SUNDAY)))
        lines = [line.measured for name in names if (line := week.line(name)) is not None]
        assert [(one.numerator, one.denominator) for one in lines] == [
            (one.numerator, one.denominator) for one in found
        ]
        return [(one.numerator, one.denominator, one.known, one.days) for one in found]

    world.pass_time(seconds=1)
    assert await told() == [(None, None, 0, 2)] * 2
    await closed(world, SATURDAY)
    assert await told() == [(5, 5, 1, 2), (5, 7, 1, 2)]
    async with world.unit() as unit:
        await receipts.rate(unit, sent[5].receipt, Rating.UNSATISFIED)
    world.pass_time(seconds=1)
    assert await told() == [(5, 5, 1, 2), (5, 7, 1, 2)]
    await closed(world, SUNDAY)
    assert await told() == [(5, 6, 2, 2), (6, 7, 2, 2)]


async def test_how_tips_stood_at_midnight_is_the_same_by_their_rows_and_replayed_later(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    day = SATURDAY + timedelta(days=21)
    at(world, SATURDAY, 10)
    names = ("new", "late", "forwarded", "paused", "long ago", "asked late", "answered", "ended", "undone", "by night")
    sent = {name: await world.tip(lan) for name in names}

    async def tap(name: str, work: Callable[..., Awaitable[object]], *more: object) -> None:
        async with world.unit() as unit:
            await work(unit, nam, sent[name].tip.id, *more)

    for name in names[1:-1]:
        await tap(name, triage.receive)
    await tap("forwarded", triage.forward)
    for name, asked in (("long ago", 5), ("answered", 10), ("paused", 19), ("asked late", 20)):
        at(world, SATURDAY + timedelta(days=asked), 23)
        await tap(name, triage.ask, "Mấy giờ?")
    at(world, SATURDAY + timedelta(days=12), 23)
    async with world.unit() as unit:
        await receipts.add(unit, sent["answered"].receipt, "chín giờ")
    at(world, day, 23)
    sent["fire"] = await world.tip(lan, category=Category.FIRE_EXPLOSION)
    for name in ("ended", "undone"):
        await tap(name, triage.end, Outcome.RESOLVED)
    await tap("undone", triage.reopen)
    await tap("by night", triage.end, Outcome.UNFOUNDED)
    await closed(world, day)
    at_midnight = await facts(world, day) or {}
    assert how_tips_stood(at_midnight) == {
        "tips.open": 9,
        "tips.open.new": 2,
        "tips.open.received": 6,
        "tips.open.forwarded": 1,
        "tips.overdue": 5,  # new, late, forwarded, asked late, undone
        "tips.urgent_waiting": 1,
    }
    assert how_tips_stood(at_midnight) == await by_events_alone(world, day)
    for name in sent.keys() - {"ended", "by night"}:
        world.pass_time(hours=1)
        await tap(name, triage.end, Outcome.RESOLVED)
    await world.act(lambda unit: figures.recount(unit, (WARD,), day))
    assert await facts(world, day) == at_midnight


async def test_a_tip_is_overdue_from_the_quarter_after_its_deadline_as_the_day_runs(world: World) -> None:
    lan = await world.resident()
    at(world, SATURDAY, 9)
    await world.tip(lan, category=Category.FIRE_EXPLOSION)
    world.pass_time(minutes=1)
    await world.tip(lan, category=Category.FIRE_EXPLOSION)
    for after, number in ((0, 0), (1, 0), (899, 0), (900, 2), (959, 2)):
        at(world, SATURDAY, 13)
        world.now += timedelta(seconds=after)
        found = await world.read(lambda unit: figures.facts_of(unit, WARD, SATURDAY, unit.now))
        assert (found["tips.open"], found.get("tips.overdue", 0)) == (2, number)


async def test_what_happens_after_midnight_before_the_day_is_closed_is_not_in_it(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    tips = [await world.tip(lan) for _ in range(4)]
    await world.tip(lan, ward=OTHER)
    at(world, SATURDAY, 23, 58)
    async with world.unit() as unit:
        await triage.end(unit, nam, tips[2].tip.id, Outcome.RESOLVED)
    at(world, SUNDAY, 0, 5)
    async with world.unit() as unit:
        await triage.receive(unit, nam, tips[0].tip.id)
        await triage.end(unit, nam, tips[1].tip.id, Outcome.RESOLVED)
        await triage.reopen(unit, nam, tips[2].tip.id)
    await world.tip(lan)
    await world.act(lambda unit: figures.close(unit, (WARD, OTHER), SATURDAY))
    for ward, number in ((WARD, 3), (OTHER, 1)):
        found = how_tips_stood(await facts(world, SATURDAY, ward) or {})
        assert found == {"tips.open": number, "tips.open.new": number}
        assert found == await by_events_alone(world, SATURDAY, ward)
    await closed(world, SUNDAY)
    assert how_tips_stood(await facts(world, SUNDAY) or {}) == {
        "tips.open": 4,
        "tips.open.new": 2,
        "tips.open.received": 2,
    }


async def test_every_ward_is_counted_for_itself(world: World) -> None:
    lan, nam = await world.resident(), await world.officer()
    first = await world.tip(lan)
    await world.tip(lan, ward=OTHER)
    await world.tip(lan, ward=OTHER, category=Category.FIRE_EXPLOSION)
    async with world.unit() as unit:
        await triage.end(unit, nam, first.tip.id, Outcome.RESOLVED)
    await world.act(lambda unit: figures.close(unit, (WARD, OTHER), SATURDAY))
    everywhere = await world.read(lambda unit: unit.figures.of_all(SATURDAY))
    assert {ward: (f["tips.opened"], f.get("tips.closed.resolved", 0)) for ward, f in everywhere.items()} == {
        WARD: (1, 1),
        OTHER: (2, 0),
    }
    one_by_one = await kept(world)
    assert await from_scratch(world) == one_by_one


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from([*CUTS, 2, 20, 28]))
def test_every_day_is_in_exactly_one_month_of_each_cut_off(day: date, cut: int) -> None:
    month = month_of(day, cut)
    first, last = month_days(month, cut)
    assert first <= day <= last
    assert 28 <= len(days_between(first, last)) <= 31
    assert month_days(month.moved(1), cut)[0] == last + timedelta(days=1)


def test_the_official_month_is_from_the_15th_to_the_14th() -> None:
    assert month_days(Month(2026, 11), OFFICIAL) == (date(2026, 10, 15), date(2026, 11, 14))
    assert month_of(date(2025, 12, 15), OFFICIAL) == Month(2026, 1)
    assert month_days(Month(2026, 2), CALENDAR) == (date(2026, 2, 1), date(2026, 2, 28))


def test_no_indicator_calls_fewer_tips_better() -> None:
    assert len(BY_NAME) == len(INDICATORS)
    less: set[Any] = {line.name for line in INDICATORS if line.direction == "less_is_better"}
    # Waiting and being late are worse the more there is of them; how many came, were found or are open never is.
    assert less == {
        "tips.received_after",
        "tips.closed_after",
        "tips.unopened_a_minute",
        "tips.overdue",
        "tips.urgent_waiting",
    }


async def test_an_end_that_is_undone_after_midnight_counts_on_no_day(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    at(world, SATURDAY, 9)
    sent, stays = await world.tip(lan), await world.tip(lan)

    async def end(tip: str, outcome: Outcome) -> None:
        async with world.unit() as unit:
            await triage.end(unit, nam, tip, outcome)

    at(world, SATURDAY, 23, 55)
    await end(sent.tip.id, Outcome.RESOLVED)
    await end(stays.tip.id, Outcome.RESOLVED)
    async with world.unit() as unit:
        await receipts.rate(unit, sent.receipt, Rating.SATISFIED)
    await closed(world, SATURDAY)
    assert (await facts(world, SATURDAY) or {})["tips.closed"] == 2
    at(world, SUNDAY, 0, 2)
    async with world.unit() as unit:
        await triage.reopen(unit, nam, sent.tip.id)
    await end(sent.tip.id, Outcome.UNFOUNDED)
    await closed(world, SUNDAY)
    whole = await measured(world, "tips.closed", SATURDAY, SUNDAY)
    assert whole.value == 2
    assert (await measured(world, "tips.solved", SATURDAY, SUNDAY)).value == 1
    first, second = await facts(world, SATURDAY) or {}, await facts(world, SUNDAY) or {}
    assert (first["tips.closed"], first.get("tips.rated", 0)) == (1, 0)
    assert (second["tips.closed"], second["tips.closed.unfounded"]) == (1, 1)
    assert await kept(world) == await from_scratch(world)


async def test_a_clock_that_is_set_back_past_midnight_undoes_an_end_on_its_day_too(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    at(world, SATURDAY, 9)
    sent = await world.tip(lan)
    at(world, SUNDAY, 0, 5)
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    at(world, SATURDAY, 23, 58)
    async with world.unit() as unit:
        await triage.reopen(unit, nam, sent.tip.id)
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.UNFOUNDED)
    await closed(world, SATURDAY)
    await closed(world, SUNDAY)
    assert (await facts(world, SATURDAY) or {})["tips.closed"] == 1
    assert "tips.closed" not in (await facts(world, SUNDAY) or {})
    assert await kept(world) == await from_scratch(world)
