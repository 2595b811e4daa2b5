"""A one-time link that died before *Đồng ý* is said so once; whoever came by it goes on as anybody else would."""

import pytest

from simulator.labels import same
from simulator.phone import Phone
from tests.journeys.test_first_contact import known
from tests.journeys.test_pledge_links import link_from
from tests.journeys.test_pledges import typed
from tests.journeys.test_urgent import FIRE
from tests.journeys.town import BAC_HONG, HEM_12, Town, begin, caught_up, heard, press, said

WAYS = ["pressed", "typed"]
DEAD = "Liên kết mời này đã dùng hoặc hết hạn. Xin cán bộ phường liên kết mới."


async def does(phone: Phone, way: str, label: str) -> None:
    """A button, pressed or typed, once it is there."""
    if way == "pressed":
        await press(phone, label)
    else:
        await phone.until(lambda message: any(same(shown, label) for shown in phone.buttons(message)))
        await phone.send(label.lower())


async def used_up(town: Town, binh: Phone) -> str:
    """An invitation that Bình has opened, and somebody else has used."""
    link = (await town.command("invite", role="leader", unit=HEM_12)).out
    an = town.sim.phone("An")
    for phone in (binh, an):
        await phone.open_link(link)
        await phone.until("nhận vai trò tổ trưởng")
    await press(an, "Đồng ý")
    await an.until(lambda _: bool(an.keyboard))
    return link


@pytest.mark.parametrize("way", WAYS)
async def test_whoever_came_by_an_invitation_that_is_used_becomes_a_resident(town: Town, way: str) -> None:
    binh = town.sim.phone("Bình")
    await used_up(town, binh)
    await does(binh, way, "Đồng ý")
    await binh.until(lambda message: "phường bắc hồng" in said(message).lower() and bool(binh.keyboard))
    assert await known(town, binh)
    assert "Kiểm tra an toàn" not in " ".join(binh.keyboard)
    await begin(binh)
    await binh.send("/start")
    await binh.until("hường Bắc Hồng")
    await caught_up(binh)
    assert heard(binh, "Liên kết mời") == [DEAD]


@pytest.mark.parametrize("way", WAYS)
async def test_whoever_came_by_a_signing_link_that_was_replaced_is_asked_for_the_ward(town: Town, way: str) -> None:
    hoa, bich = await town.member("Hoa", "ward_office", BAC_HONG), town.sim.phone("Bích")
    await bich.open_link(await link_from(town, hoa))
    await bich.until("Mời Bích đọc và ký cam kết")
    await link_from(town, hoa)
    await does(bich, way, "Đồng ý")
    await bich.until("Bà con ở phường nào?")
    assert heard(bich, "Liên kết ký") == ["Liên kết ký này không dùng được nữa. Xin UBND phường liên kết mới."]
    await typed(bich, "/start", "Bà con ở phường nào?")
    await typed(bich, "bac hong", "hường Bắc Hồng")
    await caught_up(bich)
    assert not heard(bich, "Bà con muốn gửi câu này")
    await town.tip(bich, "Nhà số 5 bán ma túy")


@pytest.mark.parametrize("way", WAYS)
async def test_a_fire_that_was_told_before_consent_is_offered_and_reaches_the_officer(town: Town, way: str) -> None:
    nam, binh = await town.officer(), town.sim.phone("Bình")
    await used_up(town, binh)
    await binh.send("Cháy nhà số 5, có người kẹt")
    for label in ("Bắt đầu", "Đồng ý", "Đúng, báo tin", FIRE):
        await does(binh, way, label)
    await nam.until("KHẨN, CHƯA XÁC MINH: Cháy, nổ")
    assert heard(binh, "Liên kết mời") == [DEAD]


@pytest.mark.parametrize("way", WAYS)
async def test_english_can_be_chosen_after_the_link_has_died(town: Town, way: str) -> None:
    binh = town.sim.phone("Bình")
    await used_up(town, binh)
    await binh.send("/ngonngu")
    await does(binh, way, "English")
    await binh.until("In danger")
    await does(binh, way, "Start")
    await does(binh, way, "I agree")
    await binh.until(lambda _: bool(binh.keyboard))
    assert len(heard(binh, "invitation has been used")) == 1
    assert not heard(binh, "Liên kết mời")


@pytest.mark.parametrize("way", WAYS)
async def test_a_bare_start_forgets_a_dead_invitation(town: Town, way: str) -> None:
    binh = town.sim.phone("Bình")
    await used_up(town, binh)
    await binh.send("/start")
    for label in ("Bắt đầu", "Đồng ý"):
        await does(binh, way, label)
    await binh.until(lambda _: bool(binh.keyboard))
    assert heard(binh, "Liên kết mời") == [DEAD]


async def test_a_dead_link_is_followed_by_the_first_screen_and_a_good_one_still_waits(town: Town) -> None:
    mai, lan = town.sim.phone("Mai"), await town.resident("Lan")
    await mai.open_link("i_" + "A" * 24)
    await mai.until("An Phường chào bà con")
    assert heard(mai, "Liên kết mời") == [DEAD]
    await mai.open_link((await town.command("invite", role="leader", unit=HEM_12)).out)
    await mai.until("nhận vai trò tổ trưởng")
    await mai.open_link("i_" + "B" * 24)
    await mai.until("An Phường chào bà con")
    await press(mai, "Bắt đầu")
    await press(mai, "Đồng ý")
    await mai.until("tổ trưởng")
    await lan.open_link("i_" + "A" * 24)
    await lan.until("Liên kết mời này")


@pytest.mark.parametrize("detour", ["/start", "/trogiup", "/khancap", "/ngonngu", "xin chào"])
async def test_a_good_invitation_waits_through_a_detour(town: Town, detour: str) -> None:
    mai = town.sim.phone("Mai")
    await mai.open_link((await town.command("invite", role="leader", unit=HEM_12)).out)
    await mai.until("nhận vai trò tổ trưởng")
    await mai.send(detour)
    if detour == "/ngonngu":
        await press(mai, "Tiếng Việt")
    await caught_up(mai)
    shown = len(heard(mai, "nhận vai trò tổ trưởng"))
    assert shown == (2 if detour in {"/start", "/ngonngu", "xin chào"} else 1)
    await mai.press("Đồng ý")
    await mai.until(lambda message: "tổ trưởng" in said(message) and bool(mai.keyboard))


async def test_a_wards_link_is_meant_instead_of_the_invitation_of_before(town: Town) -> None:
    mai = town.sim.phone("Mai")
    link = (await town.command("invite", role="leader", unit=HEM_12)).out
    await mai.open_link(link)
    await mai.until("nhận vai trò tổ trưởng")
    await mai.open_link(f"w_{BAC_HONG}")
    await press(mai, "Bắt đầu")
    await press(mai, "Đồng ý")
    await mai.until(lambda message: "hường Bắc Hồng" in said(message) and bool(mai.keyboard))
    await caught_up(mai)
    assert not heard(mai, "Chào bà Mai")
    await mai.open_link(link)
    await mai.until(lambda message: "tổ trưởng" in said(message))
