"""The guided tour, walked by a browser through the real demo: whoever presses what is pointed at sees a whole day."""

import asyncio
import re
import socket
import sys
import tomllib
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from simulator import Simulator
from tests.simulator.windows import TOGETHER, opened

READY_MOST = 15.0
"""Seconds in which an installed demo has to be ready."""
PRESSES_MOST = 24
"""More than the tour needs, on a small screen too, where tabs are pressed as well."""


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """The address of the real demo, started as `make demo` starts it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", str(port), stdout=PIPE, stderr=PIPE
    )
    try:
        yield await ready(process)
    finally:
        process.terminate()
        await process.communicate()


async def ready(process: Process) -> str:
    """The address that the demo prints when it can be used."""
    assert process.stdout is not None
    async with asyncio.timeout(READY_MOST):
        while line := await process.stdout.readline():
            if found := re.search(rb"http://[0-9.:]+", line):
                return found.group().decode()
    raise AssertionError("the demo ended before it was ready")


async def press_what_is_pointed_at(page: Page, *, keyboard: bool) -> None:
    """One press of a newcomer, who does only what the tour says."""
    fill = page.locator("#tour .go.plain")
    if await fill.is_visible():
        await fill.click()
    elif keyboard:
        await page.locator("#tour .go:not(.plain)").press("Enter")
        await page.keyboard.press("Enter")
    else:
        await page.locator(".next").click()


async def walk(page: Page, *, keyboard: bool = False) -> list[str]:
    """Follows the tour to its end; returns the names of the steps in the order they were reached."""
    steps: list[str] = []
    for _ in range(PRESSES_MOST):
        await expect(page.locator(".next")).to_have_count(1, timeout=20_000)
        # Asked at once: the bot may answer between two questions, and the step be another.
        name = await page.evaluate("() => document.querySelector('#tour [aria-current=step] .name')?.textContent")
        if name is None:
            return steps
        if name not in steps:
            steps.append(name)
        before = await pointed(page)
        await press_what_is_pointed_at(page, keyboard=keyboard)
        await changed(page, before)
    raise AssertionError(f"the tour does not end: {steps}")


POINTED = """() => [document.getElementById("tour-text").textContent,
    ...[...document.querySelectorAll(".next")].map((each) => each.outerHTML)].join()"""
SHOWN = """() => [document.getElementById("tour-text").textContent,
    ...[...document.querySelectorAll(".next")].map((each) => each.outerHTML),
    ...[...document.querySelectorAll(".row")].map((each) => each.textContent)].join()"""


async def shown(page: Page) -> str:
    return str(await page.evaluate(SHOWN))


async def pointed(page: Page) -> str:
    return str(await page.evaluate(POINTED))


async def changed(page: Page, before: str) -> None:
    """Waits until the tour points at something else, and the bot has said all it has to say about the press.

    Whoever presses the same again because the bot is slow moves the clock twice, and ends on another day.
    """
    await page.wait_for_function(f"(before) => ({POINTED})() !== before", arg=before, timeout=20_000)
    settled = await shown(page)
    while True:
        await page.wait_for_timeout(500)
        if (now := await shown(page)) == settled:
            return
        settled = now


@TOGETHER
@pytest.mark.parametrize(
    ("width", "height", "keyboard"),
    [(1280, 800, False), (390, 844, False), (1280, 800, True)],
    ids=["side-by-side", "one-phone-at-a-time", "by-keyboard"],
)
async def test_whoever_follows_the_tour_sees_a_tip_from_consent_to_the_morning_summary(
    browser: Browser, width: int, height: int, keyboard: bool
) -> None:
    async with demo() as url:
        page = await browser.new_page(viewport={"width": width, "height": height})
        await page.goto(url)
        await expect(page.locator("#tour")).to_be_visible()
        steps = await walk(page, keyboard=keyboard)
        assert steps == ["Đồng ý", "Kể một tin", "Giấu tên", "Công an nhận", "Tổ trưởng kiểm tra", "Sáng hôm sau"]
        await expect(page.locator("#tour li.done")).to_have_count(6)
        await expect(page.locator("#now-time")).to_have_text(re.compile("^07:0"))
        await page.get_by_role("button", name="Đọc bản tổng hợp").click()
        summary = page.locator("#phone-police .bubble.next")
        await expect(summary).to_be_in_viewport()
        await expect(summary).to_contain_text("Tổng hợp ngày")
        await expect(summary).to_contain_text("Mới 1")


@TOGETHER
async def test_the_tour_blocks_nothing_and_moves_on_by_what_happens(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 1280, 800)
    lan = town.phones["resident"]
    await expect(page.locator(".next")).to_have_text("Mở liên kết mời: Phường Bắc Hồng")
    await page.get_by_role("button", name="Tới 23:59").click()
    await lan.send("/start")
    await expect(page.locator(".next")).to_have_text("Đồng ý")
    await lan.until("chào")
    await lan.press("Đồng ý")
    await expect(page.locator("#tour-text")).to_contain_text("Bước 2/6")
    await expect(page.locator(".next")).to_have_text("📝 Báo tin")
    assert wrong == []


@TOGETHER
async def test_a_closed_tour_stays_closed_and_opens_again_where_it_was(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    lan = town.phones["resident"]
    await lan.send("/start")
    await lan.until("chào")
    await lan.press("Đồng ý")
    await expect(page.locator("#tour-text")).to_contain_text("Bước 2/6")
    await page.get_by_role("button", name="Đóng hướng dẫn").press("Enter")
    await expect(page.locator("#tour")).to_be_hidden()
    await expect(page.locator(".next")).to_have_count(0)
    await expect(page.get_by_role("button", name="Hướng dẫn")).to_be_focused()
    await page.reload()
    await expect(page.locator("#phone-resident .row").first).to_be_visible()
    await expect(page.locator("#tour")).to_be_hidden()
    await page.get_by_role("button", name="Hướng dẫn").click()
    await expect(page.locator("#tour-text")).to_contain_text("Bước 2/6")


@TOGETHER
async def test_on_a_small_screen_the_tour_points_at_the_tab_of_a_hidden_phone(
    browser: Browser, town: Simulator
) -> None:
    page, _ = await opened(browser, town, 390, 844)
    await page.get_by_role("tab", name="Công an").click()
    await expect(page.get_by_role("tab", name="Người dân")).to_have_class(re.compile("next"))
    await page.get_by_role("button", name="Chỉ chỗ bấm").click()
    await expect(page.locator("#phone-resident .invitations .next")).to_be_focused()


@TOGETHER
async def test_the_tour_is_told_in_english_too(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("#tour .steps")).to_contain_text("Hide the name")
    for name in ("Show me where", "Close the tour"):
        await expect(page.get_by_role("button", name=name)).to_be_visible()


def words_of(language: str) -> set[str]:
    """Every word the bot says in a language, without leading icons and numbers."""
    told = tomllib.loads(Path("locales", language, "chat.toml").read_text("utf-8"))
    return {re.sub(r"^[^\w]*\d?[^\w]*", "", words) for table in told.values() for words in leaves(table)}


def leaves(table: Any) -> Iterator[str]:
    if isinstance(table, dict):
        for each in table.values():
            yield from leaves(each)
    else:
        yield str(table)


def test_the_tour_looks_for_labels_that_the_bot_really_writes() -> None:
    source = Path("simulator", "page", "steps.js").read_text("utf-8")
    pairs = re.findall(r'^  \w+: \["([^"]+)", "([^"]+)"\],$', source, re.MULTILINE)
    assert len(pairs) == 11
    assert {vietnamese for vietnamese, _ in pairs} - words_of("vi") == set()
    assert {english for _, english in pairs} - words_of("en") == set()
