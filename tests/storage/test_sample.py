"""The sample wards hold what the sources say (domain.md), and nothing that they don't."""

import re
from collections import Counter
from datetime import date

import pytest
from pydantic import ValidationError

from domain.places import UnitKind, find_wards
from locales import LANGUAGES, words
from storage.sample import SAMPLE, SampleFigure, load

DATA = load()
UNITS = {unit.code: unit for unit in DATA.units}
FIGURES = {(figure.unit, figure.name): figure for figure in DATA.figures}
WARDS = DATA.of_kind(UnitKind.WARD)


def test_every_code_is_used_once_and_can_stand_in_a_link() -> None:
    assert len(UNITS) == len(DATA.units)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", code) for code in UNITS)


def test_parents_stand_before_their_children() -> None:
    seen: set[str] = set()
    for unit in DATA.units:
        assert unit.parent in seen or (unit.kind is UnitKind.PROVINCE and unit.parent is None), unit.code
        seen.add(unit.code)


def test_every_unit_below_a_province_knows_its_ward() -> None:
    for unit in DATA.units:
        assert unit.ward is None if unit.kind is UnitKind.PROVINCE else UNITS[unit.ward or ""].kind is UnitKind.WARD


def test_provinces_have_two_digits_and_named_wards_five() -> None:
    assert all(re.fullmatch(r"\d{2}", unit.code) for unit in DATA.of_kind(UnitKind.PROVINCE))
    assert all(re.fullmatch(r"\d{5}", ward.code) for ward in WARDS if not ward.placeholder)


def test_nghe_an_registered_seven_and_five_and_four() -> None:
    registered = Counter(ward.area for ward in WARDS if "registered" in ward.marks)
    assert registered == {"Cửa Lò": 7, "Vinh": 5, "Thái Hòa": 4}
    assert registered.total() == 16 == FIGURES["40", "registered_wards"].value
    parts = [FIGURES["40", f"registered_wards_{area}"].value for area in ("cua_lo", "vinh", "thai_hoa")]
    assert parts == [7, 5, 4]


def test_the_two_pilots_are_named_and_one_of_them_is_not_counted_as_registered() -> None:
    pilots = {ward.name: "registered" in ward.marks for ward in WARDS if "pilot" in ward.marks}
    assert pilots == {"Hà Huy Tập": False, "Hòa Hiếu": True}


def test_wards_that_the_source_does_not_name_are_numbered_slots_without_content() -> None:
    slots = [ward for ward in WARDS if ward.placeholder]
    assert [slot.code for slot in slots] == [f"vinh-{number}" for number in range(1, 6)]
    assert not [unit for unit in DATA.units if unit.parent in {slot.code for slot in slots}]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [("bac hong", {"18115"}), ("Bắc Hồng Lĩnh", {"18115"}), ("phan rang", {"22759"}), ("kinh dinh", {"22759"})],
)
def test_a_ward_is_found_by_its_old_and_its_present_name(typed: str, codes: set[str]) -> None:
    assert {ward.code for ward in find_wards(list(WARDS), typed)} == codes


def test_bac_hong_has_ten_units_and_kinh_dinh_four_fire_groups_as_the_sources_count() -> None:
    inside = Counter((unit.ward, unit.kind) for unit in DATA.units)
    assert inside["18115", UnitKind.NEIGHBOURHOOD] == 10 == FIGURES["18115", "safe_neighbourhoods"].denominator
    assert inside["22759", UnitKind.FIRE_GROUP] == 4 == FIGURES["22759", "fire_groups"].value


def test_minted_units_say_that_they_are_samples() -> None:
    for unit in DATA.units:
        minted = unit.kind in (UnitKind.NEIGHBOURHOOD, UnitKind.FIRE_GROUP)
        assert (unit.source == SAMPLE) == minted, unit.code
        assert unit.source


def test_groups_have_the_size_of_real_groups() -> None:
    for group in DATA.of_kind(UnitKind.FIRE_GROUP):
        assert group.households is not None
        assert 5 <= group.households <= 15


def test_no_two_groups_of_a_ward_share_a_name() -> None:
    names = Counter((unit.ward, unit.name) for unit in DATA.units if unit.kind is UnitKind.FIRE_GROUP)
    assert max(names.values()) == 1


@pytest.mark.parametrize(
    ("unit", "name", "part", "whole", "as_of"),
    [
        ("18115", "safe_families", 2412, 2546, date(2021, 12, 31)),
        ("18115", "safe_neighbourhoods", 10, 10, date(2021, 12, 31)),
        ("18115", "safe_schools", 3, 3, date(2021, 12, 31)),
        ("16726", "movement_criteria", 29, 34, date(2023, 10, 25)),
        ("16726", "ward_police_criteria", 18, 22, date(2023, 10, 25)),
    ],
)
def test_shares_are_those_of_the_sources(unit: str, name: str, part: int, whole: int, as_of: date) -> None:
    figure = FIGURES[unit, name]
    assert (figure.numerator, figure.denominator, figure.value, figure.as_of) == (part, whole, None, as_of)


def test_counts_are_those_of_the_sources() -> None:
    told = {
        ("22759", "security_cameras"): 40,
        ("22759", "fire_points"): 18,
        ("22759", "safe_markets"): 1,
        ("18880", "movement_criteria_slots"): 34,
        ("18880", "movement_criteria_areas"): 4,
        ("18880", "pledge_contents"): 3,
        ("18115", "merit_certificates_collective"): 3,
        ("18115", "merit_certificates_individual"): 6,
        ("40", "pilot_wards"): 2,
    }
    assert {key: FIGURES[key].value for key in told} == told


def test_every_figure_has_a_unit_a_source_a_day_and_words() -> None:
    assert len(FIGURES) == len(DATA.figures)
    for figure in DATA.figures:
        assert figure.unit in UNITS
        assert figure.source
        assert date(2021, 1, 1) <= figure.as_of <= date(2023, 12, 31)
        assert all(words(language).say(f"figure.{figure.name}") for language in LANGUAGES)


def test_many_valuable_tips_without_a_number_stay_unknown() -> None:
    figure = FIGURES["22759", "valuable_tips"]
    assert (figure.status, figure.value, figure.numerator) == ("unknown", None, None)


def test_a_figure_that_claims_a_number_it_has_not_is_refused() -> None:
    row = {"unit": "40", "name": "x", "as_of": date(2023, 1, 1), "source": "y"}
    for wrong in ({"status": "reported"}, {"status": "unknown"}, {"status": "reported", "numerator": 1}):
        with pytest.raises(ValidationError):
            SampleFigure.model_validate(row | wrong)


def test_resolutions_follow_the_one_that_asked_for_them() -> None:
    numbers = {document.number: document for document in DATA.documents if document.number}
    assert numbers["175-NQ/ĐU"].follows == "05-NQ/ThU"
    assert numbers["05-NQ/ThU"].day == date(2023, 3, 27)
    assert numbers["15-NQ/ĐU"].day == numbers["175-NQ/ĐU"].day == date(2023, 4, 21)
    assert all(document.follows in numbers for document in DATA.documents if document.follows)
    assert all(document.unit in UNITS for document in DATA.documents if document.unit)
    assert all(document.source for document in DATA.documents)


def test_no_sample_unit_has_a_telephone_number_of_anybody() -> None:
    assert not [unit for unit in DATA.units if unit.phone]
