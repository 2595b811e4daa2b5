"""Everything side by side in one run: `python -m tests.bench`. Writes docs/benchmarks.md; three quarters of an hour.

With `--only` or fewer than five runs the table is printed and nothing is written.
"""

import argparse
import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import uvloop

from tests.bench.bots import Kind
from tests.bench.table import ROWS, Numbers, Row, Runs, machine, table, wrong
from tests.process.product import ROOT

RUNS = 5
DOCUMENT = ROOT / "docs" / "benchmarks.md"
NOTES = ROOT / "tests" / "bench" / "notes.md"


async def measure(rows: Sequence[Row], runs: int) -> Runs:
    """Every row of every bot, all of it so many times: what slows the machine for a while slows everybody."""
    found: Runs = defaultdict(list)
    for number in range(1, runs + 1):
        for row in rows:
            for kind in row.kinds:
                numbers = await _once(row, kind)
                found[row.name, kind.name].append(numbers)
                said = ", ".join(f"{name} {value:,.2f}" for name, value in numbers.items())
                sys.stderr.write(f"{number}/{runs} {row.name}, {kind.name}: {said}; load {os.getloadavg()[0]:.1f}\n")
    return found


async def _once(row: Row, kind: Kind) -> Numbers:
    """One run; one that comes to no end counts as not whole, and costs the others nothing."""
    try:
        return await row.measure(kind)
    except (TimeoutError, AssertionError) as error:
        sys.stderr.write(f"{row.name}, {kind.name}: no result, {type(error).__name__}\n")
        return {"wrong": 1}


def report(found: Runs, rows: Sequence[Row], runs: int) -> str:
    """The table and what has to be known to read it."""
    faults = wrong(found)
    checked = "Every bot's work was whole in every run." if not faults else f"Not whole: {'; '.join(faults)}."
    return (
        f"# Benchmarks\n\nMedian of {runs} runs (lowest–highest), {datetime.now(UTC):%Y-%m-%d}, on {machine()}. "
        f"× is how many times better this bot is than that one, in the same run.\n\n{table(found, rows)}\n\n"
        f"{checked}\n\n{NOTES.read_text('utf-8')}"
    )


def main() -> int:
    """Exit code 1 when somebody's work was not whole: then the figures are worth nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", nargs="+", choices=[row.name for row in ROWS], help="these rows")
    args = parser.parse_args()
    rows = [row for row in ROWS if not args.only or row.name in args.only]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(measure(rows, args.runs))
    text = report(found, rows, args.runs)
    sys.stdout.write(text)
    if not args.only and args.runs >= RUNS:
        DOCUMENT.write_text(text, "utf-8")
    return 1 if wrong(found) else 0


if __name__ == "__main__":
    sys.exit(main())
