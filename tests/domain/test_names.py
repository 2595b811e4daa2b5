"""How people are addressed: never by a family name, never by half a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import called
from tests.domain.make import MANY


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Nguyễn Thị Lan", "Lan"),
        ("Lan Nguyễn", "Lan"),
        ("lan nguyen", "lan"),
        ("Ngọc Lan Trần", "Ngọc Lan"),
        ("Lê Dũng", "Dũng"),
        ("Dũng Lê", "Dũng"),
        ("Hoàng Mai", "Hoàng Mai"),
        ("Trần Văn Lâm", "Lâm"),
        ("Trần Lâm", "Trần Lâm"),
        ("Thanh Hằng", "Thanh Hằng"),
        ("Mai", "Mai"),
        ("Mai 🌸 0912 345 678", "Mai"),
        ("Trung úy Dũng", "Dũng"),
        ("Đại tá Nguyễn Văn Nam", "Nam"),
        ("Y Bliă Niê", "Y Bliă"),
        ("H'Hen Niê", "H'Hen"),
        ("🌸", "🌸"),
        ("", ""),
    ],
)
def test_the_given_name_where_it_is_certain_else_the_whole(written: str, said: str) -> None:
    assert called(written) == said


@MANY
@given(st.text())
def test_nobody_is_left_without_a_name(name: str) -> None:
    assert bool(called(name)) == bool(name.strip())
