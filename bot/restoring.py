"""Putting a backup back from the command line, while nobody serves."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.build import own_server
from bot.installation import owned, real_now
from bot.installing import make_folder
from bot.settings import Settings
from locales import words
from storage.restore import Place, restore
from storage.url import DatabaseUrl
from storage.vault import open_vault


async def put_back(settings: Settings, archive: Path) -> str:
    """Restores an archive and says where what was there lies now.

    Raises Refused: a process serves, the key doesn't fit, the archive is damaged or newer; then nothing has changed.
    """
    vault = open_vault(settings.master_key_file)
    make_folder(settings.data_dir)
    said = words(settings.operator_language)
    async with _alone(settings):
        place = Place(DatabaseUrl.parse(settings.database_url), settings.data_dir, vault.check_value())
        meter = _Meter()
        try:
            aside = restore(place, archive, real_now(), meter.show)
        finally:
            meter.end()
    if aside is None:
        return said.say("operator.restored", rows=meter.rows)
    return said.say("operator.restored_aside", rows=meter.rows, path=aside)


@asynccontextmanager
async def _alone(settings: Settings) -> AsyncIterator[None]:
    async with owned(settings), own_server(settings):
        yield


class _Meter:
    """Shows on a terminal how far it is."""

    def __init__(self, write: Callable[[str], object] = sys.stderr.write) -> None:
        self.rows = 0
        self._shown = 0
        self._write = write

    def show(self, rows: int) -> None:
        self.rows = max(self.rows, rows)
        if sys.stderr.isatty() and rows - self._shown >= 20_000:
            self._shown = rows
            self._write(f"\r{rows:,} …")
            sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            self._write("\r\033[K")
