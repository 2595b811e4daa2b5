"""What happens by the clock: each slot once, caught up after an outage, whoever asks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.clocks import VIETNAM
from domain.people import Role
from domain.talks import Draft, Talk
from domain.tips import Category
from jobs.schedule import BY_NAME, EVERYBODY, JOBS, OF_EVERYBODY, OF_PROVINCES, Job
from jobs.ticker import Ticker, run_by_hand
from storage import meta
from storage.engine import open_database
from storage.unit import Unit
from tests.cases.world import GROUPS, OTHER, SATURDAY, WARD, World, refusal

SUNDAY = SATURDAY + timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)


def ticker(world: World, first_day: date = SATURDAY) -> Ticker:
    return Ticker(world.act, world.read, first_day)


async def slots(world: World) -> dict[tuple[str, str], list[str]]:
    """The periods that have run, by job and unit."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in await world.rows("slots"):
        found.setdefault((row["job"], row["unit"]), []).append(row["period"])
    return {key: sorted(periods) for key, periods in found.items()}


async def by_hand(world: World, name: str, day: date) -> int:
    return await world.act(lambda unit: run_by_hand(unit, name, day))


async def test_slots_of_many_wards_are_taken_where_nobody_was_first(world: World) -> None:
    async with world.unit() as unit:
        assert await unit.slots.take("close_day", WARD, "2026-11-21")
    for left in ({OTHER}, set()):
        async with world.unit() as unit:
            assert await unit.slots.take_all("close_day", (WARD, OTHER), "2026-11-21") == left
    async with world.unit() as unit:
        assert await unit.slots.take_all("close_day", (WARD,), "2026-11-22") == {WARD}
    assert await slots(world) == {
        ("close_day", WARD): ["2026-11-21", "2026-11-22"],
        ("close_day", OTHER): ["2026-11-21"],
    }


async def test_a_day_runs_every_job_for_every_ward_once(world: World) -> None:
    await world.officer("Nam")
    chief = await world.member("Ba", Role.WARD_CHIEF, OTHER)
    world.hush()
    world.now = at(SUNDAY, 9)
    clock = ticker(world)
    assert await clock.tick() == 11
    assert await clock.tick() == 0
    assert await ticker(world).tick() == 0
    assert await slots(world) == {
        **{(job, ward): ["2026-11-21"] for job in ("close_day", "daily_summary") for ward in (WARD, OTHER)},
        **{("pledge_reminder", ward): ["2026-11-21"] for ward in (WARD, OTHER)},
        **{(job, ward): ["2026-11-22"] for job in ("open_duties", "advance_duties") for ward in (WARD, OTHER)},
        ("retention", EVERYBODY): ["2026-11-22"],
    }
    assert world.heard_by(chief) == ["summary.title"]
    assert len(await world.rows("duties")) == 4
    assert clock.failures == 0


async def test_each_job_waits_for_its_hour(world: World) -> None:
    world.now = at(SUNDAY, 0)
    seen = []
    clock = ticker(world, SUNDAY - timedelta(days=1))
    await clock.tick()
    before = set(await slots(world))
    for moment in (at(SUNDAY, 0, 1), at(SUNDAY, 3), at(SUNDAY, 6, 59), at(SUNDAY, 7), at(SUNDAY, 8)):
        world.now = moment
        await clock.tick()
        done = {(job, unit, p) for (job, unit), periods in (await slots(world)).items() for p in periods}
        seen.append(sorted({job for job, _, period in done if period == "2026-11-22"}))
    assert ("close_day", WARD) in before
    assert ("daily_summary", WARD) not in before
    assert seen == [
        ["open_duties"],
        ["open_duties", "retention"],
        ["open_duties", "retention"],
        ["open_duties", "retention"],
        ["advance_duties", "open_duties", "retention"],
    ]
    assert (await slots(world))["daily_summary", WARD] == ["2026-11-21"]


async def test_nothing_is_done_for_days_before_the_installation(world: World) -> None:
    world.now = at(SATURDAY, 9)
    await ticker(world).tick()
    assert {job for job, _ in await slots(world)} == {"open_duties", "retention", "advance_duties"}
    world.now = at(SATURDAY, 0)
    assert await ticker(world, SUNDAY).tick() == 0


async def test_a_day_of_silence_is_caught_up(world: World) -> None:
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD)
    clock = ticker(world)
    world.now = at(SUNDAY, 8)
    await clock.tick()
    world.hush()
    world.now = at(SUNDAY + timedelta(days=2), 10)
    await clock.tick()
    # Sunday and Monday, and the week that ended on Sunday.
    assert world.heard_by(chief) == ["summary.title", "summary.title", "period.sent"]
    found = await slots(world)
    assert found["daily_summary", WARD] == found["close_day", WARD] == ["2026-11-21", "2026-11-22", "2026-11-23"]
    assert found["advance_duties", WARD] == ["2026-11-22", "2026-11-24"]
    assert await clock.tick() == 0


async def test_summaries_are_caught_up_for_a_week_and_figures_for_a_month(world: World) -> None:
    clock = ticker(world)
    world.now = at(SUNDAY + timedelta(days=60), 10)
    await clock.tick()
    found = await slots(world)
    assert len(found["daily_summary", WARD]) == 8
    assert len(found["close_day", WARD]) == 32


async def test_a_clock_set_back_and_forth_repeats_nothing(world: World) -> None:
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD)
    mai = await world.leader("Mai")
    clock = ticker(world)
    world.hush()
    last = date(2026, 11, 30)
    for moment in (at(last, 9), at(last, 9) - timedelta(days=1), at(last, 9), at(last, 8, 59)):
        world.now = moment
        await clock.tick()
    sent = world.sent_to(chief)
    assert [notice.key for notice in sent].count("period.sent") == 2, "two weeks have ended"
    summaries = [notice for notice in sent if notice.report is not None]
    assert len(summaries) == len({notice.report for notice in summaries})
    assert len(world.heard_by(mai)) == 2  # for the 29th and for the 30th
    periods = (await slots(world))["advance_duties", WARD]
    assert periods == sorted(set(periods))


async def test_what_fails_in_one_ward_keeps_no_other_waiting_and_is_tried_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.tip(await world.resident("Lan", OTHER), ward=OTHER)
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE events SET kind = 'unreadable' WHERE ward = :ward", ward=OTHER)
    world.now = at(SUNDAY, 9)
    clock = ticker(world)
    with caplog.at_level(logging.ERROR):
        assert await clock.tick() == 9
    assert clock.failures == 2
    assert [record.getMessage() for record in caplog.records] == [
        f"job {job} of {OTHER} for 2026-11-21 failed" for job in ("close_day", "daily_summary")
    ]
    assert ("close_day", OTHER) not in await slots(world)
    assert (await slots(world))["close_day", WARD] == ["2026-11-21"]
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE events SET kind = 'tip_opened' WHERE ward = :ward", ward=OTHER)
    assert await clock.tick() == 2
    assert await clock.tick() == 0


@asynccontextmanager
async def beside(world: World, url: str) -> AsyncIterator[World]:
    """The same installation seen by another process; SQLite has one process, and two tasks of it."""
    if world.db.dialect == "sqlite":
        other = World(world.db)
        other.now = world.now
        yield other
        return
    db = await open_database(url)
    other = World(db)
    other.now = world.now
    try:
        yield other
    finally:
        await db.close()


async def test_two_tickers_of_one_database_run_each_slot_once(world: World, db_url: str) -> None:
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD)
    await world.officer("Nam")
    world.hush()
    world.now = at(SUNDAY, 9)
    async with beside(world, db_url) as other:
        mine, theirs = ticker(world), ticker(other)
        ran = await asyncio.gather(mine.tick(), theirs.tick())
        assert sum(ran) == 11
        assert (mine.failures, theirs.failures) == (0, 0)
        assert len(world.sent_to(chief) + other.sent_to(chief)) == 1
    assert all(len(periods) == 1 for periods in (await slots(world)).values())
    assert len(await world.rows("duties")) == 4


async def test_jobs_and_looks_of_one_process_take_turns(world: World) -> None:
    running, most = 0, 0

    async def act(work: Callable[[Unit], Awaitable[bool]]) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return await world.act(work)
        finally:
            running -= 1

    world.now = at(SUNDAY, 9)
    clock = Ticker(act, world.read, SATURDAY)
    ran, *_ = await asyncio.gather(clock.tick(), clock.watch(), clock.watch())
    assert (ran, most) == (11, 1)


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_job_by_hand_runs_once_for_every_unit(world: World, name: str) -> None:
    await world.member("Ba", Role.WARD_CHIEF, WARD)
    world.hush()
    world.now = at(SUNDAY, 9)
    assert await by_hand(world, name, SATURDAY) == (1 if name in OF_EVERYBODY | OF_PROVINCES else 2)
    sent = len(world.posts)
    assert sent == (1 if name == "daily_summary" else 0)
    before = {table: await world.rows(table) for table in ("slots", "duties", "day_figures", "snapshots")}
    assert await by_hand(world, name, SATURDAY) == 0
    assert len(world.posts) == sent
    assert {table: await world.rows(table) for table in before} == before


@pytest.mark.parametrize("name", ["close_day", "daily_summary"])
async def test_an_unfinished_day_does_not_use_up_the_whole_ones_slot(world: World, name: str) -> None:
    await world.member("Ba", Role.WARD_CHIEF, WARD)
    world.now = at(SATURDAY, 15)
    assert await by_hand(world, name, SATURDAY) == 2
    assert await by_hand(world, name, SATURDAY) == 0
    world.now = at(SUNDAY, 9)
    assert await by_hand(world, name, SATURDAY) == 2
    assert (await slots(world))[name, WARD] == ["2026-11-21", "2026-11-21/unfinished"]
    await ticker(world).tick()
    assert len((await slots(world))[name, WARD]) == 2


@pytest.mark.parametrize("name", BY_NAME)
async def test_no_job_runs_for_a_day_to_come(world: World, name: str) -> None:
    refused = await refusal(by_hand(world, name, SUNDAY))
    assert (refused.code, refused.params) == ("report.future", {"day": SUNDAY})
    assert await slots(world) == {}


async def test_an_unknown_job_is_refused_with_those_that_are_known(world: World) -> None:
    refused = await refusal(by_hand(world, "make_coffee", SATURDAY))
    assert refused.code == "job.unknown"
    assert refused.params == {"name": "make_coffee", "known": ", ".join(BY_NAME)}


def test_a_job_names_the_days_that_are_due() -> None:
    async def nothing(*_: object) -> None: ...

    job = Job("j", time(7), nothing, timedelta(days=2), of_yesterday=True)
    first = date(2026, 11, 1)
    assert job.days(at(SUNDAY, 7), first) == [date(2026, 11, day) for day in (19, 20, 21)]
    assert job.days(at(SUNDAY, 6, 59), first) == [date(2026, 11, day) for day in (18, 19, 20)]
    assert job.days(at(SUNDAY, 7), SATURDAY) == [SATURDAY]
    assert job.days(at(SUNDAY, 7), SUNDAY + timedelta(days=5)) == []
    assert job.days(datetime(2026, 11, 22, 0, tzinfo=UTC), SATURDAY) == [SATURDAY]


def test_the_table_closes_a_day_before_its_summary_is_drawn_up() -> None:
    names = [job.name for job in JOBS]
    assert names.index("close_day") < names.index("daily_summary")
    assert OF_EVERYBODY | OF_PROVINCES <= set(names) == set(BY_NAME)


async def test_a_month_without_a_job_is_still_opened_by_its_leader_and_counted_once(world: World) -> None:
    world.now = at(SATURDAY, 9)
    await by_hand(world, "open_duties", SATURDAY)
    assert sorted(row["unit"] for row in await world.rows("duties")) == sorted([*GROUPS, "22759-1-lg1"])
    world.now = at(SUNDAY, 9)
    await by_hand(world, "open_duties", SUNDAY)
    assert len(await world.rows("duties")) == 4


async def test_a_period_is_reported_on_the_morning_after_its_last_day_once(world: World) -> None:
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD)
    clock, sent = ticker(world, date(2026, 12, 10)), {}
    async with world.unit() as unit:
        await meta.put(unit.tx, meta.FIRST_DAY, "2026-12-10")
    world.hush()
    for moment in (at(date(2026, 12, 14), 7, 30), at(date(2026, 12, 15), 7, 29), at(date(2026, 12, 15), 7, 30)):
        world.now = moment
        await clock.tick()
        await clock.tick()
        said = [notice.params["text"] for notice in world.sent_to(chief) if notice.key == "period.sent"]
        sent[moment] = [text.partition(",")[0] for text in said]
    assert list(sent.values()) == [
        ["Báo cáo tuần 07/12 - 13/12/2026"],
        [],
        ["Báo cáo tháng 12/2026", "Báo cáo quý IV/2026", "Báo cáo 6 tháng cuối năm 2026", "Báo cáo năm 2026"],
    ]
    assert (await slots(world))["periodic_reports", WARD] == ["2026-12-13", "2026-12-14"]
    assert await by_hand(world, "periodic_reports", date(2026, 12, 14)) == 0
    frozen = {row["kind"] for row in await world.rows("snapshots") if row["ward"] == WARD}
    assert frozen >= {"report/weekly", "report/monthly", "report/quarterly", "report/half_yearly"}


async def test_no_job_hangs_on_what_a_tick_does_besides(world: World) -> None:
    begun = Draft(ward=WARD, category=Category.DRUGS, urgent=False)
    world.now = at(SUNDAY, 8)
    async with world.unit() as unit:
        unit.talks.save(Talk(key=b"left", chat=5, draft=begun, touched_at=world.now))
    async with world.db.transaction() as tx:
        await tx.execute("INSERT INTO undelivered (id, at, lane, method, reason) VALUES (1, 0, 99, '', '')")
    world.now = at(SUNDAY, 10)
    clock = ticker(world)
    world.hush()
    await clock.watch()
    assert [post.notice.key for post in world.posts] == ["tip.unfinished"]
    assert await clock.tick() == 11
    assert clock.failures == 2


async def test_talks_that_are_damaged_are_neither_reminded_of_nor_kept(world: World) -> None:
    left = Draft(ward=WARD, category=Category.DRUGS, urgent=False)
    world.now = at(SUNDAY, 8)
    async with world.unit() as unit:
        for number in range(3):
            unit.talks.save(Talk(key=b"%d" % number, chat=5 + number, draft=left, touched_at=world.now))
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE talks SET body = :body WHERE key <> :key", body=b"\0" * 64, key=b"1")
    clock = ticker(world)
    world.now = at(SUNDAY, 10)
    world.hush()
    await clock.watch()
    await clock.watch()
    assert [(post.chat, post.notice.key) for post in world.posts] == [(6, "tip.unfinished")]
    assert [row["remind_at"] for row in await world.rows("talks")] == [None] * 3
    world.now += timedelta(days=2)
    await clock.tick()
    assert await world.rows("talks") == []
    assert clock.failures == 0
