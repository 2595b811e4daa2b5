"""Asking the running process to carry out a command: on SQLite it alone may open the database.

The command line asks first and only imports the product when nobody answers: `units` beside a running bot takes a
third of the time, and a third of the memory, that it takes alone.
"""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from domain.errors import Refused

NAME = "control.sock"
LONGEST = 64 << 20  # bytes of a line: a report may carry a picture


@dataclass(frozen=True)
class Reply:
    """What a command gives back. `ok` False: done, but something is wrong (exit code 1)."""

    out: str = ""
    file: bytes | None = None
    ok: bool = True


async def ask_running(
    folder: Path, command: str, args: Mapping[str, Any], patience: float | None = None
) -> Reply | None:
    """Has the running process carry out a command; None when none runs. Raises what it refuses.

    `patience`: seconds to wait for the answer at most, then it is refused as `control.no_answer`.
    """
    async with _connected(folder) as streams:
        if streams is None:
            return None
        reader, writer = streams
        writer.write(orjson.dumps({"command": command, "args": args}) + b"\n")
        await writer.drain()
        try:
            line = await asyncio.wait_for(reader.readline(), patience)
        except TimeoutError:
            line = b""
    if not line:
        raise Refused("control.no_answer")
    answer = orjson.loads(line)
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["params"])
    file = None if answer["file"] is None else base64.b64decode(answer["file"])
    return Reply(out=answer["out"], ok=answer["ok"], file=file)


@asynccontextmanager
async def _connected(folder: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]:
    try:
        with reachable(folder) as path:
            reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        yield None
        return
    except PermissionError as error:
        # Whoever asks is not the user who serves.
        raise Refused("folder.unwritable", path=folder, reason=error.strerror) from None
    try:
        yield reader, writer
    finally:
        writer.close()


@contextmanager
def reachable(folder: Path) -> Iterator[str]:
    """A path to the socket that is short enough: a socket's address holds 107 bytes, a folder's path may be longer."""
    direct = str(folder / NAME)
    if len(os.fsencode(direct)) <= 100:
        yield direct
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)
