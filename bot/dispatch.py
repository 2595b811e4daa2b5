"""From the inbox to PTB's handlers: in order per lane, effects and the inbox row in one commit for a whole batch."""

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import Update

from bot.lanes import Lanes
from domain.clocks import Clocks
from domain.errors import Refused
from domain.notices import Notice
from handlers.turns import CURRENT, Edge, Turn, open_turn
from handlers.urgency import looks_urgent
from storage import inbox
from storage.engine import Busy, Database, Full, Gone, Transaction
from storage.failures import code_of
from storage.inbox import Waiting
from storage.outbox import Numbers, Post
from storage.unit import MustReplay, Unit
from storage.vault import Vault

log = logging.getLogger(__name__)

BATCH = 64
# While a flood comes in, handling steps back: with Telegram a press dies after 150 s, with us nothing does.
GENTLE = 8  # updates in a batch meanwhile, urgent ones first ...
GENTLE_PAUSE = 0.04  # ... and seconds between two batches
FLOOD = 500  # waiting updates
FLOOD_STEP = 20  # updates that came in together ...
FLOOD_SECONDS = 0.1  # ... so lately
PAUSE = 0.5  # seconds before the database is tried again
INCIDENT_LETTERS = "23456789CFGHJKMNPQRTVX"


@dataclass(frozen=True)
class Toast:
    """The answer to a button press: best effort, after the commit."""

    query: str
    text: str | None


@dataclass(frozen=True)
class Bench:
    """What units are made of in this process."""

    db: Database
    vault: Vault
    numbers: Numbers
    clocks: Clocks
    now: Callable[[], datetime]

    def unit(self, tx: Transaction) -> Unit:
        """A unit of work in a transaction, now."""
        return Unit(tx, self.vault, self.now(), self.numbers, self.clocks)


_OF_PRESSED = ("message_id", "date", "chat")  # building the rest of it took longer than handling the press


class _RefusedLate(Exception):
    """A refusal that came after this update's writes had reached the database."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


Owed = tuple[Sequence[Post], Sequence[Toast]]
Committed = Callable[[Sequence[Post], Sequence[Toast]], None]
# Failures of the database that pass by waiting; any other is this update's own.
WAITS = (Busy, Full, Gone)


class Dispatch:
    """Handles what waits in the inbox. `committed` gets what is owed, once it is durable."""

    def __init__(self, bench: Bench, edge: Edge, committed: Committed) -> None:
        self._bench = bench
        self._edge = edge
        self._committed = committed
        self._lanes = Lanes(looks_urgent)
        self._news = asyncio.Event()
        self._news.set()
        self._poured_at = -math.inf
        self.handled = 0
        self.quarantined = 0
        self.trouble: str | None = None  # code of what it waits for

    def take(self, updates: Iterable[tuple[int, bytes]]) -> None:
        """These are committed and wait to be handled."""
        before = len(self._lanes)
        for update_id, raw in updates:
            self._lanes.add(update_id, raw)
        if len(self._lanes) - before >= FLOOD_STEP:
            self._poured_at = time.monotonic()
        self._news.set()

    def waiting(self) -> int:
        """How many updates wait."""
        return len(self._lanes)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; the batch that is being handled is finished."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._news.clear()
                try:
                    more = await self.one_batch()
                except WAITS as error:
                    # Nothing is lost: the rows are still open. A database that is full or locked comes back.
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
                    news = asyncio.create_task(self._news.wait())
                    await asyncio.wait({news, stopping}, return_when=asyncio.FIRST_COMPLETED)
                    news.cancel()
        finally:
            stopping.cancel()

    async def one_batch(self) -> bool:
        """The oldest update of every lane. Returns whether there was any."""
        heads = self._lanes.heads(GENTLE if self._flooded() else BATCH)
        if not heads:
            return False
        batch = await self._read(heads)
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
            self._end(batch)
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
        self._lanes.done(set(unread) - {row.update_id for row in found})
        return held + found

    def _end(self, batch: Iterable[Waiting]) -> None:
        self._lanes.done([row.update_id for row in batch])

    async def _together(self, batch: Sequence[Waiting]) -> Owed:
        """Handles and commits; what is owed leaves only after that, and nothing it does can undo the commit."""
        toasts: list[Toast] = []
        async with self._bench.db.transaction() as tx:
            unit = self._bench.unit(tx)
            updates = [inbox.read(row.raw) for row in batch]
            await unit.ahead(*_named(updates))
            for raw in updates:
                toasts += await self._handle(unit, raw)
            await unit.flush()
            await inbox.done(tx, [row.update_id for row in batch])
        self.handled += len(batch)
        return unit.outbox.posted(), toasts

    async def _one_by_one(self, batch: Sequence[Waiting]) -> None:
        for row in batch:
            try:
                owed = await self._together([row])
            except _RefusedLate as late:
                # A refusal after something had reached the database: the rollback has undone it; now only the words.
                await self._only_refuse(row, late.refused)
            except inbox.AlreadyDone:
                log.warning("an update had been handled already")
                self._end([row])
            except WAITS:
                raise
            except Exception as error:
                await self._failed(row, error)
            else:
                self._end([row])
                self._committed(*owed)

    async def _handle(self, unit: Unit, raw: dict[str, Any]) -> list[Toast]:
        update = self._decoded(raw)
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

    def _decoded(self, raw: dict[str, Any]) -> Update:
        """PTB's objects of an update: of the message whose button was pressed, its number and chat will do."""
        query = raw.get("callback_query")
        if isinstance(query, dict) and isinstance(pressed := query.get("message"), dict):
            brief = {name: pressed[name] for name in _OF_PRESSED if name in pressed}
            raw = {**raw, "callback_query": {**query, "message": brief}}
        return Update.de_json(raw, self._edge.bot)

    async def _only_refuse(self, row: Waiting, refused: Refused) -> None:
        async with self._bench.db.transaction() as tx:
            unit = self._bench.unit(tx)
            turn = await open_turn(unit, self._decoded(inbox.read(row.raw)))
            assert turn is not None
            turn.refuse(refused)
            await unit.flush()
            await inbox.done(tx, [row.update_id])
        self._end([row])
        self.handled += 1
        self._committed(unit.outbox.posted(), _toasts(turn))

    async def _failed(self, row: Waiting, error: Exception) -> None:
        """One more failed try; the fifth puts the update aside and tells the person, with an incident number."""
        number = "".join(secrets.choice(INCIDENT_LETTERS) for _ in range(5))
        async with self._bench.db.transaction() as tx:
            aside = await inbox.failed(tx, row.update_id, row.attempts)
            unit = self._bench.unit(tx)
            chat = _chat_in(row.raw)
            if aside and chat is not None and chat > 0:
                params = {"number": f"{number[:3]}-{number[3:]}"}
                unit.outbox.put(Notice(key="trouble.incident", params=params), chat=chat)
                await unit.flush()
        if not aside:
            self._lanes.reread(row.update_id)
        else:
            self._end([row])
            self.quarantined += 1
            # Of the error our log shows its kind and place only: its text may quote what a person wrote.
            log.error("an update was put aside, incident %s-%s", number[:3], number[3:], exc_info=error)
            self._committed(unit.outbox.posted(), ())


def _chat_in(raw: bytes) -> int | None:
    try:
        return inbox.chat_of(inbox.read(raw))
    except ValueError:
        return None


def _named(updates: Sequence[dict[str, Any]]) -> tuple[list[int], list[str]]:
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
