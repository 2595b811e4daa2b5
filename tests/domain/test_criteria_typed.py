"""A document is understood as people write it: number, date, issuer."""

from datetime import date

import pytest

from domain.criteria_typed import paper_said
from domain.errors import Refused

WANTED = ("12-NQ/ĐU", date(2026, 2, 15), "Đảng ủy phường")


@pytest.mark.parametrize(
    "typed",
    [
        "12-NQ/ĐU, 15/2/2026, Đảng ủy phường",
        "12-NQ/ĐU ngày 15/02/2026 của Đảng ủy phường",
        "Số 12-NQ/ĐU; 15-2-2026; Đảng ủy phường",
        "số: 12-NQ/ĐU\nngày 15 tháng 2 năm 2026\nĐảng ủy phường",
    ],
)
def test_a_document_in_one_line(typed: str) -> None:
    assert paper_said(typed) == WANTED


def test_a_number_may_hold_what_looks_like_a_day() -> None:
    assert paper_said("3/4/2025-KH, 1/3/2026, UBND") == ("3/4/2025-KH", date(2026, 3, 1), "UBND")


@pytest.mark.parametrize(
    "typed",
    ["không nhớ", "12-NQ/ĐU, Đảng ủy", "15/2/2026, Đảng ủy", "12-NQ, 15/2/2026", "12, 31/2/2026, UBND", "1, 15/2, A"],
)
def test_what_lacks_a_part_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        paper_said(typed)
    assert caught.value.code == "criteria.paper_unclear"
