"""The night and the morning: the day is closed, its summary leaves at seven, once, whatever happens around it."""

from simulator.phone import Phone
from simulator.world import Message
from tests.journeys.town import NGHI_HOA, SUMMARY, Town, begin, heard, press, said

STORY = "Nhà cuối hẻm đêm nào cũng tụ tập"


def days(phone: Phone) -> list[str]:
    """The days whose summary this person has got, oldest first."""
    return [text.split()[3].rstrip(",") for text in heard(phone, SUMMARY)]


def picture(town: Town, message: Message) -> bytes:
    """The picture of a message as it was uploaded."""
    stored = town.sim.world.files.get(message["photo"][-1]["file_id"])
    assert stored is not None
    return stored.data


async def test_the_summary_leaves_at_seven_to_chief_and_duty_officers_with_a_chart(town: Town) -> None:
    chief, nam = await town.member("Thiếu tá Sơn", "ward_chief", "18115"), await town.officer()
    beat = await town.member("Trung úy Dũng", "beat_officer", "18115-5")
    lan, mai = await town.resident("Lan"), await town.leader()
    await town.tip(lan, STORY)
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy hẻm 12")
    await press(lan, "Gửi")
    await lan.until("Mã tin:")
    await nam.until("KHẨN")
    await town.pass_time(minutes=3)
    await nam.press("Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await mai.send("/diemdanh")
    await press(mai, "Đạt tất cả")
    await mai.until("Xong tháng 11")

    await town.pass_time(hours=9, minutes=11)  # 06:59
    await town.delivered()
    assert not days(chief)
    await town.pass_time(minutes=1)
    for reader in (chief, nam):
        message = await reader.until(SUMMARY)
        text = said(message)
        assert text.startswith("Tổng hợp ngày 21/11/2026, phường Bắc Hồng\n")
        assert "Khẩn 1, tiếp nhận sau 3 phút" in text
        assert "Mới 2" in text
        assert "đang mở 2" in text
        assert "đúng hạn 1" in text
        assert STORY not in text
        assert picture(town, message).startswith(b"\x89PNG\r\n\x1a\n")
    await town.pass_time(hours=3)
    await town.delivered()
    assert days(chief) == days(nam) == ["21/11/2026"]
    for other in (beat, mai, lan):
        assert not days(other)


async def test_a_quiet_day_says_so(town: Town) -> None:
    nam = await town.officer()
    await town.pass_time(hours=10)
    text = said(await nam.until(SUMMARY))
    assert "🌿 Không tin mới, không quá hạn. Đang mở 0. Ít tin chưa chắc ít việc." in text


async def test_an_overdue_tip_comes_first(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY)
    await town.pass_time(days=1, hours=10)
    await nam.until("Tổng hợp ngày 22/11/2026")
    await town.pass_time(days=1)
    lines = said(await nam.until("Tổng hợp ngày 23/11/2026")).splitlines()
    assert lines[1].startswith("⚠️ Quá hạn 1: ")
    assert code in lines[1]


async def test_down_for_a_day_each_summary_is_caught_up_once(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    await town.restart(days=1, hours=12)  # Monday, 09:45
    await nam.until("Tổng hợp ngày 21/11/2026")
    await nam.until("Tổng hợp ngày 22/11/2026")
    await town.restart()
    await town.pass_time(minutes=5)
    await town.delivered()
    assert sorted(days(nam)) == ["21/11/2026", "22/11/2026"]
    assert "Mới 1" in heard(nam, "Tổng hợp ngày 21/11/2026")[0]
    assert "Không tin mới" in heard(nam, "Tổng hợp ngày 22/11/2026")[0]


async def test_two_restarts_around_seven_send_one_summary(town: Town) -> None:
    nam = await town.officer()
    await town.restart(hours=9, minutes=14)  # 06:59
    await town.pass_time(minutes=1)
    await town.restart()
    await town.restart(minutes=1)
    await town.pass_time(minutes=1)
    await nam.until(SUMMARY)
    await town.delivered()
    assert days(nam) == ["21/11/2026"]


async def test_a_clock_that_goes_back_sends_nothing_again(town: Town) -> None:
    nam = await town.officer()
    await town.pass_time(hours=10)
    await nam.until(SUMMARY)
    await town.pass_time(hours=-5)
    await town.pass_time(hours=5)
    await town.delivered()
    assert days(nam) == ["21/11/2026"]


async def test_each_ward_gets_its_own(town: Town) -> None:
    nam, son = await town.officer(), await town.officer("Trung úy Sơn", NGHI_HOA)
    await town.tip(await town.resident("Lan"), STORY)
    await town.pass_time(hours=10)
    assert "phường Bắc Hồng" in said(await nam.until(SUMMARY))
    other = said(await son.until(SUMMARY))
    assert "phường Nghi Hòa" in other
    assert "Không tin mới" in other


async def test_the_summary_on_demand_is_of_today_so_far(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, STORY)
    await town.pass_time(minutes=5)
    await nam.send("/tonghop")
    message = await nam.until("Tổng hợp ngày 21/11/2026")
    assert "Số đến 21:50, ngày chưa hết" in said(message)
    assert "Mới 1" in said(message)
    assert picture(town, message).startswith(b"\x89PNG")


async def test_the_day_before_comes_too_once_it_was_sent(town: Town) -> None:
    nam = await town.officer()
    await town.pass_time(hours=10)
    await nam.until(SUMMARY)
    await nam.tap("Tổng hợp")
    await nam.until("Tổng hợp ngày 21/11/2026")
    await nam.until("Tổng hợp ngày 22/11/2026")


async def test_a_resident_gets_no_summary(town: Town) -> None:
    lan = await town.resident("Lan")
    await lan.send("/summary")
    await lan.until("chỉ công an phường làm được")
    await town.pass_time(hours=10)
    await town.delivered()
    assert not days(lan)


async def test_a_job_by_hand_runs_once_and_repeats_nothing(town: Town) -> None:
    nam = await town.officer()
    await town.pass_time(hours=2, minutes=30)  # 00:15 of the 22nd
    for _ in range(2):
        assert (await town.command("job", name="daily_summary", date="2026-11-21")).ok
    await nam.until(SUMMARY)
    await town.pass_time(hours=8)
    await town.delivered()
    assert days(nam) == ["21/11/2026"]


async def test_after_a_clock_was_set_back_while_nobody_served_everything_is_still_in_its_order(town: Town) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await town.tip(lan, STORY)
    await town.delivered()
    await town.restart(hours=-5)
    await press(nam, "Tiếp nhận")
    await nam.until("đã tiếp nhận")
    rows = await town.app.read(lambda unit: unit.fetch("SELECT kind FROM events ORDER BY seq"))
    kinds = [row["kind"] for row in rows]
    assert kinds.index("tip_opened") < kinds.index("tip_received")
