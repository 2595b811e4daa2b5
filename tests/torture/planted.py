"""Planted defects, as processes: `python -m tests.torture.planted NAME` serves like `python -m bot run`, but wrongly.

The audit must find what each of them does.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any, cast

from bot.build import App
from bot.dispatch import Toast
from bot.installation import Bench
from bot.settings import Settings
from storage import outbox
from storage.engine import Database, Transaction
from storage.unit import Owed
from storage.vault import Vault
from tests.torture.composed import arguments, serve
from tests.torture.crashing import Passed, die_at

GAP = "gap"  # between two steps that should be one: there a process with a defect dies
MOMENT = 0.2  # seconds in which a confirmation surely leaves


class Planted(App):
    """Does everything in a spoilt database."""

    left = 0  # passings of the gap until it dies there; 0: it doesn't

    def __init__(self, settings: Settings, db: Database, vault: Vault, bench: Bench, first_day: date) -> None:
        spoilt = self.spoilt(db)
        super().__init__(settings, spoilt, vault, replace(bench, db=spoilt), first_day)

    def spoilt(self, db: Database) -> Database:
        """The database with the defect, if it lies there."""
        return db

    @staticmethod
    def passes_gap() -> None:
        """One step is done, the other is not."""
        Planted.left -= 1
        if Planted.left == 0:
            die_at(GAP)


class ConfirmsFirst(Planted):
    """Says yes to Telegram before it has written anything down, as many bots do: updates are lost."""

    _writing: frozenset[asyncio.Task[None]] = frozenset()

    async def accept(self, updates: Sequence[tuple[int, bytes]]) -> None:
        """Returns at once; the commit follows."""
        self._writing = frozenset(task for task in self._writing if not task.done())
        self._writing |= {asyncio.create_task(self._commit_later(updates))}

    async def _commit_later(self, updates: Sequence[tuple[int, bytes]]) -> None:
        await asyncio.sleep(MOMENT)
        self.passes_gap()
        await super().accept(updates)


class ForgetsFirst(Planted):
    """Deletes what it owes and sends it then: answers, alerts and summaries are lost."""

    _sending: frozenset[asyncio.Task[None]] = frozenset()

    def committed(self, owed: Owed, toasts: Sequence[Toast]) -> None:
        """The rows go before anything has left."""
        self._sending = frozenset(task for task in self._sending if not task.done())
        self._sending |= {asyncio.create_task(self._send_later(owed, toasts))}

    async def _send_later(self, owed: Owed, toasts: Sequence[Toast]) -> None:
        if owed.posts:
            await self.db.run(lambda tx: outbox.ended(tx, [post.id for post in owed.posts]))
            self.passes_gap()
        super().committed(owed, toasts)


class MarksAfter(Planted):
    """Commits the effects of updates, then that they are handled: a crash in between doubles them."""

    def spoilt(self, db: Database) -> Database:
        """Marks come late."""
        return Apart(db)


class MarksFirst(Planted):
    """Commits that updates are handled, then their effects: a crash in between loses them."""

    def spoilt(self, db: Database) -> Database:
        """Nobody else marks them."""
        return Unmarked(db)

    async def accept(self, updates: Sequence[tuple[int, bytes]]) -> None:
        """What is taken is done."""
        await super().accept(updates)
        sql = "UPDATE inbox SET body = NULL, received_at = NULL, state = :done WHERE update_id = :id"
        await self.db.run(lambda tx: tx.execute_many(sql, [{"id": number, "done": "done"} for number, _ in updates]))
        self.passes_gap()


class Forgetful(Planted):
    """Forgets which updates it has handled: one that comes again is handled again, without any crash."""

    def spoilt(self, db: Database) -> Database:
        """Handled updates leave no trace."""
        return Oblivious(db)


class Marks:
    """A transaction in which handled updates are not marked: their numbers are collected instead."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.taken: list[Mapping[str, Any]] = []
        self.sql = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    async def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """As the transaction does, but for one statement."""
        if "UPDATE inbox" not in sql or "'done'" not in sql:
            return await self._tx.execute_many(sql, rows)
        self.sql = sql
        self.taken += rows
        return len(rows)


class Apart(Passed):
    """Marks handled updates after their effects are committed."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._database.transaction() as tx:
            marks = Marks(tx)
            yield cast(Transaction, marks)
        if marks.taken:
            Planted.passes_gap()
            async with self._database.transaction() as tx:
                await tx.execute_many(marks.sql, marks.taken)


class Unmarked(Passed):
    """Marks nothing."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._database.transaction() as tx:
            yield cast(Transaction, Marks(tx))


class Oblivious(Passed):
    """Deletes handled updates before it looks whether new ones are known."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._database.transaction() as tx:
            await tx.execute("DELETE FROM inbox WHERE state = 'done'")
            yield tx


DEFECTS: dict[str, type[Planted]] = {
    kind.__name__: kind for kind in (ConfirmsFirst, ForgetsFirst, MarksAfter, MarksFirst, Forgetful)
}


def main() -> int:
    """Serves until SIGTERM, or until it dies at the N-th passing of its gap."""
    parser = argparse.ArgumentParser(parents=[arguments()])
    parser.add_argument("defect", choices=DEFECTS)
    parser.add_argument("number", type=int, nargs="?", default=0)
    args = parser.parse_args()
    Planted.left = args.number
    return serve(DEFECTS[args.defect], args.ahead)


if __name__ == "__main__":
    sys.exit(main())
