"""An opened installation: database, keys, clock. Every command works on one; what serves is built on it (`bot.build`).

Only here is the real clock taken. Nothing of Telegram is imported: most commands never speak to it, and its libraries
take half the time of one.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from bot.backups import Backups
from bot.failures import Failure, Unauthorized
from bot.settings import Settings
from domain.clocks import Clocks, ward_day
from domain.errors import Refused
from jobs.ticker import Ticker
from reports.painter import Painter
from storage import meta, outbox
from storage.engine import Database, DatabaseFailure, Transaction, open_database
from storage.lock import DataLock
from storage.migrate import migrate
from storage.outbox import Numbers
from storage.unit import Owed, Unit
from storage.vault import Vault, open_vault

if TYPE_CHECKING:
    from bot.api import Api

log = logging.getLogger(__name__)
T = TypeVar("T")
Now = Callable[[], datetime]


def real_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Bench:
    """What units are made of in this process."""

    db: Database
    vault: Vault
    numbers: Numbers
    clocks: Clocks
    now: Callable[[], datetime]

    def unit(self, tx: Transaction) -> Unit:
        """A unit of work in a transaction, now."""
        return Unit(tx, self.vault, self.now(), self.numbers, self.clocks)


class Installation:
    """What `init` has made, opened. What it owes stays in the outbox, for the process that serves."""

    def __init__(self, settings: Settings, db: Database, vault: Vault, bench: Bench, first_day: date) -> None:
        self.settings = settings
        self.first_day = first_day
        self.db = db
        self.vault = vault
        self.bench = bench
        self.painter = Painter()
        self.backups = Backups(settings, db, bench.now)
        chores = {"forget_order": self._forget_order, "backup": self.backups.of_night}
        self.ticker = Ticker(self.in_unit, self.read, first_day, chores)

    @cached_property
    def api(self) -> "Api":
        """Telegram."""
        from bot.api import Api

        return Api(
            self.settings.telegram_api_url, self.settings.bot_token.get_secret_value(), self.settings.telegram_proxy
        )

    def owes(self, owed: Owed) -> None:
        """What was just committed leaves this to do."""

    async def in_unit(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs something in a unit and commits it; what it owes then is left to `owes`."""

        async def act(tx: object) -> tuple[T, Owed]:
            unit = self.bench.unit(tx)  # type: ignore[arg-type]
            result = await work(unit)
            await unit.flush()
            return result, unit.owed()

        result, owed = await self.db.run(act)
        self.owes(owed)
        return result

    async def read(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs something that only reads."""
        async with self.db.reading() as tx:
            return await work(self.bench.unit(tx))

    async def username(self) -> str:
        """The bot's name for links, from Telegram or as it was last known."""
        if not self.settings.bot_token.get_secret_value():
            raise Refused("telegram.no_token")
        try:
            me = await self.api.call("getMe", timeout=10.0)
        except Unauthorized:
            raise Refused("telegram.token") from None
        except Failure as error:
            async with self.db.reading() as tx:
                known = await meta.get(tx, "username")
            if known is None:
                raise Refused("telegram.unreachable", reason=str(error)) from None
            return known
        name = str(me["username"])
        await self.db.run(lambda tx: meta.put(tx, "username", name))
        return name

    async def _forget_order(self, _: date) -> None:
        """What can't be done this night is done in the next one, and keeps no other chore waiting."""
        try:
            busy = await self.db.forget_order()
        except DatabaseFailure as error:
            log.error("tables keep their order until the next night: %s", error)
            return
        if busy:
            log.warning("tables in use keep their order until the next night: %s", ", ".join(busy))

    async def close(self) -> None:
        """Lets go of network and database."""
        await self.ticker.close()
        await self.painter.close()
        if "api" in self.__dict__:
            await self.api.close()
        await self.db.close()


Kind = TypeVar("Kind", bound=Installation)


@asynccontextmanager
async def opened(
    kind: type[Kind], settings: Settings, now: Now = real_now, clocks: Clocks | None = None
) -> AsyncIterator[Kind]:
    """Opens an installation that `init` has made, as its only owner on SQLite.

    `kind`: as what it is opened, to serve or for a command.

    Raises Refused: another process owns it, the key is missing or another one, the schema is newer, the folder can't
    be written.
    """
    async with owned(settings):
        vault = open_vault(settings.master_key_file)
        await migrate(settings.database_url, backups=settings.data_dir / "backups", now=now())
        db = await open_database(settings.database_url)
        try:
            async with db.reading() as tx:
                first_day = await meta.first_day(tx)
                checked = await meta.get(tx, meta.KEY_CHECK)
                last = await outbox.last_number(tx, ward_day(now()))
            if first_day is None or checked is None:
                raise Refused("database.not_initialised")
            if checked != vault.check_value():
                raise Refused("key.other", path=settings.master_key_file)
            bench = Bench(db, vault, Numbers(last), clocks or Clocks(), now)
            app = kind(settings, db, vault, bench, first_day)
        except BaseException:
            await db.close()
            raise
        try:
            yield app
        finally:
            await app.close()


@asynccontextmanager
async def owned(settings: Settings) -> AsyncIterator[None]:
    """On SQLite the data folder is ours alone; on PostgreSQL only serving is (see `own_server`)."""
    if not settings.uses_sqlite:
        yield
        return
    lock = DataLock(settings.data_dir)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()
