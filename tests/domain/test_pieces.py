"""A place says where it is, and not where its teller lives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pieces import COARSE, in_reach, place_text

LATITUDES, LONGITUDES = st.floats(8, 23.6), st.floats(102, 110)


def test_there_is_kept_to_a_metre() -> None:
    assert place_text(18.531234, 105.708764, coarse=False) == "18.53123, 105.70876"


@given(LATITUDES, LONGITUDES)
def test_here_is_never_told_more_closely_than_a_grid_of_two_kilometres(latitude: float, longitude: float) -> None:
    shown = [float(part) for part in place_text(latitude, longitude, coarse=True).split(", ")]
    for value, true in zip(shown, (latitude, longitude), strict=True):
        assert abs(value - true) <= COARSE / 2 + 0.005
        assert abs(value / COARSE - round(value / COARSE)) < 0.01


@pytest.mark.parametrize(
    ("place", "possible"),
    [((18.5, 105.7), True), ((16.53, 111.61), True), ((8.64, 111.92), True), ((0.0, 0.0), False), ((48.8, 2.3), False)],
)
def test_a_place_far_away_is_a_mistake_of_the_phone(place: tuple[float, float], possible: bool) -> None:
    assert in_reach(*place) is possible
