"""From Telegram to the inbox: a raw update is committed first, and only then confirmed.

Polling confirms by the next call's offset, the webhook by its 200. Whatever goes wrong before the commit leaves the
update with Telegram, which offers it again; what nobody can parse is committed as raw bytes, so that it blocks nothing.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import orjson

from bot.api import Api, Conflict, Failure, Garbled, Later, Unauthorized, parse
from domain.errors import Refused

log = logging.getLogger(__name__)
T = TypeVar("T")

Accept = Callable[[Sequence[tuple[int, bytes]]], Awaitable[None]]  # returns once all are durably committed
Quarantine = Callable[[bytes], Awaitable[None]]  # commits what has no readable update id

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
BATCH = 100  # Telegram's limit
LONG_POLL = 50  # seconds; Telegram's limit
FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0  # seconds between attempts
CONNECTIONS = 40  # that Telegram may open to the webhook
LARGEST_ID = 2**63 - 2  # what a database column and the next offset can hold


class Brim(NamedTuple):
    """The way in is full, and more waits behind it, when so many updates come at once, so many times in a row."""

    updates: int
    times: int


# A crowd that is answered at once fills one page now and then, and a flood fills each; half of the connections, as the
# others' are just being answered.
BRIM_POLLED, BRIM_POSTED = Brim(BATCH, 2), Brim(CONNECTIONS // 2, 1)


class Polling:
    """Takes updates by getUpdates. Without a `quarantine`, an item that has no update id is only logged."""

    def __init__(self, api: Api, accept: Accept, quarantine: Quarantine | None = None) -> None:
        self._api = api
        self._accept = accept
        self._quarantine = quarantine
        self._offset: int | None = None
        self._singly = 0  # updates still to be asked for one by one, after an answer that nobody could read
        self._suspect = b""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Outlives every trouble of network and database; Refused `telegram.token` when the token is."""
        stopping = asyncio.create_task(stop.wait())
        pause = Pause(stop)
        try:
            await unless(stopping, insist(self._api, "deleteWebhook", {}, pause))
            while not stop.is_set():
                if await self._turn(stopping):
                    pause.reset()
                else:
                    await pause.take()
        finally:
            stopping.cancel()

    async def _turn(self, stopping: asyncio.Task[Any]) -> bool:
        """One poll and its commit; False when it is better to wait before the next."""
        try:
            items = await unless(stopping, self._poll())
        except Unauthorized:
            raise Refused("telegram.token") from None
        except Garbled as failure:
            return await self._isolate(failure)
        except Conflict as failure:
            log.error("updates are taken by somebody else: %s; this bot hears nothing until that ends", failure)
            return False
        except Failure as failure:
            log.warning("polling failed: %s", failure)
            return False
        return items is None or await self._commit(items)

    async def _poll(self) -> Any:
        data = {
            "offset": self._offset,
            "limit": 1 if self._singly else BATCH,
            "timeout": LONG_POLL,
            "allowed_updates": ALLOWED_UPDATES,
        }
        return await self._api.call("getUpdates", data, timeout=LONG_POLL + 10)

    async def _commit(self, items: object) -> bool:
        """Commit a batch; only then move the offset, which confirms it with the next call."""
        if not isinstance(items, list):
            log.error("getUpdates answered with a %s", type(items).__name__)
            return False
        batch: list[tuple[int, bytes]] = []
        strangers: list[object] = []
        for item in items:
            update_id = update_id_of(item)
            if update_id is None:
                strangers.append(item)
            else:
                batch.append((update_id, _written(item)))
        try:
            # Updates first: they are known by their ids when they come again, what has none would be put aside twice.
            if batch:
                await self._accept(batch)
            for item in strangers:
                log.error("an update without an id (a %s) was put aside", type(item).__name__)
                if self._quarantine is not None and batch:
                    await self._quarantine(_written(item))
        except Exception as error:
            log.error("%d updates not committed, they stay with Telegram: %s", len(items), type(error).__name__)
            return False
        if batch:
            self._offset = max(update_id for update_id, _ in batch) + 1
            self._singly = max(0, self._singly - len(batch))
            await asyncio.sleep(0)  # its handling begins before the next poll is put together
        return bool(batch) or not strangers

    async def _isolate(self, failure: Garbled) -> bool:
        """An answer nobody can read: ask for one update at a time until the bad one is alone, and set that aside.

        It counts as bad only when it comes twice the same: an answer cut on its way looks alike.
        """
        log.warning("polling failed: %s", failure)
        found = re.match(rb'\s*\{\s*"ok"\s*:\s*true\b.*?"update_id"\s*:\s*(\d{1,18})\b', failure.raw, re.DOTALL)
        whole = failure.status == 200 and failure.raw.rstrip().endswith(b"}")
        if not whole or found is None or self._quarantine is None:
            return False
        if not self._singly:
            self._singly = BATCH
            return True
        if failure.raw != self._suspect:
            self._suspect = failure.raw
            return True
        try:
            await self._quarantine(failure.raw)
        except Exception as error:
            log.error("an unreadable update could not be committed: %s", type(error).__name__)
            return False
        log.error("an unreadable update was put aside")
        self._offset = int(found[1]) + 1
        self._singly, self._suspect = 0, b""
        return True


class Pause:
    """Waits longer each time, up to a limit; `stop` ends the wait."""

    def __init__(self, stop: asyncio.Event) -> None:
        self.stop = stop
        self._seconds = FIRST_PAUSE

    def reset(self) -> None:
        self._seconds = FIRST_PAUSE

    async def take(self, at_least: float = 0.0) -> None:
        try:
            await asyncio.wait_for(self.stop.wait(), max(self._seconds, at_least))
        except TimeoutError:
            self._seconds = min(LAST_PAUSE, self._seconds * 2)


async def unless(stopping: asyncio.Task[Any], work: Awaitable[T]) -> T | None:
    """The result of `work`, or None once the process stops: a long poll or a silent Telegram is given up at once."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        elif not task.cancelled():
            task.exception()  # is looked at, also where nobody waits for it any more


async def insist(api: Api, method: str, data: Mapping[str, Any], pause: Pause) -> None:
    """Call until it works or the process stops. Nothing pending is ever dropped by these calls."""
    while not pause.stop.is_set():
        try:
            await api.call(method, data)
        except Unauthorized:
            raise Refused("telegram.token") from None
        except Failure as failure:
            log.error("%s failed: %s", method, failure)
            await pause.take((failure.retry_after or 0.0) if isinstance(failure, Later) else 0.0)
        else:
            pause.reset()
            return


def number_in(raw: bytes) -> int | None:
    """The id of an update that came as bytes; None when nobody can read one."""
    try:
        return update_id_of(parse(raw))
    except ValueError:
        return None


def update_id_of(item: object) -> int | None:
    """The id of an update; None when it is not an object or its id can't be one."""
    update_id = item.get("update_id") if isinstance(item, dict) else None
    if isinstance(update_id, bool) or not isinstance(update_id, int) or not 0 <= update_id <= LARGEST_ID:
        return None
    return update_id


def _written(item: object) -> bytes:
    try:
        return orjson.dumps(item)
    except TypeError:  # half a surrogate or a number too large: the standard library writes both
        return json.dumps(item).encode()
