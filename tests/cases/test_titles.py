"""Titles of a year: steps in order, by who may, counted only as far as somebody wrote; any day can be asked."""

from datetime import date

import pytest

from cases import book, titles
from domain.entries import Level, Paper, Stage, Step, Title
from domain.people import Person, Role
from domain.places import Place
from domain.titles import Round, Standing, late_since, year_of
from storage.unit import Unit
from tests.cases.world import WARD, World, refusal

DECISION = Paper(number="57/QĐ-UBND", day=date(2026, 11, 20), issuer="UBND phường")
FAMILIES = Round(Title.SAFEST, Level.FAMILY, 2026)
UNITS = Round(Title.SAFE, Level.NEIGHBOURHOOD, 2026)


async def ward_of(unit: Unit) -> Place:
    place = await unit.places.find(WARD)
    assert place is not None
    return place


async def step(world: World, person: Person, round_: Round, told: Step) -> Standing:
    async with world.unit() as unit:
        return await titles.step(unit, person, await ward_of(unit), round_, told)


async def advance(world: World, person: Person, round_: Round, key: str, stage: Stage, **more: Paper) -> Standing:
    async with world.unit() as unit:
        ward, paper = await ward_of(unit), more.get("paper")
        return await titles.advance(unit, person, ward, round_, key, stage, "Họp dân", paper)


async def stand(world: World, round_: Round, day: date | None = None) -> Standing:
    async def read(unit: Unit) -> Standing:
        return await titles.stand(unit, await ward_of(unit), round_, day)

    return await world.read(read)


async def test_families_are_counted_by_unit_and_every_day_stays_as_it_was(world: World) -> None:
    chief = await world.member("Dũng", Role.WARD_CHIEF, WARD)
    now = await stand(world, FAMILIES)
    assert (now.recognised, now.whole) == (None, None), "nothing written is unknown, not zero"
    async with world.unit() as unit:
        await titles.whole(unit, chief, await ward_of(unit), FAMILIES, 2546)
    told = Step(stage=Stage.PROPOSED, name="Tổ dân phố 5", unit="18115-5", count=2412)
    now = await step(world, chief, FAMILIES, told)
    assert (now.recognised, now.whole, now.count(Stage.PROPOSED)) == (0, 2546, 2412)
    world.pass_time(days=1)
    await advance(world, chief, FAMILIES, "18115-5", Stage.ASSESSED)
    now = await advance(world, chief, FAMILIES, "18115-5", Stage.RECOGNISED, paper=DECISION)
    assert (now.recognised, now.whole) == (2412, 2546)
    assert (await stand(world, FAMILIES, date(2026, 11, 21))).recognised == 0
    async with world.unit() as unit:
        now = await titles.withdraw(unit, chief, await ward_of(unit), FAMILIES, "18115-5")
    assert (now.recognised, now.count(Stage.ASSESSED)) == (0, 2412)
    assert len(await world.rows("book")) == 5, "what was taken back stays in the book"


async def test_steps_come_in_order_with_reason_and_document(world: World) -> None:
    office = await world.member("Hoa", Role.WARD_OFFICE, WARD)
    assert (await stand(world, UNITS)).whole == 1, "the neighbourhood units that are known here"
    skipped = Step(stage=Stage.ASSESSED, name="Tổ dân phố 5", unit="18115-5", reason="Họp")
    assert (await refusal(step(world, office, UNITS, skipped))).code == "title.propose_first"
    proposed = Step(stage=Stage.PROPOSED, name="Tổ dân phố 5", unit="18115-5")
    await step(world, office, UNITS, proposed)
    assert (await refusal(step(world, office, UNITS, proposed))).code == "title.out_of_order"
    other = Step(stage=Stage.PROPOSED, name="Tổ dân phố 6")
    assert (await refusal(step(world, office, UNITS, other))).code == "title.more_than_all"
    bare = skipped.model_copy(update={"reason": ""})
    assert (await refusal(step(world, office, UNITS, bare))).code == "title.needs_reason"
    await step(world, office, UNITS, skipped)
    wanted = refusal(advance(world, office, UNITS, "18115-5", Stage.RECOGNISED))
    assert (await wanted).code == "title.needs_paper"
    now = await advance(world, office, UNITS, "18115-5", Stage.NOT_RECOGNISED)
    assert (now.recognised, now.count(Stage.NOT_RECOGNISED)) == (0, 1)
    assert late_since(UNITS, now.candidates[0]) == date(2026, 11, 20), "decided on the 21st"
    async with world.unit() as unit:
        await titles.withdraw(unit, office, await ward_of(unit), UNITS, "18115-5")
    now = await advance(world, office, UNITS, "18115-5", Stage.RECOGNISED, paper=DECISION)
    assert (now.recognised, late_since(UNITS, now.candidates[0])) == (1, None), "a decision of the 20th is in time"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.WARD_CHIEF, Role.WARD_OFFICE}))
async def test_only_the_wards_office_and_chief_write(world: World, role: Role) -> None:
    where = {Role.LEADER: "18115-5", Role.DEPUTY: "18115-5", Role.PROVINCE: "42"}.get(role, WARD)
    person = await world.member("Nam", role, where)
    told = Step(stage=Stage.PROPOSED, name="Tổ dân phố 5", unit="18115-5")
    assert (await refusal(step(world, person, UNITS, told))).code == "book.may_not_write"
    other = await world.member("Bình", Role.WARD_CHIEF, "22759")
    assert (await refusal(step(world, other, UNITS, told))).code == "book.may_not_write"


def test_windows_and_deadlines_are_those_of_circular_124() -> None:
    area, school = UNITS, Round(Title.SAFE, Level.SCHOOL, 2026)
    assert (area.window(), area.due()) == ((date(2025, 11, 1), date(2026, 10, 31)), date(2026, 11, 20))
    assert (school.window(), school.due()) == ((date(2025, 11, 16), date(2026, 11, 15)), date(2026, 11, 30))
    assert FAMILIES.due() is None, "no source names a day for the 5 safest"
    days = [date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 30), date(2026, 12, 1)]
    assert [year_of(Title.SAFE, Level.NEIGHBOURHOOD, day) for day in days] == [2026, 2027, 2027, 2027]
    assert [year_of(Title.SAFE, Level.SCHOOL, day) for day in days] == [2026, 2026, 2026, 2027]


async def test_a_round_that_is_not_there_and_a_unit_that_is_no_ward_are_refused(world: World) -> None:
    wrong = [(Title.SAFE, Level.FAMILY, 2026), (Title.SAFE, Level.WARD, 10**9), (Title.SAFEST, Level.FAMILY, 1)]
    for round_ in (Round(*one) for one in wrong):
        assert (await refusal(stand(world, round_))).code == "title.no_round"
    nam = await world.officer()
    assert (await refusal(world.read(lambda unit: book.ward_for(unit, nam, "18115-5")))).code == "button.stale"
    assert (await refusal(world.read(lambda unit: book.ward_for(unit, nam, "22759")))).code == "criteria.not_here"
