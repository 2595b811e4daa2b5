"""Columns bound each other: what a reader computes of hidden counts who keeps every month, and why that is not mended.

The figures of decision 23: today's rule, and one that was thought of, at its price.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from domain.suppression import Column, Hidden, is_small
from tests.domain.bounding import (
    CLOSED,
    RATED,
    RECEIVED,
    TIPS,
    VALUABLE,
    Counts,
    Published,
    Range,
    Rule,
    Ways,
    attacked,
    computed,
    each_column_alone,
    together,
    told,
    wards_of,
)

USUAL = Ways(prompt=0.5)
AT_ONCE = Ways(prompt=1, closed_late=0)
EAGER = Ways(prompt=1, received_late=0.1, closed_late=0, valuable=0.9, rated=0.95)
TODAY, GROUPED = each_column_alone, together((*RECEIVED, *CLOSED), (*CLOSED, *VALUABLE, *RATED))


def provinces(ways: Ways) -> Iterator[Counts]:
    """Of eight wards: their first three months, and a year of busier ones."""
    for seed in range(10):
        yield wards_of(seed, wards=8, months=3, busiest=15, ways=ways)
        yield wards_of(seed, wards=8, months=12, busiest=40, ways=ways)


def totals_always(month: int, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Published]:
    """Planted: totals are never withheld, nor anything beside small counts."""
    few = {name: {w: Hidden.FEW for w, count in wards.items() if is_small(count)} for name, wards in counts.items()}
    return {name: Published(Column({**wards, **few[name]}, sum(wards.values())), 5) for name, wards in counts.items()}


def test_what_was_closed_may_tell_what_was_received_and_this_is_not_mended() -> None:
    seen = {"tips_received_in_time": 7, "tips_received_late": 4, "tips_closed_in_time": 11}
    counts = {("w", 0, name): seen.get(name, 0) for name in TIPS}
    late = ("w", 0, "tips_received_late")
    assert computed(*told(counts, TODAY))[late] == Range(4, 4), "of a ward's first month a reader computes it"
    assert computed(*told(counts, GROUPED))[late] == Range(1, 4)


def test_the_attack_computes_what_a_weaker_rule_gives_away() -> None:
    assert attacked(provinces(EAGER), totals_always).exact > 0.4


@pytest.mark.parametrize(
    ("rule", "ways", "narrow", "shown"),
    [
        # Nearly none where half of the tips wait for another month; the sooner all is closed and rated, the more.
        (TODAY, USUAL, 0.001, 0.43),
        (TODAY, AT_ONCE, 0.05, 0.54),
        (TODAY, EAGER, 0.06, 0.65),
        (GROUPED, USUAL, 0, 0.21),
        (GROUPED, AT_ONCE, 0, 0.29),
        (GROUPED, EAGER, 0.0005, 0.3),
    ],
)
def test_how_many_small_counts_follow_from_other_columns(rule: Rule, ways: Ways, narrow: float, shown: float) -> None:
    """Of small counts those are narrow of which fewer than three values are left; of all counts so many are shown."""
    found = attacked(provinces(ways), rule)
    assert found.narrow <= narrow
    assert found.shown >= shown


def test_who_knows_the_rules_computes_more_even_of_what_was_thought_of() -> None:
    """Two wards' first month, every table: 1 and 6 received, 0 and 6 closed. The total of the received is withheld, so
    it is below nine; one ward has received six at least, so the other 1 or 2."""
    alike: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for table in product(range(12), repeat=4):
        if table[2] <= table[0] and table[3] <= table[1]:
            alike[_shown(table)].append(table)
    assert {received for received, *_ in alike[_shown((1, 6, 0, 6))]} == {1, 2}


def _shown(table: tuple[int, ...]) -> tuple[object, ...]:
    counts = {name: {"a": 0, "b": 0} for name in TIPS}
    counts |= {
        "tips_received_in_time": {"a": table[0], "b": table[1]},
        "tips_closed_in_time": {"a": table[2], "b": table[3]},
    }
    return tuple(cell for (cells, total), _ in GROUPED(0, counts).values() for cell in (*cells.values(), total))
