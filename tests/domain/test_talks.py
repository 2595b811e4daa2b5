"""Whatever can be pressed can be typed, and nothing else is taken for it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notices import Button, Lane, Notice
from domain.pieces import Piece
from domain.talks import Draft, Talk, choices, chosen, menu_of, remind_at
from domain.text import fold
from domain.tips import Category
from tests.domain.make import MANY, MONDAY

LABELS = {"hidden": "Giấu tên", "back": "Giấu tên, cho phép liên hệ lại", "named": "3️⃣ Kèm tên tôi"}
MENU = menu_of(choices(("l.hidden", "hidden"), ("l.back", "back"), ("l.named", "named")))


@pytest.mark.parametrize(
    ("typed", "press"),
    [
        ("1", "hidden"),
        ("１", "hidden"),
        ("2️⃣", "back"),
        ("3.", "named"),
        ("Giấu tên", "hidden"),
        ("giau ten", "hidden"),
        ("🔒 GIẤU  TÊN", "hidden"),
        ("giau ten cho phep lien he lai", "back"),
        ("kèm tên tôi", "named"),
        ("3 kem ten toi", "named"),
        ("giau", None),
        ("giấu tên giúp tôi", None),
        ("4", None),
        ("11", None),
        ("", None),
        ("🔥", None),
    ],
)
def test_a_choice_is_typed_by_its_digit_or_its_words(typed: str, press: str | None) -> None:
    assert chosen(MENU, lambda choice: fold(LABELS[choice.press]), typed) == press


def test_a_choice_without_a_digit_is_typed_by_its_words_only() -> None:
    menu = (Button(digit=None, label="l", press="go"),)
    assert chosen(menu, lambda _: "gui", "gui") == "go"
    assert chosen(menu, lambda _: "gui", "1") is None
    assert chosen(menu, lambda _: "gui", "none") is None


def test_a_label_without_letters_is_never_meant_by_an_empty_answer() -> None:
    assert chosen((Button(digit=None, label="l", press="go"),), lambda _: fold("📍"), "👍") is None


def test_without_a_menu_nothing_is_chosen() -> None:
    assert chosen((), lambda _: "", "1") is None


@MANY
@given(st.integers(1, 12), st.integers(1, 5))
def test_buttons_keep_their_order_and_count_from_one(many: int, wide: int) -> None:
    rows = choices(*((f"l{number}", f"p{number}") for number in range(1, many + 1)), wide=wide)
    assert all(len(row) == wide for row in rows[:-1])
    assert 1 <= len(rows[-1]) <= wide
    assert [button.press for row in rows for button in row] == [f"p{number}" for number in range(1, many + 1)]
    assert [button.digit for row in rows for button in row] == [str(number) for number in range(1, many + 1)]


@MANY
@given(st.integers(1, 12))
def test_every_button_of_a_menu_is_found_by_its_digit(many: int) -> None:
    menu = menu_of(choices(*((f"l{number}", f"p{number}") for number in range(1, many + 1))))
    assert [chosen(menu, lambda _: "chu", str(number)) for number in range(1, many + 1)] == [
        choice.press for choice in menu
    ]


def test_a_menu_remembers_what_its_words_are_filled_with() -> None:
    button = Button(label="button.ward", press="s.ward:18115", digit="1", params={"name": "Bắc Hồng"})
    assert menu_of(((button,), ())) == (button,)
    assert Talk.model_validate_json(Talk(key=b"k", menu=(button,), touched_at=MONDAY).model_dump_json()).menu == (
        button,
    )
    assert menu_of(()) == ()


def test_buttons_stand_two_side_by_side_unless_told() -> None:
    assert [len(row) for row in choices(("a", "a"), ("b", "b"), ("c", "c"))] == [2, 1]
    assert choices() == ()


def test_a_draft_counts_every_character_told() -> None:
    draft = Draft(ward="18115", category=Category.DRUGS, urgent=False)
    assert draft.told() == 0
    assert draft.model_copy(update={"parts": (Piece(text="Nhà cuối hẻm"), Piece(text="đêm nào cũng"))}).told() == 24


def test_a_story_that_was_begun_is_reminded_of_once_after_half_an_hour() -> None:
    bare = Talk(key=b"k", touched_at=MONDAY)
    assert remind_at(bare) is None
    begun = bare.model_copy(update={"draft": Draft(ward="18115", category=Category.DRUGS, urgent=False)})
    assert remind_at(begun) == MONDAY + timedelta(minutes=30)
    assert remind_at(begun.model_copy(update={"reminded": True})) is None


def test_urgent_words_leave_first_and_mass_notices_last() -> None:
    assert sorted(Lane) == [Lane.URGENT, Lane.REPLY, Lane.REMINDER, Lane.BULK]


def test_a_notice_is_an_answer_that_rings_unless_told_otherwise() -> None:
    notice = Notice(key="tip.received")
    assert (notice.lane, notice.silent, notice.private, notice.edit) == (Lane.REPLY, False, False, None)
