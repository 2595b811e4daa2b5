"""The attack: given everything that stands in a database, which person sent which hidden tip?

The attacker has no key. Every column of every table that has a row for each person, and every one that has a row for
each tip, is taken as a number (a time, a count, the row's place, the bytes themselves); both sides are sorted by it and
matched by rank. That uses any order or time that the two sides share, whichever columns carry it.
"""

import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product as pairs
from pathlib import Path
from typing import Any

Ranks = list[int]  # for each person (or the tip of that person), their place by one feature
PERMUTATIONS = 500


@dataclass(frozen=True)
class Guess:
    """The best that the attack can do: how well two orders agree (Spearman's rho, either direction), and by what."""

    rho: float
    right: float  # part of the tips whose person is named correctly
    person: str
    tip: str


@dataclass(frozen=True)
class Verdict:
    """The best guess beside what the same attack finds when persons and tips are paired at random."""

    best: Guess
    chance: list[float]  # best rho of each permutation

    @property
    def beyond_chance(self) -> bool:
        """Better than every one of the permutations by a margin: an order is shared."""
        return abs(self.best.rho) > 1.25 * max(self.chance)


def dump(database: Path) -> dict[str, list[dict[str, Any]]]:
    """All tables of a SQLite file; `rowid` where there is one, and `place`: where a row's key stands in the file."""
    raw = database.read_bytes()
    tables: dict[str, list[dict[str, Any]]] = {}
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in names:
            try:
                rows = [dict(row) for row in db.execute(f"SELECT rowid AS rowid, * FROM {name}")]
            except sqlite3.OperationalError:
                rows = [dict(row) for row in db.execute(f"SELECT * FROM {name}")]
            for number, row in enumerate(rows):
                row["listed"] = number
                row["place"] = _place(raw, row)
            tables[name] = rows
    return tables


def _place(raw: bytes, row: Mapping[str, Any]) -> int:
    """The offset of the row's longest value: rows of one page lie in the order in which they were written."""
    values = [value.encode() if isinstance(value, str) else value for value in row.values()]
    marks = [value for value in values if isinstance(value, bytes)]
    return raw.find(max(marks, key=len)[:64]) if marks else -1


def attack(persons: Sequence[Mapping[str, Any]], tips: Sequence[Mapping[str, Any]], chance: random.Random) -> Verdict:
    """Both in the same order: the n-th tip is the n-th person's. Tries every pair of features, and its own luck."""
    sides = [list(_features(persons)), list(_features(tips))]
    best = max((_guess(*person, *tip) for person, tip in pairs(*sides)), key=lambda guess: abs(guess.rho))
    luck = []
    for _ in range(PERMUTATIONS):
        order = chance.sample(range(len(tips)), len(tips))
        luck.append(max(abs(_rho(ranks, [other[n] for n in order])) for (_, ranks), (_, other) in pairs(*sides)))
    return Verdict(best, luck)


def _features(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Ranks]]:
    """Each column that tells rows apart, as ranks; blobs and texts also by their length."""
    for name in sorted(set().union(*rows)):
        values = [_number(row.get(name)) for row in rows]
        lengths = [len(value) if isinstance(value := row.get(name), str | bytes) else 0 for row in rows]
        for feature, numbers in ((name, values), (f"length of {name}", lengths)):
            if len(set(numbers)) > len(rows) // 4:
                yield feature, _ranks(numbers)


def _number(value: object) -> int:
    if isinstance(value, str):
        return int(value) if value.isdecimal() else int.from_bytes(value.encode()[:16].ljust(16, b"\0"), "big")
    if isinstance(value, bytes):
        return int.from_bytes(value[:16].ljust(16, b"\0"), "big")
    return value if isinstance(value, int) else 0


def _ranks(numbers: Sequence[int]) -> Ranks:
    places = {index: rank for rank, index in enumerate(sorted(range(len(numbers)), key=lambda n: numbers[n]))}
    return [places[index] for index in range(len(numbers))]


def _guess(person: str, ranks: Ranks, tip: str, other: Ranks) -> Guess:
    rho = _rho(ranks, other)
    wanted = other if rho >= 0 else [len(other) - 1 - rank for rank in other]
    right = sum(mine == theirs for mine, theirs in zip(ranks, wanted, strict=True)) / len(ranks)
    return Guess(rho, right, person, tip)


def _rho(ranks: Ranks, other: Ranks) -> float:
    number = len(ranks)
    apart = sum((mine - theirs) ** 2 for mine, theirs in zip(ranks, other, strict=True))
    return 1 - 6 * apart / (number * (number**2 - 1))
