"""The bots that are compared: each a process of its own on a fresh folder, driven over HTTP."""

import asyncio
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.crowd import Crowd, settling_in, story
from tests.bench.hook import Poster
from tests.bench.measured import count
from tests.bench.wire import TOKEN, Wire
from tests.postgres import free_port
from tests.process.product import ROOT, Product
from tests.torture.audit import read_tips

OTHERS = Path(__file__).parent / "others"
OURS = "this bot"


@dataclass(frozen=True)
class Kind:
    """A bot as it is started. `chats` is how many people a run needs to take some seconds."""

    name: str
    file: str = ""
    chats: int = 0
    env: dict[str, str] = field(default_factory=dict)
    venv: bool = False  # needs libraries that only the bench installs


KINDS = (
    Kind(OURS, chats=1000),
    Kind("plain PTB + aiosqlite", "ptb_tutorial.py", 160),
    Kind("plain aiogram + aiosqlite", "aiogram_tutorial.py", 160, venv=True),
    Kind("aiogram, grouped commits", "aiogram_tutorial.py", 400, {"BENCH_GROUPED": "1"}, venv=True),
)
BARE = Kind("bare loop, grouped commits", "bare_loop.py")


@dataclass
class Bot:
    """A running one; `stop` it before asking what it has stored."""

    kind: Kind
    crowd: Crowd
    wire: Wire
    folder: Path
    process: AsyncExitStack
    pid: int = 0
    product: Product | None = None
    poster: Poster | None = None

    async def stop(self) -> None:
        """SIGTERM; harmless when it has stopped."""
        await self.process.aclose()

    async def stored(self) -> Counter[str]:
        """The stories that its database holds."""
        if self.product is not None:
            tips, _ = await read_tips(self.product)
            return Counter(line for lines in tips for line in lines)
        with closing(sqlite3.connect(self.folder / "bench.db")) as db:
            return Counter(text for (text,) in db.execute("SELECT text FROM tips"))

    def taken(self) -> int:
        """How many raw updates its database holds; stop it before."""
        path = self.folder / "bench.db" if self.product is None else self.product.data / "anphuong.db"
        return count(path, "inbox")

    async def taken_in(self, many: int, patience: float = 60.0) -> None:
        """Until this many updates have been confirmed since the start (webhook), or all (polling)."""
        async with asyncio.timeout(patience):
            if self.poster is None:
                await self.wire.all_confirmed.wait()
            else:
                await self.poster.has_accepted(many)


def missing_or_doubled(stored: Counter[str], chats: Iterable[int], times: int = 1) -> int:
    """How many of these people's stories are not there, or not as often as they were told."""
    return sum(stored[story(chat)] != times for chat in chats)


@asynccontextmanager
async def running(kind: Kind, *, webhook: bool = False, **wire_options: Any) -> AsyncIterator[Bot]:
    """A bot from its first poll on; its folder goes at the end."""
    crowd = Crowd()
    with tempfile.TemporaryDirectory() as folder:
        async with Wire(crowd.answered, **wire_options) as wire, AsyncExitStack() as process:
            crowd.push = wire.push
            bot = Bot(kind, crowd, wire, Path(folder), process)
            await (_start_ours(bot, webhook) if kind.name == OURS else _start_other(bot))
            yield bot


async def _start_ours(bot: Bot, webhook: bool) -> None:
    wire = bot.wire
    bot.product = product = Product(bot.folder, wire.url, BOT_TOKEN=TOKEN, TELEGRAM_RATE="100000", **bot.kind.env)
    listen = f"127.0.0.1:{free_port()}"
    if webhook:
        product.settings.update(WEBHOOK_URL=f"http://{listen}/hook", WEBHOOK_SECRET="a-secret", LISTEN=listen)
    await product.install()
    process = await bot.process.enter_async_context(product.serving())
    bot.pid = process.pid
    if webhook:
        await asyncio.wait_for(wire.hooked.wait(), 30)
        bot.poster = await bot.process.enter_async_context(Poster(listen, "/hook", "a-secret"))
        bot.crowd.push = bot.poster.push


async def _start_other(bot: Bot) -> None:
    python = str(ROOT / ".venv-bench" / "bin" / "python") if bot.kind.venv else sys.executable
    env = {"BENCH_URL": bot.wire.url, "BENCH_TOKEN": TOKEN, "BENCH_DB": str(bot.folder / "bench.db"), **bot.kind.env}
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        python, str(OTHERS / bot.kind.file), env=env, cwd=bot.folder, stdout=quiet, stderr=quiet
    )
    bot.process.push_async_callback(_end, process)
    bot.pid = process.pid
    await asyncio.wait_for(bot.wire.polled.wait(), 30)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()


async def settle(bot: Bot, chats: Sequence[int]) -> None:
    """Of our bot everybody has to agree first; others ask nobody."""
    if bot.kind.name == OURS:
        heard = await bot.crowd.talk(chats, settling_in)
        assert not heard.unanswered, heard
