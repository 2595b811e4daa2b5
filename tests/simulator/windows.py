"""Windows of the one browser in which all tests of the page run (`conftest.py`)."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from simulator import Simulator

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)  # milliseconds; a busy machine is no defect
# The browser belongs to the event loop in which it was started: whoever uses it runs there too.
TOGETHER = pytest.mark.asyncio(loop_scope="session")


async def opened(browser: Browser, town: Simulator, width: int, height: int, **more: Any) -> tuple[Page, list[str]]:
    """The page in a window, and a list that fills with everything that goes wrong or leaves this machine."""
    page = await browser.new_page(viewport={"width": width, "height": height}, **more)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    own = (town.url, f"blob:{town.url}", "data:")
    page.on("request", lambda request: None if request.url.startswith(own) else wrong.append(request.url))
    await page.goto(town.url + "/")
    await page.locator(".log > *").nth(2).wait_for(state="attached")  # all three phones have been told of
    return page, wrong
