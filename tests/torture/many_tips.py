"""An installation with millions of tips, made fast: rows are written in the order of their keys, indexes come last.

What a tip is follows from its number alone, so nothing but numbers is held in memory. Keys of tips have nothing to do
with time, as in real life: neighbours in their table are of any ward and any day. Figures of all days but the newest
are counted here by the rules' own `counted`, of a sorted stream of events; the newest days are left to the product.
"""

import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from domain.clocks import VIETNAM, Clocks, day_bounds
from domain.counting import counted, tally
from domain.events import Happening
from domain.indicators import EDITION
from domain.measures import is_moment
from domain.periods import CUTS, month_days, month_of
from domain.tips import CODE_LETTERS, URGENT, Category, Outcome
from storage.records import moment, to_ms

EVENTS = 5  # at most, of one tip: opened, seen, received, valuable, closed
LAST = date(2026, 11, 24)
_CATEGORIES, _OUTCOMES = list(Category), [outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN]
_MINUTE, _QUARTER, _HOUR = 60_000, 900_000, 3_600_000  # milliseconds
Values = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    """How much there is: the tips are spread evenly over wards and days, the last of which is `LAST`."""

    tips: int
    wards: int = 3321
    days: int = 1096
    counted_by_product: int = 4

    @property
    def codes(self) -> list[str]:
        """The codes of the wards."""
        return [f"{number:05d}" for number in range(1, self.wards + 1)]

    @property
    def first(self) -> date:
        """The day of installation."""
        return LAST - timedelta(days=self.days - 1)

    @property
    def by_product(self) -> list[date]:
        """The days that the product has to count."""
        return [LAST - timedelta(days=n) for n in reversed(range(self.counted_by_product))]


class Tips:
    """Tips by their number, and their events by the order of their keys."""

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._begin = to_ms(day_bounds(scale.first)[0]) or 0
        self._end = to_ms(day_bounds(LAST)[1]) or 0
        self._clocks = Clocks()
        self._stride = 2_654_435_761  # a prime, so that every event has its turn exactly once
        self.codes = scale.codes

    def of(self, number: int) -> Values:
        """When and where a tip was opened, received and ended (None: not before the end of the last day)."""
        drawn = _mixed(number)
        ward = self.codes[drawn % self._scale.wards]
        opened = self._begin + (drawn >> 12) % (self._end - self._begin)
        category = _CATEGORIES[(drawn >> 3) % len(_CATEGORIES)]
        received = opened + 60_000 + _mixed(drawn) % (30 * _HOUR)
        closed = received + _mixed(drawn + 1) % (240 * _HOUR)
        return {
            "ward": ward,
            "category": category,
            "urgent": category in URGENT,
            "opened": opened,
            "received": received if received < self._end else None,
            "closed": closed if closed < self._end else None,
            "valuable": (drawn >> 20) % 10 == 0 and received < self._end,
            "outcome": _OUTCOMES[(drawn >> 7) % len(_OUTCOMES)],
        }

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of `tips`, in the order of their keys."""
        for number in range(self._scale.tips):
            tip = self.of(number)
            done = tip["closed"] is not None
            status = "closed" if done else "new" if tip["received"] is None else "received"
            due = self._due(tip)
            yield (
                *(_key(number), _code(number), tip["ward"], tip["category"].value, int(tip["urgent"]), "hidden"),
                *(status, tip["outcome"].value if done else None, int(tip["valuable"]), tip["opened"], due),
                *(tip["received"], tip["received"], "an", "an", None, tip["closed"], "received" if done else None),
                *(number.to_bytes(32), None, None, None),
            )

    def events(self) -> Iterator[tuple[Any, ...]]:
        """Rows of `events`, in the order in which they lie: by ward, day and order; their names tell nothing of it."""
        count = self._scale.tips * EVENTS
        back = pow(self._stride, -1, count)
        numbers = [array("q") for _ in self.codes]
        for number in range(self._scale.tips):
            numbers[_mixed(number) % self._scale.wards].append(number)
        for ward, mine in zip(self.codes, numbers, strict=True):
            rows = []
            for number in mine:
                tip = self.of(number)
                for which in range(EVENTS):
                    told = self._event(tip, which)
                    if told is not None:
                        kind, at, detail = told
                        day = datetime.fromtimestamp(at / 1000, VIETNAM).date().isoformat()
                        name = _key((number * EVENTS + which) * back % count)
                        said = orjson.dumps(detail).decode()
                        rows.append((ward, day, (at << 20) | which, name, at, kind.value, _key(number), None, said))
            yield from sorted(rows)

    def _event(self, tip: Values, which: int) -> tuple[Happening, int, Values] | None:
        opened, received, closed = tip["opened"], tip["received"], tip["closed"]
        if which == 0:
            return Happening.TIP_OPENED, opened, {"category": tip["category"].value, "urgent": tip["urgent"]}
        if received is None:
            return None
        if which == 1:
            return Happening.TIP_SEEN, received, {}
        if which == 2:
            in_time = received - opened <= (4 if tip["urgent"] else 24) * _HOUR
            detail = {"after": _waited(tip, received), "urgent": tip["urgent"], "in_time": in_time}
            return Happening.TIP_RECEIVED, received, detail
        if which == 3:
            return (Happening.TIP_VALUABLE, received, {}) if tip["valuable"] else None
        if closed is None:
            return None
        detail = {"outcome": tip["outcome"].value, "after": _waited(tip, closed), "in_time": True}
        return Happening.TIP_CLOSED, closed, detail

    def _due(self, tip: Values) -> int:
        if tip["received"] is not None:
            return int(tip["received"]) + 480 * _HOUR
        return to_ms(self._clocks.receive_by(moment(tip["opened"]), tip["urgent"])) or 0


def fill(path: Path, scale: Scale) -> None:
    """Writes tips and events into an empty database of our schema, and the figures of all but the newest days."""
    tips = Tips(scale)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # Nothing to lose yet: the file is thrown away when the machine stops.
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;")
        db.execute("BEGIN")
        indexes = db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name IN ('tips', 'events') "
            "AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        db.executemany(f"INSERT INTO tips VALUES ({','.join('?' * 22)})", tips.rows())
        names = "ward, day, seq, id, at, kind, subject, by_whom, detail"
        db.executemany(f"INSERT INTO events ({names}) VALUES ({','.join('?' * 9)})", tips.events())
        for _, sql in indexes:
            db.execute(sql)
        _write_figures(db, scale)
        db.execute("COMMIT")


def _write_figures(db: sqlite3.Connection, scale: Scale) -> None:
    until = scale.by_product[0]
    packed: dict[tuple[int, int, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * 12))
    events = _counted(db, until)
    upcoming = next(events, None)
    day = scale.first
    while day < until:
        rows = []
        for ward in scale.codes:
            facts: dict[str, int] = {}
            number = 0
            if upcoming is not None and upcoming[0] == (day, ward):
                _, facts, number = upcoming
                upcoming = next(events, None)
            rows.append((day.isoformat(), ward, EDITION, number, orjson.dumps(facts).decode()))
            for cut in CUTS:
                month = month_of(day, cut)
                if month_days(month, cut)[1] >= until:
                    continue  # it still runs when the product begins
                year = packed[cut, month.year, ward]
                for name, value in {**facts, "days": 1}.items():
                    year[name][month.number - 1] += value
                year["editions"][month.number - 1] = EDITION
        db.executemany("INSERT INTO day_figures VALUES (?, ?, ?, ?, ?)", rows)
        day += timedelta(days=1)
    years = ((*key, orjson.dumps(months).decode()) for key, months in sorted(packed.items()))
    db.executemany("INSERT INTO year_figures (cut, year, ward, months) VALUES (?, ?, ?, ?)", years)


def _counted(db: sqlite3.Connection, until: date) -> Iterator[tuple[tuple[date, str], dict[str, int], int]]:
    """Facts of each ward and day that has events, by the same rule as the product's, in order of days."""
    rows = db.execute(
        "SELECT day, ward, subject, kind, detail FROM events WHERE day < ? ORDER BY day, ward, seq",
        (until.isoformat(),),
    )
    for (day, ward), group in groupby(rows, key=lambda row: (row[0], row[1])):
        of_day = date.fromisoformat(day)
        found = [(subject, tally(Happening(kind), orjson.loads(detail))) for _, _, subject, kind, detail in group]
        yield (of_day, ward), dict(sorted(counted(found, of_day).items())), len(found)


def additive(facts: dict[str, int]) -> Counter[str]:
    """Facts without what says how things stood when the day ended."""
    return Counter({name: number for name, number in facts.items() if not is_moment(name)})


def _waited(tip: Values, until: int) -> int:
    """Seconds as the product keeps them: of urgent tips in minutes, of others in quarter-hours from a full one on."""
    since = tip["opened"] if tip["urgent"] else tip["opened"] // _QUARTER * _QUARTER
    step = _MINUTE if tip["urgent"] else _QUARTER
    return int((until - since) // step * step // 1000)


def _mixed(number: int) -> int:
    """A number that looks drawn by chance and is the same every time (the finalizer of splitmix64)."""
    number = (number + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return number ^ (number >> 31)


def _key(number: int) -> str:
    return f"{number:016x}"


def _code(number: int) -> str:
    letters = []
    for _ in range(8):
        number, letter = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
