"""The night and the morning of one ward: exact figures of a told story, and what is frozen stays."""

from datetime import date, datetime, timedelta

import pytest

from cases import checking, figures, nights, people, periodic, receipts, triage
from cases.reporting import Sent
from domain.clocks import QUARTER, VIETNAM, day_bounds, ward_day
from domain.duties import all_ok
from domain.figures import at_the_end
from domain.notices import Lane
from domain.people import Person, Role
from domain.report_kinds import ReportKind
from domain.spans import span_of
from domain.summary import CheckInFigures, DailySummary, OverdueTip, TipFigures
from domain.tips import Category, Outcome
from storage.ward import Snapshot
from tests.cases.world import GROUPS, OTHER, SATURDAY, WARD, World, refusal

FRIDAY = date(2026, 11, 20)
SUNDAY = date(2026, 11, 22)
SUNDAY_MORNING = datetime(2026, 11, 22, 7, tzinfo=VIETNAM)

ON_FRIDAY = TipFigures(
    opened=2,
    closed=0,
    valuable=0,
    open=2,
    overdue=0,
    by_kind={"drugs": 1, "scam": 1},
    by_state={"new": 1, "received": 1},
)
ON_SATURDAY = TipFigures(
    opened=4,
    closed=2,
    valuable=1,
    open=4,
    overdue=1,
    urgent=2,
    urgent_received_after=(180,),
    urgent_waiting=1,
    by_kind={"drugs": 1, "fire_explosion": 2, "other": 1},
    by_state={"forwarded": 1, "new": 1, "received": 2},
)
CHECKS = CheckInFigures(expected=3, received=1, on_time=1, missing=("Tổ liên gia Chợ",), unreachable=("Tổ liên gia 3",))


def at(world: World, day: date, hour: int, minute: int = 0) -> None:
    world.now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)


async def received(world: World, officer: Person, sent: Sent) -> None:
    async with world.unit() as unit:
        await triage.receive(unit, officer, sent.tip.id)


async def two_days(world: World) -> tuple[Person, Sent]:
    """Friday and Saturday of Bắc Hồng. Gives the officer, and the urgent tip that nobody received."""
    nam, lan, mai = await world.officer("Nam"), await world.resident("Lan"), await world.leader("Mai")
    await world.leader("Hoa", GROUPS[1])
    at(world, FRIDAY, 9)
    drugs = await world.tip(lan)
    at(world, FRIDAY, 10)
    await received(world, nam, drugs)
    await world.act(lambda unit: checking.open_all(unit, WARD, FRIDAY))
    at(world, FRIDAY, 15)
    scam = await world.tip(lan, category=Category.SCAM)
    at(world, SATURDAY, 0)
    await world.act(lambda unit: nights.close_day(unit, WARD, FRIDAY))
    at(world, SATURDAY, 8)
    fire = await world.tip(lan, "cháy", category=Category.FIRE_EXPLOSION)
    at(world, SATURDAY, 8, 3)
    await received(world, nam, fire)
    at(world, SATURDAY, 9)
    forgotten = await world.tip(lan, "cháy nữa", category=Category.FIRE_EXPLOSION)
    at(world, SATURDAY, 10)
    async with world.unit() as unit:
        await triage.value(unit, nam, drugs.tip.id)
    at(world, SATURDAY, 11)
    async with world.unit() as unit:
        await triage.end(unit, nam, drugs.tip.id, Outcome.RESOLVED)
    at(world, SATURDAY, 12)
    await received(world, nam, scam)
    at(world, SATURDAY, 12, 5)
    async with world.unit() as unit:
        await triage.forward(unit, nam, scam.tip.id)
    await more_of_saturday(world, nam, lan, mai)
    return nam, forgotten


async def more_of_saturday(world: World, nam: Person, lan: Person, mai: Person) -> None:
    at(world, SATURDAY, 13)
    undone, done = await world.tip(lan), await world.tip(lan, category=Category.OTHER)
    await world.tip(lan, ward=OTHER)
    at(world, SATURDAY, 13, 4)
    await received(world, nam, undone)
    await received(world, nam, done)
    at(world, SATURDAY, 13, 5)
    async with world.unit() as unit:
        await triage.end(unit, nam, undone.tip.id, Outcome.UNFOUNDED)
        await triage.end(unit, nam, done.tip.id, Outcome.DUPLICATE)
    at(world, SATURDAY, 13, 10)
    async with world.unit() as unit:
        await triage.reopen(unit, nam, undone.tip.id)
    at(world, SATURDAY, 19)
    async with world.unit() as unit:
        await checking.confirm(unit, mai, "2026-11", all_ok())


async def summary(world: World, day: date = SATURDAY, ward: str = WARD) -> DailySummary:
    return await world.read(lambda unit: nights.summary(unit, ward, day))


async def test_a_told_story_becomes_exactly_these_figures(world: World) -> None:
    _, forgotten = await two_days(world)
    world.now = SUNDAY_MORNING
    assert await summary(world) == DailySummary(
        ward=WARD,
        ward_name="phường Bắc Hồng",
        day=SATURDAY,
        closed_at=None,
        tips=ON_SATURDAY,
        before=ON_FRIDAY,
        check_ins=CHECKS,
        overdue_tips=(OverdueTip(code=forgotten.tip.code, seconds=11 * 3600),),
    )


async def test_each_ward_has_its_own_figures(world: World) -> None:
    await two_days(world)
    world.now = SUNDAY_MORNING
    other = await summary(world, ward=OTHER)
    assert (other.ward_name, other.tips.opened, other.tips.by_kind) == ("phường Kinh Dinh", 1, {"drugs": 1})
    assert other.before is None
    assert other.check_ins == CheckInFigures(expected=0, received=0, on_time=0)


async def test_a_day_is_drawn_up_later_with_the_same_figures(world: World) -> None:
    nam, forgotten = await two_days(world)
    world.now = SUNDAY_MORNING
    first = await summary(world)
    await received(world, nam, forgotten)
    world.pass_time(hours=1)
    async with world.unit() as unit:
        await triage.end(unit, nam, forgotten.tip.id, Outcome.RESOLVED)
    world.pass_time(days=3)
    assert await summary(world) == first


async def test_closing_a_day_twice_gives_equal_rows(world: World) -> None:
    await two_days(world)
    kept = []
    for world.now in (SUNDAY_MORNING, SUNDAY_MORNING + timedelta(days=2)):
        await world.act(lambda unit: nights.close_day(unit, WARD, SATURDAY))
        rows = [*await world.rows("day_figures"), *await world.rows("year_figures")]
        kept.append(sorted(rows, key=repr))
    assert kept[0] == kept[1]
    closed = await world.read(lambda unit: unit.figures.day(WARD, SATURDAY))
    assert closed is not None
    assert closed.facts["tips.opened.fire_explosion"] == 2
    assert (closed.facts["tips.open"], closed.facts["tips.overdue"], closed.facts["tips.closed"]) == (4, 1, 2)
    assert (closed.facts["tips.closed.resolved"], closed.facts["tips.received_in_time"]) == (1, 4)


async def test_a_day_that_still_runs_is_not_closed(world: World) -> None:
    await two_days(world)
    at(world, SATURDAY, 23, 59)
    await world.act(lambda unit: nights.close_day(unit, WARD, SATURDAY))
    assert await world.read(lambda unit: unit.figures.day(WARD, SATURDAY)) is None


async def test_the_day_before_is_known_only_once_it_was_closed(world: World) -> None:
    await two_days(world)
    world.now = SUNDAY_MORNING + timedelta(days=1)
    assert (await summary(world, SUNDAY)).before is None
    await world.act(lambda unit: nights.close_day(unit, WARD, SATURDAY))
    assert (await summary(world, SUNDAY)).before == ON_SATURDAY


async def test_a_sent_summary_is_read_again_exactly_as_it_was(world: World) -> None:
    nam, forgotten = await two_days(world)
    world.now = SUNDAY_MORNING
    async with world.unit() as unit:
        assert await nights.find_sent(unit, WARD, SATURDAY) is None
        sent = await nights.send_summary(unit, WARD, SATURDAY)
    await received(world, nam, forgotten)
    async with world.unit() as unit:
        again = await nights.find_sent(unit, WARD, SATURDAY)
        assert again == sent
        assert again.model_dump_json() == sent.model_dump_json()
        late = Snapshot(ward=WARD, kind=nights.DAILY, period="2026-11-21", body="{}", made_at=world.now)
        await unit.snapshots.freeze(late)
        assert await nights.summary(unit, WARD, SATURDAY) == sent


async def test_a_late_word_of_saturday_does_not_change_what_was_sent(world: World) -> None:
    await two_days(world)
    world.now = SUNDAY_MORNING
    async with world.unit() as unit:
        sent = await nights.send_summary(unit, WARD, SATURDAY)
    await world.tip(await world.resident())
    at(world, SATURDAY, 23)
    await world.tip(await world.resident())
    world.now = SUNDAY_MORNING + timedelta(hours=1)
    assert await summary(world) == sent


async def test_a_summary_goes_to_the_chief_and_the_duty_officers(world: World) -> None:
    nam, chief = await world.officer("Nam"), await world.member("Ba", Role.WARD_CHIEF, WARD)
    others = [
        await world.member("Dũng", Role.BEAT_OFFICER, WARD),
        await world.leader("Mai"),
        await world.officer("Hoa", OTHER),
        await world.member("Tư", Role.WARD_OFFICE, WARD),
    ]
    world.hush()
    world.now = SUNDAY_MORNING
    async with world.unit() as unit:
        sent = await nights.send_summary(unit, WARD, SATURDAY)
    for person in (nam, chief):
        [notice] = world.sent_to(person)
        assert notice == nights.shown(sent)
        assert (notice.key, notice.lane, notice.private) == ("summary.title", Lane.REMINDER, True)
        assert notice.report == sent.model_dump_json()
    assert [world.heard_by(other) for other in others] == [[]] * 4


async def test_a_running_day_is_unfinished_and_leaves_room_for_the_whole_one(world: World) -> None:
    await two_days(world)
    at(world, SATURDAY, 12, 30)
    async with world.unit() as unit:
        partial = await nights.send_summary(unit, WARD, SATURDAY)
    assert partial.unfinished
    assert partial.closed_at == world.now
    assert (partial.tips.opened, partial.tips.open, partial.tips.closed, partial.tips.overdue) == (2, 3, 1, 0)
    world.now = SUNDAY_MORNING
    async with world.unit() as unit:
        whole = await nights.send_summary(unit, WARD, SATURDAY)
    assert not whole.unfinished
    assert whole.tips == ON_SATURDAY
    assert {row["period"] for row in await world.rows("snapshots")} == {"2026-11-21", "2026-11-21/unfinished"}


async def test_a_day_ends_at_its_midnight_in_the_ward(world: World) -> None:
    lan = await world.resident()
    midnight = datetime(2026, 11, 22, tzinfo=VIETNAM)
    for moment in (midnight - timedelta(milliseconds=1), midnight):
        world.now = moment
        await world.tip(lan)
    world.now = SUNDAY_MORNING
    assert (await summary(world)).tips.opened == 1
    assert (await summary(world)).tips.open == 1
    assert (await summary(world, SUNDAY)).tips.opened == 1
    assert (await summary(world, SUNDAY)).tips.open == 2


async def test_what_ends_at_midnight_was_open_when_the_day_ended(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    sent = await world.tip(lan)
    at(world, SUNDAY, 0)
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    world.now = SUNDAY_MORNING + timedelta(days=1)
    saturday, sunday = await summary(world), await summary(world, SUNDAY)
    assert (saturday.tips.open, saturday.tips.closed) == (1, 0)
    assert (sunday.tips.open, sunday.tips.closed) == (0, 1)


async def test_a_clock_set_back_does_not_stop_the_morning_summary(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident(), "cháy", category=Category.FIRE_EXPLOSION)
    world.pass_time(minutes=-30)
    await received(world, nam, sent)
    world.now = SUNDAY_MORNING
    assert (await summary(world)).tips.urgent_received_after == (0,)


async def test_a_clock_set_back_does_not_make_a_received_tip_new(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    world.pass_time(minutes=-30)
    await received(world, nam, sent)
    world.now = SUNDAY_MORNING
    assert (await summary(world)).tips.by_state == {"received": 1}


async def test_a_question_pauses_what_is_overdue(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    at(world, date(2026, 11, 1), 9)
    sent = await world.tip(lan)
    await received(world, nam, sent)  # to be verified by 9:00 on Saturday the 21st
    at(world, FRIDAY, 9)
    async with world.unit() as unit:
        await triage.ask(unit, nam, sent.tip.id, "Thường mấy giờ?")
    at(world, SATURDAY, 9)
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "chín giờ tối")
    world.now = SUNDAY_MORNING + timedelta(days=1)
    assert (await summary(world, SATURDAY)).tips.overdue == 0
    # A day was waited for the answer: due at 9:00 on Sunday.
    assert [tip.seconds for tip in (await summary(world, SUNDAY)).overdue_tips] == [15 * 3600]


async def test_the_ten_longest_overdue_are_listed_longest_first(world: World) -> None:
    lan = await world.resident()
    codes = []
    for minute in range(12):
        at(world, SATURDAY, 8, minute)
        codes.append((await world.tip(lan, "cháy", category=Category.FIRE_EXPLOSION)).tip.code)
    world.now = SUNDAY_MORNING
    made = await summary(world)
    assert made.tips.overdue == 12
    assert [tip.code for tip in made.overdue_tips] == codes[:10]


async def test_a_day_to_come_is_refused(world: World) -> None:
    refused = await refusal(summary(world, SUNDAY))
    assert (refused.code, refused.params) == ("report.future", {"day": SUNDAY})


@pytest.mark.parametrize("code", [GROUPS[0], "42", "00000"])
async def test_what_is_not_a_ward_has_no_summary(world: World, code: str) -> None:
    refused = await refusal(summary(world, ward=code))
    assert (refused.code, refused.params) == ("ward.unknown", {"unit": code})


async def test_a_quiet_day_is_quiet(world: World) -> None:
    world.now = SUNDAY_MORNING
    made = await summary(world)
    assert made.quiet
    assert made.tips == TipFigures(opened=0, closed=0, valuable=0, open=0, overdue=0)


async def test_a_new_tip_that_is_forwarded_at_once_counts_as_forwarded(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    for _ in range(16):
        sent = await world.tip(lan)
        async with world.unit() as unit:
            await triage.forward(unit, nam, sent.tip.id)
        world.pass_time(minutes=1)
    world.now = SUNDAY_MORNING
    assert (await summary(world)).tips.by_state == {"forwarded": 16}


async def test_late_checks_stay_in_the_summary_under_their_month_while_their_grace_lasts(world: World) -> None:
    mai = await world.leader("Mai")
    hoa = await world.leader("Hoa", GROUPS[1])
    at(world, SATURDAY, 9)
    await world.act(lambda unit: checking.open_all(unit, WARD, SATURDAY))
    assert hoa.contact is not None
    async with world.unit() as unit:
        await people.unreachable(unit, hoa.chat)
    first = date(2026, 12, 1)
    at(world, first, 9)
    await world.act(lambda unit: checking.open_all(unit, WARD, first))
    at(world, first, 10)
    async with world.unit() as unit:
        await checking.confirm(unit, mai, "2026-11", all_ok(), first)
    names = ("Tổ liên gia Hẻm 12", "Tổ liên gia Chợ", "Tổ liên gia 3")
    for day, told in (
        (date(2026, 11, 30), False),
        (first, True),
        (date(2026, 12, 3), True),
        (date(2026, 12, 4), False),
    ):
        at(world, day + timedelta(days=1), 7)
        found = await summary(world, day)
        assert (found.check_ins_before is not None) is told, day
        assert found.check_ins is not None
        assert found.check_ins.missing == names[:1]
        # Who has blocked the bot is not waited for: the police were told that nobody is reached there.
        assert found.check_ins.unreachable == names[1:]
        if found.check_ins_before is not None:
            late = CheckInFigures(expected=3, received=1, on_time=0, unreachable=names[1:])
            assert found.check_ins_before == late


@pytest.mark.parametrize("second", [1, 197, 666, 899])
async def test_asking_again_and_again_tells_no_more_of_an_overdue_tip_than_its_quarter(
    world: World, second: int
) -> None:
    """Who looks every second at the list, at its count or at the card sees nothing change but at full quarter-hours."""
    nam = await world.officer()
    at(world, SATURDAY, 9)
    world.pass_time(seconds=second)
    sent = await world.tip(await world.resident(), category=Category.FIRE_EXPLOSION)
    due = sent.tip.due_at
    quarter = datetime(2026, 11, 21, 13, tzinfo=VIETNAM)
    moment = timedelta(milliseconds=1)
    for looked, span in (
        (due + moment, None),
        (quarter + 1 * QUARTER - moment, None),
        (quarter + 1 * QUARTER, 900),
        (due + QUARTER + moment, 900),
        (quarter + 3 * QUARTER - moment, 900),
        (quarter + 3 * QUARTER, 1800),
        (due + 3 * QUARTER + moment, 1800),
    ):
        world.now = looked
        made = await world.read(lambda unit: nights.summary(unit, WARD, SATURDAY))
        listed = [tip.seconds for tip in made.overdue_tips]
        week = await world.read(lambda unit: periodic.read(unit, WARD, span_of(ReportKind.WEEKLY, SATURDAY)))
        async with world.unit() as unit:
            card = await triage.show(unit, nam, sent.tip.id)
        assert (listed, made.tips.overdue, week.count("tips.overdue"), card.overdue) == (
            ([], 0, 0, None) if span is None else ([span], 1, 1, span)
        )


async def test_of_what_stood_at_midnight_only_what_has_moved_since_is_told_from_its_events(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    tips = [(await world.tip(lan)).tip.id for _ in range(nights.LISTED_OVERDUE + 3)]
    world.pass_time(days=3)
    day = ward_day(world.now)
    midnight = day_bounds(day)[0]
    async with world.unit() as unit:
        await triage.receive(unit, nam, tips[0])
    async with world.unit() as unit:
        told = await unit.events.of_moved_tips((WARD,), midnight)
        assert {event.subject for event in told} == {tips[0]}
        [states] = (await figures.open_tips(unit, (WARD,), midnight)).values()
        assert at_the_end(states, midnight, unit.clocks)["tips.open.new"] == len(tips)
    async with world.unit() as unit:
        summary = await nights.summary(unit, WARD, day - timedelta(days=1))
        assert len(summary.overdue_tips) == nights.LISTED_OVERDUE
