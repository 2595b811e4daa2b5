"""The inventory in the chat: counts that say what nobody knows, and a state told by two taps or a few words."""

from datetime import timedelta

import pytest

from locales import words
from simulator.phone import Phone
from simulator.world import Message
from tests.journeys import test_leader_findings as findings
from tests.journeys.town import NGHI_HOA, Town, caught_up, said
from tests.journeys.town import press as tap

KINH_DINH = "22759"
HOME = "📋 Phường Kinh Dinh"
UNASKED = "Chưa hiểu câu này"
CAMERAS = "📋 Camera an ninh: 40"
FILE = f"""
unit = "{KINH_DINH}"
source = "Biên bản 05/BB-CAP"
day = 2026-11-20
[[asset]]
kind = "security_camera"
number = 12
name = "Ngã ba chợ"
working = false
"""

MARKET = """
unit = "22759"
source = "Quyết định 12/QĐ-UBND"
day = 2026-11-20
[[place]]
kind = "safe_market"
code = "{code}"
name = "{name}"
"""
CRITERION = f"""
fill = "movement_34"
unit = "{KINH_DINH}"
[[criterion]]
number = 3
text = "Camera an ninh hoạt động"
how = {{ by = "automatic", indicator = "security_cameras.working", compare = "at_least", threshold = 90 }}
"""


async def typed(phone: Phone, text: str, answer: str) -> str:
    """Types something and waits for what is answered."""
    await phone.send(text)
    return said(await phone.until(answer)).replace("\xa0", " ")


async def pressed(phone: Phone, label: str, answer: str) -> str:
    """Presses a button and waits for what is answered."""
    await tap(phone, label)
    return said(await phone.until(answer)).replace("\xa0", " ")


async def beat(town: Town) -> Phone:
    """A beat officer of Kinh Dinh."""
    return await town.member("Minh", "beat_officer", KINH_DINH)


async def test_the_counts_of_a_source_stand_there_with_a_state_that_nobody_knows(town: Town) -> None:
    minh = await beat(town)
    shown = await typed(minh, "/taisan", HOME)
    assert shown.splitlines()[1:] == [
        "• Camera an ninh: 40; chưa rõ tình trạng, đếm ngày 01/08/2023",
        "• Điểm chữa cháy công cộng: 18; chưa rõ tình trạng, đếm ngày 01/08/2023",
        "• Chợ an toàn về ANTT: 1; chưa rõ tình trạng",
        "• Tổ: liên gia PCCC 4",
        "• Hộ trong tổ: 36 (rõ 4/4 tổ; có số mẫu)",
    ]
    shown = await pressed(minh, "Camera an ninh", CAMERAS)
    assert "Số 40: Bài báo 01/8/2023 về phường Kinh Dinh, 01/08/2023." in shown


async def test_a_broken_camera_is_two_taps_and_can_be_undone(town: Town) -> None:
    minh = await beat(town)
    await typed(minh, "/assets", HOME)
    await pressed(minh, "Camera an ninh", CAMERAS)
    await pressed(minh, "⚪ 7", "Camera an ninh số 7: chưa rõ, chưa ai ghi")
    shown = await pressed(minh, "Hỏng", "✅ Camera an ninh số 7: hỏng. Thấy 21/11/2026, ghi lúc 21:45.")
    assert "40; 1 hỏng, 39 chưa rõ từ 01/08/2023" in shown
    assert len(shown.splitlines()) <= 6
    await pressed(minh, "❌ 7", "Thấy ngày 21/11/2026; Minh ghi lúc 21:45, 21/11/2026.")
    await pressed(minh, "Hỏng", "đã ghi hỏng từ 21:45, 21/11/2026; không có gì đổi")
    await pressed(minh, "❌ 7", "Camera an ninh số 7: hỏng")
    await pressed(minh, "Hoạt động", "✅ Camera an ninh số 7: hoạt động")
    shown = await pressed(minh, "Hoàn tác", "Đã hoàn tác: Camera an ninh số 7")
    assert "1 hỏng, 39 chưa rõ" in shown


async def test_typing_does_the_same_with_and_without_diacritics(town: Town) -> None:
    minh = await beat(town)
    await typed(minh, "/taisan", HOME)
    await typed(minh, "1", CAMERAS)
    await typed(minh, "7", "Camera an ninh số 7: chưa rõ")
    await typed(minh, "2", "✅ Camera an ninh số 7: hỏng")
    await typed(minh, "3 hoat dong", "✅ Camera an ninh số 3: hoạt động")
    shown = await typed(minh, "12 hỏng hôm qua", "✅ Camera an ninh số 12: hỏng. Thấy 20/11/2026, ghi lúc 21:45.")
    assert "1 hoạt động, 2 hỏng, 37 chưa rõ" in shown
    assert "Hỏng: 7 (thấy 21/11), 12 (thấy 20/11)." in shown
    await typed(minh, "12 hoạt động 18/11", "Lần xem mới hơn, 20/11/2026, vẫn tính")
    await typed(minh, "7 đã sửa", "✅ Camera an ninh số 7: hoạt động")
    await typed(minh, "hoan tac", "Đã hoàn tác: Camera an ninh số 7")
    await typed(minh, "5", "Camera an ninh số 5: chưa rõ")
    await typed(minh, "hỏng 19/11", "✅ Camera an ninh số 5: hỏng. Thấy 19/11/2026")


async def test_figures_know_five_of_forty(town: Town) -> None:
    minh = await beat(town)
    await typed(minh, "/taisan", HOME)
    await typed(minh, "1", CAMERAS)
    for number in range(1, 6):
        word = "hoạt động" if number > 2 else "hỏng"
        await typed(minh, f"{number} {word}", f"✅ Camera an ninh số {number}: {word}")
    await town.pass_time(hours=4)
    out = (await town.command("figures", unit=KINH_DINH)).out.replace("\xa0", " ")
    lines = {line.split()[0]: " ".join(line.split()[1:4]) for line in out.splitlines()}
    assert lines["security_cameras.known"].startswith("5/40")
    assert lines["security_cameras.working"].startswith("3/5")
    assert lines["security_cameras.total"].startswith("40 2026-11-22")
    await town.pass_time(hours=24)
    report = await town.command("report", unit=KINH_DINH, period="weekly", format="text", date="2026-11-22")
    text = (report.file or b"").decode()
    assert "Camera 40: rõ 5, hoạt động 3. Điểm chữa cháy 18: chưa rõ tình trạng." in text


async def test_a_criterion_on_working_cameras_waits_for_those_that_nobody_has_seen(town: Town) -> None:
    await town.command("criteria_import", text=CRITERION)
    ha = await town.member("Hà", "ward_chief", KINH_DINH)
    await typed(ha, "/taisan", HOME)
    await typed(ha, "1", CAMERAS)
    await typed(ha, "ghi so luong", "tất cả bao nhiêu")
    await typed(ha, "2", "✅ Đã ghi Camera an ninh: 2.")
    await typed(ha, "1 hoat dong", "✅ Camera an ninh số 1: hoạt động")
    town.clock.time += timedelta(minutes=1)
    await typed(ha, "/tieuchi", "đến 21/11/2026")
    await typed(ha, "tung tieu chi", "Bấm hoặc gõ số tiêu chí")
    shown = await typed(ha, "3", "Tiêu chí 3/34")
    assert "Chưa rõ: mới rõ tình trạng 1/2." in shown
    await typed(ha, "/taisan", HOME)
    await typed(ha, "1", "📋 Camera an ninh: 2")
    await typed(ha, "2 hong", "✅ Camera an ninh số 2: hỏng")
    town.clock.time += timedelta(minutes=1)
    await typed(ha, "/tieuchi", "đến 21/11/2026")
    await typed(ha, "tung tieu chi", "chưa đạt 1")
    shown = await typed(ha, "3", "❌ Tiêu chí 3/34")
    assert "Căn cứ: đã rõ tình trạng 2/2, đến 21/11/2026." in shown
    assert "Còn thiếu 1 nữa." in shown


async def test_what_can_not_be_meant_is_refused_kindly(town: Town) -> None:
    minh = await beat(town)
    await typed(minh, "/taisan", HOME)
    await typed(minh, "2", "📋 Điểm chữa cháy công cộng: 18")
    await typed(minh, "19 hỏng", "có số 1 đến 18")
    await typed(minh, "0 hong", "có số 1 đến 18")
    await typed(minh, "hỏng", "Chưa rõ cái nào, ra sao")
    await typed(minh, "7 không hỏng", "Mỗi lần một số, gõ gọn: 7 hỏng, 7 hoạt động")
    await typed(minh, "7.8 hỏng", "Chưa rõ cái nào, ra sao")
    await typed(minh, "7 hỏng 1/12", "Ngày 01/12/2026 chưa tới")
    await typed(minh, "18 hỏng", "✅ Điểm chữa cháy công cộng số 18: hỏng")
    await typed(minh, "ghi so luong", "phường có tất cả bao nhiêu")
    await typed(minh, "vài cái", "Gõ một số từ 0 đến 999")
    await typed(minh, "17", "✅ Đã ghi Điểm chữa cháy công cộng: 17.")
    await typed(minh, "18", "có số 1 đến 17")


async def test_a_market_is_a_unit_and_can_be_no_more(town: Town) -> None:
    minh = await beat(town)
    await typed(minh, "/taisan", HOME)
    await typed(minh, "3", "📋 Chợ an toàn về ANTT: 1")
    await typed(minh, "1", "Chợ Phan Rang: chưa rõ")
    shown = await typed(minh, "khong con", "✅ Chợ Phan Rang: không còn")
    assert "1; 1 không còn" in shown
    await typed(minh, "2 hỏng", "có số 1 đến 1")
    assert "Ghi số lượng" not in minh.buttons(minh.last)


async def test_the_longest_code_that_can_be_imported_fits_into_every_button(town: Town) -> None:
    code, name = f"{KINH_DINH}-{'x' * 20}", "Chợ " + "đầu mối nông sản " * 10
    await town.command("assets_import", text=MARKET.format(code=code, name=name))
    minh = await beat(town)
    await typed(minh, "/taisan", HOME)
    await typed(minh, "3", "📋 Chợ an toàn về ANTT: 2")
    presses = keys(minh.last)
    await pressed(minh, "2 ⚪ Chợ đầu mối nông sản đầu mối n", "chưa rõ, chưa ai ghi")
    presses += keys(minh.last)
    shown = await pressed(minh, "Không còn", "không còn. Thấy 21/11/2026")
    assert "Không còn: Chợ đầu mối nông sản đầu mối n (thấy 21/11)." in shown
    presses += keys(minh.last)
    assert {press.split(":")[0] for press in presses} == {"a.home", "a.kind", "a.one", "a.mark", "a.undo"}
    assert max(len(press.encode()) for press in presses) <= 64  # Telegram's limit
    await pressed(minh, "Hoàn tác", "Đã hoàn tác: Chợ đầu mối")
    await typed(minh, "2", "chưa rõ, chưa ai ghi")


def keys(message: Message) -> list[str]:
    """What the buttons of a message carry."""
    return [button["callback_data"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


async def test_who_reads_does_not_write_and_strangers_read_nothing(town: Town) -> None:
    nam = await town.officer(ward=KINH_DINH)
    await typed(nam, "/taisan", HOME)
    shown = await typed(nam, "1", CAMERAS)
    assert "Cảnh sát khu vực, trưởng công an phường ghi." in shown
    assert "Ghi số lượng" not in nam.buttons(nam.last)
    await typed(nam, "7 hỏng", UNASKED)
    await typed(nam, "7", "Camera an ninh số 7: chưa rõ")
    assert nam.buttons(nam.last) == ["Về danh sách"]
    lan = await town.resident("Lan")
    await typed(lan, "/taisan", "dành cho công an")


@pytest.mark.parametrize("role", ["beat_officer", "ward_chief", "duty_officer"])
async def test_a_tip_that_is_pushed_is_received_by_typing_whatever_was_looked_at(town: Town, role: str) -> None:
    minh = await town.member("Minh", role, KINH_DINH)
    await typed(minh, "/taisan", HOME)
    await typed(minh, "1", CAMERAS)
    code = await town.tip(await town.resident("Lan", KINH_DINH), "Có người cạy cửa nhà bên")
    await minh.until(code)
    assert code in await typed(minh, "Tiếp nhận", "đã tiếp nhận")
    await typed(minh, "chay roi", UNASKED)
    if role != "duty_officer":
        await typed(minh, "7 hỏng", "✅ Camera an ninh số 7: hỏng")
        await typed(minh, "7", "Camera an ninh số 7: hỏng")
        await typed(minh, "tiep nhan", UNASKED)
        await typed(minh, "đã sửa", "✅ Camera an ninh số 7: hoạt động")


async def test_mended_is_said_of_a_finding_or_of_an_asset_and_asked_where_it_may_be_either(town: Town) -> None:
    dung, mai = await findings.beat(town), await town.leader()
    await typed(dung, "/taisan", "📋 Phường Bắc Hồng")
    await typed(dung, "1", "📋 Camera an ninh: chưa rõ có bao nhiêu")
    await typed(dung, "ghi so luong", "tất cả bao nhiêu")
    await typed(dung, "9", "✅ Đã ghi Camera an ninh: 9.")
    await findings.broken_buttons(mai)
    await dung.until("báo chưa đạt")
    await typed(dung, "7 hỏng", "✅ Camera an ninh số 7: hỏng")
    await typed(dung, "7", "Camera an ninh số 7: hỏng")
    await typed(dung, "đã sửa xong", "Chưa rõ cái nào, ra sao")
    await typed(dung, "ve danh sach", "📋 Camera an ninh: 9; 1 hỏng")
    await typed(dung, "đã sửa xong", "Đã ghi sửa xong")
    await typed(dung, "7 đã sửa xong", "✅ Camera an ninh số 7: hoạt động")


async def test_a_stale_or_forged_button_does_nothing(town: Town) -> None:
    minh = await beat(town)
    for data in (
        f"a.mark:{KINH_DINH}:security_camera:41:broken",
        f"a.mark:{KINH_DINH}:security_camera:7:dancing",
        f"a.mark:{KINH_DINH}:tank:7:broken",
        f"a.mark:{NGHI_HOA}:security_camera:7:broken",
        f"a.undo:{KINH_DINH}:security_camera:nothing",
        f"a.count:{KINH_DINH}:safe_market",
        "a.kind:18115",
        "a.home:40",
    ):
        await minh.press_data(data)
        await caught_up(minh)
    listed = (await town.command("assets_list", unit=KINH_DINH, json=True)).out
    assert listed.count('"known": 0') == 3


async def test_a_file_brings_names_and_what_was_seen(town: Town) -> None:
    done = await town.command("assets_import", text=FILE)
    assert "2 new statements about" in done.out
    assert "0 new statements" in (await town.command("assets_import", text=FILE)).out
    one = words("en").say("operator.assets_imported", ward=KINH_DINH, count=1)
    assert "1 new statement about" in one
    minh = await beat(town)
    await typed(minh, "/taisan", HOME)
    shown = await typed(minh, "1", CAMERAS)
    assert "Hỏng: 12 Ngã ba chợ (thấy 20/11)." in shown
    await typed(minh, "12 tốt", "✅ Camera an ninh số 12 (Ngã ba chợ): hoạt động")
    listed = (await town.command("assets_list", unit=KINH_DINH, json=True)).out
    assert '"name": "Ngã ba chợ"' in listed
    text = (await town.command("assets_list", unit=KINH_DINH)).out
    assert "12 Ngã ba chợ" in text


async def test_a_province_chooses_a_ward(town: Town) -> None:
    ha = await town.member("Hà", "province", "58")
    await typed(ha, "/taisan", HOME)
    thu = await town.member("Thu", "province", "40")
    await typed(thu, "/taisan", "Xem phường nào")
    await typed(thu, "1", "tài sản và mô hình")
