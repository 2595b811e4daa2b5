"""A bare HTTP client that plays the bot."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import aiohttp

from simulator import Simulator


class Caller:
    """Calls the Bot API with nothing but HTTP."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self._sim = sim
        self.session = session

    def url(self, method: str) -> str:
        return f"{self._sim.url}/bot{self._sim.token}/{method}"

    async def raw(self, method: str, /, **params: Any) -> tuple[int, Any]:
        """Status and whole body of a call with a JSON body."""
        async with self.session.post(self.url(method), json=params) as response:
            return response.status, await response.json()

    async def __call__(self, method: str, /, **params: Any) -> Any:
        """The result of a call that must work."""
        status, body = await self.raw(method, **params)
        assert status == 200, body
        assert body["ok"] is True
        return body["result"]

    async def refusal(self, method: str, /, **params: Any) -> str:
        """`code description` of a call that must be refused."""
        status, body = await self.raw(method, **params)
        assert body["ok"] is False, body
        assert status == body["error_code"]
        return f"{status} {body['description']}"

    async def upload(self, method: str, files: dict[str, bytes], /, **params: str) -> tuple[int, Any]:
        """Status and body of a multipart call."""
        form = aiohttp.FormData()
        for name, data in files.items():
            form.add_field(name, BytesIO(data), filename=f"{name}.bin")
        for name, value in params.items():
            form.add_field(name, value)
        async with self.session.post(self.url(method), data=form) as response:
            return response.status, await response.json()
