"""The ward's book: entries that are only ever added. What they say is sealed: reasons and certificates name people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from storage.records import Records, Work, moment, to_ms
from storage.vault import Vault

if TYPE_CHECKING:  # its models come with the first entry that is read: an idle bot stays small
    from domain.entries import Entry, Topic


class Book(Records[str, "Entry"]):
    """Entries by ward and topic."""

    table = "book"
    columns = ("id", "seq", "at", "day", "ward", "topic", "subject", "by_whom", "role", "body")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._seal = vault.for_("book")

    async def of(self, wards: Sequence[str], topic: "Topic") -> list["Entry"]:
        """A chapter of these books, in order."""
        sql = "SELECT * FROM book WHERE ward IN (:wards) AND topic = :topic ORDER BY seq, id"
        return await self._list(sql, wards=list(wards), topic=str(topic))

    async def about(self, ward: str, topic: "Topic", subject: str) -> list["Entry"]:
        """What a book says of one round or campaign, in order."""
        sql = "SELECT * FROM book WHERE ward = :ward AND topic = :topic AND subject = :subject ORDER BY seq, id"
        return await self._list(sql, ward=ward, topic=str(topic), subject=subject)

    async def has(self, ward: str, topic: str) -> bool:
        """Whether a chapter of a book has anything in it; asked without reading an entry."""
        sql = "SELECT id FROM book WHERE ward = :ward AND topic = :topic LIMIT 1"
        return bool(await self._work.fetch(sql, ward=ward, topic=topic))

    async def forget_household(self, contact: str) -> None:
        """A household's signatures go with whoever gave them; what was signed for a party stays, without a name."""
        await self._work.flush(self)
        sql = "SELECT id FROM book WHERE by_whom = :contact AND id LIKE :household"
        for row in await self._work.read(sql, contact=contact, household=f"%/household/{contact}"):
            self.remove(row["id"])

    def to_row(self, record: "Entry") -> dict[str, Any]:
        body = self._seal.seal(record.model_dump_json(include={"what"}).encode(), f"book/body/{record.id}")
        return {
            **record.model_dump(include={"id", "seq", "ward", "subject", "role"}),
            "topic": str(record.topic),
            "at": to_ms(record.at),
            "day": record.day.isoformat(),
            "by_whom": record.by,
            "body": body,
        }

    def from_row(self, row: Mapping[str, Any]) -> "Entry":
        from domain.entries import Entry

        body = orjson.loads(self._seal.open(bytes(row["body"]), f"book/body/{row['id']}"))
        told = {"at": moment(row["at"]), "day": date.fromisoformat(row["day"]), "by": row["by_whom"], **body}
        return Entry.model_validate({**row, **told})
