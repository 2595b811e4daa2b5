"""Messages that Telegram refused for good or whose rows were damaged: when, how and why.

Neither their words nor whom they were for.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from domain.notices import Lane
from storage.engine import Transaction
from storage.records import Records, from_ms, moment, to_ms

UNREADABLE = "damaged"  # the reason of a message that Telegram has never seen: its row didn't open


class Undelivered(BaseModel, frozen=True):
    """One of them. `id` is the number that it had in the outbox; `told_at`: when admins were told of it."""

    id: int
    at: datetime
    lane: Lane
    method: str
    reason: str
    told_at: datetime | None = None


class UndeliveredOnes(Records[int, Undelivered]):
    """All of them; they stay for the operator, but not for ever."""

    table = "undelivered"
    columns = ("id", "at", "lane", "method", "reason", "told_at")

    async def untold(self) -> list[Undelivered]:
        """Those of which no admin has been told, oldest first."""
        return await self._list("SELECT * FROM undelivered WHERE told_at IS NULL ORDER BY at, id")

    async def told_since(self, moment: datetime) -> bool:
        """Whether admins have been told of any after this moment."""
        sql = "SELECT * FROM undelivered WHERE told_at > :since ORDER BY told_at LIMIT 1"
        return bool(await self._list(sql, since=to_ms(moment)))

    async def told_last(self) -> list[Undelivered]:
        """Those of which admins were told the last time."""
        return await self._list("SELECT * FROM undelivered WHERE told_at = (SELECT MAX(told_at) FROM undelivered)")

    async def drop_older(self, before: datetime) -> int:
        """Forgets them, some time after."""
        return await self._work.execute("DELETE FROM undelivered WHERE at < :before", before=to_ms(before))

    def to_row(self, record: Undelivered) -> dict[str, Any]:
        moments = {"at": to_ms(record.at), "told_at": to_ms(record.told_at)}
        return {**record.model_dump(), **moments, "lane": int(record.lane)}

    def from_row(self, row: Mapping[str, Any]) -> Undelivered:
        return _model(row)


async def newest(tx: Transaction, limit: int) -> tuple[int, list[Undelivered]]:
    """How many there are, and the newest of them."""
    count = await tx.fetch_one("SELECT COUNT(*) AS number FROM undelivered")
    rows = await tx.fetch("SELECT * FROM undelivered ORDER BY at DESC, id DESC LIMIT :limit", limit=limit)
    return int(count["number"]) if count else 0, [_model(row) for row in rows]


def _model(row: Mapping[str, Any]) -> Undelivered:
    moments = {"at": moment(row["at"]), "told_at": from_ms(row["told_at"])}
    return Undelivered(**{**row, **moments, "lane": Lane(row["lane"])})
