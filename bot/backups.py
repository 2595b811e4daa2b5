"""Backups of a running installation: by hand, and every night, of which the newest seven stay."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from domain.errors import Refused
from storage import meta
from storage.engine import Database
from storage.health import backed_up
from storage.records import to_ms

if TYPE_CHECKING:  # what reads and writes archives takes a megabyte, once a night
    from storage.backup import Progress

KEPT = 7
NIGHT = "night-{day}.anphuong"


class Backups:
    """Makes one backup at a time. `failed`: the last one did; `busy`: one is being made just now."""

    def __init__(self, settings: Settings, db: Database, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._db = db
        self._now = now
        self._turn = asyncio.Lock()
        self.failed = False

    @property
    def busy(self) -> bool:
        """While one is made a reader keeps the database's log: nobody should wait for it to be emptied."""
        return self._turn.locked()

    async def make(self, target: Path, progress: "Progress" = lambda done: None) -> None:
        """Writes a backup to an absolute path. Raises Refused, and then an older file of that name is as it was."""
        from storage.backup import Order, back_up

        data = self._settings.data_dir
        async with self._turn:
            now = self._now()
            order = Order(
                url=self._settings.database_url,
                target=target,
                files=data / "files",
                others=(data / "backups",),
                made_at=to_ms(now) or 0,
            )
            self.failed = True
            await back_up(order, progress)
            self.failed = False
        await self._db.run(lambda tx: backed_up(tx, now))

    async def by_hand(self, target: Path, progress: "Progress" = lambda done: None) -> None:
        """The same where somebody says; what is there and is no backup of this installation is left alone."""
        async with self._db.reading() as tx:
            known = await meta.get(tx, meta.KEY_CHECK)
        await asyncio.to_thread(_check, target, known)
        await self.make(target, progress)

    async def of_night(self, day: date) -> None:
        """The backup after a day; older nights than the last seven go."""
        folder = self._settings.data_dir.resolve() / "backups"
        newest = folder / NIGHT.format(day=day.isoformat())
        await self.make(newest)
        # Whatever its day: it alone holds keys.
        for old in sorted(set(folder.glob(NIGHT.format(day="*"))) - {newest})[: 1 - KEPT]:
            old.unlink()


def _check(target: Path, key_check: str | None) -> None:
    from storage.archive import head_of

    if not target.parent.is_dir():
        raise Refused("file.unwritable", path=target, reason="no such folder")
    head = head_of(target)
    if target.exists() and (head is None or head.key_check != key_check):
        raise Refused("backup.in_the_way", path=target)
