"""Urgent tips that nobody has opened yet: for a minute the way back to the person is kept, sealed, then it is gone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from storage.records import Records, moment, to_ms


class Watch(BaseModel, frozen=True):
    """A promise to tell somebody, at a moment, that nobody has opened their tip. `address` only delivery can open."""

    tip: str
    due_at: datetime
    address: bytes


class Watches(Records[str, Watch]):
    """The promises that run."""

    table = "watches"
    key = "tip"
    columns = ("tip", "due_at", "address")

    async def due(self, now: datetime, longest: timedelta) -> list[Watch]:
        """Those whose minute is over, or lies further ahead than the `longest` does: the clock was set back."""
        sql = "SELECT * FROM watches WHERE due_at <= :now OR due_at > :furthest ORDER BY due_at, tip"
        return await self._list(sql, now=to_ms(now), furthest=to_ms(now + longest))

    def to_row(self, record: Watch) -> dict[str, Any]:
        return {**record.model_dump(), "due_at": to_ms(record.due_at)}

    def from_row(self, row: Mapping[str, Any]) -> Watch:
        return Watch(tip=row["tip"], due_at=moment(row["due_at"]), address=bytes(row["address"]))
