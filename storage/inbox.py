"""Raw updates, sealed, from the moment Telegram hands them over until their effects are committed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

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


def lane_of(vault: Vault, update_id: int, raw: bytes) -> bytes:
    """Updates of one private chat are handled in order; others wait for nobody.

    The lane is a keyed hash, so that a waiting row does not tell whose it is.
    """
    chat = chat_of(raw)
    return vault.lookup("lane", update_id if chat is None else chat)


def chat_of(raw: bytes) -> int | None:
    """The chat of an update, whatever its kind; None when there is none or it does not parse."""
    try:
        update = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(update, dict):
        return None
    for part in update.values():
        if isinstance(part, dict):
            holder = part.get("message") if "data" in part and isinstance(part.get("message"), dict) else part
            chat = holder.get("chat") if isinstance(holder, dict) else None
            chat = chat if isinstance(chat, dict) else part.get("from")
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
    return None


async def keep(tx: Transaction, vault: Vault, updates: Sequence[tuple[int, bytes]], now: datetime) -> None:
    """Writes raw updates; one that is there already (waiting or handled) is left alone."""
    sealer = vault.for_("inbox")
    rows = [
        {
            "id": update_id,
            "lane": lane_of(vault, update_id, raw),
            "body": sealer.seal(raw, f"inbox/body/{update_id}"),
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
            raw=sealer.open(row["body"], f"inbox/body/{row['update_id']}"),
            attempts=row["attempts"],
        )
        for row in await tx.fetch(sql, limit=limit)
    ]


async def done(tx: Transaction, update_ids: Iterable[int]) -> None:
    """A handled update keeps its number against repeats, and nothing else: no lane, no body, no time."""
    sql = "UPDATE inbox SET lane = NULL, body = NULL, received_at = NULL, state = 'done' WHERE update_id = :id"
    await tx.execute_many(sql, [{"id": update_id} for update_id in update_ids])


async def failed(tx: Transaction, update_id: int, attempts: int) -> bool:
    """One more try has failed; after the fifth the update is quarantined. Returns whether it is."""
    bad = attempts + 1 >= TRIES
    sql = "UPDATE inbox SET attempts = :attempts, state = :state WHERE update_id = :id"
    await tx.execute(sql, attempts=attempts + 1, state="bad" if bad else "open", id=update_id)
    return bad


async def quarantined(tx: Transaction) -> int:
    """How many updates could not be handled."""
    row = await tx.fetch_one("SELECT COUNT(*) AS number FROM inbox WHERE state = 'bad'")
    return int(row["number"]) if row else 0


async def drop_handled(tx: Transaction, before_day: str) -> int:
    """Forgets numbers of updates handled before a ward day; Telegram repeats nothing after 24 hours."""
    return await tx.execute("DELETE FROM inbox WHERE state = 'done' AND day < :day", day=before_day)


async def set_aside(tx: Transaction, vault: Vault, raw: bytes, now: datetime) -> None:
    """Keeps an update without a readable number, for the operator; its own number is negative."""
    row = await tx.fetch_one("SELECT MIN(update_id) AS first FROM inbox")
    number = min(0, int(row["first"] or 0) if row else 0) - 1
    sql = (
        "INSERT INTO inbox (update_id, lane, body, received_at, attempts, state, day) "
        "VALUES (:id, NULL, :body, :now, 0, 'bad', :day)"
    )
    body = vault.for_("inbox").seal(raw, f"inbox/body/{number}")
    await tx.execute(sql, id=number, body=body, now=to_ms(now), day=ward_day(now).isoformat())
