"""Figures of closed days, and their sums by reporting month: derived from events, and derivable from them again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson

from domain.periods import Month
from storage.engine import Row
from storage.records import Work

Facts = dict[str, int]
Packed = dict[str, list[int]]
# Beside the facts of a year's months: how many days are in each sum, and the oldest edition among them. Names of facts
# have a dot, these have none.
_DAYS, _EDITIONS = "days", "editions"
_NOTHING = [0] * 12
_SORTED = orjson.OPT_SORT_KEYS


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
    """A ward's reporting month that has ended: the sum of those of its days that are closed, at least one."""

    days: int
    edition: int
    facts: Facts


class LookBack(NamedTuple):
    """What a closing finds when it looks back."""

    again: dict[date, list[str]]
    """Closed days, with their wards, that have more events than were counted or that an older edition of the catalogue
    counted; and closed days that follow them, for how a later day ended depends on them too. In order."""
    gaps: bool
    """Whether some day of some ward is not closed."""


class Figures:
    """Two tables: a row a ward and day, and a row a ward and year of each cut-off with those months that have ended.

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

    async def facts_by_day(self, wards: Sequence[str], days: Sequence[date]) -> dict[str, tuple[int, list[Facts]]]:
        """By ward: the oldest edition that counted one of these days, and the facts of those that are closed, in order.

        A ward without any is left out.
        """
        # One text a ward, put together by the database: a month of 128 wards is four thousand rows.
        sql = (
            """SELECT ward, MIN(edition) AS edition, group_concat('"' || day || '":' || facts, ',') AS facts """
            "FROM day_figures WHERE day IN (:days) AND ward IN (:wards) GROUP BY ward"
        )
        found = {}
        for row in await self._work.read(sql, days=[day.isoformat() for day in days], wards=list(wards)):
            facts = orjson.loads(f"{{{row['facts']}}}")
            found[row["ward"]] = row["edition"], [facts[day] for day in sorted(facts)]
        return found

    async def newest(self) -> date:
        """The latest day that any ward has closed; long ago when none has."""
        [row] = await self._work.read("SELECT MAX(day) AS day FROM day_figures")
        return date.fromisoformat(row["day"]) if row["day"] else date.min

    async def look_back(self, wards: Sequence[str], days: Sequence[date], edition: int) -> LookBack:
        """What has come to these days, one after the other, since they were closed in these wards."""
        await self._work.flush()
        params = {"wards": list(wards), "days": [day.isoformat() for day in days]}
        # Events are only ever added: where there are as many in all as were counted, none has come to any of the days.
        sql = (
            "SELECT COUNT(*) AS days, SUM(events) AS counted, MIN(edition) AS edition, "
            "(SELECT COUNT(*) FROM events WHERE ward IN (:wards) AND day BETWEEN :first AND :last) AS happened "
            "FROM day_figures WHERE day IN (:days) AND ward IN (:wards)"
        )
        [row] = await self._work.read(sql, **params, first=days[0].isoformat(), last=days[-1].isoformat())
        gaps = row["days"] < len(days) * len(wards)
        if not row["days"] or (row["happened"] == row["counted"] and row["edition"] >= edition):
            return LookBack({}, gaps)
        sql = (
            "SELECT ward, MIN(day) AS first FROM day_figures WHERE day IN (:days) AND ward IN (:wards) "
            "AND (edition < :edition OR events < (SELECT COUNT(*) FROM events "
            "WHERE events.ward = day_figures.ward AND events.day = day_figures.day)) GROUP BY ward"
        )
        rows = await self._work.read(sql, **params, edition=edition)
        first = {row["ward"]: date.fromisoformat(row["first"]) for row in rows}
        again: dict[date, list[str]] = {}
        for one in await self.days(list(first), days) if first else ():
            if one.day >= first[one.ward]:
                again.setdefault(one.day, []).append(one.ward)
        return LookBack(again, gaps)

    async def of_all(self, day: date) -> dict[str, Facts]:
        """The facts of every ward that has closed this day, by ward."""
        # Two texts of all, put together by the database, each in the order in which it passes the rows: thousands of
        # rows and small texts would take twice as long to read.
        sql = (
            "SELECT group_concat(ward, ',') AS wards, group_concat(facts, ',') AS facts "
            "FROM day_figures WHERE day = :day"
        )
        [row] = await self._work.read(sql, day=day.isoformat())
        if row["wards"] is None:
            return {}
        facts: list[Facts] = orjson.loads(f"[{row['facts']}]")
        return dict(zip(row["wards"].split(","), facts, strict=True))

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
                "facts": orjson.dumps(day.facts, option=_SORTED).decode(),
            }
            for day in closed
        ]
        await self._work.execute_many(sql, rows)

    async def months(
        self, cut: int, first: Month, last: Month, name: str, since: int = 1
    ) -> dict[str, list[int | None]]:
        """One fact of every ward, month by month; None for a month that runs, or of which no day is known (in that
        edition)."""
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

    async def set_months(self, cut: int, month: Month, sums: Mapping[str, MonthSum]) -> None:
        """Writes a month of these wards; another sum of it replaces it. The same months are always the same text."""
        years: dict[str, Packed] = {ward: {} for ward in sums}
        years |= {ward: orjson.loads(text) for ward, _, text in await self._years(cut, (month.year,), list(sums))}
        for ward, total in sums.items():
            _put(years[ward], month.number - 1, {**total.facts, _DAYS: total.days, _EDITIONS: total.edition})
        sql = (
            "INSERT INTO year_figures (cut, year, ward, months) VALUES (:cut, :year, :ward, :months) "
            "ON CONFLICT (cut, year, ward) DO UPDATE SET months = excluded.months"
        )
        rows = [
            {"cut": cut, "year": month.year, "ward": ward, "months": orjson.dumps(year, option=_SORTED).decode()}
            for ward, year in years.items()
        ]
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


def _put(year: Packed, at: int, values: Mapping[str, int]) -> None:
    """A month of a year, whatever stood there before; a name that is zero in all of them is not kept."""
    for name in year.keys() | values.keys():
        year.setdefault(name, [0] * 12)[at] = values.get(name, 0)
        if not any(year[name]):
            del year[name]


def _picked(text: str, name: str) -> list[int]:
    """One list of a year as it is stored: finding it takes a tenth of parsing all of them."""
    start = text.find(f'"{name}":[')
    if start < 0:
        return _NOTHING
    found: list[int] = orjson.loads(text[start + len(name) + 3 : text.index("]", start) + 1])
    return found
