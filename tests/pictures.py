"""The pictures of the README, taken anew: `make pictures` walks the demo in a browser and photographs it.

Not a test. Needs Chromium on the path, and an emoji font (on Debian: `chromium fonts-noto-color-emoji`): without the
font the icons on the buttons come out as empty boxes.
"""

import asyncio
import io
import re
import shutil
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

FOLDER = Path("docs/pictures")
LARGEST = 250_000  # bytes of a picture
COLOURS = (None, 256, 128, 64)  # all, or as few as it takes
PATIENCE = 20.0  # seconds for the demo to start
# As the tests of the page start it: nothing of this browser leaves the machine.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
WIDE, NARROW = (1280, 1000), (390, 844)
STORY = "Đầu hẻm 12 có đống gạch chắn lối xe chữa cháy."


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """The address of a demo of our own, as `make demo` starts it, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "demo", "--port", port, stdout=PIPE)
    try:
        async with asyncio.timeout(PATIENCE):
            address = await _address(process)
        yield address
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _address(process: Process) -> str:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if found := re.search(rb"http://[0-9.:]+", line):
            return found.group().decode()
    raise RuntimeError("the demo ended before it was ready")


async def press(phone: Locator, label: str) -> None:
    """The newest button of that name; the bot may still have to send it."""
    await phone.get_by_role("button", name=label, exact=True).last.click()


async def write(phone: Locator, text: str) -> None:
    """Types and sends."""
    await phone.get_by_role("textbox").fill(text)
    await phone.get_by_role("textbox").press("Enter")


async def tell(page: Page) -> None:
    """The resident agrees, and tells a tip with a picture."""
    lan = page.locator("#phone-resident")
    await press(lan, "Mở liên kết mời: Phường Bắc Hồng")
    await press(lan, "Bắt đầu")
    await press(lan, "Đồng ý")
    await press(lan, "📝 Báo tin")
    await press(lan, "9 Giao thông, mất trật tự, rác thải")
    await write(lan, STORY)
    await expect(lan.get_by_text("Có 1 lời kể")).to_be_visible()
    await press(lan, "Gửi ảnh, lời nói, vị trí")
    await press(lan, "Hẻm bị chắn")
    await expect(lan.get_by_text("1 ảnh").last).to_be_visible()


async def hide(page: Page) -> None:
    """The resident sends it, and hides their name."""
    lan = page.locator("#phone-resident")
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    await expect(lan.get_by_text("Mã tin:").last).to_be_visible()


async def receive(page: Page) -> None:
    """The officer receives it."""
    nam = page.locator("#phone-police")
    await press(nam, "📥 Tin chờ")
    await press(nam, "Tiếp nhận")
    await expect(nam.get_by_text(re.compile("tiếp nhận lúc")).last).to_be_visible()


async def confirm(page: Page) -> None:
    """The leader finds all seven items in order."""
    mai = page.locator("#phone-leader")
    await press(mai, "🧯 Kiểm tra an toàn")
    await press(mai, "Đạt tất cả")
    await expect(mai.get_by_text("Xong tháng").last).to_be_visible()


async def morning(page: Page) -> bytes:
    """The clock moves to the next day's 07:00, the summary comes; returns its chart as the bot sent it."""
    await page.get_by_role("button", name="Tới 23:59").click()
    await expect(page.locator("#now-time")).to_have_text(re.compile("^23:59|^00:0"))
    await page.get_by_role("button", name="Tới 07:00").click()
    summary = page.locator("#phone-police .row", has_text="Tổng hợp ngày").last
    await expect(summary).to_be_visible()
    chart = summary.locator("img").first
    await expect(chart).to_be_visible()
    source = await chart.evaluate("image => image.decode().then(() => image.src)")
    answer = await page.request.get(source)
    await summary.scroll_into_view_if_needed()
    return await answer.body()


async def opened(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    """The page without its guided tour, in daylight."""
    width, height = size
    page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    await page.goto(url)
    await page.locator("#phone-resident .log > *").first.wait_for(state="attached")
    await page.get_by_role("button", name="Đóng hướng dẫn").click()
    return page


async def settled(page: Page) -> bytes:
    """A photograph once nothing moves any more."""
    await page.evaluate("document.fonts.ready")
    await expect(page.locator(".toast.on")).to_have_count(0, timeout=15_000)
    before = b""
    while (now := await page.screenshot(animations="disabled", caret="hide")) != before:
        before = now
        await page.wait_for_timeout(400)
    return now


def keep(name: str, picture: bytes) -> None:
    """Writes a picture as a small PNG."""
    with Image.open(io.BytesIO(picture)) as image:
        seen = image.convert("RGB")
    for colours in COLOURS:
        written = io.BytesIO()
        fewer = seen if colours is None else _with_fewer(seen, colours)
        fewer.save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST:
            break
    else:
        raise RuntimeError(f"{name} is larger than {LARGEST} bytes")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_bytes(written.getvalue())
    sys.stdout.write(f"{FOLDER / name}: {seen.width} x {seen.height}, {written.tell()} bytes\n")


def _with_fewer(seen: Image.Image, colours: int) -> Image.Image:
    """Few colours of which no icon loses its own, strewn so that no shadow gets an edge."""
    palette = seen.quantize(colours, Image.Quantize.FASTOCTREE)
    return seen.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


async def take() -> None:
    """Walks the story once and takes the three pictures on the way."""
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("Chromium is not on the path.")
    async with demo() as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(QUIET))
        page = await opened(browser, url, WIDE)
        await tell(page)
        hand = await opened(browser, url, NARROW)
        await expect(hand.get_by_text("1 ảnh").last).to_be_visible()
        keep("phone-resident.png", await settled(hand))
        await hand.close()
        await hide(page)
        await receive(page)
        await confirm(page)
        keep("summary.png", await morning(page))
        keep("phones.png", await settled(page))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
