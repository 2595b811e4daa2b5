"""What people type when a check found something not met, and that it is mended once."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.duties import Finding, Item, all_ok
from domain.errors import Refused
from domain.findings import (
    MOST_HOUSES,
    Defect,
    Mark,
    Problem,
    Walk,
    houses_said,
    mend,
    mend_by,
    problem_said,
    problems_of,
)
from tests.domain.make import DAY, MANY, MONDAY


def a_defect() -> Defect:
    return Defect(
        id="f",
        duty="d",
        unit="18115-5-lg1",
        ward="18115",
        item=Item.ALARM_BELL,
        houses=("5",),
        found_at=MONDAY,
        found_by="mai",
        mend_by=mend_by(MONDAY),
    )


@pytest.mark.parametrize(
    ("typed", "houses"),
    [
        ("5, 9", ("5", "9")),
        ("5 9", ("5", "9")),
        ("9,5", ("5", "9")),
        ("5.9", ("5", "9")),
        ("5-9", ("5", "9")),
        ("5 & 9", ("5", "9")),
        ("５，９", ("5", "9")),
        ("nha 5 va 9", ("5", "9")),
        ("Nhà số 5, nhà số 9", ("5", "9")),
        ("so 5,9", ("5", "9")),
        ("nha5 va nha9", ("5", "9")),
        ("nhà 5 với nhà 5", ("5",)),
        ("từ 5 đến 8", ("5", "6", "7", "8")),
        ("5 den 8", ("5", "6", "7", "8")),
        ("nhà 5 bà Lan", ("5",)),
        ("nhà 5 bình chữa cháy", ("5",)),
        ("12a, 3B", ("3B", "12A")),
        ("nhà 7/3", ("7/3",)),
        ("nhà năm", ("5",)),
        ("nam va chin", ("5", "9")),
        ("mười hai", ("12",)),
        ("hai muoi mot", ("21",)),
        ("houses 5 and 9", ("5", "9")),
    ],
)
def test_house_numbers_are_understood_in_any_spelling(typed: str, houses: tuple[str, ...]) -> None:
    assert houses_said(typed) == Mark(finding=Finding.BAD, houses=houses)


@pytest.mark.parametrize("typed", ["ca to", "Cả tổ", "toàn tổ", "tất cả các nhà", "chung", "all"])
def test_the_whole_group_is_understood(typed: str) -> None:
    assert houses_said(typed) == Mark(finding=Finding.BAD, whole=True)


@pytest.mark.parametrize("typed", ["bo qua", "Bỏ qua", "không rõ", "skip"])
def test_which_house_may_be_left_open(typed: str) -> None:
    assert houses_said(typed) == Mark(finding=Finding.BAD)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "nhà bà Lan",
        "hỏng rồi",
        "?",
        "nhà 5 đang có người lạ vào",
        "7 giờ tối mất xe",
        "123456789",
        "1 den 99",
        " ".join(map(str, range(60))),
    ],
)
def test_what_names_no_house_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"finding\.houses"):
        houses_said(typed)


@MANY
@given(st.text())
def test_whatever_is_typed_gives_few_short_houses_or_a_refusal(typed: str) -> None:
    with suppress(Refused):  # the one error that it may raise
        said = houses_said(typed)
        assert len(said.houses) <= MOST_HOUSES
        assert all(house and len(house) <= 8 for house in said.houses)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("thieu", Problem.MISSING),
        ("mất rồi", Problem.MISSING),
        ("Hỏng", Problem.BROKEN),
        ("bị hư", Problem.BROKEN),
        ("hết hạn rồi", Problem.EXPIRED),
        ("het han", Problem.EXPIRED),
        ("bị chắn", Problem.BLOCKED),
        ("expired", Problem.EXPIRED),
    ],
)
def test_what_ails_it_is_understood_in_free_words(typed: str, problem: Problem) -> None:
    assert problem_said(typed) is problem


@pytest.mark.parametrize("typed", ["", "không biết", "hết", "hongkong", "tối qua tôi bị mất trộm xe máy"])
def test_what_ails_it_must_be_said(typed: str) -> None:
    with pytest.raises(Refused, match=r"finding\.problem"):
        problem_said(typed)


def test_only_ways_can_be_blocked() -> None:
    can_be = {item for item in Item if Problem.BLOCKED in problems_of(item)}
    assert can_be == {Item.SECOND_EXIT, Item.CLEAR_LANE}
    assert problems_of(Item.EXTINGUISHER) == (Problem.MISSING, Problem.BROKEN, Problem.EXPIRED)


def test_a_finding_is_mended_once_and_keeps_the_first_word() -> None:
    mended = mend(a_defect(), "dung", MONDAY + DAY)
    assert (mended.mended_at, mended.mended_by, mended.found_by) == (MONDAY + DAY, "dung", "mai")
    with pytest.raises(Refused) as refusal:
        mend(mended, "mai", MONDAY + 2 * DAY)
    assert (refusal.value.code, refusal.value.params) == ("finding.already_mended", {"at": MONDAY + DAY})


def test_two_weeks_are_left_to_mend_it() -> None:
    assert mend_by(MONDAY) == date(2026, 12, 7)


def test_a_walk_asks_for_what_is_left_in_order() -> None:
    walk = Walk(period="2026-11")
    assert walk.left() == list(Item)
    for item in reversed(Item):
        walk = walk.marked(item, Mark(finding=Finding.OK))
    assert walk.left() == []
    assert walk.items() == all_ok()
    assert Walk.model_validate_json(walk.model_dump_json(exclude_defaults=True)) == walk


@pytest.mark.parametrize(
    "typed",
    [
        *("nhà 5 (2 bình)", "nha 5 2 binh", "2 cái ở nhà 5", "2 cai o nha 5", "nhà 5 2 bình chữa cháy", "5, 9 (3 cái)"),
        *("3 nhà", "tất cả 12 nhà", "12 ho", "2 bình"),
    ],
)
def test_a_number_of_things_is_no_house(typed: str) -> None:
    with pytest.raises(Refused, match=r"finding\.houses_counted"):
        houses_said(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "không hỏng",
            "khong hong",
            "chưa hỏng",
            "chua hong",
            "không bị hỏng",
            "ko hu",
            "chưa hết hạn",
            "chua het han",
        ),
        *("gần hết hạn", "sắp hết hạn", "không thiếu", "chưa mất", "không có gì", "không có hỏng", "không bị chắn"),
        *("not broken", "không sao", "không hề hư"),
    ],
)
def test_what_is_denied_is_no_defect(typed: str) -> None:
    with pytest.raises(Refused, match=r"finding\.problem_denied"):
        problem_said(typed)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("không kêu", Problem.BROKEN),
        ("không có", Problem.MISSING),
        ("khong co binh", Problem.MISSING),
        ("hỏng, không dùng được", Problem.BROKEN),
        ("hỏng chưa sửa", Problem.BROKEN),
    ],
)
def test_a_word_of_denial_may_be_the_defect_itself(typed: str, problem: Problem) -> None:
    assert problem_said(typed) is problem
