"""The scorecard in the chat: read it, say how a criterion stands, give a document, fill in a slot; typed or pressed."""

import io

import pytest
from PIL import Image

from simulator.phone import Phone
from tests.journeys.town import BAC_HONG, NGHI_HOA, Town, caught_up, heard, press, said

BOARD = "🏅 Phường Nghi Hòa"


async def typed(phone: Phone, text: str, answer: str) -> str:
    """Types something and waits for what is answered."""
    await phone.send(text)
    return said(await phone.until(answer))


async def pressed(phone: Phone, label: str, answer: str) -> str:
    """Presses a button and waits for what is answered."""
    await press(phone, label)
    return said(await phone.until(answer))


async def test_the_board_shows_the_reported_total_and_says_that_nobody_knows_which(town: Town) -> None:
    nam = await town.officer(ward=NGHI_HOA)
    shown = await typed(nam, "🏅 Tiêu chí", BOARD)
    assert "đến 25/10/2023: đạt 29/34, còn 5.\nNguồn chỉ nêu tổng số, chưa rõ 5 tiêu chí nào." in shown
    assert "bộ Công an phường 18/22" in shown
    assert len(shown.splitlines()) <= 6
    assert nam.buttons(nam.last)[:3] == ["Còn thiếu gì?", "Điền nội dung", "Số này từ đâu?"]
    assert "thêm Nghị quyết quý I" in await typed(nam, "1", "gần đạt nhất")
    await typed(nam, "ve bang", BOARD)
    assert "Bài báo 25/10/2023 về phường Nghi Hòa" in await typed(nam, "so nay tu dau?", "9745/QĐ-BCA-V05")
    await typed(nam, "/tieuchi", BOARD)
    assert "mới điền được" in await typed(nam, "2", "điền được")


async def test_a_chief_vouches_with_a_reason_and_takes_it_back(town: Town) -> None:
    dung = await town.member("Dũng", "ward_chief", NGHI_HOA)
    await typed(dung, "/criteria", BOARD)
    await pressed(dung, "Từng tiêu chí", "gõ số tiêu chí")
    assert "Ai lo: UBND phường" in await typed(dung, "1", "Tiêu chí 1/34")
    await pressed(dung, "Ghi đạt", "Gõ lý do")
    shown = await typed(dung, "Đã họp, có biên bản", "Đã ghi tiêu chí 1 đạt")
    assert "Trưởng Công an phường Dũng ghi 21/11/2026, “Đã họp, có biên bản”" in shown
    assert "đạt 1/34" in await pressed(dung, "Về bảng", BOARD)
    assert "Thêm: 1 (xác nhận đạt)" in await pressed(dung, "Thay đổi", "Từ 01/01/2026")
    await pressed(dung, "Về bảng", BOARD)
    await pressed(dung, "Từng tiêu chí", "gõ số tiêu chí")
    await typed(dung, "1", "Tiêu chí 1/34")
    await pressed(dung, "Rút lời ghi", "Đã rút")
    assert "chưa rõ cả 34" in await pressed(dung, "Về bảng", BOARD)


async def test_a_document_is_given_in_one_line_and_a_slot_is_filled(town: Town) -> None:
    hoa = await town.member("Hoa", "ward_office", NGHI_HOA)
    await typed(hoa, "tieu chi", BOARD)
    await pressed(hoa, "Từng tiêu chí", "gõ số tiêu chí")
    await typed(hoa, "2", "0/3 văn bản")
    await typed(hoa, "1", "gõ số, ngày, cơ quan")
    await typed(hoa, "không nhớ", "Chưa đọc được văn bản")
    await typed(hoa, "12-NQ/ĐU, 15/2/2025, Đảng ủy phường", "từ 15/12/2025 đến 31/03/2026")
    assert "1/3 văn bản" in await typed(hoa, "12-NQ/ĐU ngày 15/2/2026 của Đảng ủy phường", "Đã thêm 12-NQ/ĐU")
    page = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(page, "JPEG")
    await hoa.send_photo(page.getvalue())
    await hoa.until("Đã kèm ảnh, tệp cho tiêu chí 2")
    await pressed(hoa, "Rút lời ghi", "Đã rút")
    assert "0/3 văn bản" in said(hoa.last)
    await pressed(hoa, "Về bảng", BOARD)
    await pressed(hoa, "Điền nội dung", "Điền số nào?")
    await typed(hoa, "40", "tiêu chí 1 đến 34")
    await typed(hoa, "3", "Gõ nội dung tiêu chí 3")
    assert "chưa ai ghi" in await typed(hoa, "Tổ chức ngày hội", "Đã điền tiêu chí 3: Tổ chức ngày hội")


async def test_any_day_can_be_asked_and_a_day_to_come_is_refused(town: Town) -> None:
    nam = await town.officer(ward=NGHI_HOA)
    await typed(nam, "/tieuchi", BOARD)
    await pressed(nam, "Xem ngày khác", "Gõ ngày")
    await typed(nam, "1/1/2030", "chưa tới")
    assert "Ghi ở đây, đến 25/10/2023" in await typed(nam, "25/10/2023", BOARD)
    assert "Điền nội dung" not in nam.buttons(nam.last)


async def test_a_province_chooses_a_ward_by_its_name_and_a_resident_is_refused(town: Town) -> None:
    ha, lan = await town.member("Hà", "province", "40"), await town.resident("Lan")
    await typed(ha, "/tieuchi", "🏅 Nghệ An")
    await typed(ha, "nghi hoa", BOARD)
    await typed(lan, "/tieuchi", "dành cho công an")
    await caught_up(lan)
    assert not heard(lan, "29/34")


async def test_residential_areas_have_a_board_each_with_their_own_deadline(town: Town) -> None:
    nam = await town.officer(ward=NGHI_HOA)
    await typed(nam, "/tieuchi", BOARD)
    await pressed(nam, "Bộ khác", "Xem bộ nào?")
    await typed(nam, "tung khu dan cu", "Xem khu dân cư nào?")
    shown = await typed(nam, "1", "🏅 Khối 1")
    assert "chưa rõ cả 5 tiêu chí" in shown
    assert "Hạn 20/11/2027, còn 364 ngày" in shown


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ("k.board:18115", "không thuộc phần việc"),
        ("k.one:40:movement_34:1", "không thuộc phần việc"),
        ("k.board:16726:movement_34:2023-13-45", "Nút này cũ rồi"),
        ("k.one:16726:nothing:1", "chưa chấm theo bộ này"),
        ("k.one:16726:movement_34:35", "tiêu chí 1 đến 34"),
        ("k.met:16726:movement_34:1", "người khác ghi"),
        ("k.paper:16726:movement_34:2:9", "người khác ghi"),
        ("k.undo:16726:movement_34:3", "chưa có nội dung"),
        ("k.slot:16726:movement_34:3", "mới điền được"),
    ],
)
async def test_a_forged_button_is_asked_again_who_presses_it(town: Town, data: str, answer: str) -> None:
    nam = await town.officer(ward=NGHI_HOA)
    await typed(nam, "/tieuchi", BOARD)
    await nam.press_data(data)
    await nam.until(answer)


async def test_english_reads_the_same_board(town: Town) -> None:
    nam = await town.officer(ward=BAC_HONG)
    await nam.send("/language")
    await press(nam, "English")
    await nam.until("You are on shift")
    assert "none of 34 criteria known" in await typed(nam, "/criteria", "🏅 Bắc Hồng ward")
    assert "nearest to being met" in await typed(nam, "what is missing?", "Movement")


COUNTING = """
code = "own"
family = "own"
name = "Riêng"
unit = "16726"
slots = 2
[[criterion]]
number = 1
text = "Tin có giá trị"
how = { by = "automatic", indicator = "tips.valuable", compare = "at_least", threshold = 1, span = "month" }
[[criterion]]
number = 2
text = "Tin mới"
how = { by = "automatic", indicator = "tips.opened", compare = "at_most", threshold = 9, span = "month" }
"""


async def test_a_province_reads_no_count_of_tips_from_a_scorecard_on_any_day(town: Town) -> None:
    await town.command("criteria_import", text=COUNTING)
    lan, nam = await town.resident("Lan", NGHI_HOA), await town.officer(ward=NGHI_HOA)
    ha = await town.member("Hà", "province", "40")
    card = await nam.until(await town.tip(lan, "chuyện"))
    await nam.press("Tiếp nhận", message_id=card["message_id"])
    await nam.until("đã tiếp nhận")
    await nam.press("Có giá trị")
    await nam.until("⭐ Có giá trị")
    await town.pass_time(days=1)
    await nam.send("/tieuchi")
    await nam.until("Riêng")
    await nam.press_data(f"k.one:{NGHI_HOA}:own:1")
    await nam.until("Đạt: 1.")
    for number in (1, 2):
        for day in ("", ":2026-11-21", ":2026-11-22"):
            await ha.press_data(f"k.one:{NGHI_HOA}:own:{number}{day}")
            shown = said(await ha.until(f"⚪ Tiêu chí {number}/2"))
            assert "Chưa rõ: chưa có số liệu." in shown
            ha.messages.clear()
    for _ in range(32):
        await town.pass_time(days=1)
    await ha.press_data(f"k.one:{NGHI_HOA}:own:1")
    assert "Đạt, theo số liệu các tháng đã chốt" in said(await ha.until("✅ Tiêu chí 1/2"))
