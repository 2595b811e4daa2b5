"""Two ways to write a word are one word."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import fold, given_name, is_blank, name_order, nfc, place_order
from tests.domain.make import MANY

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
VIETNAMESE = st.text(LETTERS + LETTERS.upper() + " 0123456789")


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Hoà", "hoa"),
        ("Hòa", "hoa"),
        ("Ho\N{COMBINING GRAVE ACCENT}a", "hoa"),
        ("Nguyễn Thị Ánh Tuyết", "nguyen thi anh tuyet"),
        ("Đức Ninh Đông", "duc ninh dong"),
        ("Ðức", "duc"),
        ("ðức", "duc"),
        ("Đ Ð đ ð", "d d d d"),
        ("CHÁY NHÀ", "chay nha"),
        ("1️⃣ Giấu  tên", "1 giau ten"),
        ("１", "1"),
        ("２３", "23"),
        ("🔥 Cháy, nổ", "chay no"),
        ("👨‍👩‍👧 Gia đình", "gia dinh"),
        ("đc\u200b: tổ 5", "dc to 5"),
        ("  Kinh\t\n Dinh. ", "kinh dinh"),
        ("Phan Rang - Tháp Chàm", "phan rang thap cham"),
        ("ﬁ", "fi"),
        ("🔥", ""),
        ("", ""),
    ],
)
def test_text_is_compared_without_tones_case_icons_and_spacing(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("tổ 5", "tổ 15"), ("tổ 5", "tổ 5A"), ("Hẻm 12", "Hẻm 1 2"), ("ba", "bà ơi")]
)
def test_what_differs_in_more_than_tones_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@MANY
@given(st.text())
def test_composed_and_decomposed_text_is_kept_as_the_same_text(text: str) -> None:
    assert nfc(unicodedata.normalize("NFD", text)) == nfc(text) == nfc(nfc(text))


@MANY
@given(st.text())
def test_composed_and_decomposed_text_compare_equal(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@MANY
@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@MANY
@given(VIETNAMESE)
def test_vietnamese_folds_to_plain_letters_digits_and_single_spaces(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert all(char.islower() or char.isdigit() or char == " " for char in folded)
    assert folded == " ".join(folded.split())
    assert len(folded.replace(" ", "")) == len(text.replace(" ", ""))


@MANY
@given(VIETNAMESE)
def test_capitals_mean_the_same(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@MANY
@given(st.integers(0, 10**6))
def test_every_way_to_write_a_number_means_that_number(number: int) -> None:
    plain = str(number)
    wide = plain.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    keycaps = "".join(f"{digit}\ufe0f\u20e3" for digit in plain)
    assert fold(wide) == fold(keycaps) == fold(f" {plain}. ") == plain


@pytest.mark.parametrize(
    ("full", "called"),
    [
        ("Nguyễn Thị Lan", "Lan"),
        ("  Trần  Mai ", "Mai"),
        ("Dũng", "Dũng"),
        (unicodedata.normalize("NFD", "Lê Hoà"), "Hoà"),
        ("Y Bliă Niê", "Y Bliă"),
        ("H'Hen Niê", "H'Hen"),
        ("Như Ý", "Ý"),
        ("   ", ""),
        ("", ""),
    ],
)
def test_a_person_is_called_by_the_last_word_of_the_name(full: str, called: str) -> None:
    assert given_name(full) == called


@pytest.mark.parametrize(
    "text", ["", "  \n", "\0", "\u200b\u200f", "\u2800", "\u3164", "\u0301", "\ufe0f", " \0\u202e "]
)
def test_a_text_that_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "🔥", ".", "1", "\u200b1", "\ufffd", "1️⃣"])
def test_a_text_that_shows_anything_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@MANY
@given(VIETNAMESE)
def test_the_order_of_a_name_does_not_depend_on_how_it_was_typed(name: str) -> None:
    assert name_order(unicodedata.normalize("NFD", name)) == name_order(unicodedata.normalize("NFC", f" {name} "))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Trần An", "Lê Ăn"),
        ("Ăn", "Ân"),
        ("Dũng", "Đạt"),
        ("Đạt", "Em"),
        ("Ơn", "Phú"),
        ("Ôn", "Ơn"),
        ("Ưng", "Vũ"),
        ("Lê Mà", "An Mả"),
        ("Mả", "Mã"),
        ("Mã", "Má"),
        ("Má", "Mạ"),
        ("Vũ Mạ", "An Mai"),
        ("Lan", "Nguyễn Lan"),
    ],
)
def test_names_are_ordered_as_the_dictionary_orders_words(first: str, second: str) -> None:
    assert name_order(first) < name_order(second)
    assert name_order(unicodedata.normalize("NFD", first)) < name_order(second)


def test_places_stand_as_in_a_dictionary() -> None:
    wards = ["An", "Ân", "Bắc Hồng", "Đông", "Du", "Nghi Hòa", "Nghi Hoà 2", "Vinh", "Khối 10", "Khối 2"]
    assert sorted(wards, key=place_order) == [
        *("An", "Ân", "Bắc Hồng", "Du", "Đông", "Khối 2", "Khối 10", "Nghi Hòa", "Nghi Hoà 2", "Vinh")
    ]


def test_tones_stand_in_their_order_and_only_break_a_tie() -> None:
    for one, other in pairwise(["ma", "mà", "mả", "mã", "má", "mạ", "mạn"]):
        assert place_order(one) < place_order(other)
    assert place_order("mạ a") < place_order("ma b")
