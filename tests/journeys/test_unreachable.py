"""Messages that can't arrive: somebody else is told, the operator learns of it, and a flood costs no memory."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.outgoing import AT_HAND
from cases.undelivered import TELLING
from domain.notices import Button, Notice
from locales import words
from storage import outbox
from storage.undelivered import newest
from storage.unit import Unit
from tests.journeys.test_leader_findings import beat, broken_buttons
from tests.journeys.town import HEM_12, Town, begin, caught_up, heard, press, said, town_in

REMINDED = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # 07:30 in the ward, five days before the deadline
TOO_LONG = "x" * 65  # bytes of a button's data: Telegram takes 64


async def test_an_officer_whose_account_is_gone_keeps_nobody_waiting(town: Town) -> None:
    nam, hoa = await town.officer("Trung úy Nam"), await town.officer("Đại úy Hoa")
    await hoa.send("Ra ca")
    await hoa.until("Đã ra ca")
    await nam.deactivate()
    lan = await town.resident("Lan")
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy hẻm 12")
    alert = said(await hoa.until("không nhắn tới được"))
    assert "Trung úy Nam đang trực" in alert
    assert "hẻm 12" not in alert
    await hoa.press("Xem nội dung")
    await hoa.until("Cháy hẻm 12")


async def test_a_leader_who_has_blocked_the_bot_is_stood_in_for(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=REMINDED) as town:
        mai, hoa = await town.leader(), await town.member("Trần Thị Hoa", "deputy", HEM_12)
        await mai.block()
        await town.pass_time(hours=1)
        card = said(await hoa.until("chưa nhắn được cho ông/bà Mai"))
        assert "hạn thứ Hai, 30/11" in card
        await hoa.send("1")
        await hoa.until("Xong tháng 11")


async def test_what_telegram_refuses_for_good_is_told_to_the_admin(town: Town) -> None:
    an = await town.member("An", "admin", "18115")
    lan = await town.resident("Lan")

    async def owe(unit: Unit) -> None:
        button = Button(label="button.show", press=TOO_LONG)
        unit.outbox.put(Notice(key="tip.nobody_yet", buttons=((button,),)), chat=lan.id)

    town.sim.violations.clear()
    await town.app.in_unit(owe)
    await town.delivered()
    town.sim.violations.clear()  # the message that was planted
    await town.server.watch()
    told = said(await an.until("Có 1 lời nhắn không gửi được"))
    assert "Trả lời, 21:45 21/11: Bad Request: BUTTON_DATA_INVALID" in told
    await town.delivered()
    async with town.app.db.reading() as tx:
        count, [lost] = await newest(tx, 5)
        assert await outbox.waiting(tx) == []
    assert (count, lost.method, lost.told_at) == (1, "sendMessage", town.clock.now())
    assert TELLING in words("vi").sentences


async def test_of_a_flood_only_the_first_wait_in_full_and_all_arrive_in_order(town: Town) -> None:
    phones = [town.sim.phone(f"P{number}", started=True) for number in range(20)]
    many = 2 * AT_HAND

    async def owe(unit: Unit) -> None:
        for number in range(many):
            params = {"number": number}
            unit.outbox.put(Notice(key="trouble.incident", params=params), chat=phones[number % 20].id)

    await town.app.in_unit(owe)
    await town.app.outgoing.resume()
    await town.delivered()
    for first, phone in enumerate(phones):
        numbers = [text.partition("số sự cố ")[2].partition(".")[0] for text in heard(phone, "số sự cố")]
        assert numbers == [str(number) for number in range(first, many, 20)]


async def test_what_is_owed_to_many_is_sent_after_a_start_and_once(town: Town) -> None:
    phones = [town.sim.phone(f"P{number}", started=True) for number in range(30)]

    async def owe(unit: Unit) -> None:
        for number in range(1_500):
            unit.outbox.put(Notice(key="trouble.incident", params={"number": number}), chat=phones[number % 30].id)

    # Committed beside the process, as by a command on another connection: nobody hands it over.
    async with town.app.db.transaction() as tx:
        unit = town.app.bench.unit(tx)
        await owe(unit)
        await unit.flush()
    await town.restart()
    await phones[-1].until("số sự cố 1499.")
    await town.delivered()
    assert [len(heard(phone, "số sự cố")) for phone in phones] == [50] * 30


async def test_a_deputy_who_was_asked_and_has_blocked_the_bot_leaves_the_check_to_the_police(tmp_path: Path) -> None:
    async with town_in(tmp_path, start=REMINDED) as town:
        nam, mai = await town.officer(), await town.leader()
        hoa = await town.member("Trần Thị Hoa", "deputy", HEM_12)
        await hoa.block()
        await mai.send("/diemdanh")
        await press(mai, "Tôi đi vắng")
        await mai.until("An Phường nhờ ông/bà Hoa rồi")
        await nam.until("Tổ liên gia Hẻm 12: không nhắn tới được ông/bà Hoa")
        await town.delivered()
        assert len(heard(nam, "Hẻm 12")) == 1


async def test_what_a_check_found_reaches_the_duty_officer_when_the_beat_officer_has_blocked_the_bot(
    town: Town,
) -> None:
    nam, dung, mai = await town.officer(), await beat(town), await town.leader()
    await dung.block()
    await broken_buttons(mai)
    assert "Cảnh sát khu vực Dũng lo trước" in said(mai.heard[-1])
    await nam.until("báo chưa đạt")
    await town.delivered()
    await mai.send("/diemdanh")
    assert "Công an phường lo trước" in said(await mai.until("đã xong từ"))


async def test_a_tip_by_giao_comes_back_when_the_colleague_has_blocked_the_bot(town: Town) -> None:
    nam, hoa = await town.officer("Trung úy Nam"), await town.officer("Đại úy Hoa")
    code = await town.tip(await town.resident("Lan"), "Nhà cuối hẻm đêm nào cũng tụ tập")
    await nam.until(code)
    await hoa.until(code)
    await hoa.block()
    await nam.press("Tiếp nhận")
    await nam.until("tiếp nhận lúc")
    await nam.press("Giao")
    await press(nam, "Đại úy Hoa")
    await nam.until("Đã giao")
    await nam.until("giao Đại úy Hoa mà không nhắn tới được")
    await nam.press("Xem nội dung")
    await press(nam, "Giao")
    assert "Đại úy Hoa" not in nam.buttons(await nam.until("Giao mã"))


async def test_to_block_the_bot_is_not_to_write_to_it_and_to_come_back_is(town: Town) -> None:
    nam, _, lan = await town.officer("Trung úy Nam"), await town.officer("Đại úy Hoa"), await town.resident("Lan")

    async def gone() -> bool:
        contact = await town.app.read(lambda unit: unit.contacts.by_chat(nam.id))
        return contact is not None and contact.unreachable

    await nam.deactivate()
    await town.tip(lan, "Nhà cuối hẻm đêm nào cũng tụ tập")
    await town.delivered()
    assert await gone()
    await nam.block()  # as after an outage: Telegram tells of it later than of the message that it refused
    await caught_up(lan)
    assert await gone()
    await nam.unblock()
    await caught_up(lan)
    assert not await gone()


async def test_of_a_card_that_changes_only_the_newest_leaves_and_nothing_that_is_too_late(town: Town) -> None:
    lan = await town.resident("Lan")
    await lan.send("/khancap")
    card = (await lan.until("Gọi ngay"))["message_id"]

    async def owe(unit: Unit) -> None:
        for number in (1, 2, 3):
            unit.outbox.put(Notice(key="trouble.incident", params={"number": number}, edit=card), chat=lan.id)
        late = unit.now - timedelta(seconds=1)
        unit.outbox.put(Notice(key="trouble.incident", params={"number": 4}, expires_at=late), chat=lan.id)

    before = len(town.sim.calls)
    await town.app.in_unit(owe)
    await town.delivered()
    sent = [call for call in town.sim.calls[before:] if call.params.get("chat_id") == lan.id]
    assert [call.method for call in sent] == ["editMessageText"]
    assert "số sự cố 3." in sent[0].params["text"]
    async with town.app.db.reading() as tx:
        assert await outbox.waiting(tx) == []


async def test_a_summary_whose_chart_telegram_refuses_arrives_in_words(tmp_path: Path) -> None:
    async with town_in(tmp_path) as town:
        nam = await town.officer()
        for way in ("sendPhoto", "sendDocument"):
            town.sim.faults.add("400", way)
        await nam.send("/tonghop")
        await nam.until("Tổng hợp ngày")
