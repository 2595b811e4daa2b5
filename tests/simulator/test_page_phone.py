"""The page's phones feel like a messenger: unread marks, swiping, typing, folding, and what is seen beside them."""

import asyncio
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from simulator import Simulator
from tests.simulator.caller import Caller
from tests.simulator.echo import demo
from tests.simulator.windows import TOGETHER, opened

pytestmark = TOGETHER


async def swipe(cdp: CDPSession, to: int) -> None:
    """A finger over the chat, `to` pixels to the right (negative: to the left)."""
    await cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 195, "y": 420}]})
    await cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 195 + to, "y": 424}]})
    await cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def test_a_swipe_turns_to_the_next_phone_and_back(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 390, 844, has_touch=True)
    await expect(page.locator("#phone-resident")).to_be_visible()
    cdp = await page.context.new_cdp_session(page)
    await swipe(cdp, -150)
    await expect(page.locator("#phone-leader")).to_be_visible()
    await expect(page.locator("#phone-resident")).to_be_hidden()
    await swipe(cdp, -20)
    await expect(page.locator("#phone-leader")).to_be_visible()
    await swipe(cdp, 150)
    await expect(page.locator("#phone-resident")).to_be_visible()
    await swipe(cdp, 150)
    await expect(page.locator("#phone-resident")).to_be_visible()
    assert wrong == []


async def test_unread_messages_are_counted_and_marked_where_they_begin(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 390, 844)
    nam = town.phones["police"]
    await nam.send("/start")
    await expect(page.get_by_role("tab", name="Công an, 1 tin mới")).to_be_visible()
    await nam.press("Đồng ý")
    await nam.until("Bàn phím đây")
    await page.get_by_role("tab", name="Công an, 2 tin mới").click()
    await expect(page.get_by_role("tab", name="Công an", exact=True)).to_be_visible()
    await expect(page.locator("#phone-police .day.new")).to_have_text("Tin mới")
    await page.locator("#phone-police").get_by_role("button", name="❓ Trợ giúp").click()
    await expect(page.locator("#phone-police .day.new")).to_have_count(0)


async def test_the_bot_is_seen_typing_until_it_has_spoken(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    lan = town.phones["resident"]
    await lan.send("/start")
    await expect(page.locator("#phone-resident .row")).to_have_count(2)
    async with aiohttp.ClientSession() as session:
        call = Caller(town, session)
        await call("sendChatAction", chat_id=lan.id, action="typing")
        await expect(page.locator("#phone-resident .status")).to_have_text("đang nhập…")
        await expect(page.locator("#phone-resident .typing")).to_be_visible()
        await call("sendMessage", chat_id=lan.id, text="Xong.")
    await expect(page.locator("#phone-resident .typing")).to_have_count(0)


async def test_an_edited_message_changes_in_its_place_and_says_so(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    lan = town.phones["resident"]
    await lan.send("/start")
    await lan.until("An Phường chào bà con")
    await lan.send("hỏi")
    await lan.until("Đã nghe: hỏi")
    rows = page.locator("#phone-resident .row")
    await expect(rows).to_have_count(4)
    await lan.press("Đồng ý")
    await expect(rows.nth(1)).to_contain_text("✅ Đã đồng ý.")
    await expect(rows.nth(1)).to_contain_text("đã sửa")
    await expect(rows.nth(3)).to_contain_text("Đã nghe: hỏi")


async def test_the_reply_keyboard_folds_away(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 390, 844)
    lan = town.phones["resident"]
    await lan.send("/start")
    await lan.until("chào")
    await lan.press("Đồng ý")
    key = page.get_by_role("button", name="📝 Báo tin")
    await expect(key).to_be_visible()
    fold = page.locator("#phone-resident").get_by_role("button", name="Bàn phím")
    await fold.click()
    await expect(key).to_be_hidden()
    await expect(fold).to_have_attribute("aria-expanded", "false")
    await fold.click()
    await expect(key).to_be_visible()


async def test_a_demo_that_is_started_again_gets_a_fresh_page(browser: Browser) -> None:
    async with demo() as before:
        port = int(before.url.rpartition(":")[2])
        page, _ = await opened(browser, before, 1280, 800)
        await before.phones["resident"].send("/start")
        await expect(page.locator("#phone-resident .row")).to_have_count(2)
    async with demo(port):
        await expect(page.locator("#phone-resident .empty")).to_be_visible(timeout=15_000)
        await expect(page.locator("#phone-resident .row")).to_have_count(0)


class Database:
    """What a database would tell of the resident: as many rows as the test says."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.asked: set[int] = set()

    async def sees(self, user_id: int) -> list[dict[str, Any]]:
        self.asked.add(user_id)
        return self.rows


async def seen_page(browser: Browser, town: Simulator) -> Page:
    page, wrong = await opened(browser, town, 1280, 800)
    assert wrong == []
    return page


async def test_what_the_database_sees_stands_beside_the_resident_and_follows_each_message(browser: Browser) -> None:
    database = Database()
    async with Simulator(page=True, limits=False, sees=database.sees) as town:
        page = await seen_page(browser, town)
        panel = page.locator("#phone-resident .sees")
        await expect(panel.locator("summary")).to_contain_text("Máy chủ lưu gì về Lan?")
        await expect(panel).to_contain_text("Không có dòng nào.")
        database.rows = [{"table": "contacts", "what": "một người", "shown": "<b>khóa</b>"}]
        await town.phones["resident"].send("chào")
        await expect(panel.locator("li")).to_have_text("contactsmột người<b>khóa</b>")
        await expect(panel.locator(".count")).to_have_text("1 dòng")
        await panel.locator("summary").click()
        await expect(panel.locator("li")).to_be_hidden()
        assert database.asked == {town.phones["resident"].id}
        assert await page.locator(".sees").count() == 1


async def test_without_a_database_to_ask_there_is_no_panel(browser: Browser, town: Simulator) -> None:
    page = await seen_page(browser, town)
    await expect(page.locator("#now-time")).to_have_text("19:42")
    assert await page.locator(".sees").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
async def test_emergency_numbers_stand_first_and_nothing_scrolls_sideways(
    browser: Browser, town: Simulator, width: int
) -> None:
    page, _ = await opened(browser, town, width, 844)
    first = page.locator("body *:visible").first
    await expect(first).to_contain_text("113")
    for number in ("113", "114", "115"):
        await expect(page.get_by_role("link", name=number, exact=True)).to_have_attribute("href", f"tel:{number}")
    await expect(page.get_by_text("Bản dùng thử, không ai trực.")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    await asyncio.gather(*(expect(page.get_by_role("link", name=each)).to_be_in_viewport() for each in ("113", "115")))
