"""The long form: `python -m tests.torture --kills 1000 --by polling --on sqlite` (or `webhook`, `postgresql`)."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.server import Simulator
from tests import postgres
from tests.process.product import Product
from tests.torture.campaign import Campaign, Course
from tests.torture.report import Report

UP_AGAIN = 5.0  # seconds, as promised


async def torture(course: Course, database: str | None) -> Report:
    """A campaign on a fresh installation; `database`: the address of an empty one, or SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        async with Simulator(limits=False) as sim:
            product = Product(Path(folder), sim.url, **({"DATABASE_URL": database} if database else {}))
            await product.install()
            return await Campaign(product, sim, course).run()


@contextmanager
def database(on: str) -> Iterator[str | None]:
    """Where it keeps its rows: a PostgreSQL server of its own, or nothing to be said of SQLite."""
    if on == "sqlite":
        yield None
        return
    binaries = postgres.binaries()
    if binaries is None:
        sys.exit("PostgreSQL is not installed")
    with postgres.cluster(binaries) as url:
        yield url


def main() -> int:
    """Exit code 0 when nothing was lost, doubled or forgotten, every point was reached, and it came back in time."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--by", choices=["polling", "webhook"], default="polling")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with database(args.on) as url:
        report = asyncio.run(torture(Course(args.kills, args.by, args.on, args.seed), url))
    sys.stdout.write(f"{report}\n")
    return 0 if report.well and max(report.up_again) <= UP_AGAIN else 1


if __name__ == "__main__":
    sys.exit(main())
