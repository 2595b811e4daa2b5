"""From the inbox to PTB's handlers: in order per lane, effects and the inbox row in one commit for a whole batch."""

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from telegram import Update

from bot.decoding import Undecodable, decode
from bot.installation import Bench
from bot.intake import BRIM_POLLED, Brim
from bot.lanes import Lanes
from domain.errors import Refused
from domain.notices import Notice
from handlers.turns import CURRENT, Edge, Turn, open_turn
from handlers.urgency import looks_urgent
from storage import inbox
from storage.engine import Busy, DatabaseFailure, Full, Gone
from storage.failures import code_of
from storage.inbox import Waiting
from storage.unit import MustReplay, Owed, Unit

log = logging.getLogger(__name__)

BATCH = 64
# While a flood comes in, handling steps back: with Telegram a press dies after 150 s, with us nothing does.
GENTLE = 8  # updates in a batch meanwhile, urgent ones first ...
GENTLE_PAUSE = 0.04  # ... and seconds between two batches
FLOOD = 32  # waiting updates
FLOOD_SECONDS = 0.06  # since intake was last filled to its brim
PAUSE = 0.5  # seconds before the database is tried again
INCIDENT_LETTERS = "23456789CFGHJKMNPQRTVX"


@dataclass(frozen=True)
class Toast:
    """The answer to a button press: best effort, after the commit."""

    query: str
    text: str | None


class _Item(NamedTuple):
    """An update on its way: as it waited, as JSON, and as PTB's objects."""

    row: Waiting
    raw: dict[str, Any]
    update: Update


class _RefusedLate(Exception):
    """A refusal that came after this update's writes had reached the database."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


_Handled = tuple[Owed, Sequence[Toast]]
Committed = Callable[[Owed, Sequence[Toast]], None]
# Failures of the database that pass by waiting; any other is this update's own.
WAITS = (Busy, Full, Gone)


class Dispatch:
    """Handles what waits in the inbox. `committed` gets what is owed, once it is durable.

    `brim`: by what it knows that more is waiting behind what comes in.
    """

    def __init__(self, bench: Bench, edge: Edge, committed: Committed, brim: Brim = BRIM_POLLED) -> None:
        self._bench = bench
        self._edge = edge
        self._committed = committed
        self._lanes = Lanes(looks_urgent)
        self._news = asyncio.Event()
        self._news.set()
        self._brim = brim
        self._full = 0  # times in a row that intake was filled to its brim
        self._poured_at = -math.inf
        self.handled = 0
        self.quarantined = 0
        self.trouble: str | None = None  # code of what it waits for

    def take(self, updates: Iterable[tuple[int, bytes]]) -> None:
        """These are committed and wait to be handled."""
        before = len(self._lanes)
        for update_id, raw in updates:
            self._lanes.add(update_id, raw)
        self._full = self._full + 1 if len(self._lanes) - before >= self._brim.updates else 0
        if self._full >= self._brim.times:
            self._poured_at = time.monotonic()
        self._news.set()

    def waiting(self) -> int:
        """How many updates wait."""
        return len(self._lanes)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; the batch that is being handled is finished."""
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: self._news.set())
        try:
            while not stop.is_set():
                self._news.clear()
                try:
                    more = await self.one_batch()
                except DatabaseFailure as error:
                    # Nothing is lost: the rows are still open. A database that is full, locked or in repair comes back.
                    # Said once: a log that fills a full disk helps nobody.
                    if code_of(error) != self.trouble:
                        log.error("the inbox waits for the database: %s", error)
                    self.trouble = code_of(error)
                    await asyncio.wait({stopping}, timeout=PAUSE)
                    self._news.set()
                    continue
                if self.trouble is not None:
                    log.warning("the inbox waits no longer")
                    self.trouble = None
                if more and self._flooded():
                    await asyncio.wait({stopping}, timeout=GENTLE_PAUSE)
                elif not more:
                    await self._news.wait()
        finally:
            stopping.cancel()

    async def one_batch(self) -> bool:
        """The oldest update of every lane. Returns whether there was any."""
        heads = self._lanes.heads(GENTLE if self._flooded() else BATCH)
        if not heads:
            return False
        batch = await self._decoded(await self._read(heads))
        if not batch:
            return True
        try:
            owed = await self._together(batch)
        except WAITS:
            if len(batch) == 1:
                raise
            await self._one_by_one(batch)
        except Exception as error:
            log.info("a batch of %d is replayed one by one: %s", len(batch), type(error).__name__)
            await self._one_by_one(batch)
        else:
            self._lanes.done([item.row.update_id for item in batch])
            self._committed(*owed)
        return True

    def _flooded(self) -> bool:
        return len(self._lanes) > FLOOD and time.monotonic() - self._poured_at < FLOOD_SECONDS

    async def _read(self, heads: Sequence[tuple[int, bytes | None]]) -> list[Waiting]:
        """With their bodies; what somebody else has handled meanwhile is forgotten."""
        held = [Waiting(update_id, raw) for update_id, raw in heads if raw is not None]
        unread = [update_id for update_id, raw in heads if raw is None]
        if not unread:
            return held
        async with self._bench.db.reading() as tx:
            found = await inbox.bodies(tx, self._bench.vault, unread)
        await self.put_aside(found.damaged)
        self._lanes.done(set(unread) - {row.update_id for row in found.rows})
        return held + found.rows

    async def put_aside(self, damaged: Sequence[int]) -> None:
        """Rows that don't open wait for the operator: nobody can tell whose they are, and nothing waits for them."""
        if not damaged:
            return
        await self._bench.db.run(lambda tx: inbox.put_aside(tx, damaged))
        self.quarantined += len(damaged)
        log.error("updates whose rows do not open were put aside: %s", ", ".join(map(str, damaged)))

    async def _decoded(self, rows: Sequence[Waiting]) -> list[_Item]:
        """With PTB's objects; what is no update is put aside."""
        batch = []
        for number, row in enumerate(rows, 1):
            try:
                raw = inbox.read(row.raw)
                batch.append(_Item(row, raw, decode(raw, self._edge.bot)))
            except ValueError as error:
                await self._failed(replace(row, attempts=inbox.TRIES), error)
            await _give_way(number)
        return batch

    def _end(self, row: Waiting) -> None:
        self._lanes.done([row.update_id])

    async def _together(self, batch: Sequence[_Item]) -> _Handled:
        """Handles and commits; what is owed leaves only after that, and nothing it does can undo the commit."""
        toasts: list[Toast] = []
        async with self._bench.db.transaction() as tx:
            unit = self._bench.unit(tx)
            await unit.ahead(*_named(item.raw for item in batch))
            for number, item in enumerate(batch, 1):
                toasts += await self._handle(unit, item.update)
                await _give_way(number)
            await unit.flush()
            await inbox.done(tx, [item.row.update_id for item in batch])
        self.handled += len(batch)
        return unit.owed(), toasts

    async def _one_by_one(self, batch: Sequence[_Item]) -> None:
        for item in batch:
            try:
                owed = await self._alone(item)
            except inbox.AlreadyDone:
                log.warning("an update had been handled already")
                self._end(item.row)
            except WAITS:
                raise
            except Exception as error:
                await self._failed(item.row, error)
            else:
                self._end(item.row)
                self._committed(*owed)

    async def _alone(self, item: _Item) -> _Handled:
        try:
            return await self._together([item])
        except _RefusedLate as late:
            # A refusal after something had reached the database: the rollback has undone it; now only the words.
            return await self._only_refuse(item, late.refused)

    async def _handle(self, unit: Unit, update: Update) -> list[Toast]:
        turn = await open_turn(unit, update)
        if turn is None:
            return []
        unit.mark()
        token = CURRENT.set(turn)
        try:
            await self._edge.process_update(update)
        finally:
            CURRENT.reset(token)
        if isinstance(turn.error, Refused):
            try:
                unit.undo()
            except MustReplay:
                raise _RefusedLate(turn.error) from None
            turn.refuse(turn.error)
        elif turn.error is not None:
            raise turn.error
        return _toasts(turn)

    async def _only_refuse(self, item: _Item, refused: Refused) -> _Handled:
        async with self._bench.db.transaction() as tx:
            unit = self._bench.unit(tx)
            turn = await open_turn(unit, item.update)
            assert turn is not None
            turn.refuse(refused)
            await unit.flush()
            await inbox.done(tx, [item.row.update_id])
        self.handled += 1
        return unit.owed(), _toasts(turn)

    async def _failed(self, row: Waiting, error: Exception) -> None:
        """One more failed try; the fifth puts the update aside and tells the person, with an incident number."""
        letters = "".join(secrets.choice(INCIDENT_LETTERS) for _ in range(5))
        incident = f"{letters[:3]}-{letters[3:]}"
        async with self._bench.db.transaction() as tx:
            aside = await inbox.failed(tx, row.update_id, row.attempts)
            unit = self._bench.unit(tx)
            chat = _chat_in(row.raw)
            if aside and chat is not None and chat > 0:
                params = {"number": incident}
                unit.outbox.put(Notice(key="trouble.incident", params=params), chat=chat)
                await unit.flush()
        if not aside:
            self._lanes.reread(row.update_id)
        else:
            self._end(row)
            self.quarantined += 1
            if isinstance(error, Undecodable):
                told = {"incident": incident, "error": error}
                log.error("an update that is none was put aside, incident %(incident)s: %(error)s", told)
            else:
                # Of the error our log shows its kind and place only: its text may quote what a person wrote.
                log.error("an update was put aside, incident %(incident)s", {"incident": incident}, exc_info=error)
            self._committed(unit.owed(), ())


async def _give_way(number: int) -> None:
    """Intake and delivery go on between some updates and the next."""
    if number % GENTLE == 0:
        await asyncio.sleep(0)


def _chat_in(raw: bytes) -> int | None:
    try:
        return inbox.chat_of(inbox.read(raw))
    except ValueError:
        return None


def _named(updates: Iterable[dict[str, Any]]) -> tuple[list[int], list[str]]:
    """The private chats and the tips that these updates name, to be read ahead."""
    chats, tips = [], []
    for update in updates:
        query = update.get("callback_query")
        part = query or update.get("message") or {}
        sender = part.get("from") or {}
        if isinstance(sender.get("id"), int):
            chats.append(sender["id"])
        data = query.get("data") if query else None
        if isinstance(data, str) and data.startswith("tip."):
            tips += data.split(":")[1:2]
    return chats, tips


def _toasts(turn: Turn) -> list[Toast]:
    return [] if turn.query is None else [Toast(turn.query, turn.toast)]
