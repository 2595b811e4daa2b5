"""The long form: `python -m tests.torture --kills 1000 --by polling` (or `webhook`)."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from simulator.server import Simulator
from tests.process.product import Product
from tests.torture.campaign import Campaign, Report


async def torture(kills: int, by: str, seed: int) -> Report:
    """A campaign on a fresh installation."""
    with tempfile.TemporaryDirectory() as folder:
        async with Simulator(limits=False) as sim:
            product = Product(Path(folder), sim.url)
            await product.install()
            return await Campaign(product, sim, by, seed=seed).run(kills)


def main() -> int:
    """Exit code 0 when nothing was lost, doubled or forgotten."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--by", choices=["polling", "webhook"], default="polling")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    report = asyncio.run(torture(args.kills, args.by, args.seed))
    sys.stdout.write(f"{report}\n")
    return 0 if report.findings.well else 1


if __name__ == "__main__":
    sys.exit(main())
