"""What a check found not met: a row each, somebody who mends it, and thanks when it is mended."""

from datetime import date, timedelta

import pytest

from cases import checking, mending, people
from domain.duties import Finding, Item, all_ok
from domain.events import Happening
from domain.findings import Defect, Mark, Problem
from domain.people import Person, Role
from tests.cases.world import GROUPS, OTHER, SATURDAY, WARD, World, refusal

NOVEMBER = "2026-11"
BUTTON = Mark(finding=Finding.BAD, houses=("5", "9"), problem=Problem.BROKEN)
LANE = Mark(finding=Finding.BAD, whole=True, problem=Problem.BLOCKED)


async def checked(world: World, by: Person, **marks: Mark) -> list[Defect]:
    """A check with these items not met."""
    found = {Item(name): mark for name, mark in marks.items()}
    items = {**all_ok(), **{item: mark.finding for item, mark in found.items()}}
    async with world.unit() as unit:
        await checking.open_all(unit, WARD, SATURDAY)
    async with world.unit() as unit:
        duty, _ = await checking.confirm(unit, by, NOVEMBER, items, None, found)
        return await unit.findings.of(duty.id)


async def mend(world: World, by: Person, duty: str) -> None:
    async with world.unit() as unit:
        await mending.mend(unit, by, await mending.of_check(unit, by, duty))


async def test_each_item_not_met_is_a_row_with_all_that_was_said(world: World) -> None:
    mai, dung = await world.leader("Mai"), await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    unseen = Mark(finding=Finding.UNSEEN)
    lane, button = sorted(
        await checked(world, mai, clear_lane=LANE, alarm_button=BUTTON, second_exit=unseen), key=lambda d: not d.whole
    )
    assert mai.contact is not None
    assert dung.contact is not None
    assert button.model_dump(exclude={"id", "duty"}) == {
        "unit": GROUPS[0],
        "ward": WARD,
        "item": Item.ALARM_BUTTON,
        "problem": Problem.BROKEN,
        "houses": ("5", "9"),
        "whole": False,
        "found_at": world.now,
        "found_by": mai.contact.id,
        "mend_by": SATURDAY + timedelta(days=14),
        "owner": dung.contact.id,
        "mended_at": None,
        "mended_by": None,
        "photo": None,
    }
    assert (lane.item, lane.houses, lane.whole, lane.problem) == (Item.CLEAR_LANE, (), True, Problem.BLOCKED)
    events = await world.events(Happening.FINDING_OPENED)
    assert {(event.subject, event.detail["item"]) for event in events} == {
        (button.id, "alarm_button"),
        (lane.id, "clear_lane"),
    }


async def test_what_was_said_without_details_is_a_row_too(world: World) -> None:
    mai = await world.leader("Mai")
    [found] = await checked(world, mai, alarm_bell=Mark(finding=Finding.BAD))
    assert (found.problem, found.houses, found.whole, found.owner) == (None, (), False, None)


async def test_whoever_mends_is_told_in_one_message(world: World) -> None:
    mai, dung = await world.leader("Mai"), await world.member("Dũng", Role.BEAT_OFFICER, WARD)
    nam = await world.officer()
    world.hush()
    found = await checked(world, mai, alarm_button=BUTTON, clear_lane=LANE)
    [notice] = world.sent_to(dung)
    assert (notice.key, notice.private) == ("finding.found", True)
    assert [key for key, _ in notice.more] == ["finding.line_houses", "finding.line_whole", "finding.mend_by"]
    assert notice.more[-1][1] == {"mend_by": date(2026, 12, 5)}
    assert [button.press for row in notice.buttons for button in row] == [f"c.mended:{found[0].duty}"]
    assert world.heard_by(nam) == []


async def test_without_a_beat_officer_the_ward_police_are_told(world: World) -> None:
    mai, nam = await world.leader("Mai"), await world.officer()
    elsewhere = await world.member("Sơn", Role.BEAT_OFFICER, OTHER)
    world.hush()
    await checked(world, mai, alarm_button=BUTTON)
    assert (world.heard_by(nam), world.heard_by(elsewhere)) == (["finding.found"], [])


async def test_all_met_opens_nothing_and_tells_nobody(world: World) -> None:
    mai, nam = await world.leader("Mai"), await world.officer()
    world.hush()
    assert await checked(world, mai) == []
    assert world.heard_by(nam) == []


async def test_the_reporter_mends_and_the_officer_is_told(world: World) -> None:
    mai, dung = await world.leader("Mai"), await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    [found] = await checked(world, mai, alarm_button=BUTTON)
    world.hush()
    world.pass_time(days=3)
    await mend(world, mai, found.duty)
    assert (world.heard_by(dung), world.heard_by(mai)) == (["finding.mended_told"], [])
    async with world.unit() as unit:
        [mended] = await unit.findings.of(found.duty)
    assert mai.contact is not None
    assert (mended.mended_at, mended.mended_by) == (world.now, mai.contact.id)
    [event] = await world.events(Happening.FINDING_MENDED)
    assert (event.subject, event.detail["in_time"]) == (found.id, True)


async def test_the_officer_mends_and_the_reporter_is_thanked(world: World) -> None:
    mai, dung = await world.leader("Mai"), await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    hoa = await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    [found] = await checked(world, mai, alarm_button=BUTTON)
    world.hush()
    world.pass_time(days=30)
    await mend(world, dung, found.duty)
    assert [world.heard_by(person) for person in (mai, dung, hoa)] == [["finding.thanks"], [], []]
    [event] = await world.events(Happening.FINDING_MENDED)
    assert event.detail["in_time"] is False


async def test_the_deputy_mends_and_both_hear_of_it(world: World) -> None:
    mai, dung = await world.leader("Mai"), await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    hoa = await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    [found] = await checked(world, mai, alarm_button=BUTTON)
    world.hush()
    await mend(world, hoa, found.duty)
    heard = [world.heard_by(person) for person in (mai, dung, hoa)]
    assert heard == [["finding.thanks"], ["finding.mended_told"], []]


async def test_mended_twice_is_refused_with_the_time_of_the_first_and_tells_nobody(world: World) -> None:
    mai, dung = await world.leader("Mai"), await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    [found] = await checked(world, mai, alarm_button=BUTTON)
    first = world.now
    await mend(world, mai, found.duty)
    world.hush()
    world.pass_time(hours=1)
    refused = await refusal(mend(world, dung, found.duty))
    assert (refused.code, refused.params) == ("finding.already_mended", {"at": first})
    async with world.unit() as unit:
        one = await mending.find(unit, mai, found.id)
        assert (await refusal(mending.mend(unit, mai, [one]))).code == "finding.already_mended"
    assert world.posts == []
    assert len(await world.events(Happening.FINDING_MENDED)) == 1


async def test_only_the_group_and_the_wards_police_may_say_that_it_is_mended(world: World) -> None:
    mai = await world.leader("Mai")
    [found] = await checked(world, mai, alarm_button=BUTTON)
    strangers = [
        await world.resident(),
        await world.leader("Ba", GROUPS[1]),
        await world.officer("Sơn", OTHER),
        await world.member("Tư", Role.ADMIN, GROUPS[0]),
    ]
    for person in strangers:
        async with world.unit() as unit:
            for work in (mending.of_check(unit, person, found.duty), mending.find(unit, person, found.id)):
                assert (await refusal(work)).code == "role.leader_only"
    async with world.unit() as unit:
        for old in (mending.of_check(unit, mai, "gone"), mending.find(unit, mai, "gone")):
            assert (await refusal(old)).code == "button.stale"
    assert await world.events(Happening.FINDING_MENDED) == []


@pytest.mark.parametrize(
    ("joined", "key"),
    [
        (Role.BEAT_OFFICER, "finding.beat_mends"),
        (Role.DUTY_OFFICER, "finding.ward_mends"),
        (None, "finding.ward_mends_unserved"),
    ],
)
async def test_who_mends_it_by_when_is_promised_honestly(world: World, joined: Role | None, key: str) -> None:
    mai = await world.leader("Mai")
    if joined is not None:
        await world.member("Trung úy Dũng", joined, WARD)
    found = await checked(world, mai, alarm_button=BUTTON)
    async with world.unit() as unit:
        place = await unit.places.find(GROUPS[0])
        assert place is not None
        said, params = await mending.promise(unit, place, found)
    assert (said, params["mend_by"]) == (key, date(2026, 12, 5))
    assert params.get("owner") == ("Dũng" if joined is Role.BEAT_OFFICER else None)


async def test_more_findings_than_lines_are_counted(world: World) -> None:
    mai = await world.leader("Mai")
    found = await checked(world, mai, **{item.value: BUTTON for item in Item})
    keys = [(key, params.get("count")) for key, params in mending.lines(found, 3)]
    assert keys == [("finding.line_houses", None), ("finding.line_houses", None), ("finding.more", 5)]
    assert len(mending.lines(found, 7)) == 7
    assert [defect.item for defect in found] == list(Item)


async def test_who_serves_two_wards_mends_in_each(world: World) -> None:
    mai, nam = await world.leader("Mai"), await world.officer("Nam", OTHER)
    async with world.unit() as unit:
        assert nam.contact is not None
        await people.join(unit, nam.contact, await people.invite(unit, Role.WARD_CHIEF, WARD))
    nam = await world.again(nam)
    [found] = await checked(world, mai, alarm_button=BUTTON)
    async with world.unit() as unit:
        assert [button.press for button in await mending.of_ward(unit, nam)] == [f"c.mended:{found.duty}"]
    await mend(world, nam, found.duty)
    assert len(await world.events(Happening.FINDING_MENDED)) == 1
