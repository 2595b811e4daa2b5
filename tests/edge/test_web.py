"""The web server: addresses, one server for one address, and health."""

import aiohttp
import pytest
from aiohttp import web

from bot.web import health_routes, listen_address, serve, serve_all
from domain.errors import Refused


async def _hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.mark.parametrize(
    ("address", "means"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:443", ("::1", 443)),
        (":9000", (None, 9000)),
    ],
)
def test_an_address_is_a_host_and_a_port(address: str, means: tuple[str | None, int]) -> None:
    assert listen_address(address) == means


@pytest.mark.parametrize("address", ["", "8080", "host", "host:", "host:x", "host:70000", "::1:80", "host:-1", "h:²"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused) as caught:
        listen_address(address)
    assert caught.value.code == "listen.invalid"


async def test_a_taken_port_is_said_by_its_address() -> None:
    runner = await serve([web.get("/", _hello)], "127.0.0.1:0")
    address = f"127.0.0.1:{runner.addresses[0][1]}"
    with pytest.raises(Refused) as caught:
        await serve([web.get("/", _hello)], address)
    await runner.cleanup()
    assert (caught.value.code, caught.value.params["address"]) == ("listen.taken", address)


async def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        await serve([web.get("/", _hello)], "192.0.2.1:8080")
    assert caught.value.code == "listen.invalid"


async def test_one_address_has_one_server_and_no_address_none() -> None:
    async def ready() -> list[str]:
        return wrong

    async def metrics() -> bytes:
        return b"anphuong_up 1\n"

    wrong: list[str] = []
    health = health_routes(ready, metrics)
    runners = await serve_all([("127.0.0.1:0", [web.get("/", _hello)]), ("127.0.0.1:0", health), (None, health)])
    assert len(runners) == 1
    base = f"http://127.0.0.1:{runners[0].addresses[0][1]}"
    async with aiohttp.ClientSession() as client:
        seen = {}
        for path in ("/", "/healthz", "/readyz", "/metrics"):
            async with client.get(base + path) as response:
                seen[path] = (response.status, await response.text())
        wrong.append("database")
        async with client.get(base + "/readyz") as response:
            late = (response.status, await response.json())
    await runners[0].cleanup()
    assert seen == {
        "/": (200, "hello"),
        "/healthz": (200, "ok\n"),
        "/readyz": (200, '{"ready":true,"wrong":[]}'),
        "/metrics": (200, "anphuong_up 1\n"),
    }
    assert late == (503, {"ready": False, "wrong": ["database"]})


async def test_when_one_server_can_not_start_none_stays() -> None:
    runner = await serve([web.get("/", _hello)], "127.0.0.1:0")
    taken = f"127.0.0.1:{runner.addresses[0][1]}"
    with pytest.raises(Refused):
        await serve_all([("127.0.0.1:0", [web.get("/", _hello)]), (taken, [web.get("/", _hello)])])
    await runner.cleanup()
