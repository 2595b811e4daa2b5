"""A pledge in the chat: read whole, signed by one tap or one digit, who of how many, a signature on paper."""

from simulator.phone import Phone
from tests.journeys.town import BAC_HONG, Town, press, said

FILE = """
title = "An ninh, trật tự năm 2026"
contents = ["Báo tin sớm cho công an.", "Mỗi nhà một bình chữa cháy.", "Không đốt rác ngoài ngõ."]
opens = 2026-11-21
closes = 2026-11-30
by_households = true
[[party]]
kind = "neighbourhood"
unit = "18115-5"
[[party]]
kind = "union"
name = "Hội Phụ nữ phường"
"""


async def typed(phone: Phone, text: str, answer: str) -> str:
    """Types something and waits for what is answered."""
    await phone.send(text)
    return said(await phone.until(answer)).replace("\xa0", " ")


async def pressed(phone: Phone, label: str, answer: str) -> str:
    """Presses a button and waits for what is answered."""
    await press(phone, label)
    return said(await phone.until(answer)).replace("\xa0", " ")


async def test_a_leader_is_asked_reads_signs_and_the_office_sees_who_has_not(town: Town) -> None:
    mai = await town.member("Mai", "leader", "18115-5")
    hoa = await town.member("Hoa", "ward_office", BAC_HONG)
    reply = await town.command("pledge_open", unit=BAC_HONG, text=FILE)
    assert "version 1: 2 parties" in reply.out
    await mai.until("Mời Tổ dân phố 5 ký cam kết")
    shown = await typed(mai, "xem va ky", "3. Không đốt rác ngoài ngõ.")
    assert shown.splitlines()[0] == "✍️ An ninh, trật tự năm 2026 (bản 1, ký đến hết 30/11/2026)"
    assert "Bấm Ký cam kết" not in shown, "she signs for her unit and for her household: two buttons"
    assert "Đã ký 1/2 (50,0 %)" in await typed(mai, "1", "✅ Tổ dân phố 5 đã ký lúc 21:45, 21/11/2026, bản 1.")
    await typed(hoa, "/camket", "✍️ An ninh, trật tự năm 2026")
    assert "• Hội Phụ nữ phường" in await pressed(hoa, "Ai chưa ký?", "Chưa ký: 1")
    await typed(hoa, "1", "✅ Đã ghi Hội Phụ nữ phường ký giấy")
    shown = await pressed(hoa, "Danh sách đã ký", "Đã ký 2/2")
    assert "• Tổ dân phố 5: tổ trưởng Mai, 21:45 21/11/2026" in shown
    assert "ký giấy, cán bộ UBND Hoa ghi 21/11/2026" in shown


async def test_a_resident_signs_for_the_household_and_a_changed_text_is_shown_again(town: Town) -> None:
    lan = await town.resident("Lan")
    await typed(lan, "/camket", "Chưa có cam kết nào")
    await town.command("pledge_open", unit=BAC_HONG, text=FILE)
    await typed(lan, "/camket", "1. Báo tin sớm cho công an.")
    await town.command("pledge_open", unit=BAC_HONG, text=FILE.replace("sớm", "ngay"))
    await pressed(lan, "Ký cam kết", "Lời cam kết đã đổi, nay là bản 2")
    assert "1. Báo tin ngay cho công an." in said(lan.last)
    await typed(lan, "ky cam ket", "✅ Nhà mình đã ký")
    await typed(lan, "/pledge", "hộ gia đình 1 (chưa rõ tổng số)")
    assert "✅ Nhà mình đã ký 21:45, 21/11/2026." in said(lan.last)
    assert lan.buttons(lan.last) == [], "who hasn't signed is the ward's business"
    out = (await town.command("figures", unit=BAC_HONG)).out
    assert "pledge.An ninh, trật tự năm 2026" in out


async def test_the_clock_reminds_once(town: Town) -> None:
    mai = await town.member("Mai", "leader", "18115-5")
    await town.command("pledge_open", unit=BAC_HONG, text=FILE)
    await mai.until("Mời Tổ dân phố 5")
    await town.pass_time(days=6)
    await mai.until("Tổ dân phố 5 chưa ký cam kết")
    await town.pass_time(days=1)
    await town.delivered()
    assert len([one for one in mai.heard if "chưa ký cam kết" in said(one)]) == 1


async def test_the_list_comes_as_text_workbook_and_letter(town: Town) -> None:
    mai = await town.member("Mai", "leader", "18115-5")
    await town.command("pledge_open", unit=BAC_HONG, text=FILE)
    await typed(mai, "/camket", "3. Không đốt rác")
    await typed(mai, "1", "✅ Tổ dân phố 5 đã ký")
    text, xlsx, docx = [
        (await town.command("pledge_list", unit=BAC_HONG, format=form)).file for form in ("text", "xlsx", "docx")
    ]
    assert "- Tổ dân phố 5: tổ trưởng Mai, 21:45 21/11/2026, bấm ký" in (text or b"").decode()
    assert [(file or b"")[:2] for file in (xlsx, docx)] == [b"PK", b"PK"]


async def test_the_office_opens_a_pledge_in_one_message(town: Town) -> None:
    mai = await town.member("Mai", "leader", "18115-5")
    hoa = await town.member("Hoa", "ward_office", BAC_HONG)
    await typed(hoa, "/camket", "Chưa có cam kết nào")
    await typed(hoa, "mo cam ket", "mỗi ý một dòng")
    await typed(hoa, "Năm an toàn", "Chưa đọc được")
    await typed(hoa, "Năm an toàn\nBáo tin sớm.\nký đến 1/1/2020", "Ngày 01/01/2020 đã qua")
    text = "Năm an toàn\n1. Báo tin sớm.\n2. Không đốt rác.\nký đến 31/12/2026"
    assert "Đã ký 0/10" in await typed(hoa, text, "✅ Đã mở, bản 1; mời 10 tổ dân phố")
    await mai.until("Mời Tổ dân phố 5 ký cam kết: Năm an toàn")
    shown = await typed(mai, "xem va ky", "ký đến hết 31/12/2026")
    assert "1. Báo tin sớm.\n2. Không đốt rác." in shown


async def test_the_office_adds_departments_and_unions_by_typing_and_sees_each_kind(town: Town) -> None:
    hoa = await town.member("Hoa", "ward_office", BAC_HONG)
    await typed(hoa, "/camket", "Chưa có cam kết nào")
    await typed(hoa, "mo cam ket", "mỗi ý một dòng")
    await typed(hoa, "Năm an toàn\nBáo tin sớm.\nký đến 31/12/2026", "mời 10 tổ dân phố")
    await typed(hoa, "them ben ky", "Thêm bên nào cùng ký?")
    await typed(hoa, "1", "Gõ tên ban, ngành, mỗi dòng một bên")
    shown = await typed(hoa, "Trạm Y tế\nBan Chỉ huy Quân sự phường", "✅ Đã thêm 2 bên.")
    assert "Ban, ngành 0/2; Tổ dân phố 0/10." in shown
    await pressed(hoa, "Thêm bên ký", "Thêm bên nào cùng ký?")
    await pressed(hoa, "Đoàn thể", "Gõ tên đoàn thể")
    await typed(hoa, "Hội Phụ lão", "Đã thêm 1 bên")
    await typed(hoa, "them ben ky", "Thêm bên nào cùng ký?")
    await typed(hoa, "to, doi", "Ví dụ: Đội dân phòng phường")
    shown = await typed(hoa, "Đội dân phòng phường", "Đã thêm 1 bên")
    assert "Ban, ngành 0/2; Đoàn thể 0/1; Tổ dân phố 0/10; Tổ, đội 0/1." in shown
    await typed(hoa, "them ben ky", "Thêm bên nào cùng ký?")
    assert "1 Bỏ: Trạm Y tế" in (named := await offered(hoa, "bo ben ghi nham", "Bỏ bên nào ghi nhầm?"))
    assert "3 Bỏ: Hội Phụ lão" in named
    shown = await typed(hoa, "3", "Đã bỏ Hội Phụ lão khỏi danh sách.")
    assert "Đoàn thể" not in shown
    await typed(hoa, "ai chua ky", "Chưa ký: 13")
    await pressed(hoa, "Xem thêm", "Chưa ký: 13")
    assert "• Trạm Y tế" in await pressed(hoa, "Xem thêm", "• Trạm Y tế")
    await pressed(hoa, "1 Trạm Y tế: đã ký giấy", "✅ Đã ghi Trạm Y tế ký giấy.")
    file = (await town.command("pledge_list", unit=BAC_HONG, format="text")).file or b""
    assert "Ban, ngành 1/2; Tổ dân phố 0/10; Tổ, đội 0/1." in file.decode()


async def offered(phone: Phone, text: str, answer: str) -> list[str]:
    """The buttons of what is answered."""
    await phone.send(text)
    return phone.buttons(await phone.until(answer))


async def test_an_old_button_of_a_party_never_signs_for_another(town: Town) -> None:
    hoa = await town.member("Hoa", "ward_office", BAC_HONG)
    await town.command("pledge_open", unit=BAC_HONG, text=FILE)
    await typed(hoa, "/camket", "✍️ An ninh, trật tự năm 2026")
    await pressed(hoa, "Ai chưa ký?", "Chưa ký: 2")
    gone = FILE.replace('name = "Hội Phụ nữ phường"', 'name = "Hội Nông dân phường"')
    await town.command("pledge_open", unit=BAC_HONG, text=gone)
    await pressed(hoa, "2 Hội Phụ nữ phường: đã ký giấy", "Nút này cũ rồi")
    assert "Đã ký 0/2" in await typed(hoa, "/camket", "✍️ An ninh, trật tự năm 2026")
