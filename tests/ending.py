"""A way to a PostgreSQL server that ends sessions at a chosen moment, as a server does that is shut down."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import psycopg

ASKED = b"QSH"  # a query, a sync, a flush: now the server has something to answer


class Ending:
    """Relays sessions. `url` leads through it; whoever takes the server's own address is left alone."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._at: list[int] = []
        self._pids: set[int] = set()
        self._relays: set[asyncio.Task[None]] = set()
        self.over = asyncio.Event()  # every session that was to end has ended
        self.url = ""

    async def shut_down(self, *at: int) -> None:
        """Ends every session now, and each of the next ones when it has been answered so often and asks once more."""
        self._at = list(at)
        self.over.clear()
        for pid in list(self._pids):
            await self._end(pid)

    async def _end(self, pid: int) -> None:
        async with await psycopg.AsyncConnection.connect(self._server, autocommit=True) as admin:
            await admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))  # waits until it has ended
        self._pids.discard(pid)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A session begins."""
        task = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(task)
        task.add_done_callback(self._relays.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = urlsplit(self._server)
        from_server, to_server = await asyncio.open_connection(address.hostname, address.port)
        pid: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        answering = asyncio.create_task(self._answers(from_server, writer, pid))
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._questions(reader, to_server, pid)
            to_server.close()
            await answering
        finally:
            answering.cancel()
            to_server.close()
            writer.close()

    async def _questions(
        self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter, pid: "asyncio.Future[int]"
    ) -> None:
        size = await reader.readexactly(4)
        to_server.write(size + await reader.readexactly(struct.unpack("!I", size)[0] - 4))
        at = self._at.pop(0) if self._at else None
        held = b""
        while True:
            message = await _message(reader)
            held += message
            if message[:1] not in ASKED + b"X":
                continue
            if at == 0:
                await self._end(await pid)
                if not self._at:
                    self.over.set()
                return
            to_server.write(held)
            held, at = b"", None if at is None else at - 1

    async def _answers(
        self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter, pid: "asyncio.Future[int]"
    ) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await _message(from_server)
                if message[:1] == b"K":
                    pid.set_result(struct.unpack("!I", message[5:9])[0])
                    self._pids.add(pid.result())
                writer.write(message)
        if pid.done():
            self._pids.discard(pid.result())
        writer.close()  # who asked to cancel something waits for it

    async def close(self) -> None:
        """Lets go of every session."""
        for task in self._relays:
            task.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    return head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


@asynccontextmanager
async def ending(server: str) -> AsyncIterator[Ending]:
    """Opens a way to the database of this address."""
    way = Ending(server)
    listening = await asyncio.start_server(way.take, "127.0.0.1", 0)
    port, address = listening.sockets[0].getsockname()[1], urlsplit(server)
    # In plain words: what is encrypted can't be followed.
    way.url = f"postgresql://{address.username}@127.0.0.1:{port}{address.path}?sslmode=disable&gssencmode=disable"
    try:
        yield way
    finally:
        listening.close()
        await way.close()
