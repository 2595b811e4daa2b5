"""Commendations in the chat: proposed with a reason, decided by the chief, certificates beside what sources report."""

from simulator.phone import Phone
from tests.journeys.town import BAC_HONG, Town, press, said


async def typed(phone: Phone, text: str, answer: str) -> str:
    """Types something and waits for what is answered."""
    await phone.send(text)
    return said(await phone.until(answer)).replace("\xa0", " ")


async def home(phone: Phone) -> str:
    """`/danhhieu`, then *Khen thưởng*."""
    await typed(phone, "/danhhieu", "🏆 Phường Bắc Hồng")
    return await typed(phone, "khen thuong", "🎖 Phường Bắc Hồng")


async def test_an_officer_proposes_and_the_chief_decides(town: Town) -> None:
    nam, dung = await town.officer(), await town.member("Dũng", "ward_chief", BAC_HONG)
    shown = await home(nam)
    assert "Nguồn nêu 3 tập thể, đến 29/07/2022 (Bài báo 29/7/2022 về phường Bắc Hồng)." in shown
    assert "Nguồn nêu 6 cá nhân" in shown
    assert "Giấy khen trong sổ: chưa ghi." in shown
    assert len(shown.splitlines()) <= 6
    await typed(nam, "goi y tu so", "chưa có gợi ý nào")
    await typed(nam, "khen thuong", "🎖 Phường Bắc Hồng")
    await typed(nam, "de xuat khac", "Khen tập thể hay cá nhân")
    await typed(nam, "1", "Khen ai, vì sao")
    await typed(nam, "không biết", "dấu hai chấm, rồi phần còn lại")
    shown = await typed(nam, "Tổ liên gia Chợ: dập cháy kịp thời", "📝 Tổ liên gia Chợ (tập thể), năm 2026")
    assert "Trưởng Công an phường quyết định" in shown
    assert "Chờ quyết định: 1" in await home(dung)
    await typed(dung, "1", "1 đề xuất chờ")
    assert "trực ban Trung úy Nam" in await typed(dung, "1", "“dập cháy kịp thời”")
    await typed(dung, "khen", "gõ số, ngày, cơ quan")
    await typed(dung, "12/QĐ-UBND, 20/11/2026, UBND phường", "✅ Tổ liên gia Chợ")
    assert "tập thể 1, cá nhân 0" in await typed(dung, "khen thuong", "🎖 Phường Bắc Hồng")
    await press(dung, "Ghi giấy khen")
    await typed(dung, "2", "Gõ tên, dấu hai chấm")
    await typed(dung, "Trần Thị Mai: 13/QĐ-UBND, 20/11/2026, UBND phường", "Đã ghi giấy khen của Trần Thị Mai")
    await typed(dung, "giay khen da ghi", "2 giấy khen trong sổ")
    await typed(dung, "1", "1 giấy khen trong sổ")


async def test_whoever_checked_on_time_is_shown_with_the_months(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await press(mai, "Đạt tất cả")
    await mai.until("Xong tháng 11")
    await town.pass_time(days=14)
    nam = await town.officer()
    await home(nam)
    shown = await typed(nam, "goi y tu so", "không xếp hạng ai")
    assert "Hẻm 12: kiểm tra đúng hạn cả 1 kỳ đã qua (tháng 11)" in shown
    await typed(nam, "1", "📝 Tổ liên gia Hẻm 12 (tập thể), năm 2026")
    assert "“kiểm tra đúng hạn cả 1 kỳ đã qua (tháng 11)”" in said(nam.last)
