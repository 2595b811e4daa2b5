"""The product with one part exchanged, served as `python -m bot run` does: for planted defects and crash points."""

import asyncio
import signal
from collections.abc import Callable

import uvloop

from bot.build import App, open_app
from bot.dispatch import Bench
from bot.logs import set_up
from bot.serve import Server
from bot.settings import read_settings
from storage import meta


def same(bench: Bench) -> Bench:
    """A workbench as it is."""
    return bench


async def _serve(kind: type[App], change: Callable[[Bench], Bench]) -> None:
    settings = read_settings()
    set_up(settings.log_level, settings.log_format)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_app(settings) as opened:
        async with opened.db.reading() as tx:
            first_day = await meta.first_day(tx)
        assert first_day is not None
        app = kind(settings, opened.db, opened.vault, change(opened.bench), first_day)
        try:
            await Server(app).run(stop)
        finally:
            await app.api.close()


def serve(kind: type[App], change: Callable[[Bench], Bench] = same) -> None:
    """Serves until SIGTERM with another App, or another Bench."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(kind, change))
