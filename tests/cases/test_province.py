"""A province's board: wards side by side from months and acts, small counts hidden, nothing ranked by tips."""

from collections.abc import Mapping
from datetime import date

import pytest

from cases import criteria, province, roadmap
from domain.criteria_sets import Given
from domain.indicators import EDITION
from domain.people import Role
from domain.periods import OFFICIAL, Month, month_days
from domain.places import Place, UnitKind
from domain.provinces import settled_month
from domain.stages import Stage
from domain.suppression import Hidden
from locales import words
from reports.province import day_text
from storage.figures import ClosedDay, MonthSum
from storage.ward import Reported
from tests.cases.world import SINCE, World, refusal

WARDS = {"40001": "Vinh Tân", "40002": "Đội Cung", "40003": "An Hòa", "40004": "Nghi Hòa"}
OCTOBER = Month(2026, 10)


async def plant(
    world: World, month: Month, facts: Mapping[str, Mapping[str, int]], days: int | None = None, edition: int = EDITION
) -> None:
    """The sums of a month, by ward; all its days known, if not said otherwise."""
    first, last = month_days(month, OFFICIAL)
    length = (last - first).days + 1
    async with world.unit() as unit:
        sums = {ward: MonthSum(days or length, edition, dict(own)) for ward, own in facts.items()}
        await unit.figures.set_months(OFFICIAL, month, sums)


@pytest.fixture
async def nghe_an(world: World) -> World:
    async with world.unit() as unit:
        unit.places.save(Place(code="40", name="Nghệ An", kind=UnitKind.PROVINCE, **SINCE))
        for code, name in WARDS.items():
            unit.places.save(Place(code=code, name=name, kind=UnitKind.WARD, parent="40", **SINCE))
        slot = Place(code="vinh-1", name="Phường 1", kind=UnitKind.WARD, parent="40", placeholder=True, **SINCE)
        unit.places.save(slot)
    return world


def received(in_time: int, late: int) -> dict[str, int]:
    return {"tips.received_in_time": in_time, "tips.received_late": late}


def test_a_month_is_settled_when_no_closing_looks_back_to_it_any_more() -> None:
    assert settled_month(date(2026, 11, 22)) == OCTOBER
    assert settled_month(date(2026, 11, 23)) == Month(2026, 11)
    assert settled_month(date(2026, 1, 5)) == Month(2025, 12)


async def test_wards_stand_in_the_order_of_the_alphabet_with_small_counts_hidden(nghe_an: World) -> None:
    await plant(
        nghe_an,
        OCTOBER,
        {"40001": received(20, 2), "40002": received(30, 0), "40003": received(12, 9), "40004": received(0, 0)},
    )
    board = await nghe_an.read(lambda unit: province.board(unit, "40"))
    assert [row.name for row in board.rows] == ["An Hòa", "Đội Cung", "Nghi Hòa", "Vinh Tân"]
    late = board.month.columns["tips_received_late"]
    assert late.cells == {"40001": Hidden.FEW, "40002": 0, "40003": Hidden.WITHHELD, "40004": 0, "vinh-1": None}
    assert board.month.columns["tips_received_in_time"].total == 62
    assert board.month.share("tips_received_in_time", "tips_received_late", "40002").numbers == (30, 30)
    assert board.month.share("tips_received_in_time", "tips_received_late", "40001").numbers is None
    assert board.as_of == date(2026, 11, 20)
    assert all(row.met is None for row in board.rows)


async def test_a_month_with_days_missing_is_not_known_until_nothing_more_will_come(nghe_an: World) -> None:
    facts = {"40001": received(20, 6)}
    await plant(nghe_an, OCTOBER, {"40002": received(10, 10)})
    await plant(nghe_an, OCTOBER, facts, days=29)
    await plant(nghe_an, Month(2026, 9), facts, days=29)
    september, october = await nghe_an.read(
        lambda unit: province.tables(unit, "40", list(WARDS), Month(2026, 9), OCTOBER)
    )
    assert october.columns["tips_received_late"].cells["40001"] is None
    assert october.days["40001"] == 29
    assert october.columns["tips_received_late"].cells["40002"] is None  # all together or none
    assert september.columns["tips_received_late"].cells["40001"] == 6
    refused = await refusal(
        nghe_an.read(lambda unit: province.tables(unit, "40", list(WARDS), OCTOBER, Month(2026, 11)))
    )
    assert refused.code == "province.not_settled"


async def test_satisfaction_leaves_a_ward_as_two_counts_and_only_where_every_ward_has_counted_it(
    nghe_an: World,
) -> None:
    september, october = Month(2026, 9), OCTOBER
    said = {
        "40001": {**received(20, 6), "tips.rated": 15, "tips.rated.satisfied": 12},
        "40002": {**received(20, 6), "tips.rated": 30, "tips.rated.satisfied": 20},
        "40003": {**received(20, 6), "tips.rated": 9, "tips.rated.satisfied": 9},
    }
    await plant(nghe_an, october, said)
    await plant(nghe_an, september, said)
    await plant(nghe_an, september, {"40002": received(20, 6)}, edition=1)
    before, now = await nghe_an.read(lambda unit: province.tables(unit, "40", list(WARDS), september, october))
    satisfied, otherwise = now.columns["tips_satisfied"], now.columns["tips_rated_otherwise"]
    assert (satisfied.cells["40001"], satisfied.total) == (12, 41)
    assert otherwise.cells == {"40001": Hidden.FEW, "40002": Hidden.WITHHELD, "40003": 0, "40004": None}
    assert set(before.columns["tips_satisfied"].cells.values()) == {None}, "an older edition knows nothing of it"
    assert before.columns["tips_received_late"].cells["40002"] == 6, "what it knew it still knows"


async def test_days_of_one_or_two_wards_are_not_added_up(nghe_an: World) -> None:
    day = date(2026, 11, 20)
    for wards in ({"40001": 1}, {"40001": 0}, {"40001": 7, "40002": 30}):
        async with nghe_an.unit() as unit:
            own = [ClosedDay(ward, day, EDITION, 1, {"tips.opened": count}) for ward, count in wards.items()]
            await unit.figures.set_days(own)
        told = await nghe_an.read(lambda unit: province.day(unit, "40"))
        assert (told.opened, told.closed, told.closed_days) == (None, None, len(wards))
        text = day_text(told, words("vi"))
        assert f"Mới {len(wards)} phường có số liệu ngày này: chưa đủ phường để cộng tin." in text
        assert "Tin mới" not in text


async def test_the_roadmap_is_acts_and_what_sources_say(nghe_an: World) -> None:
    async with nghe_an.unit() as unit:
        for code, stage in (("40001", "pilot"), ("40001", "registered"), ("40002", "pilot"), ("vinh-1", "registered")):
            told = {"id": f"{code}/{stage}", "unit": code, "name": f"roadmap.{stage}", "value": 1}
            unit.reported.save(Reported.model_validate({**told, "as_of": "2023-03-16", "source": "16/3/2023"}))
    paper = Given(document=0, number="12/QĐ", day=date(2026, 11, 20), issuer="UBND")
    await nghe_an.act(lambda unit: roadmap.reach(unit, "40001", Stage.RECOGNISED, paper))
    before = await nghe_an.read(lambda unit: province.board(unit, "40"))
    assert before.stages == {Stage.PILOT: 2, Stage.REGISTERED: 2, Stage.RECOGNISED: 0}
    nghe_an.pass_time(days=1)
    after = await nghe_an.read(lambda unit: province.board(unit, "40"))
    assert after.stages == {Stage.PILOT: 2, Stage.REGISTERED: 2, Stage.RECOGNISED: 1}
    assert {row.code: row.stage for row in after.rows}["40001"] is Stage.RECOGNISED
    assert after.sources == ("12/QĐ", "16/3/2023")
    refused = await refusal(nghe_an.act(lambda unit: roadmap.reach(unit, "40", Stage.PILOT, paper)))
    assert refused.code == "ward.unknown"


async def test_only_a_province_has_a_board_and_never_of_today(nghe_an: World) -> None:
    assert (await refusal(nghe_an.read(lambda unit: province.board(unit, "40001")))).code == "province.unknown"
    today = date(2026, 11, 21)
    assert (await refusal(nghe_an.read(lambda unit: province.board(unit, "40", today)))).code == "criteria.future"
    ha, nam = await nghe_an.member("Hà", Role.PROVINCE, "40"), await nghe_an.officer()
    found = await nghe_an.read(lambda unit: criteria.province_of(unit, ha))
    assert found is not None
    assert found.code == "40"
    assert await nghe_an.read(lambda unit: criteria.province_of(unit, nam)) is None


async def test_a_day_is_told_to_the_nearest_five_with_wards_that_are_late_by_name(nghe_an: World) -> None:
    day = date(2026, 11, 20)
    facts = {"40001": {"tips.opened": 7, "tips.overdue": 1}, "40002": {"tips.opened": 6, "tips.closed": 2}}
    facts["40003"] = {}
    async with nghe_an.unit() as unit:
        await unit.figures.set_days([ClosedDay(ward, day, EDITION, 1, own) for ward, own in facts.items()])
    told = await nghe_an.read(lambda unit: province.day(unit, "40"))
    assert (told.day, told.opened, told.closed) == (day, 15, Hidden.FEW)
    assert (told.overdue, told.not_closed) == (("Vinh Tân",), ("Nghi Hòa",))
    assert (told.wards, told.closed_days) == (4, 3)
