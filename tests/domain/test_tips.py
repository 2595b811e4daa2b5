"""What may happen to a tip in which state; every refusal says why and changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import tips
from domain.errors import Refused
from domain.tips import CODE_LETTERS, URGENT, Category, Outcome, Status, Tip
from tests.domain.make import CLOCKS, DAY, HOUR, MANY, MINUTE, MONDAY, a_tip

NEW = a_tip()
RECEIVED = tips.receive(NEW, "an", MONDAY + HOUR, CLOCKS)
FORWARDED = tips.forward(RECEIVED)
CLOSED = tips.close(RECEIVED, Outcome.RESOLVED, MONDAY + 2 * HOUR, CLOCKS)
STATES = {"new": NEW, "received": RECEIVED, "forwarded": FORWARDED, "closed": CLOSED}
NOW = MONDAY + 2 * HOUR + MINUTE

Act = Callable[[Tip], Tip]
ACTS: dict[str, Act] = {
    "receive": lambda tip: tips.receive(tip, "binh", NOW, CLOCKS),
    "ask": lambda tip: tips.ask(tip, NOW),
    "answer": lambda tip: tips.answer(tip, NOW, CLOCKS),
    "assign": lambda tip: tips.assign(tip, "chi"),
    "forward": tips.forward,
    "close": lambda tip: tips.close(tip, Outcome.UNFOUNDED, NOW, CLOCKS),
    "reopen": lambda tip: tips.reopen(tip, NOW, CLOCKS),
    "value": tips.value,
}
# Rows: what is done; columns: the state in which it is done; cells: the state after it, or why it is refused.
TABLE = {
    "receive": ("received", "tip.already_received", "tip.already_received", "tip.already_received"),
    "ask": ("new", "received", "forwarded", "tip.closed_already"),
    "answer": ("new", "received", "forwarded", "tip.closed_already"),
    "assign": ("new", "received", "forwarded", "tip.closed_already"),
    "forward": ("tip.not_received", "forwarded", "tip.already_forwarded", "tip.closed_already"),
    "close": ("tip.not_received", "closed", "closed", "tip.closed_already"),
    "reopen": ("tip.not_closed", "tip.not_closed", "tip.not_closed", "received"),
    "value": ("tip.not_received", "received", "forwarded", "closed"),
}


@pytest.mark.parametrize("act", TABLE)
@pytest.mark.parametrize("state", STATES)
def test_every_act_in_every_state_does_what_the_table_says(act: str, state: str) -> None:
    tip, expected = STATES[state], TABLE[act][list(STATES).index(state)]
    before = tip.model_dump()
    if expected.startswith("tip."):
        with pytest.raises(Refused) as refusal:
            ACTS[act](tip)
        assert refusal.value.code == expected
    else:
        assert ACTS[act](tip).status is Status(expected)
    assert tip.model_dump() == before


def test_receiving_says_who_and_when_and_starts_the_twenty_days() -> None:
    taken = tips.receive(NEW, "an", MONDAY + HOUR, CLOCKS)
    assert (taken.received_by, taken.assigned_to, taken.received_at) == ("an", "an", MONDAY + HOUR)
    assert taken.due_at == MONDAY + HOUR + 20 * DAY


def test_whoever_comes_second_is_told_who_was_first_and_when() -> None:
    with pytest.raises(Refused) as refusal:
        tips.receive(RECEIVED, "binh", NOW, CLOCKS)
    assert refusal.value.params == {"by": "an", "at": MONDAY + HOUR}


def test_who_was_given_a_tip_keeps_it_when_somebody_else_receives_it() -> None:
    taken = tips.receive(tips.assign(NEW, "chi"), "an", NOW, CLOCKS)
    assert (taken.received_by, taken.assigned_to) == ("an", "chi")


def test_a_tip_given_on_belongs_to_the_colleague_only() -> None:
    assert tips.assign(RECEIVED, "chi") == RECEIVED.model_copy(update={"assigned_to": "chi"})


def test_an_end_records_its_outcome_and_its_moment() -> None:
    ended = tips.close(FORWARDED, Outcome.FORWARDED, NOW, CLOCKS)
    assert (ended.outcome, ended.closed_at, ended.open) == (Outcome.FORWARDED, NOW, False)


@pytest.mark.parametrize("before", [RECEIVED, FORWARDED, tips.value(FORWARDED)])
def test_undoing_a_wrong_end_brings_back_the_very_same_tip(before: Tip) -> None:
    assert tips.reopen(tips.close(before, Outcome.DUPLICATE, NOW, CLOCKS), NOW + MINUTE, CLOCKS) == before


def test_an_end_can_be_undone_for_ten_minutes_and_not_a_moment_longer() -> None:
    closed_at = MONDAY + 2 * HOUR
    assert tips.reopen(CLOSED, closed_at + 10 * MINUTE, CLOCKS).open
    with pytest.raises(Refused, match=r"tip\.too_late_to_undo"):
        tips.reopen(CLOSED, closed_at + 10 * MINUTE + timedelta(microseconds=1), CLOCKS)


def test_a_refused_second_end_says_when_the_first_was() -> None:
    with pytest.raises(Refused) as refusal:
        tips.close(CLOSED, Outcome.DUPLICATE, NOW, CLOCKS)
    assert refusal.value.params == {"at": MONDAY + 2 * HOUR}


def test_a_tip_is_valuable_once() -> None:
    worth = tips.value(RECEIVED)
    assert worth == RECEIVED.model_copy(update={"valuable": True})
    with pytest.raises(Refused, match=r"tip\.already_valuable"):
        tips.value(worth)


@pytest.mark.parametrize(
    ("waited", "paused"), [(HOUR, HOUR), (3 * DAY, 3 * DAY), (3 * DAY + MINUTE, 3 * DAY), (30 * DAY, 3 * DAY)]
)
def test_a_question_pauses_the_clock_until_the_answer_for_three_days_at_most(
    waited: timedelta, paused: timedelta
) -> None:
    asked = tips.ask(RECEIVED, NOW)
    answered = tips.answer(asked, NOW + waited, CLOCKS)
    assert (answered.due_at, answered.asked_at) == (RECEIVED.due_at + paused, None)
    ended = tips.close(asked, Outcome.NOT_ENOUGH, NOW + waited, CLOCKS)
    assert (ended.due_at, ended.asked_at) == (RECEIVED.due_at + paused, None)


def test_a_second_question_before_the_answer_does_not_start_the_pause_again() -> None:
    asked = tips.ask(RECEIVED, NOW)
    assert tips.ask(asked, NOW + 2 * DAY) == asked


def test_more_words_without_a_question_pause_nothing() -> None:
    assert tips.answer(RECEIVED, NOW + DAY, CLOCKS) == RECEIVED


def test_clocks_that_run_backwards_never_shorten_a_deadline() -> None:
    assert tips.answer(tips.ask(RECEIVED, NOW), NOW - HOUR, CLOCKS).due_at == RECEIVED.due_at


def test_a_tip_is_overdue_from_the_moment_after_its_deadline_until_it_ends() -> None:
    due = RECEIVED.due_at
    assert tips.overdue_by(NEW, NEW.due_at, CLOCKS) is None
    assert tips.overdue_by(NEW, NEW.due_at + MINUTE, CLOCKS) == MINUTE
    assert tips.overdue_by(RECEIVED, NEW.due_at + MINUTE, CLOCKS) is None
    assert tips.overdue_by(FORWARDED, due + HOUR, CLOCKS) == HOUR
    assert tips.overdue_by(CLOSED, due + HOUR, CLOCKS) is None


def test_a_tip_whose_question_is_open_becomes_overdue_three_days_later() -> None:
    asked = tips.ask(RECEIVED, RECEIVED.due_at - HOUR)
    assert tips.overdue_by(asked, RECEIVED.due_at + 3 * DAY, CLOCKS) is None
    assert tips.overdue_by(asked, RECEIVED.due_at + 3 * DAY + HOUR, CLOCKS) == HOUR


def test_fire_danger_and_dangerous_objects_are_urgent_by_themselves() -> None:
    assert {Category.FIRE_EXPLOSION, Category.PERSON_IN_DANGER, Category.DANGEROUS_OBJECT} == URGENT


def test_no_category_is_about_opinions_belief_or_company() -> None:
    assert len(Category) == 10  # one digit each (screens.md, 4)
    assert not [
        kind for kind in Category for word in ("opinion", "belief", "speech", "relig", "politic") if word in kind
    ]


def test_a_story_has_room_for_four_thousand_characters() -> None:
    assert tips.LONGEST_TEXT == 4000


def test_codes_use_no_letter_that_looks_like_another_or_that_typing_would_mangle() -> None:
    assert not set(CODE_LETTERS) & set("01OILAEIOUYDW")
    assert len(set(CODE_LETTERS)) == len(CODE_LETTERS) == 22
    assert not {"2", "5", "8"} <= set(CODE_LETTERS) or not set("ZSB") & set(CODE_LETTERS)


@MANY
@given(st.randoms(use_true_random=False))
def test_every_code_and_every_receipt_has_one_number_and_all_numbers_are_drawn(random: Random) -> None:
    drawn: list[tuple[int, int]] = []

    def below(n: int) -> int:
        drawn.append((n, random.randrange(n)))
        return drawn[-1][1]

    code, receipt = tips.new_code(below), tips.new_receipt(below)
    assert [n for n, _ in drawn] == [22**8, 22**29]
    assert (code[4], len(code), len(receipt)) == ("-", 9, 29)
    for letters, (_, number) in zip((code.replace("-", ""), receipt), drawn, strict=True):
        assert sum(CODE_LETTERS.index(letter) * 22**place for place, letter in enumerate(letters)) == number


@pytest.mark.parametrize("category", Category)
def test_the_kind_of_a_tip_never_decides_what_may_happen_to_it(category: Category) -> None:
    ended = tips.close(tips.receive(a_tip(category=category), "an", NOW, CLOCKS), Outcome.OUT_OF_SCOPE, NOW, CLOCKS)
    assert (ended.status, ended.urgent) == (Status.CLOSED, category in URGENT)
