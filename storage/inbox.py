"""Raw updates, sealed, from the moment Telegram hands them over until their effects are committed."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from domain.clocks import ward_day
from storage.engine import Transaction
from storage.records import to_ms
from storage.vault import DAMAGED, Vault

TRIES = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update to be handled: Telegram's JSON, and how often handling it has failed."""

    update_id: int
    raw: bytes
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Updates that wait, in their order, and the numbers of those whose rows don't open."""

    rows: list[Waiting]
    damaged: list[int]

    def last(self) -> int | None:
        """The highest number of the page; None when nothing waits."""
        return max([*(row.update_id for row in self.rows), *self.damaged], default=None)


class AlreadyDone(Exception):
    """Somebody else has handled this update: what was about to be committed must not be."""


def read(raw: bytes) -> dict[str, Any]:
    """An update as Python objects, whatever strange letters it holds; ValueError when it is no object."""
    try:
        update = orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            update = _whole(json.loads(raw.decode("utf-8", "replace"), strict=False))
        except RecursionError:
            raise ValueError("nested too deeply") from None
    if not isinstance(update, dict):
        raise ValueError("no object")
    return update


def _whole(value: Any) -> Any:
    """The same value with half surrogates, which no database and no network takes, replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value


def chat_of(update: Mapping[str, Any]) -> int | None:
    """The chat of an update, whatever its kind; None when there is none."""
    for part in update.values():
        if isinstance(part, dict):
            holder = part.get("message") if "data" in part and isinstance(part.get("message"), dict) else part
            chat = holder.get("chat") if isinstance(holder, dict) else None
            chat = chat if isinstance(chat, dict) else part.get("from")
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
    return None


async def keep(
    tx: Transaction, vault: Vault, updates: Iterable[tuple[int, bytes]], now: datetime
) -> list[tuple[int, bytes]]:
    """Writes raw updates and returns those that wait to be handled; one that is there already is left alone."""
    given = dict(updates)
    sql = (
        "INSERT INTO inbox (update_id, body, received_at, attempts, state, day) "
        "VALUES (:id, :body, :now, 0, 'open', :day) ON CONFLICT (update_id) DO NOTHING"
    )
    sealer = vault.for_("inbox")
    at, day = to_ms(now), ward_day(now).isoformat()
    rows = [
        {"id": number, "body": sealer.seal(raw, _place(number)), "now": at, "day": day} for number, raw in given.items()
    ]
    if await tx.execute_many(sql, rows) == len(rows):
        return list(given.items())
    # Some came before. What waits is told apart from what is handled; whoever takes it knows what waited already.
    known = await tx.fetch("SELECT update_id FROM inbox WHERE update_id IN (:ids) AND state = 'open'", ids=list(given))
    return [(row["update_id"], given[row["update_id"]]) for row in known]


async def bodies(tx: Transaction, vault: Vault, update_ids: Sequence[int]) -> Page:
    """These updates as they wait in the database, in their order; those that do not wait any more are left out."""
    sql = "SELECT update_id, body, attempts FROM inbox WHERE update_id IN (:ids) AND state = 'open' ORDER BY update_id"
    return _opened(vault, await tx.fetch(sql, ids=list(update_ids)))


async def waiting(tx: Transaction, vault: Vault, after: int = -1, limit: int = 1000) -> Page:
    """The first updates with higher numbers than `after` that wait: what an earlier process has left, page by page."""
    sql = (
        "SELECT update_id, body, attempts FROM inbox WHERE state = 'open' AND update_id > :after "
        "ORDER BY update_id LIMIT :limit"
    )
    return _opened(vault, await tx.fetch(sql, after=after, limit=limit))


def _opened(vault: Vault, rows: Iterable[Mapping[str, Any]]) -> Page:
    sealer, page = vault.for_("inbox"), Page([], [])
    for row in rows:
        number = row["update_id"]
        try:
            page.rows.append(Waiting(number, sealer.open(row["body"], _place(number)), row["attempts"]))
        except DAMAGED:
            page.damaged.append(number)
    return page


async def done(tx: Transaction, update_ids: Iterable[int]) -> None:
    """A handled update keeps its number against repeats, and nothing else: no body, no time.

    Raises AlreadyDone when one of them has been handled: its effects must not be committed twice.
    """
    sql = "UPDATE inbox SET body = NULL, received_at = NULL, state = 'done' WHERE update_id = :id AND state = 'open'"
    rows = [{"id": update_id} for update_id in update_ids]
    if await tx.execute_many(sql, rows) != len(rows):
        raise AlreadyDone


def _place(update_id: int) -> str:
    return f"inbox/body/{update_id}"


async def failed(tx: Transaction, update_id: int, attempts: int) -> bool:
    """One more try has failed; after the fifth the update is quarantined. Returns whether it is."""
    bad = attempts + 1 >= TRIES
    if bad:
        sql = (
            "UPDATE inbox SET attempts = :attempts, state = 'bad', received_at = NULL "
            "WHERE update_id = :id AND state = 'open'"
        )
    else:
        sql = "UPDATE inbox SET attempts = :attempts WHERE update_id = :id AND state = 'open'"
    return await tx.execute(sql, attempts=attempts + 1, id=update_id) == 1 and bad


async def put_aside(tx: Transaction, update_ids: Iterable[int]) -> None:
    """These will never be handled: they stay for the operator, and wait no longer."""
    sql = "UPDATE inbox SET state = 'bad', received_at = NULL WHERE update_id = :id AND state = 'open'"
    await tx.execute_many(sql, [{"id": update_id} for update_id in update_ids])


async def quarantined(tx: Transaction) -> int:
    """How many updates could not be handled."""
    row = await tx.fetch_one("SELECT COUNT(*) AS number FROM inbox WHERE state = 'bad'")
    return int(row["number"]) if row else 0


async def drop_handled(tx: Transaction, before_day: str, bad_before_day: str) -> int:
    """Forgets numbers of updates handled before a ward day (Telegram repeats nothing after 24 hours), and what was
    put aside longer ago: it holds somebody's words."""
    sql = "DELETE FROM inbox WHERE (state = 'done' AND day < :day) OR (state = 'bad' AND day < :bad_day)"
    return await tx.execute(sql, day=before_day, bad_day=bad_before_day)


async def set_aside(tx: Transaction, vault: Vault, raw: bytes, now: datetime) -> None:
    """Keeps an update without a readable number, for the operator; its own number is negative.

    And random: of several that come at once (a webhook's), each counting on from the last, all but one would fail.
    """
    number = -1 - secrets.randbelow(2**62)
    sql = (
        "INSERT INTO inbox (update_id, body, received_at, attempts, state, day) "
        "VALUES (:id, :body, NULL, 0, 'bad', :day)"
    )
    body = vault.for_("inbox").seal(raw, _place(number))
    await tx.execute(sql, id=number, body=body, day=ward_day(now).isoformat())
