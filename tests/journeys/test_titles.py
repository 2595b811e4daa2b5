"""Titles in the chat: a proposal, the assessment, the decision, by digit or words; and where documents come from."""

from simulator.phone import Phone
from tests.journeys.town import BAC_HONG, NGHI_HOA, Town, press, said

HOME = "🏆 Phường Bắc Hồng"


async def typed(phone: Phone, text: str, answer: str) -> str:
    """Types something and waits for what is answered."""
    await phone.send(text)
    return said(await phone.until(answer)).replace("\xa0", " ")


async def pressed(phone: Phone, label: str, answer: str) -> str:
    """Presses a button and waits for what is answered."""
    await press(phone, label)
    return said(await phone.until(answer)).replace("\xa0", " ")


async def test_what_sources_report_stands_beside_what_nobody_has_written(town: Town) -> None:
    nam = await town.officer()
    shown = await typed(nam, "/danhhieu", HOME)
    assert "Gia đình: chưa ghi; nguồn nêu 2.412/2.546 (94,7 %), đến 31/12/2021" in shown
    assert "Trường học: chưa ghi; nguồn nêu 3/3 (100,0 %)" in shown
    assert len(shown.splitlines()) <= 6
    shown = await typed(nam, "2", "chưa ghi, tổng số 10")
    assert "Bài báo 29/7/2022" in shown
    assert "Đề nghị" not in nam.buttons(nam.last), "an officer on duty reads"


async def test_a_unit_is_proposed_assessed_and_recognised(town: Town) -> None:
    hoa = await town.member("Hoa", "ward_office", BAC_HONG)
    await typed(hoa, "/titles", HOME)
    await typed(hoa, "to dan pho", "Tổ dân phố, 5 an toàn nhất 2026")
    await typed(hoa, "de nghi", "đề nghị ai")
    await typed(hoa, "5", "Đã ghi đề nghị: Tổ dân phố 5")
    await typed(hoa, "1", "📝 Tổ dân phố 5: đã đề nghị")
    await typed(hoa, "1", "bình xét thế nào")
    await typed(hoa, "Họp dân 20/11, 31/34 hộ đồng ý", "👥 Tổ dân phố 5: đã bình xét")
    await pressed(hoa, "Công nhận", "gõ số, ngày, cơ quan")
    await typed(hoa, "quên rồi", "Chưa đọc được văn bản")
    shown = await typed(hoa, "57/QĐ-UBND, 20/11/2026, UBND phường", "✅ Tổ dân phố 5: được công nhận")
    assert "57/QĐ-UBND, 20/11/2026, UBND phường" in shown
    assert "“Họp dân 20/11, 31/34 hộ đồng ý”" in shown
    assert len(shown.splitlines()) <= 6
    assert "công nhận 1/10 (10,0 %)" in await pressed(hoa, "Về danh sách", "Tổ dân phố, 5 an toàn nhất")
    out = (await town.command("figures", unit=BAC_HONG)).out
    assert "1/10 = 10,0" in next(line for line in out.splitlines() if "titles.safest.neighbourhood.2026" in line)
    await typed(hoa, "1", "✅ Tổ dân phố 5")
    await pressed(hoa, "Rút lời ghi", "Đã rút")
    assert "đã bình xét" in said(hoa.last)


async def test_families_are_counted_by_unit(town: Town) -> None:
    dung = await town.member("Dũng", "ward_chief", BAC_HONG)
    await typed(dung, "/danhhieu", HOME)
    await typed(dung, "1", "Gia đình, 5 an toàn nhất 2026")
    await pressed(dung, "Ghi tổng số", "tất cả bao nhiêu")
    await typed(dung, "nhiều", "Gõ một số từ 1")
    await typed(dung, "2.546", "Đã ghi tổng số 2.546")
    await pressed(dung, "Đề nghị", "đề nghị ai")
    await typed(dung, "1", "bao nhiêu gia đình")
    await typed(dung, "3000", "Tổng số là 2.546")
    assert "công nhận 0/2.546 (0,0 %)" in await typed(dung, "240", "Đã ghi đề nghị: Tổ dân phố 1")
    assert "240 gia đình: đã đề nghị" in await typed(dung, "1", "📝 Tổ dân phố 1")


async def test_founding_documents_follow_each_other_and_name_their_source(town: Town) -> None:
    nam = await town.officer(ward=NGHI_HOA)
    await typed(nam, "/danhhieu", "🏆 Phường Nghi Hòa")
    shown = await pressed(nam, "Văn bản", "📄 Văn bản của phường Nghi Hòa")
    assert "Nghị quyết 05-NQ/ThU, 27/03/2023, Thị ủy Cửa Lò" in shown
    assert "175-NQ/ĐU, 21/04/2023, Đảng ủy phường Nghi Hòa (theo 05-NQ/ThU)" in shown
    assert "Bài báo 25/10/2023" in shown
    assert len(shown.splitlines()) <= 6
    await pressed(nam, "Danh hiệu", "🏆 Phường Nghi Hòa")
    shown = await pressed(nam, "An toàn về ANTT", "an toàn về ANTT, năm 2026")
    assert "Gia đình" not in shown
    await pressed(nam, "Năm khác", "Gõ năm")
    await typed(nam, "2025", "năm 2025")


async def test_a_resident_has_no_business_there(town: Town) -> None:
    lan = await town.resident("Lan")
    await typed(lan, "/danhhieu", "dành cho công an")


async def test_a_province_chooses_a_ward_and_only_reads(town: Town) -> None:
    ba = await town.member("Ba", "province", "40")
    await typed(ba, "/danhhieu", "Xem phường nào")
    shown = await typed(ba, "1", "5 an toàn nhất, năm 2026")
    assert "Gia đình: chưa ghi" in shown
    await typed(ba, "2", "Tổ dân phố, 5 an toàn nhất 2026")
    assert ba.buttons(ba.last) == ["Danh hiệu"]
    await typed(ba, "/camket", "Chưa có cam kết nào")
