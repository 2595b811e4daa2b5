"""A province's month on the phone: it comes by itself, is written into, and is the same whenever it is asked for."""

import io
from datetime import UTC, datetime

import orjson
from docx import Document

from simulator.phone import Phone
from storage.unit import Unit
from tests.journeys.test_province import LONGEST, OCTOBER, file, october, plant
from tests.journeys.town import Town, caught_up, heard, press, said

NOVEMBER = {ward: OCTOBER[ward] for ward in ("16726", "16717")}
SETTLED = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 8:00 in the wards
WORDS = {"png": "hinh", "xlsx": "bang excel", "docx": "6"}
"""What is typed for each paper, a digit among them."""


async def taken(town: Town, phone: Phone, form: str) -> bytes:
    """A paper of the month, asked for by typing, as it lies on the phone."""
    await phone.send("/baocao")
    await phone.until(lambda message: "Từng phường" in phone.buttons(message))
    await phone.send(WORDS[form])
    message = await phone.until(lambda message: ("photo" if form == "png" else "document") in message)
    assert message["has_protected_content"]
    if form != "png":
        assert message["document"]["file_name"] == f"40-monthly-2026-11-14.{form}"
    sent = message["photo"][-1] if form == "png" else message["document"]
    stored = town.sim.world.files.get(sent["file_id"])
    assert stored is not None
    return stored.data


async def papers(town: Town, phone: Phone) -> dict[str, bytes]:
    return {form: await taken(town, phone, form) for form in WORDS}


async def test_a_month_comes_by_itself_is_written_into_and_stays_as_it_was_sent(town: Town) -> None:
    await october(town)
    ha = await town.member("Hà", "province", "40")
    town.clock.time = SETTLED
    await town.app.in_unit(lambda unit: plant(unit, 11, NOVEMBER))
    await town.server.tick()
    await town.server.tick()
    pushed = await ha.until("📊 Báo cáo tháng 11/2026, Nghệ An")
    assert pushed["has_protected_content"]
    *lines, last = said(pushed).splitlines()
    text = "\n".join(lines)
    assert last == "Bấm nút, hoặc gõ /baocao rồi gõ số."
    assert len(lines) == LONGEST + 1
    assert "2/12 phường đủ số liệu. Tiếp nhận tin đúng hạn: 86,4\u00a0%. Tháng trước: 86,4\u00a0%." in text
    assert "Chưa đủ số liệu ở 10 phường: " in text
    await ha.press("Khó khăn", message_id=pushed["message_id"])
    await ha.until("Gõ phần “Khó khăn” của báo cáo tháng 11/2026")
    await ha.send("Thiếu xe chữa cháy")
    await ha.until("Đã ghi phần “Khó khăn”")
    first = await papers(town, ha)
    assert "Thiếu xe chữa cháy" in [one.text for one in Document(io.BytesIO(first["docx"])).paragraphs]

    async def late(unit: Unit) -> None:
        await plant(unit, 11, {**NOVEMBER, "16720": {"tips.received_in_time": 3, "tips.received_late": 40}})

    await town.app.in_unit(late)
    await town.pass_time(days=20)
    await ha.send("/baocao")
    await ha.until(lambda message: said(message) == f"{text}\nGhi thêm phần nào, hay lấy tệp? Bấm hoặc gõ số.")
    assert await papers(town, ha) == first
    args = {"period": "monthly", "unit": "40"}
    assert {form: await file(town, "report", **args, format=form) for form in ("xlsx", "docx")} == {
        form: first[form] for form in ("xlsx", "docx")
    }
    assert len(heard(ha, "📊 Báo cáo tháng 11/2026")) == 8, "sent once, and asked for seven times"
    board = orjson.loads(await file(town, "report", **args, format="json"))
    assert (board["finished"], board["texts"]["difficulties"]) == (True, "Thiếu xe chữa cháy")


async def test_an_operator_writes_into_a_month_by_file(town: Town) -> None:
    await october(town)
    args = {"period": "monthly", "unit": "40", "date": "2026-10-01"}
    await file(town, "report", **args, format="text", texts={"advantages": "Dân giúp"})
    made = await file(town, "report", **args, format="docx", texts={"next_tasks": "Mua xe"})
    prose = [one.text for one in Document(io.BytesIO(made)).paragraphs]
    assert [prose[prose.index(heading) + 1] for heading in ("1. Thuận lợi", "2. Khó khăn, vướng mắc")] == [
        "Dân giúp",
        "\t",
    ]
    assert "Mua xe./." in prose


async def test_the_wards_of_a_month_are_read_a_page_at_a_time(town: Town) -> None:
    await october(town)
    ha = await town.member("Hà", "province", "40")
    await ha.send("/baocao")
    await ha.until("📊 Báo cáo tháng 10/2026")
    await ha.send("7")
    first = said(await ha.until("🏅 Nghệ An, đến 14/10/2026"))
    assert len(first.splitlines()) <= LONGEST
    await press(ha, "Xem thêm")
    await ha.until("\n5. ")
    await ha.send("về báo cáo")
    await ha.until(lambda message: "📊" in said(message) and "Việc tới" in ha.buttons(message))
    await ha.send("3")
    await ha.until("Gõ phần “Việc tới” của báo cáo tháng 10/2026")
    await ha.send("-")
    await ha.until("Đã xóa phần “Việc tới”")
    await ha.send("/tieuchi")
    await ha.until("🏅 Nghệ An, đến 20/11/2026")


async def test_before_any_month_is_settled_the_board_is_shown(town: Town) -> None:
    ha = await town.member("Hà", "province", "40")
    await ha.send("/baocao")
    await ha.until("🏅 Nghệ An, đến 20/11/2026")
    await ha.press_data("v.month:2026-10-14")
    await ha.until("An Phường có số liệu từ 21/11/2026")
    text = (await file(town, "report", period="monthly", unit="40", format="text")).decode()
    assert text.startswith("🏅 Nghệ An, đến 20/11/2026")


async def test_buttons_that_no_report_has_are_refused(town: Town) -> None:
    await october(town)
    ha = await town.member("Hà", "province", "40")
    forged = (
        *("v.month:2026-10-13", "v.month:x", "v.month:9999-12-31", "v.wards:2026-10-14:99", "v.part:2026-10-14:x"),
        *("v.part:2026-10-14:overdue_reason", "v.paper:2026-10-14:exe:0", "v.paper:2026-10-14:png:1"),
    )
    await ha.send("/baocao")
    await ha.until("📊 Báo cáo tháng 10/2026")
    for data in forged:
        await ha.press_data(data)
    await caught_up(ha)
    assert len(heard(ha, "Nút này cũ rồi")) == len(forged)
    await ha.press_data("v.month:2026-11-14")
    await ha.until("Số các phường mới chốt hẳn đến 14/10/2026")
