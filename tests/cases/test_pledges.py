"""Pledges: signed once a version by who may, on paper by whoever records it, asked again when the text changes."""

from datetime import date

import pytest

from cases import figures, people, pledges
from domain.clocks import ward_day
from domain.entries import Entry, PartyKind
from domain.events import Happening
from domain.indicators import BY_NAME
from domain.measures import Measured
from domain.people import Person, Role
from domain.places import Place
from domain.pledges import Campaign, party_token
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


async def add(world: World, person: Person, now: Campaign, names: str, kind: PartyKind = PartyKind.UNION) -> int:
    async with world.unit() as unit:
        return (await pledges.add_parties(unit, person, await ward_of(unit), now.id, kind, names))[1]


async def paper(world: World, person: Person, now: Campaign, key: str) -> Campaign:
    async with world.unit() as unit:
        return await pledges.sign_paper(unit, person, await ward_of(unit), now.id, now.text.version, key)


async def drop(world: World, person: Person, now: Campaign, token: str) -> None:
    async with world.unit() as unit:
        await pledges.drop_party(unit, person, await ward_of(unit), now.id, token)


async def signed_of(world: World) -> tuple[int | None, int | None]:
    """The indicator, of today."""
    world.pass_time(seconds=1)
    today = ward_day(world.now)

    async def read(unit: Unit) -> list[Measured]:
        return await figures.measure(unit, WARD, [BY_NAME["pledges.signed"]], today, today)

    [one] = await world.read(read)
    return one.numerator, one.denominator


async def test_the_office_names_departments_unions_and_teams_and_a_wrong_name_goes_again(world: World) -> None:
    hoa, mai = await world.member("Hoa", Role.WARD_OFFICE, WARD), await world.leader("Mai", "18115-5")
    now, _ = await opened(world)
    await sign(world, mai, now, "18115-5")
    assert await add(world, hoa, now, "1. Ban Chỉ huy Quân sự\n- Trạm Y tế\n\n", PartyKind.DEPARTMENT) == 2
    assert await add(world, hoa, now, "HỘI PHỤ NỮ phường\nĐoàn Thanh niên\ndoan thanh nien") == 1, (
        "nobody is there twice"
    )
    assert await add(world, hoa, now, "Hội Phụ nữ phường") == 0
    now = await stands(world)
    assert (now.text.version, now.total, now.expected) == (1, 1, 5), "other parties are no other text"
    assert now.by_kind() == {
        PartyKind.NEIGHBOURHOOD: (1, 1),
        PartyKind.UNION: (0, 2),
        PartyKind.DEPARTMENT: (0, 2),
    }
    await paper(world, hoa, now, "department/tram y te")
    wrong, right = (party_token(one) for one in now.text.parties if one.name in ("Trạm Y tế", "Đoàn Thanh niên"))
    assert (await refusal(drop(world, hoa, now, wrong))).code == "button.stale", "who has signed stays"
    assert (await refusal(drop(world, mai, now, right))).code == "book.may_not_write"
    await drop(world, hoa, now, right)
    assert (await refusal(drop(world, hoa, now, right))).code == "button.stale"
    unit_of_the_ward = party_token(now.text.parties[0])
    assert (await refusal(drop(world, hoa, now, unit_of_the_ward))).code == "button.stale"
    now = await stands(world)
    assert [one.name for one in now.missing()] == ["Hội Phụ nữ phường", "Ban Chỉ huy Quân sự"]


@pytest.mark.parametrize("names", ["", " \n ", "- \n", "a" * 501])
async def test_names_that_are_none_are_refused(world: World, names: str) -> None:
    hoa, mai = await world.member("Hoa", Role.WARD_OFFICE, WARD), await world.leader("Mai", "18115-5")
    now, _ = await opened(world)
    assert (await refusal(add(world, hoa, now, names))).code == "pledge.parties_unclear"
    assert (await refusal(add(world, mai, now, "Hội Nông dân"))).code == "book.may_not_write"
    many = "\n".join(f"Hội {number}" for number in range(499))
    refused = await refusal(add(world, hoa, now, many))
    assert (refused.code, refused.params) == ("pledge.too_many", {"limit": 500})
    world.pass_time(days=10)
    assert (await refusal(add(world, hoa, now, "Hội Nông dân"))).code == "pledge.closed"


async def test_a_pledge_that_is_opened_again_in_the_chat_keeps_who_was_named(world: World) -> None:
    hoa = await world.member("Hoa", Role.WARD_OFFICE, WARD)

    async def told(text: str) -> Campaign:
        async with world.unit() as unit:
            return await pledges.open_told(unit, hoa, await ward_of(unit), text)

    now = await told("Năm an toàn\nLời một\nký đến 31/12/2026")
    await add(world, hoa, now, "Đội dân phòng", PartyKind.TEAM)
    again = await told("Năm an toàn\nLời hai\nký đến 31/12/2026")
    assert (again.text.version, [one.name for one in again.text.parties]) == (2, ["Tổ dân phố 5", "Đội dân phòng"])


async def test_parties_that_signed_are_a_figure_and_households_are_no_event(world: World) -> None:
    hoa, mai = await world.member("Hoa", Role.WARD_OFFICE, WARD), await world.leader("Mai", "18115-5")
    lan = await world.resident("Lan")
    assert await signed_of(world) == (0, 0)
    now, _ = await opened(world, FILE.replace('[[party]]\nkind = "neighbourhood"', HOUSEHOLDS))
    assert await signed_of(world) == (0, 2)
    [(household, _)] = pledges.signs_as(lan, now)
    await sign(world, lan, now, household)
    await sign(world, mai, now, "18115-5")
    await sign(world, mai, now, "18115-5")
    await paper(world, hoa, now, "union/hoi phu nu phuong")
    assert await signed_of(world) == (2, 2)
    told = await world.events(Happening.PLEDGE_SIGNED)
    assert [event.by for event in told] == [mai.contact and mai.contact.id, hoa.contact and hoa.contact.id]
    assert await add(world, hoa, now, "Hội Nông dân") == 1
    assert await signed_of(world) == (2, 3)
    await opened(world, FILE.replace("Lời ba", "Lời khác"))
    assert await signed_of(world) == (0, 2), "another text is asked for again"
    world.pass_time(days=30)
    assert await signed_of(world) == (0, 2), "it ran this year"


async def test_a_pledge_counts_in_each_year_in_which_it_ran_and_in_no_other(world: World) -> None:
    hoa = await world.member("Hoa", Role.WARD_OFFICE, WARD)
    now, _ = await opened(world)
    await paper(world, hoa, now, "union/hoi phu nu phuong")
    over = FILE.replace("năm 2026", "qua Tết").replace("2026-11-30", "2027-01-05")
    await opened(world, over)
    assert await signed_of(world) == (1, 4)
    world.now = world.now.replace(month=12, day=31)
    assert await signed_of(world) == (1, 4), "one closed in November: the year is still its year"
    world.now = world.now.replace(year=2027, month=1, day=1)
    assert await signed_of(world) == (0, 2), "the one that closed last year has dropped out"
    world.now = world.now.replace(year=2027, month=12, day=31)
    assert await signed_of(world) == (0, 2)
    world.now = world.now.replace(year=2028, month=1, day=1)
    assert await signed_of(world) == (0, 0)


async def test_what_happened_to_pledges_of_other_years_is_not_read(world: World) -> None:
    hoa = await world.member("Hoa", Role.WARD_OFFICE, WARD)
    now, _ = await opened(world)
    await paper(world, hoa, now, "union/hoi phu nu phuong")

    async def read(day: date) -> list[Happening]:
        found = await world.read(lambda unit: unit.events.of_pledges((WARD,), world.now, day))
        return [event.kind for event in found]

    world.now = world.now.replace(year=2027)
    assert await read(date(2026, 12, 31)) == [Happening.PLEDGE_ASKED, Happening.PLEDGE_SIGNED]
    assert await read(date(2027, 1, 1)) == []


@pytest.mark.parametrize("later", ["another party", "another day"])
async def test_a_pledge_of_before_there_were_events_comes_into_the_figures_with_who_has_signed(
    world: World, later: str
) -> None:
    hoa, mai = await world.member("Hoa", Role.WARD_OFFICE, WARD), await world.leader("Mai", "18115-5")
    now, _ = await opened(world)
    await sign(world, mai, now, "18115-5")
    await forget_events(world)
    assert await signed_of(world) == (0, 0)
    if later == "another party":
        await add(world, hoa, now, "Hội Nông dân")
        expected = (1, 3)
    else:
        await opened(world, FILE.replace("2026-11-30", "2026-12-31"))
        expected = (1, 2)
    stood = await stands(world)
    assert (stood.parties_signed, stood.expected) == expected, "as the book says"
    assert await signed_of(world) == expected
    [told] = await world.events(Happening.PLEDGE_SIGNED)
    assert (told.by, told.detail["on_paper"], told.at) == (mai.contact and mai.contact.id, False, stood.opened.at)
    await add(world, hoa, now, "Đội dân phòng", PartyKind.TEAM)
    assert len(await world.events(Happening.PLEDGE_SIGNED)) == 1, "once"


async def test_who_signed_before_and_after_the_upgrade_is_told_once(world: World) -> None:
    hoa, mai = await world.member("Hoa", Role.WARD_OFFICE, WARD), await world.leader("Mai", "18115-5")
    now, _ = await opened(world)
    await sign(world, mai, now, "18115-5")
    await forget_events(world)
    await paper(world, hoa, now, "union/hoi phu nu phuong")
    assert await signed_of(world) == (2, 2), "the first signature brings the pledge in, with those of before"
    await add(world, hoa, now, "Hội Nông dân")
    assert await signed_of(world) == (2, 3)
    told = await world.events(Happening.PLEDGE_SIGNED)
    assert [event.detail["on_paper"] for event in told] == [False, True], "each once"


async def forget_events(world: World) -> None:
    """As a database of before pledges were events: the book says all of it, events say nothing. Two hours later."""
    async with world.db.transaction() as tx:
        await tx.execute("DELETE FROM events WHERE kind IN ('pledge_asked', 'pledge_signed')")
    world.pass_time(hours=2)


async def test_a_households_signature_goes_with_whoever_gave_it_and_a_partys_stays(world: World) -> None:
    lan, tam = await world.resident("Lan"), await world.resident("Tâm")
    binh = await world.leader("Bình", "18115-5")
    now, _ = await opened(world, FILE.replace('[[party]]\nkind = "neighbourhood"', HOUSEHOLDS))
    for person in (lan, tam):
        [(key, _)] = pledges.signs_as(person, now)
        await sign(world, person, now, key)
    [key] = [key for key, party in pledges.signs_as(binh, now) if party is not None]
    await sign(world, binh, now, key)
    assert ((await stands(world)).households_signed, (await stands(world)).parties_signed) == (2, 1)
    for person in (lan, binh):
        async with world.unit() as unit:
            await people.forget(unit, person)
    now = await stands(world)
    assert (now.households_signed, now.parties_signed) == (1, 1)
    assert lan.contact is not None
    assert lan.contact.id not in repr(await world.rows("book")), "nothing of it is left"
    again = await world.resident("Lan")
    [(key, _)] = pledges.signs_as(again, now)
    await sign(world, again, now, key)
    assert (await stands(world)).households_signed == 2
