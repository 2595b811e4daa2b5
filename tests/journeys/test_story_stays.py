"""A story that is told, and not sent, stays whatever else is opened; *Gửi* is still there, to press and to type."""

import pytest

from simulator.phone import Phone
from tests.journeys.test_dead_links import WAYS, does
from tests.journeys.test_nothing_lost import STORY, received
from tests.journeys.test_pieces import picture
from tests.journeys.test_pledge_links import link_from
from tests.journeys.test_pledges import FILE, typed
from tests.journeys.test_urgent import FIRE
from tests.journeys.town import BAC_HONG, CRIME, HEM_12, NGHI_HOA, Town, begin, caught_up, heard, press

BEGUN = "Bà con đang kể dở, có 1 lời kể. Kể tiếp, hoặc bấm Gửi."


async def tells(phone: Phone) -> int:
    """A story, told and not sent. Returns the message under which *Gửi* stands."""
    await begin(phone)
    await phone.send(STORY)
    return int((await phone.until("Có 1 lời kể"))["message_id"])


async def goes(phone: Phone, way: str, told: int) -> None:
    """*Gửi* below the story, or typed, whatever was answered last."""
    await (phone.press("Gửi", message_id=told) if way == "pressed" else phone.send("gui"))
    await phone.until("để tên thế nào?")


@pytest.mark.parametrize("way", WAYS)
async def test_a_signing_link_leaves_the_story(town: Town, way: str) -> None:
    hoa, lan = await town.member("Hoa", "ward_office", BAC_HONG), await town.resident("Lan")
    link = await link_from(town, hoa)
    told = await tells(lan)
    await lan.open_link(link)
    await lan.until("Bấm Ký cam kết là ký cho Hội Phụ nữ phường.")
    await does(lan, way, "Ký cam kết")
    await lan.until(BEGUN)
    assert heard(lan, "✅ Hội Phụ nữ phường đã ký lúc")
    await lan.open_link(link)
    await lan.until("Hội Phụ nữ phường đã ký từ")
    await goes(lan, way, told)


@pytest.mark.parametrize("way", WAYS)
async def test_gui_is_there_before_the_pledge_is_signed(town: Town, way: str) -> None:
    hoa, lan = await town.member("Hoa", "ward_office", BAC_HONG), await town.resident("Lan")
    link = await link_from(town, hoa)
    told = await tells(lan)
    await lan.open_link(link)
    await lan.until("Bấm Ký cam kết là ký cho Hội Phụ nữ phường.")
    await goes(lan, way, told)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", ["/start", "w_18115", "w_00000", "invitation", "/baotin", "/baotin@anphuong_bot"])
async def test_who_begins_anew_is_told_of_the_story(town: Town, what: str, way: str) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await tells(lan)
    if what == "invitation":
        await lan.open_link((await town.command("invite", role="leader", unit=HEM_12)).out)
    elif what.startswith("w_"):
        await lan.open_link(what)
    else:
        await lan.send(what.replace("anphuong_bot", town.sim.world.bot["username"]))
    assert lan.buttons(await lan.until(BEGUN)) == ["Gửi", "Đang xảy ra", "Thôi", "Chuyện về cán bộ, công an phường"]
    if way == "typed":
        await lan.send("gui")
        await lan.until("để tên thế nào?")
    assert f"“{STORY}”" in await received(town, lan, nam)


async def test_a_story_behind_the_command_goes_on_with_the_one_that_was_begun(town: Town) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await tells(lan)
    await lan.send("/baotin Nhà có cổng xanh")
    await lan.until("Có 2 lời kể")
    card = await received(town, lan, nam)
    assert STORY in card
    assert "Nhà có cổng xanh" in card


async def test_a_story_goes_to_the_ward_to_which_its_teller_moves(town: Town) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    dung = await town.officer("Trung úy Dũng", NGHI_HOA)
    await tells(lan)
    await lan.open_link(f"w_{NGHI_HOA}")
    await lan.until(BEGUN)
    assert heard(lan, "Nghi Hòa")
    assert f"“{STORY}”" in await received(town, lan, dung)
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")


async def test_a_story_for_the_province_stays_there(town: Town) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await tells(lan)
    await press(lan, "Gửi")
    await press(lan, "Chuyện về cán bộ, công an phường")
    await lan.until("phường không thấy")
    await lan.open_link(f"w_{BAC_HONG}")
    await lan.until(BEGUN)
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    await lan.until("Mã tin:")
    await caught_up(nam)
    assert not heard(nam, "CHƯA XÁC MINH")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("role", "unit", "screens"),
    [
        ("leader", "18115-5", [("/camket", "Báo tin sớm cho công an")]),
        ("ward_chief", BAC_HONG, [("/taisan", "Camera"), ("/danhhieu", "năm"), ("/tieuchi", "iêu chí")]),
        ("ward_chief", BAC_HONG, [("/tin", "Không có tin"), ("/camket", "Báo tin sớm"), ("/xoadulieu", "Xóa gì?")]),
        ("province", "40", [("/tieuchi", ""), ("/baocao", "")]),
    ],
)
async def test_another_screen_leaves_the_story(
    town: Town, role: str, unit: str, screens: list[tuple[str, str]], way: str
) -> None:
    one = await town.member("Mai", role, unit)
    await one.open_link(f"w_{BAC_HONG}")
    await one.until(lambda _: bool(one.keyboard))
    await town.command("pledge_open", unit=BAC_HONG, text=FILE)
    told = await tells(one)
    for command, shown in screens:
        await one.send(command)
        await one.until(shown)
    await one.send("Cổng xanh")
    await one.until("Có 2 lời kể")
    await goes(one, way, told)


@pytest.mark.parametrize("way", WAYS)
async def test_thoi_under_another_question_ends_that_question_only(town: Town, way: str) -> None:
    hoa = await town.member("Hoa", "ward_office", BAC_HONG)
    told = await tells(hoa)
    await hoa.send("/camket")
    await does(hoa, way, "Mở cam kết")
    await does(hoa, way, "Thôi")
    await hoa.until(BEGUN)
    await hoa.send("/xoadulieu")
    await hoa.until("Xóa gì?")
    await does(hoa, way, "Thôi")
    await hoa.until(BEGUN)
    await goes(hoa, way, told)


async def test_an_urgent_story_goes_on_after_a_start(town: Town) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await begin(lan, FIRE)
    await lan.send("Cháy nhà số 5")
    await nam.until("KHẨN")
    await lan.send("/start")
    await lan.until(BEGUN)
    await lan.send("Còn hai người kẹt")
    await lan.until("Đã báo công an phường")
    await lan.press("Gửi")
    await lan.until("Mã tin:")
    await nam.press("Xem nội dung")
    await nam.until("Còn hai người kẹt")


@pytest.mark.parametrize("way", WAYS)
async def test_words_that_were_offered_are_offered_again(town: Town, way: str) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await lan.send(STORY)
    await lan.until("Bà con muốn gửi câu này cho công an?")
    for link in ("/start", f"/start w_{BAC_HONG}"):
        await lan.send(link)
        await lan.until("Bà con muốn gửi câu này cho công an?")
    await does(lan, way, "Đúng, báo tin")
    await does(lan, way, CRIME)
    await lan.until("1 lời kể")
    assert f"“{STORY}”" in await received(town, lan, nam)


async def test_a_picture_after_words_that_were_offered_goes_with_them(town: Town) -> None:
    nam, lan = await town.officer(), await town.resident("Lan")
    await lan.send(STORY)
    await lan.until("Bà con muốn gửi câu này cho công an?")
    await lan.send_photo(picture())
    await lan.until("Có 1 ảnh, 1 lời kể")
    assert f"“{STORY}”" in await received(town, lan, nam)


async def test_nothing_is_said_of_a_story_of_which_nothing_is_told(town: Town) -> None:
    lan = await town.resident("Lan")
    await begin(lan)
    await typed(lan, "/start", "hường Bắc Hồng")
    await begin(lan)
    await caught_up(lan)
    assert not heard(lan, "kể dở")


async def test_erasing_what_bears_my_name_leaves_the_story(town: Town) -> None:
    lan = await town.resident("Lan")
    told = await tells(lan)
    await typed(lan, "/xoadulieu", "Xóa gì?")
    await typed(lan, "1", "0 tin kèm tên")
    await goes(lan, "typed", told)


async def test_a_cry_for_help_amid_a_check_goes_on_with_the_story(town: Town) -> None:
    mai = await town.leader()
    told = await tells(mai)
    await mai.send("/diemdanh")
    await press(mai, "Xem từng mục")
    await press(mai, "Không đạt")
    await mai.until("Gõ số nhà")
    await typed(mai, "nhà 5 cháy", "Có 2 lời kể")
    await goes(mai, "typed", told)
