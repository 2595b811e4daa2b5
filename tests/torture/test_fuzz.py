"""P9, short form: strange updates break nothing, block nobody, and leave no memory behind."""

import asyncio
import sys

import pytest

from tests.process.product import ROOT

UPDATES = 25_000  # for each seed


@pytest.mark.parametrize("seed", [1, 2])
async def test_strange_updates_break_nothing_and_block_nobody(seed: int) -> None:
    # A process of its own: the figure for memory is nobody else's.
    args = ("-m", "tests.torture.fuzz", "--updates", str(UPDATES), "--seed", str(seed))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *args, cwd=ROOT, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    sys.stdout.write(out.decode())
    assert (process.returncode, err.decode()) == (0, ""), out.decode()
