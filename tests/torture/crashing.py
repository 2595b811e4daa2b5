"""The product that kills itself at a named point: `python -m tests.torture.crashing POINT N`, at the N-th passing.

Everything durable happens in a transaction, and every transaction is opened by one part of the product. So the points
lie around and inside all of them, named after whoever opened one; the product itself knows nothing of it. A point that
nobody passes any more, because a part was renamed or works in another way, is one that a campaign never reaches.
"""

import argparse
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from types import FrameType
from typing import NoReturn

from bot.build import App
from bot.dispatch import Toast
from bot.installation import Bench
from bot.settings import Settings
from storage.engine import Database, Transaction
from storage.unit import Owed
from storage.vault import Vault
from tests.torture.composed import arguments, serve

# Modules, and what their transactions are for.
STEPS = {
    "bot.intake": "intake",
    "bot.webhook": "intake",
    "bot.dispatch": "dispatch",
    "jobs.ticker": "job",
    "bot.desk": "delivery",
    "bot.fetching": "files",
    "bot.control": "command",
}
# asked: what is to be done is known (an update was taken, a message was answered by Telegram, a file lies on the disk)
# and nothing of it is written; begun: the transaction is open; written: all is written and nothing committed;
# committed: it is, and nobody knows (no update is confirmed, no answer has left); offered: delivery has the answers.
POINTS = tuple(
    f"{step}.{place}"
    for step in STEPS.values()
    for place in ("asked", "begun", "written", "committed", "offered")
    if place != "offered" or step in ("dispatch", "job", "command")
)
COMMANDS = tuple(point for point in POINTS if point.startswith("command."))  # only where there is a control socket
DIED_AT = "killed at"


class Fuse:
    """Burns down at one point and ends the process there."""

    def __init__(self, point: str, number: int) -> None:
        assert point in POINTS
        self._point = point
        self._left = number

    def at(self, place: str) -> None:
        """The process passes a place in what it does for one of its parts."""
        if f"{step()}.{place}" == self._point:
            self._left -= 1
            if self._left == 0:
                die_at(self._point)


def die_at(point: str) -> NoReturn:
    """The end of this process, without any farewell but the point's name on stderr."""
    os.write(2, f"{DIED_AT} {point}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("dead processes say nothing")


def step() -> str | None:
    """Which part of the product is at work here: the nearest caller that is one."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        found = STEPS.get(frame.f_globals.get("__name__", ""))
        if found is not None:
            return found
        frame = frame.f_back
    return None


class Passed(Database):
    """A database that passes everything on to another."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self.dialect = database.dialect

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._database.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        async with self._database.reading() as tx:
            yield tx

    async def tidy(self) -> None:
        await self._database.tidy()

    async def forget_order(self) -> list[str]:
        return await self._database.forget_order()

    async def truncate_log(self) -> None:
        await self._database.truncate_log()

    async def close(self) -> None:
        await self._database.close()

    async def _begin(self, *, write: bool) -> Transaction:
        raise AssertionError("transactions are the other database's")

    async def _end(self, tx: Transaction) -> None:
        raise AssertionError("transactions are the other database's")


class Doors(Passed):
    """A database whose transactions pass the points."""

    def __init__(self, database: Database, fuse: Fuse) -> None:
        super().__init__(database)
        self._fuse = fuse

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        self._fuse.at("asked")
        async with self._database.transaction() as tx:
            self._fuse.at("begun")
            yield tx
            self._fuse.at("written")
        self._fuse.at("committed")


class Fragile(App):
    """Opens all its transactions through doors."""

    fuse: Fuse

    def __init__(self, settings: Settings, db: Database, vault: Vault, bench: Bench, first_day: date) -> None:
        doors = Doors(db, self.fuse)
        super().__init__(settings, doors, vault, replace(bench, db=doors), first_day)

    def committed(self, owed: Owed, toasts: Sequence[Toast]) -> None:
        """What was committed is handed to delivery."""
        super().committed(owed, toasts)
        self.fuse.at("offered")


def main() -> int:
    """Serves until the fuse has burnt down."""
    parser = argparse.ArgumentParser(parents=[arguments()])
    parser.add_argument("point", choices=POINTS)
    parser.add_argument("number", type=int)
    args = parser.parse_args()
    Fragile.fuse = Fuse(args.point, args.number)
    return serve(Fragile, args.ahead)


if __name__ == "__main__":
    sys.exit(main())
