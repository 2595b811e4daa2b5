"""Everything that an operator could have wrong, looked at one by one, with how to mend it."""

import errno
import os
import shutil
import socket
import stat
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bot.alarms import tell
from bot.api import Api, Failure, Unauthorized
from bot.asking import ask_running
from bot.installation import real_now
from bot.settings import Settings, mistaken_name
from domain.clocks import ward_day
from domain.errors import Refused
from locales import words
from storage import inbox, meta
from storage.engine import Database, DatabaseFailure, open_database
from storage.failures import code_of
from storage.health import engine_version
from storage.lock import DataLock
from storage.migrate import revisions, version
from storage.people import Contacts, Memberships
from storage.records import Work
from storage.undelivered import UNREADABLE, newest
from storage.url import DatabaseUrl
from storage.vault import open_vault

DISK_NEEDED = 500 * 1024 * 1024  # bytes
# Before it, two connections that write at the same instant may damage the log (`promises.md`): only one of ours does.
SQLITE_SOUND = (3, 51, 3)
LISTED = 20  # messages that could not be delivered, a line each
PATIENCE = 8.0  # seconds for the running process to look at its database


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `wrong` is the refusal whose sentence says what and how to mend it.

    `note` is something to know where nothing is wrong: a key of words, and what they need.
    """

    check: str
    wrong: Refused | None = None
    note: tuple[str, Mapping[str, str]] | None = None

    def as_line(self, language: str) -> str:
        """For people."""
        said = words(language)
        line = f"{'ok  ' if self.wrong is None else 'BAD '} {said.say(f'doctor.{self.check}')}"
        told = self._told(language)
        return line if told is None else f"{line}: {told}"

    def as_row(self) -> dict[str, Any]:
        """For scripts."""
        well = self.wrong is None
        told = self._told("en")
        return {"check": self.check, "ok": well, "reason": None if well else told, "note": told if well else None}

    def _told(self, language: str) -> str | None:
        if self.wrong is not None:
            return words(language).say(f"refused.{self.wrong.code}", **self.wrong.params)
        return None if self.note is None else words(language).say(self.note[0], **self.note[1])

    def packed(self) -> dict[str, Any]:
        """For the control socket."""
        wrong = self.wrong and [self.wrong.code, {name: str(value) for name, value in self.wrong.params.items()}]
        return {"check": self.check, "wrong": wrong, "note": self.note}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Finding":
        """The same on the other side."""
        wrong, note = packed["wrong"], packed["note"]
        refused = None if wrong is None else Refused(wrong[0], **wrong[1])
        return cls(packed["check"], refused, None if note is None else (note[0], note[1]))


@dataclass(frozen=True)
class Findings:
    """The whole examination."""

    all: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.wrong is None for finding in self.all)

    def as_json(self) -> str:
        """A list of `{"check", "ok", "reason", "note"}`."""
        return orjson.dumps([one.as_row() for one in self.all], option=orjson.OPT_INDENT_2).decode()

    def as_text(self, language: str) -> str:
        """A line each."""
        return "\n".join(one.as_line(language) for one in self.all)


async def examine(settings: Settings) -> Findings:
    """Looks at settings, folder, key, database, and Telegram."""
    findings = [Finding("settings", mistaken_name()), Finding("folder", _folder(settings))]
    findings += [Finding("key", _key(settings)), Finding("disk", _disk(settings)), Finding("doors", _doors(settings))]
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


def _doors(settings: Settings) -> Refused | None:
    """Whether the process that serves, or will, can listen where it should. Who serves now may be that process."""
    from bot.web import listen_address, refusal

    served = DataLock(settings.data_dir).owner() is not None
    for address in {settings.health_listen, settings.listen if settings.webhook_url else None} - {None}:
        assert address is not None
        try:
            host, port = listen_address(address)
            family = socket.AF_INET6 if host and ":" in host else socket.AF_INET
            with socket.create_server((host or "", port), family=family):
                pass
        except Refused as refused:
            return refused
        except OSError as error:
            if error.errno != errno.EADDRINUSE or (settings.uses_sqlite and not served):
                return refusal(error, address)
    return None


def _disk(settings: Settings) -> Refused | None:
    folder = settings.data_dir if settings.data_dir.is_dir() else Path()
    free = shutil.disk_usage(folder).free
    return None if free >= DISK_NEEDED else Refused("disk.low", free=free // 2**20, needed=DISK_NEEDED // 2**20)


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    if settings.uses_sqlite and DataLock(settings.data_dir).owner() is not None:
        for finding in await _of_running(settings):
            yield finding
        return
    try:
        if settings.uses_sqlite:
            _there(DatabaseUrl.parse(settings.database_url).path)
        db = await open_database(settings.database_url)
    except Refused as refused:
        yield Finding("database", refused)
        return
    try:
        async for finding in inspect(db, settings):
            yield finding
    finally:
        await db.close()


def _there(path: Path) -> None:
    """Refuses what opening would only make."""
    try:
        path.stat()
    except FileNotFoundError:
        raise Refused("database.not_initialised") from None
    except OSError as error:
        raise Refused("database.unreadable", path=path, reason=error.strerror) from None


async def _of_running(settings: Settings) -> list[Finding]:
    """The running process owns the file: it looks by itself, and says what it has found."""
    try:
        reply = await ask_running(settings.data_dir, "doctor", {}, PATIENCE)
    except Refused as refused:
        return [Finding("database", refused)]
    if reply is None:  # it is just starting or stopping
        return [Finding("database", Refused("control.no_answer"))]
    return [Finding.unpacked(packed) for packed in orjson.loads(reply.out)]


async def inspect(db: Database, settings: Settings) -> AsyncIterator[Finding]:
    """What only an open database can tell."""
    try:
        yield Finding("engine", note=await _engine(db))
        yield Finding("database", await _schema(db, settings))
        yield Finding("clock", await _clock(db))
        for finding in await _left(db, settings):
            yield finding
    except Refused as refused:
        yield Finding("database", refused)
    except DatabaseFailure as failure:
        yield Finding("database", Refused(code_of(failure)))


async def _engine(db: Database) -> tuple[str, Mapping[str, str]]:
    async with db.reading() as tx:
        found = await engine_version(tx, db.dialect)
    old = db.dialect == "sqlite" and tuple(map(int, found.split("."))) < SQLITE_SOUND
    return ("doctor.sqlite_old" if old else f"doctor.version_{db.dialect}"), {"version": found}


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


async def _clock(db: Database) -> Refused | None:
    """Whether it was right when the installation was made: nothing is done by the clock before that day."""
    if await version(db) != revisions()[-1]:
        return None  # said by the check of the database
    async with db.reading() as tx:
        first = await meta.first_day(tx)
    today = ward_day(real_now())
    return None if first is None or first <= today else Refused("clock.ahead", first=first, today=today)


async def _left(db: Database, settings: Settings) -> list[Finding]:
    """Each message that was refused for good or whose row is damaged, newest first, and what nobody could handle.

    And how many people count for nobody, as their rows are damaged.
    """
    if await version(db) != revisions()[-1]:
        return []
    async with db.reading() as tx:
        (count, lost), aside = await newest(tx, LISTED), await inbox.quarantined(tx)
    wrong = [
        Refused(
            "message.damaged" if one.reason == UNREADABLE else "message.undelivered",
            lane=one.lane.name.lower(),
            at=one.at.isoformat(),
            reason=one.reason or "?",
            method=one.method or "?",
            number=one.id,
        )
        for one in lost
    ]
    if count > len(lost):
        wrong.append(Refused("message.undelivered_more", count=count - len(lost)))
    if aside:
        wrong.append(Refused("database.aside", aside=aside))
    wrong += await _people(db, settings)
    return [Finding("undelivered", one) for one in wrong] or [Finding("undelivered")]


async def _people(db: Database, settings: Settings) -> list[Refused]:
    """Looks at everybody, some at a time: nobody waits for it. A wrong key, which opens nobody, is told elsewhere."""
    if await _schema(db, settings) is not None:
        return []
    try:
        vault = open_vault(settings.master_key_file)
    except Refused:
        return []
    unreadable, after = list[str](), ""
    while True:
        async with db.reading() as tx:
            found, last = await Contacts(Work(tx), vault).unreadable(after)
        unreadable += found
        if last is None:
            break
        after = last
    if not unreadable:
        return []
    async with db.reading() as tx:
        memberships = Memberships(Work(tx))
        held = [one for contact in unreadable[:LISTED] for one in await memberships.of(contact)]
    roles = ", ".join(f"{one.role.value} {one.unit}" for one in held)
    return [Refused("people.damaged", count=len(unreadable), roles=roles or "-")]


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
