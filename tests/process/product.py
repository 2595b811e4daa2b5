"""An installation that is driven as an operator would: through `python -m bot`, environment variables and signals."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.asking import Reply, ask_running
from bot.build import open_app
from bot.commands import COMMANDS
from bot.settings import Settings
from simulator.server import TOKEN
from tests.process.forks import Forked, Forks

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds for anything that should take one
SERVING = "serving by"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def complaints(self) -> list[str]:
        """What stderr says, line by line."""
        return self.err.splitlines()


class Product:
    """Where an installation lives and what its environment says; `folder` is also the working folder.

    With `forks`, everything but `run` is forked instead of started. `before` is another program that starts it.
    """

    forks: Forks | None = None
    before: tuple[str, ...] = ()

    def __init__(self, folder: Path, telegram: str = "http://127.0.0.1:1", **settings: str) -> None:
        self.folder = folder
        self.settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": f"sqlite:///{folder}/data/anphuong.db",
            "MASTER_KEY_FILE": str(folder / "keys" / "master.key"),
            **settings,
        }

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.settings["DATA_DIR"])

    @property
    def key(self) -> Path:
        """The master key's file."""
        return Path(self.settings["MASTER_KEY_FILE"])

    async def start(self, *args: str, module: str = "bot", **settings: str) -> "Running":
        """Starts a command; `settings` override the installation's. Nothing else of our environment is passed on."""
        known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        env = {**known, "PYTHONPATH": str(ROOT), **self.settings, **settings}
        if self.forks is not None and args[:1] != ("run",) and not self.before:
            return Running(await self.forks.start(module, args, self.folder, env))
        process = await asyncio.create_subprocess_exec(
            *(*self.before, sys.executable, "-m", module, *args),
            cwd=self.folder,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return Running(process)

    async def command(self, *args: str, **settings: str) -> Done:
        """Runs a command to its end."""
        running = await self.start(*args, **settings)
        return await running.done()

    async def asked(self, command: str, **args: str) -> Reply:
        """What a command is answered while somebody serves, without the time that a process takes to start.

        Raises ConnectionError when nobody serves an installation on SQLite, and what the command refuses.
        """
        settings = Settings(_env_file=None, **{name.lower(): value for name, value in self.settings.items()})  # type: ignore[arg-type]
        if not settings.uses_sqlite:
            async with open_app(settings) as app:
                return await COMMANDS[command](app, args)
        reply = await ask_running(settings.data_dir, command, args)
        if reply is None:
            raise ConnectionError("nobody serves")
        return reply

    async def install(self) -> None:
        """`init --sample`."""
        done = await self.command("init", "--sample")
        assert done.code == 0, done

    @asynccontextmanager
    async def serving(self, **settings: str) -> AsyncIterator["Running"]:
        """`run`, from serving to its end by SIGTERM, which must be an orderly one."""
        running = await self.start("run", **settings)
        try:
            await running.until(SERVING)
            yield running
            assert await running.stop() == 0, running.said
        finally:
            await running.kill()


class Running:
    """A process of the product; what it writes is kept from its first line on."""

    def __init__(self, process: asyncio.subprocess.Process | Forked) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.born = time.monotonic()
        self.forked = isinstance(process, Forked)
        self._process = process
        self._out: list[bytes] = []
        self._err: list[bytes] = []
        self._news = asyncio.Condition()
        self._ends = 0  # streams that have ended
        self._reading = asyncio.gather(self._read(process.stdout, self._out), self._read(process.stderr, self._err))

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def said(self) -> str:
        """Its stderr so far."""
        return b"".join(self._err).decode()

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    async def until(self, words: str, patience: float = PATIENCE) -> float:
        """Waits until stderr contains `words`; returns the seconds since the start."""
        seconds = await self.until_said_or_ended(words, patience)
        assert words in self.said, f"it never said {words!r} but:\n{self.said}"
        return seconds

    async def until_said_or_ended(self, words: str, patience: float = PATIENCE) -> float:
        """The same, but an end will do too."""
        async with asyncio.timeout(patience), self._news:
            await self._news.wait_for(lambda: words in self.said or self._ends == 2)
        return time.monotonic() - self.born

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless it has ended."""
        if self.alive:
            # Not `send_signal`: it looks whether the process has ended, and takes its exit code from under the loop.
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def ended(self) -> None:
        """Waits until it is gone, however it ends."""
        await self._process.wait()

    async def done(self, patience: float = PATIENCE) -> Done:
        """Its end."""
        try:
            async with asyncio.timeout(patience):
                code = await self._process.wait()
                await self._reading
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"it did not end in {patience} s:\n{self.said}") from None
        return Done(code, b"".join(self._out).decode(), self.said)

    async def stop(self, patience: float = PATIENCE) -> int:
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        return (await self.done(patience)).code

    async def kill(self) -> None:
        """SIGKILL; returns when it is gone. Harmless when it is already."""
        self.signal(signal.SIGKILL)
        await self._process.wait()
        await self._reading

    async def _read(self, stream: asyncio.StreamReader, into: list[bytes]) -> None:
        while chunk := await stream.read(65536):
            into.append(chunk)
            async with self._news:
                self._news.notify_all()
        self._ends += 1
        async with self._news:
            self._news.notify_all()
