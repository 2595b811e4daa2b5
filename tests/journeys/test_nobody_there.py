"""Where nobody serves, nobody is said to have been told: a ward without officers, a province without officers."""

import pytest

from simulator.phone import Phone
from tests.journeys.town import BAC_HONG, NGHI_HOA, Town, begin, caught_up, code_in, heard, press, said

ABOUT = "Chuyện về cán bộ, công an phường"
DANGER = "Có người gặp nguy"
FALSE = (
    *("Đã báo công an phường", "Công an đã được báo", "Công an phường đã được báo"),
    *("Đã báo Công an tỉnh", "Công an tỉnh đã được báo", "Công an tỉnh thấy ngay", "đang báo thêm"),
    *("Công an đọc trước", "Công an tỉnh đọc trước", "Hẹn đọc trước", "công an sẽ thấy", "Bản tổng hợp"),
)
"""What may be said only where somebody is there to be told."""


def nothing_false(phone: Phone) -> None:
    assert not [words for words in FALSE if heard(phone, words)]


async def looks_and_adds(town: Town, lan: Phone) -> None:
    """What a receipt says at once, what it says when its time has passed, and when something is added."""
    await press(lan, "Xem trả lời")
    assert "tin chờ được đọc" in said(await lan.until("công an chưa tiếp nhận"))
    await town.pass_time(days=10)
    await lan.press("Xem trả lời")
    await lan.until(lambda _: len(heard(lan, "tin chờ được đọc")) == 2)
    await lan.press("Kể thêm")
    await lan.until("Chưa có công an trực")
    await lan.send("Hôm nay lại vậy")
    await lan.until("Đã thêm vào mã")
    nothing_false(lan)


@pytest.mark.parametrize("past", [False, True])
async def test_a_quiet_tip_waits_and_nobody_is_said_to_read_it(town: Town, past: bool) -> None:
    lan = await town.resident("Lan", BAC_HONG if past else NGHI_HOA)
    if past:
        await town.officer()
    await begin(lan)
    await lan.send("Cán bộ phường đòi tiền")
    if past:
        await press(lan, ABOUT)
        await lan.until("sẽ gửi Công an tỉnh")
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    await lan.until("tin được giữ lại chờ đọc")
    await looks_and_adds(town, lan)


@pytest.mark.parametrize("past", [False, True])
async def test_an_urgent_tip_waits_and_the_numbers_are_said(town: Town, past: bool) -> None:
    lan = await town.resident("Lan", BAC_HONG if past else NGHI_HOA)
    if past:
        await town.officer()
    await begin(lan, DANGER)
    if past:
        await press(lan, ABOUT)
    await lan.until("nhắn ở đây chưa ai thấy ngay")
    assert past or not heard(lan, "công an thấy ngay")
    await lan.send("Ông ấy dọa đánh")
    await lan.until("Lời kể được giữ lại")
    await town.pass_time(minutes=2)
    assert "GỌI NGAY 113" in said(await lan.until("Một phút rồi"))
    await lan.press("Gửi")
    await lan.until("vào đọc")
    await looks_and_adds(town, lan)


async def test_consent_promises_nothing_that_a_ward_may_not_keep(town: Town) -> None:
    lan = town.sim.phone("Lan")
    await lan.open_link(f"w_{NGHI_HOA}")
    await press(lan, "Bắt đầu")
    await press(lan, "Đọc kỹ hơn")
    await lan.until("riêng việc khẩn thì gửi ngay từ câu đầu")
    assert not heard(lan, "công an thấy ngay")


async def test_who_comes_on_duty_before_gui_is_alerted_before_it_is_said(town: Town) -> None:
    lan = await town.resident("Lan", NGHI_HOA)
    await begin(lan, DANGER)
    await lan.send("Có người cầm dao ở chợ")
    await lan.until("Lời kể được giữ lại")
    dung = await town.officer("Trung úy Dũng", NGHI_HOA)
    await caught_up(dung)
    assert not heard(dung, "KHẨN")
    await lan.press("Gửi")
    code = code_in(await lan.until("Công an đã được báo"))
    assert code_in(await dung.until("KHẨN")) == code


@pytest.mark.parametrize("minutes", [None, 0, 2])
async def test_what_a_ward_without_officers_knows_is_said_before_it_is_taken_back(
    town: Town, minutes: int | None
) -> None:
    lan = await town.resident("Lan", NGHI_HOA)
    await begin(lan, DANGER)
    await lan.send("Cán bộ phường đang đánh người")
    await lan.until("Lời kể được giữ lại")
    if minutes is not None:  # only now: no alert has reached them, but after a minute one does
        dung = await town.officer("Trung úy Dũng", NGHI_HOA)
        await town.pass_time(minutes=minutes)
        await town.delivered()
        assert bool(heard(dung, "một phút rồi chưa ai mở")) is (minutes == 2)
    await press(lan, ABOUT)
    asked = said(await lan.until("chưa ai mở đọc"))
    assert "được báo" not in asked, "neither that they were alerted nor that they were not"
    assert "Công an tỉnh chưa có người trực" in asked
    await lan.press("Rút khỏi phường, gửi tỉnh")
    await lan.until("Đã rút khỏi phường")
    nothing_false(lan)


async def test_a_defect_in_a_ward_without_officers_is_nobodys_promise(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await press(mai, "Không đạt")
    await press(mai, "Cả tổ")
    await press(mai, "Hỏng")
    for number in range(2, 8):
        await mai.until(f"{number}/7")
        await mai.press("Đạt")
    told = said(await mai.until("ông/bà báo thẳng"))
    assert "Công an phường chưa có ai trên An Phường" in told
    assert "lo trước" not in told
