"""The web server of the process: the webhook's path, and health for whoever watches over the bot."""

import errno
from collections.abc import Awaitable, Callable, Iterable, Sequence

import orjson
from aiohttp import web

from domain.errors import Refused

Routes = Sequence[web.AbstractRouteDef]
Ready = Callable[[], Awaitable[Sequence[str]]]  # what is wrong now, as codes; nothing: ready

BODY_LIMIT = 1 << 20  # bytes of a request
STOP_SECONDS = 3.0  # how long running requests may take to finish when the server stops


async def serve(routes: Routes, address: str) -> web.AppRunner:
    """Serve `routes` on "host:port" (port 0: a free one, see `runner.addresses`); `await runner.cleanup()` ends it.

    Refused `listen.taken` when somebody else listens there, `listen.invalid` when it is no address of this machine.
    """
    host, port = listen_address(address)
    app = web.Application(client_max_size=BODY_LIMIT)
    app.add_routes(routes)
    # No access log: it would tell who was active when.
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise refusal(error, address) from None
    except BaseException:
        await runner.cleanup()
        raise
    return runner


async def serve_all(services: Iterable[tuple[str | None, Routes]]) -> list[web.AppRunner]:
    """Serve several groups of routes; those with one address share a server, those without are left out."""
    together: dict[tuple[str | None, int], tuple[str, list[web.AbstractRouteDef]]] = {}
    for address, routes in services:
        if address:
            together.setdefault(listen_address(address), (address, []))[1].extend(routes)
    runners: list[web.AppRunner] = []
    try:
        for address, routes in together.values():
            runners.append(await serve(routes, address))
    except BaseException:
        for runner in runners:
            await runner.cleanup()
        raise
    return runners


def listen_address(address: str) -> tuple[str | None, int]:
    """("127.0.0.1", 8080) of "127.0.0.1:8080"; "[::1]:8080" and ":8080" (every interface: None) are understood too."""
    host, colon, port = address.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise Refused("listen.invalid", address=address)
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise Refused("listen.invalid", address=address)
    return host or None, int(port)


def health_routes(ready: Ready, metrics: Callable[[], Awaitable[bytes]]) -> Routes:
    """`/healthz`: the loop turns. `/readyz`: 503 with the codes of what is wrong. `/metrics`: Prometheus text."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        wrong = list(await ready())
        body = orjson.dumps({"ready": not wrong, "wrong": wrong})
        return web.Response(body=body, status=503 if wrong else 200, content_type="application/json")

    async def measure(_: web.Request) -> web.Response:
        return web.Response(body=await metrics(), headers={"Content-Type": "text/plain; version=0.0.4"})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", measure)]


def refusal(error: OSError, address: str) -> Refused:
    """Why nobody can listen there."""
    if error.errno == errno.EADDRINUSE:
        return Refused("listen.taken", address=address)
    return Refused("listen.invalid", address=address, reason=errno.errorcode.get(error.errno or 0, "unknown"))
