"""Whether a difference is more than chance, against figures that textbooks give, and for any counts at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chance import Z_95, counts_alike, shares_apart, wilson

SHARES = st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
COUNTS = st.integers(0, 400)
DAYS = st.integers(1, 366)


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_newcombes_table(numerator: int, denominator: int, low: float, high: float) -> None:
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
    assert wilson(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_of_shares_is_that_of_newcombes_table(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    # R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
    assert shares_apart(first, second, Z_95) == pytest.approx((low, high), abs=5e-5)


def test_counts_over_unequal_times_are_compared_as_in_the_manual_of_r() -> None:
    # poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878)) of R's manual: p-value = 0.07967.
    assert counts_alike(11, 21, 800, 3011) == pytest.approx(0.07967, abs=5e-6)


def test_small_counts_by_hand() -> None:
    assert counts_alike(0, 0) == 1.0
    assert counts_alike(0, 1) == 1.0
    assert counts_alike(5, 0) == pytest.approx(2 / 2**5)
    assert counts_alike(8, 1) == pytest.approx(2 * (1 + 9) / 2**9)
    assert counts_alike(3, 0, 1, 2) == pytest.approx(1 / 27)  # the other end, 8/27, is likelier


def test_what_makes_no_sense_is_an_error() -> None:
    for share in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="part of a whole"):
            wilson(*share)
    for counts in ((-1, 2, 1), (1, 2, 0)):
        with pytest.raises(ValueError, match="over days"):
            counts_alike(*counts)
    assert wilson(0, 0) == (0.0, 1.0)
    assert shares_apart((0, 0), (1, 2)) == (-1.0, 1.0)


@given(SHARES)
def test_a_share_lies_in_its_interval_and_the_mirrored_share_in_the_mirrored_one(share: tuple[int, int]) -> None:
    numerator, denominator = share
    low, high = wilson(numerator, denominator)
    assert 0 <= low <= numerator / denominator <= high <= 1
    mirrored = wilson(denominator - numerator, denominator)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)
    assert wilson(numerator * 4, denominator * 4)[0] >= low - 1e-12, "more of the same is known better"


@given(SHARES, SHARES)
def test_a_difference_of_shares_turns_round_with_its_sides(first: tuple[int, int], second: tuple[int, int]) -> None:
    low, high = shares_apart(first, second)
    assert -1 - 1e-9 <= low <= first[0] / first[1] - second[0] / second[1] <= high <= 1 + 1e-9
    turned = shares_apart(second, first)
    assert (-turned[1], -turned[0]) == pytest.approx((low, high))


@given(COUNTS, COUNTS, DAYS, DAYS)
def test_two_counts_are_compared_alike_from_either_side(one: int, two: int, days: int, others: int) -> None:
    chance = counts_alike(one, two, days, others)
    assert 0 <= chance <= 1
    assert chance == pytest.approx(counts_alike(two, one, others, days), rel=1e-6, abs=1e-12)


@given(st.integers(0, 300), st.integers(1, 60), DAYS)
def test_the_further_apart_the_less_likely_by_chance(one: int, more: int, days: int) -> None:
    assert counts_alike(one, one, days, days) > 1 - 1e-4 if one else True
    assert counts_alike(one, one + more + 1, days, days) <= counts_alike(one, one + more, days, days) + 1e-9


def test_large_counts_go_over_into_the_approximation_without_a_step() -> None:
    assert counts_alike(5_100, 4_900) == pytest.approx(counts_alike(5_101, 4_900), rel=0.05)
    assert counts_alike(600_000, 500_000) < 1e-9
