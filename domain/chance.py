"""Whether a difference is more than chance: two counts, and two shares; exact where it matters, pure functions.

A report sets some forty pairs of figures side by side. At the customary 5 % two of them would look remarkable every
time by chance alone, so a difference is called remarkable below 1 % only (`docs/decisions`).
"""

from math import erfc, exp, lgamma, log, log1p, sqrt

RARE = 0.01
"""How seldom chance must make such a difference before it is called more than chance."""
Z_RARE = 2.5758293035489004
"""The normal quantile that goes with RARE, two-sided."""
Z_95 = 1.959963984540054
"""The normal quantile of an interval of 95 %."""
_EXACT = 10_000  # events; above, the normal approximation differs in no digit that is read
_ALIKE = 1e-7  # outcomes as likely as the observed one count with it, whatever the last binary digit says


def wilson(numerator: int, denominator: int, z: float = Z_95) -> tuple[float, float]:
    """The interval of a share in which the true one lies (Wilson 1927, without continuity correction): 0 to 1.

    Nothing to share says nothing: (0, 1). Raises ValueError when the numerator is no part of the denominator.
    """
    if not 0 <= numerator <= denominator:
        raise ValueError("a share is a part of a whole")
    if not denominator:
        return 0.0, 1.0
    share, square = numerator / denominator, z * z / denominator
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * sqrt(share * (1 - share) / denominator + square / (4 * denominator))
    # The ends are exact there, and rounding would leave a trace of something that wasn't seen.
    low = 0.0 if numerator == 0 else max(0.0, middle - half)
    return low, 1.0 if numerator == denominator else min(1.0, middle + half)


def shares_apart(first: tuple[int, int], second: tuple[int, int], z: float = Z_RARE) -> tuple[float, float]:
    """The interval of the difference `first - second` of two shares (numerator, denominator): -1 to 1.

    Newcombe 1998, method 10: made of both Wilson intervals, so it holds with small counts and at 0 and 100 %.
    """
    if not first[1] or not second[1]:
        return -1.0, 1.0
    one, two = first[0] / first[1], second[0] / second[1]
    (low1, high1), (low2, high2) = wilson(*first, z), wilson(*second, z)
    below = sqrt((one - low1) ** 2 + (high2 - two) ** 2)
    above = sqrt((high1 - one) ** 2 + (two - low2) ** 2)
    return one - two - below, one - two + above


def counts_alike(first: int, second: int, days_first: int = 1, days_second: int = 1) -> float:
    """How likely chance alone makes two counts so different (p, 0 to 1), if both come at one rate a day.

    Given their sum, the first is binomial (Przyborowski and Wilenski 1940); two-sided, every outcome no likelier than
    the observed one counts. Raises ValueError for a negative count, or for no days.
    """
    if min(first, second) < 0 or min(days_first, days_second) < 1:
        raise ValueError("counts are not negative, and were counted over days")
    whole, part = first + second, days_first / (days_first + days_second)
    if not whole:
        return 1.0
    if whole > _EXACT:
        return _approximate(first, whole, part)
    odds = log(part), log1p(-part)
    observed = _log_chance(first, whole, odds) + _ALIKE
    return min(1.0, sum(exp(c) for n in range(whole + 1) if (c := _log_chance(n, whole, odds)) <= observed))


def _log_chance(part: int, whole: int, odds: tuple[float, float]) -> float:
    ways = lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)
    return ways + part * odds[0] + (whole - part) * odds[1]


def _approximate(part: int, whole: int, share: float) -> float:
    away = max(0.0, abs(part - whole * share) - 0.5)
    return erfc(away / sqrt(whole * share * (1 - share)) / sqrt(2))
