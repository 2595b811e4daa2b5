"""What is owed to people: sealed blobs that are deleted once they have been delivered."""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.notices import Notice
from storage.engine import Transaction
from storage.records import Records, Work, to_ms
from storage.vault import Vault


class Post(BaseModel):
    """One message owed: to a chat, or to a sealed return address that only delivery opens."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    id: int
    chat: int | None = None
    address: bytes | None = None
    language: str = "vi"
    notice: Notice


class Numbers:
    """Ascending numbers for outbox rows, in the order in which words were said, whatever the clock does."""

    def __init__(self, last: int = 0) -> None:
        self._last = last
        # Two processes on one database seldom mint the same number; when they do, the table refuses the second.
        self._mine = int.from_bytes(os.urandom(2), "big") & 0xFFF

    def next(self, now: datetime) -> int:
        """The next number: it grows with time and never repeats."""
        self._last = max((self._last >> 12) + 1, int(now.timestamp() * 1000) << 8) << 12 | self._mine
        return self._last


class Outbox(Records[int, Post]):
    """Messages that wait for delivery."""

    table = "outbox"
    columns = ("id", "lane", "body", "expires_at", "state")

    def __init__(self, work: Work, vault: Vault, numbers: Numbers, now: datetime) -> None:
        super().__init__(work)
        self._seal = vault.for_("outbox")
        self._numbers = numbers
        self._now = now

    def put(
        self, notice: Notice, *, chat: int | None = None, address: bytes | None = None, language: str = "vi"
    ) -> None:
        """One more message is owed, with this unit's other changes."""
        number = self._numbers.next(self._now)
        self.save(Post(id=number, chat=chat, address=address, language=language, notice=notice))

    def put_many(self, notice: Notice, to: Iterable[tuple[int, str]]) -> None:
        """The same message to many chats, each in its language."""
        for chat, language in to:
            self.put(notice, chat=chat, language=language)

    def menu(self, chat: int, name: str, language: str) -> None:
        """The commands that this chat lists, after a role or the language has changed."""
        self.put(Notice(key="", menu=name), chat=chat, language=language)

    def posted(self) -> list[Post]:
        """What this unit owes so far."""
        return [post for post in self._held.values() if post is not None]

    def to_row(self, record: Post) -> dict[str, Any]:
        hidden = record.model_dump_json(exclude={"id"}, exclude_defaults=True).encode()
        return {
            "id": record.id,
            "lane": int(record.notice.lane),
            "body": self._seal.seal(hidden, f"outbox/body/{record.id}"),
            "expires_at": to_ms(record.notice.expires_at),
            "state": "waiting",
        }

    @classmethod
    def _upsert(cls) -> str:
        # Never over another process's message: of two equal numbers one fails, and its unit is run again.
        return "INSERT INTO outbox (id, lane, body, expires_at, state) VALUES (:id, :lane, :body, :expires_at, :state)"

    def from_row(self, row: Mapping[str, Any]) -> Post:
        return open_post(row, self._seal)


def open_post(row: Mapping[str, Any], sealer: Any) -> Post:
    """The message of a stored row."""
    return Post.model_validate_json(
        b'{"id":%d,' % row["id"] + sealer.open(row["body"], f"outbox/body/{row['id']}").lstrip(b"{")
    )


async def last_number(tx: Transaction) -> int:
    """The highest number in the outbox, for `Numbers` to go on from."""
    row = await tx.fetch_one("SELECT MAX(id) AS last FROM outbox")
    return int(row["last"] or 0) if row else 0


async def waiting(tx: Transaction, vault: Vault, after: int = 0, limit: int = 1000) -> list[Post]:
    """Messages that are owed, in order: read at start and whenever another process has added some."""
    sql = "SELECT id, body FROM outbox WHERE state = 'waiting' AND id > :after ORDER BY id LIMIT :limit"
    sealer = vault.for_("outbox")
    return [open_post(row, sealer) for row in await tx.fetch(sql, after=after, limit=limit)]


async def settle(tx: Transaction, delivered: Iterable[int], dead: Iterable[int]) -> None:
    """Delivered rows go; rows that can never be delivered stay for the operator, without their content."""
    gone = [{"id": number} for number in delivered]
    await tx.execute_later("DELETE FROM outbox WHERE id = :id", gone)
    lost = [{"id": number, "empty": b""} for number in dead]
    await tx.execute_later("UPDATE outbox SET state = 'dead', body = :empty WHERE id = :id", lost)


async def drop_dead(tx: Transaction, before: datetime) -> int:
    """Forgets rows that could not be delivered, some time after."""
    oldest = int(before.timestamp() * 1000) << 20
    return await tx.execute("DELETE FROM outbox WHERE state = 'dead' AND id < :oldest", oldest=oldest)


async def dead_count(tx: Transaction) -> int:
    """How many messages could not be delivered at all."""
    row = await tx.fetch_one("SELECT COUNT(*) AS number FROM outbox WHERE state = 'dead'")
    return int(row["number"]) if row else 0
