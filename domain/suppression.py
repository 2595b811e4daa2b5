"""Small counts leave a ward only as "fewer than five", and so that nobody computes them from what stands beside them.

Source of the rule: `promises.md`, people falsely accused: public or upward figures suppress small counts (k < 5) and
their complements. A *column* is one count of several wards, with its total. Zero is no small count and is shown: it is
never confused with what is hidden, nor with what is not known (None).

Three things are hidden of a column: every count of 1 to 4; one further count, as soon as there is such a one, for
otherwise the total less the rest would tell it; and the total, when what is hidden adds up to so little that it tells
its parts. Which further count is hidden, and when the total is, depends on no small count: a reader who knows these
rules and all the other figures is left with at least three values for each (`tests/domain/test_suppression.py` tries
every table). Hiding the *next smallest*, as is often done, fails there: that it is the smallest tells something.
See `docs/decisions/0023-what-leaves-a-ward.md`.
"""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

K = 5
"""Counts from here on may be shown; 1 to 4 may not."""


class Hidden(StrEnum):
    """Why a number is not shown: it is small, or a small one could be computed from it."""

    FEW = "few"
    WITHHELD = "withheld"


Cell = int | Hidden | None
"""A count, why it is hidden, or None where it is not known."""


class Column(NamedTuple):
    """One count of several wards as it may leave them. The total is that of the wards that are known."""

    cells: dict[str, Cell]
    total: Cell


class Share(NamedTuple):
    """A part and the rest. There is a percentage only where neither is hidden and there is anything at all."""

    part: Cell
    rest: Cell

    @property
    def numbers(self) -> tuple[int, int] | None:
        """Numerator and denominator of what may be shown."""
        if not isinstance(self.part, int) or not isinstance(self.rest, int) or self.part + self.rest == 0:
            return None
        return self.part, self.part + self.rest


def is_small(count: int) -> bool:
    """Whether a count may not be shown."""
    return 0 < count < K


def guarded(counts: Mapping[str, int | None], name: str) -> Column:
    """A column as it may be shown. `name` (of the count and its period) varies whose count is withheld beside a small
    one, so that it is not the same ward's each month."""
    known = {key: count for key, count in counts.items() if count is not None}
    small = [key for key, count in known.items() if is_small(count)]
    cells: dict[str, Cell] = dict(counts)
    if not small:
        total = sum(known.values())
        return Column(cells, total if known else None)
    for key in small:
        cells[key] = Hidden.FEW
    large = [key for key, count in known.items() if count >= K]
    if not large:
        return Column(cells, Hidden.WITHHELD)
    beside = min(large, key=lambda key: _drawn(name, key))
    cells[beside] = Hidden.WITHHELD
    # With this much hidden, each small count can be 1 to 4 while the one withheld beside them stays at least K.
    enough = len(small) + (K - 2) + K
    hidden = known[beside] + sum(known[key] for key in small)
    return Column(cells, sum(known.values()) if hidden >= enough else Hidden.WITHHELD)


def about(count: int) -> Cell:
    """A number of a single day, to the nearest five: days are many, and exact ones would add up to a hidden month."""
    return Hidden.FEW if is_small(count) else round(count / K) * K


def _drawn(name: str, key: str) -> bytes:
    """A place in an order that anybody can compute, and that no count has a say in."""
    return blake2b(f"{name}/{key}".encode(), digest_size=8).digest()
