"""Pictures, sounds, places: taken in any order, cleaned, and shown to officers as clean copies."""

import asyncio
import io

from PIL import Image

from simulator.phone import Phone
from tests.journeys.town import CODE, Town, begin, caught_up, heard, press, said

MARK = "Canon-SN-4711"
STICKER = {
    "file_id": "s",
    "file_unique_id": "u",
    "type": "regular",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
}


def picture(colour: str = "red", size: tuple[int, int] = (320, 240)) -> bytes:
    """A small photo that tells who took it."""
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = MARK
    Image.new("RGB", size, colour).save(data, "JPEG", exif=exif)
    return data.getvalue()


async def sent(lan: Phone) -> str:
    """*Gửi*, *Giấu tên*; the code."""
    await lan.press("Gửi")
    await press(lan, "Giấu tên")
    found = CODE.search(said(await lan.until("Mã tin:")))
    assert found
    return found[0]


async def cleaned(town: Town) -> None:
    """Waits until no file is waiting to be fetched."""

    async def waiting() -> int:
        async with town.app.db.reading() as tx:
            row = await tx.fetch_one("SELECT COUNT(*) AS number FROM files WHERE state = 'waiting'")
            return int(row["number"]) if row else 0

    for _ in range(400):
        if not await waiting():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("files are still waiting")


async def test_words_pictures_and_a_place_reach_the_officer_clean(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send("Có người phá khóa")
    await lan.until("Có 1 lời kể")
    await lan.send_photo(picture(), "cổng sau")
    await lan.until("Có 1 ảnh, 1 lời kể.")
    await lan.send_location(18.5312, 105.7087)
    await lan.until("Vị trí này là chỗ nào?")
    await lan.press("Ở đây, chỗ mình")
    await lan.until("Có 1 ảnh, 1 vị trí, 1 lời kể.")
    code = await sent(lan)
    await cleaned(town)
    await nam.until(code)
    await nam.press("Xem nội dung")
    card = said(await nam.until("Có người phá khóa"))
    assert "Vị trí: 18.54, 105.70" in card or "Vị trí: 18.54, 105.71" in card or "Vị trí: 18.52, 105.70" in card
    assert "Có 1 ảnh, tệp" in card
    await nam.press("Xem 1 ảnh, tệp")
    photo = await nam.until(lambda message: "photo" in message)
    assert photo["caption"] == "“cổng sau”"
    assert photo["has_protected_content"] is True
    stored = town.sim.world.files.get(photo["photo"][-1]["file_id"])
    assert stored is not None
    served = stored.data
    assert MARK.encode() not in served
    assert Image.open(io.BytesIO(served)).size == (320, 240)


async def test_a_picture_like_a_ribbon_and_one_that_telegram_refuses_are_seen_or_said_to_be_missing(
    town: Town,
) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send_photo(picture(size=(2500, 40)), "màn hình")
    await lan.until("Có 1 ảnh")
    code = await sent(lan)
    await cleaned(town)
    await nam.until(code)
    await nam.press("Xem nội dung")
    await press(nam, "Xem 1 ảnh, tệp")
    shown = (await nam.until(lambda message: "photo" in message))["photo"][-1]
    assert (shown["width"], shown["height"]) == (2500, 125)
    town.sim.faults.add("400", "sendPhoto")
    await nam.press("Xem 1 ảnh, tệp")
    assert said(await nam.until(lambda message: "document" in message)) == "“màn hình”"
    town.sim.faults.add("400", "sendDocument")
    await nam.press("Xem 1 ảnh, tệp")
    assert said(await nam.until("không cho gửi tệp này")).startswith("“màn hình”")


async def test_an_album_is_one_answer_and_every_picture(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await begin(lan)
    await lan.send_album([picture("red"), picture("green"), b"no picture at all"])
    await lan.until("Đang nhận ảnh, tệp gửi cùng lượt")
    await caught_up(lan)
    assert len(heard(lan, "Đủ thì bấm Gửi")) == 1
    await lan.send("Từ đêm qua")
    await lan.until("Có 3 ảnh, 1 lời kể.")
    code = await sent(lan)
    await cleaned(town)
    await nam.until(code)
    await nam.press("Xem nội dung")
    await nam.until("Có 3 ảnh, tệp")
    await nam.press("Xem 3 ảnh, tệp")
    await nam.until("1 tệp hỏng, không xem được")
    await nam.until(lambda _: sum("photo" in message for message in nam.heard) == 2)


async def test_a_late_part_of_an_album_adds_nothing_to_a_tip_by_itself_and_says_how_to(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await town.tip(lan, "Có người phá khóa")
    await lan.send_album([picture(), picture()])
    told = said(await lan.until("Đang nhận ảnh"))
    assert "chưa gửi cho ai" in told
    assert "mở biên nhận, bấm Kể thêm" in told
    await caught_up(nam)
    assert not heard(nam, "kể thêm")


async def test_an_album_alone_begins_one_story_with_all_its_parts(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send_album([picture(), picture(), picture()], caption="Xe chở cát đổ trộm ở bờ sông")
    await lan.until("Đang nhận ảnh")
    await caught_up(lan)
    assert len(heard(lan, "Đang nhận ảnh")) == 1
    assert not heard(lan, "Phần này")
    await lan.send("tối nào cũng vậy")
    await lan.until("Có 3 ảnh, 1 lời kể")
    code = await sent(lan)
    await nam.until(code)
    await press(nam, "Xem nội dung")
    await nam.until("tối nào cũng vậy")
    await cleaned(town)
    await nam.press("Xem 3 ảnh, tệp")
    await nam.until("đổ trộm ở bờ sông")


async def test_words_told_before_a_picture_begin_the_same_story(town: Town) -> None:
    lan = await town.resident("Lan")
    await lan.send("Xe chở cát đổ trộm ở bờ sông")
    await lan.until("Bà con muốn gửi câu này cho công an?")
    await lan.send_photo(picture())
    await lan.until("Có 1 ảnh, 1 lời kể")


async def test_an_album_before_consent_is_greeted_once(town: Town) -> None:
    lan = town.sim.phone("Lan")
    await lan.send_album([picture(), picture(), picture()])
    await caught_up(lan)
    assert len(heard(lan, "An Phường chào bà con")) == 1


async def test_a_picture_alone_begins_a_story(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    await lan.send_photo(picture())
    await lan.until("Có 1 ảnh.")
    code = await sent(lan)
    await nam.until(code)


async def test_what_can_not_be_taken_is_said_kindly(town: Town) -> None:
    lan = await town.resident("Lan")
    await begin(lan)
    await lan.send_video(b"x", size=25 * 1024 * 1024)
    await lan.until("Tệp lớn quá 20 MB")
    await lan.send_raw({"sticker": STICKER})
    await lan.until("Loại này An Phường chưa nhận được")
    await lan.send_location(0.0, 0.0)
    await lan.until("Vị trí này ở xa lắm")


async def test_a_tip_about_the_ward_goes_to_the_province_and_never_to_the_ward(town: Town) -> None:
    lan, nam = await town.resident("Lan"), await town.officer()
    tinh = await town.member("Thiếu tá Hoa", "province", "42")
    await begin(lan)
    await lan.send("Cán bộ đòi tiền")
    await lan.until("Có 1 lời kể")
    await lan.press("Gửi")
    await press(lan, "Chuyện về cán bộ, công an phường")
    await lan.until("phường không thấy")
    await lan.press("Giấu tên")
    code = said(await lan.until("Mã tin:")).split("Mã tin: ")[1][:9]
    await tinh.until(code)
    await caught_up(nam)
    assert not heard(nam, code)
    await nam.send("/tin")
    await nam.until("Không có tin nào đang mở")
