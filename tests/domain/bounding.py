"""What a reader computes of hidden counts who keeps every month's table and knows how columns bound each other.

Each published cell is a range; each thing that the reader knows is an inequality: no more is closed than was received
before, counted from a ward's beginning, no more rated than closed, no more valuable than received, and a total is the
sum of its wards. Ranges are narrowed until nothing changes: what is left is what such a reader can't tell apart. (Whole
numbers may narrow a little more: the attack is at least this strong.)
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from domain.suppression import Cell, Column, Hidden, K, guarded, is_small

MANY = 10**6
RECEIVED = ("tips_received_in_time", "tips_received_late")
CLOSED = ("tips_closed_in_time", "tips_closed_late")
VALUABLE = ("tips_valuable",)
RATED = ("tips_satisfied", "tips_rated_otherwise")
TIPS = (*RECEIVED, *CLOSED, *VALUABLE, *RATED)
BOUNDED = ((CLOSED, RECEIVED), (RATED, CLOSED), (VALUABLE, RECEIVED))
"""Columns of which there can't be more than of others, counted from a ward's beginning."""
TOGETHER = 3  # wards whose hidden counts may stand in a total, by the rule thought of

Where = tuple[str, int, str]
"""A ward, the number of a month, a column."""
Counts = dict[Where, int]


class Published(NamedTuple):
    """A column, and the least that a count can be that is withheld in it."""

    column: Column
    withheld_from: int


Rule = Callable[[int, Mapping[str, Mapping[str, int]]], dict[str, Published]]
"""A month's columns as they are published, from the counts of each column by ward."""


class Range(NamedTuple):
    """The least and the most that a number can be."""

    least: int
    most: int

    @property
    def values(self) -> int:
        """How many it can be."""
        return self.most - self.least + 1


class AtMost(NamedTuple):
    """The sum of some counts is at most that of others and a number."""

    these: tuple[Where, ...]
    those: tuple[Where, ...]
    and_: int = 0


def each_column_alone(month: int, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Published]:
    """What is published today."""
    return {name: Published(guarded(wards, f"{name}/{month}"), K) for name, wards in counts.items()}


def together(leading: Iterable[str], following: Iterable[str]) -> Rule:
    """Thought of: a ward with a small count in a leading column shows nothing in any that follows, zeros neither.

    Their totals stay where three wards at least, with three times `K` among them, are hidden.
    """
    leading, following = tuple(leading), tuple(following)

    def publish(month: int, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Published]:
        quiet = {ward for name in leading for ward, count in counts[name].items() if is_small(count)}
        hidden = {name: Published(_withheld(counts[name], quiet), 0) for name in following if quiet}
        return each_column_alone(month, counts) | hidden

    return publish


def _withheld(wards: Mapping[str, int], quiet: Set[str]) -> Column:
    few = {ward for ward, count in wards.items() if is_small(count)} - quiet
    cells: dict[str, Cell] = {**wards, **dict.fromkeys(few, Hidden.FEW), **dict.fromkeys(quiet, Hidden.WITHHELD)}
    hidden = [wards[ward] for ward in few | quiet]
    enough = len(hidden) >= TOGETHER and sum(hidden) >= TOGETHER * K
    return Column(cells, sum(wards.values()) if enough else Hidden.WITHHELD)


def range_of(cell: Cell, withheld_from: int) -> Range:
    """What a cell says of its count."""
    if isinstance(cell, int):
        return Range(cell, cell)
    return Range(1, K - 1) if cell is Hidden.FEW else Range(withheld_from, MANY)


class Ways(NamedTuple):
    """How wards go about their tips: shares of tips."""

    prompt: float
    """Closed in the month in which they were received; the others in one of the next two."""
    received_late: float = 0.15
    closed_late: float = 0.2
    valuable: float = 0.2
    rated: float = 0.4


def wards_of(seed: int, wards: int, months: int, busiest: int, ways: Ways) -> Counts:
    """Tips of wards from their beginning, 2 to `busiest` a month."""
    draw = random.Random(seed)
    counts: Counts = dict.fromkeys(((f"w{w}", m, c) for w in range(wards) for m in range(months) for c in TIPS), 0)
    for ward in range(wards):
        usual = draw.randint(2, busiest)
        for month in range(months):
            for _ in range(draw.randint(usual // 2, usual + usual // 2)):
                closed = month if draw.random() < ways.prompt else month + draw.choice((1, 1, 2))
                rated = closed + draw.choice((0, 0, 1))
                counts[f"w{ward}", month, RECEIVED[draw.random() < ways.received_late]] += 1
                if draw.random() < ways.valuable:
                    counts[f"w{ward}", month, VALUABLE[0]] += 1
                if closed < months:
                    counts[f"w{ward}", closed, CLOSED[draw.random() < ways.closed_late]] += 1
                    if rated < months and draw.random() < ways.rated:
                        counts[f"w{ward}", rated, RATED[draw.random() > 0.7]] += 1
    return counts


def told(counts: Counts, rule: Rule) -> tuple[dict[Where, Range], list[AtMost]]:
    """What is published of these counts, as ranges and inequalities."""
    wards, months = sorted({ward for ward, _, _ in counts}), 1 + max(month for _, month, _ in counts)
    ranges: dict[Where, Range] = {}
    known: list[AtMost] = []
    for month in range(months):
        table = rule(month, {name: {ward: counts[ward, month, name] for ward in wards} for name in TIPS})
        for name, (column, least) in table.items():
            ranges |= {(ward, month, name): range_of(cell, least) for ward, cell in column.cells.items()}
            if isinstance(column.total, int):
                every = tuple((ward, month, name) for ward in wards)
                known += [AtMost(every, (), column.total), AtMost((), every, -column.total)]
    for ward in wards:
        for month in range(months):
            for these, those in BOUNDED:
                known.append(AtMost(_so_far(ward, month, these), _so_far(ward, month, those)))
    return ranges, known


def _so_far(ward: str, month: int, names: Iterable[str]) -> tuple[Where, ...]:
    return tuple((ward, before, name) for before in range(month + 1) for name in names)


def computed(ranges: dict[Where, Range], known: list[AtMost]) -> dict[Where, Range]:
    """What each count can be, to who has computed all that follows."""
    ranges = dict(ranges)
    changed = True
    while changed:
        changed = False
        for one in known:
            for where, narrower in _narrowed(ranges, one):
                changed = True
                ranges[where] = narrower
    return ranges


def _narrowed(ranges: Mapping[Where, Range], one: AtMost) -> Iterator[tuple[Where, Range]]:
    """What an inequality leaves of its counts: the least of these can't be more than the most of those."""
    spare = one.and_ + sum(ranges[w].most for w in one.those) - sum(ranges[w].least for w in one.these)
    for where in one.these:
        least, most = ranges[where]
        if least + spare < most:
            yield where, Range(least, least + spare)
    for where in one.those:
        least, most = ranges[where]
        if most - spare > least:
            yield where, Range(most - spare, most)


class Found(NamedTuple):
    """What an attack finds, as shares."""

    narrow: float
    """Of small counts, those of which fewer than three values are left."""
    exact: float
    """Of small counts, those that are computed."""
    shown: float
    """Of all counts, those that are published as they are."""


def attacked(provinces: Iterable[Counts], rule: Rule) -> Found:
    """Everything that follows from what a rule publishes of these provinces."""
    small: list[Range] = []
    given: list[Range] = []
    for counts in provinces:
        ranges, known = told(counts, rule)
        left = computed(ranges, known)
        assert all(least <= counts[where] <= most for where, (least, most) in left.items()), "a false inequality"
        small += [left[where] for where, count in counts.items() if 0 < count < K]
        given += ranges.values()
    return Found(
        _share(one.values < 3 for one in small),
        _share(one.values == 1 for one in small),
        _share(g.values == 1 for g in given),
    )


def _share(found: Iterable[bool]) -> float:
    every = list(found)
    return sum(every) / len(every)
