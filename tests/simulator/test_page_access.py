"""The page for everyone: axe-core's rules in light and dark, focus that is seen, everything in the keyboard's reach."""

from importlib.resources import files
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from simulator import Simulator
from tests.simulator.test_page_phone import Database
from tests.simulator.windows import TOGETHER, opened

pytestmark = TOGETHER

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


async def complaints(page: Page) -> list[str]:
    """What axe-core finds: the rule, and where."""
    await page.evaluate("document.getAnimations().forEach((each) => each.cancel())")
    await page.evaluate(AXE)
    found: dict[str, Any] = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


async def talk(town: Simulator) -> None:
    """A chat with everything in it."""
    lan = town.phones["resident"]
    await lan.send("/start")
    await lan.until("chào")
    await lan.press("Đồng ý")
    await lan.until("Bàn phím đây")
    await lan.send_voice(b"OggS")
    await lan.send_document(b"x", "giay-to.pdf")
    await lan.send_location(18.5, 105.7)
    await lan.send("/tonghop")
    await lan.until("Tổng hợp ngày")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_axe_core_has_nothing_to_say(
    browser: Browser, town: Simulator, scheme: Literal["light", "dark"], width: int
) -> None:
    page, _ = await opened(browser, town, width, 844, color_scheme=scheme)
    assert await complaints(page) == []
    await talk(town)
    lan = page.locator("#phone-resident")
    await expect(lan.get_by_role("img")).to_be_visible()
    assert await complaints(page) == []
    await lan.get_by_role("button", name="Gửi ảnh, lời nói, vị trí").click()
    assert await complaints(page) == []
    await page.get_by_role("button", name="English").click()
    assert await complaints(page) == []


async def test_axe_core_would_say_something(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 844)
    await page.evaluate("document.getElementById('tour-text').style.color = '#9aa89f'")
    assert any(each.startswith("color-contrast") for each in await complaints(page))


async def test_the_database_panel_is_for_everyone_too(browser: Browser) -> None:
    database = Database()
    database.rows = [{"table": "contacts", "what": "một người", "shown": "▒▒▒"}]
    async with Simulator(page=True, limits=False, sees=database.sees) as town:
        page, _ = await opened(browser, town, 1280, 844)
        await expect(page.locator(".sees li")).to_be_visible()
        assert await complaints(page) == []


FOCUSED = """() => {
    const at = document.activeElement;
    if (at === document.body) return null;
    const style = getComputedStyle(at);
    return [at.ariaLabel || at.textContent.trim() || at.id || at.tagName,
        style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""


async def test_every_control_is_reached_by_tab_and_shows_it(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 844)
    await talk(town)
    await expect(page.locator("#phone-resident").get_by_role("img")).to_be_visible()
    reached: list[str] = []
    await page.keyboard.press("Tab")
    while (found := await page.evaluate(FOCUSED)) is not None:
        name, visible = found
        assert visible, f"{name} has the focus and does not show it"
        reached.append(name)
        await page.keyboard.press("Tab")
    for name in ("113", "Tới 07:00 mai", "English", "Chỉ chỗ bấm", "Nghe", "📝 Báo tin", "Gửi tin nhắn"):
        assert name in reached


async def test_the_tray_is_opened_used_and_left_by_keyboard(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 844)
    more = page.locator("#phone-resident").get_by_role("button", name="Gửi ảnh, lời nói, vị trí")
    await more.press("Enter")
    await expect(page.get_by_role("button", name="Hẻm bị chắn")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("textbox", name="Nhắn tin… (Người dân)")).to_be_focused()
    await expect(more).to_have_attribute("aria-expanded", "false")
    await more.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#phone-resident").get_by_text("Đã nghe: <ảnh>")).to_be_visible()
