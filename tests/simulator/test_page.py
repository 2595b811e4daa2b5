"""The page with three phones, in a real browser, against a tiny bot."""

import re

import aiohttp
import pytest
from playwright.async_api import Browser, FilePayload, expect

from simulator import Simulator
from tests.simulator.echo import drawing
from tests.simulator.windows import TOGETHER, opened

pytestmark = TOGETHER


async def test_a_newcomer_talks_with_the_bot_on_three_phones(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 1280, 800)
    lan = page.locator("#phone-resident")
    for role in ("Người dân", "Tổ trưởng", "Công an"):
        await expect(page.get_by_role("heading", name=role)).to_be_visible()
    await lan.get_by_role("button", name="Mở liên kết mời: Phường Bắc Hồng").click()
    await expect(lan.get_by_text("/start w_18115")).to_be_visible()
    await expect(lan.locator(".invitations button")).to_have_count(0)
    await lan.get_by_role("button", name="Đồng ý").click()
    await expect(lan.locator(".toast")).to_have_text("Cảm ơn bà con")
    await expect(lan.get_by_text("✅ Đã đồng ý.")).to_be_visible()
    await expect(lan.get_by_role("button", name="Đồng ý")).to_have_count(0)
    await lan.get_by_role("button", name="📝 Báo tin").click()
    await expect(lan.get_by_text("Đã nghe: 📝 Báo tin")).to_be_visible()
    await lan.get_by_role("textbox").fill("<b>cháy</b> ở hẻm 12")
    await lan.get_by_role("textbox").press("Enter")
    await expect(lan.get_by_text("Đã nghe: <b>cháy</b> ở hẻm 12")).to_be_in_viewport()
    assert town.phones["leader"].messages == []
    assert (wrong, town.violations) == ([], [])


async def test_pictures_are_shown_and_sent(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 1280, 800)
    nam = page.locator("#phone-police")
    await nam.get_by_role("button", name="Bắt đầu").click()
    await nam.get_by_role("textbox").fill("/tonghop")
    await nam.get_by_role("button", name="Gửi tin nhắn").click()
    picture = nam.get_by_role("img", name="Ảnh: Tổng hợp ngày 21/11/2026, phường Bắc Hồng")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    file = FilePayload(name="a.png", mimeType="image/png", buffer=drawing(64, 48))
    await nam.locator("input[type=file]").set_input_files(file)
    await expect(nam.get_by_text("Đã nghe: <ảnh>")).to_be_visible()
    assert wrong == []


async def test_the_clock_is_moved_and_shown(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 1280, 800)
    await expect(page.locator("#now")).to_have_text("19:42 Chủ nhật, 22/11/2026")
    await page.get_by_role("button", name="Tới 23:59").click()
    await expect(page.locator("#now-time")).to_have_text("23:59")
    await page.get_by_role("button", name="Tới 07:00 mai").click()
    await expect(page.locator("#now")).to_have_text("07:00 Thứ Hai, 23/11/2026")
    await expect(page.get_by_role("status").last).to_contain_text("Bây giờ là 07:00, 23/11/2026")
    assert wrong == []


async def test_on_a_small_screen_one_phone_shows_and_the_others_call(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 390, 844)
    await expect(page.locator("#phone-resident")).to_be_visible()
    await expect(page.locator("#phone-police")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await town.phones["police"].send("/start")
    tab = page.get_by_role("tab", name="Công an, 1 tin mới")
    await expect(tab).to_have_class(re.compile("unread"))
    await tab.click()
    await expect(page.locator("#phone-police").get_by_role("button", name="Đồng ý")).to_be_in_viewport()
    await expect(page.get_by_role("tab", name="Công an", exact=True)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#phone-leader")).to_be_visible()
    assert wrong == []


async def test_the_page_speaks_english_on_request(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    await expect(page.get_by_text("Bước 1/6. Máy Người dân: mở liên kết mời")).to_be_visible()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("Step 1/6. Resident's phone: open the invitation")).to_be_visible()
    await expect(page.get_by_text("A trial: nobody is on duty here.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="To 07:00 tomorrow")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "en"


async def test_every_control_has_a_name_and_is_large_enough_to_press(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 390, 844)
    await town.phones["resident"].send("/start")
    await expect(page.get_by_role("button", name="Đồng ý")).to_be_visible()
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button:not(.link), textarea")]
            .filter((each) => each.offsetParent && !each.closest("[hidden]"))
            .filter((each) => each.getBoundingClientRect().height < 40
                || !(each.textContent.trim() || each.ariaLabel)).map((each) => each.outerHTML)"""
    )
    assert small == []


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}])
async def test_another_site_in_the_same_browser_can_do_nothing(town: Simulator, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession() as session:
        act = {"role": "resident", "do": "send", "argument": "x"}
        async with session.post(f"{town.url}/page/act", json=act, headers=headers) as response:
            assert response.status == 403
        async with session.get(f"{town.url}/page/events", headers=headers) as response:
            assert response.status == 403
    assert town.phones["resident"].messages == []


@pytest.mark.parametrize("path", ["/page/routes.py", "/page/..%2fserver.py", "/page/nothing.js", "/page/file/x"])
async def test_only_the_page_itself_is_served(town: Simulator, path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(town.url + path) as response:
        assert response.status == 404


@pytest.mark.parametrize("body", ["{", "[]", '{"role": "mayor", "do": "send"}', '{"role": "resident", "do": "fly"}'])
async def test_an_act_nobody_understands_is_refused(town: Simulator, body: str) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{town.url}/page/act", data=body) as response:
        assert response.status == 400
