"""Figures of closed days, and their sums by reporting month: derived from events, and derivable from them again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from pydantic import BaseModel

from domain.periods import Month
from storage.records import Work

Facts = dict[str, int]
Packed = dict[str, list[int]]
# Beside the facts of a year's months: how many days are in each sum, and the oldest edition among them. Names of facts
# have a dot, these have none.
_DAYS, _EDITIONS = "days", "editions"


class ClosedDay(BaseModel, frozen=True):
    """A ward's day as it was counted. A fact that is not named was zero, if this edition of the catalogue knows it."""

    ward: str
    day: date
    edition: int
    events: int
    """How many events the day had: more of them mean that some came late."""
    facts: Facts


class MonthSum(BaseModel, frozen=True):
    """A ward's reporting month: the sum of those of its days that are closed."""

    days: int
    edition: int
    facts: Facts


class Figures:
    """Two tables: a row a ward and day, and a row a ward and year of each cut-off with its twelve months."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def day(self, ward: str, day: date) -> ClosedDay | None:
        """One ward's day; None when it is not closed."""
        found = await self.days((ward,), (day,))
        return found[0] if found else None

    async def days(self, wards: Sequence[str], days: Sequence[date]) -> list[ClosedDay]:
        """The closed ones among these days of these wards, in order of days."""
        sql = "SELECT * FROM day_figures WHERE day IN (:days) AND ward IN (:wards) ORDER BY day, ward"
        named = [day.isoformat() for day in days]
        rows = await self._work.fetch(sql, days=named, wards=list(wards))
        return [ClosedDay.model_validate({**row, "facts": orjson.loads(row["facts"])}) for row in rows]

    async def of_all(self, day: date) -> dict[str, Facts]:
        """The facts of every ward that has closed this day, by ward."""
        rows = await self._work.fetch("SELECT ward, facts FROM day_figures WHERE day = :day", day=day.isoformat())
        # One text is parsed faster than thousands of small ones.
        facts = orjson.loads(f"[{','.join([row['facts'] for row in rows])}]")
        return dict(zip([row["ward"] for row in rows], facts, strict=True))

    async def set_days(self, closed: Iterable[ClosedDay]) -> None:
        """Writes days; closing one again replaces it."""
        sql = (
            "INSERT INTO day_figures (day, ward, edition, events, facts) "
            "VALUES (:day, :ward, :edition, :events, :facts) ON CONFLICT (day, ward) "
            "DO UPDATE SET edition = excluded.edition, events = excluded.events, facts = excluded.facts"
        )
        rows = [
            {**day.model_dump(), "day": day.day.isoformat(), "facts": orjson.dumps(day.facts).decode()}
            for day in closed
        ]
        await self._work.execute_many(sql, rows)

    async def months(
        self, cut: int, first: Month, last: Month, name: str, since: int = 1
    ) -> dict[str, list[int | None]]:
        """One fact of every ward, month by month; None for a month of which no day is known (in that edition)."""
        count = (last.year - first.year) * 12 + last.number - first.number + 1
        found: dict[str, list[int | None]] = {}
        for ward, year, packed in await self._years(cut, range(first.year, last.year + 1)):
            values = found.setdefault(ward, [None] * count)
            shift = (year - first.year) * 12 + 1 - first.number
            known = zip(packed[_DAYS], packed.get(_EDITIONS) or _NOTHING, packed.get(name) or _NOTHING, strict=True)
            for at, (days, edition, value) in enumerate(known, shift):
                if days and edition >= since and 0 <= at < count:
                    values[at] = value
        return found

    async def set_month(self, cut: int, month: Month, sums: Mapping[str, MonthSum]) -> None:
        """Writes a month of wards, by ward; closing one of its days again replaces it."""
        before = {ward: packed for ward, _, packed in await self._years(cut, (month.year,), list(sums))}
        rows = []
        for ward, total in sums.items():
            packed = before.get(ward, {})
            for name in (*packed, *total.facts, _DAYS, _EDITIONS):
                packed.setdefault(name, [0] * 12)[month.number - 1] = total.facts.get(name, 0)
            packed[_DAYS][month.number - 1] = total.days
            packed[_EDITIONS][month.number - 1] = total.edition
            packed = {name: values for name, values in packed.items() if any(values)}
            text = orjson.dumps(packed, option=orjson.OPT_SORT_KEYS).decode()
            rows.append({"cut": cut, "year": month.year, "ward": ward, "months": text})
        sql = (
            "INSERT INTO year_figures (cut, year, ward, months) VALUES (:cut, :year, :ward, :months) "
            "ON CONFLICT (cut, year, ward) DO UPDATE SET months = excluded.months"
        )
        await self._work.execute_many(sql, rows)

    async def _years(
        self, cut: int, years: Sequence[int], wards: Sequence[str] | None = None
    ) -> list[tuple[str, int, Packed]]:
        sql = "SELECT ward, year, months FROM year_figures WHERE cut = :cut AND year IN (:years)"
        params: dict[str, Any] = {"cut": cut, "years": list(years)}
        if wards is not None:
            sql, params = f"{sql} AND ward IN (:wards)", {**params, "wards": wards}
        rows = await self._work.fetch(sql, **params)
        return [(row["ward"], row["year"], orjson.loads(row["months"])) for row in rows]


_NOTHING = [0] * 12
