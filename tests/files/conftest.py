"""A ward's file desk: a database on each engine, a Telegram over HTTP, a folder, and a fetching that a test starts."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.api import Api
from bot.fetching import Fetching
from domain.clocks import Clocks
from domain.pieces import FileRef
from simulator import Phone, Simulator
from storage import files
from storage.engine import Database, open_database
from storage.files import StoredFile
from storage.outbox import Numbers
from storage.unit import Unit
from storage.vault import Vault
from tests.schema import empty

T = TypeVar("T")
VAULT = Vault(b"a master key for the tests only.")
NOW = datetime(2026, 11, 21, 14, 45, tzinfo=UTC)


class Desk:
    """Orders files as cases do, and hears of their ends."""

    def __init__(self, db: Database, sim: Simulator, api: Api, data: Path) -> None:
        self.db = db
        self.sim = sim
        self.api = api
        self.data = data
        self.folder = data / "files"
        self.lan: Phone = sim.phone("Lan", started=True)
        self.ends: list[tuple[str, str]] = []
        self._news = asyncio.Event()

    async def in_unit(self, work: Callable[[Unit], T]) -> T:
        """Something done in a unit of its own, committed."""
        async with self.db.transaction() as tx:
            unit = Unit(tx, VAULT, NOW, Numbers(), Clocks())
            result = work(unit)
            await unit.flush()
            return result

    async def order(self, kind: str, file_id: str) -> FileRef:
        """A file is to be fetched."""
        return await self.in_unit(lambda unit: unit.files.mint(kind, file_id))

    async def sent(self, kind: str, data: bytes, **more: Any) -> FileRef:
        """Lan sends a file, and it is to be fetched."""
        await getattr(self.lan, f"send_{kind}")(data, **more)
        return await self.order(kind, self.file_id())

    def file_id(self) -> str:
        """Telegram's id of what Lan sent last."""
        message = self.lan.messages[-1]
        [held] = [message[kind] for kind in ("photo", "video", "voice", "audio", "document") if kind in message]
        return str((held[-1] if isinstance(held, list) else held)["file_id"])

    async def drop(self, ref: FileRef) -> None:
        """Nobody needs a file any more."""
        await self.in_unit(lambda unit: unit.files.drop(ref.id))

    async def row(self, ref: FileRef) -> StoredFile | None:
        """How far a file is."""
        async with self.db.reading() as tx:
            return await files.get(tx, VAULT, ref.id)

    async def read(self, ref: FileRef) -> bytes | None:
        """Its clean bytes."""
        return await files.read_file(self.folder, ref)

    async def heard(self, file: str, state: str) -> None:
        """A file has come to its end."""
        self.ends.append((file, state))
        self._news.set()

    async def until(self, ref: FileRef, state: str, times: int = 1, timeout: float = 40.0) -> StoredFile:
        """Waits until a file has come to this end."""
        await self.until_true(lambda: self.ends.count((ref.id, state)) >= times, timeout)
        row = await self.row(ref)
        assert row is not None
        return row

    async def until_true(self, met: Callable[[], bool], timeout: float = 20.0) -> None:
        """Waits for ends of files until something is met."""
        async with asyncio.timeout(timeout):
            while not met():
                self._news.clear()
                await self._news.wait()

    async def until_row(self, ref: FileRef, met: Callable[[StoredFile | None], bool], timeout: float = 20.0) -> None:
        """Looks at a row until something is met."""
        await eventually(self.row_of(ref, met), timeout)

    def row_of(self, ref: FileRef, met: Callable[[StoredFile | None], bool]) -> Callable[[], Awaitable[bool]]:
        """Whether a row is as wanted."""

        async def look() -> bool:
            return met(await self.row(ref))

        return look

    def fetching(self, kind: type[Fetching] = Fetching, **more: Any) -> Fetching:
        """A fetching that is not running yet."""
        return kind(self.db, VAULT, self.api, self.folder, **{"settled": self.heard, "pause": 0.02, **more})

    @asynccontextmanager
    async def running(self, fetching: Fetching | None = None) -> AsyncIterator[Fetching]:
        """A fetching at work; its end must not fail."""
        started, stop = fetching or self.fetching(), asyncio.Event()
        task = asyncio.create_task(started.run(stop))
        try:
            yield started
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)

    def on_disk(self) -> list[Path]:
        """All files with bytes."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def traces(self, *words: bytes) -> list[tuple[str, bytes]]:
        """Which of the words stand in which file of the data folder, database and its log included."""
        written = {path: path.read_bytes() for path in self.data.rglob("*") if path.is_file()}
        return [(path.name, word) for path, data in written.items() for word in words if word in data]


async def eventually(look: Callable[[], Awaitable[bool]], timeout: float = 20.0) -> None:
    """Looks every few milliseconds until something is so."""
    async with asyncio.timeout(timeout):
        while not await look():  # noqa: ASYNC110 - rows and processes send no events
            await asyncio.sleep(0.01)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a SQLite database of this test's own, in the data folder: what is written there is looked for."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / "test.db")
    return f"sqlite:///{data}/test.db"


@pytest.fixture
def postgres_url(postgres_ward: str) -> str:
    """The address of a PostgreSQL database with our tables and no rows."""
    empty(postgres_ward)
    return postgres_ward


@pytest.fixture
async def desk(db_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    db = await open_database(db_url)
    async with Simulator(limits=False, seed=3) as sim:
        api = Api(sim.url, sim.token)
        yield Desk(db, sim, api, data)
        await api.close()
    await db.close()
