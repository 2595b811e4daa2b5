"""A group's monthly check: opened for every group, confirmed once, reminded of, missed."""

from datetime import date, datetime, timedelta

import pytest

from cases import checking, people, reminding
from domain.clocks import VIETNAM
from domain.duties import Duty, DutyState, Finding, Item, all_ok, deadline
from domain.events import Happening
from domain.people import Membership, Person, Role
from tests.cases.world import GROUPS, OTHER, SATURDAY, SECURITY, WARD, World, refusal

NOVEMBER = "2026-11"


def at(day: int, month: int = 11, hour: int = 8) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=VIETNAM)


async def opened(world: World, ward: str = WARD, day: date = SATURDAY) -> int:
    return await world.act(lambda unit: checking.open_all(unit, ward, day))


async def duties(world: World, ward: str = WARD, period: str = NOVEMBER) -> dict[str, Duty]:
    async with world.unit() as unit:
        return {duty.unit: duty for duty in await unit.duties.of_ward(ward, period)}


async def confirm(world: World, person: Person, period: str = NOVEMBER, **bad: Finding) -> Duty:
    items = {**all_ok(), **{Item(name): finding for name, finding in bad.items()}}
    async with world.unit() as unit:
        return (await checking.confirm(unit, person, period, items))[0]


async def test_the_month_is_opened_once_for_every_fire_group_of_the_ward(world: World) -> None:
    assert await opened(world) == 3
    before = await duties(world)
    assert tuple(before) == GROUPS
    assert {(duty.period, duty.due_at, duty.state) for duty in before.values()} == {
        (NOVEMBER, datetime(2026, 12, 1, tzinfo=VIETNAM), DutyState.DUE)
    }
    assert await opened(world) == 0
    assert await duties(world) == before
    assert await duties(world, OTHER) == {}
    assert len(await world.events(Happening.DUTY_OPENED)) == 3
    assert await opened(world, OTHER) == 1


async def test_a_new_month_opens_anew(world: World) -> None:
    await opened(world)
    assert await opened(world, day=date(2026, 12, 1)) == 3
    assert len(await duties(world)) == 3


async def test_a_check_that_no_job_has_opened_is_opened_when_its_leader_asks(world: World) -> None:
    mai = await world.leader("Mai")
    async with world.unit() as unit:
        [(duty, place)] = await checking.owed(unit, mai)
    assert (duty.unit, duty.period, place.name) == (GROUPS[0], NOVEMBER, "Tổ liên gia Hẻm 12")
    async with world.unit() as unit:
        assert (await checking.owed(unit, mai))[0][0] == duty
    assert await opened(world) == 2


async def test_all_is_well_is_one_word_and_one_event(world: World) -> None:
    await opened(world)
    mai = await world.leader("Mai")
    duty = await confirm(world, mai)
    stored = (await duties(world))[GROUPS[0]]
    assert stored == duty
    assert mai.contact is not None
    assert (stored.state, stored.submitted_at, stored.submitted_by) == (
        DutyState.SUBMITTED,
        world.now,
        mai.contact.id,
    )
    assert stored.items == all_ok()
    [event] = await world.events(Happening.DUTY_SUBMITTED)
    assert (event.subject, event.by) == (duty.id, mai.contact.id)
    assert event.detail == {"period": NOVEMBER, "on_time": True, "ok": 7, "bad": 0, "unseen": 0}


async def test_every_item_is_kept_as_it_was_found(world: World) -> None:
    await opened(world)
    hoa = await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    await confirm(world, hoa, alarm_bell=Finding.BAD, clear_lane=Finding.UNSEEN, second_exit=Finding.UNSEEN)
    stored = (await duties(world))[GROUPS[0]]
    assert stored.items[Item.ALARM_BELL] is Finding.BAD
    assert list(stored.items.values()).count(Finding.OK) == 4
    [event] = await world.events(Happening.DUTY_SUBMITTED)
    assert (event.detail["ok"], event.detail["bad"], event.detail["unseen"]) == (4, 1, 2)


async def test_a_second_word_is_refused_with_the_time_of_the_first_and_changes_nothing(world: World) -> None:
    await opened(world)
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    first = await confirm(world, mai)
    said = world.now
    world.pass_time(hours=1)
    for person in (mai, hoa):
        refused = await refusal(confirm(world, person, alarm_bell=Finding.BAD))
        assert (refused.code, refused.params) == ("check_in.already_done", {"at": said, "month": 11})
    assert (await duties(world))[GROUPS[0]] == first
    assert len(await world.events(Happening.DUTY_SUBMITTED)) == 1


async def test_an_item_left_out_is_refused(world: World) -> None:
    await opened(world)
    mai = await world.leader("Mai")
    async with world.unit() as unit:
        few = {Item.EXTINGUISHER: Finding.OK}
        refused = await refusal(checking.confirm(unit, mai, NOVEMBER, few))
    assert (refused.code, refused.params) == ("check_in.incomplete", {"left": 6})
    assert not (await duties(world))[GROUPS[0]].done


@pytest.mark.parametrize(
    ("when", "state"),
    [
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=VIETNAM), DutyState.SUBMITTED),
        (datetime(2026, 12, 1, tzinfo=VIETNAM), DutyState.LATE),
        (datetime(2026, 12, 20, tzinfo=VIETNAM), DutyState.LATE),
    ],
)
async def test_what_is_confirmed_after_the_deadline_is_late(world: World, when: datetime, state: DutyState) -> None:
    await opened(world)
    mai = await world.leader("Mai")
    world.now = when
    assert (await confirm(world, mai)).state is state
    [event] = await world.events(Happening.DUTY_SUBMITTED)
    assert event.detail["on_time"] is (state is DutyState.SUBMITTED)


async def test_last_months_check_is_the_one_to_do_while_its_grace_runs(world: World) -> None:
    await opened(world)
    mai, hoa = await world.leader("Mai"), await world.leader("Hoa", GROUPS[1])
    await confirm(world, hoa)
    world.now = at(3, 12)
    async with world.unit() as unit:
        assert (await checking.owed(unit, mai))[0][0].period == NOVEMBER
        assert (await checking.owed(unit, hoa))[0][0].period == "2026-12"
    world.now = at(4, 12)
    async with world.unit() as unit:
        assert (await checking.owed(unit, mai))[0][0].period == "2026-12"


async def test_a_check_of_another_month_or_unit_is_a_stale_button(world: World) -> None:
    await opened(world)
    mai = await world.leader("Mai")
    assert (await refusal(confirm(world, mai, "2026-10"))).code == "button.stale"
    gone = await world.leader("Hoa", GROUPS[1])
    async with world.unit() as unit:
        unit.places.remove(GROUPS[1])
    assert (await refusal(confirm(world, gone))).code == "role.leader_only"
    async with world.unit() as unit:
        assert (await refusal(checking.owed(unit, gone))).code == "role.leader_only"


async def test_only_leaders_and_deputies_confirm(world: World) -> None:
    await opened(world)
    held = Membership(id="m", contact="c", role=Role.LEADER, unit="42", ward=None, since=world.now)
    adrift = Person(chat=1, name="Mai", language="vi", roles=(held,))
    for person in (world.stranger(), await world.resident(), await world.officer(), adrift):
        async with world.unit() as unit:
            assert (await refusal(checking.owed(unit, person))).code == "role.leader_only"
            assert (await refusal(checking.confirm(unit, person, NOVEMBER, all_ok()))).code == "role.leader_only"
    assert await world.events(Happening.DUTY_SUBMITTED) == []


async def test_a_leader_confirms_for_their_own_group_alone(world: World) -> None:
    await opened(world)
    await confirm(world, await world.leader("Mai", GROUPS[0]))
    assert [code for code, duty in (await duties(world)).items() if duty.done] == [GROUPS[0]]


async def test_after_the_grace_a_check_is_missed_once_and_only_in_its_ward(world: World) -> None:
    await opened(world)
    await opened(world, OTHER)
    mai = await world.leader("Mai")
    await confirm(world, mai)
    missed = []
    for world.now in (at(3, 12), at(4, 12), at(5, 12)):
        async with world.unit() as unit:
            await reminding.advance(unit, WARD, world.now.date())
        missed.append(len(await world.events(Happening.DUTY_MISSED)))
    assert missed == [0, 2, 2]
    found = await duties(world)
    assert [found[code].state for code in GROUPS] == [DutyState.SUBMITTED, DutyState.MISSED, DutyState.MISSED]
    assert [duty.state for duty in (await duties(world, OTHER)).values()] == [DutyState.DUE]
    assert {event.detail["period"] for event in await world.events(Happening.DUTY_MISSED)} == {NOVEMBER}


async def test_a_missed_check_may_still_be_told_late(world: World) -> None:
    await opened(world)
    mai = await world.leader("Mai")
    world.now = deadline(NOVEMBER) + timedelta(days=9)
    async with world.unit() as unit:
        await reminding.advance(unit, WARD, world.now.date())
    assert (await confirm(world, mai)).state is DutyState.LATE


async def test_only_fire_groups_owe_an_equipment_check(world: World) -> None:
    await opened(world)
    ba = await world.leader("Ba", SECURITY)
    async with world.unit() as unit:
        assert (await refusal(checking.owed(unit, ba))).code == "check_in.none_owed"
    assert len(await duties(world)) == len(GROUPS)


async def test_who_leads_two_kinds_of_groups_confirms_for_the_fire_group(world: World) -> None:
    await opened(world)
    mai = await world.leader("Mai", SECURITY)
    world.pass_time(minutes=1)
    async with world.unit() as unit:
        payload = await people.invite(unit, Role.DEPUTY, GROUPS[1])
        assert mai.contact is not None
        await people.join(unit, mai.contact, payload)
    mai = await world.again(mai)
    async with world.unit() as unit:
        assert (await checking.owed(unit, mai))[0][1].code == GROUPS[1]


async def test_the_day_it_was_seen_is_kept_beside_the_day_it_was_told(world: World) -> None:
    await opened(world)
    mai, hoa = await world.leader("Mai"), await world.leader("Hoa", GROUPS[1])
    world.now = at(2, 12)
    async with world.unit() as unit:
        await checking.confirm(unit, mai, NOVEMBER, all_ok(), date(2026, 11, 28))
        await checking.confirm(unit, hoa, NOVEMBER, all_ok())
    found = await duties(world)
    told = [(found[code].observed_on, found[code].submitted_at, found[code].state) for code in GROUPS[:2]]
    assert told == [
        (date(2026, 11, 28), world.now, DutyState.LATE),
        (date(2026, 12, 2), world.now, DutyState.LATE),
    ]


async def test_leaders_of_a_group_are_leader_and_deputy(world: World) -> None:
    await world.leader("Mai")
    world.pass_time(minutes=1)
    await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    await world.member("Ba", Role.ADMIN, GROUPS[0])
    async with world.unit() as unit:
        led = await people.contacts_of(unit, await checking.leaders_of(unit, GROUPS[0]))
    assert [contact.name for contact in led] == ["Mai", "Hoa"]
