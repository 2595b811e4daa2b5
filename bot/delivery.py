"""From the outbox to Telegram: what is owed is sent at least once, in order per chat, at a pace Telegram accepts.

A parcel stays held, under its id, from `offer` until its outcome is settled; only what Telegram will never take ends
undelivered. An outage ends nothing: a parcel waits until it is sent or has expired.
"""

import asyncio
import logging
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.api import Api, Failure, FilePart, Gone, Later, Malformed, Moved, Unchanged, Vanished
from bot.desk import Desk
from bot.pacer import Lane, Pacer
from bot.parcel import Kind, Make, Outcome, Parcel, Settle, Unmade, lesser, plain
from domain.spread import SENDS, Spread

__all__ = ["Delivery", "FilePart", "Kind", "Lane", "Outcome", "Parcel", "Settle"]

log = logging.getLogger(__name__)

FIRST_RETRY = 0.2  # seconds; doubled with each failure, with jitter
LAST_RETRY = {Lane.URGENT: 1.0, Lane.REPLY: 15.0, Lane.REMINDER: 30.0, Lane.BULK: 30.0}
# Seconds an attempt may take; half as long again after each that took longer.
PATIENCE = {Lane.URGENT: 1.5, Lane.REPLY: 6.0, Lane.REMINDER: 8.0, Lane.BULK: 8.0}
PATIENCE_LIMIT = 30.0
# Somebody waits for an urgent one: better to repeat it than to wait for a lost answer. But where answers usually take
# longer, so much longer is waited: a slow line must not double every alert.
USUAL_TIMES = 4.0
USUAL_WEIGHT = 0.05  # of the newest answer's time in the running mean
UPLOAD_BYTES_PER_SECOND = 100_000
OUTAGE = 8  # failures in a row that mean Telegram is away
OUTAGE_PAUSE = 5.0  # seconds at most between attempts while it is
STOP_SECONDS = 4.0  # for sends on their way when the process stops
SETTLE_SECONDS = 2.0  # for their outcomes after that
TURN = 0.05  # seconds that a turn lasts; what was made later waits for another, or all would leave at once
FLIGHTS = 128  # Telegram takes 30 a second: enough for four seconds of calls that hang


class _Held:
    """A parcel and what happened to it so far; `offered` in monotonic seconds."""

    __slots__ = ("attempts", "begun", "offered", "parcel", "plain", "slow")

    def __init__(self, parcel: Parcel, offered: float) -> None:
        self.parcel = parcel
        self.offered = offered
        self.begun = offered  # when the attempt began that is being made
        self.attempts = 0  # failed ones
        self.slow = 0  # those of them that ran out of time
        self.plain = False


class Delivery:
    """Sends parcels with at most `concurrency` calls at a time; `settle` commits their outcomes, several at once.

    `make` makes the parcel of a slip when its turn has come: thousands may wait, and only a few are held in full.
    It raises Unmade when that will never work; after anything else that it raises it is asked again.
    `now` is the wall clock for `expires_at`; `jitter` gives numbers in [0, 1).
    """

    def __init__(
        self,
        api: Api,
        settle: Settle,
        pacer: Pacer,
        now: Callable[[], datetime],
        make: Make | None = None,
        concurrency: int = FLIGHTS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.spans = {lane: Spread(SENDS) for lane in Lane}  # from offer to answer, of what was sent
        self._api = api
        self._pacer = pacer
        self._make = make
        self._now = now
        self._concurrency = concurrency
        self._jitter = jitter
        self._held: dict[int, _Held] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._desk = Desk(settle, self._settled)
        self._failures_in_a_row = 0
        self._pauses_in_a_row = 0
        self._succeeded_at = -math.inf
        self._usual = 0.2  # seconds that an answer takes, running mean

    def offer(self, parcels: Sequence[Parcel]) -> None:
        """Take parcels over; those whose id is held already are ignored. Returns at once."""
        now = time.monotonic()
        for parcel in parcels:
            if parcel.id in self._held:
                continue
            self._held[parcel.id] = _Held(parcel, now)
            self._admit(parcel, now)
        if parcels:
            self._idle.clear()
            self._wake.set()

    def waiting(self) -> dict[Lane, int]:
        """Parcels not yet sent in each lane, those on their way included."""
        return self._pacer.waiting()

    def lanes(self) -> dict[Lane, tuple[int, float]]:
        """Each lane's parcels that are held, and how many seconds ago the oldest of them was offered."""
        found = dict.fromkeys(Lane, (0, 0.0))
        now = time.monotonic()
        for held in self._held.values():
            count, age = found[held.parcel.lane]
            found[held.parcel.lane] = (count + 1, age or now - held.offered)
        return found

    async def drain(self, timeout: float) -> bool:
        """Wait until everything offered is sent and settled (`run` must be running); False after `timeout` seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout)
        except TimeoutError:
            return False
        return True

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; then let what is on its way arrive, settle it and return within a few seconds."""
        settling = asyncio.create_task(self._desk.run())
        stopping = asyncio.create_task(self._wake_on(stop))
        try:
            while not stop.is_set():
                self._wake.clear()
                self._fill()
                await self._sleep()
        finally:
            stopping.cancel()
            await self._finish(settling)

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _sleep(self) -> None:
        """Until something happens, or the pacer's next time comes."""
        lowest = self._lowest()
        at = None if lowest is None else self._pacer.wake_at(time.monotonic(), lowest)
        if at is None:
            await self._wake.wait()
            return
        # Timers are no finer than a millisecond in either event loop; asking for less would spin.
        now = time.monotonic()
        timer = asyncio.get_running_loop().call_later(max(at - now, 0.001), self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()

    async def _finish(self, settling: asyncio.Task[None]) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_SECONDS)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._desk.flush(SETTLE_SECONDS)
        settling.cancel()
        await asyncio.gather(settling, return_exceptions=True)

    def _lowest(self) -> Lane | None:
        """The lowest lane that may use another connection: hanging bulk sends must not keep an urgent one waiting."""
        # Whether Telegram is back a few calls tell as well as all that wait.
        busy = len(self._running) / (OUTAGE if self._pauses_in_a_row else self._concurrency)
        if busy >= 1:
            return None
        if busy >= 0.875:
            return Lane.URGENT
        return Lane.REPLY if busy >= 0.75 else Lane.BULK

    def _fill(self) -> None:
        """Start all that may go now."""
        wall = self._now()
        while (lowest := self._lowest()) is not None:
            now = time.monotonic()
            id = self._pacer.ready(now, lowest)
            if id is None:
                return
            held = self._held[id]
            expires_at = held.parcel.expires_at
            if expires_at is not None and expires_at <= wall:
                self._pacer.drop(id, now)
                self._report(Outcome(held.parcel, "expired"))
                continue
            self._pacer.start(id, now)
            task = asyncio.create_task(self._send(held))
            self._running.add(task)
            task.add_done_callback(self._returned)

    def _returned(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()

    async def _send(self, held: _Held) -> None:
        started = held.begun = time.monotonic()
        try:
            parcel = await self._made(held)
        except Unmade as error:
            self._end(held, Outcome(held.parcel, "dead", reason=str(error)))
        except Exception as error:
            log.error("message %d can't be made just now: %s", held.parcel.id, type(error).__name__)
            self._stayed(held, self._delay(held))
        else:
            if parcel is None:
                self._end(held, Outcome(held.parcel, "vanished", reason="not owed"))
            elif time.monotonic() - started > TURN:
                self._stayed(held)
            else:
                await self._call(held, parcel)

    async def _call(self, held: _Held, parcel: Parcel) -> None:
        started = time.monotonic()
        try:
            data = {**parcel.data, "chat_id": parcel.chat_id} if parcel.addressed else parcel.data
            result = await self._api.call(parcel.method, data, parcel.files, self._patience(held))
        except Failure as failure:
            self._failed(held, failure)
        except Exception as error:
            # A defect of ours, not Telegram's: named, and the parcel tried again like after any trouble.
            log.error("sending %d failed unexpectedly: %s", held.parcel.id, type(error).__name__)
            self._again(held, Later(reason=type(error).__name__))
        else:
            if not parcel.files:
                self._usual += USUAL_WEIGHT * (time.monotonic() - started - self._usual)
            self._arrived(held, result)

    async def _made(self, held: _Held) -> Parcel | None:
        """What is to be sent; once it is made it is kept."""
        if not held.parcel.method and self._make is not None:
            made = await self._make(held.parcel)
            if made is None:
                return None
            held.parcel = replace(made, chat_id=held.parcel.chat_id)
        return held.parcel

    def _stayed(self, held: _Held, delay: float = 0.0) -> None:
        """It did not leave; Telegram has no part in it."""
        self._pacer.stayed(held.parcel.id)
        self._back(held, delay)

    def _back(self, held: _Held, delay: float = 0.0) -> None:
        """To its place in the queue, for so many seconds."""
        now = time.monotonic()
        if not self._pacer.retry(held.parcel.id, now + delay, now):
            self._report(Outcome(held.parcel, "superseded"))

    def _delay(self, held: _Held) -> float:
        """Seconds until a failed attempt is made again; counts it."""
        held.attempts += 1
        self.counters["retried"] += 1
        longest = LAST_RETRY[held.parcel.lane]
        return min(longest, FIRST_RETRY * 2.0 ** min(held.attempts - 1, 10)) * (0.5 + 0.5 * self._jitter())

    def _patience(self, held: _Held) -> float:
        """Seconds this attempt may take."""
        files = held.parcel.files or {}
        upload = sum(len(part.content) for part in files.values()) / UPLOAD_BYTES_PER_SECOND
        first = max(PATIENCE[held.parcel.lane], USUAL_TIMES * self._usual)
        return min(PATIENCE_LIMIT, first * 1.5 ** min(held.slow, 8)) + upload

    def _arrived(self, held: _Held, result: Any) -> None:
        self._heard()
        self._pacer.passed()
        self.spans[held.parcel.lane].add(time.monotonic() - held.offered)
        self._end(held, Outcome(held.parcel, "sent", result=result))

    def _heard(self) -> None:
        """Telegram is there."""
        self._failures_in_a_row = self._pauses_in_a_row = 0
        self._succeeded_at = time.monotonic()

    def _failed(self, held: _Held, failure: Failure) -> None:
        if not isinstance(failure, Later):
            self._heard()
        match failure:
            case Unchanged():
                self._arrived(held, None)
            case Gone(reason=reason):
                self._end(held, Outcome(held.parcel, "gone", reason=reason))
            case Moved(chat_id=chat_id):
                self._move(held, chat_id)
            case Vanished(reason=reason):
                if reason not in ("reply", "topic") or not self._once_more_plain(held):
                    self._end(held, Outcome(held.parcel, "vanished", reason=reason))
            case Malformed(description=description):
                if not self._once_more_plain(held) and not self._once_more_with_less(held):
                    log.error("Telegram refuses %s for good: %s", held.parcel.method, description)
                    self._end(held, Outcome(held.parcel, "dead", reason=description))
            case Later():
                self._again(held, failure)
            case _:
                # The token is refused, or the like: nothing that is owed may be lost by it.
                log.error("sending fails: %s", failure)
                self._again(held, Later(LAST_RETRY[Lane.BULK], whole_bot=True, reason=str(failure)))

    def _again(self, held: _Held, failure: Later) -> None:
        """Back to its place in the queue, for later."""
        now = time.monotonic()
        parcel = held.parcel
        held.slow += failure.slow
        delay = self._delay(held)
        if failure.limited or failure.retry_after is not None:
            self.counters["429" if failure.limited else "told_to_wait"] += 1
            wait = failure.retry_after or delay
            if failure.limited and not parcel.addressed:
                # Telegram limits each method by itself, this one for hours: it says nothing of messages.
                delay = wait
            else:
                self._pacer.limited(parcel.chat_id, wait, now, failure.whole_bot)
        # A call that began before another's success says nothing of now: those that hang fail together, long after.
        if not failure.limited and held.begun >= self._succeeded_at:
            self._count_towards_outage(now)
        self._back(held, delay)

    def _count_towards_outage(self, now: float) -> None:
        """When nothing succeeds any more, trying each parcel in turn helps nobody: all wait together, briefly."""
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= OUTAGE and now >= self._pacer.paused_until:
            self._pauses_in_a_row += 1
            self._pacer.pause(now + min(OUTAGE_PAUSE, 0.25 * 2.0 ** min(self._pauses_in_a_row, 10)))
            log.warning("Telegram does not answer: %d failures in a row", self._failures_in_a_row)

    def _once_more_plain(self, held: _Held) -> bool:
        """A text with a formatting mistake, an answer to a message or in a topic that is gone, is still owed: bare."""
        if held.plain:
            return False
        held.plain = True
        bare = plain(held.parcel.data)
        if bare == held.parcel.data:
            return False
        log.error("Telegram refuses the form of a %s; sending it plain", held.parcel.method)
        held.parcel = replace(held.parcel, data=bare)
        self._back(held)
        return True

    def _once_more_with_less(self, held: _Held) -> bool:
        """A picture that is too long, a voice that its reader takes from nobody: what can be sent is still owed."""
        less = lesser(held.parcel)
        if less is None:
            return False
        log.error("Telegram refuses a %s; sending a %s instead", held.parcel.method, less.method)
        held.parcel = less
        self._back(held)
        return True

    def _move(self, held: _Held, chat_id: int) -> None:
        now = time.monotonic()
        self._report(Outcome(held.parcel, "moved", new_chat_id=chat_id))
        self._pacer.done(held.parcel.id, now)
        held.parcel = replace(held.parcel, chat_id=chat_id)
        self._admit(held.parcel, now)

    def _admit(self, parcel: Parcel, now: float) -> None:
        superseded = self._pacer.add(parcel.id, parcel.lane, parcel.chat_id, parcel.replaces, now)
        if superseded is not None:
            self._report(Outcome(self._held[superseded].parcel, "superseded"))

    def _end(self, held: _Held, outcome: Outcome) -> None:
        self._pacer.done(held.parcel.id, time.monotonic())
        self._report(outcome)

    def _report(self, outcome: Outcome) -> None:
        self.counters[outcome.kind] += 1
        self._desk.put(outcome)

    def _settled(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.kind != "moved":
                self._held.pop(outcome.parcel.id, None)
        if not self._held:
            self._idle.set()
