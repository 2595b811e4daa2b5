"""Pledges: signed once a version by who may, on paper by whoever records it, asked again when the text changes."""

from datetime import date

from cases import pledges
from domain.entries import Entry
from domain.people import Person, Role
from domain.places import Place
from domain.pledges import Campaign
from storage.unit import Unit
from tests.cases.world import GROUPS, OTHER, WARD, World, refusal

FILE = """
title = "An ninh, trật tự năm 2026"
contents = ["Lời một", "Lời hai", "Lời ba"]
opens = 2026-11-21
closes = 2026-11-30
[[party]]
kind = "neighbourhood"
unit = "18115-5"
[[party]]
kind = "union"
name = "Hội Phụ nữ phường"
"""
HOUSEHOLDS = 'households = 2546\nby_households = true\n[[party]]\nkind = "neighbourhood"'


async def ward_of(unit: Unit) -> Place:
    place = await unit.places.find(WARD)
    assert place is not None
    return place


async def opened(world: World, text: str = FILE) -> tuple[Campaign, bool]:
    return await world.act(lambda unit: pledges.open_text(unit, WARD, text))


async def sign(world: World, person: Person, now: Campaign, key: str, version: int = 1) -> tuple[Entry, bool]:
    async with world.unit() as unit:
        return await pledges.sign(unit, person, await ward_of(unit), now.id, version, key)


async def stands(world: World, day: date | None = None) -> Campaign:
    async def read(unit: Unit) -> Campaign:
        [found] = await pledges.all_of(unit, await ward_of(unit), day)
        return found

    return await world.read(read)


async def test_a_leader_is_asked_signs_once_and_the_time_is_that_of_the_first_tap(world: World) -> None:
    mai = await world.leader("Mai", "18115-5")
    world.hush()
    now, new = await opened(world)
    assert new
    assert world.heard_by(mai) == ["pledge.asked"]
    entry, new = await sign(world, mai, now, "18115-5")
    assert (new, entry.role, entry.by) == (True, Role.LEADER, mai.contact and mai.contact.id)
    world.pass_time(hours=1)
    again, new = await sign(world, mai, now, "18115-5")
    assert (again.at, new) == (entry.at, False)
    now = await stands(world)
    assert (now.total, now.expected, [party.name for party in now.missing()]) == (1, 2, ["Hội Phụ nữ phường"])


async def test_another_text_is_a_new_version_that_asks_again_and_the_same_file_changes_nothing(world: World) -> None:
    mai = await world.leader("Mai", "18115-5")
    now, _ = await opened(world)
    await sign(world, mai, now, "18115-5")
    assert (await opened(world))[1] is False
    longer = FILE.replace("2026-11-30", "2026-12-31")
    assert (await opened(world, longer))[0].text.version == 1
    assert (await stands(world)).total == 1, "another last day is no other text"
    world.hush()
    world.pass_time(days=1)
    now, _ = await opened(world, longer.replace("Lời ba", "Lời khác"))
    assert (now.text.version, now.total, world.heard_by(mai)) == (2, 0, ["pledge.asked"])
    assert (await refusal(sign(world, mai, now, "18115-5", version=1))).code == "pledge.text_changed"
    await sign(world, mai, now, "18115-5", version=2)
    assert (await stands(world)).total == 1
    was = await stands(world, date(2026, 11, 21))
    assert (was.text.version, was.total) == (1, 1), "the day before stays as it was"


async def test_residents_sign_for_their_household_and_are_not_written_to(world: World) -> None:
    lan, far = await world.resident("Lan"), await world.resident("Hoa", OTHER)
    world.hush()
    now, _ = await opened(world, FILE.replace('[[party]]\nkind = "neighbourhood"', HOUSEHOLDS))
    assert world.heard_by(lan) == []
    [(key, party)] = pledges.signs_as(lan, now)
    assert party is None
    await sign(world, lan, now, key)
    assert (await refusal(sign(world, far, now, key))).code == "pledge.not_yours"
    now = await stands(world)
    assert (now.households_signed, now.parties_signed, now.expected) == (1, 0, 2548)
    uncounted = FILE.replace('[[party]]\nkind = "neighbourhood"', HOUSEHOLDS.replace("households = 2546\n", ""))
    await opened(world, uncounted)
    assert (await stands(world)).expected is None, "nobody has counted them: unknown, not zero"


async def test_paper_is_recorded_by_the_office_only_and_a_closed_pledge_is_closed(world: World) -> None:
    hoa, mai = await world.member("Hoa", Role.WARD_OFFICE, WARD), await world.leader("Mai", "18115-5")
    other = await world.leader("Bình", GROUPS[0])
    now, _ = await opened(world)

    async def on_paper(person: Person) -> Campaign:
        async with world.unit() as unit:
            ward = await ward_of(unit)
            return await pledges.sign_paper(unit, person, ward, now.id, 1, "union/hoi phu nu phuong")

    assert (await refusal(on_paper(mai))).code == "book.may_not_write"
    assert (await on_paper(hoa)).total == 1
    assert (await refusal(sign(world, other, now, "18115-5"))).code == "pledge.not_yours"
    world.pass_time(days=10)
    assert (await refusal(sign(world, mai, now, "18115-5"))).code == "pledge.closed"


async def test_who_has_not_signed_is_reminded_once(world: World) -> None:
    mai = await world.leader("Mai", "18115-5")
    await opened(world)
    world.hush()

    sent = []
    for day in (26, 27, 27, 28):
        world.now = world.now.replace(day=day)
        sent.append(await world.act(lambda unit, day=day: pledges.remind(unit, WARD, date(2026, 11, day))))  # type: ignore[misc]
    assert sent == [0, 1, 0, 0]
    assert await world.act(lambda unit: pledges.remind(unit, WARD, date(2026, 11, 27))) == 0, "a day that is over"
    assert world.heard_by(mai) == ["pledge.reminded"]


async def test_a_bad_file_says_where_and_opens_nothing(world: World) -> None:
    bad = {
        FILE.replace('"18115-5"', '"99"'): ("party, unit 99", "no_such_unit"),
        FILE.replace("closes = 2026-11-30\n", ""): ("closes", "missing"),
        FILE.replace("2026-11-30", "2026-11-20"): ("closes", "days"),
        FILE.replace('["Lời một", "Lời hai", "Lời ba"]', "[]"): ("contents", "empty"),
        FILE + '[[party]]\nkind = "union"\nname = "hội phụ nữ PHƯỜNG"': ("party", "twice"),
        FILE.replace('"union"', '"ban"'): ("party, 2, kind", "choice"),
    }
    for text, wrong in bad.items():
        refused = await refusal(opened(world, text))
        assert (refused.params["place"], refused.params["mistake"]) == wrong
    assert await world.rows("book") == []
