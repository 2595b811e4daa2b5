"""Places, reported figures, slots of jobs and frozen snapshots."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from pydantic import BaseModel

from domain.places import Place, UnitKind
from storage.records import Records, Work, to_ms


class Places(Records[str, Place]):
    """Units by code. (A code that gets another name keeps its row: the old name becomes an alias.)"""

    table = "places"
    key = "code"
    columns = ("code", "name", "kind", "parent", "ward", "aliases", "valid_from", "source", "phone", "placeholder")

    async def all(self) -> list[Place]:
        """Every unit, by code."""
        return await self._list("SELECT * FROM places ORDER BY code")

    async def wards(self) -> list[Place]:
        """Every ward, by code."""
        return await self._list("SELECT * FROM places WHERE kind = 'ward' ORDER BY code")

    async def provinces(self) -> list[Place]:
        """Every province, by code."""
        return await self._list("SELECT * FROM places WHERE kind = 'province' ORDER BY code")

    async def of_kind(self, ward: str, kind: UnitKind) -> list[Place]:
        """The units of a kind in a ward, by code."""
        sql = "SELECT * FROM places WHERE ward = :ward AND kind = :kind ORDER BY code"
        return await self._list(sql, ward=ward, kind=str(kind))

    async def standing(
        self, wards: Sequence[str], kinds: Sequence[UnitKind], day: date
    ) -> list[tuple[str, tuple[str, UnitKind]]]:
        """By ward: code and kind of its units of these kinds that are there on a day, by code."""
        sql = (
            "SELECT code, kind, ward FROM places WHERE kind IN (:kinds) AND ward IN (:wards) AND valid_from <= :day "
            "ORDER BY code"
        )
        await self._work.flush(self)
        rows = await self._work.read(sql, kinds=[*map(str, kinds)], wards=list(wards), day=day.isoformat())
        return [(row["ward"], (row["code"], UnitKind(row["kind"]))) for row in rows]

    def to_row(self, record: Place) -> dict[str, Any]:
        aliases = orjson.dumps(record.aliases).decode()
        row = {name: getattr(record, name) for name in self.columns}
        since = record.valid_from.isoformat()
        return {**row, "kind": str(record.kind), "aliases": aliases, "valid_from": since}

    def from_row(self, row: Mapping[str, Any]) -> Place:
        return Place.model_validate({**row, "aliases": orjson.loads(row["aliases"])})


class Slots:
    """Which job has run for which unit and period: the database elects who runs it, exactly once."""

    def __init__(self, work: Work, now: datetime) -> None:
        self._work = work
        self._now = now

    async def take(self, job: str, unit: str, period: str) -> bool:
        """Whether this unit of work is the one that runs the slot; the claim stands or falls with its commit."""
        sql = (
            "INSERT INTO slots (job, unit, period, done_at) VALUES (:job, :unit, :period, :now) "
            "ON CONFLICT (job, unit, period) DO NOTHING"
        )
        return await self._work.execute(sql, job=job, unit=unit, period=period, now=to_ms(self._now)) == 1

    async def take_all(self, job: str, wards: Sequence[str], period: str) -> set[str]:
        """For which of these wards (or provinces) this unit of work is the one that runs the slot."""
        sql = (
            "INSERT INTO slots (job, unit, period, done_at) SELECT :job, code, :period, :now FROM places "
            "WHERE code IN (:wards) ON CONFLICT (job, unit, period) DO NOTHING RETURNING unit"
        )
        given = {"job": job, "wards": list(wards), "period": period, "now": to_ms(self._now)}
        return {row["unit"] for row in await self._work.fetch(sql, **given)}

    async def taken(self, job: str, since: str) -> set[tuple[str, str]]:
        """(unit, period) of every slot of a job from a period on."""
        sql = "SELECT unit, period FROM slots WHERE job = :job AND period >= :since"
        return {(row["unit"], row["period"]) for row in await self._work.fetch(sql, job=job, since=since)}


class Snapshot(BaseModel, frozen=True):
    """A report as it was sent: sending it again sends exactly this."""

    ward: str
    kind: str
    period: str
    body: str
    made_at: datetime


class Snapshots:
    """Frozen reports."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def find(self, ward: str, kind: str, period: str) -> str | None:
        """The body of a frozen report."""
        sql = "SELECT body FROM snapshots WHERE ward = :ward AND kind = :kind AND period = :period"
        rows = await self._work.fetch(sql, ward=ward, kind=kind, period=period)
        return rows[0]["body"] if rows else None

    async def freeze(self, snapshot: Snapshot) -> None:
        """Keeps a report; one that is frozen already stays as it is."""
        sql = (
            "INSERT INTO snapshots (ward, kind, period, body, made_at) VALUES (:ward, :kind, :period, :body, :made_at) "
            "ON CONFLICT (ward, kind, period) DO NOTHING"
        )
        values = snapshot.model_dump()
        values["made_at"] = to_ms(snapshot.made_at)
        await self._work.execute(sql, **values)


class Reported(BaseModel, frozen=True):
    """A figure that a source reports; never computed, shown beside what is."""

    id: str
    unit: str
    name: str
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    as_of: str
    source: str
    status: str = "reported"


class ReportedFigures(Records[str, Reported]):
    """Figures and documents that sources report of a unit."""

    table = "reported_figures"
    columns = tuple(Reported.model_fields)

    async def of(self, unit: str) -> list[Reported]:
        """What sources report of a unit."""
        return await self._list("SELECT * FROM reported_figures WHERE unit = :unit", unit=unit)

    async def of_units(self, units: Sequence[str]) -> list[Reported]:
        """What sources report of any of these units, by unit and day."""
        sql = "SELECT * FROM reported_figures WHERE unit IN (:units) ORDER BY unit, as_of, id"
        return await self._list(sql, units=list(units))

    def to_row(self, record: Reported) -> dict[str, Any]:
        return record.model_dump()

    def from_row(self, row: Mapping[str, Any]) -> Reported:
        return Reported.model_validate(row)
