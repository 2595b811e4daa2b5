"""A simulator, and a bare HTTP client that plays the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from simulator import Phone, Simulator


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


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A simulator without sending rates."""
    async with Simulator(limits=False, seed=1) as simulator:
        yield simulator


@pytest.fixture
async def call(sim: Simulator) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(sim, session)


@pytest.fixture
def mai(sim: Simulator) -> Phone:
    """A resident who has started the bot."""
    return sim.phone("Mai", started=True)


def png(width: int = 4, height: int = 3) -> bytes:
    """The header of a PNG of that size: all the simulator looks at."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + b"\0\0\0\rIHDR"
        + width.to_bytes(4, "big")
        + height.to_bytes(4, "big")
        + b"\x08\x02\0\0\0"
    )
