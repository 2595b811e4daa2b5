"""A row that doesn't open stands for itself: it is put aside and named, and nothing else waits for it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.build import App, open_app
from bot.courier import slip
from bot.doctor import LISTED
from bot.outgoing import AT_HAND, MAKINGS
from bot.parcel import Outcome, Parcel, Unmade
from domain.alarms import Alarm, wrong
from domain.errors import Refused
from domain.notices import Lane, Notice
from simulator.phone import Phone
from simulator.server import Simulator
from storage import inbox, outbox
from storage.outbox import Post
from storage.undelivered import UNREADABLE, newest
from tests.journeys.town import BAC_HONG, Town, begin, caught_up, press, town_in, unserved

MANY = 1100  # more than a page of each table
NOISE = b"\0" * 64
FIRST = 10**8  # a number of an update that Telegram has not come to


@asynccontextmanager
async def between(town: Town) -> AsyncIterator[App]:
    """The installation of a town that is closed just now."""
    async with open_app(town._settings, town.clock.now) as app:
        yield app


def asking(phone: Phone, number: int, text: str = "/khancap") -> tuple[int, bytes]:
    """An update in which somebody sends a command, or words."""
    who = {"id": phone.id, "first_name": "Lan"}
    said: dict[str, Any] = {"message_id": number, "date": 1, "chat": {**who, "type": "private"}, "text": text}
    said |= {"from": {**who, "is_bot": False}}
    if text.startswith("/"):
        said |= {"entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]}
    return number, orjson.dumps({"update_id": number, "message": said})


async def spoil(app: App) -> None:
    """Damaged rows by the page, in every table that is read at a start; some hold no model of ours."""
    seal = {table: app.vault.for_(table).seal for table in ("outbox", "talks")}
    async with app.db.transaction() as tx:
        await tx.execute_many(
            "INSERT INTO outbox (id, lane, body) VALUES (:id, :lane, :body)",
            [
                {"id": 1, "lane": 99, "body": NOISE},
                {"id": 2, "lane": 0, "body": seal["outbox"](b'{"notice":{"gone":1}}', "outbox/body/2")},
                *({"id": number, "lane": number % 4, "body": NOISE} for number in range(3, MANY + 1)),
            ],
        )
        await tx.execute_many(
            "INSERT INTO inbox (update_id, body, received_at, attempts, state, day)"
            " VALUES (:id, :body, 0, 0, 'open', '2026-11-21')",
            [{"id": FIRST + number, "body": (NOISE, b"", None)[number % 3]} for number in range(MANY)],
        )
        await tx.execute_many(
            "INSERT INTO talks (key, body, touched_at, remind_at) VALUES (:key, :body, :at, :at)",
            [
                {"key": b"a list", "body": seal["talks"](b"[]", f"talks/body/{b'a list'.hex()}"), "at": 0},
                {"key": b"other", "body": seal["talks"](b'{"step":{}}', f"talks/body/{b'other'.hex()}"), "at": 0},
                *({"key": b"%032d" % number, "body": (NOISE, b"")[number % 2], "at": 0} for number in range(MANY)),
            ],
        )


async def count(app: App, table: str) -> int:
    async with app.db.reading() as tx:
        [row] = await tx.fetch(f"SELECT COUNT(*) AS number FROM {table}")
    return int(row["number"])


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on each engine."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with town_in(tmp_path, url) as there:
        yield there


async def test_pages_of_damaged_rows_keep_no_start_and_nobody_waiting(
    place: Town, caplog: pytest.LogCaptureFixture
) -> None:
    lan = await place.resident("Lan")
    await place.delivered()
    await place.close()
    async with between(place) as app:
        await spoil(app)
        await app.db.run(lambda tx: inbox.keep(tx, app.vault, [asking(lan, FIRST + MANY)], app.bench.now()))
        await app.in_unit(lambda unit: _owe(unit, lan.id))
    caplog.clear()
    await place.open()
    await lan.until("Gọi ngay")
    await lan.until("Đã dừng, không gửi gì cả")
    await place.server.tick()
    vitals = await place.server.look.vitals()
    assert (vitals.quarantined, vitals.dead, place.app.dispatch.quarantined) == (MANY, MANY, MANY)
    assert (await count(place.app, "talks"), await count(place.app, "outbox")) == (0, 0)
    assert place.app.ticker.failures == 0
    doctor = (await place.command("doctor")).out
    assert doctor.count("message.damaged") == LISTED
    said = [record.getMessage() for record in caplog.records if "do not open" in record.getMessage()]
    assert any(f"{FIRST + MANY - 1}" in line for line in said)
    assert any(f"{MANY}" in line and "messages" in line for line in said)
    assert len(said) < 20
    await place.restart()
    assert (await place.server.look.vitals()).quarantined == MANY
    await caught_up(lan)


async def _owe(unit: Any, chat: int) -> None:
    unit.outbox.put(Notice(key="cancel.done"), chat=chat)


async def test_a_talk_that_is_damaged_stops_no_job_and_no_person(town: Town) -> None:
    lan, mai = await town.resident("Lan"), await town.resident("Mai")
    for phone in (lan, mai):
        await begin(phone)
        await phone.send("Nhà cuối hẻm đêm nào cũng tụ tập")
        await phone.until("1 lời kể")
    await town.app.db.run(lambda tx: tx.execute("UPDATE talks SET body = :body", body=NOISE))
    await caught_up(lan)
    await town.pass_time(hours=1)
    await begin(lan)
    assert town.app.dispatch.quarantined == 0
    await town.pass_time(hours=25)
    assert await count(town.app, "talks") == 0
    assert await count(town.app, "slots") > 0
    assert town.app.ticker.failures == 0


async def test_somebody_whose_row_is_damaged_keeps_nobody_else_waiting(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    nam, hoa, lan = await town.officer("Nam"), await town.officer("Hoa"), await town.resident("Lan")
    await begin(nam)
    await nam.send("Đang kể dở")
    await nam.until("1 lời kể")
    contact = await town.app.read(lambda unit: unit.contacts.by_chat(nam.id))
    assert contact is not None
    await town.app.db.run(
        lambda tx: tx.execute("UPDATE contacts SET body = :body WHERE id = :id", body=NOISE, id=contact.id)
    )
    caplog.clear()
    await begin(lan, "Cháy, nổ")
    await lan.send("Cháy hẻm 12")
    await hoa.until("KHẨN, CHƯA XÁC MINH")
    await town.pass_time(minutes=2)
    await lan.until("Một phút rồi chưa có công an nào mở tin")
    await hoa.until("một phút rồi chưa ai mở")
    await town.pass_time(hours=26)
    assert await count(town.app, "talks") == 0
    assert (town.app.ticker.failures, town.app.dispatch.quarantined) == (0, 0)

    assert [record.getMessage() for record in caplog.records].count("a contact does not open") == 1
    assert Alarm.PEOPLE_DAMAGED in wrong(await town.server.look.vitals())
    assert "duty_officer 18115" in (await town.command("doctor")).out
    # Who agrees anew takes the place of the damaged row, without its roles.
    await nam.open_link(f"w_{BAC_HONG}")
    await press(nam, "Bắt đầu")
    await press(nam, "Đồng ý")
    await caught_up(nam)
    assert Alarm.PEOPLE_DAMAGED not in wrong(await town.server.look.vitals())
    assert "people.damaged" not in (await town.command("doctor")).out
    assert await count(town.app, "contacts") == 3
    anew = await town.app.read(lambda unit: unit.contacts.by_chat(nam.id))
    assert anew is not None
    assert await town.app.read(lambda unit: unit.memberships.of(anew.id)) == ()


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with unserved(tmp_path) as app:
        yield app


async def test_an_update_that_is_damaged_after_it_came_in_is_put_aside_when_its_turn_comes(app: App) -> None:
    async with Simulator() as sim:
        updates = [asking(sim.phone(f"Lan {number}"), number, "x" * (900 << 10)) for number in range(1, 7)]
    await app.accept(updates)  # more than is held in memory: the last are read again
    await app.db.run(lambda tx: tx.execute("UPDATE inbox SET body = :body WHERE update_id = 6", body=NOISE))
    while await app.dispatch.one_batch():
        pass
    assert (app.dispatch.handled, app.dispatch.quarantined, app.dispatch.waiting()) == (5, 1, 0)


async def test_a_message_that_is_damaged_while_it_waits_is_put_aside_when_its_turn_comes(app: App) -> None:
    posts = []
    for chat in (5, 6, 7):
        async with app.db.transaction() as tx:
            unit = app.bench.unit(tx)
            await _owe(unit, chat)
            await unit.flush()
        posts += unit.outbox.posted()
    one, two, three = (slip(post) for post in posts)
    await app.db.run(lambda tx: tx.execute("UPDATE outbox SET body = :body WHERE id <> :id", body=NOISE, id=three.id))
    assert await app.outgoing.make(one) is None
    # Telegram refused what was at hand in full; meanwhile its row was damaged. It holds no other outcome.
    await app.outgoing.settle([Outcome(two, "dead", reason="no"), Outcome(three, "sent")])
    async with app.db.reading() as tx:
        assert await outbox.waiting(tx) == []
        number, lost = await newest(tx, 9)
    assert number == 2
    assert {(gone.id, gone.lane, gone.reason) for gone in lost} == {(n.id, Lane.REPLY, UNREADABLE) for n in (one, two)}


async def test_a_message_that_can_not_be_made_is_given_up_after_a_few_tries(app: App) -> None:
    async with app.db.transaction() as tx:
        unit = app.bench.unit(tx)
        unit.outbox.put(Notice(key="gone.with_an_upgrade"), chat=5)
        await unit.flush()
    [place] = [slip(post) for post in unit.outbox.posted()]
    for _ in range(MAKINGS - 1):
        with pytest.raises(KeyError):
            await app.outgoing.make(place)
    with pytest.raises(Unmade, match="KeyError"):
        await app.outgoing.make(place)


async def test_another_master_key_is_refused_and_puts_nothing_aside(tmp_path: Path) -> None:
    async with town_in(tmp_path) as town:
        await town.resident("Lan")
        await town.close()
        async with between(town) as app:
            await app.db.run(lambda tx: inbox.keep(tx, app.vault, [(FIRST, b"{}")], app.bench.now()))
            await app.in_unit(lambda unit: _owe(unit, 5))
        key = town._settings.master_key_file
        right = key.read_bytes()
        key.write_bytes(base64.b64encode(b"k" * 32) + b"\n")
        with pytest.raises(Refused, match=r"key\.other"):
            await town.open()
        key.write_bytes(right)
        async with between(town) as app, app.db.reading() as tx:
            assert len((await inbox.waiting(tx, app.vault)).rows) == 1
            assert len((await outbox.read(tx, app.vault, await outbox.waiting(tx)))[0]) == 1


async def test_what_is_owed_to_a_group_that_moved_is_owed_at_its_new_address_after_a_crash_too(app: App) -> None:
    async with app.db.transaction() as tx:
        unit = app.bench.unit(tx)
        await _owe(unit, -5)
        await unit.flush()
    [post] = unit.outbox.posted()
    await app.outgoing.settle([Outcome(slip(post), "moved", new_chat_id=-1005)])
    async with app.db.reading() as tx:
        [kept], _ = await outbox.read(tx, app.vault, await outbox.waiting(tx))
    assert kept == post.model_copy(update={"chat": -1005})


async def test_an_urgent_message_waits_in_full_however_many_others_wait(app: App) -> None:
    parcels: list[Parcel] = []
    app.outgoing.offer = parcels.extend
    lanes = [*[Lane.BULK] * (AT_HAND + 1), Lane.URGENT]
    posts = [Post(id=id, chat=id, notice=Notice(key="cancel.done", lane=lane)) for id, lane in enumerate(lanes, 1)]
    app.outgoing.hand_over(posts)
    assert {parcel.lane for parcel in parcels if not parcel.method} == {Lane.BULK}
    assert (parcels[-1].lane, parcels[-1].method) == (Lane.URGENT, "sendMessage")


async def test_a_message_to_whom_no_way_is_found_just_now_is_looked_after_again(app: App) -> None:
    parcels: list[Parcel] = []
    app.outgoing.offer = parcels.extend
    async with app.db.transaction() as tx:
        unit = app.bench.unit(tx)
        address = await unit.return_keys.write("a receipt", 5, unit.now)
        unit.outbox.put(Notice(key="cancel.done"), address=address)
        await unit.flush()

    async def looked_for() -> list[int]:
        await asyncio.gather(*app.outgoing._background)
        return [parcel.chat_id for parcel in parcels]

    await app.db.run(lambda tx: tx.execute("ALTER TABLE return_keys RENAME TO hidden"))
    app.outgoing.hand_over(unit.outbox.posted())
    assert await looked_for() == []
    await app.db.run(lambda tx: tx.execute("ALTER TABLE hidden RENAME TO return_keys"))
    await app.outgoing.resume()
    assert await looked_for() == [5]
