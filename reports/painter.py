"""Pictures without stopping the event loop: one child process draws them, one after the other, while there is work.

Starting Python costs ten pictures, so the child stays. It ends by itself after an idle minute, and after so many
pictures that its memory is bounded; then the next picture starts another one.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Self

from reports.picture import HEAD, NotDrawn

PATIENCE = 30.0  # seconds for a picture, the start of a child with it: both take well under one
_ROOT = Path(__file__).parents[1]
_ENDED = (asyncio.IncompleteReadError, ConnectionError)


class Painter:
    """Draws in a child process. Used in an `async with`, or closed by whoever made it; draws nothing after that."""

    def __init__(self) -> None:
        self._child: Process | None = None
        self._turn = asyncio.Lock()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def draw(self, svg: str, patience: float = PATIENCE) -> bytes:
        """The picture as PNG. Raises NotDrawn for what isn't a chart, after `patience` seconds, and once closed."""
        async with self._turn:
            self._ensure_open()
            try:
                async with asyncio.timeout(patience):
                    return await self._drawn(svg.encode())
            except NotDrawn:
                raise
            # BaseException: when cancelled, too, the child may still be drawing what nobody waits for.
            except BaseException as error:
                await self._end()
                if isinstance(error, TimeoutError):
                    raise NotDrawn(f"no picture within {patience:g} s") from error
                if isinstance(error, _ENDED):
                    raise NotDrawn("the drawing process ended") from error
                raise

    async def close(self) -> None:
        """Ends the child; pictures that are being drawn or wait for their turn are given up."""
        self._closed = True
        # At once, as whoever has the turn may wait for a child that hangs.
        if self._child is not None and self._child.returncode is None:
            self._child.kill()
        async with self._turn:
            await self._end()

    def _ensure_open(self) -> None:
        if self._closed:
            raise NotDrawn("nothing is drawn any more: the process stops")

    async def _drawn(self, svg: bytes) -> bytes:
        try:
            return await self._asked(await self._running(), svg)
        except _ENDED:
            # It may have retired just as we asked.
            await self._end()
            return await self._asked(await self._running(), svg)

    async def _asked(self, child: Process, svg: bytes) -> bytes:
        self._ensure_open()  # it may have been closed while this child was started
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(HEAD.pack(1, len(svg)) + svg)
        await child.stdin.drain()
        good, length = HEAD.unpack(await child.stdout.readexactly(HEAD.size))
        body = await child.stdout.readexactly(length)
        if not good:
            raise NotDrawn(body.decode())
        return body

    async def _running(self) -> Process:
        if self._child is None or self._child.returncode is not None:
            await self._end()
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "reports.picture"),
                stdin=PIPE,
                stdout=PIPE,
                cwd=_ROOT,
                env={},  # it must not know the token
            )
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.wait()
        if child.stdin is not None:
            child.stdin.close()
