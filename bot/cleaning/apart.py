"""The parent's side of cleaning: one child a file, which gets bytes, gives bytes, and is killed when it takes long."""

import asyncio
import sys
from asyncio.subprocess import Process
from pathlib import Path

from bot.cleaning import EXITS, LIMIT, MEDIA, Clean, Unfit

PATIENCE = 30.0  # seconds for a file
_HEAD = 64  # bytes; more than any media type
_CHUNK = 1 << 18
_ROOT = Path(__file__).parents[2]


class Died(Exception):
    """The child crashed, was killed, or said nonsense: perhaps the file's fault, perhaps not."""


async def clean_apart(data: bytes, patience: float = PATIENCE) -> Clean:
    """The clean copy of a file. Raises Unfit when there can't be one, Died when the child ended without saying so."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cleaning"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # libraries quote there what they read
        cwd=_ROOT,
        env={},  # it must not know the token
        limit=_CHUNK,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        async with asyncio.timeout(patience):
            _, answer = await asyncio.gather(_feed(child.stdin, data), _read(child.stdout))
            code = await child.wait()
    except TimeoutError:
        raise Died(f"no copy within {patience:g} s") from None
    finally:  # also when cancelled: the child must not outlive whoever asked for it
        if child.returncode is None:
            await kill(child)
    return _understood(code, answer)


async def kill(child: Process) -> None:
    """Returns when a child that writes to a pipe is dead. What it wrote is read away: it would be waited for for ever.

    A reader that is full stops reading, and asyncio waits for the end of each pipe before it tells of a child's end.
    """
    assert child.stdout is not None
    child.kill()
    while await child.stdout.read(_CHUNK):
        pass
    await child.wait()


def _understood(code: int, answer: bytes) -> Clean:
    for reason, exit_code in EXITS.items():
        if code == exit_code:
            raise Unfit(reason)
    media, line, copy = answer.partition(b"\n")
    if code != 0 or not line or media.decode("ascii", "replace") not in MEDIA:
        raise Died(f"exit {code}")
    return Clean(media.decode(), copy)


async def _feed(stdin: asyncio.StreamWriter, data: bytes) -> None:
    view = memoryview(data)
    try:
        for at in range(0, len(data), _CHUNK):
            stdin.write(view[at : at + _CHUNK])
            await stdin.drain()
        stdin.close()  # and not waited for: called off meanwhile, asyncio would log an error of its own
    except (BrokenPipeError, ConnectionResetError):
        pass  # it ended early: its exit code says why


async def _read(stdout: asyncio.StreamReader) -> bytes:
    parts, size = [], 0
    while part := await stdout.read(_CHUNK):
        size += len(part)
        if size > LIMIT + _HEAD:
            raise Died("a copy larger than allowed")
        parts.append(part)
    return b"".join(parts)
