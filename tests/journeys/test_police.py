"""Officers: the queue, a card and what is done with it, shifts; and what others may not do."""

import asyncio

import pytest

from simulator.phone import Phone
from tests.journeys.test_pieces import picture
from tests.journeys.town import BAC_HONG, NGHI_HOA, Town, caught_up, heard, press, said

STORY = "Nhà cuối hẻm đêm nào cũng tụ tập"


async def one_tip(town: Town) -> tuple[Phone, Phone, str]:
    """A resident, an officer who has their card in front of him, and the tip's code."""
    lan, nam = await town.resident("Lan"), await town.officer()
    code = await town.tip(lan, STORY)
    await nam.until(code)
    return lan, nam, code


def press_data_of(phone: Phone, label: str) -> str:
    """What is behind a button of the newest message."""
    rows = phone.last["reply_markup"]["inline_keyboard"]
    return next(str(button["callback_data"]) for row in rows for button in row if button["text"] == label)


async def test_joining_puts_an_officer_on_duty(town: Town) -> None:
    nam = await town.officer()
    assert heard(nam, "Chào Trung úy Nam, trực ban, phường Bắc Hồng")
    assert {"📥 Tin chờ", "📊 Tổng hợp", "🌙 Ra ca", "❓ Trợ giúp"} <= set(nam.keyboard)
    await nam.tap("Tin chờ")
    await nam.until("Không có tin nào đang mở")


async def test_up_to_five_tips_come_as_a_card_each_with_content_after_a_tap(town: Town) -> None:
    lan = await town.resident("Lan")
    codes = [await town.tip(lan, f"{STORY} {number}") for number in range(5)]
    nam = await town.officer()
    await nam.send("/tin")
    await nam.until("Đang mở 5 tin")
    cards = [await nam.until(code) for code in codes]
    for card in cards:
        assert STORY not in said(card)
        assert "Tiếp nhận trước" in said(card)
        assert card["has_protected_content"]
        wanted = {"Xem nội dung", "Tiếp nhận", "Hỏi lại", "Giao", "Chuyển", "Có giá trị", "Kết thúc"}
        assert wanted <= set(nam.buttons(card))
    await nam.press("Xem nội dung", message_id=cards[2]["message_id"])
    opened = await nam.until(f"{STORY} 2")
    assert opened["message_id"] == cards[2]["message_id"]


async def test_seven_tips_come_as_a_list_that_opens_them_urgent_first(town: Town) -> None:
    lan = await town.resident("Lan")
    codes = [await town.tip(lan, f"{STORY} {number}") for number in range(6)]
    await lan.send("/baotin")
    await press(lan, "Cháy, nổ")
    await lan.send("Cháy hẻm 12")
    await press(lan, "Gửi")
    await lan.until("Mã tin:")
    nam = await town.officer()
    await nam.send("/tin")
    listed = await nam.until("Đang mở 7 tin")
    labels = nam.buttons(listed)
    assert len(labels) == 7
    assert labels[0].startswith("🚨")
    assert {code for code in codes if any(code in label for label in labels)} == set(codes)
    wanted = next(label for label in labels if codes[3] in label)
    await nam.press(wanted)
    await nam.until(f"{STORY} 3")
    await nam.send("/tin")
    await nam.until("Đang mở 7 tin")
    await nam.send("1")
    await nam.until("“Cháy hẻm 12”")


async def test_receiving_is_told_on_the_card_and_the_second_officer_hears_who_was_first(town: Town) -> None:
    _, nam, code = await one_tip(town)
    dung = await town.officer("Trung úy Dũng")
    await dung.send("/tin")
    await dung.until(code)
    await nam.press("Tiếp nhận")
    card = await nam.until("Trung úy Nam tiếp nhận lúc 21:45")
    assert "Tiếp nhận" not in nam.buttons(card)
    await nam.until_toast(f"Đã tiếp nhận {code}")
    await dung.press("Tiếp nhận")
    await dung.until("Trung úy Nam tiếp nhận lúc 21:45 rồi")


async def test_two_officers_at_the_same_moment_receive_it_once(town: Town) -> None:
    lan, nam, dung = await town.resident("Lan"), await town.officer(), await town.officer("Trung úy Dũng")
    code = await town.tip(lan, STORY)
    await nam.until(code)
    await dung.until(code)
    await asyncio.gather(nam.press("Tiếp nhận"), dung.press("Tiếp nhận"))
    await asyncio.gather(caught_up(nam), caught_up(dung))
    assert len(heard(nam, "đã tiếp nhận:") + heard(dung, "đã tiếp nhận:")) == 1
    assert len(heard(nam, "tiếp nhận lúc 21:45 rồi") + heard(dung, "tiếp nhận lúc 21:45 rồi")) == 1


async def test_the_next_text_is_the_question_and_only_the_next(town: Town) -> None:
    lan, nam, code = await one_tip(town)
    await nam.press("Hỏi lại")
    await nam.until("gõ câu hỏi")
    await nam.send("Thường mấy giờ?")
    await nam.until(f"Đã gửi câu hỏi của mã {code}")
    await nam.send("Biển số xe?")
    await nam.until("Chưa hiểu câu này")
    await lan.press("Xem trả lời")
    shown = said(await lan.until("Thường mấy giờ?"))
    assert "Biển số xe" not in shown


async def test_a_question_can_be_stopped_and_must_have_a_decent_length(town: Town) -> None:
    lan, nam, _ = await one_tip(town)
    await nam.press("Hỏi lại")
    await nam.until("gõ câu hỏi")
    await nam.send("x" * 501)
    await nam.until("Câu hỏi từ 1 đến 500 chữ")
    await nam.send("/huy")
    await nam.until("Đã dừng")
    await lan.press("Xem trả lời")
    await lan.until("chưa tiếp nhận")


async def test_a_tip_is_given_to_a_colleague_who_is_told(town: Town) -> None:
    _, nam, code = await one_tip(town)
    dung = await town.member("Trung úy Dũng", "beat_officer", "18115-5")
    await nam.press("Giao")
    await press(nam, "Trung úy Dũng")
    await nam.until(f"Đã giao mã {code} cho Trung úy Dũng")
    told = await dung.until(f"Trung úy Nam giao mã {code}")
    assert STORY not in said(told)
    await dung.press("Xem nội dung")
    await dung.until(STORY)


async def test_choosing_can_be_left_without_a_change(town: Town) -> None:
    _, nam, code = await one_tip(town)
    for label in ("Giao", "Chuyển", "Kết thúc"):
        await nam.press(label)
        await press(nam, "Quay lại")
        await nam.until(f"{code}, khoảng")
    assert "Tiếp nhận trước" in said(nam.last)


async def test_forwarding_receives_the_tip_too(town: Town) -> None:
    _, nam, code = await one_tip(town)
    await nam.press("Chuyển")
    await press(nam, "Cơ quan điều tra")
    await nam.until(f"Đã chuyển mã {code}")
    assert heard(nam, "Đã chuyển cơ quan điều tra. Trung úy Nam tiếp nhận lúc 21:45")
    await nam.press("Chuyển")
    await press(nam, "Cơ quan điều tra")
    await nam.until("Tin này đã chuyển rồi")


async def test_a_wrong_end_is_undone_within_ten_minutes(town: Town) -> None:
    lan, nam, code = await one_tip(town)
    await nam.press("Kết thúc")
    asked = await nam.until("kết quả?")
    wanted = {
        "Đã giải quyết",
        "Không có căn cứ",
        "Trùng",
        "Ngoài phạm vi",
        "Đã chuyển nơi khác",
        "Chưa đủ thông tin",
    }
    assert wanted < set(nam.buttons(asked))
    await nam.press("Không có căn cứ")
    await nam.until(f"Đã kết thúc mã {code}: Không có căn cứ")
    await nam.send("/tin")
    await nam.until("Không có tin nào đang mở")
    await town.pass_time(minutes=9)
    await nam.press("Hoàn tác")
    await nam.until(f"Đã mở lại mã {code}")
    await lan.press("Xem trả lời")
    await lan.until("đã tiếp nhận, đang xác minh")
    await nam.press("Hoàn tác")
    await nam.until("Tin này đang mở")


async def test_after_ten_minutes_an_end_stays(town: Town) -> None:
    _, nam, _ = await one_tip(town)
    await nam.press("Kết thúc")
    await press(nam, "Trùng")
    await nam.until("Đã kết thúc mã")
    await town.pass_time(minutes=11)
    await nam.press("Hoàn tác")
    await nam.until("Quá 10 phút rồi")
    await nam.send("/tin")
    await nam.until("Không có tin nào đang mở")


async def test_a_tip_is_valuable_once(town: Town) -> None:
    _, nam, code = await one_tip(town)
    data = press_data_of(nam, "Có giá trị")
    await nam.press("Có giá trị")
    await nam.until(f"Đã ghi mã {code} có giá trị")
    assert heard(nam, "⭐ Có giá trị")
    await nam.press_data(data)
    await nam.until("đã ghi có giá trị rồi")


async def test_every_press_of_a_card_can_be_typed(town: Town) -> None:
    _, nam, code = await one_tip(town)
    await nam.send("/tin")
    await nam.until(code)
    await nam.send("tiep nhan")
    await nam.until("Trung úy Nam tiếp nhận lúc")
    await nam.send("ket thuc")
    await nam.until("kết quả?")
    await nam.send("1")
    await nam.until("Đã giải quyết")
    await nam.send("hoan tac")
    await nam.until("Đã mở lại")


@pytest.mark.parametrize(
    "verb", ["show", "open", "receive", "ask", "assign", "forward", "forwarded", "close", "reopen", "value", "name"]
)
async def test_a_forged_button_of_an_officer_gets_a_kind_refusal(town: Town, verb: str) -> None:
    lan, nam, code = await one_tip(town)
    mai, son = await town.leader(), await town.officer("Trung úy Sơn", NGHI_HOA)
    tip = press_data_of(nam, "Tiếp nhận").partition(":")[2]
    for stranger, answer in (
        (lan, "chỉ công an phường làm được"),
        (mai, "chỉ công an phường làm được"),
        (town.sim.phone("Người lạ", started=True), "chỉ công an phường làm được"),
        (son, "không thuộc phường mình"),
    ):
        await stranger.press_data(f"tip.{verb}:{tip}")
        refusal = said(await stranger.until(answer))
        assert code not in refusal
    await nam.send("/tin")
    assert "Tiếp nhận trước" in said(await nam.until(f"{code}, khoảng"))


async def test_data_that_no_button_of_ours_has_is_a_stale_button(town: Town) -> None:
    _, nam, _ = await one_tip(town)
    for data in ("", "x", "tip.end:1:won", "tip.show", "c.mark:2026-11:99:ok", "t.kind:opinion", "🌿" * 16):
        await nam.press_data(data)
        await caught_up(nam)
        assert heard(nam, "Có trục trặc") == []


async def test_another_wards_officer_sees_nothing_of_it(town: Town) -> None:
    _, _, code = await one_tip(town)
    son = await town.officer("Trung úy Sơn", NGHI_HOA)
    await son.send("/tin")
    await son.until("Không có tin nào đang mở")
    await son.tap("Tổng hợp")
    assert "phường Nghi Hòa" in said(await son.until("Tổng hợp ngày"))
    assert not heard(son, code)


async def test_off_duty_nothing_rings_and_back_on_duty_it_does(town: Town) -> None:
    lan, nam, dung = await town.resident("Lan"), await town.officer(), await town.officer("Trung úy Dũng")
    await nam.tap("Ra ca")
    await nam.until("Đã ra ca")
    assert "🌞 Vào ca" in nam.keyboard
    code = await town.tip(lan, STORY)
    await dung.until(code)
    await caught_up(nam)
    assert not heard(nam, code)
    await nam.tap("Vào ca")
    await nam.until("Đã vào ca")
    assert "🌙 Ra ca" in nam.keyboard
    await nam.until(lambda _: True)
    code = await town.tip(lan, STORY)
    await nam.until(code)


async def test_when_all_are_off_duty_everybody_hears(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await nam.tap("Ra ca")
    await nam.until("không còn ai trực thì vẫn báo mọi người")
    await nam.until(lambda _: True)
    code = await town.tip(lan, STORY)
    await nam.until(code)


async def test_a_role_that_was_granted_is_announced_to_the_chief(town: Town) -> None:
    chief = await town.member("Thiếu tá Sơn", "ward_chief", "18115")
    await town.officer()
    await chief.until("Trung úy Nam vừa nhận vai trò trực ban")


async def test_who_serves_two_wards_opens_the_tips_of_both(town: Town) -> None:
    nam = await town.officer()
    await nam.open_link((await town.command("invite", role="duty_officer", unit=NGHI_HOA)).out)
    await caught_up(nam)
    for ward in (BAC_HONG, NGHI_HOA):
        code = await town.tip(await town.resident(f"Lan {ward}", ward), f"{STORY} {ward}")
        card = await nam.until(code)
        await nam.press("Xem nội dung", message_id=card["message_id"])
        await nam.until(f"{STORY} {ward}")
    await nam.send("/tin")
    await nam.until("Đang mở 2 tin")


async def test_an_officer_who_asks_with_a_picture_is_told_what_can_be_asked_with(town: Town) -> None:
    _, nam, code = await one_tip(town)
    await nam.press("Hỏi lại")
    await nam.until("gõ câu hỏi")
    await nam.send_album([picture(), picture()])
    told = said(await nam.until("Câu hỏi chỉ gửi được bằng chữ"))
    assert "/huy" in told
    await nam.send_location(18.34, 105.9)
    await nam.until(lambda _: len(heard(nam, "chỉ gửi được bằng chữ")) == 2)
    assert not heard(nam, "Bà con")
    await nam.send("thuong may gio?")
    await nam.until(f"Đã gửi câu hỏi của mã {code}")


@pytest.mark.parametrize("forwarded", [False, True])
async def test_a_card_whose_officer_has_left_says_so(town: Town, forwarded: bool) -> None:
    _, nam, code = await one_tip(town)
    card = nam.last
    hoa = await town.officer("Đại úy Hoa")
    if forwarded:
        await nam.press("Chuyển")
        await press(nam, "Cơ quan điều tra")
        await nam.until("đến cơ quan điều tra")
    else:
        await nam.press("Tiếp nhận")
        await nam.until("tiếp nhận lúc 21:45")
    receive = f"tip.receive:{card['reply_markup']['inline_keyboard'][0][0]['callback_data'].split(':')[1]}"
    await nam.send("/xoadulieu")
    await press(nam, "Mọi thứ về tôi")
    await nam.until("Đã xóa")
    await hoa.send(code)
    shown = said(await hoa.until("người nhận không còn trên An Phường"))
    assert "iếp nhận lúc 21:45, 21/11" in shown
    assert "?" not in shown
    await hoa.press_data(receive)
    await hoa.until("Tin này tiếp nhận lúc 21:45 rồi")
