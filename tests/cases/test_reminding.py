"""Who is reminded of a check, who is asked in whose place, and each of it once."""

import asyncio
from datetime import date, datetime
from typing import Any

import pytest

from cases import checking, reminding, watching
from domain.clocks import VIETNAM
from domain.duties import DutyState, all_ok
from domain.events import Happening
from domain.notices import Lane
from domain.people import Person, Role
from tests.cases.world import GROUPS, SATURDAY, SECURITY, WARD, World, refusal

NOVEMBER = "2026-11"


def at(day: int, month: int = 11, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


@pytest.fixture
async def world(world: World) -> World:
    """November's checks are open."""
    await world.act(lambda unit: checking.open_all(unit, WARD, SATURDAY))
    return world


async def on(world: World, moment: datetime) -> None:
    world.now = moment
    await world.act(lambda unit: reminding.advance(unit, WARD, moment.date()))


async def days(world: World, *people: Person) -> dict[str, list[str]]:
    """What these people heard on each day from the 20th of November to the 6th of December."""
    heard: dict[str, list[str]] = {person.name: [] for person in people}
    for moment in [*(at(day) for day in range(20, 31)), *(at(day, 12) for day in range(1, 7))]:
        await on(world, moment)
        for person in people:
            heard[person.name] += [f"{moment:%d} {key}" for key in world.heard_by(person)]
    return heard


async def send_due(world: World) -> int:
    return await world.act(reminding.send_due)


async def tonight(world: World, person: Person, period: str = NOVEMBER) -> datetime:
    _, when = await world.act(lambda unit: reminding.tonight(unit, person, period))
    return when


async def away(world: World, person: Person) -> Any:
    return await world.act(lambda unit: reminding.away(unit, person, NOVEMBER))


LEADER = ["25 check.ask", "29 check.ask", "30 check.ask", "01 check.ask_late"]


async def test_the_leader_is_reminded_and_warned_before_the_deputy_is_asked(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    others = [await world.officer(), await world.resident(), await world.leader("Ba", SECURITY)]
    world.hush()
    heard = await days(world, mai, hoa, *others)
    assert heard[mai.name] == LEADER
    assert heard[hoa.name] == ["02 check.handed_late"]
    assert [heard[other.name] for other in others] == [[], [], []]
    assert len(await world.events(Happening.DUTY_HANDED)) == 1


async def test_the_warning_names_who_will_be_asked_tomorrow(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Nguyễn Thị Hoa", Role.DEPUTY, GROUPS[0])
    world.hush()
    await on(world, at(1, 12))
    [warning] = world.sent_to(mai)
    assert (warning.key, warning.more, warning.lane) == (
        "check.ask_late",
        (("check.warned", {"other": "Hoa"}),),
        Lane.REMINDER,
    )
    await on(world, at(2, 12))
    [asked] = world.sent_to(hoa)
    assert (asked.key, asked.params["name"], asked.params["other"]) == ("check.handed_late", "Hoa", "Mai")


async def test_who_leads_alone_is_warned_of_nobody(world: World) -> None:
    mai = await world.leader("Mai")
    world.hush()
    await on(world, at(1, 12))
    [warning] = world.sent_to(mai)
    assert warning.more == ()
    await on(world, at(2, 12))
    assert world.posts == []


async def test_a_group_with_a_deputy_only_reminds_the_deputy(world: World) -> None:
    hoa = await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    world.hush()
    assert (await days(world, hoa))[hoa.name] == LEADER


async def test_nobody_is_asked_in_the_leaders_place_without_a_warning_the_day_before(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    world.hush()
    await on(world, at(2, 12))  # down on the first
    assert (world.heard_by(mai), world.heard_by(hoa)) == (["check.ask_late"], [])
    await on(world, at(2, 12, hour=20))
    assert world.posts == []
    await on(world, at(3, 12))
    assert (world.heard_by(mai), world.heard_by(hoa)) == ([], ["check.handed_late"])


async def test_who_has_confirmed_hears_no_more_of_it(world: World) -> None:
    mai = await world.leader("Mai")
    async with world.unit() as unit:
        await checking.confirm(unit, mai, NOVEMBER, all_ok())
    world.hush()
    assert await days(world, mai) == {"Mai": []}


async def test_the_question_says_what_it_asks_and_can_be_answered_by_digits(world: World) -> None:
    mai = await world.leader("Mai", GROUPS[1])
    world.hush()
    await on(world, at(30))
    [notice] = world.sent_to(mai)
    assert notice.params == {
        "name": "Mai",
        "month": 11,
        "unit": "Tổ liên gia Chợ",
        "due": date(2026, 11, 30),
        "count": 7,
        "other": "",
    }
    buttons = [button for row in notice.buttons for button in row]
    duty = await world.act(lambda unit: unit.duties.of_unit(GROUPS[1], NOVEMBER))
    assert duty is not None
    presses = [f"c.all:{duty.id}", f"c.item:{duty.id}:0", f"c.tonight:{duty.id}", f"c.away:{duty.id}"]
    assert [(button.digit, button.press) for button in buttons] == list(zip("1234", presses, strict=True))
    assert not notice.silent


async def test_a_reminder_of_the_night_makes_no_sound(world: World) -> None:
    mai = await world.leader("Mai")
    world.hush()
    await on(world, at(30, hour=23))
    assert [notice.silent for notice in world.sent_to(mai)] == [True]


async def test_nobody_is_reminded_for_a_unit_that_is_gone(world: World) -> None:
    await world.leader("Mai")
    world.hush()
    async with world.unit() as unit:
        unit.places.remove(GROUPS[0])
    await on(world, at(30))
    assert world.posts == []


async def test_tonight_comes_once_at_seven_in_the_evening(world: World) -> None:
    mai = await world.leader("Mai")
    world.hush()
    world.now = at(25, hour=9)
    assert await tonight(world, mai) == await tonight(world, mai) == at(25, hour=19)
    world.now = at(25, hour=18, minute=59)
    assert await send_due(world) == 0
    world.now = at(25, hour=19)
    for work in watching.WATCHED:
        await world.act(work)
    assert world.heard_by(mai) == ["check.ask"]
    assert await send_due(world) == 0
    assert await world.rows("reminders") == []


async def test_two_processes_that_wake_together_send_it_once(world: World) -> None:
    mai = await world.leader("Mai")
    world.now = at(25, hour=9)
    await tonight(world, mai)
    world.hush()
    world.now = at(25, hour=19)
    assert sum(await asyncio.gather(*(send_due(world) for _ in range(4)))) == 1
    assert world.heard_by(mai) == ["check.ask"]


async def test_after_seven_tonight_is_in_an_hour_and_by_night_tomorrow(world: World) -> None:
    mai = await world.leader("Mai")
    world.now = at(25, hour=20, minute=30)
    assert await tonight(world, mai) == at(25, hour=21, minute=30)
    world.now = at(25, hour=20, minute=50)
    assert await tonight(world, mai) == at(25, hour=21, minute=30), "what was promised stays"
    world.hush()
    world.now = at(25, hour=21, minute=30)
    assert await send_due(world) == 1
    [card] = world.sent_to(mai)
    assert card.silent
    assert await tonight(world, mai) == at(26, hour=19)


async def test_on_the_last_evening_it_comes_before_midnight_or_not_by_night(world: World) -> None:
    mai = await world.leader("Mai")
    for asked, comes in (
        (at(30, hour=19, minute=42), at(30, hour=20, minute=42)),
        (at(30, hour=23), at(30, hour=23, minute=30)),
    ):
        world.now = asked
        world.hush()
        assert await tonight(world, mai) == comes
        world.now = comes
        assert await send_due(world) == 1
        assert world.heard_by(mai) == ["check.ask"]
    world.now = at(30, hour=23, minute=30)
    await tonight(world, mai)
    world.now = at(1, month=12, hour=2)  # it was off: nobody is woken for what is late already
    assert await send_due(world) == 0


@pytest.mark.parametrize(
    ("back", "sent"),
    [
        (at(25, hour=20, minute=59), 1),
        (at(25, hour=21), 0),
        (at(26, hour=3), 0),
        (at(26, hour=6, minute=59), 0),
        (at(26, hour=7), 1),
        (at(29, hour=12), 1),
    ],
)
async def test_after_an_outage_it_comes_late_but_by_day(world: World, back: datetime, sent: int) -> None:
    mai = await world.leader("Mai")
    world.hush()
    world.now = at(25, hour=9)
    await tonight(world, mai)
    world.now = back
    assert await send_due(world) == len(world.heard_by(mai)) == sent
    world.now = at(30, hour=12)
    assert await send_due(world) == len(world.heard_by(mai)) == 1 - sent


async def test_nobody_is_reminded_tonight_of_what_is_done_or_not_theirs_any_more(world: World) -> None:
    mai, hoa, ba = [await world.leader(name, code) for name, code in zip(("Mai", "Hoa", "Ba"), GROUPS, strict=True)]
    world.now = at(25, hour=9)
    for person in (mai, hoa, ba):
        await tonight(world, person)
    async with world.unit() as unit:
        await checking.confirm(unit, mai, NOVEMBER, all_ok())
        for held in hoa.roles:
            unit.memberships.remove(held.id)
        unit.places.remove(GROUPS[2])
    world.hush()
    world.now = at(25, hour=19)
    assert await send_due(world) == 3
    assert world.posts == []


async def test_what_is_done_is_not_asked_for_again(world: World) -> None:
    mai = await world.leader("Mai")
    async with world.unit() as unit:
        await checking.confirm(unit, mai, NOVEMBER, all_ok())
    for work in (tonight(world, mai), away(world, mai)):
        assert (await refusal(work)).code == "check_in.already_done"
    assert (await refusal(tonight(world, mai, "2026-10"))).code == "button.stale"
    assert await world.rows("reminders") == []


async def test_who_is_away_is_thanked_and_the_deputy_asked_at_once(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    nam = await world.officer()
    await tonight(world, mai)
    world.hush()
    _, _, others, officers = await away(world, mai)
    assert ([contact.name for contact in others], officers) == (["Hoa"], [])
    assert (await away(world, mai))[2:] == ([], None)
    [card] = world.sent_to(hoa)
    assert (card.key, card.params["other"], card.lane) == ("check.handed", "Mai", Lane.REPLY)
    assert world.heard_by(nam) == []
    assert len(await world.events(Happening.DUTY_HANDED)) == 1
    heard = await days(world, mai, hoa)
    assert heard == {"Mai": [], "Hoa": LEADER}
    assert await world.rows("reminders") == []
    async with world.unit() as unit:
        duty, _ = await checking.confirm(unit, hoa, NOVEMBER, all_ok(), date(2026, 11, 30))
    assert duty.state is DutyState.LATE


async def test_a_deputy_who_is_away_hands_it_to_the_leader(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    world.hush()
    await away(world, hoa)
    assert world.heard_by(mai) == ["check.handed"]


@pytest.mark.parametrize("where", ["18115-5", WARD])
async def test_when_nobody_else_has_joined_the_beat_officer_is_told_once(world: World, where: str) -> None:
    mai, dung = await world.leader("Mai"), await world.member("Dũng", Role.BEAT_OFFICER, where)
    nam = await world.officer()
    world.hush()
    _, _, others, officers = await away(world, mai)
    assert (others, [officer.name for officer in officers]) == ([], ["Dũng"])
    assert (await away(world, mai))[2:] == ([], None)
    assert (world.heard_by(dung), world.heard_by(nam)) == (["check.nobody_left"], [])


async def test_without_a_beat_officer_the_ward_police_are_told(world: World) -> None:
    mai, nam = await world.leader("Mai"), await world.officer()
    world.hush()
    await away(world, mai)
    assert world.heard_by(nam) == ["check.nobody_left"]


async def test_when_everybody_is_away_the_police_are_told(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    nam = await world.officer()
    world.hush()
    await away(world, mai)
    await away(world, hoa)
    assert (world.heard_by(mai), world.heard_by(nam)) == ([], ["check.nobody_left"])
    world.hush()
    assert await days(world, mai, hoa) == {"Mai": [], "Hoa": []}


async def test_the_deputy_whom_the_warning_names_is_asked_though_another_was_away_before(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    ba = await world.member("Ba", Role.DEPUTY, GROUPS[0])
    await on(world, at(26))
    await away(world, hoa)
    world.hush()
    await on(world, at(1, 12))
    [warning] = world.sent_to(mai)
    assert warning.more == (("check.warned", {"other": "Ba"}),)
    heard = []
    for day in (2, 3, 4):
        await on(world, at(day, 12))
        heard += world.heard_by(ba)
    assert heard == ["check.handed_late"]


async def test_who_was_asked_on_the_day_of_the_warning_is_not_asked_again(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    ba = await world.member("Ba", Role.DEPUTY, GROUPS[0])
    world.hush()
    await on(world, at(1, 12))
    await away(world, hoa)
    assert world.heard_by(ba) == ["check.handed_late"]
    for day in (2, 3):
        await on(world, at(day, 12))
    assert (world.heard_by(ba), world.heard_by(mai)) == ([], ["check.ask_late", "check.handed_late"])
