"""Commands for the running process: on SQLite it alone may open the database, so the command line asks it.

A socket in the data folder (mode 0600), one JSON line there and one back. How to ask is `bot.asking`.
"""

import asyncio
import base64
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from bot.asking import LONGEST, NAME, reachable
from bot.build import App
from domain.errors import Refused
from storage.failures import DatabaseFailure, code_of

log = logging.getLogger(__name__)


class Control:
    """The running process's side."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._folder = app.settings.data_dir
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listens. Only SQLite needs it: on PostgreSQL commands connect on their own. Raises Refused when it can't."""
        if not self._app.settings.uses_sqlite:
            return
        try:
            with reachable(self._folder) as path:
                _remove(path)
                self._server = await asyncio.start_unix_server(self._serve, path, limit=LONGEST)
                _only_ours(path)
        except OSError as error:
            raise Refused("folder.unwritable", path=self._folder / NAME, reason=error.strerror or error) from None

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
        from bot.commands import COMMANDS  # with what carries them out: loaded once somebody asks

        try:
            reply = await COMMANDS[command](self._app, args)
        except Refused as refused:
            return {"refused": refused.code, "params": {name: str(value) for name, value in refused.params.items()}}
        except DatabaseFailure as failure:
            log.error("the command %s waits for the database: %s", command, failure)
            return {"refused": code_of(failure), "params": {}}
        file = None if reply.file is None else base64.b64encode(reply.file).decode()
        return {"out": reply.out, "ok": reply.ok, "file": file}


def _remove(path: str) -> None:
    Path(path).unlink(missing_ok=True)


def _only_ours(path: str) -> None:
    Path(path).chmod(0o600)
