"""The main job, end to end: a tip, a check-in, the night, the morning summary."""

from pathlib import Path

from tests.journeys.town import press, town_in


async def test_a_tip_and_a_check_in_become_lines_of_tomorrows_summary(tmp_path: Path) -> None:
    async with town_in(tmp_path) as town:
        lan = await town.resident("Lan")
        mai = await town.member("Mai", "leader", "18115-5-lg1")
        nam = await town.member("Trung úy Nam", "duty_officer", "18115")

        code = await town.tip(lan, "Nhà cuối hẻm đêm nào cũng tụ tập")
        await nam.until(code)
        await mai.send("/diemdanh")
        await press(mai, "Đạt tất cả")
        await mai.until("Xong tháng 11")

        await town.pass_time(hours=10)
        summary = await nam.until(lambda message: message.get("caption", "").startswith("Tổng hợp ngày 21/11/2026"))
        assert "phường Bắc Hồng" in summary["caption"]
        assert "Mới 1" in summary["caption"]
