"""A Bot API server that answers by script: whatever a test wants to go wrong, goes wrong over real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import pytest
from aiohttp import web

from bot.api import Api
from bot.web import serve

TOKEN = "123456:AAtestTESTtestTEST"

Script = Callable[[str, dict[str, Any]], Awaitable[Any]]


def ok(result: Any) -> web.Response:
    """Telegram's answer to a call that worked."""
    return web.Response(body=orjson.dumps({"ok": True, "result": result}), content_type="application/json")


def error(code: int, description: str, **parameters: Any) -> web.Response:
    """Telegram's answer to a call that did not."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.Response(status=code, body=orjson.dumps(body), content_type="application/json")


class Telegram:
    """`script(method, params)` gives the response; None cuts the connection. `calls` is all that was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.script: Script = self._fine
        self.url = ""

    async def _fine(self, method: str, params: dict[str, Any]) -> web.Response:
        return ok({"message_id": len(self.calls)})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        if request.match_info["token"] != TOKEN:
            return error(401, "Unauthorized")
        params = await _params(request)
        self.calls.append((request.match_info["method"], params))
        response = await self.script(request.match_info["method"], params)
        if response is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        assert isinstance(response, web.StreamResponse)
        return response

    def texts(self) -> list[Any]:
        """The texts that were sent, in the order of their arrival."""
        return [params.get("text") for _, params in self.calls]


async def _params(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        params = orjson.loads(await request.read())
        assert isinstance(params, dict)
        return params
    form = await request.post()
    return {name: field.file.read() if isinstance(field, web.FileField) else field for name, field in form.items()}


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    server = Telegram()
    runner = await serve([web.route("*", "/bot{token}/{method}", server.answer)], "127.0.0.1:0")
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def api(telegram: Telegram) -> AsyncIterator[Api]:
    api = Api(telegram.url, TOKEN)
    yield api
    await api.close()
