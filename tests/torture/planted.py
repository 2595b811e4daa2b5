"""A planted defect, as a process: updates are confirmed first and committed a moment later, as many bots do.

`python -m tests.torture.planted` serves like `python -m bot run`. The audit must find what it loses.
"""

import asyncio
from collections.abc import Sequence

from bot.build import App
from tests.torture.composed import serve

MOMENT = 0.1  # seconds that updates spend in memory only


class Hasty(App):
    """Says yes before it has written anything down."""

    _writing: frozenset[asyncio.Task[None]] = frozenset()

    async def accept(self, updates: Sequence[tuple[int, bytes]]) -> None:
        """Returns at once; the commit follows."""
        self._writing = frozenset(task for task in self._writing if not task.done())
        self._writing |= {asyncio.create_task(self._commit_later(updates))}

    async def _commit_later(self, updates: Sequence[tuple[int, bytes]]) -> None:
        await asyncio.sleep(MOMENT)
        await super().accept(updates)


if __name__ == "__main__":
    serve(Hasty)
