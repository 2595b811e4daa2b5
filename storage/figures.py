"""Figures of closed days, and their sums by reporting month: derived from events, and derivable from them again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from domain.measures import is_moment
from domain.periods import Month
from storage.engine import Row
from storage.records import Work

Facts = dict[str, int]
Packed = dict[str, list[int]]
# Beside the facts of a year's months: how many days are in each sum, which day of the month is the last of them, and
# the oldest edition among them. Names of facts have a dot, these have none.
_DAYS, _LAST, _EDITIONS = "days", "last", "editions"
_NOTHING = [0] * 12


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A ward's day as it was counted. A fact that is not named was zero, if this edition of the catalogue knows it."""

    ward: str
    day: date
    edition: int
    events: int
    """How many events the day had: more of them mean that some came late."""
    facts: Facts


@dataclass(frozen=True, slots=True)
class MonthSum:
    """A ward's reporting month: the sum of those of its days that are closed, at least one."""

    days: int
    last: int
    """The last of these days, counted from the first of the month: 1 to 31."""
    edition: int
    facts: Facts


class Year:
    """Twelve reporting months of a ward, as they are kept."""

    def __init__(self, packed: Packed) -> None:
        self._packed = packed

    def last(self, number: int) -> int:
        """The last day that a month (1 to 12) holds, counted from its first: 1 to 31, or 0 when it holds none."""
        return self._packed[_LAST][number - 1] if self._packed else 0

    def add(self, number: int, place: int, day: ClosedDay) -> None:
        """One more day, later than all that its month holds: facts are added up, moments are those of this day."""
        at, packed = number - 1, self._packed
        editions = [day.edition, packed[_EDITIONS][at]] if self.last(number) else [day.edition]
        stood = [name for name, values in packed.items() if values[at] and is_moment(name)]
        for name in stood:
            packed[name][at] = 0
        for name, value in day.facts.items():
            self._of(name)[at] += value
        self._of(_DAYS)[at] += 1
        self._of(_LAST)[at] = place
        self._of(_EDITIONS)[at] = min(editions)
        self._drop_zeros(stood)

    def __setitem__(self, number: int, total: MonthSum) -> None:
        """Another sum of a month."""
        kept = {_DAYS: total.days, _LAST: total.last, _EDITIONS: total.edition}
        gone = self._packed.keys() - total.facts.keys() - kept.keys()
        for name in gone:
            self._packed[name][number - 1] = 0
        for name, value in {**total.facts, **kept}.items():
            self._of(name)[number - 1] = value
        self._drop_zeros([*gone, *total.facts])

    def text(self) -> str:
        """As it is stored: the same months are always the same text."""
        return orjson.dumps(self._packed, option=orjson.OPT_SORT_KEYS).decode()

    def _of(self, name: str) -> list[int]:
        return self._packed.get(name) or self._packed.setdefault(name, [0] * 12)

    def _drop_zeros(self, names: Iterable[str]) -> None:
        for name in names:
            if not any(self._packed[name]):
                del self._packed[name]


class Figures:
    """Two tables: a row a ward and day, and a row a ward and year of each cut-off with its twelve months.

    Nothing here is buffered: what is written has reached the database, so reading needs no flush.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    async def day(self, ward: str, day: date) -> ClosedDay | None:
        """One ward's day; None when it is not closed."""
        sql = "SELECT * FROM day_figures WHERE day = :day AND ward = :ward"
        rows = await self._work.read(sql, day=day.isoformat(), ward=ward)
        return _closed(rows[0], day) if rows else None

    async def days(self, wards: Sequence[str], days: Sequence[date]) -> list[ClosedDay]:
        """The closed ones among these days of these wards, in order of days."""
        sql = "SELECT * FROM day_figures WHERE day IN (:days) AND ward IN (:wards) ORDER BY day, ward"
        named = [day.isoformat() for day in days]
        rows = await self._work.read(sql, days=named, wards=list(wards))
        return [_closed(row, date.fromisoformat(row["day"])) for row in rows]

    async def grown(self, wards: Sequence[str], days: Sequence[date], edition: int) -> dict[str, list[date]]:
        """By ward: the first of these days that has more events than were counted when it was closed, or that an older
        edition of the catalogue counted, and the closed days that follow it; a ward without any is left out."""
        sql = (
            "SELECT ward, MIN(day) AS first FROM day_figures WHERE day IN (:days) AND ward IN (:wards) "
            "AND (edition < :edition OR events < (SELECT COUNT(*) FROM events "
            "WHERE events.ward = day_figures.ward AND events.day = day_figures.day)) GROUP BY ward"
        )
        named = [day.isoformat() for day in days]
        rows = await self._work.fetch(sql, days=named, wards=list(wards), edition=edition)
        first = {row["ward"]: date.fromisoformat(row["first"]) for row in rows}
        found: dict[str, list[date]] = {ward: [] for ward in first}
        for one in await self.days(list(first), days) if first else ():
            if one.day >= first[one.ward]:
                found[one.ward].append(one.day)
        return found

    async def of_all(self, day: date) -> dict[str, Facts]:
        """The facts of every ward that has closed this day, by ward."""
        # One text of all, put together by the database: thousands of rows and small texts would take longer to read.
        sql = """SELECT group_concat('"' || ward || '":' || facts, ',') AS facts FROM day_figures WHERE day = :day"""
        [row] = await self._work.read(sql, day=day.isoformat())
        found: dict[str, Facts] = orjson.loads(f"{{{row['facts'] or ''}}}")
        return found

    async def set_days(self, closed: Iterable[ClosedDay]) -> None:
        """Writes days; closing one again replaces it."""
        sql = (
            "INSERT INTO day_figures (day, ward, edition, events, facts) "
            "VALUES (:day, :ward, :edition, :events, :facts) ON CONFLICT (day, ward) "
            "DO UPDATE SET edition = excluded.edition, events = excluded.events, facts = excluded.facts"
        )
        rows = [
            {
                "day": day.day.isoformat(),
                "ward": day.ward,
                "edition": day.edition,
                "events": day.events,
                "facts": orjson.dumps(day.facts, option=orjson.OPT_SORT_KEYS).decode(),
            }
            for day in closed
        ]
        await self._work.execute_many(sql, rows)

    async def months(
        self, cut: int, first: Month, last: Month, name: str, since: int = 1
    ) -> dict[str, list[int | None]]:
        """One fact of every ward, month by month; None for a month of which no day is known (in that edition)."""
        count = (last.year - first.year) * 12 + last.number - first.number + 1
        found: dict[str, list[int | None]] = {}
        for ward, year, text in await self._years(cut, range(first.year, last.year + 1)):
            values = found.setdefault(ward, [None] * count)
            shift = (year - first.year) * 12 + 1 - first.number
            days, editions, picked = _picked(text, _DAYS), _picked(text, _EDITIONS), _picked(text, name)
            from_, to = max(0, shift), min(count, shift + 12)
            if 0 not in days and min(editions) >= since:  # nearly every year: taken over as it is
                values[from_:to] = picked[from_ - shift : to - shift]
                continue
            for at in range(from_, to):
                if days[at - shift] and editions[at - shift] >= since:
                    values[at] = picked[at - shift]
        return found

    async def years(self, cut: int, year: int, wards: Sequence[str]) -> dict[str, Year]:
        """A year of these wards, each to be changed and given to `set_years`; empty where nothing is known."""
        known = {ward: orjson.loads(text) for ward, _, text in await self._years(cut, (year,), wards)}
        return {ward: Year(known.get(ward, {})) for ward in wards}

    async def set_years(self, cut: int, year: int, years: Mapping[str, Year]) -> None:
        """Writes years of wards, by ward."""
        sql = (
            "INSERT INTO year_figures (cut, year, ward, months) VALUES (:cut, :year, :ward, :months) "
            "ON CONFLICT (cut, year, ward) DO UPDATE SET months = excluded.months"
        )
        rows = [{"cut": cut, "year": year, "ward": ward, "months": known.text()} for ward, known in years.items()]
        await self._work.execute_many(sql, rows)

    async def _years(
        self, cut: int, years: Sequence[int], wards: Sequence[str] | None = None
    ) -> list[tuple[str, int, str]]:
        sql = "SELECT ward, year, months FROM year_figures WHERE cut = :cut AND year IN (:years)"
        params: dict[str, Any] = {"cut": cut, "years": list(years)}
        if wards is not None:
            sql, params = f"{sql} AND ward IN (:wards)", {**params, "wards": wards}
        rows = await self._work.read(sql, **params)
        return [(row["ward"], row["year"], row["months"]) for row in rows]


def _closed(row: Row, day: date) -> ClosedDay:
    return ClosedDay(row["ward"], day, row["edition"], row["events"], orjson.loads(row["facts"]))


def _picked(text: str, name: str) -> list[int]:
    """One list of a year as it is stored: finding it takes a tenth of parsing all of them."""
    start = text.find(f'"{name}":[')
    if start < 0:
        return _NOTHING
    found: list[int] = orjson.loads(text[start + len(name) + 3 : text.index("]", start) + 1])
    return found
