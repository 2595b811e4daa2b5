"""A simulator, and a bare HTTP client that plays the bot."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from simulator import Phone, Simulator
from tests.simulator.caller import Caller
from tests.simulator.echo import demo
from tests.simulator.windows import QUIET


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests of the page: starting it takes longer than most of them."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The browser without a window of an earlier test."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def town() -> AsyncIterator[Simulator]:
    """A small demo."""
    async with demo() as sim:
        yield sim


def png(width: int = 4, height: int = 3) -> bytes:
    """The header of a PNG of that size: all the simulator looks at."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + b"\0\0\0\rIHDR"
        + width.to_bytes(4, "big")
        + height.to_bytes(4, "big")
        + b"\x08\x02\0\0\0"
    )
