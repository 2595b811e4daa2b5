"""Backups of a running installation: by hand, and every night, of which the newest seven stay."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from domain.errors import Refused
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
        """The same where somebody says; what is there and is no backup of ours is left alone."""
        await asyncio.to_thread(_check, target)
        await self.make(target, progress)

    async def of_night(self, day: date) -> None:
        """The backup after a day; older nights than the last seven go."""
        folder = self._settings.data_dir.resolve() / "backups"
        await self.make(folder / NIGHT.format(day=day.isoformat()))
        for old in sorted(folder.glob(NIGHT.format(day="*")))[:-KEPT]:
            old.unlink()


def _check(target: Path) -> None:
    from storage.archive import head_of

    if not target.parent.is_dir():
        raise Refused("file.unwritable", path=target, reason="no such folder")
    if target.exists() and head_of(target) is None:
        raise Refused("backup.in_the_way", path=target)
