"""The product that kills itself at a named point: `python -m tests.torture.crashing POINT N`, at the N-th passing.

The points lie between every two steps of a message on its way in and out.
"""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from bot.build import App
from bot.dispatch import Bench, Toast
from bot.parcel import Outcome
from storage.engine import Transaction
from storage.outbox import Post
from storage.records import Records
from storage.unit import Unit
from tests.torture.composed import serve

POINTS = (
    "taken",  # an update was taken from Telegram, nothing is written
    "kept",  # it is committed to the inbox, not confirmed
    "begun",  # the transaction that handles it is open, nothing is changed
    "written",  # its effects and answers are written, not committed
    "handled",  # they are committed, no answer has left
    "offered",  # answers are handed to delivery
    "sent",  # Telegram has them, the outbox does not know
    "settled",  # the outbox knows
)


class Fuse:
    """Burns down at one point and ends the process there, without any farewell."""

    def __init__(self, point: str, number: int) -> None:
        assert point in POINTS
        self._point = point
        self._left = number

    def at(self, point: str) -> None:
        """The process passes a point."""
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


FUSE = Fuse(sys.argv[1], int(sys.argv[2])) if __name__ == "__main__" else Fuse("taken", 0)


class Fragile(App):
    """Passes the points on the way in and out."""

    async def accept(self, updates: Sequence[tuple[int, bytes]]) -> None:
        FUSE.at("taken")
        await super().accept(updates)
        FUSE.at("kept")

    def committed(self, posts: Sequence[Post], toasts: Sequence[Toast]) -> None:
        FUSE.at("handled")
        super().committed(posts, toasts)
        FUSE.at("offered")

    async def _settle(self, outcomes: Sequence[Outcome]) -> None:
        FUSE.at("sent")
        await super()._settle(outcomes)
        FUSE.at("settled")


class FragileUnit(Unit):
    """Passes the point between writing and committing."""

    async def flush(self, *only: Records[Any, Any]) -> None:
        await super().flush(*only)
        if not only:
            FUSE.at("written")


class FragileBench(Bench):
    """Makes such units."""

    def unit(self, tx: Transaction) -> Unit:
        FUSE.at("begun")
        return FragileUnit(tx, self.vault, self.now(), self.numbers, self.clocks)


def fragile(bench: Bench) -> Bench:
    """The same workbench with points."""
    return FragileBench(**{field.name: getattr(bench, field.name) for field in fields(bench)})


if __name__ == "__main__":
    serve(Fragile, fragile)
