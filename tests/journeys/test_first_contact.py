"""A resident's first minutes: what this is, whom to call, consent, the ward."""

import pytest

from simulator.phone import Phone
from tests.journeys.town import NGHI_HOA, Town, begin, caught_up, heard, press, said


async def newcomer(town: Town, name: str = "Lan") -> Phone:
    """Somebody who has agreed and is asked for their ward."""
    phone = town.sim.phone(name)
    await phone.send("/start")
    await press(phone, "Bắt đầu")
    await press(phone, "Đồng ý")
    await phone.until("Bà con ở phường nào?")
    return phone


async def known(town: Town, phone: Phone) -> bool:
    """Whether the product keeps anything of this person."""
    return await town.app.read(lambda unit: unit.contacts.by_chat(phone.id)) is not None


async def test_a_wards_link_leads_home_in_two_taps(town: Town) -> None:
    await town.officer()
    lan = town.sim.phone("Lan")
    await lan.open_link("https://t.me/anphuong_bot?start=w_18115")
    first = said(await lan.until("An Phường chào bà con"))
    assert all(number in first for number in ("113", "114", "115"))
    assert "Giấu tên được" in first
    await lan.press("Bắt đầu")
    asked = await lan.until("xin giữ lời")
    assert lan.buttons(asked) == ["Đồng ý", "Không đồng ý", "Đọc kỹ hơn"]
    await lan.press("Đồng ý")
    await lan.until("Bà con đang ở phường Bắc Hồng")
    assert {"📝 Báo tin", "🚨 Khẩn cấp", "📬 Tin của tôi", "❓ Trợ giúp"} <= set(lan.keyboard)


async def test_a_link_to_no_ward_asks_for_the_ward(town: Town) -> None:
    lan = town.sim.phone("Lan")
    await lan.open_link("w_00000")
    await press(lan, "Bắt đầu")
    await press(lan, "Đồng ý")
    await lan.until("Bà con ở phường nào?")


@pytest.mark.parametrize("typed", ["bac hong", "Bắc Hồng", "Phường Bắc Hồng", "BAC HONG LINH", "18115"])
async def test_the_ward_may_be_typed_in_any_spelling(town: Town, typed: str) -> None:
    lan = await newcomer(town)
    await lan.send(typed)
    await lan.until(lambda message: "phường bắc hồng" in said(message).lower() and bool(lan.keyboard))


async def test_wards_of_like_name_are_offered_and_one_is_chosen_by_its_number(town: Town) -> None:
    lan = await newcomer(town)
    await lan.send("cua lo")
    offered = await lan.until("Có mấy phường gần giống")
    labels = lan.buttons(offered)
    assert len(labels) == 7
    wanted = next(at for at, label in enumerate(labels, 1) if "Nghi Hòa" in label)
    await lan.send(str(wanted))
    await lan.until(lambda message: "phường nghi hòa" in said(message).lower() and bool(lan.keyboard))


async def test_an_unknown_ward_is_asked_again(town: Town) -> None:
    lan = await newcomer(town)
    await lan.send("xyz")
    await lan.until("Chưa tìm thấy phường này")
    await lan.send("nghi hoa")
    await lan.until(lambda _: bool(lan.keyboard))


async def test_who_does_not_agree_is_not_kept_and_may_still_call(town: Town) -> None:
    lan = town.sim.phone("Lan")
    await lan.send("/start")
    await press(lan, "Bắt đầu")
    await press(lan, "Không đồng ý")
    declined = said(await lan.until("không giữ gì"))
    assert all(number in declined for number in ("113", "114", "115"))
    assert not await known(town, lan)
    await lan.send("/baotin")
    await lan.until("An Phường chào bà con")
    assert not heard(lan, "Chuyện gì vậy")


async def test_emergency_numbers_come_before_any_consent(town: Town) -> None:
    lan = town.sim.phone("Lan")
    await lan.send("/khancap")
    numbers = said(await lan.until("Gọi ngay"))
    assert all(number in numbers for number in ("111", "112", "113", "114", "115"))
    await lan.send("/emergency")
    await lan.until("Gọi ngay")
    assert not await known(town, lan)


async def test_consent_can_be_read_and_typed(town: Town) -> None:
    lan = town.sim.phone("Lan")
    await lan.open_link("w_18115")
    await lan.until("An Phường chào bà con")
    await lan.send("bat dau")
    await lan.until("xin giữ lời")
    await lan.send("3")
    await lan.until("Telegram vẫn biết máy này có nhắn")
    await lan.send("dong y")
    await lan.until(lambda _: bool(lan.keyboard))


async def test_a_ward_that_nobody_serves_says_so_and_serves_once_an_officer_joins(town: Town) -> None:
    lan = await town.resident("Lan", NGHI_HOA)
    assert heard(lan, "chưa có công an trực")
    await town.officer("Trung úy Nam", NGHI_HOA)
    await lan.send("/start")
    await lan.until("Bà con đang ở phường Nghi Hòa")


async def test_another_wards_link_moves_a_resident_there(town: Town) -> None:
    lan = await town.resident("Lan")
    await lan.open_link("w_16726")
    await lan.until(lambda message: "phường nghi hòa" in said(message).lower())
    dung = await town.officer("Trung úy Dũng", NGHI_HOA)
    await begin(lan)
    await lan.send("Có kẻ phá cửa")
    await press(lan, "Gửi")
    await press(lan, "Giấu tên")
    await lan.until("Mã tin:")
    await dung.until("CHƯA XÁC MINH")


async def test_an_invitation_works_once(town: Town) -> None:
    link = (await town.command("invite", role="duty_officer", unit="18115")).out
    nam, lan = town.sim.phone("Trung úy Nam"), await town.resident("Lan")
    await nam.open_link(link)
    await press(nam, "Đồng ý")
    await nam.until("trực ban")
    await lan.open_link(link)
    await lan.until("Liên kết mời này đã dùng hoặc hết hạn")
    await lan.send("/tin")
    await lan.until("chỉ công an phường làm được")


async def test_an_invitation_lasts_a_day(town: Town) -> None:
    link = (await town.command("invite", role="duty_officer", unit="18115")).out
    await town.pass_time(hours=24)
    nam = town.sim.phone("Trung úy Nam")
    await nam.open_link(link)
    await nam.until("Liên kết mời này đã dùng hoặc hết hạn")
    await caught_up(nam)
    assert not await known(town, nam)


async def test_a_phone_that_is_not_vietnamese_is_offered_english_and_still_greeted_in_vietnamese(town: Town) -> None:
    ann, lan = town.sim.phone("Ann"), town.sim.phone("Lan")
    ann.user["language_code"], lan.user["language_code"] = "en", "vi"
    for phone in (ann, lan):
        await phone.send("/start")
        await phone.until("An Phường chào bà con")
    assert lan.buttons() == ["Bắt đầu"]
    assert ann.buttons() == ["Bắt đầu", "English"]
    await ann.press("English")
    shown = await ann.until("In danger")
    assert ann.buttons(shown) == ["Start", "Tiếng Việt"]
    await ann.press("Start")
    await press(ann, "I agree")
    await ann.until("Which ward do you live in?")
    await ann.send("bac hong")
    await ann.until("Bắc Hồng")
