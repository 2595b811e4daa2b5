"""A scorecard follows from its records alone: the past never changes, and unknown is neither unmet nor zero."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import criteria as rules
from domain.boards import Board, State, Why
from domain.criteria_files import FillFile, parse
from domain.criteria_sets import (
    Act,
    Attested,
    Automatic,
    Compare,
    CriteriaSet,
    Criterion,
    Evidence,
    Fill,
    Given,
    Span,
    Verdict,
    What,
    Withdrawn,
    YearDay,
)
from domain.errors import Refused
from domain.indicators import BY_NAME, EDITION
from domain.measures import Measured, measured, summed
from domain.people import Role
from domain.places import UnitKind
from storage.criteria import shipped
from tests.domain.make import MANY, MONDAY

WARD, PROVINCE = "16726", "40"
TODAY = date(2026, 11, 23)
SETS = {one.code: one for one in shipped()}
THREE = Evidence.model_validate(
    {"documents": [{"name": "Nghị quyết", "until_month": 3}, {"name": "Kế hoạch"}, {"name": "Quy chế"}]}
)
SMALL = CriteriaSet(
    code="small",
    family="small",
    name="Nhỏ",
    criteria=(
        Criterion(number=1, text="Có lời xác nhận"),
        Criterion(number=2, text="Có ba văn bản", how=THREE),
        Criterion(number=3),
        Criterion(
            number=4,
            text="Đúng hạn",
            how=Automatic(indicator="check_ins.on_time", compare=Compare.AT_LEAST, threshold=90, span=Span.MONTH),
        ),
    ),
)


class Book:
    """Acts in the order in which they are written."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    def add(self, number: int, what: What, day: date = TODAY, unit: str = WARD, of: str = "small") -> Act:
        seq = len(self.acts) + 1
        act = Act(id=f"act{seq}", seq=seq, at=MONDAY, day=day, unit=unit, criteria=of, number=number, by="x", what=what)
        self.acts.append(act)
        return act


def said(met: bool = True, expires: date = date(2026, 12, 14)) -> Verdict:
    return Verdict(met=met, reason="Đã kiểm tra", expires=expires)


def paper(document: int, day: date = date(2026, 2, 15)) -> Given:
    return Given(document=document, number="12-NQ/ĐU", day=day, issuer="Đảng ủy phường")


def judged(book: Book, number: int, day: date = TODAY) -> tuple[State, Why]:
    one = rules.board(SMALL, WARD, book.acts, {}, day).of(number)
    assert one is not None
    return one.state, one.why


# The sets that we ship


def test_the_shipped_sets_have_the_sizes_owners_and_documents_that_are_known() -> None:
    assert {code: len(one.criteria) for code, one in SETS.items()} == {
        "movement_34": 34,
        "ward_police_22": 22,
        "ward_police_20": 20,
        "safe_ward": 4,
        "safe_area": 5,
    }
    assert (SETS["movement_34"].owner, SETS["movement_34"].issued.number) == ("ward_office", "9745/QĐ-BCA-V05")
    assert SETS["ward_police_22"].owner == SETS["ward_police_20"].owner == "ward_police"
    assert [len(SETS[code].areas) for code in ("movement_34", "ward_police_20")] == [4, 6]


def test_texts_that_nobody_has_seen_are_slots() -> None:
    known = {code: [c.number for c in one.criteria if c.text] for code, one in SETS.items()}
    assert known["movement_34"] == [1, 2]
    assert known["ward_police_22"] == known["ward_police_20"] == known["safe_area"] == []


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2023, 10, 25), ["movement_34", "ward_police_22", "safe_ward"]),
        (date(2026, 11, 23), ["movement_34", "ward_police_20", "safe_ward"]),
        (date(2021, 12, 31), ["ward_police_22"]),
    ],
)
def test_a_ward_is_judged_by_the_sets_that_were_valid_then(day: date, codes: list[str]) -> None:
    assert [one.code for one in rules.valid_for(shipped(), UnitKind.WARD, (WARD, PROVINCE), day)] == codes


def test_the_nearest_set_of_a_family_goes_first_and_the_others_sets_concern_nobody_else() -> None:
    own = SMALL.model_copy(update={"family": "movement", "unit": PROVINCE})
    sets = [*shipped(), own]
    here = rules.valid_for(sets, UnitKind.WARD, (WARD, PROVINCE), TODAY)
    there = rules.valid_for(sets, UnitKind.WARD, ("18115", "42"), TODAY)
    assert (here[0].code, there[0].code) == ("small", "movement_34")


# How a criterion stands


def test_nothing_said_is_unknown_not_unmet() -> None:
    board = rules.board(SETS["movement_34"], WARD, [], {}, TODAY)
    assert board.score == (0, 0, 34)
    assert [one.why for one in board.judged[:3]] == [Why.NOBODY, Why.DOCUMENTS_MISSING, Why.NO_TEXT]


def test_a_word_counts_until_it_expires_or_is_taken_back() -> None:
    book = Book()
    act = book.add(1, said(expires=TODAY + timedelta(days=10)))
    assert judged(book, 1) == (State.MET, Why.SAID_MET)
    assert judged(book, 1, TODAY - timedelta(days=1)) == (State.UNKNOWN, Why.NOBODY)
    assert judged(book, 1, TODAY + timedelta(days=10)) == (State.MET, Why.SAID_MET)
    assert judged(book, 1, TODAY + timedelta(days=11)) == (State.UNKNOWN, Why.EXPIRED)
    book.add(1, Withdrawn(act=act.id), TODAY + timedelta(days=2))
    assert judged(book, 1, TODAY + timedelta(days=1)) == (State.MET, Why.SAID_MET)
    assert judged(book, 1, TODAY + timedelta(days=2)) == (State.UNKNOWN, Why.WITHDRAWN)
    book.add(1, said(met=False), TODAY + timedelta(days=3))
    assert judged(book, 1, TODAY + timedelta(days=3)) == (State.UNMET, Why.SAID_UNMET)


def test_documents_count_one_by_one_if_they_are_of_the_year_and_in_time() -> None:
    book = Book()
    book.add(2, paper(0, date(2026, 4, 1)))
    book.add(2, paper(1, date(2025, 12, 14)))
    assert judged(book, 2) == (State.UNKNOWN, Why.DOCUMENTS_MISSING)
    for number in range(3):
        book.add(2, paper(number))
    assert judged(book, 2) == (State.MET, Why.DOCUMENTS)
    assert judged(book, 2, date(2026, 12, 15)) == (State.UNKNOWN, Why.DOCUMENTS_MISSING)
    book.add(2, said(met=False))
    assert judged(book, 2) == (State.UNMET, Why.SAID_UNMET)


def test_a_slot_gets_its_text_and_that_of_the_ward_goes_before_that_of_the_province() -> None:
    book = Book()
    assert judged(book, 3) == (State.UNKNOWN, Why.NO_TEXT)
    book.add(3, Fill(text="Của phường"))
    book.add(3, Fill(text="Của tỉnh"), unit=PROVINCE)
    assert judged(book, 3) == (State.UNKNOWN, Why.NOBODY)
    assert rules.written(SMALL, WARD, book.acts, TODAY)[2].criterion.text == "Của phường"
    assert rules.written(SMALL, "16729", [book.acts[1]], TODAY)[2].criterion.text == "Của tỉnh"


def test_a_word_about_another_text_says_nothing_of_this_one() -> None:
    book = Book()
    book.add(1, said())
    book.add(1, Fill(text="Của tỉnh"), unit=PROVINCE)
    assert judged(book, 1) == (State.UNKNOWN, Why.REWRITTEN)
    book.add(1, said())
    book.add(1, Fill(text="Của tỉnh", area="a"), unit=PROVINCE)
    assert judged(book, 1) == (State.MET, Why.SAID_MET), "the same text again changes nothing"
    book.add(2, paper(0))
    book.add(2, Fill(text="Ba văn bản, đúng nguyên văn"))
    board = rules.board(SMALL, WARD, book.acts, {}, TODAY)
    assert board.judged[1].numerator == 1, "its documents are still those that are asked for"
    book.add(2, Fill(text="Ba văn bản, đúng nguyên văn", how=Attested()))
    assert judged(book, 2) == (State.UNKNOWN, Why.NOBODY)


def figure(name: str, known: int, **facts: int) -> Measured:
    """An indicator over the ten days up to today, of which the last `known` are counted."""
    days = [TODAY - timedelta(days=n) for n in range(known)]
    counts = {
        day: (EDITION, {k.replace("__", "."): v for k, v in facts.items()} if day == TODAY else {}) for day in days
    }
    return measured(BY_NAME[name], summed(TODAY - timedelta(days=9), TODAY, counts))


@pytest.mark.parametrize(
    ("indicator", "compare", "threshold", "known", "facts", "state"),
    [
        ("check_ins.on_time", "at_least", 90, 10, {"check_ins__on_time": 9, "check_ins__expected": 10}, "met"),
        ("check_ins.on_time", "at_least", 91, 10, {"check_ins__on_time": 9, "check_ins__expected": 10}, "unmet"),
        ("check_ins.on_time", "at_least", 90, 9, {"check_ins__on_time": 9, "check_ins__expected": 10}, "unknown"),
        ("check_ins.on_time", "at_least", 90, 10, {}, "unknown"),
        ("tips.valuable", "at_least", 2, 3, {"tips__valuable": 2}, "met"),
        ("tips.valuable", "at_least", 3, 3, {"tips__valuable": 2}, "unknown"),
        ("tips.overdue", "at_most", 0, 3, {"tips__overdue": 1}, "unmet"),
        ("tips.overdue", "at_most", 0, 1, {}, "met"),
        ("tips.received_after", "at_most", 60, 10, {"tips__received_seconds": 90, "tips__received_waited": 2}, "met"),
        ("tips.overdue", "at_most", 0, 0, {}, "unknown"),
        ("tips.satisfied", "at_least", 80, 10, {"tips__rated": 5, "tips__rated__satisfied": 4}, "met"),
        ("tips.satisfied", "at_least", 80, 10, {"tips__rated": 4, "tips__rated__satisfied": 4}, "unknown"),
        ("pledges.signed", "at_least", 100, 1, {"pledges__asked": 9, "pledges__signed": 9}, "met"),
    ],
)
def test_a_figure_decides_unless_days_that_are_missing_could_change_it(
    indicator: str, compare: str, threshold: int, known: int, facts: dict[str, int], state: str
) -> None:
    how = Automatic(indicator=indicator, compare=Compare(compare), threshold=threshold)
    criteria = SMALL.model_copy(update={"criteria": (Criterion(number=1, text="Số", how=how),)})
    board = rules.board(criteria, WARD, [], {1: figure(indicator, known, **facts)}, TODAY)
    assert board.judged[0].state == state


# Years, deadlines, who


@pytest.mark.parametrize(
    ("code", "day", "left"),
    [
        ("safe_ward", date(2026, 11, 23), 7),
        ("safe_ward", date(2026, 11, 30), 0),
        ("safe_ward", date(2026, 12, 1), 364),
        ("safe_area", date(2026, 11, 23), 362),
        ("safe_area", date(2026, 11, 5), 15),
        ("movement_34", date(2026, 11, 23), None),
    ],
)
def test_days_to_the_decision(code: str, day: date, left: int | None) -> None:
    assert rules.days_left(SETS[code], day) == left


def test_a_year_goes_on_being_judged_until_its_decision_is_due() -> None:
    assert rules.year_of(SETS["safe_ward"], date(2026, 11, 23)) == (
        date(2025, 11, 16),
        date(2026, 11, 15),
        date(2026, 11, 30),
    )
    assert rules.expiry(SETS["safe_ward"], SETS["safe_ward"].criteria[1], date(2026, 11, 23)) == date(2026, 11, 30)
    assert rules.year_of(SETS["movement_34"], date(2026, 12, 15))[:2] == (date(2026, 12, 15), date(2027, 12, 14))


def test_who_answers_for_a_set_may_speak_and_who_doesnt_may_not() -> None:
    movement, police = SETS["movement_34"], SETS["ward_police_20"]
    assert rules.may_say(movement, movement.criteria[0], Role.WARD_OFFICE)
    assert not rules.may_say(police, police.criteria[0], Role.WARD_OFFICE)
    assert rules.may_say(police, police.criteria[0], Role.WARD_CHIEF)
    assert not any(rules.may_say(movement, movement.criteria[0], role) for role in (Role.DUTY_OFFICER, Role.PROVINCE))


# Files

GOOD: dict[str, Any] = {"code": '"a"', "family": '"a"', "name": '"A"', "unit": '"40"'}


def written(tail: str, **more: str) -> str:
    return "\n".join(f"{name} = {value}" for name, value in {**GOOD, **more}.items()) + "\n" + tail


@pytest.mark.parametrize(
    ("text", "place", "mistake"),
    [
        (written("", slots="3", colour='"red"'), "colour", "extra_forbidden"),
        (written("", slots="-1"), "slots", "value"),
        (written("criterion = 5\n"), "criteria", "value"),
        (written("", slots="3", owner='"king"'), "owner", "choice"),
        (written("[[criterion]]\nnumber = 2\n"), "criterion, number", "numbers"),
        (written("[[criterion]]\nnumber = 9\ntext = ''\n", slots="9"), "criterion 9, text", "empty"),
        (written("[[criterion]]\nnumber = 1\narea = 'x'\n"), "criterion, area", "areas"),
        (
            written(
                "[[criterion]]\nnumber = 1\nhow = {by='automatic', indicator='luck', compare='at_least', threshold=1}"
            ),
            "criterion 1, how",
            "indicator",
        ),
        (
            written(
                "[[criterion]]\nnumber = 1\n"
                "how = {by='automatic', indicator='check_ins.on_time', compare='at_least', threshold=101}"
            ),
            "criterion 1, how",
            "percent",
        ),
        ("fill = 'movement_34'\nunit = '40'\n[[criterion]]\nnumber = 7\n", "criterion 7, text", "missing"),
    ],
)
def test_a_bad_file_is_refused_by_place_and_reason(text: str, place: str, mistake: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(text)
    assert (caught.value.code, caught.value.params) == ("criteria.bad_file", {"place": place, "mistake": mistake})


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(Refused) as caught:
        parse("code = \n")
    assert "line 1" in str(caught.value.params["reason"])


def test_a_set_and_texts_are_read() -> None:
    assert isinstance(parse(written("", slots="3")), CriteriaSet)
    texts = parse("fill = 'movement_34'\nunit = '40'\n[[criterion]]\nnumber = 7\ntext = 'Bảy'\n")
    assert isinstance(texts, FillFile)
    assert texts.criterion[0].act() == Fill(text="Bảy")


# Whatever is said, in whatever order

DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
WHATS = st.one_of(
    st.builds(Verdict, met=st.booleans(), reason=st.just("vì"), expires=DAYS),
    st.builds(Given, document=st.integers(0, 3), number=st.just("1"), day=DAYS, issuer=st.just("a")),
    st.builds(Fill, text=st.sampled_from(["một", "hai"])),
    st.builds(Withdrawn, act=st.integers(1, 12).map(lambda n: f"act{n}")),
)
ACTS = st.lists(st.tuples(st.integers(1, 4), WHATS, DAYS, st.sampled_from([WARD, PROVINCE])), max_size=12)


def book_of(acts: list[tuple[int, What, date, str]]) -> Book:
    book = Book()
    for number, what, day, unit in sorted(acts, key=lambda act: act[2]):
        book.add(number, what, day, unit)
    return book


def at(book: Book, day: date) -> Board:
    return rules.board(SMALL, WARD, book.acts, {4: figure("check_ins.on_time", 10)}, day)


@MANY
@given(ACTS, DAYS)
def test_what_is_said_later_never_changes_the_past(acts: list[tuple[int, What, date, str]], day: date) -> None:
    book = book_of(acts)
    whole = at(book, day)
    book.acts = [act for act in book.acts if act.day <= day]
    assert at(book, day) == whole


@MANY
@given(ACTS, DAYS, DAYS)
def test_scores_add_up_and_changes_explain_them(
    acts: list[tuple[int, What, date, str]], one: date, other: date
) -> None:
    book = book_of(acts)
    before, after = at(book, min(one, other)), at(book, max(one, other))
    assert after.score.total == 4 == sum(score.total for _, score in after.by_area)
    made = rules.change(before, after)
    assert after.score.met - before.score.met == len(made.gained) - len(made.lost)
    assert rules.change(after, after)[1:] == ((), ())


@MANY
@given(ACTS, DAYS)
def test_what_would_help_next_is_open_and_every_state_has_its_records(
    acts: list[tuple[int, What, date, str]], day: date
) -> None:
    board = at(book_of(acts), day)
    steps = rules.next_steps(board)
    assert len(steps) == min(3, 4 - board.score.met)
    assert all(step.state is not State.MET for step in steps)
    for one in board.judged:
        assert one.state is State.UNKNOWN or one.acts or one.measured is not None
        assert all(act.day <= day and act.unit == WARD for act in one.acts)


@MANY
@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 12), st.integers(1, 28), st.integers(1, 60))
def test_a_judged_year_is_a_year_and_its_decision_is_to_come(day: date, month: int, of: int, after: int) -> None:
    begins = YearDay(month=month, day=of)
    due_on = begins.of(2023) + timedelta(days=after)
    criteria = SMALL.model_copy(update={"year_begins": begins, "due": YearDay(month=due_on.month, day=due_on.day)})
    year = rules.year_of(criteria, day)
    assert year.due is not None
    assert year.first < year.last < year.due
    assert (year.last - year.first).days in (364, 365)
    assert year.first <= day <= year.due
    left = rules.days_left(criteria, day)
    assert left is not None
    assert left >= 0
