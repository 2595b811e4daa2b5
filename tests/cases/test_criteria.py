"""A ward's scorecard: who may say what, what is kept of it, and that any day can be asked."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from cases import attesting, criteria, figures, scorecards, triage
from domain.boards import Board, Change, Judged, State, Why
from domain.clocks import VIETNAM
from domain.criteria_sets import Given
from domain.people import Person, Role
from domain.pieces import FileRef
from locales import words
from storage.unit import Unit
from tests.cases.world import OTHER, SATURDAY, WARD, World, refusal

PROVINCE = "42"
SAY = "movement_34"
OWN = """
code = "own"
family = "own"
name = "Riêng"
unit = "18115"
slots = 3
[[criterion]]
number = 1
text = "Đủ nguồn tin có giá trị"
how = { by = "automatic", indicator = "tips.valuable", compare = "at_least", threshold = 1 }
"""
FILLS = """
fill = "movement_34"
unit = "42"
[[criterion]]
number = 3
text = "Ba"
area = "security"
[[criterion]]
number = 4
text = "Bốn"
"""


async def board(world: World, code: str = SAY, day: date | None = None, ward: str = WARD) -> Board:
    async def read(unit: Unit) -> Board:
        place = await unit.places.find(ward)
        assert place is not None
        return await criteria.board(unit, place, code, day)

    return await world.read(read)


async def act(world: World, what: Callable[..., Awaitable[Any]], person: Person, *args: Any) -> Any:
    async with world.unit() as unit:
        place = await unit.places.find(WARD)
        return await what(unit, person, place, *args)


async def imported(world: World, text: str) -> tuple[str, int]:
    async with world.unit() as unit:
        return await attesting.import_text(unit, text)


def states(found: Board, *numbers: int) -> list[State]:
    return [one.state for one in found.judged if one.criterion.number in numbers]


async def test_a_chief_says_met_and_takes_it_back_and_every_day_stays_as_it_was(world: World) -> None:
    chief = await world.member("Dũng", Role.WARD_CHIEF, WARD)
    assert (await board(world)).score == (0, 0, 34)
    world.pass_time(days=1)
    await act(world, attesting.say, chief, SAY, 1, True, "Đã họp, có biên bản")
    world.pass_time(days=1)
    await act(world, attesting.withdraw, chief, SAY, 1)
    await act(world, attesting.say, chief, SAY, 1, False, "Chưa họp lại")
    by_day = [(await board(world, day=date(2026, 11, 21 + n))).score for n in range(3)]
    assert by_day == [(0, 0, 34), (1, 0, 33), (0, 1, 33)]
    [one] = [one for one in (await board(world, day=date(2026, 11, 22))).judged if one.acts]
    assert (one.acts[0].by, one.acts[0].role) == (chief.contact and chief.contact.id, Role.WARD_CHIEF)
    kinds = [event.kind.value for event in await world.events() if event.kind.value.startswith("criterion")]
    assert kinds == ["criterion_said", "criterion_withdrawn", "criterion_said"]
    assert len(await world.rows("criteria_acts")) == 3


async def test_words_about_criteria_are_sealed_at_rest(world: World) -> None:
    chief = await world.member("Dũng", Role.WARD_CHIEF, WARD)
    await act(world, attesting.say, chief, SAY, 1, True, "Đồng chí Bình vắng")
    [row] = await world.rows("criteria_acts")
    assert "Bình".encode() not in bytes(row["body"])


async def test_documents_make_a_criterion_met_one_by_one(world: World) -> None:
    office = await world.member("Hoa", Role.WARD_OFFICE, WARD)

    def paper(number: int, day: date) -> Given:
        return Given(document=number, number="12-NQ/ĐU", day=day, issuer="Đảng ủy")

    for number in range(3):
        found = await act(world, attesting.give, office, SAY, 2, paper(number, date(2026, 2, 3)))
        assert (found.judged[1].numerator, found.judged[1].denominator) == (number + 1, 3)
    assert found.judged[1].state is State.MET
    late = await refusal(act(world, attesting.give, office, SAY, 2, paper(0, date(2026, 4, 1))))
    assert (late.code, late.params["last"]) == ("criteria.day_outside", date(2026, 3, 31))
    future = await refusal(act(world, attesting.give, office, SAY, 2, paper(1, date(2026, 11, 22))))
    assert (future.code, future.params["last"]) == ("criteria.day_outside", SATURDAY)
    assert (await refusal(act(world, attesting.say, office, SAY, 2, True, "có"))).code == "criteria.needs_documents"


async def test_a_picture_belongs_to_the_document_given_last_and_goes_with_it(world: World) -> None:
    office = await world.member("Hoa", Role.WARD_OFFICE, WARD)
    given = Given(document=0, number="12-NQ/ĐU", day=date(2026, 2, 3), issuer="Đảng ủy")
    photo = FileRef(id="f", kind="photo", key="k")
    assert (await refusal(act(world, attesting.attach, office, SAY, 2, photo))).code == "criteria.no_documents"
    await act(world, attesting.give, office, SAY, 2, given)
    await act(world, attesting.attach, office, SAY, 2, photo)

    async def files(unit: Unit) -> list[tuple[FileRef, str]]:
        place = await unit.places.find(WARD)
        assert place is not None
        return await attesting.files(unit, place, SAY, 2)

    assert await world.read(files) == [(photo, "12-NQ/ĐU")]
    assert (await board(world)).judged[1].numerator == 1
    await act(world, attesting.withdraw, office, SAY, 2)
    assert (await board(world)).judged[1].numerator == 0
    assert await world.read(files) == []
    assert len(await world.rows("criteria_acts")) == 4, "two given and two taken back: nothing is deleted"


async def test_who_may_not_speak_is_refused(world: World) -> None:
    duty, lan, chief = await world.officer(), await world.resident(), await world.member("D", Role.WARD_CHIEF, WARD)
    other = await world.member("Tâm", Role.WARD_CHIEF, OTHER)
    for person in (duty, lan, other):
        assert (await refusal(act(world, attesting.say, person, SAY, 1, True, "x"))).code == "criteria.may_not_say"
        assert (await refusal(act(world, attesting.fill, person, SAY, 3, "x"))).code == "criteria.may_not_fill"
    assert (await refusal(act(world, attesting.say, chief, SAY, 3, True, "x"))).code == "criteria.no_text"
    assert (await refusal(act(world, attesting.say, chief, SAY, 35, True, "x"))).code == "criteria.no_number"
    assert (await refusal(act(world, attesting.say, chief, SAY, 1, True, " "))).code == "criteria.length"
    assert (await refusal(board(world, day=date(2026, 12, 1)))).code == "criteria.future"


async def test_who_reads_which_wards(world: World) -> None:
    async def wards(person: Person) -> list[str]:
        return [ward.code for ward in await world.read(lambda unit: criteria.wards_of(unit, person))]

    province = await world.member("Hà", Role.PROVINCE, PROVINCE)
    assert await wards(province) == [WARD]
    assert await wards(await world.officer(ward=OTHER)) == [OTHER]
    assert (await refusal(wards(await world.leader()))).code == "role.criteria_only"
    strange = world.read(lambda unit: criteria.place_for(unit, province, OTHER))
    assert (await refusal(strange)).code == "criteria.not_here"


async def test_a_slot_is_filled_by_the_ward_or_for_all_wards_by_the_province(world: World) -> None:
    province = await world.member("Hà", Role.PROVINCE, PROVINCE)
    office = await world.member("Hoa", Role.WARD_OFFICE, WARD)
    await act(world, attesting.fill, province, SAY, 3, "Của tỉnh")
    await act(world, attesting.fill, office, SAY, 4, "Của phường")
    assert [one.criterion.text for one in (await board(world)).judged[2:4]] == ["Của tỉnh", "Của phường"]
    await act(world, attesting.say, office, SAY, 3, True, "Có")
    assert states(await board(world), 3) == [State.MET]
    assert (await board(world, ward=OTHER)).judged[2].criterion.text is None


async def test_a_file_adds_a_set_once_and_another_of_its_code_is_refused(world: World) -> None:
    assert await imported(world, OWN) == ("own", 3)
    assert await imported(world, OWN) == ("own", 0)
    assert (await refusal(imported(world, OWN.replace("slots = 3", "slots = 4")))).code == "criteria.code_taken"
    assert (await refusal(imported(world, OWN.replace('"18115"', '"99999"')))).code == "criteria.bad_file"
    found = await board(world, "own")
    assert found.judged[0].state is State.UNKNOWN, "most days of the year are not known here"
    async with world.unit() as unit:
        other = await unit.places.find(OTHER)
        assert other is not None
        assert "own" not in [one.code for one in await criteria.valid(unit, other, SATURDAY)]


async def test_a_figure_that_only_grows_decides_as_soon_as_it_is_reached(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    await imported(world, OWN)
    sent = await world.tip(lan)
    async with world.unit() as unit:
        await triage.value(unit, nam, sent.tip.id)
    world.pass_time(minutes=1)
    one = (await board(world, "own")).judged[0]
    assert (one.state, one.numerator, one.denominator) == (State.MET, 1, None)


async def test_a_file_fills_slots_all_or_nothing(world: World) -> None:
    assert await imported(world, FILLS) == (SAY, 2)
    assert await imported(world, FILLS) == (SAY, 0)
    assert await imported(world, FILLS.replace("Bốn", "Bốn mới")) == (SAY, 1)
    bad = await refusal(imported(world, FILLS.replace("Ba", "Ba mới").replace("number = 4", "number = 40")))
    assert bad.params == {"place": "criterion 40", "mistake": "no_such_number"}
    found = (await board(world)).judged[2:4]
    assert [one.criterion.text for one in found] == ["Ba", "Bốn mới"]
    assert found[0].criterion.area == "security"


async def test_how_a_score_changed_and_why(world: World) -> None:
    chief = await world.member("Dũng", Role.WARD_CHIEF, WARD)
    await act(world, attesting.say, chief, SAY, 1, True, "Đã họp")
    world.pass_time(days=40)

    async def asked(unit: Unit) -> list[Change | None]:
        place = await unit.places.find(WARD)
        assert place is not None
        now = await criteria.board(unit, place, SAY)
        return await criteria.changes(unit, now, place, [date(2026, 12, 1), date(2026, 1, 1), date(2020, 1, 1)])

    month, year, before = await world.read(asked)
    assert month is not None
    assert [one.criterion.number for one in month.lost] == [1], "what was said ended with the year"
    assert month.lost[0].why == "expired"
    assert year is not None
    assert year.gained == year.lost == ()
    assert before is None


MONTHLY = OWN.replace("threshold = 1 }", 'threshold = 1, span = "month" }')


async def test_who_handles_no_tips_of_a_ward_reads_no_count_of_them_and_settled_months_only(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    clerk = await world.member("Hoa", Role.WARD_OFFICE, WARD)
    over = await world.member("Hà", Role.PROVINCE, PROVINCE)
    await imported(world, MONTHLY)
    sent = await world.tip(lan)
    async with world.unit() as unit:
        await triage.value(unit, nam, sent.tip.id)
    async with world.unit() as unit:
        await figures.close(unit, (WARD,), SATURDAY)

    async def seen(person: Person, day: date) -> Judged:
        async def read(unit: Unit) -> Judged:
            place = await unit.places.find(WARD)
            assert place is not None
            hidden = criteria.is_outward(person, place)
            return (await criteria.board(unit, place, "own", day, outward=hidden)).judged[0]

        return await world.read(read)

    settled = date(2026, 12, 23)
    world.pass_time(days=(settled - SATURDAY).days)
    one = await seen(nam, SATURDAY)
    assert (one.state, one.numerator) == (State.MET, 1)
    for hidden, state in ((False, State.MET), (True, State.UNKNOWN)):
        drawn = await world.read(
            lambda unit, hidden=hidden: scorecards.card(unit, WARD, "own", SATURDAY, words("vi"), outward=hidden)  # type: ignore[misc]
        )
        assert drawn.board.judged[0].state is state, "a picture shows no more"
    for person in (clerk, over):
        one = await seen(person, date(2026, 12, 13))
        assert one.state is State.UNKNOWN, "the month had not ended"
        one = await seen(person, date(2026, 12, 14))
        assert (one.state, one.why) == (State.MET, Why.MEASURED)
        assert one.measured is not None
        assert [one.numerator, one.denominator, one.measured.value, one.measured.numerator] == [None] * 4
    world.now -= timedelta(days=1)
    assert (await seen(over, date(2026, 12, 14))).state is State.UNKNOWN, "it may still change"


async def test_a_year_of_which_no_month_is_settled_is_not_judged_by_the_one_before(world: World) -> None:
    over = await world.member("Hà", Role.PROVINCE, PROVINCE)
    nam, lan = await world.officer(), await world.resident()
    await imported(world, OWN)
    sent = await world.tip(lan)
    async with world.unit() as unit:
        await triage.value(unit, nam, sent.tip.id)
    async with world.unit() as unit:
        await figures.close(unit, (WARD,), SATURDAY)

    async def state(day: date) -> State:
        async def read(unit: Unit) -> State:
            place = await unit.places.find(WARD)
            assert place is not None
            hidden = criteria.is_outward(over, place)
            return (await criteria.board(unit, place, "own", day, outward=hidden)).judged[0].state

        return await world.read(read)

    world.now = datetime.combine(date(2026, 12, 24), time(9), VIETNAM)
    assert await state(date(2026, 12, 14)) is State.MET
    assert await state(date(2026, 12, 15)) is State.UNKNOWN, "its year begins on this day"
