"""The product with one part exchanged, or with its clock moved, served as `python -m bot run` does.

Alone, `python -m tests.torture.composed --ahead SECONDS`, it is the product as it is, that many seconds from now.
SIGUSR1 moves its clock to the next moment at which there is something to do, and wakes the jobs, as the demo does.
"""

import argparse
import asyncio
import signal
import sys
from datetime import datetime, timedelta

from bot.build import App, open_app
from bot.installation import real_now
from bot.process import guarded, stop_on_signals
from bot.serve import Server
from bot.settings import Settings
from tests.torture.nights import moved_to, next_moment


class MovedClock:
    """The real time, moved forward."""

    def __init__(self, ahead: float) -> None:
        self._ahead = timedelta(seconds=ahead)

    def now(self) -> datetime:
        """The time of this process."""
        return real_now() + self._ahead

    def leap(self) -> datetime:
        """On to the next moment."""
        now = self.now()
        to = next_moment(now)
        self._ahead += to - now
        return to


def arguments() -> argparse.ArgumentParser:
    """What every process of this kind understands."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--ahead", type=float, default=0.0)
    return parser


def serve(kind: type[App], ahead: float) -> int:
    """Serves until SIGTERM; the exit code."""
    clock = MovedClock(ahead)

    async def run(settings: Settings) -> int:
        async with open_app(settings, clock.now, kind=kind) as app:
            server = Server(app)
            ticks: set[asyncio.Task[None]] = set()

            async def tick(moment: datetime) -> None:
                await server.tick()
                sys.stderr.write(f"{moved_to(moment)}\n")

            def leap() -> None:
                ticks.add(asyncio.ensure_future(tick(clock.leap())))

            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, leap)
            await server.run(stop_on_signals())
        return 0

    return guarded(run)


if __name__ == "__main__":
    sys.exit(serve(App, arguments().parse_args().ahead))
