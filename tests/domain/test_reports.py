"""What a report may say of a difference: unknown, chance, or more than chance; never that fewer tips are better."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.indicators import BY_NAME, INDICATORS, Indicator, Measure
from domain.measures import Measured
from domain.reports import LONGEST_TEXT, Line, Part, Verdict, cleaned, compared

FIRST, LAST = date(2026, 10, 15), date(2026, 11, 14)


def figure(indicator: Indicator, one: int | None, over: int | None = None, known: int = 31) -> Measured:
    numbers: dict[str, Any] = {}
    if one is not None:
        share = bool(indicator.over)
        numbers = {"numerator": one, "denominator": over or 0} if share else {"value": one}
    return Measured(
        name=indicator.name,
        measure=indicator.measure,
        direction=indicator.direction,
        first=FIRST,
        last=LAST,
        as_of=LAST,
        days=31,
        known=known,
        source=indicator.source,
        status="unknown" if one is None else "measured",
        **numbers,
    )


def verdict(name: str, now: tuple[int | None, ...], then: tuple[int | None, ...]) -> tuple[Verdict, bool | None]:
    indicator = BY_NAME[name]
    found = compared(indicator, figure(indicator, *now), figure(indicator, *then))  # type: ignore[arg-type]
    return found.verdict, found.better


def test_a_difference_is_called_more_than_chance_only_when_it_is_rare() -> None:
    assert verdict("tips.opened", (12,), (8,)) == (Verdict.CHANCE, None)
    assert verdict("tips.opened", (40,), (10,)) == (Verdict.RISEN, None)
    assert verdict("check_ins.on_time", (18, 20), (8, 20)) == (Verdict.RISEN, True)
    assert verdict("check_ins.on_time", (16, 20), (18, 20)) == (Verdict.CHANCE, None)
    assert verdict("tips.valuable", (2,), (30,)) == (Verdict.FALLEN, False)


def test_days_that_are_not_known_are_no_fall() -> None:
    indicator = BY_NAME["tips.opened"]
    week, month = figure(indicator, 25, known=7), figure(indicator, 100, known=31)
    assert compared(indicator, week, month).verdict is Verdict.CHANCE


def test_what_is_unknown_or_nothing_is_not_compared() -> None:
    assert verdict("tips.opened", (None,), (3,)) == (Verdict.UNKNOWN, None)
    assert verdict("tips.opened", (3,), (None,)) == (Verdict.UNKNOWN, None)
    assert verdict("check_ins.on_time", (0, 0), (8, 20)) == (Verdict.UNKNOWN, None)
    assert verdict("tips.overdue", (0,), (50,)) == (Verdict.NOT_JUDGED, None)
    assert verdict("tips.received_after", (50, 2), (5000, 2)) == (Verdict.NOT_JUDGED, None)
    assert verdict("tips.unopened_a_minute", (2, 1), (1, 9)) == (Verdict.NOT_JUDGED, None)


@given(st.sampled_from(INDICATORS), *[st.tuples(st.integers(0, 3000), st.integers(0, 3000))] * 2)
def test_fewer_tips_are_never_better(indicator: Indicator, now: tuple[int, int], then: tuple[int, int]) -> None:
    found = compared(indicator, figure(indicator, *now), figure(indicator, *then))
    if indicator.measure is Measure.TIPS:
        assert not (found.better and now[0] <= then[0]), "fewer"
    if found.verdict in (Verdict.CHANCE, Verdict.UNKNOWN, Verdict.NOT_JUDGED):
        assert found.better is None


def test_a_share_of_few_is_flagged_and_has_a_wide_interval() -> None:
    indicator = BY_NAME["check_ins.on_time"]

    def line(one: int, over: int) -> Line:
        now = figure(indicator, one, over)
        return Line(measured=now, before=compared(indicator, now, now))

    assert line(18, 20).small
    assert line(18, 20).interval == pytest.approx((0.699, 0.972), abs=1e-3)
    assert not line(180, 200).small
    assert not line(0, 0).small
    assert line(0, 0).interval is None


def test_an_officers_words_are_kept_clean_and_short() -> None:
    assert cleaned({"difficulties": " Thiếu\u0007 người.\nMưa lũ \n"}) == {Part.DIFFICULTIES: "Thiếu người.\nMưa lũ"}
    assert cleaned({"advantages": "  "}) == {Part.ADVANTAGES: ""}
    for wrong in ({"tips": "7"}, {"next_tasks": "x" * (LONGEST_TEXT + 1)}):
        with pytest.raises(Refused):
            cleaned(wrong)
