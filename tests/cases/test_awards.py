"""Commendations: grounds are records that exist, people propose and decide with reasons, certificates count by year."""

from datetime import date, timedelta

from cases import awards, known
from domain.awards import on_time_grounds
from domain.duties import Duty, DutyState, deadline
from domain.entries import Certificate, Commended, Declined, Honoured, Paper
from domain.people import Person, Role
from domain.places import Place
from storage.unit import Unit
from tests.cases.world import GROUPS, SATURDAY, WARD, World, refusal

PAPER = Paper(number="12/QĐ-UBND", day=SATURDAY, issuer="UBND phường")
TOLD = Commended(
    honoured=Honoured.COLLECTIVE,
    name="Tổ liên gia Hẻm 12",
    unit=GROUPS[0],
    year=2026,
    ground="on_time",
    reason="Kiểm tra đúng hạn cả năm",
)


async def ward_of(unit: Unit) -> Place:
    place = await unit.places.find(WARD)
    assert place is not None
    return place


async def proposed(world: World, person: Person, told: Commended = TOLD) -> str:
    async with world.unit() as unit:
        return (await awards.propose(unit, person, await ward_of(unit), told)).entry.id


def duty(unit: str, month: int, state: DutyState) -> Duty:
    period = f"2026-{month:02}"
    return Duty(id=f"{unit}/{period}", unit=unit, ward=WARD, period=period, due_at=deadline(period), state=state)


def test_every_check_on_time_is_a_ground_with_its_months_and_a_late_one_is_not() -> None:
    on_time = [duty(GROUPS[0], month, DutyState.SUBMITTED) for month in (9, 10)]
    late = [duty(GROUPS[1], 9, DutyState.SUBMITTED), duty(GROUPS[1], 10, DutyState.LATE)]
    running = [duty(unit, 11, DutyState.DUE) for unit in GROUPS]
    [ground] = on_time_grounds([*on_time, *late, *running], {GROUPS[0]: "Hẻm 12"}, SATURDAY)
    assert (ground.name, ground.records) == ("Hẻm 12", ("2026-09", "2026-10"))
    assert on_time_grounds(running, {}, SATURDAY) == [], "what is not due yet speaks for nobody"


async def test_a_chief_gives_and_it_counts_for_its_year(world: World) -> None:
    nam, chief = await world.officer("Nam"), await world.member("Dũng", Role.WARD_CHIEF, WARD)
    entry = await proposed(world, nam)
    assert (await refusal(proposed(world, chief))).code == "award.waits_already"

    async def give(person: Person) -> object:
        async with world.unit() as unit:
            return (await awards.give(unit, person, await ward_of(unit), entry, PAPER)).outcome

    assert (await refusal(give(nam))).code == "award.may_not_decide"
    given = await give(chief)
    assert isinstance(given, Certificate)
    assert (given.reason, given.paper) == (TOLD.reason, PAPER)
    assert (await refusal(give(chief))).code == "award.decided_already"
    async with world.unit() as unit:
        await awards.write(unit, chief, await ward_of(unit), Honoured.INDIVIDUAL, "Trần Thị Mai", PAPER)

    async def counted(day: date) -> dict[str, int | None]:
        found = await world.read(lambda unit: known.known(unit, WARD, day))
        return {one.name: one.value for one in found if one.name.startswith("certificates")}

    assert await counted(SATURDAY) == {"certificates.collective.2026": 1, "certificates.individual.2026": 1}
    before = await counted(SATURDAY - timedelta(days=1))
    assert set(before.values()) == {None}, "what nobody has written is not known"


async def test_declining_needs_a_reason_and_stays_in_the_book(world: World) -> None:
    chief = await world.member("Dũng", Role.WARD_CHIEF, WARD)
    entry = await proposed(world, chief)
    async with world.unit() as unit:
        outcome = (await awards.decline(unit, chief, await ward_of(unit), entry, "Đã khen quý I")).outcome
    assert isinstance(outcome, Declined)
    assert outcome.reason == "Đã khen quý I"
    mai = await world.leader("Mai")
    assert (await refusal(proposed(world, mai))).code == "award.may_not_propose"
    assert await proposed(world, chief) != entry, "it can be proposed again"


async def test_a_certificate_counts_once_however_often_it_is_written(world: World) -> None:
    chief = await world.member("Dũng", Role.WARD_CHIEF, WARD)
    entry = await proposed(world, chief)

    async def write(kind: Honoured, name: str, paper: Paper) -> None:
        async with world.unit() as unit:
            await awards.write(unit, chief, await ward_of(unit), kind, name, paper)

    async def give() -> None:
        async with world.unit() as unit:
            await awards.give(unit, chief, await ward_of(unit), entry, PAPER)

    await write(Honoured.COLLECTIVE, TOLD.name, PAPER)
    typed = Paper(number="12/qđ-ubnd", day=PAPER.day, issuer="ubnd  Phường")
    assert (await refusal(write(Honoured.COLLECTIVE, "tổ liên gia hẻm 12", typed))).code == "award.written_already"
    assert (await refusal(give())).code == "award.written_already"
    await write(Honoured.INDIVIDUAL, TOLD.name, PAPER)
    await write(Honoured.COLLECTIVE, "Tổ liên gia Chợ", PAPER)  # one decision names many
    await write(Honoured.COLLECTIVE, TOLD.name, PAPER.model_copy(update={"number": "13/QĐ-UBND"}))
    async with world.unit() as unit:
        ward = await ward_of(unit)
        first = (await awards.certificates(unit, ward))[-1][0].id
        assert len(await awards.certificates(unit, ward)) == 4
        await awards.withdraw(unit, chief, ward, first)
    await give()
