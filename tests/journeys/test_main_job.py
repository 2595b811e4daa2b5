"""The main job, end to end: a tip, a check-in, the night, the morning summary."""

from pathlib import Path

import pytest

from tests.journeys.town import Town, press, said, town_in


async def main_job(town: Town) -> None:
    """One tip and one check-in; the next morning they are lines of the summary."""
    lan = await town.resident("Lan")
    mai = await town.leader()
    nam = await town.officer()

    code = await town.tip(lan, "Nhà cuối hẻm đêm nào cũng tụ tập")
    await nam.until(code)
    await mai.send("/diemdanh")
    await press(mai, "Đạt tất cả")
    await mai.until("Xong tháng 11")

    await town.pass_time(hours=10)
    summary = said(await nam.until("Tổng hợp ngày 21/11/2026"))
    assert summary.startswith("Tổng hợp ngày 21/11/2026, phường Bắc Hồng")
    assert "Mới 1" in summary
    assert "Kiểm tra tháng 11: 1/20 (5,0\u00a0%), đúng hạn 1" in summary


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_tip_and_a_check_in_become_lines_of_tomorrows_summary(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, webhook: bool
) -> None:
    url: str | None = None if database == "sqlite" else request.getfixturevalue("postgres_url")
    async with town_in(tmp_path, url, webhook=webhook) as town:
        await main_job(town)


async def test_nobody_hurries_and_telegrams_limits_hold(tmp_path: Path) -> None:
    async with town_in(tmp_path, hurried=False) as town:
        await main_job(town)
        assert town.sim.violations == []
        assert not [call for call in town.sim.calls if call.error]
