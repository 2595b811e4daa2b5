"""Nobody waits in silence: an urgent tip that nobody opens, a story left half told, a shift that ends."""

from tests.journeys.town import CRIME, NGHI_HOA, Town, begin, caught_up, heard, press, said


async def test_after_a_minute_the_person_is_told_and_everybody_is_alerted(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    dung = await town.officer("Trung úy Dũng")
    await dung.tap("Ra ca")
    await dung.until("Đã ra ca")
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy ở hẻm 12")
    await nam.until("KHẨN")
    await town.pass_time(seconds=59)
    await caught_up(lan)
    assert not heard(lan, "Một phút rồi")
    await town.pass_time(seconds=2)
    await lan.until("Một phút rồi chưa có công an nào mở tin")
    await dung.until("một phút rồi chưa ai mở!")
    await nam.until("một phút rồi chưa ai mở!")
    await town.pass_time(minutes=5)
    await caught_up(lan)
    assert len(heard(lan, "Một phút rồi")) == 1


async def test_a_tip_that_was_opened_in_time_worries_nobody(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy ở hẻm 12")
    await press(nam, "Xem nội dung")
    await nam.until("Cháy ở hẻm 12")
    await town.pass_time(minutes=2)
    await caught_up(lan)
    assert not heard(lan, "Một phút rồi")


async def test_a_minute_that_passes_after_the_receipt_is_told_too(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy ở hẻm 12")
    await lan.until("Đã báo công an phường")
    await lan.press("Gửi")
    await lan.until("Mã tin:")
    await nam.until("KHẨN")
    await town.pass_time(seconds=61)
    await lan.until("Một phút rồi chưa có công an nào mở tin")


async def test_a_story_left_half_told_is_reminded_of_once_and_by_day(town: Town) -> None:
    lan = await town.resident("Lan")
    await begin(lan)
    await lan.send("Đêm nào cũng tụ tập")
    await lan.until("Có 1 lời kể")
    await town.pass_time(minutes=40)  # 22:25: a phone that rings at night is asked about
    await caught_up(lan)
    assert not heard(lan, "viết dở")
    await town.pass_time(hours=9)
    reminder = await lan.until("Bà con còn việc viết dở")
    assert "tụ tập" not in said(reminder)
    await town.pass_time(hours=1)
    await caught_up(lan)
    assert len(heard(lan, "viết dở")) == 1
    await lan.press("Xem")
    await lan.until("đang kể dở, có 1 lời kể")
    await lan.press("Gửi")
    await lan.until("để tên thế nào?")


async def test_who_ends_a_shift_hands_over_what_is_open(town: Town) -> None:
    lan, nam, dung = await town.resident("Lan"), await town.officer(), await town.officer("Trung úy Dũng")
    code = await town.tip(lan, "Đêm nào cũng tụ tập", CRIME)
    await press(nam, "Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await nam.tap("Ra ca")
    await nam.until(f"Đã bàn giao 1 tin: {code}")
    handed = await dung.until("Trung úy Nam ra ca, bàn giao 1 tin đang mở")
    assert dung.buttons(handed) == [code]
    await dung.press(code)
    await dung.until("Đêm nào cũng tụ tập")


async def test_news_of_an_urgent_tip_reaches_those_on_duty_not_him_who_went_home(town: Town) -> None:
    lan, nam, dung = await town.resident("Lan"), await town.officer(), await town.officer("Trung úy Dũng")
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy ở hẻm 12")
    await press(nam, "Tiếp nhận")
    await nam.until("đã tiếp nhận")
    await nam.tap("Ra ca")
    await nam.until("Đã bàn giao")
    await lan.send("Còn hai người kẹt")
    await dung.until("người báo kể thêm")
    await caught_up(nam)
    assert not heard(nam, "người báo kể thêm")


async def test_where_nobody_else_can_be_rung_nobody_else_is_promised(town: Town) -> None:
    lan, far, nam = await town.resident("Lan"), await town.resident("Tư", NGHI_HOA), await town.officer()
    for phone in (lan, far):
        await begin(phone, "Cháy, nổ")
        await phone.send("Cháy ở hẻm 12")
        await caught_up(phone)
    await nam.until("KHẨN")
    await town.pass_time(seconds=61)
    for phone in (lan, far):
        told = said(await phone.until("Một phút rồi chưa có công an nào mở tin"))
        assert "GỌI NGAY 113 công an, 114 cháy, 115 cấp cứu." in told
        assert "báo thêm người khác" not in told
    await nam.until("một phút rồi chưa ai mở!")


async def test_where_somebody_else_is_rung_it_is_said(town: Town) -> None:
    lan, nam, dung = await town.resident("Lan"), await town.officer(), await town.officer("Trung úy Dũng")
    await dung.tap("Ra ca")
    await dung.until("Đã ra ca")
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy ở hẻm 12")
    await nam.until("KHẨN")
    await town.pass_time(seconds=61)
    await lan.until("An Phường đang báo thêm người khác.")
