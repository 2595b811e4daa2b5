"""What a check finds not met: which house, what ails it, who mends it by when, and thanks when it is mended."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.phone import Phone
from storage.unit import Unit
from tests.journeys.test_pieces import cleaned, picture
from tests.journeys.town import HEM_12, Town, caught_up, heard, press, said, town_in

LAST_EVENING = datetime(2026, 11, 30, 12, 42, tzinfo=UTC)  # 19:42 in the ward
BUTTONS = 3  # alarm buttons are the third item


async def begin(mai: Phone) -> None:
    """`/diemdanh`, item by item, up to the first item."""
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await mai.until("1/7")


async def met(mai: Phone, first: int, last: int = 7) -> None:
    """These items are met."""
    for number in range(first, last + 1):
        await mai.until(f"{number}/7")
        await mai.press("Đạt")


async def files(town: Town) -> list[str]:
    """The files that somebody needs."""

    async def look(unit: Unit) -> list[str]:
        return [str(row["id"]) for row in await unit.tx.fetch("SELECT id FROM files WHERE state <> 'gone'")]

    return await town.app.in_unit(look)


async def beat(town: Town) -> Phone:
    """The beat officer of the group's neighbourhood unit."""
    return await town.member("Trung úy Dũng", "beat_officer", "18115-5")


async def broken_buttons(mai: Phone) -> None:
    """A check in which the alarm buttons of houses 5 and 9 are broken; all else is met."""
    await begin(mai)
    await met(mai, 1, BUTTONS - 1)
    await mai.until("3/7")
    await mai.press("Không đạt")
    await mai.until("Nút báo cháy: ở nhà nào chưa đạt? Gõ số nhà: 5, 9")
    await mai.send("nha 5 va 9")
    await mai.until("nhà 5, 9: bị sao")
    await press(mai, "Hỏng")
    await met(mai, BUTTONS + 1)
    await mai.until("6 đạt, 1 không đạt, 0 chưa xem được")


async def test_the_closing_card_says_what_was_recorded_and_who_mends_it_by_when(town: Town) -> None:
    dung, mai = await beat(town), await town.leader()
    await broken_buttons(mai)
    card = said(mai.last)
    assert card.splitlines() == [
        "✅ Đã ghi tháng 11 lúc 21:45: 6 đạt, 1 không đạt, 0 chưa xem được.",
        "• Nút báo cháy: hỏng, nhà 5, 9",
        "Báo thật là giúp cả tổ. Cảm ơn ông/bà Mai.",
        "Cảnh sát khu vực Dũng lo trước 05/12.",
    ]
    assert mai.buttons(mai.last) == ["Đã sửa xong"]
    told = said(await dung.until("Tổ liên gia Hẻm 12, kiểm tra tháng 11, ông/bà Mai báo chưa đạt"))
    assert "nhà 5, 9" in told
    assert "05/12" in told


async def test_without_a_beat_officer_the_ward_police_mend_it(town: Town) -> None:
    nam, mai = await town.officer(), await town.leader()
    await broken_buttons(mai)
    assert heard(mai, "Công an phường lo trước 05/12.")
    await nam.until("ông/bà Mai báo chưa đạt")


async def test_the_leader_says_that_it_is_mended_and_the_officer_is_told(town: Town) -> None:
    dung, mai = await beat(town), await town.leader()
    await broken_buttons(mai)
    card = mai.last
    await mai.send("da sua xong")
    await mai.until("Đã sửa xong, cả tổ yên tâm hơn. Cảm ơn ông/bà Mai")
    await dung.until("ông/bà Mai báo đã sửa xong")
    await mai.press("Đã sửa xong", message_id=card["message_id"])
    await mai.until("Đã ghi sửa xong từ 21:45, 21/11, không có gì đổi")
    await town.delivered()
    assert len(heard(dung, "đã sửa xong")) == 1


async def test_the_officer_says_that_it_is_mended_and_the_leader_is_thanked(town: Town) -> None:
    dung, mai = await beat(town), await town.leader()
    await broken_buttons(mai)
    await press(dung, "Đã sửa xong")
    await dung.until("Đã ghi sửa xong")
    await mai.until("Cảm ơn ông/bà Mai đã báo")
    await mai.send("/diemdanh")
    await mai.until("đã xong từ 21:45")
    assert mai.buttons(mai.last) == []


async def test_of_several_findings_it_is_asked_which_are_mended(town: Town) -> None:
    mai = await town.leader()
    await begin(mai)
    for number, (answer, where, what) in enumerate(
        (("Không đạt", "5", "thieu"), ("khong dat", "ca to", "3"), ("2", "so 5,9", "hết hạn rồi")), 1
    ):
        await mai.until(f"{number}/7")
        await mai.send(answer)
        await mai.until("Gõ số nhà")
        await mai.send(where)
        await mai.until("bị sao")
        await mai.send(what)
    await met(mai, 4)
    lines = said(await mai.until("4 đạt, 3 không đạt")).splitlines()
    assert lines[1:4] == [
        "• Bình chữa cháy: thiếu, nhà 5",
        "• Dụng cụ phá dỡ: hết hạn, cả tổ",
        "• Nút báo cháy: hết hạn, nhà 5, 9",
    ]
    assert len(lines) <= 6
    await mai.press("Đã sửa xong")
    await mai.until("Mục nào đã sửa xong?")
    await mai.send("dung cu pha do")
    await mai.until("• Dụng cụ phá dỡ: hết hạn, cả tổ")
    await mai.send("/diemdanh")
    shown = said(await mai.until("đã xong từ 21:45"))
    assert "Dụng cụ phá dỡ" not in shown
    assert "Bình chữa cháy" in shown
    await mai.press("Đã sửa xong")
    await press(mai, "Sửa xong cả")
    await mai.until("Cảm ơn ông/bà Mai đã báo")


async def test_a_group_wide_thing_needs_no_house_and_a_lane_can_be_blocked(town: Town) -> None:
    mai = await town.leader()
    await begin(mai)
    await met(mai, 1, 6)
    await mai.until("7/7")
    await mai.press("Không đạt")
    await press(mai, "Bỏ qua")
    await press(mai, "Bị chắn")
    await mai.until("• Lối đi, hẻm: bị chắn")


async def test_what_was_not_seen_stays_visible(town: Town) -> None:
    mai = await town.leader()
    await begin(mai)
    await met(mai, 1, 4)
    await mai.until("5/7")
    await mai.press("Chưa xem được")
    await met(mai, 6)
    await mai.until("6 đạt, 0 không đạt, 1 chưa xem được")
    assert heard(mai, "👁 Chưa xem được: Lối thoát thứ hai.")
    await mai.send("/diemdanh")
    await mai.until(lambda m: "đã xong từ 21:45" in said(m) and "Chưa xem được: Lối thoát thứ hai." in said(m))


async def test_an_unreadable_house_is_asked_again_and_a_story_is_offered_as_a_tip(town: Town) -> None:
    mai = await town.leader()
    await begin(mai)
    await mai.press("Không đạt")
    await mai.until("Gõ số nhà")
    await mai.send("bà Lan")
    await mai.until("Chưa đọc được số nhà")
    await mai.send("có người lạ đứng đầu hẻm nhìn vào")
    await mai.until("Bà con muốn gửi câu này cho công an?")


async def test_old_cards_of_a_check_that_is_done_get_a_kind_answer(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await press(mai, "Đạt tất cả")
    await mai.until("Xong tháng 11")
    for data in ("c.item:2026-11:0", "c.mark:2026-11:alarm_bell:bad", "c.what:2026-11:alarm_bell:broken"):
        await mai.press_data(data)
        await mai.until("đã xong từ 21:45, 21/11, không có gì đổi")
    for data in (
        *("c.what:2026-09:alarm_bell:broken", "c.mended:gone", "c.fixed:gone", "c.mark:2026-12:alarm_bell:ok"),
        *("c.mark:2026-11:nothing:ok", "c.mark:2026-11", "c.house:2026-11:nothing:skip", "c.all", "c.tonight:1"),
    ):
        await mai.press_data(data)
        await mai.until("Nút này cũ rồi")


async def test_somebody_elses_finding_cannot_be_mended(town: Town) -> None:
    mai, ba = await town.leader(), await town.leader("Ba", "18115-5-lg2")
    await broken_buttons(mai)
    button = next(b for row in mai.last["reply_markup"]["inline_keyboard"] for b in row)
    await ba.press_data(button["callback_data"])
    await ba.until("chỉ tổ trưởng, tổ phó làm được")
    await mai.press("Đã sửa xong")
    await mai.until("Cảm ơn ông/bà Mai đã báo")


@pytest.mark.parametrize(
    ("typed", "seen"), [("28/11", "28/11"), ("28-11", "28/11"), ("hôm qua", "01/12"), ("hom qua", "01/12")]
)
async def test_a_late_entry_keeps_the_day_it_was_seen(tmp_path: Path, typed: str, seen: str) -> None:
    async with town_in(tmp_path, start=LAST_EVENING) as town:
        mai = await town.member("Mai", "deputy", HEM_12)
        await town.pass_time(days=2)
        await mai.send("/diemdanh")
        await mai.until("Ông/bà xem hôm nào?")
        await press(mai, "Ngày khác")
        await mai.until("Ông/bà xem ngày nào?")
        for wrong, answer in (("5/12", "chưa đến"), ("31/10", "chưa vào kỳ này"), ("hôm nào đó", "Chưa đọc được ngày")):
            await mai.send(wrong)
            await mai.until(answer)
        await mai.send(typed)
        await mai.until(f"Xem ngày {seen}.")
        await mai.send("1")
        await mai.until(f"Đã ghi tháng 11, xem ngày {seen}, tính là muộn")


async def test_a_late_check_item_by_item_asks_for_the_day_too(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=LAST_EVENING) as town:
        mai = await town.leader()
        await mai.send("/diemdanh")
        await press(mai, "Xem từng mục")
        await mai.until("1/7")
        await town.pass_time(days=1)
        await mai.press("Chưa xem được")
        await met(mai, 2)
        await mai.until("Ông/bà xem hôm nào?")
        await mai.send("hom qua")
        await mai.until("Đã ghi tháng 11, tính là muộn: 6 đạt, 0 không đạt, 1 chưa xem được")


async def test_a_picture_of_what_is_broken_reaches_whoever_mends_it(town: Town) -> None:
    mai, nam = await town.leader(), await town.officer()
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await press(mai, "Không đạt")
    await mai.until("ở nhà nào chưa đạt")
    await mai.send_photo(picture())
    await mai.until("Đã giữ ảnh. Ở nhà nào?")
    await mai.send("nha 5")
    await press(mai, "Hỏng")
    for _ in range(6):
        await press(mai, "Đạt")
    await mai.until("Đã ghi")
    await nam.until("Tổ liên gia Hẻm 12")
    await cleaned(town)
    await nam.press("Xem ảnh")
    shown = await nam.until(lambda message: "photo" in message)
    assert "Bình chữa cháy" in shown["caption"]
    assert shown["has_protected_content"] is True


@pytest.mark.parametrize("typed", ["2", "không đạt", "khong dat"])
async def test_a_picture_while_an_item_is_asked_begins_no_tip(town: Town, typed: str) -> None:
    mai = await town.leader()
    await begin(mai)
    await mai.send_photo(picture())
    told = said(await mai.until("chưa giữ"))
    assert "/baotin" in told
    await mai.until(lambda _: len(heard(mai, "1/7")) >= 1 and "1/7" in said(mai.last))
    assert not heard(mai, "Có 1 ảnh")
    await mai.send(typed)
    await mai.until("ở nhà nào chưa đạt")
    await mai.send_photo(picture())
    await mai.until("Đã giữ ảnh")


async def test_an_album_while_an_item_is_asked_is_answered_once(town: Town) -> None:
    mai = await town.leader()
    await begin(mai)
    await mai.send_album([picture(), picture(), picture()])
    await caught_up(mai)
    assert len(heard(mai, "chưa giữ")) == 1


async def test_a_picture_that_tells_a_story_is_a_story_in_the_midst_of_a_check_too(town: Town) -> None:
    mai = await town.leader()
    await begin(mai)
    await mai.send_photo(picture(), caption="Cháy nhà số 5!")
    await mai.until("Có 1 ảnh")
    assert not heard(mai, "chưa giữ")


@pytest.mark.parametrize(("vague", "plain"), [("cách đây 2 ngày", "hôm qua"), ("thu 2", "hom qua")])
async def test_a_day_that_may_be_meant_in_two_ways_is_asked_for_again(tmp_path: Path, vague: str, plain: str) -> None:
    async with town_in(tmp_path, start=LAST_EVENING) as town:
        mai = await town.leader()
        await town.pass_time(days=2)
        await mai.send("/diemdanh")
        await press(mai, "Ngày khác")
        await mai.until("Ông/bà xem ngày nào?")
        await mai.send(vague)
        assert "28/11" in said(await mai.until("Chưa đọc được ngày"))
        assert not heard(mai, "Bà con muốn gửi câu này")
        await mai.send(plain)
        await mai.until("Xem ngày 01/12.")


@pytest.mark.parametrize(
    ("counted", "denied", "bad"),
    [("nhà 5 (2 bình)", "bình này không bị hỏng đâu", "Không đạt"), ("nha 5 2 binh", "chua hong", "khong dat")],
)
async def test_a_number_of_things_and_a_denied_defect_are_asked_about(
    town: Town, counted: str, denied: str, bad: str
) -> None:
    mai = await town.leader()
    await begin(mai)
    await mai.send(bad)
    await mai.until("ở nhà nào chưa đạt")
    await mai.send(counted)
    await mai.until("Chưa rõ số nào là số nhà")
    await mai.send("5")
    await mai.until("nhà 5: bị sao")
    await mai.send(denied)
    told = said(await mai.until("Chưa rõ bị sao"))
    assert "/diemdanh" in told
    assert not heard(mai, "Bà con muốn gửi câu này")
    assert not heard(mai, "2/7")
    # What it says is true: from there every item is asked anew.
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await mai.until(lambda message: "1/7" in said(message))
    await mai.send("1")
    await mai.until("2/7")


async def test_a_cry_for_help_with_a_number_of_things_is_a_story(town: Town) -> None:
    mai = await town.leader()
    await begin(mai)
    await mai.press("Không đạt")
    await mai.until("ở nhà nào chưa đạt")
    await mai.send("cháy nhà 5, 2 người")
    await mai.until("Bà con muốn gửi câu này cho công an?")


@pytest.mark.parametrize("stop", ["/huy", "hủy"])
async def test_a_check_that_is_stopped_says_so(town: Town, stop: str) -> None:
    mai = await town.leader()
    await begin(mai)
    await met(mai, 1, 2)
    await mai.until("3/7")
    if stop != "/huy":  # a word stops where words are waited for
        await mai.press("Không đạt")
        await mai.until("ở nhà nào chưa đạt")
        await mai.send_photo(picture())
        await mai.until("Đã giữ ảnh")
    await mai.send(stop)
    told = said(await mai.until("Đã dừng kiểm tra"))
    assert "chưa ghi" in told
    assert not heard(mai, "Không có gì đang làm dở")
    assert not heard(mai, "không gửi gì cả")
    assert not (await files(town))
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await mai.until(lambda message: message is mai.last and "1/7" in said(message))
    await mai.send("/huy")
    await mai.until(lambda _: len(heard(mai, "Đã dừng kiểm tra")) == 2)
    await mai.send("/huy")
    await mai.until("Không có gì đang làm dở")


async def test_a_card_that_was_only_looked_at_is_no_check_that_could_be_stopped(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    await mai.until("chưa kiểm tra")
    await mai.send("/huy")
    await mai.until("Không có gì đang làm dở")


async def test_a_story_and_a_check_are_both_said_to_be_stopped(town: Town) -> None:
    mai = await town.leader()
    await mai.send("/baotin")
    await press(mai, "Lừa đảo")
    await mai.until("kể giúp")
    await mai.send("Có kẻ gọi đòi tiền")
    await mai.until("Có 1 lời kể")
    await begin(mai)
    await mai.send("/huy")
    await mai.until("Đã dừng kiểm tra")
    assert heard(mai, "Đã dừng, không gửi gì cả")


async def test_whoever_mends_reads_every_house_of_every_finding(town: Town) -> None:
    dung, mai = await beat(town), await town.leader()
    await begin(mai)
    for number in range(1, 8):
        await mai.until(f"{number}/7")
        await mai.send("khong dat")
        await mai.until("Gõ số nhà")
        await mai.send(f"{number}1")
        await mai.until("bị sao")
        await mai.send("hong")
    await mai.until("7 không đạt")
    houses = [f"nhà {number}1" for number in range(1, 8)]
    told = said(await dung.until("báo chưa đạt"))
    assert all(house in told for house in houses)
    assert "mục nữa" not in told
    for phone in (dung, mai):
        await phone.press("Đã sửa xong")
        asked = said(await phone.until("Mục nào đã sửa xong?")).splitlines()
        assert [line.partition(", ")[2] for line in asked[1:]] == [*houses[:6], "hẻm: hỏng, nhà 71"]
    await dung.send("3")
    await dung.until("• Nút báo cháy: hỏng, nhà 31")


async def pictures_kept(town: Town) -> int:
    """How many pictures there are, but for those that are on their way out."""
    async with town.app.bench.db.reading() as tx:
        rows = await tx.fetch("SELECT id FROM files WHERE state <> 'gone'")
    return len(rows)


@pytest.mark.parametrize("how", ["stop", "all_ok", "item_by_item", "met", "another", "tonight", "tip"])
async def test_a_picture_of_a_check_goes_with_what_it_was_taken_for(town: Town, how: str) -> None:
    mai = await town.leader()
    await mai.send("/diemdanh")
    card = await mai.until("chưa kiểm tra tháng 11")
    await press(mai, "Xem từng mục")
    await mai.until("1/7")
    await press(mai, "Không đạt")
    await mai.until("ở nhà nào chưa đạt")
    await mai.send_photo(picture())
    await mai.until("Đã giữ ảnh. Ở nhà nào?")
    await cleaned(town)
    assert await pictures_kept(town) == 1
    duty = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[1]
    if how == "stop":
        await mai.send("/huy")
        await mai.until("Đã dừng")
    elif how == "all_ok":
        await mai.press_data(f"c.all:{duty}")
        await mai.until("Xong tháng 11")
    elif how == "item_by_item":
        await mai.press_data(f"c.item:{duty}:0")
    elif how == "met":
        await mai.press_data(f"c.mark:{duty}:extinguisher:ok")
    elif how == "another":
        await mai.send_photo(picture())
        await caught_up(mai)
        await cleaned(town)
        assert await pictures_kept(town) == 1
        return
    elif how == "tonight":
        await mai.press_data(f"c.tonight:{duty}")
        await mai.until("An Phường nhắc lại")
    else:
        await town.tip(mai, "Nhà cuối hẻm")
    await caught_up(mai)
    assert await pictures_kept(town) == 0


async def test_a_picture_of_what_is_told_stays_and_one_that_was_replaced_does_not(town: Town) -> None:
    mai, nam = await town.leader(), await town.officer()
    await begin(mai)
    await press(mai, "Không đạt")
    await mai.until("ở nhà nào chưa đạt")
    for _ in range(2):
        await mai.send_photo(picture())
    await mai.send("nha 5")
    await press(mai, "Hỏng")
    await met(mai, 2)
    await mai.until("1 không đạt")
    await nam.until("báo chưa đạt")
    assert await pictures_kept(town) == 1
    await cleaned(town)
    await nam.press("Xem ảnh")
    await nam.until(lambda message: "photo" in message)


async def test_nobody_is_said_to_be_told_who_has_left(town: Town) -> None:
    nam, mai = await town.officer(), await town.leader()
    await broken_buttons(mai)
    await nam.until("báo chưa đạt")
    await mai.send("/xoadulieu")
    await press(mai, "Mọi thứ về tôi")
    await mai.until("Đã xóa")
    await nam.press("Đã sửa xong")
    assert "người báo" not in said(await nam.until("Đã ghi sửa xong. Cảm ơn Nam."))
