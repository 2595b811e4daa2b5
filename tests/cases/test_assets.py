"""The inventory: a source's total, what officers say of each, by chat or by file; and what figures make of it."""

from datetime import date, timedelta

import pytest

from cases import assets, inventory, known
from cases.known import Known
from domain.assets import AssetKind, Register, Sighting
from domain.events import Happening
from domain.people import Person, Role
from domain.places import Place, UnitKind
from storage import sample
from storage.unit import Unit
from tests.cases.test_figures import at, closed, facts, from_scratch, kept, measured
from tests.cases.world import GROUPS, OTHER, SATURDAY, SINCE, WARD, World, load_sample, refusal

CAMERA, POINT, MARKET = AssetKind
SUNDAY = SATURDAY + timedelta(days=1)
ARTICLE = "Bài báo 01/8/2023 về phường Kinh Dinh"
FILE = f"""
unit = "{WARD}"
source = "Biên bản 05/BB-CAP"
day = 2026-11-20
[[count]]
kind = "security_camera"
count = 9
[[asset]]
kind = "security_camera"
number = 7
name = "Ngã ba chợ"
working = false
[[asset]]
kind = "security_camera"
number = 8
working = true
[[group]]
unit = "{GROUPS[0]}"
households = 8
"""


@pytest.fixture
async def kinh_dinh(world: World) -> World:
    """Kinh Dinh as `init --sample` loads it."""
    async with world.unit() as unit:
        await load_sample(unit)
        await assets.keep_sample(unit, sample.load())
    world.pass_time(minutes=1)
    return world


async def ward(unit: Unit, code: str = WARD) -> Place:
    found = await unit.places.find(code)
    assert found is not None
    return found


async def mark(
    world: World, person: Person, item: str, working: bool, day: date = SATURDAY, *, code: str = WARD
) -> tuple[Sighting, bool]:
    async with world.unit() as unit:
        return await assets.mark(unit, person, await ward(unit, code), CAMERA, item, working, day)


async def count(world: World, person: Person, number: int, kind: AssetKind = CAMERA) -> None:
    async with world.unit() as unit:
        await assets.count(unit, person, await ward(unit), kind, number)


async def undo(world: World, person: Person, event: str, kind: AssetKind = CAMERA) -> str:
    async with world.unit() as unit:
        return await assets.take_back(unit, person, await ward(unit), kind, event)


async def now(world: World, code: str = WARD) -> Register:
    return await world.read(lambda unit: inventory.now(unit, code))


async def imported(world: World, text: str = FILE) -> int:
    return (await world.act(lambda unit: assets.import_text(unit, text)))[1]


async def figures(world: World, day: date | None = None) -> dict[str, Known]:
    return {one.name: one for one in await world.read(lambda unit: known.known(unit, OTHER, day))}


async def test_the_sample_says_40_18_4_with_its_source_and_nothing_of_their_state(kinh_dinh: World) -> None:
    told = await figures(kinh_dinh, date(2023, 8, 1))
    for name, value in (("security_cameras", 40), ("fire_points", 18), ("fire_groups", 4)):
        one = told[name]
        assert (one.value, one.as_of, one.source, one.status) == (value, date(2023, 8, 1), ARTICLE, "reported")
    for name in ("security_cameras.working", "security_cameras.known", "fire_points.working", "fire_points.known"):
        assert (told[name].value, told[name].numerator, told[name].status) == (None, None, "unknown")
    found = await now(kinh_dinh, OTHER)
    for kind, number in ((CAMERA, 40), (POINT, 18)):
        stock = found.stocks[kind]
        assert stock.counted is not None
        assert (stock.total, stock.unknown, stock.seen, stock.counted.source) == (number, number, {}, ARTICLE)
        assert stock.since == date(2023, 8, 1)
    assert found.stocks[MARKET].items == ("22759-cho1",)
    today = await figures(kinh_dinh)
    assert (today["security_cameras.total"].value, today["fire_points.total"].value) == (40, 18)
    assert (today["security_cameras.known"].numerator, today["security_cameras.known"].denominator) == (0, 40)
    assert today["security_cameras.working"].status == "unknown"
    assert (today["self_managed_groups"].status, today["groups.self_managed_group"].status) == ("unknown", "unknown")


async def test_after_two_broken_and_three_working_five_of_forty_are_known(kinh_dinh: World) -> None:
    minh = await kinh_dinh.member("Minh", Role.BEAT_OFFICER, OTHER)
    for number in range(1, 6):
        await mark(kinh_dinh, minh, str(number), number > 2, code=OTHER)
    await closed(kinh_dinh, SATURDAY, OTHER)
    told = await figures(kinh_dinh, SATURDAY)
    assert (told["security_cameras.known"].numerator, told["security_cameras.known"].denominator) == (5, 40)
    assert (told["security_cameras.working"].numerator, told["security_cameras.working"].denominator) == (3, 5)
    one = await measured(kinh_dinh, "security_cameras.working", SATURDAY, SATURDAY, OTHER)
    assert (one.seen, one.whole) == (5, 40)


async def test_the_sample_read_again_says_nothing_new(kinh_dinh: World) -> None:
    before = await kinh_dinh.events()
    await kinh_dinh.act(lambda unit: assets.keep_sample(unit, sample.load()))
    assert await kinh_dinh.events() == before


async def test_only_beat_officer_and_chief_of_the_ward_say_how_things_are(world: World) -> None:
    minh, chief = await world.member("Minh", Role.BEAT_OFFICER, WARD), await world.member("Hà", Role.WARD_CHIEF, WARD)
    await count(world, chief, 9)
    strangers = [await world.officer(), await world.member("Hoa", Role.WARD_OFFICE, WARD), await world.leader()]
    strangers += [await world.member("An", Role.BEAT_OFFICER, OTHER), await world.resident()]
    for person in strangers:
        assert (await refusal(mark(world, person, "1", working=True))).code == "asset.may_not_mark"
        assert (await refusal(count(world, person, 5))).code == "asset.may_not_mark"
        assert (await refusal(undo(world, person, "x"))).code == "asset.may_not_mark"
    assert (await mark(world, minh, "1", working=True))[1]
    beat = await world.member("Sơn", Role.BEAT_OFFICER, "18115-5")
    assert (await mark(world, beat, "2", working=True))[1], "whose beat is a unit of the ward walks the ward"


async def test_the_same_press_twice_is_one_sighting(world: World) -> None:
    minh = await world.member("Minh", Role.BEAT_OFFICER, WARD)
    await count(world, minh, 9)
    await count(world, minh, 9)
    first, new = await mark(world, minh, "7", working=False)
    world.pass_time(minutes=5)
    again, twice = await mark(world, minh, "7", working=False)
    assert (new, twice, again) == (True, False, first)
    older, new = await mark(world, minh, "7", working=True, day=SATURDAY - timedelta(days=2))
    assert (older, new) == (first, True), "what was seen later goes on counting"
    assert not (await mark(world, minh, "7", working=True, day=SATURDAY - timedelta(days=2)))[1]
    kinds = [event.kind for event in await world.events(Happening.ASSETS_COUNTED, Happening.ASSET_SEEN)]
    assert kinds == [Happening.ASSETS_COUNTED, Happening.ASSET_SEEN, Happening.ASSET_SEEN]


async def test_what_is_not_there_or_not_yet_is_refused(world: World) -> None:
    minh = await world.member("Minh", Role.BEAT_OFFICER, WARD)
    assert (await refusal(mark(world, minh, "7", working=True))).code == "asset.not_counted"
    await count(world, minh, 5)
    assert (await refusal(mark(world, minh, "7", working=True))).params == {"kind": "security_camera", "last": 5}
    assert (await refusal(mark(world, minh, "5", working=True, day=SUNDAY))).code == "asset.day_ahead"
    assert (await refusal(count(world, minh, 1_000))).code == "asset.count_unclear"
    assert (await refusal(count(world, minh, 1, MARKET))).code == "button.stale"


async def test_a_wrong_press_is_undone_once_soon_and_by_who_made_it(world: World) -> None:
    minh, chief = await world.member("Minh", Role.BEAT_OFFICER, WARD), await world.member("Hà", Role.WARD_CHIEF, WARD)
    await count(world, minh, 9)
    await mark(world, minh, "7", working=True, day=SATURDAY - timedelta(days=1))
    wrong, _ = await mark(world, minh, "7", working=False)
    assert (await refusal(undo(world, chief, wrong.event))).code == "button.stale"
    assert (await refusal(undo(world, minh, wrong.event, POINT))).code == "button.stale"
    assert await undo(world, minh, wrong.event) == "7"
    assert (await now(world)).stocks[CAMERA].seen["7"].working
    assert (await refusal(undo(world, minh, wrong.event))).code == "button.stale"
    late, _ = await mark(world, minh, "7", working=False)
    world.pass_time(minutes=11)
    assert (await refusal(undo(world, minh, late.event))).code == "asset.too_late_to_undo"


async def test_a_file_is_taken_once_and_what_was_seen_since_goes_on_counting(world: World) -> None:
    minh = await world.member("Minh", Role.BEAT_OFFICER, WARD)
    assert await imported(world) == 5
    stock = (await now(world)).stocks[CAMERA]
    assert (stock.total, stock.broken, stock.working, stock.unknown) == (9, ("7",), 1, 7)
    called = await world.read(lambda unit: _names(unit, CAMERA))
    assert called == {"7": "Ngã ba chợ"}
    await mark(world, minh, "7", working=True)
    await count(world, minh, 10)
    before = await world.events()
    assert await imported(world) == 0
    assert await world.events() == before
    assert (await now(world)).stocks[CAMERA].seen["7"].working
    assert (
        await imported(world, FILE.replace("Ngã ba chợ", "Cổng chợ").replace("households = 8", "households = 9")) == 2
    )
    found = await now(world)
    assert (found.household_count, len(found.households), found.groups[UnitKind.FIRE_GROUP]) == (9, 1, 3)
    assert (await world.read(lambda unit: _names(unit, CAMERA))) == {"7": "Cổng chợ"}


async def _names(unit: Unit, kind: AssetKind) -> dict[str, str]:
    return await assets.names(unit, await ward(unit), kind)


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        (f'unit = "{WARD}"', 'unit = "42"', "criteria.bad_file", "unit"),
        (f'unit = "{GROUPS[0]}"', 'unit = "22759-1-lg1"', "criteria.bad_file", "group 22759-1-lg1"),
        (f'unit = "{GROUPS[0]}"', 'unit = "18115-5"', "criteria.bad_file", "group 18115-5"),
        ("day = 2026-11-20", "day = 2026-11-22", "asset.day_ahead", None),
        ("number = 8", "number = 10", "asset.no_number", None),
        ("count = 9", "count = -1", "criteria.bad_file", "count, 1, count"),
    ],
)
async def test_a_bad_file_says_nothing(world: World, old: str, new: str, code: str, place: str | None) -> None:
    refused = await refusal(imported(world, FILE.replace(old, new, 1)))
    assert (refused.code, refused.params.get("place")) == (code, place)
    assert await world.events() == []


async def test_what_a_file_says_twice_it_says_once(world: World) -> None:
    again = '[[asset]]\nkind = "security_camera"\nnumber = 7\nname = "Cổng sau"\nworking = false\n'
    assert await imported(world, FILE + again) == 5
    assert await world.read(lambda unit: _names(unit, CAMERA)) == {"7": "Cổng sau"}, "the last name"
    assert await imported(world, FILE + again) == 0


async def test_a_file_can_be_corrected_back_to_what_it_said_before(world: World) -> None:
    other = FILE.replace("count = 9", "count = 10").replace("working = false", "working = true")
    other = other.replace("households = 8", "households = 9")
    for text, total, broken, households in ((FILE, 9, ("7",), 8), (other, 10, (), 9), (FILE, 9, ("7",), 8)):
        await imported(world, text)
        found = await now(world)
        stock = found.stocks[CAMERA]
        assert (stock.total, stock.broken, found.household_count) == (total, broken, households)
        world.pass_time(minutes=1)
        assert await imported(world, text) == 0, "the same again"
    later = other.replace("day = 2026-11-20", "day = 2026-11-21").replace("households = 9", "households = 7")
    assert await imported(world, later) == 5 - 1, "8 cameras, 2 seen, 1 group; the name is known"
    assert [await imported(world, text) for text in (FILE, other, FILE)] == [0, 0, 0], "of a day that is overtaken"
    await closed(world, SATURDAY)
    before = await kept(world)
    assert await from_scratch(world) == before


async def test_a_file_read_again_says_nothing_against_who_has_looked_on_its_day(world: World) -> None:
    minh = await world.member("Minh", Role.BEAT_OFFICER, WARD)
    text = FILE.replace("day = 2026-11-20", "day = 2026-11-21")
    await imported(world, text)
    await mark(world, minh, "7", working=True)
    await count(world, minh, 10)
    assert await imported(world, text) == 0
    stock = (await now(world)).stocks[CAMERA]
    assert (stock.total, stock.broken) == (10, ())
    assert await imported(world, text.replace("count = 9", "count = 11")) == 1, "what it has not said yet"


async def test_of_what_a_file_says_in_two_ways_the_last_counts(world: World) -> None:
    again = '[[asset]]\nkind = "security_camera"\nnumber = 7\nworking = true\n'
    await imported(world, FILE + again)
    assert (await now(world)).stocks[CAMERA].broken == ()
    assert await imported(world, FILE + again) == 0


async def test_a_name_lies_sealed_and_no_event_knows_it(world: World) -> None:
    await imported(world)
    rows = repr([await world.rows(table) for table in ("events", "book", "day_figures")])
    assert "Ngã ba" not in rows
    assert "security_camera" in rows


async def test_a_day_counts_what_had_been_told_by_its_end_and_again_the_same(world: World) -> None:
    minh = await world.member("Minh", Role.BEAT_OFFICER, WARD)
    await count(world, minh, 9)
    await mark(world, minh, "1", working=True)
    await closed(world, SATURDAY)
    at(world, SUNDAY, 9)
    await mark(world, minh, "2", working=False, day=SATURDAY)  # seen on Saturday, told on Sunday
    await closed(world, SUNDAY)
    saturday, sunday = await facts(world, SATURDAY) or {}, await facts(world, SUNDAY) or {}
    assert (saturday["security_cameras.known"], sunday["security_cameras.known"]) == (1, 2)
    assert sunday["security_cameras.working"] == 1
    before = await kept(world)
    assert await from_scratch(world) == before
    at(world, SATURDAY, 23)  # a clock set back: told on Saturday after all, when its day was closed already
    await mark(world, minh, "3", working=True)
    at(world, SUNDAY + timedelta(days=1), 1)
    await closed(world, SUNDAY + timedelta(days=1))
    assert [(await facts(world, day) or {})["security_cameras.known"] for day in (SATURDAY, SUNDAY)] == [2, 3]


async def test_a_unit_counts_from_the_day_it_is_there(world: World) -> None:
    later = {**SINCE, "valid_from": SUNDAY}
    async with world.unit() as unit:
        group = {"kind": UnitKind.SECURITY_TEAM, "parent": WARD, "ward": WARD}
        unit.places.save(Place.model_validate({"code": "18115-bv1", "name": "Tổ bảo vệ", **group, **later}))
    await closed(world, SATURDAY)
    await closed(world, SUNDAY)
    days = [await facts(world, day) or {} for day in (SATURDAY, SUNDAY)]
    assert [day.get("groups.standing.security_team", 0) for day in days] == [0, 1]
    one = await measured(world, "groups.security_team", SATURDAY, SATURDAY)
    assert (one.status, one.value) == ("unknown", None)


UNIT = f"""
unit = "{WARD}"
source = "Quyết định 12/QĐ-UBND"
day = 2026-11-20
[[place]]
kind = "self_managed_group"
code = "18115-5-tq1"
name = "Tổ tự quản Hẻm 12"
parent = "18115-5"
[[place]]
kind = "safe_market"
code = "18115-cho1"
name = "Chợ Bắc Hồng"
[[asset]]
kind = "safe_market"
unit = "18115-cho1"
working = true
[[group]]
unit = "18115-5-tq1"
households = 12
"""


async def test_a_file_brings_units_that_count_from_the_day_they_are_written(world: World) -> None:
    await closed(world, SATURDAY)
    at(world, SUNDAY, 9)
    assert await imported(world, UNIT) == 4
    assert await imported(world, UNIT) == 0
    found = await now(world)
    assert found.groups[UnitKind.SELF_MANAGED_GROUP] == 1
    assert (found.household_count, found.stocks[MARKET].total, found.stocks[MARKET].working) == (12, 1, 1)
    place = await world.read(lambda unit: unit.places.find("18115-5-tq1"))
    assert place is not None
    assert (place.parent, place.ward, place.valid_from, place.source) == (
        "18115-5",
        WARD,
        SUNDAY,
        "Quyết định 12/QĐ-UBND",
    )
    await closed(world, SUNDAY)
    before = await kept(world)
    assert await from_scratch(world) == before
    days = [await facts(world, day) or {} for day in (SATURDAY, SUNDAY)]
    assert [day.get("groups.standing.self_managed_group", 0) for day in days] == [0, 1]


@pytest.mark.parametrize(
    ("old", "new", "place", "mistake"),
    [
        ('code = "18115-cho1"', f'code = "{GROUPS[0]}"', f"place {GROUPS[0]}", "unit_code"),
        ('code = "18115-cho1"', 'code = "22759-cho1"', "place 22759-cho1", "unit_code"),
        ('code = "18115-cho1"', 'code = "chợ"', "place, 2, code", "unit_code"),
        ('parent = "18115-5"', 'parent = "22759"', "place 18115-5-tq1, parent", "no_such_unit"),
        ('parent = "18115-5"', f'parent = "{GROUPS[0]}"', "place 18115-5-tq1, parent", "no_such_unit"),
        ('kind = "self_managed_group"', 'kind = "ward"', "place, 1, kind", "choice"),
    ],
)
async def test_a_unit_that_can_not_be_there_is_refused(
    world: World, old: str, new: str, place: str, mistake: str
) -> None:
    refused = await refusal(imported(world, UNIT.replace(old, new, 1)))
    assert refused.params == {"place": place, "mistake": mistake}
    assert await world.events() == []
