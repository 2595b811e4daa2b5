"""A ward's day: what is unfinished, what is quiet, and how shares are rounded (its words: `tests/reports`)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.summary import DailySummary, TipFigures, share_in_tenths, short_group
from tests.domain.make import MANY

ZERO = {"opened": 0, "closed": 0, "valuable": 0, "open": 0, "overdue": 0}
DAY = date(2026, 11, 21)


def summary(figures: dict[str, int], closed_at: datetime | None = None) -> DailySummary:
    tips = TipFigures.model_validate(ZERO | figures)
    return DailySummary(ward="18115", ward_name="phường Bắc Hồng", day=DAY, tips=tips, closed_at=closed_at)


@pytest.mark.parametrize(
    ("closed_at", "unfinished"),
    [
        (None, False),
        (datetime(2026, 11, 21, 3, tzinfo=UTC), True),
        (datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 21, 17, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 3, tzinfo=UTC), False),
    ],
)
def test_a_day_is_unfinished_until_the_wards_midnight(closed_at: datetime | None, unfinished: bool) -> None:
    assert summary({}, closed_at).unfinished is unfinished


@pytest.mark.parametrize("figure", ["opened", "overdue", "urgent", "urgent_waiting"])
def test_a_day_with_anything_new_overdue_or_urgent_is_not_quiet(figure: str) -> None:
    assert not summary({figure: 1}).quiet


def test_open_and_closed_tips_leave_a_day_quiet() -> None:
    assert summary({"open": 9, "closed": 2, "valuable": 1}).quiet


@pytest.mark.parametrize("figure", ZERO)
def test_no_figure_is_ever_negative(figure: str) -> None:
    with pytest.raises(ValidationError):
        summary({figure: -1})


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Tổ liên gia an toàn PCCC Hẻm 12", "Hẻm 12"),
        ("Tổ liên gia Chợ", "Chợ"),
        ("Tổ liên gia 5", None),
        ("Tổ liên gia an toàn PCCC 5", None),
        ("Tổ liên gia ", None),
        ("Tổ dân phố 5", None),
        ("", None),
    ],
)
def test_a_group_is_named_shortly_unless_only_a_number_is_left(name: str, short: str | None) -> None:
    assert short_group(name) == short


@pytest.mark.parametrize(
    ("part", "whole", "tenths"),
    [
        (2412, 2546, 947),
        (18, 20, 900),
        (1, 3, 333),
        (2, 3, 667),
        (1, 16, 63),
        (0, 7, 0),
        (7, 7, 1000),
        (1999, 2000, 999),
        (1, 3000, 1),
        (3, 0, None),
    ],
)
def test_shares_are_rounded_half_up_to_tenths_of_a_percent(part: int, whole: int, tenths: int | None) -> None:
    assert share_in_tenths(part, whole) == tenths


@MANY
@given(st.integers(1, 10**6), st.data())
def test_only_all_is_a_hundred_percent_and_only_nothing_is_zero(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    tenths = share_in_tenths(part, whole)
    assert tenths is not None
    assert (tenths == 1000) == (part == whole)
    assert (tenths == 0) == (part == 0)
    assert part in (0, whole) or tenths in (1, 999) or abs(tenths * whole - 1000 * part) * 2 <= whole
