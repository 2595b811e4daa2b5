"""Pictures, albums, voices, places and own files on the page's phones."""

from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, expect

from simulator import Simulator
from simulator.files import picture_size
from tests.simulator.echo import drawing
from tests.simulator.windows import TOGETHER, opened

pytestmark = TOGETHER


async def pick(phone: Locator, name: str) -> None:
    """Two taps: the + and one thing of the tray."""
    await phone.get_by_role("button", name="Gửi ảnh, lời nói, vị trí").click()
    await phone.get_by_role("button", name=name, exact=True).click()


def bytes_of(town: Simulator, message: dict[str, Any], kind: str) -> bytes:
    card = message[kind][-1] if kind == "photo" else message[kind]
    stored = town.world.files.get(card["file_id"])
    assert stored is not None
    return stored.data


async def test_a_sample_picture_is_two_taps_away(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 1280, 800)
    lan = page.locator("#phone-resident")
    await pick(lan, "Hẻm bị chắn")
    await expect(lan.get_by_text("Đã nghe: <ảnh>")).to_be_visible()
    data = bytes_of(town, town.phones["resident"].messages[0], "photo")
    assert data.startswith(b"\xff\xd8\xff")
    assert picture_size(data) == (1280, 960)
    assert wrong == []


async def test_three_pictures_at_once_are_one_album(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 390, 844)
    lan = page.locator("#phone-resident")
    await pick(lan, "Cả ba ảnh một lượt")
    await expect(lan.locator(".album .photo")).to_have_count(3)
    await expect(lan.locator(".row.mine")).to_have_count(1)
    sent = [each for each in town.phones["resident"].messages if "photo" in each]
    assert len(sent) == 3
    assert len({each["media_group_id"] for each in sent}) == 1
    assert wrong == []


async def test_a_sample_voice_is_opus_in_ogg_and_can_be_heard(browser: Browser, town: Simulator) -> None:
    page, wrong = await opened(browser, town, 1280, 800)
    lan = page.locator("#phone-resident")
    await pick(lan, "Một giọng kể")
    voice = lan.get_by_role("group", name="Lời nói")
    await voice.get_by_role("button", name="Nghe").click()
    await expect(voice.get_by_role("button", name="Dừng")).to_be_visible()
    sent = town.phones["resident"].messages[0]
    assert bytes_of(town, sent, "voice").startswith(b"OggS")
    seconds = await page.evaluate(
        """(id) => new Promise((done, failed) => {
            const sound = new Audio(`/page/file/${id}`);
            sound.onerror = failed;
            sound.onloadedmetadata = () => done(sound.duration);
        })""",
        sent["voice"]["file_id"],
    )
    assert 2.9 < seconds < 3.2
    assert wrong == []


async def test_a_browser_that_makes_no_opus_sends_wav(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    await page.evaluate("delete globalThis.AudioEncoder")
    lan = page.locator("#phone-resident")
    await pick(lan, "Chuông báo cháy")
    await expect(lan.get_by_role("group", name="Lời nói")).to_be_visible()
    data = bytes_of(town, town.phones["resident"].messages[0], "voice")
    assert (data[:4], data[8:12]) == (b"RIFF", b"WAVE")


async def test_a_place_is_a_map_with_a_pin(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    lan = page.locator("#phone-resident")
    await pick(lan, "Gửi vị trí")
    await expect(lan.get_by_text("Vị trí: 18.5283, 105.7089")).to_be_visible()
    assert "location" in town.phones["resident"].messages[0]


DROP = """(device, [kind, name, bytes]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], name, { type: kind }));
    for (const event of ["dragover", "drop"])
        device.dispatchEvent(new DragEvent(event, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize(
    ("mime", "name", "kind"),
    [
        ("image/png", "a.png", "photo"),
        ("application/pdf", "giay-to.pdf", "document"),
        ("image/svg+xml", "a.svg", "document"),
        ("audio/ogg", "a.ogg", "voice"),
        ("audio/mpeg", "a.mp3", "audio"),
        ("video/mp4", "a.mp4", "video"),
    ],
)
async def test_a_dropped_file_is_sent_as_what_it_is(
    browser: Browser, town: Simulator, mime: str, name: str, kind: str
) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    await expect(page.locator("#phone-resident .empty")).to_be_visible()
    device = page.locator("#phone-resident .device")
    await device.evaluate(DROP, [mime, name, list(drawing(8, 6))])
    await expect(page.locator("#phone-resident .row.mine")).to_be_visible()
    assert bytes_of(town, town.phones["resident"].messages[0], kind) == drawing(8, 6)
    await expect(page.locator("#phone-resident .drop")).to_be_hidden()


async def test_a_file_that_is_no_picture_is_refused_in_kind_words(browser: Browser, town: Simulator) -> None:
    page, _ = await opened(browser, town, 1280, 800)
    await expect(page.locator("#phone-resident .empty")).to_be_visible()
    await page.locator("#phone-resident .device").evaluate(DROP, ["image/png", "a.png", [1, 2, 3]])
    await expect(page.locator("#phone-resident .toast")).to_have_text("Tệp này chưa gửi được.")
    assert town.phones["resident"].messages == []


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        ("mayor", ["photo"]),
        ("resident", []),
        ("resident", ["spell"]),
        ("resident", ["photo"] * 11),
        ("resident", ["photo", "spell"]),
    ],
)
async def test_what_no_phone_sends_is_refused_whole(town: Simulator, role: str, kinds: list[str]) -> None:
    form = aiohttp.MultipartWriter("form-data")
    for kind in kinds:
        part = form.append(drawing(8, 6), {"Content-Type": "image/png"})
        part.set_content_disposition("form-data", name=kind, filename="a.png")
    url = f"{town.url}/page/media/{role}"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as response:
        assert response.status == 400
    assert town.phones["resident"].messages == []


@pytest.mark.parametrize(
    ("wanted", "status", "told"), [("bytes=2-5", 206, 4), ("bytes=-3", 206, 3), ("", 200, 900), ("bytes=x", 416, None)]
)
async def test_a_player_may_ask_for_a_part_of_a_sound(
    town: Simulator, wanted: str, status: int, told: int | None
) -> None:
    data = b"OggS" + bytes(896)
    await town.phones["resident"].send_voice(data)
    number = town.phones["resident"].messages[0]["voice"]["file_id"]
    headers = {"Range": wanted} if wanted else {}
    async with aiohttp.ClientSession() as session:
        response = await session.get(f"{town.url}/page/file/{number}", headers=headers)
        assert response.status == status
        if told is not None:
            assert len(await response.read()) == told
