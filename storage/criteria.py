"""Criteria sets (those that we ship, and those of wards and provinces), and the acts of a scorecard."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

import orjson
from pydantic import BaseModel

from domain.criteria_files import parse
from domain.criteria_sets import Act, CriteriaSet
from storage.records import Records, Work, moment, to_ms
from storage.vault import Vault

# The order in which a board shows them; whatever else is shipped follows.
_FIRST = ("movement_34", "ward_police_22", "ward_police_20", "safe_ward", "safe_area")


@cache
def shipped() -> tuple[CriteriaSet, ...]:
    """The sets of the package `criteria`."""
    files = [entry for entry in resources.files("criteria").iterdir() if entry.name.endswith(".toml")]
    found = [parse(file.read_text(encoding="utf-8")) for file in files]
    sets = {one.code: one for one in found if isinstance(one, CriteriaSet)}
    return tuple(sets[code] for code in sorted(sets, key=lambda code: (code not in _FIRST, _place(code), code)))


def _place(code: str) -> int:
    return _FIRST.index(code) if code in _FIRST else 0


class OwnSet(BaseModel, frozen=True, defer_build=True):
    """A set that a ward or a province has added."""

    code: str
    unit: str
    criteria: CriteriaSet
    at: datetime


class OwnSets(Records[str, OwnSet]):
    """Sets that were added here; a row is never changed, another version is another set."""

    table = "criteria_sets"
    key = "code"
    columns = ("code", "unit", "body", "at")

    async def all_for(self, lineage: Sequence[str]) -> list[CriteriaSet]:
        """What we ship, then the sets of these units."""
        sql = "SELECT * FROM criteria_sets WHERE unit IN (:units) ORDER BY at, code"
        own = await self._list(sql, units=list(lineage))
        return [*shipped(), *(one.criteria for one in own)]

    def to_row(self, record: OwnSet) -> dict[str, Any]:
        body = record.criteria.model_dump_json()
        return {"code": record.code, "unit": record.unit, "body": body, "at": to_ms(record.at)}

    def from_row(self, row: Mapping[str, Any]) -> OwnSet:
        criteria = CriteriaSet.model_validate_json(row["body"])
        return OwnSet(code=row["code"], unit=row["unit"], criteria=criteria, at=moment(row["at"]))


class Acts(Records[str, Act]):
    """What was said about criteria; rows are only ever added. Words are sealed: a reason may name somebody."""

    table = "criteria_acts"
    columns = ("id", "seq", "at", "day", "unit", "criteria", "number", "by_whom", "role", "body")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._seal = vault.for_("criteria_acts")

    async def of(self, units: Sequence[str], criteria: Sequence[str]) -> list[Act]:
        """Everything that was said in these units (a ward and its province) about these sets, in order."""
        sql = "SELECT * FROM criteria_acts WHERE unit IN (:units) AND criteria IN (:criteria) ORDER BY seq, id"
        return await self._list(sql, units=list(units), criteria=list(criteria))

    def to_row(self, record: Act) -> dict[str, Any]:
        return {
            **record.model_dump(include={"id", "seq", "unit", "criteria", "number", "role"}),
            "at": to_ms(record.at),
            "day": record.day.isoformat(),
            "by_whom": record.by,
            "body": self._seal.seal(
                record.model_dump_json(include={"what"}).encode(), f"criteria_acts/body/{record.id}"
            ),
        }

    def from_row(self, row: Mapping[str, Any]) -> Act:
        body = orjson.loads(self._seal.open(bytes(row["body"]), f"criteria_acts/body/{row['id']}"))
        told = {"at": moment(row["at"]), "day": date.fromisoformat(row["day"]), "by": row["by_whom"], **body}
        return Act.model_validate({**row, **told})
