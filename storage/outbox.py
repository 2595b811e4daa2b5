"""What is owed to people: sealed blobs that are deleted once they have been delivered."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.notices import Lane, Notice
from storage.engine import Transaction
from storage.records import Records, Work
from storage.vault import DAMAGED, Sealer, Vault

_WEEK = timedelta(days=7)


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
    columns = ("id", "lane", "body")

    def __init__(self, work: Work, vault: Vault, numbers: Numbers, now: datetime) -> None:
        super().__init__(work)
        self._seal = vault.for_("outbox")
        self._numbers = numbers
        self._now = now
        self._answers: set[int] = set()

    def put(
        self,
        notice: Notice,
        *,
        chat: int | None = None,
        address: bytes | None = None,
        language: str = "vi",
        answer: bool = False,
    ) -> None:
        """One more message is owed, with this unit's other changes. `answer`: to what its reader has just said."""
        number = self._numbers.next(self._now)
        if answer:
            self._answers.add(number)
        self.save(Post(id=number, chat=chat, address=address, language=language, notice=notice))

    def put_many(self, notice: Notice, to: Iterable[tuple[int, str]]) -> None:
        """The same message to many chats, each in its language."""
        for chat, language in to:
            self.put(notice, chat=chat, language=language)

    def menu(self, chat: int, name: str, language: str) -> None:
        """The commands that this chat lists, after a role or the language has changed."""
        # After all else: Telegram limits these calls by themselves, for hours, and no answer must wait behind one.
        self.put(Notice(key="", menu=name, lane=Lane.BULK), chat=chat, language=language)

    def posted(self) -> list[Post]:
        """What this unit owes so far."""
        return [post for post in self._held.values() if post is not None]

    def pushed(self) -> list[int]:
        """The chats in which the newest choice, of those not written yet, is no answer to what somebody said there."""
        last = {}
        for number in self._dirty:
            post: Post | None = self._held[number]
            if post is not None and post.chat is not None and post.notice.buttons:
                last[post.chat] = number in self._answers
        return [chat for chat, answered in last.items() if not answered]

    def to_row(self, record: Post) -> dict[str, Any]:
        return {"id": record.id, "lane": int(record.notice.lane), "body": _hidden(record, self._seal)}

    @classmethod
    def _upsert(cls) -> str:
        # Never over another process's message: of two equal numbers one fails, and its unit is run again.
        return "INSERT INTO outbox (id, lane, body) VALUES (:id, :lane, :body)"

    def from_row(self, row: Mapping[str, Any]) -> Post:
        return open_post(row, self._seal)


def open_post(row: Mapping[str, Any], sealer: Sealer) -> Post:
    """The message of a stored row."""
    return Post.model_validate_json(
        b'{"id":%d,' % row["id"] + sealer.open(row["body"], f"outbox/body/{row['id']}").lstrip(b"{")
    )


async def last_number(tx: Transaction, today: date) -> int:
    """The highest number that is kept, for `Numbers` to go on from; of events, those of the last week are asked.

    A clock that was ahead may have been set back while nobody served: what comes now must still come later. What such a
    clock has written lies on days to come.
    """
    # Wards and provinces are named, as events lie by them: without their names the whole table would be read.
    sql = (
        "SELECT MAX(last) AS last FROM (SELECT MAX(id) AS last FROM outbox "
        "UNION ALL SELECT MAX(seq) FROM events WHERE day >= :since "
        "AND ward IN (SELECT code FROM places WHERE kind IN ('ward', 'province')) "
        "UNION ALL SELECT MAX(seq) FROM book UNION ALL SELECT MAX(seq) FROM criteria_acts) AS numbers"
    )
    row = await tx.fetch_one(sql, since=(today - _WEEK).isoformat())
    return int(row["last"] or 0) if row else 0


async def waiting(tx: Transaction) -> list[int]:
    """The numbers of all messages that are owed, in order; their bodies stay where they are."""
    # Ordered here: so the database may read them from its smallest index.
    return sorted(row["id"] for row in await tx.fetch("SELECT id FROM outbox"))


async def read(tx: Transaction, vault: Vault, numbers: Iterable[int]) -> tuple[list[Post], dict[int, int]]:
    """These messages, in order, and the lanes of those that don't open; those not owed any more are left out."""
    sealer = vault.for_("outbox")
    rows = await tx.fetch("SELECT id, lane, body FROM outbox WHERE id IN (:numbers) ORDER BY id", numbers=list(numbers))
    posts, damaged = [], {}
    for row in rows:
        try:
            posts.append(open_post(row, sealer))
        except DAMAGED:
            damaged[int(row["id"])] = int(row["lane"])
    return posts, damaged


async def address_anew(tx: Transaction, vault: Vault, number: int, chat: int) -> None:
    """A group has got another id: what is owed to it is owed there."""
    posts, _ = await read(tx, vault, (number,))
    for post in posts:
        hidden = _hidden(post.model_copy(update={"chat": chat}), vault.for_("outbox"))
        await tx.execute("UPDATE outbox SET body = :body WHERE id = :id", id=number, body=hidden)


async def ended(tx: Transaction, numbers: Iterable[int]) -> None:
    """These messages are not owed any more: they have arrived, or never will."""
    await tx.execute_later("DELETE FROM outbox WHERE id = :id", [{"id": number} for number in numbers])


def _hidden(post: Post, sealer: Sealer) -> bytes:
    words = post.model_dump_json(exclude={"id"}, exclude_defaults=True).encode()
    return sealer.seal(words, f"outbox/body/{post.id}")
