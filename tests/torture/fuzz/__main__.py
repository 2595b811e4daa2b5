"""The long form: `python -m tests.torture.fuzz [--updates 1000000] [--seed 1]`."""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

import uvloop

from tests.journeys.town import SATURDAY_EVENING
from tests.torture.fuzz.campaign import Report, fuzzing

IN_MEMORY = Path("/dev/shm")


async def torture(folder: Path, updates: int, seed: int) -> Report:
    """A campaign on a fresh installation."""
    async with fuzzing(folder, SATURDAY_EVENING, seed) as fuzz:
        return await fuzz.run(updates)


def main() -> int:
    """Exit code 0 when everything that Telegram may send was handled, nothing stuck and nothing grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.fuzz", description=__doc__)
    parser.add_argument("--updates", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())
    # Nothing here is about the disk, and small commits are many.
    memory = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        report = uvloop.run(torture(Path(folder), args.updates, args.seed))
    sys.stdout.write(f"{report}\n")
    return 0 if report.well else 1


if __name__ == "__main__":
    sys.exit(main())
