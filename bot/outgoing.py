"""Between the outbox and delivery: what was committed is handed over once, and ends in the database as it ended."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from bot.courier import Courier, is_quick, slip
from bot.parcel import Outcome, Parcel, Unmade
from cases import undelivered, unreachable
from domain.notices import Lane
from storage import outbox
from storage.engine import Database, DatabaseFailure
from storage.outbox import Post
from storage.unit import Unit
from storage.vault import Vault

log = logging.getLogger(__name__)

AT_HAND = 500  # messages that wait in full; of any further one only its place in the queue is held
PAGE = 500  # read at a time after a start
MAKINGS = 5  # that may fail by a mistake of ours or a damaged row before a message is given up

InUnit = Callable[[Callable[[Unit], Awaitable[None]]], Awaitable[None]]
Offer = Callable[[Sequence[Parcel]], None]


class Outgoing:
    """What is owed and not yet delivered. `in_unit` commits what a unit does and hands over what it owes in turn."""

    def __init__(self, db: Database, vault: Vault, courier: Courier, in_unit: InUnit) -> None:
        self._db = db
        self._vault = vault
        self._courier = courier
        self._in_unit = in_unit
        self.offer: Offer = lambda _: None
        # Numbers of messages that delivery has (or is being found the way for), and of those that have ended since.
        self._handed: set[int] = set()
        self._ended: set[int] = set()
        self._background: set[asyncio.Task[None]] = set()
        self._unmade: Counter[int] = Counter()  # how often, and not for want of the storage

    def hand_over(self, posts: Sequence[Post]) -> None:
        """What was just committed. Never raises: what can't be made now is tried again when its turn comes."""
        self._handed.update(post.id for post in posts)
        for post in posts:
            if post.chat is None:
                self._in_background(self._find_the_way(post))
                continue
            self.offer([self._made_now(post) if is_quick(post) and self._at_hand(post) else slip(post)])

    def _at_hand(self, post: Post) -> bool:
        """Whether a message waits in full: few wait, or it must not wait for the database when its turn comes."""
        return post.notice.lane is Lane.URGENT or len(self._handed) - len(self._ended) <= AT_HAND

    def _made_now(self, post: Post) -> Parcel:
        try:
            return self._courier.quick(post)
        except Exception:
            log.exception("message %(message)d could not be made", {"message": post.id})
            return slip(post)  # delivery tries it again, gives it up in the end, and tells of it

    async def resume(self) -> None:
        """Hands over what is owed and nobody has handed over: as after a crash, or from another process's command."""
        # What is handed over while we read may be gone when we look again: it must not be sent twice.
        handed = set(self._handed)
        async with self._db.reading() as tx:
            missing = [number for number in await outbox.waiting(tx) if number not in handed]
        for start in range(0, len(missing), PAGE):
            async with self._db.reading() as tx:
                posts, damaged = await outbox.read(tx, self._vault, missing[start : start + PAGE])
            await self._put_aside(damaged)
            self.hand_over([post for post in posts if post.id not in self._handed])
        self._handed -= self._ended
        self._ended.clear()

    async def make(self, slip: Parcel) -> Parcel | None:
        """The parcel of a message whose turn has come; None when it is not owed any more. Raises what goes wrong."""
        async with self._db.reading() as tx:
            posts, damaged = await outbox.read(tx, self._vault, (slip.id,))
        await self._put_aside(damaged)
        return await self._parcel(posts[0]) if posts else None

    async def _parcel(self, post: Post) -> Parcel | None:
        """What is sent of a message; None when there is no way to anybody.

        Raises what goes wrong; Unmade, once it has gone wrong too often for any reason but want of the storage.
        """
        try:
            parcel = await self._courier.parcel(post)
        except (DatabaseFailure, OSError):
            raise
        except Exception as error:
            log.exception("message %(message)d could not be made", {"message": post.id})
            self._unmade[post.id] += 1
            if self._unmade[post.id] < MAKINGS:
                raise
            del self._unmade[post.id]
            raise Unmade(f"not made: {type(error).__name__}") from error
        self._unmade.pop(post.id, None)
        return parcel

    async def _put_aside(self, damaged: Mapping[int, int]) -> None:
        """Messages whose rows don't open are kept as undelivered, without words, and nothing waits for them."""

        async def move(unit: Unit) -> None:
            undelivered.lost(unit, damaged)
            await outbox.ended(unit.tx, damaged)

        if damaged:
            await self._in_unit(move)
            log.error("messages whose rows do not open were put aside: %s", ", ".join(map(str, damaged)))

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Commits how messages ended. Whoever can't be reached is replaced, what is refused is kept, in one commit."""
        moved = {one.parcel.id: one.new_chat_id for one in outcomes if one.new_chat_id is not None}
        ended = [one for one in outcomes if one.kind != "moved"]
        numbers = [one.parcel.id for one in ended]
        if moved or any(one.kind in ("gone", "dead") for one in ended):
            await self._in_unit(lambda unit: self._unusual(unit, ended, moved))
        else:
            await self._db.run(lambda tx: outbox.ended(tx, numbers))
        self._ended.update(numbers)

    async def _unusual(self, unit: Unit, ended: Sequence[Outcome], moved: dict[int, int]) -> None:
        for number, chat in moved.items():
            await outbox.address_anew(unit.tx, self._vault, number, chat)
        failed = {one.parcel.id: one for one in ended if one.kind in ("gone", "dead")}
        posts, damaged = await outbox.read(unit.tx, self._vault, failed)
        undelivered.lost(unit, damaged)
        for post in posts:
            if failed[post.id].kind == "dead":
                await undelivered.keep(unit, post, failed[post.id].parcel.method, failed[post.id].reason)
        await unreachable.gone(unit, [post for post in posts if failed[post.id].kind == "gone"])
        await outbox.ended(unit.tx, [one.parcel.id for one in ended])

    async def _find_the_way(self, post: Post) -> None:
        """Of a message to a sealed return address."""
        try:
            ended = await self._on_its_way(post)
            if ended is not None:
                await self.settle([ended])
        except Exception:
            log.exception("message %(message)d could not be made ready", {"message": post.id})
            self._handed.discard(post.id)  # `resume` finds it again

    async def _on_its_way(self, post: Post) -> Outcome | None:
        """Offers it; or how it has ended, since there is no way."""
        try:
            parcel = await self._parcel(post)
        except Unmade as error:
            return Outcome(slip(post, 0), "dead", reason=str(error))
        if parcel is None:
            return Outcome(slip(post, 0), "vanished", reason="address")
        self.offer([parcel])
        return None

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """Gives up what is on its way to delivery; it stays owed."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
