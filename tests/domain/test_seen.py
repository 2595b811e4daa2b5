"""Days as people type them."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.seen import day_said
from tests.domain.make import DAYS, MANY

TODAY = date(2026, 12, 2)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("28/11", date(2026, 11, 28)),
        ("28-11", date(2026, 11, 28)),
        ("28.11", date(2026, 11, 28)),
        ("28/11/2026", date(2026, 11, 28)),
        ("28/11/26", date(2026, 11, 28)),
        ("ngày 28 tháng 11", date(2026, 11, 28)),
        ("ngay 28", date(2026, 11, 28)),
        ("mùng 1", date(2026, 12, 1)),
        ("hôm nay", TODAY),
        ("hom qua", date(2026, 12, 1)),
        ("Hôm qua", date(2026, 12, 1)),
        ("hôm kia", date(2026, 11, 30)),
        ("yesterday", date(2026, 12, 1)),
        ("mai", date(2026, 12, 3)),
        ("3/12", date(2026, 12, 3)),
        ("3/11", date(2026, 11, 3)),  # day before month
        ("31/12", date(2026, 12, 31)),
    ],
)
def test_a_day_is_understood_in_any_spelling(typed: str, day: date) -> None:
    assert day_said(typed, TODAY) == day


def test_at_new_year_a_day_of_december_is_last_years() -> None:
    assert day_said("30/12", date(2027, 1, 2)) == date(2026, 12, 30)


@pytest.mark.parametrize(
    "typed", ["", "hôm nào", "32/11", "31/11", "0/0", "28/11/2026/1", "99", "ngày 31", "28/11/99999"]
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"check_in\.day_unclear"):
        day_said(typed, TODAY)


@MANY
@given(DAYS, st.integers(-150, 150))
def test_a_day_of_the_last_months_needs_no_year(today: date, span: int) -> None:
    day = today + timedelta(days=span)
    if (day.month, day.day) != (2, 29):
        assert day_said(f"{day.day}/{day.month}", today) == day


@MANY
@given(DAYS, st.text())
def test_whatever_is_typed_is_a_day_or_refused(today: date, typed: str) -> None:
    with suppress(Refused):  # the one error that it may raise
        assert isinstance(day_said(typed, today), date)
