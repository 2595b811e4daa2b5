"""The first step of an installation: folders, key, schema; harmless when repeated."""

import os
from pathlib import Path

from bot.installation import Now, owned
from bot.settings import Settings
from domain.clocks import ward_day
from domain.errors import Refused
from storage import meta
from storage.engine import open_database
from storage.migrate import migrate
from storage.vault import create_master_key, open_vault


async def install(settings: Settings, now: Now) -> None:
    """Makes what is missing: data folder, master key, schema.

    Raises Refused when the folder can't be written, or when there is a database whose key is gone: a new key would
    not open it.
    """
    make_folder(settings.data_dir)
    async with owned(settings):
        await migrate(settings.database_url, backups=settings.data_dir / "backups", now=now())
        db = await open_database(settings.database_url)
        try:
            async with db.reading() as tx:
                known = await meta.get(tx, meta.KEY_CHECK)
            if known is None:
                create_master_key(settings.master_key_file)
            vault = open_vault(settings.master_key_file)
            if known not in (None, vault.check_value()):
                raise Refused("key.other", path=settings.master_key_file)
            async with db.transaction() as tx:
                await meta.put(tx, meta.KEY_CHECK, vault.check_value())
                if await meta.first_day(tx) is None:
                    await meta.put(tx, meta.FIRST_DAY, ward_day(now()).isoformat())
        finally:
            await db.close()


def make_folder(folder: Path) -> None:
    """The data folder, readable by its owner only. Raises Refused when it can't be made or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refused("folder.unwritable", path=folder, reason=error.strerror) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refused("folder.unwritable", path=folder, reason="permission denied")
