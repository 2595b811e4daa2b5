"""P4 with the machine's own clock: somebody sets it under a process that serves, and what is done by the clock goes on.

`python -m tests.torture.setclock`; needs a C compiler, as only a library in front of libc can move the clock of one
process. The clock that the tests inject is not the one by which a scheduler might wait.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.build import open_app
from bot.process import guarded, stop_on_signals
from bot.serve import WATCH, Server
from bot.settings import Settings
from simulator.server import Simulator
from tests.process.product import Product

JUMPS = (-86_400, 86_400, -366 * 86_400, 56 * 365 * 86_400)  # seconds
LONGEST = 2.0 * WATCH  # seconds between two looks at urgent tips, whatever is done to the clock
MINUTE = 65.0
LOOKED, TICKED = "setclock: looked", "setclock: ticked"
LIBRARY = r"""
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long ahead(void) {
    char said[32] = {0};
    int file = open(getenv("AHEAD"), O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = read(file, said, sizeof said - 1);
    close(file);
    return length > 0 ? atol(said) : 0;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && clock == CLOCK_REALTIME) now->tv_sec += ahead();
    return failed;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *now) {
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    if (now) *now = fine.tv_sec;
    return fine.tv_sec;
}
"""


class Telling(Server):
    """The server, which says when it has looked after what is done by the clock."""

    async def tick(self) -> None:
        await super().tick()
        sys.stderr.write(f"{TICKED}\n")

    async def watch(self) -> None:
        await super().watch()
        sys.stderr.write(f"{LOOKED}\n")


async def serve(settings: Settings) -> int:
    """The product as it is, until SIGTERM."""
    async with open_app(settings) as app:
        await Telling(app).run(stop_on_signals())
    return 0


async def jump(folder: Path, library: Path, seconds: int) -> list[str]:
    """Sets the clock of a process that serves; returns what went wrong."""
    ahead = folder / "ahead"
    ahead.write_text("0")
    async with Simulator() as sim:
        product = Product(folder, sim.url)
        await product.install()
        running = await product.start("--serve", module=__spec__.name, LD_PRELOAD=str(library), AHEAD=str(ahead))
        try:
            await running.until(LOOKED)
            ahead.write_text(str(seconds))
            since = time.monotonic()
            looked, ticked = running.said.count(LOOKED), running.said.count(TICKED)
            last, longest = since, 0.0
            while time.monotonic() < since + MINUTE:
                await asyncio.sleep(0.1)
                if (count := running.said.count(LOOKED)) > looked:
                    looked, last = count, time.monotonic()
                longest = max(longest, time.monotonic() - last)
            wrong = [f"no look for {longest:.0f} s"] if longest > LONGEST else []
            wrong += ["no tick for a minute"] if running.said.count(TICKED) == ticked else []
            return wrong + (["no orderly end"] if await running.stop() else [])
        finally:
            await running.kill()


def main() -> int:
    """Exit code 0 when the watch and the ticks went on wherever the clock was set."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.setclock", description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    if parser.parse_args().serve:
        return guarded(serve)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "clock.c"), Path(folder, "clock.so")
        source.write_text(LIBRARY)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        for number, seconds in enumerate(JUMPS):
            home = Path(folder, str(number))
            home.mkdir()
            wrong = asyncio.run(jump(home, library, seconds))
            sys.stdout.write(f"set by {seconds / 86_400:+.0f} days: {'; '.join(wrong) or 'goes on'}\n")
            sys.stdout.flush()
            bad += bool(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
