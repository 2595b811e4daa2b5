"""From Telegram to sealed clean copies: what waits in `files` is fetched, cleaned in a child process, sealed and kept.

Every step may be done again: a row waits until its bytes are on disk, so a crash between any two steps costs a
repetition and never a file. An outage ends nothing; what can never become a clean copy ends with a reason.
"""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from bot.api import FILE_LIMIT, Api, Failure, Later, Malformed, Vanished
from bot.cleaning import Clean, Unfit
from bot.cleaning.apart import PATIENCE, Died, clean_apart
from domain.pieces import FileRef
from storage import files
from storage.engine import Database, DatabaseFailure, to_the_end
from storage.files import Reason, StoredFile
from storage.vault import Vault

log = logging.getLogger(__name__)
T = TypeVar("T")

# Being cleaned: one core is left to whoever waits for an answer.
CHILDREN = max(1, min(2, (os.cpu_count() or 2) - 1))
AT_ONCE = CHILDREN + 1  # files on their way
TRIES = 5  # that a file may fail by itself: its child died, or Telegram doesn't know it
LAST_PAUSE = 60.0  # seconds between tries at most; four times as long after each failure
LOOK = 30.0  # seconds between looks that nobody asked for
CHUNK = 500

Settled = Callable[[str, str], Awaitable[None]]


class _Shaky(Exception):
    """Perhaps the file's fault: after `TRIES` of them it is given up for `reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class _Lost(Exception):
    """The file's fault, and for ever."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Fetching:
    """Fetches files into `folder` (`DATA_DIR/files`), unlinks those that are gone. Logs ids only.

    `settled` hears of every file that became `ready` or `failed`, once that is committed. `pause`: seconds before a
    first repetition. `patience`: seconds that cleaning one file may take. `clock`: seconds that only go forward.
    """

    def __init__(
        self,
        db: Database,
        vault: Vault,
        api: Api,
        folder: Path,
        *,
        settled: Settled | None = None,
        pause: float = 1.0,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._db = db
        self._vault = vault
        self._api = api
        self._folder = folder
        self._heard = settled
        self._first_pause = pause
        self._patience = patience
        self._clock = clock
        self._due: dict[str, float] = {}  # what waits, first come first served, and when it may be tried
        self._failures: Counter[str] = Counter()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._cleaning = asyncio.Semaphore(CHILDREN)
        self._wake = asyncio.Event()
        self._swept = False

    def wake(self) -> None:
        """Files were ordered or given up, and that is committed."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is on its way then is left for the next start."""
        stopping = asyncio.create_task(self._wake_on(stop))
        try:
            while not stop.is_set():
                self._wake.clear()
                pause = await self._look()
                timer = asyncio.get_running_loop().call_later(pause, self._wake.set)
                try:
                    await self._wake.wait()
                finally:
                    timer.cancel()
        finally:
            stopping.cancel()
            tasks = list(self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _look(self) -> float:
        """Starts and ends what there is to start and end. Returns seconds until there may be more."""
        try:
            if not self._swept:
                await self._sweep()
                self._swept = True
            await self._unlink()
            return await self._start()
        except (DatabaseFailure, OSError) as error:
            # Nothing is lost: rows and bytes are as they were. A disk or database that is full comes back.
            log.error("files wait for the storage: %s", type(error).__name__)
            return self._first_pause

    async def _sweep(self) -> None:
        """Bytes that a crash has left without a ready row go: they will be fetched again, or nobody wants them."""
        names = await asyncio.to_thread(files.stored, self._folder)
        for at in range(0, len(names), CHUNK):
            async with self._db.reading() as tx:
                strangers = await files.strangers(tx, names[at : at + CHUNK])
            for file in strangers:
                await asyncio.to_thread(files.remove_file, self._folder, file)

    async def _unlink(self) -> None:
        while True:
            async with self._db.reading() as tx:
                gone = await files.gone(tx, CHUNK)
            for file in gone:
                if file in self._running:
                    self._running[file].cancel()
            idle = [file for file in gone if file not in self._running]
            for file in idle:
                await asyncio.to_thread(files.remove_file, self._folder, file)
            if idle:
                await self._write(lambda tx, idle=idle: files.forget(tx, idle))
            if len(gone) < CHUNK or not idle:
                return

    async def _start(self) -> float:
        """Starts what is due. Returns seconds until more is; without room something else ends first, which wakes us."""
        room = AT_ONCE - len(self._running)
        if room <= 0:
            return LOOK
        async with self._db.reading() as tx:
            waiting = await files.waiting(tx)
        known = set(waiting)
        # Once: what is due between two looks at the clock would be neither started now nor waited for.
        now = self._clock()
        self._due = {file: at for file, at in self._due.items() if file in known}
        for file in waiting:
            self._due.setdefault(file, now)
        ready = [file for file, at in self._due.items() if at <= now and file not in self._running]
        for file in ready[:room]:
            self._running[file] = asyncio.create_task(self._one(file))
        return min([LOOK, *(at - now for at in self._due.values() if at > now)])

    async def _one(self, file: str) -> None:
        """One file, to its end or to its next try."""
        try:
            await self._treat(file)
            self._failures.pop(file, None)
            self._due.pop(file, None)
        except Failure as error:
            self._again(file, str(error), error.retry_after if isinstance(error, Later) else None)
        except Exception as error:
            # The storage's trouble, or a mistake of ours: the row still waits, so nothing is lost by going on.
            told = {"file": file, "error": type(error).__name__}
            log.error("file %(file)s: %(error)s", told, exc_info=not isinstance(error, OSError))
            self._again(file, type(error).__name__)
        finally:
            self._running.pop(file, None)
            self._wake.set()

    def _again(self, file: str, reason: str, retry_after: float | None = None) -> None:
        failures = self._failures[file] = min(10, self._failures[file] + 1)
        pause = max(retry_after or 0.0, min(LAST_PAUSE, self._first_pause * 4 ** (failures - 1)))
        self._due.pop(file, None)  # at the end of the queue
        self._due[file] = self._clock() + pause
        self.counters["again"] += 1
        told = {"file": file, "seconds": pause, "reason": reason}
        log.info("file %(file)s is tried again in %(seconds).1f s: %(reason)s", told)

    async def _treat(self, file: str) -> None:
        async with self._db.reading() as tx:
            row = await files.get(tx, self._vault, file)
        if row is None or row.state != "waiting" or row.task is None:
            return
        try:
            raw = await self._download(row.task.file_id)
            clean = await self._clean(raw)
        except (_Lost, Unfit) as lost:
            await self._give_up(row, lost.reason)
        except _Shaky as shaky:
            if row.tries + 1 < TRIES:
                await self._write(lambda tx: files.tried(tx, file, row.tries + 1))
                raise Later(reason=f"{shaky.reason}, try {row.tries + 1}") from None
            await self._give_up(row, shaky.reason)
        else:
            await self._keep(FileRef(id=file, kind=row.kind, key=row.task.key), clean)
            await self._done(row, clean)

    async def _download(self, file_id: str) -> bytes:
        """The bytes as they were sent."""
        try:
            told = await self._api.call("getFile", {"file_id": file_id})
            path, size = told.get("file_path"), told.get("file_size")
            if isinstance(size, int) and size > FILE_LIMIT:
                raise _Lost("too_big")
            if not isinstance(path, str):
                raise _Shaky("vanished")
            return await self._api.download(path)
        except Malformed as error:
            # Telegram says no other than by words. All else that it refuses may be "temporarily unavailable".
            too_big = "too big" in error.description or "more than" in error.description
            raise _Lost("too_big") if too_big else _Shaky("vanished") from None
        except Vanished:
            raise _Shaky("vanished") from None

    async def _clean(self, raw: bytes) -> Clean:
        """A clean copy of them."""
        async with self._cleaning:
            try:
                return await clean_apart(raw, self._patience)
            except Died:
                raise _Shaky("broken") from None

    async def _keep(self, ref: FileRef, clean: Clean) -> None:
        """The copy is sealed and on disk; a thread that writes can't be called off, so it is waited for."""
        await to_the_end(asyncio.to_thread(files.write_file, self._folder, ref, clean.data))

    async def _done(self, row: StoredFile, clean: Clean) -> None:
        """The row says so, and forgets what fetching needed."""
        if await self._write(lambda tx: files.ready(tx, row.id, clean.media, len(clean.data))):
            await self._tell(row.id, "ready")
        else:  # given up meanwhile
            await to_the_end(asyncio.to_thread(files.remove_file, self._folder, row.id))

    async def _give_up(self, row: StoredFile, reason: Reason) -> None:
        if await self._write(lambda tx: files.failed(tx, row.id, reason)):
            log.info("file %(file)s has no clean copy: %(reason)s", {"file": row.id, "reason": reason})
            await self._tell(row.id, "failed")

    async def _tell(self, file: str, state: str) -> None:
        self.counters[state] += 1
        if self._heard is not None:
            await self._heard(file, state)

    async def _write(self, work: Callable[..., Awaitable[T]]) -> T:
        return await self._db.run(work)
