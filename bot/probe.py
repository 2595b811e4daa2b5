"""Whether the database can be written just now: what only reads looks well on a full disk, and behind a lock."""

import asyncio
import secrets

from storage import meta
from storage.engine import Database, DatabaseFailure
from storage.failures import code_of

PATIENCE = 2.0  # seconds that somebody who asks waits for a database that may be locked
ROW = "probe"


class Probe:
    """Writes one small row whenever somebody asks, and never twice at the same time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._looking: asyncio.Task[str | None] | None = None

    async def wrong(self) -> str | None:
        """The code of what is wrong; None when a row could be written."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await asyncio.wait({self._looking}, timeout=PATIENCE)
        # Still not there: somebody holds it, and has for longer than anything of ours takes.
        return self._looking.result() if self._looking.done() else "database.busy"

    async def _look(self) -> str | None:
        try:
            async with self._db.transaction() as tx:
                # Never the same value: what does not change is not written.
                await meta.put(tx, ROW, secrets.token_hex(4))
        except DatabaseFailure as failure:
            return code_of(failure)
        return None
