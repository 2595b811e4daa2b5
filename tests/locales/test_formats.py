"""Numbers and dates as people here write them (domain.md, indicators; screens.md, trap 5)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.summary import share_in_tenths
from locales import formats


def test_a_share_is_written_with_a_comma_and_a_space_that_does_not_break() -> None:
    assert formats.percent(2412, 2546, "vi") == "94,7\u00a0%"
    assert formats.percent(2412, 2546, "en") == "94.7%"
    assert formats.percent(10, 10, "vi") == "100,0\u00a0%"
    assert formats.percent(0, 10, "vi") == "0,0\u00a0%"


def test_a_share_of_nothing_is_not_known() -> None:
    assert formats.percent(0, 0, "vi") is None


def test_one_missing_household_is_not_rounded_away() -> None:
    assert formats.percent(9999, 10_000, "vi") == "99,9\u00a0%"
    assert formats.percent(1, 10_000, "vi") == "0,1\u00a0%"


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_is_right_to_a_tenth_and_full_only_when_it_is(pair: tuple[int, int]) -> None:
    part, whole = pair
    tenths = share_in_tenths(part, whole)
    assert tenths is not None
    assert abs(tenths * whole - 1000 * part) <= whole
    assert (tenths == 1000) == (part == whole)
    assert (tenths == 0) == (part == 0)


def test_official_papers_write_a_zero_before_small_days_and_the_first_two_months() -> None:
    shown = [formats.official_day(date(2023, month, day)) for month, day in ((3, 16), (1, 5), (12, 9), (2, 28))]
    assert shown == ["16/3/2023", "05/01/2023", "09/12/2023", "28/02/2023"]


def test_thousands_are_grouped_as_the_language_does() -> None:
    assert formats.number(2412, "vi") == "2.412"
    assert formats.number(2412, "en") == "2,412"
    assert formats.number(149, "vi") == "149"


def test_days_are_written_day_first_with_two_digits() -> None:
    assert formats.day(date(2023, 3, 4)) == "04/03/2023"
    assert formats.short_day(date(2026, 11, 21)) == "21/11"


def test_the_day_of_the_week_stands_as_inside_a_sentence() -> None:
    assert formats.weekday_day(date(2026, 11, 23), "vi") == "thứ Hai, 23/11"
    assert formats.weekday_day(date(2026, 11, 22), "vi") == "Chủ nhật, 22/11"
    assert formats.weekday_day(date(2026, 11, 23), "en") == "Monday, 23/11"


def test_the_clock_has_24_hours() -> None:
    assert formats.clock(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)) == "16:30"
    assert formats.clock(datetime(2026, 11, 21, 7, 5, tzinfo=UTC)) == "07:05"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "0 giây", "0 seconds"),
        (40, "40 giây", "40 seconds"),
        (180, "3 phút", "3 minutes"),
        (3599, "59 phút", "59 minutes"),
        (2 * 3600 + 59 * 60, "2 giờ", "2 hours"),
        (86_400, "1 ngày", "1 day"),
        (9 * 86_400, "9 ngày", "9 days"),
        (400 * 86_400, "400 ngày", "400 days"),
    ],
)
def test_a_span_is_told_in_its_largest_whole_unit(seconds: int, vi: str, en: str) -> None:
    assert formats.duration(seconds, "vi") == vi
    assert formats.duration(seconds, "en") == en


def test_a_moment_without_its_zone_is_refused() -> None:
    naive = datetime(2026, 11, 21, 16, 30)  # noqa: DTZ001 - the very thing that is refused
    for write in (formats.clock, formats.day, lambda moment: formats.weekday_day(moment, "vi")):
        with pytest.raises(ValueError, match="zone"):
            write(naive)


def test_a_negative_span_and_an_unknown_language_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        formats.duration(-1, "vi")
    with pytest.raises(ValueError, match="language"):
        formats.number(1, "fr")
