"""Raw updates, sealed, from the moment Telegram hands them over until their effects are committed."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel

from domain.clocks import ward_day
from storage.engine import Transaction
from storage.records import to_ms
from storage.vault import Vault

TRIES = 5


class Waiting(BaseModel, frozen=True):
    """An update to be handled. `body` is Telegram's JSON; None when it does not even parse."""

    update_id: int
    raw: bytes
    attempts: int


class AlreadyDone(Exception):
    """Somebody else has handled this update: what was about to be committed must not be."""


class Lanes:
    """Updates of one chat are handled in order; others wait for nobody.

    A lane is a keyed hash under a random key of this process alone: neither a waiting row nor what the write-ahead
    log remembers of handled ones tells whose they are.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)

    def of(self, update_id: int, raw: bytes) -> bytes:
        """The lane of an update; one that belongs to no chat has a lane of its own."""
        chat = chat_of(raw)
        name = f"update {update_id}" if chat is None else f"chat {chat}"
        return hmac.digest(self._key, name.encode(), hashlib.sha256)[:16]


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


def chat_of(raw: bytes) -> int | None:
    """The chat of an update, whatever its kind; None when there is none or it does not parse."""
    try:
        update = read(raw)
    except ValueError:
        return None
    for part in update.values():
        if isinstance(part, dict):
            holder = part.get("message") if "data" in part and isinstance(part.get("message"), dict) else part
            chat = holder.get("chat") if isinstance(holder, dict) else None
            chat = chat if isinstance(chat, dict) else part.get("from")
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
    return None


async def keep(
    tx: Transaction, vault: Vault, lanes: Lanes, updates: Sequence[tuple[int, bytes]], now: datetime
) -> None:
    """Writes raw updates; one that is there already (waiting or handled) is left alone."""
    sealer = vault.for_("inbox")
    rows = [
        {
            "id": update_id,
            "lane": lanes.of(update_id, raw),
            "body": sealer.seal(raw, _place(update_id)),
            "now": to_ms(now),
            "day": ward_day(now).isoformat(),
        }
        for update_id, raw in updates
    ]
    sql = (
        "INSERT INTO inbox (update_id, lane, body, received_at, attempts, state, day) "
        "VALUES (:id, :lane, :body, :now, 0, 'open', :day) ON CONFLICT (update_id) DO NOTHING"
    )
    await tx.execute_many(sql, rows)


async def heads(tx: Transaction, vault: Vault, limit: int) -> list[Waiting]:
    """The oldest waiting update of each lane, oldest first: no lane can hold up another."""
    sql = (
        "SELECT update_id, body, attempts FROM inbox WHERE update_id IN "
        "(SELECT MIN(update_id) FROM inbox WHERE state = 'open' GROUP BY lane) ORDER BY update_id LIMIT :limit"
    )
    sealer = vault.for_("inbox")
    return [
        Waiting(
            update_id=row["update_id"],
            raw=sealer.open(row["body"], _place(row["update_id"])),
            attempts=row["attempts"],
        )
        for row in await tx.fetch(sql, limit=limit)
    ]


async def done(tx: Transaction, update_ids: Iterable[int]) -> None:
    """A handled update keeps its number against repeats, and nothing else: no lane, no body, no time.

    Raises AlreadyDone when one of them has been handled: its effects must not be committed twice.
    """
    sql = (
        "UPDATE inbox SET lane = NULL, body = NULL, received_at = NULL, state = 'done' "
        "WHERE update_id = :id AND state = 'open'"
    )
    rows = [{"id": update_id} for update_id in update_ids]
    if await tx.execute_many(sql, rows) != len(rows):
        raise AlreadyDone


async def relane(tx: Transaction, vault: Vault, lanes: Lanes) -> None:
    """Gives what an earlier process left waiting the lanes of this one."""
    sealer = vault.for_("inbox")
    rows = await tx.fetch("SELECT update_id, body FROM inbox WHERE state = 'open'")
    renamed = [
        {"id": row["update_id"], "lane": lanes.of(row["update_id"], sealer.open(row["body"], _place(row["update_id"])))}
        for row in rows
    ]
    await tx.execute_many("UPDATE inbox SET lane = :lane WHERE update_id = :id", renamed)


def _place(update_id: int) -> str:
    return f"inbox/body/{update_id}"


async def failed(tx: Transaction, update_id: int, attempts: int) -> bool:
    """One more try has failed; after the fifth the update is quarantined. Returns whether it is."""
    bad = attempts + 1 >= TRIES
    if bad:
        sql = (
            "UPDATE inbox SET attempts = :attempts, state = 'bad', lane = NULL, received_at = NULL "
            "WHERE update_id = :id AND state = 'open'"
        )
    else:
        sql = "UPDATE inbox SET attempts = :attempts WHERE update_id = :id AND state = 'open'"
    return await tx.execute(sql, attempts=attempts + 1, id=update_id) == 1 and bad


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
    """Keeps an update without a readable number, for the operator; its own number is negative."""
    row = await tx.fetch_one("SELECT MIN(update_id) AS first FROM inbox")
    number = min(0, int(row["first"] or 0) if row else 0) - 1
    sql = (
        "INSERT INTO inbox (update_id, lane, body, received_at, attempts, state, day) "
        "VALUES (:id, NULL, :body, NULL, 0, 'bad', :day)"
    )
    body = vault.for_("inbox").seal(raw, _place(number))
    await tx.execute(sql, id=number, body=body, day=ward_day(now).isoformat())
