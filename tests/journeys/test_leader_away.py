"""A leader who is busy: reminded tonight, away, silent."""

from datetime import UTC, datetime
from pathlib import Path

from tests.journeys.town import HEM_12, Town, begin, heard, press, town_in

MORNING = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # 07:30 in the ward, five days before the deadline
LAST_EVENING = datetime(2026, 11, 30, 12, 42, tzinfo=UTC)


async def test_tonight_comes_once_though_the_product_restarts(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=MORNING) as town:
        mai = await town.leader()
        await mai.send("/diemdanh")
        await press(mai, "Nhắc tối nay")
        await mai.until("An Phường nhắc lại lúc 19:00 thứ Tư, 25/11")
        await mai.send("nhac toi nay")
        await mai.until("An Phường nhắc lại lúc 19:00")
        await town.pass_time(hours=11)
        await town.delivered()
        before = len(heard(mai, "chưa kiểm tra tháng 11"))
        await town.restart(hours=1)  # 19:30: down at seven
        await mai.until("chưa kiểm tra tháng 11")
        await town.restart()
        await town.pass_time(minutes=5)
        await town.delivered()
        assert len(heard(mai, "chưa kiểm tra tháng 11")) == before + 1


async def test_after_seven_tonight_is_tomorrow(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await mai.until("gõ 1")
    await mai.send("3")
    await mai.until("An Phường nhắc lại lúc 19:00 Chủ nhật, 22/11")


async def test_away_hands_the_check_to_the_deputy(town: Town) -> None:
    mai, hoa = await town.leader(), await town.member("Trần Thị Hoa", "deputy", HEM_12)
    await mai.send("/diemdanh")
    await press(mai, "Tôi đi vắng")
    await mai.until("An Phường nhờ ông/bà Hoa rồi")
    await hoa.until("ông/bà Mai đi vắng, nhờ ông/bà kiểm tra giúp")
    await hoa.press("Đạt tất cả")
    await hoa.until("Xong tháng 11")
    await mai.send("/diemdanh")
    await mai.until("đã xong từ 21:45")


async def test_away_alone_tells_the_beat_officer(town: Town) -> None:
    dung, mai = await town.member("Trung úy Dũng", "beat_officer", "18115-5"), await town.leader()
    await mai.send("4")
    await mai.until("Cảnh sát khu vực Dũng đã được báo")
    await dung.until("Tổ liên gia Hẻm 12: ông/bà Mai đi vắng")
    await mai.send("toi di vang")
    await mai.until("Đã ghi rồi")
    await town.delivered()
    assert len(heard(dung, "đi vắng")) == 1


async def test_away_with_nobody_at_all_promises_nothing(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await press(mai, "Tôi đi vắng")
    await mai.until("Ông/bà nhờ người trong tổ xem giúp")


async def test_away_said_again_names_nobody_who_was_not_told_and_asks_who_has_joined(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await press(mai, "Tôi đi vắng")
    await mai.until("Ông/bà nhờ người trong tổ xem giúp")
    await town.member("Trung úy Dũng", "beat_officer", "18115-5")
    await mai.press("Tôi đi vắng")
    await mai.until("Đã ghi rồi")
    assert not heard(mai, "đã được báo")
    hoa = await town.member("Trần Thị Hoa", "deputy", HEM_12)
    await mai.press("Tôi đi vắng")
    await mai.until("An Phường nhờ ông/bà Hoa rồi")
    await hoa.until("ông/bà Mai đi vắng, nhờ ông/bà kiểm tra giúp")
    await town.member("Lê Văn Ba", "deputy", HEM_12)
    await mai.press("Tôi đi vắng")
    await mai.until("Đã ghi rồi")
    assert not heard(mai, "ông/bà Ba")


async def test_a_silent_leader_is_warned_and_then_the_deputy_is_asked_once(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=LAST_EVENING) as town:
        mai, hoa = await town.leader(), await town.member("Hoa", "deputy", HEM_12)
        await town.pass_time(days=1)
        await mai.until("Ông/bà bận thì mai An Phường nhờ tổ phó Hoa.")
        await town.delivered()
        assert not heard(hoa, "nhờ ông/bà ghi giúp")
        await town.pass_time(days=1)
        await hoa.until("ông/bà Mai chưa ghi được, nhờ ông/bà ghi giúp")
        await town.restart(hours=1)
        await town.pass_time(days=1)
        await town.delivered()
        assert len(heard(hoa, "nhờ ông/bà ghi giúp")) == 1
        assert len(heard(mai, "mai An Phường nhờ tổ phó")) == 1


async def test_a_reminder_can_be_answered_by_typing_any_of_its_choices(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=MORNING) as town:
        mai = await town.leader()
        await town.pass_time(hours=1)
        await mai.until("chưa kiểm tra tháng 11")
        await mai.send("2")
        await mai.until("1/7")


async def test_a_check_in_the_middle_of_a_story_loses_nothing_of_it(town: Town) -> None:
    mai, nam = await town.leader(), await town.officer()
    await begin(mai)
    await mai.send("Nhà cuối hẻm đêm nào cũng tụ tập")
    await mai.until("1 lời kể")
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    for number in range(1, 8):
        await mai.until(f"{number}/7")
        await mai.send("dat")
    await mai.until("Xong tháng 11")
    await mai.send("Có cả xe lạ")
    await mai.until("2 lời kể")
    await mai.press("Gửi")
    await press(mai, "Giấu tên")
    await mai.until("Mã tin:")
    await nam.until("Trộm cướp")
