"""This bot alone, for whoever wants to look into it: `python -m tests.bench.one --chats 1000`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import uvloop

from tests.bench.crowd import Crowd, settling_in, tip
from tests.bench.measured import cpu_seconds, megabytes
from tests.bench.wire import TOKEN, Wire
from tests.process.product import Product


async def measure(chats: int, at_once: int, rounds: int, delay: float) -> None:
    """Prints a line a round."""
    crowd = Crowd()
    with tempfile.TemporaryDirectory() as folder:
        async with Wire(crowd.answered, delay) as wire:
            crowd.push = wire.push
            product = Product(Path(folder), wire.url, BOT_TOKEN=TOKEN, TELEGRAM_RATE="100000", LOG_LEVEL="WARNING")
            product.settings["LOG_LEVEL"] = "INFO"
            await product.install()
            async with product.serving() as running:
                pid = running.pid
                sys.stdout.write(f"pid {pid}, {megabytes(pid):.1f} MB\n")
                everybody = range(chats)
                for name, script in [("first contact", settling_in), *[("tip", tip)] * rounds]:
                    before = cpu_seconds(pid)
                    heard = await crowd.talk(everybody, script, at_once)
                    cpu = 1000 * (cpu_seconds(pid) - before) / max(1, len(heard.waits))
                    sys.stdout.write(
                        f"{name}: {heard.rate:.0f}/s, {cpu:.2f} ms CPU a message, p50 {1000 * heard.quantile(0.5):.1f} "
                        f"p99 {1000 * heard.quantile(0.99):.1f} ms, unanswered {heard.unanswered}, surplus "
                        f"{heard.surplus}, {megabytes(pid):.1f} MB\n"
                    )


def main() -> None:
    """Reads what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.one", description=__doc__)
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that an answer takes")
    args = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(args.chats, args.at_once, args.rounds, args.delay))


if __name__ == "__main__":
    main()
