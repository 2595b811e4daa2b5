"""What checks found not met, and the reminders that leaders asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from domain.duties import Item, Reminder
from domain.findings import Defect
from storage.records import Records, Work, from_ms, moment, to_ms
from storage.vault import Vault


class Findings(Records[str, Defect]):
    """Items that were found not met; they stay when they are mended."""

    table = "findings"
    columns = tuple(Defect.model_fields)

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._seal = vault.for_("findings")

    async def of(self, duty: str) -> list[Defect]:
        """Everything that one check found, in the order of the items."""
        rows = await self._work.fetch("SELECT * FROM findings WHERE duty = :duty ORDER BY id", duty=duty)
        order = list(Item)
        return sorted(self.seen(rows), key=lambda defect: order.index(defect.item))

    async def open_in(self, ward: str) -> list[Defect]:
        """What is not mended in a ward, by what is due soonest."""
        sql = "SELECT * FROM findings WHERE ward = :ward AND mended_at IS NULL ORDER BY mend_by, id"
        return self.seen(await self._work.fetch(sql, ward=ward))

    async def open_at(self, wards: Sequence[str], moment: datetime) -> dict[str, int]:
        """How many were not mended at a moment, by ward; a ward without any is left out."""
        sql = (
            "SELECT ward, COUNT(*) AS number FROM findings WHERE ward IN (:wards) AND found_at < :moment "
            "AND (mended_at IS NULL OR mended_at >= :moment) GROUP BY ward"
        )
        rows = await self._work.fetch(sql, wards=list(wards), moment=to_ms(moment))
        return {row["ward"]: row["number"] for row in rows}

    def to_row(self, record: Defect) -> dict[str, Any]:
        row = record.model_dump(mode="json")
        times = {"found_at": to_ms(record.found_at), "mended_at": to_ms(record.mended_at)}
        row["photo"] = None
        if record.photo is not None:
            # The picture's key lies inside: it stands nowhere in plain.
            row["photo"] = self._seal.seal(record.photo.model_dump_json().encode(), f"findings/photo/{record.id}")
        return {**row, **times, "whole": int(record.whole), "houses": orjson.dumps(record.houses).decode()}

    def from_row(self, row: Mapping[str, Any]) -> Defect:
        times = {"found_at": moment(row["found_at"]), "mended_at": from_ms(row["mended_at"])}
        houses = orjson.loads(row["houses"])
        sealed = row["photo"]
        photo = None if sealed is None else orjson.loads(self._seal.open(bytes(sealed), f"findings/photo/{row['id']}"))
        return Defect.model_validate({**row, **times, "photo": photo, "whole": bool(row["whole"]), "houses": houses})


class Reminders(Records[str, Reminder]):
    """*Nhắc tối nay*: a row until it is sent."""

    table = "reminders"
    columns = ("id", "contact", "unit", "period", "at")

    async def due(self, now: datetime) -> list[Reminder]:
        """Reminders whose time has come, oldest first."""
        sql = "SELECT * FROM reminders WHERE at <= :now ORDER BY at, id"
        return await self._list(sql, now=to_ms(now))

    async def claim(self, reminder: Reminder) -> bool:
        """Whether this unit of work is the one that sends it: of several processes, one deletes the row."""
        sql = "DELETE FROM reminders WHERE id = :id AND at = :at"
        return await self._work.execute(sql, id=reminder.id, at=to_ms(reminder.at)) == 1

    def to_row(self, record: Reminder) -> dict[str, Any]:
        return {**record.model_dump(), "at": to_ms(record.at)}

    def from_row(self, row: Mapping[str, Any]) -> Reminder:
        return Reminder.model_validate({**row, "at": moment(row["at"])})
