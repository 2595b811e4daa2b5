"""`figures`: what the sources report of the sample wards, beside what is computed; each with its source and day."""

from datetime import date

import pytest

from cases import attesting, known
from cases.documents import keep_documents
from cases.known import Known
from domain.people import Role
from storage import sample
from tests.cases.world import World, load_sample, refusal


@pytest.fixture
async def wards(world: World) -> World:
    """The sample wards, as `init --sample` loads them."""
    async with world.unit() as unit:
        await load_sample(unit)
        await keep_documents(unit, sample.load())
    return world


async def figures(world: World, code: str, day: date | None = None) -> dict[str, Known]:
    found = await world.read(lambda unit: known.known(unit, code, day))
    assert len({one.name for one in found}) == len(found)
    assert all(one.source for one in found)
    return {one.name: one for one in found}


async def test_reported_totals_stand_beside_what_is_computed_and_are_spread_over_nothing(wards: World) -> None:
    told = await figures(wards, "16726", date(2023, 10, 25))
    for name, met, total in (("movement_criteria", 29, 34), ("ward_police_criteria", 18, 22)):
        one = told[name]
        assert (one.numerator, one.denominator, one.as_of, one.status) == (met, total, date(2023, 10, 25), "reported")
        assert "Nghi Hòa" in one.source
    for name, total in (("criteria.movement_34", 34), ("criteria.ward_police_22", 22)):
        assert (told[name].numerator, told[name].denominator, told[name].status) == (None, total, "unknown")
    assert "movement_criteria" not in await figures(wards, "16726", date(2023, 10, 24))


async def test_what_the_sources_count(wards: World) -> None:
    bac_hong, kinh_dinh = await figures(wards, "18115"), await figures(wards, "22759")
    nghe_an, duc_ninh_dong = await figures(wards, "40"), await figures(wards, "18880")
    shares = [bac_hong[f"safe_{name}"] for name in ("families", "neighbourhoods", "schools")]
    assert [(one.numerator, one.denominator) for one in shares] == [(2412, 2546), (10, 10), (3, 3)]
    values = [kinh_dinh[name].value for name in ("security_cameras", "fire_points", "fire_groups")]
    values += [nghe_an[name].value for name in ("pilot_wards", "registered_wards")]
    values += [nghe_an[f"registered_wards_{name}"].value for name in ("cua_lo", "vinh", "thai_hoa")]
    values += [duc_ninh_dong["pledge_contents"].value]
    values += [bac_hong[f"merit_certificates_{name}"].value for name in ("collective", "individual")]
    assert values == [40, 18, 4, 2, 16, 7, 5, 4, 3, 3, 6]


async def test_what_nobody_counted_is_unknown_without_a_number(wards: World) -> None:
    told = await figures(wards, "22759")
    for name in ("valuable_tips", "tips.valuable"):
        one = told[name]
        assert (one.status, one.value, one.numerator) == (
            ("unknown", None, None) if name == "valuable_tips" else ("measured", 0, None)
        )
    assert "1/325" in told["tips.valuable"].source, "of the year only today is known, and the source says so"


async def test_a_score_that_somebody_has_vouched_for_says_so(wards: World) -> None:
    chief = await wards.member("Dũng", Role.WARD_CHIEF, "18115")
    async with wards.unit() as unit:
        place = await unit.places.find("18115")
        assert place is not None
        await attesting.say(unit, chief, place, "movement_34", 1, True, "Đã họp")
    one = (await figures(wards, "18115"))["criteria.movement_34"]
    assert (one.numerator, one.denominator, one.status) == (1, 34, "attested")
    assert "9745/QĐ-BCA-V05" in one.source


async def test_a_day_to_come_and_a_unit_that_is_not_there_are_refused(wards: World) -> None:
    later = wards.read(lambda unit: known.known(unit, "18115", date(2027, 1, 1)))
    assert (await refusal(later)).code == "criteria.future"
    assert (await refusal(wards.read(lambda unit: known.known(unit, "1", None)))).code == "unit.unknown"


async def test_titles_and_certificates_stand_beside_what_sources_report(wards: World) -> None:
    told = await figures(wards, "18115")
    families, units = told["titles.safest.family.2026"], told["titles.safest.neighbourhood.2026"]
    assert (families.status, families.numerator, families.denominator) == ("unknown", None, None)
    assert (units.status, units.numerator, units.denominator) == ("unknown", None, 10)
    assert told["certificates.collective.2026"].status == "unknown"
    assert (told["merit_certificates_collective"].value, told["merit_certificates_individual"].value) == (3, 6)


async def test_founding_documents_have_day_issuer_and_source(wards: World) -> None:
    told = await figures(wards, "16726", date(2023, 4, 21))
    first, second = told["document.05-NQ/ThU"], told["document.175-NQ/ĐU"]
    assert (first.as_of, second.as_of) == (date(2023, 3, 27), date(2023, 4, 21))
    assert "theo 05-NQ/ThU" in second.source
    assert "Bài báo 25/10/2023" in second.source
    assert "document.175-NQ/ĐU" not in await figures(wards, "16726", date(2023, 4, 20))
    theirs = await figures(wards, "18880")
    assert (theirs["document.15-NQ/ĐU"].as_of, theirs["document.Kế hoạch"].status) == (date(2023, 4, 21), "unknown")
