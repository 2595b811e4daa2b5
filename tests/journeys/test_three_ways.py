"""Each journey three times: wholly typed with diacritics, wholly typed without, wholly by buttons."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from domain.text import fold
from simulator.labels import words as bare
from simulator.phone import Phone
from tests.journeys.test_receipt import STORY
from tests.journeys.town import CRIME, Town, code_in, press, said

WAYS = ("typed with diacritics", "typed without diacritics", "by buttons")
HIDDEN, CALL_BACK, NAMED = "Giấu tên", "Giấu tên, cho phép liên hệ lại", "Kèm tên tôi"
SURE = "Đúng, rút tin"


@dataclass
class Person:
    """Somebody who answers every question in one way, and never in another."""

    phone: Phone
    way: str

    async def choose(self, label: str) -> None:
        """One of the choices of the last question."""
        if self.way == "by buttons":
            await press(self.phone, label)
        else:
            await self.phone.until(lambda message: label in [bare(shown) for shown in self.phone.buttons(message)])
            await self.say(label)

    async def start(self, label: str) -> None:
        """Something of the keyboard that stays."""
        if self.way == "by buttons":
            await self.phone.tap(label)
        else:
            await self.say(label)

    async def say(self, words: str) -> None:
        """Words of one's own: who types without diacritics types all without."""
        await self.phone.send(fold(words) if self.way == "typed without diacritics" else words)

    async def until(self, words: str) -> str:
        """The newest answer that contains this; returns all of it."""
        return said(await self.phone.until(words))


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """How this person answers."""
    return str(request.param)


@pytest.fixture
async def nam(town: Town, way: str) -> AsyncIterator[Person]:
    """An officer who works in the same way; nothing that was done may have raised."""
    yield Person(await town.officer(), way)
    assert town.app.dispatch.quarantined == 0


async def newcomer(town: Town, way: str) -> Person:
    """First contact up to home: nothing is pressed by who types, nothing typed by who presses but the ward's name."""
    lan = Person(town.sim.phone("Lan"), way)
    await lan.phone.send("/start")
    await lan.choose("Bắt đầu")
    await lan.choose("Đồng ý")
    await lan.until("Bà con ở phường nào?")
    await lan.say("Cửa Lò")
    await lan.until("Có mấy phường gần giống")
    await lan.choose("Nghi Hòa")
    await lan.until("Phường Nghi Hòa")
    return lan


async def resident(town: Town, way: str) -> Person:
    """Somebody at home in Bắc Hồng."""
    return Person(await town.resident("Lan"), way)


async def tell(lan: Person, how: str = HIDDEN) -> str:
    """A tip from start to receipt; returns the receipt."""
    await lan.start("Báo tin")
    await lan.choose(CRIME)
    await lan.until("Bà con kể giúp")
    await lan.say(STORY)
    await lan.choose("Gửi")
    await lan.until("để tên thế nào?")
    await lan.choose(how)
    return await lan.until("Mã tin:")


async def look(lan: Person, receipt: str) -> str:
    """*Xem trả lời*: by its button, or by typing the letters that the receipt shows to who types."""
    letters = [line.partition(": ")[2] for line in receipt.splitlines() if line.startswith("Mã mở: ")]
    if lan.way == "by buttons":
        assert letters == [], "who presses is not shown a secret that they don't need"
        await lan.phone.press("Xem trả lời")
    else:
        await lan.phone.send(letters[0] if lan.way == "typed with diacritics" else letters[0].lower().replace(" ", ""))
    return await lan.until("🔎")


async def test_first_contact(town: Town, way: str) -> None:
    lan = await newcomer(town, way)
    await lan.start("Trợ giúp")
    await lan.until("Không cần gõ dấu")
    await lan.start("Khẩn cấp")
    await lan.until("Gọi ngay")


async def test_reading_more_and_not_agreeing(town: Town, way: str) -> None:
    lan = Person(town.sim.phone("Lan"), way)
    await lan.phone.open_link("w_18115")
    await lan.choose("Bắt đầu")
    await lan.choose("Đọc kỹ hơn")
    await lan.until("Telegram vẫn biết máy này có nhắn")
    await lan.phone.send("/start")
    await lan.choose("Bắt đầu")
    await lan.choose("Không đồng ý")
    await lan.until("không giữ gì")


@pytest.mark.parametrize(
    ("how", "card"),
    [(HIDDEN, "không tra được"), (CALL_BACK, "máy nhắn được"), (NAMED, "Người báo để tên")],
    ids=["hidden", "call back", "named"],
)
async def test_a_tip_of_each_identity(town: Town, nam: Person, way: str, how: str, card: str) -> None:
    lan = await resident(town, way)
    receipt = await tell(lan, how)
    code = code_in({"text": receipt})
    assert card in await nam.until(code)
    assert f"{code} đã gửi, công an chưa tiếp nhận" in await look(lan, receipt)
    await lan.start("Tin của tôi")
    await lan.until("Tin kèm tên của bà con" if how == NAMED else "Chưa có tin kèm tên")


async def test_an_urgent_tip(town: Town, nam: Person, way: str) -> None:
    lan = await resident(town, way)
    await lan.start("Báo tin")
    await lan.choose("Cháy, nổ")
    await lan.until("GỌI 114 NGAY")
    await lan.say("Cháy ở hẻm 12")
    code = code_in({"text": await nam.until("KHẨN")})
    await lan.choose("Gửi")
    receipt = await lan.until("Mã tin:")
    assert code in receipt
    if way == "by buttons":
        await lan.choose(CALL_BACK)
    assert code in await look(lan, receipt)
    if way != "by buttons":
        await lan.choose(CALL_BACK)  # who types finds the choice under the receipt that they opened
    await lan.until(f"Mã {code} vẫn giấu tên; có trả lời thì máy nhắn.")
    await nam.choose("Tiếp nhận")
    await lan.until(f"Mã {code} có cập nhật")


async def test_the_answer_is_viewed_and_a_question_answered(town: Town, nam: Person, way: str) -> None:
    lan = await resident(town, way)
    receipt = await tell(lan)
    await nam.start("Tin chờ")
    await nam.choose("Hỏi lại")
    await nam.until("gõ câu hỏi")
    await nam.say("Thường mấy giờ?")
    await nam.until("Đã gửi câu hỏi")
    assert "Thường mấy giờ?" in await look(lan, receipt)  # without diacritics it is the question that stands ready
    await lan.choose("Trả lời")
    await lan.until("Không cần xưng tên")
    await lan.say("khoảng 23 giờ")
    await lan.until("Đã thêm vào mã")
    await nam.until("người báo đã trả lời")
    await nam.choose("Xem nội dung")  # pushed, and answered all the same by who types
    await nam.until("khoang 23 gio" if way == "typed without diacritics" else "khoảng 23 giờ")


async def test_a_tip_is_taken_back(town: Town, nam: Person, way: str) -> None:
    lan = await resident(town, way)
    code = code_in({"text": (receipt := await tell(lan))})
    await look(lan, receipt)
    await lan.choose("Rút tin")
    await lan.choose(SURE)
    await lan.until(f"Đã rút mã {code}")
    await nam.until("người báo đã rút tin")


async def test_a_check_item_by_item_with_a_finding(town: Town, way: str) -> None:
    mai = Person(await town.leader(), way)
    await mai.start("Kiểm tra an toàn")
    await mai.choose("Xem từng mục")
    for number in range(1, 8):
        await mai.until(f"{number}/7")
        await mai.choose({3: "Không đạt", 5: "Chưa xem được"}.get(number, "Đạt"))
        if number == 3:
            await mai.until("ở nhà nào chưa đạt?")
            await mai.choose("Cả tổ")
            await mai.until("bị sao vậy")
            await mai.choose("Hỏng")
    closing = await mai.until("5 đạt, 1 không đạt, 1 chưa xem được")
    assert "Nút báo cháy: hỏng, cả tổ" in closing
    await mai.choose("Đã sửa xong")
    await mai.until("Đã sửa xong, cả tổ yên tâm hơn")


async def test_a_check_in_one_step(town: Town, way: str) -> None:
    mai = Person(await town.leader(), way)
    await mai.start("Kiểm tra an toàn")
    await mai.choose("Đạt tất cả")
    await mai.until("Xong tháng 11")


async def test_police_receive_assign_value_and_close(town: Town, nam: Person, way: str) -> None:
    lan = await resident(town, way)
    await town.member("Trung úy Dũng", "beat_officer", "18115-5")
    code = code_in({"text": await tell(lan)})
    await nam.until(code)
    await nam.choose("Xem nội dung")
    await nam.until("“")
    await nam.choose("Tiếp nhận")
    await nam.until("Trung úy Nam tiếp nhận lúc 21:45")
    await nam.choose("Giao")
    await nam.choose("Trung úy Dũng")
    await nam.until(f"Đã giao mã {code} cho Trung úy Dũng")
    await nam.start("Tin chờ")
    await nam.choose("Có giá trị")
    await nam.until(f"Đã ghi mã {code} có giá trị")
    await nam.start("Tin chờ")
    await nam.choose("Chuyển")
    await nam.choose("Cơ quan điều tra")
    await nam.until(f"Đã chuyển mã {code}")
    await nam.start("Tin chờ")
    await nam.choose("Kết thúc")
    await nam.choose("Đã giải quyết")
    await nam.until(f"Đã kết thúc mã {code}")
    await nam.choose("Hoàn tác")
    await nam.until(f"Đã mở lại mã {code}")
    await nam.start("Ra ca")
    await nam.until("Đã ra ca")
