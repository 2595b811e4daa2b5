"""Child processes that end with whoever has started them, however that ends, and leave nothing half done."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable

PATIENCE = 2.0  # seconds for a child to take away what it has begun


def end_with_parent(leaving: Callable[[], object]) -> None:
    """Ends this process, a child, as soon as its standard input does: nobody waits for it any more."""

    def watch() -> None:
        sys.stdin.buffer.read()
        try:
            leaving()
        finally:
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


async def give_up(child: asyncio.subprocess.Process) -> None:
    """Has a child end, by the end of its standard input; one that can't is killed. Harmless when it has ended."""
    if child.returncode is not None:
        return
    assert child.stdin is not None
    child.stdin.close()
    try:
        await asyncio.wait_for(child.wait(), PATIENCE)
    except TimeoutError:
        child.kill()
        await child.wait()
