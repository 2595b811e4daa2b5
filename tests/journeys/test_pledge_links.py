"""Somebody who has never been here signs a pledge for a union, by the link that the ward's office passed on."""

import re

from simulator.phone import Phone
from tests.journeys.test_first_contact import known
from tests.journeys.test_pledges import FILE, pressed, typed
from tests.journeys.town import BAC_HONG, Town, caught_up, said

LINK = re.compile(r"https://t\.me/\w+\?start=k_[\w-]{24}$")


async def link_from(town: Town, hoa: Phone, text: str = FILE) -> str:
    """The link that the office gets for the women's union, by typing."""
    await town.command("pledge_open", unit=BAC_HONG, text=text)
    await typed(hoa, "/camket", "✍️ An ninh, trật tự năm 2026")
    await typed(hoa, "ai chua ky", "Chưa ký: 2")
    await typed(hoa, "gui lien ket ky", "Gửi liên kết ký cho bên nào?")
    shown = await typed(hoa, "1", "Bấm vào đây, ký đến hết 27/11/2026")
    assert shown.startswith("✍️ Mời đại diện Hội Phụ nữ phường đọc và ký cam kết: An ninh, trật tự năm 2026.")
    found = LINK.search(shown)
    assert found, shown
    return found[0]


async def test_a_stranger_signs_by_tap_for_a_union_and_the_list_names_them(town: Town) -> None:
    hoa, bich = await town.member("Hoa", "ward_office", BAC_HONG), town.sim.phone("Bích")
    link = await link_from(town, hoa)
    await bich.open_link(link)
    shown = said(await bich.until("Mời Bích đọc và ký cam kết cho Hội Phụ nữ phường"))
    assert all(number in shown for number in ("113", "114", "115"))
    assert "Báo tin sớm" not in shown
    assert not await known(town, bich)
    shown = await pressed(bich, "Đồng ý", "3. Không đốt rác ngoài ngõ.")
    assert shown.splitlines()[0] == "✍️ An ninh, trật tự năm 2026 (bản 1, ký đến hết 30/11/2026)"
    assert shown.splitlines()[-1] == "Bấm Ký cam kết là ký cho Hội Phụ nữ phường."
    assert bich.buttons(bich.last) == ["Ký cam kết"]
    text = bich.last["message_id"]
    await pressed(bich, "Ký cam kết", "✅ Hội Phụ nữ phường đã ký lúc 21:45, 21/11/2026, bản 1.")
    await bich.press("Ký cam kết", message_id=text)
    await bich.until("Hội Phụ nữ phường đã ký từ 21:45, 21/11/2026, bản 1; không có gì đổi.")
    await typed(bich, "/tieuchi", "Bảng tiêu chí dành cho công an")
    await typed(hoa, "/camket", "Đã ký 1/2 (50,0 %)")
    shown = await pressed(hoa, "Danh sách đã ký", "Đã ký 1/2")
    assert "• Hội Phụ nữ phường: đại diện Bích, 21:45 21/11/2026" in shown
    lan = await town.resident("Lan")
    await lan.open_link(link)
    await lan.until("Hội Phụ nữ phường đã ký từ")
    assert "Bích" not in said(lan.last)


async def test_a_stranger_signs_by_typing_the_text_as_it_reads_now(town: Town) -> None:
    hoa, bich = await town.member("Hoa", "ward_office", BAC_HONG), town.sim.phone("Bích")
    await bich.open_link(await link_from(town, hoa))
    await bich.until("Mời Bích đọc và ký cam kết")
    await typed(bich, "dong y", "1. Báo tin sớm cho công an.")
    await town.command("pledge_open", unit=BAC_HONG, text=FILE.replace("sớm", "ngay"))
    shown = await typed(bich, "ky cam ket", "Lời cam kết đã đổi, nay là bản 2")
    assert "1. Báo tin ngay cho công an." in shown
    await typed(bich, "1", "✅ Hội Phụ nữ phường đã ký lúc 21:45, 21/11/2026, bản 2.")
    await typed(bich, "1", "đã ký từ 21:45")
    await typed(bich, "/xoadulieu", "Xóa gì?")
    await typed(bich, "2", "Đã xóa")
    await typed(hoa, "/camket", "Đã ký 1/2")
    assert "• Hội Phụ nữ phường: đại diện, 21:45" in await typed(hoa, "danh sach da ky", "Đã ký 1/2")


LONG = FILE.replace(
    '"Báo tin sớm cho công an."', ", ".join(f'"Điều {number:02} {"giữ lời " * 58}hết."' for number in range(1, 19))
)


async def test_a_text_that_is_too_long_for_one_message_is_read_whole_before_it_is_signed(town: Town) -> None:
    hoa, bich = await town.member("Hoa", "ward_office", BAC_HONG), town.sim.phone("Bích")
    link = await link_from(town, hoa, LONG)
    await bich.open_link(link)
    await bich.until("Mời Bích đọc và ký cam kết")
    await typed(bich, "dong y", "20. Không đốt rác ngoài ngõ.")
    mai = await town.member("Mai", "leader", "18115-5")
    await typed(mai, "/camket", "20. Không đốt rác ngoài ngõ.")
    for phone in (bich, mai):
        texts = [said(message) for message in phone.heard]
        shown = "\n".join(texts)
        assert [shown.count(f"{number}. Điều {number:02} ") for number in range(1, 19)] == [1] * 18
        assert shown.count("giữ lời hết.") == 18
        assert "…" not in shown
    assert bich.buttons(bich.last) == ["Ký cam kết"]
    await typed(bich, "1", "✅ Hội Phụ nữ phường đã ký")


async def test_a_link_that_was_made_up_or_replaced_opens_nothing_and_asks_for_nothing(town: Town) -> None:
    hoa, bich = await town.member("Hoa", "ward_office", BAC_HONG), town.sim.phone("Bích")
    first = await link_from(town, hoa)
    await link_from(town, hoa)
    for link in (first, "k_" + "A" * 24):
        await bich.open_link(link)
        await bich.until("Liên kết ký này không dùng được nữa. Xin UBND phường liên kết mới.")
    assert "An ninh" not in said(bich.last)
    await caught_up(bich)
    assert not await known(town, bich)
