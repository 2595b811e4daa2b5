"""Commands for the running process: on SQLite it alone may open the database, so the command line asks it.

A socket in the data folder (mode 0600), one JSON line there and one back.
"""

import asyncio
import base64
import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import orjson

from bot.build import App
from bot.commands import COMMANDS, Reply
from domain.errors import Refused
from storage.failures import DatabaseFailure, code_of

log = logging.getLogger(__name__)

NAME = "control.sock"
LONGEST = 64 << 20  # bytes of a line: a report may carry a picture


class Control:
    """The running process's side."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._folder = app.settings.data_dir
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listens. Only SQLite needs it: on PostgreSQL commands connect on their own."""
        if not self._app.settings.uses_sqlite:
            return
        with reachable(self._folder) as path:
            _remove(path)
            self._server = await asyncio.start_unix_server(self._serve, path, limit=LONGEST)
            _only_ours(path)

    async def close(self) -> None:
        """Stops listening."""
        if self._server is not None:
            self._server.close()
            with reachable(self._folder) as path:
                _remove(path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = orjson.loads(await reader.readline())
            answer = await self._answer(asked["command"], asked["args"])
            writer.write(orjson.dumps(answer) + b"\n")
            await writer.drain()
        except (ConnectionError, orjson.JSONDecodeError) as error:
            log.warning("a command could not be read: %s", type(error).__name__)
        except Exception:
            log.exception("a command failed")
        finally:
            writer.close()

    async def _answer(self, command: str, args: Mapping[str, Any]) -> dict[str, Any]:
        try:
            reply = await COMMANDS[command](self._app, args)
        except Refused as refused:
            return {"refused": refused.code, "params": {name: str(value) for name, value in refused.params.items()}}
        except DatabaseFailure as failure:
            log.error("the command %s waits for the database: %s", command, failure)
            return {"refused": code_of(failure), "params": {}}
        file = None if reply.file is None else base64.b64encode(reply.file).decode()
        return {"out": reply.out, "ok": reply.ok, "file": file}


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
    try:
        yield reader, writer
    finally:
        writer.close()


def _remove(path: str) -> None:
    Path(path).unlink(missing_ok=True)


def _only_ours(path: str) -> None:
    Path(path).chmod(0o600)


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
