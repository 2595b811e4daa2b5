"""What is hidden stays hidden from a reader who has all the rest, adds it up, and knows the rules."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.suppression import Cell, Column, Hidden, K, Share, about, guarded, is_small

counts = st.dictionaries(
    st.text("0123456789", min_size=5, max_size=5), st.none() | st.integers(0, 60) | st.integers(0, 6), max_size=12
)
LEFT = 3
"""Values that a reader must be left with for a small count, at least."""


Rule = Callable[[dict[str, int | None]], Column]


def ours(table: dict[str, int | None]) -> Column:
    return guarded(table, "tips/2026-11")


def next_smallest(table: dict[str, int | None]) -> Column:
    """Planted: what is withheld beside small counts is the smallest that may be shown."""
    known = {key: count or 0 for key, count in table.items()}
    small = [key for key, count in known.items() if is_small(count)]
    large = [key for key, count in known.items() if count >= K]
    cells: dict[str, Cell] = {**known, **dict.fromkeys(small, Hidden.FEW)}
    if not small or not large:
        return Column(cells, Hidden.WITHHELD if small else sum(known.values()))
    beside = min(large, key=lambda key: (known[key], key))
    hidden = known[beside] + sum(known[key] for key in small)
    cells[beside] = Hidden.WITHHELD
    return Column(cells, sum(known.values()) if hidden >= len(small) + K + 3 else Hidden.WITHHELD)


def total_always(table: dict[str, int | None]) -> Column:
    """Planted: small counts are hidden, the total never."""
    small = {key: Hidden.FEW for key, count in table.items() if is_small(count or 0)}
    return Column({**table, **small}, sum(count or 0 for count in table.values()))


def attacked(tables: Iterable[tuple[int, ...]], below: int, rule: Rule) -> dict[tuple[int, ...], list[set[int]]]:
    """By table with all counts up to `below`: what each count may have been, to who knows every table's publication."""
    same: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for table in tables:
        column = rule({f"w{n}": count for n, count in enumerate(table)})
        same[(*column.cells.values(), column.total)].append(table)
    return {
        table: [set(values) for values in zip(*alike, strict=True)]
        for alike in same.values()
        for table in alike
        if max(table) <= below
    }


@pytest.mark.parametrize(("wards", "largest", "below"), [(1, 30, 30), (2, 30, 20), (3, 26, 14), (4, 16, 7)])
def test_who_knows_the_rules_and_all_other_figures_computes_no_small_count(
    wards: int, largest: int, below: int
) -> None:
    found = attacked(product(range(largest + 1), repeat=wards), below, ours)
    assert len(found) == (below + 1) ** wards
    for table, values in found.items():
        assert all(len(could) >= LEFT for count, could in zip(table, values, strict=True) if is_small(count)), table


@pytest.mark.parametrize("rule", [next_smallest, total_always])
def test_the_attack_computes_small_counts_that_a_weaker_rule_gives_away(rule: Rule) -> None:
    found = attacked(product(range(27), repeat=3), 14, rule)
    told = [(table[0], values[0]) for table, values in found.items() if is_small(table[0])]
    assert any(could == {count} for count, could in told)


@given(counts)
def test_zero_is_shown_unknown_stays_unknown_and_small_is_never_shown(table: dict[str, int | None]) -> None:
    column = guarded(table, "x")
    assert column.cells.keys() == table.keys()
    for key, count in table.items():
        cell = column.cells[key]
        assert (cell is None) == (count is None)
        assert (cell == 0) == (count == 0)
        assert (cell is Hidden.FEW) == (count is not None and is_small(count))
        assert isinstance(cell, Hidden) or cell == count
    assert not (isinstance(column.total, int) and is_small(column.total))


@given(counts)
def test_a_hidden_count_never_stands_alone_beside_its_total(table: dict[str, int | None]) -> None:
    column = guarded(table, "x")
    hidden = [cell for cell in column.cells.values() if isinstance(cell, Hidden)]
    assert len(hidden) != 1 or isinstance(column.total, Hidden)
    assert hidden.count(Hidden.WITHHELD) <= 1
    if not hidden:
        assert column.total == (sum(count or 0 for count in table.values()) if set(table.values()) - {None} else None)


@given(counts.filter(lambda table: any(count is not None and is_small(count) for count in table.values())))
def test_what_is_withheld_does_not_depend_on_the_small_counts(table: dict[str, int | None]) -> None:
    before = guarded(table, "x").cells
    other = {key: 1 if count is not None and is_small(count) else count for key, count in table.items()}
    assert guarded(other, "x").cells == before


def test_not_the_same_ward_is_withheld_each_month() -> None:
    table = {"a": 2, **{f"w{n}": 10 + n for n in range(10)}}
    withheld = {
        key
        for month in range(24)
        for key, cell in guarded(table, f"tips.opened/{month}").cells.items()
        if cell is Hidden.WITHHELD
    }
    assert len(withheld) > 5


def test_a_share_is_shown_only_when_neither_side_is_hidden() -> None:
    assert Share(18, 6).numbers == (18, 24)
    assert Share(20, 0).numbers == (20, 20)
    assert Share(18, Hidden.FEW).numbers is None
    assert Share(Hidden.WITHHELD, 7).numbers is None
    assert Share(0, 0).numbers is None
    assert Share(None, 5).numbers is None


def test_a_number_of_a_day_is_told_to_the_nearest_five() -> None:
    assert [about(count) for count in (0, 1, 4, 5, 7, 8, 123)] == [0, Hidden.FEW, Hidden.FEW, K, 5, 10, 125]
