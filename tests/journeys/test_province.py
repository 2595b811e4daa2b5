"""A province in the chat: its wards side by side, any of them by its number or name, and all wards' day."""

from datetime import timedelta

from tests.journeys.town import NGHI_HOA, Town, heard, press, said

LONGEST = 6


async def test_a_province_pages_through_its_wards_and_opens_one_by_its_number(town: Town) -> None:
    ha = await town.member("Hà", "province", "40")
    await ha.send("/tieuchi")
    first = said(await ha.until("🏅 Nghệ An"))
    assert "thí điểm 2, đăng ký 16, công nhận 0 phường" in first
    assert len(first.splitlines()) <= LONGEST
    await press(ha, "Xem thêm")
    second = said(await ha.until("\n5. "))
    assert len(second.splitlines()) <= LONGEST
    assert "Cả tỉnh, tháng 10/2026: đúng hạn: chưa rõ" in second
    await press(ha, "Số này từ đâu?")
    assert "<5: từ 1 đến 4" in said(await ha.until("Che số"))
    await ha.send("/tieuchi")
    await ha.until("🏅 Nghệ An")
    await ha.send("nghi hòa")
    await ha.until("29/34")


async def test_a_province_hears_of_all_wards_day_without_exact_counts(town: Town) -> None:
    lan = await town.resident("Lan", NGHI_HOA)
    await town.tip(lan, "Nhà cuối hẻm đêm nào cũng tụ tập")
    ha = await town.member("Hà", "province", "40")
    town.clock.time += timedelta(hours=10)
    await town.server.tick()
    await ha.send("/tonghop")
    text = said(await ha.until("Tổng hợp ngày 21/11/2026, Nghệ An"))
    assert "Tin mới <5, kết thúc 0." in text
    assert len(text.splitlines()) <= LONGEST


async def test_who_looks_after_a_ward_sees_no_province(town: Town) -> None:
    nam = await town.officer(ward=NGHI_HOA)
    await nam.send("/tieuchi")
    await nam.until("29/34")
    assert not heard(nam, "🏅 Nghệ An")
