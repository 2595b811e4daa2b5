"""Everything that an operator could have wrong, looked at one by one, with how to mend it."""

import os
import shutil
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from bot.alarms import tell
from bot.api import Api, Failure, Unauthorized
from bot.settings import Settings
from domain.errors import Refused
from locales import words
from storage import inbox, meta, outbox
from storage.engine import Database, open_database
from storage.lock import DataLock
from storage.migrate import revisions, version
from storage.url import DatabaseUrl
from storage.vault import open_vault

DISK_NEEDED = 500 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `wrong` is the refusal whose sentence says what and how to mend it."""

    check: str
    wrong: Refused | None = None


@dataclass(frozen=True)
class Findings:
    """The whole examination."""

    all: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.wrong is None for finding in self.all)

    def as_json(self) -> str:
        """A list of `{"check", "ok", "reason"}`."""
        rows = [
            {
                "check": one.check,
                "ok": one.wrong is None,
                "reason": None if one.wrong is None else _said(one.wrong, "en"),
            }
            for one in self.all
        ]
        return orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode()

    def as_text(self, language: str) -> str:
        """A line each."""
        return "\n".join(
            f"{'ok  ' if one.wrong is None else 'BAD '} {words(language).say(f'doctor.{one.check}')}"
            + ("" if one.wrong is None else f": {_said(one.wrong, language)}")
            for one in self.all
        )


async def examine(settings: Settings) -> Findings:
    """Looks at settings, folder, key, database, and Telegram."""
    findings = [Finding("folder", _folder(settings)), Finding("key", _key(settings)), Finding("disk", _disk(settings))]
    findings += [finding async for finding in _database(settings)]
    findings += [Finding("alarms", await _alarms(settings)), Finding("telegram", await _telegram(settings))]
    return Findings(tuple(findings))


def _folder(settings: Settings) -> Refused | None:
    if not settings.data_dir.is_dir():
        return Refused("database.not_initialised")
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        return Refused("folder.unwritable", path=settings.data_dir, reason="permission denied")
    return None


def _key(settings: Settings) -> Refused | None:
    try:
        open_vault(settings.master_key_file)
    except Refused as refused:
        return refused
    if settings.master_key_file.resolve().is_relative_to(settings.data_dir.resolve()):
        return Refused("key.beside_data", path=settings.master_key_file)
    if settings.master_key_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Refused("key.open_to_all", path=settings.master_key_file)
    return None


def _disk(settings: Settings) -> Refused | None:
    folder = settings.data_dir if settings.data_dir.is_dir() else Path()
    free = shutil.disk_usage(folder).free
    return None if free >= DISK_NEEDED else Refused("disk.low", free=free // 2**20, needed=DISK_NEEDED // 2**20)


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    if settings.uses_sqlite and DataLock(settings.data_dir).owner() is not None:
        # The running process owns the file; that it answers is seen by its health endpoint and its commands.
        yield Finding("database")
        return
    if settings.uses_sqlite and not DatabaseUrl.parse(settings.database_url).path.exists():
        yield Finding("database", Refused("database.not_initialised"))
        return
    try:
        db = await open_database(settings.database_url)
    except Refused as refused:
        yield Finding("database", refused)
        return
    try:
        yield Finding("database", await _schema(db, settings))
        yield Finding("undelivered", await _left(db))
    except Refused as refused:
        yield Finding("database", refused)
    finally:
        await db.close()


async def _schema(db: Database, settings: Settings) -> Refused | None:
    found = await version(db)
    if found is None:
        return Refused("database.not_initialised")
    if found != revisions()[-1]:
        return Refused("database.behind", found=found, known=revisions()[-1])
    async with db.reading() as tx:
        known = await meta.get(tx, meta.KEY_CHECK)
    try:
        vault = open_vault(settings.master_key_file)
    except Refused:
        return None  # said by the check of the key
    return None if known == vault.check_value() else Refused("key.other", path=settings.master_key_file)


async def _left(db: Database) -> Refused | None:
    if await version(db) is None:
        return None
    async with db.reading() as tx:
        dead, aside = await outbox.dead_count(tx), await inbox.quarantined(tx)
    return None if not dead and not aside else Refused("database.left_over", dead=dead, aside=aside)


async def _alarms(settings: Settings) -> Refused | None:
    strange = await tell(settings.alarm_ways, "", None) if settings.alarm_ways else []
    return Refused("alarms.not_understood", count=len(strange)) if strange else None


async def ring(settings: Settings) -> None:
    """A test alarm by every way. Raises Refused when there is none, or one did not take it."""
    if not settings.alarm_ways:
        raise Refused("alarms.none")
    said = words(settings.operator_language)
    deaf = await tell(settings.alarm_ways, said.say("alarm.test", name="An Phường"), said.say("alarm.trial"))
    if deaf:
        raise Refused("alarms.not_told", count=len(deaf))


async def _telegram(settings: Settings) -> Refused | None:
    if not settings.bot_token.get_secret_value():
        return Refused("telegram.no_token")
    try:
        api = Api(settings.telegram_api_url, settings.bot_token.get_secret_value(), settings.telegram_proxy)
        try:
            await api.call("getMe", timeout=10.0)
        finally:
            await api.close()
    except Unauthorized:
        return Refused("telegram.token")
    except Refused as refused:
        return refused
    except Failure as error:
        return Refused("telegram.unreachable", reason=error)
    return None


def _said(refused: Refused, language: str) -> str:
    return words(language).say(f"refused.{refused.code}", **refused.params)
