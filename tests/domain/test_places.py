"""Wards are found by whatever a person calls them, and never taken for each other."""

import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.places import Place, UnitKind, find_wards
from domain.text import fold
from tests.domain.make import MANY


def ward(code: str, name: str, *aliases: str) -> Place:
    return Place(code=code, name=name, kind=UnitKind.WARD, aliases=aliases, valid_from=date(2023, 8, 1), source="test")


BAC_HONG = ward("18115", "Bắc Hồng", "Bắc Hồng Lĩnh")
KINH_DINH = ward("22759", "Kinh Dinh", "Phan Rang")
PHAN_RANG = ward("22741", "Đô Vinh", "Phan Rang - Tháp Chàm")
NGHI_HOA = ward("16717", "Nghi Hòa")
HOA_HIEU = ward("16939", "Hòa Hiếu")
ONE = ward("00001", "Phường 1")
ELEVEN = ward("00011", "Phường 11")
WARDS = [BAC_HONG, KINH_DINH, PHAN_RANG, NGHI_HOA, HOA_HIEU, ONE, ELEVEN]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bac hong", [BAC_HONG]),
        ("BẮC HỒNG", [BAC_HONG]),
        ("phường Bắc Hồng", [BAC_HONG]),
        ("P. Bắc Hồng", [BAC_HONG]),
        ("bac hong linh", [BAC_HONG]),
        ("kinh dinh", [KINH_DINH]),
        ("xã kinh dinh", [KINH_DINH]),
        ("đặc khu Kinh Dinh", [KINH_DINH]),
        ("nghi hoà", [NGHI_HOA]),
        ("22759", [KINH_DINH]),
        ("００００１", [ONE]),
        ("do vinh", [PHAN_RANG]),
        ("Ðô Vinh", [PHAN_RANG]),
    ],
)
def test_a_ward_is_found_by_name_alias_or_code_in_any_spelling(typed: str, found: list[Place]) -> None:
    assert find_wards(WARDS, typed) == found


def test_an_exact_name_hides_those_that_only_contain_it() -> None:
    assert find_wards(WARDS, "phan rang") == [KINH_DINH]
    assert find_wards([PHAN_RANG, NGHI_HOA], "phan rang") == [PHAN_RANG]


def test_ward_1_is_not_ward_11() -> None:
    assert find_wards(WARDS, "phường 1") == find_wards(WARDS, "p 1") == find_wards(WARDS, "1") == [ONE]
    assert find_wards(WARDS, "phuong 11") == [ELEVEN]


def test_a_part_of_a_name_finds_every_ward_that_has_it_in_their_order() -> None:
    assert find_wards(WARDS, "hoa ") == [NGHI_HOA, HOA_HIEU]
    assert find_wards(list(reversed(WARDS)), "hoa") == [HOA_HIEU, NGHI_HOA]


@pytest.mark.parametrize("typed", ["", "  ", "🔥", "ho", "xã", "p", "Sài Gòn", "2275", "5 22759"])
def test_too_little_or_a_strange_word_finds_nothing(typed: str) -> None:
    assert find_wards(WARDS, typed) == []


def test_wards_of_one_name_are_all_offered() -> None:
    twin = ward("99999", "Kinh Dinh")
    assert find_wards([KINH_DINH, twin], "kinh dinh") == [KINH_DINH, twin]


def test_a_numbered_slot_is_never_offered() -> None:
    slot = ward("vinh-1", "Vinh 1").model_copy(update={"placeholder": True})
    assert find_wards([slot], "vinh-1") == find_wards([slot], "vinh 1") == []
    assert find_wards([slot, KINH_DINH], "kinh dinh") == [KINH_DINH]


SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    lambda name: name if fold(name).startswith("phuong ") else f"phường {name}",
    lambda name: f"  {name} !",
    lambda name: name.replace(" ", "  "),
    lambda name: name.replace("Đ", "Ð"),
    lambda name: unicodedata.normalize("NFD", name),
]


@MANY
@given(
    place=st.sampled_from(WARDS),
    which=st.integers(0, 1),
    spellings=st.lists(st.sampled_from(SPELLINGS), max_size=4, unique=True),
)
def test_every_ward_is_found_under_each_of_its_names_however_typed(
    place: Place, which: int, spellings: list[Callable[[str], str]]
) -> None:
    typed = ([place.name, *place.aliases] * 2)[which]
    for spelling in spellings:
        typed = spelling(typed)
    assert find_wards(WARDS, typed) == [place]


@MANY
@given(st.text())
def test_whatever_is_typed_finds_wards_of_the_list_at_most_once(typed: str) -> None:
    found = find_wards(WARDS, typed)
    assert [place for place in WARDS if place in found] == found
    assert all(find_wards([place], typed) == [place] for place in found)


def test_a_letter_instead_of_a_name_finds_nothing() -> None:
    assert find_wards(WARDS, "Kinh Dinh " * 400) == []
