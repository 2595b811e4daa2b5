"""Days as people type them."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.seen import day_said, only_of_time
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


@pytest.mark.parametrize(
    "typed",
    [
        *("thứ 2", "thu 2", "Thứ 2 tuần trước", "T2", "chiều thứ 7"),
        *("3 ngày trước", "3 ngay truoc", "2 hôm trước", "cách đây 2 ngày", "cach day 2 ngay", "2 ngày", "1 tuần rồi"),
        *("9h sáng nay", "9h30", "9 giờ sáng", "9g sang nay", "21:10 hôm qua", "lúc 9h", "9:11"),
        *("ngày 28 tháng trước", "3 days ago", "9 am", "2 hours ago"),
    ],
)
def test_a_weekday_a_span_or_an_hour_is_no_day_of_the_month(typed: str) -> None:
    for today in (date(2026, 12, 1), date(2026, 12, 9), TODAY):
        with pytest.raises(Refused, match=r"check_in\.day_unclear"):
            day_said(typed, today)


@pytest.mark.parametrize("typed", ["tối 28/11", "sáng ngày 28", "hôm 28/11", "28 thang 11", "ngày 28/11 nhé", "28th"])
def test_words_beside_a_day_do_not_hide_it(typed: str) -> None:
    assert day_said(typed, TODAY) == date(2026, 11, 28)


def test_what_speaks_of_time_alone_is_told_from_a_story() -> None:
    assert all(map(only_of_time, ("cách đây 2 ngày", "cach day 2 ngay", "lúc 9h sáng hôm qua", "thứ 2 tuần trước")))
    assert not any(map(only_of_time, ("", "nhà 5 mất xe lúc 9h", "cháy nhà 9h sáng nay")))
