"""Inbox, outbox and return addresses: what waits, what is owed, and what is left of it afterwards."""

import asyncio
from datetime import timedelta

import orjson
import pytest

from domain.notices import Button, Lane, Notice
from domain.talks import Talk, menu_of
from storage import inbox, meta, outbox
from storage.inbox import AlreadyDone, Page, Waiting
from storage.outbox import Numbers, Post
from storage.return_address import open_address
from storage.undelivered import newest
from tests.cases.world import SATURDAY, WARD, World


def message(chat: int, text: str = "chuyện") -> bytes:
    return orjson.dumps({"update_id": 0, "message": {"message_id": 1, "chat": {"id": chat}, "text": text}})


PRESS = {"id": "1", "from": {"id": 6}, "data": "x", "message": {"message_id": 1, "chat": {"id": 5}}}


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        (message(7), 7),
        (orjson.dumps({"update_id": 1, "edited_message": {"chat": {"id": -9}, "from": {"id": 3}}}), -9),
        (orjson.dumps({"update_id": 1, "callback_query": PRESS}), 5),
        (orjson.dumps({"update_id": 1, "callback_query": {"id": "1", "from": {"id": 6}, "data": "x"}}), 6),
        (orjson.dumps({"update_id": 1, "poll": {"id": "1"}}), None),
        (orjson.dumps({"update_id": 1, "message": {"chat": {"id": "7"}}}), None),
        (orjson.dumps({"update_id": 1, "message": {"chat": 7}}), None),
    ],
)
def test_the_chat_of_an_update_whatever_its_kind(raw: bytes, chat: int | None) -> None:
    assert inbox.chat_of(inbox.read(raw)) == chat


@pytest.mark.parametrize("raw", [b'{"update_id": 1', b"[1]", b"\xff\xfe"])
def test_what_is_no_object_can_not_be_read(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"no object|Expecting|utf|value"):
        inbox.read(raw)


async def test_what_waits_is_read_in_its_order_page_by_page(world: World) -> None:
    updates = [(4, message(1, "b")), (3, message(2)), (2, message(1, "a")), (9, b"broken")]
    async with world.db.transaction() as tx:
        assert await inbox.keep(tx, world.vault, updates, world.now) == updates
    async with world.db.reading() as tx:
        first = (await inbox.waiting(tx, world.vault, limit=3)).rows
        assert first == [Waiting(2, message(1, "a")), Waiting(3, message(2)), Waiting(4, message(1, "b"))]
        assert await inbox.waiting(tx, world.vault, after=4) == Page([Waiting(9, b"broken")], [])
        assert await inbox.bodies(tx, world.vault, [9, 2, 77]) == Page([first[0], Waiting(9, b"broken")], [])


async def test_an_update_that_was_handled_is_not_taken_again(world: World) -> None:
    async with world.db.transaction() as tx:
        await inbox.keep(tx, world.vault, [(2, message(1)), (3, message(2))], world.now)
        await inbox.done(tx, [2])
        again = [(2, message(1)), (3, message(2)), (4, message(1)), (4, message(1))]
        assert sorted(await inbox.keep(tx, world.vault, again, world.now)) == [(3, message(2)), (4, message(1))]
        assert [row.raw for row in (await inbox.waiting(tx, world.vault)).rows] == [message(2), message(1)]


async def test_a_handled_update_keeps_its_number_and_nothing_else(world: World) -> None:
    async with world.db.transaction() as tx:
        await inbox.keep(tx, world.vault, [(2, message(1))], world.now)
        await inbox.done(tx, [2])
        await inbox.keep(tx, world.vault, [(2, message(1))], world.now)
    [row] = await world.rows("inbox")
    assert row == {
        "update_id": 2,
        "body": None,
        "received_at": None,
        "attempts": 0,
        "state": "done",
        "day": "2026-11-21",
    }


async def test_an_update_is_handled_once(world: World) -> None:
    async with world.db.transaction() as tx:
        await inbox.keep(tx, world.vault, [(2, message(1)), (3, message(2))], world.now)
        await inbox.done(tx, [2])
        with pytest.raises(AlreadyDone):
            await inbox.done(tx, [2, 3])


async def test_a_waiting_update_shows_neither_chat_nor_words(world: World) -> None:
    async with world.db.transaction() as tx:
        await inbox.keep(tx, world.vault, [(2, message(7_412_345_678, "canary"))], world.now)
    [row] = await world.rows("inbox")
    assert b"canary" not in row["body"]
    assert b"7412345678" not in row["body"]
    assert set(row) == {"update_id", "body", "received_at", "attempts", "state", "day"}, "nothing says whose it is"


async def test_the_fifth_failure_puts_an_update_aside(world: World) -> None:
    async with world.db.transaction() as tx:
        await inbox.keep(tx, world.vault, [(2, message(1)), (3, message(1))], world.now)
        assert [await inbox.failed(tx, 2, attempt) for attempt in range(5)] == [False] * 4 + [True]
        assert await inbox.quarantined(tx) == 1
        assert [row.update_id for row in (await inbox.waiting(tx, world.vault)).rows] == [3]


async def test_updates_without_a_number_are_set_aside_under_negative_ones(world: World) -> None:
    async with world.db.transaction() as tx:
        await inbox.keep(tx, world.vault, [(5, message(1))], world.now)
    come = asyncio.Barrier(4)

    async def one(raw: bytes) -> None:
        async with world.db.transaction() as tx:
            if world.db.dialect == "postgresql":  # SQLite lets one in at a time
                await tx.fetch("SELECT COUNT(*) AS n FROM inbox")
                await come.wait()
            await inbox.set_aside(tx, world.vault, raw, world.now)

    await asyncio.gather(*(one(b"nonsense") for _ in range(4)))
    async with world.db.reading() as tx:
        assert await inbox.quarantined(tx) == 4
    assert sorted(row["update_id"] > 0 for row in await world.rows("inbox")) == [False] * 4 + [True]


def notice(key: str = "x", **more: object) -> Notice:
    return Notice.model_validate({"key": key, **more})


async def test_what_is_owed_comes_back_in_order_as_it_was_put(world: World) -> None:
    rich = notice(
        "card.title",
        params={"n": 1},
        more=[("a", {"b": 2})],
        buttons=[[Button(label="l", press="p", digit="1")]],
        lane=Lane.URGENT,
        edit=3,
        private=True,
        silent=True,
        expires_at=world.now,
        report="{}",
        keyboard="k",
    )
    async with world.unit() as unit:
        unit.outbox.put(rich, chat=5, language="en")
        unit.outbox.put(notice("second"), address=b"\0\xff" * 40)
        unit.outbox.put_many(notice("third"), [(1, "vi"), (2, "en")])
    posted = list(world.posts)
    assert [post.notice.key for post in posted] == ["card.title", "second", "third", "third"]
    async with world.db.reading() as tx:
        numbers = await outbox.waiting(tx)
        assert numbers == [post.id for post in posted]
        assert await outbox.read(tx, world.vault, reversed(numbers)) == (posted, {})
        assert await outbox.read(tx, world.vault, numbers[2:]) == (posted[2:], {})
        assert await outbox.last_number(tx, SATURDAY) == posted[-1].id
    async with world.unit() as unit:
        assert await unit.outbox.find(posted[0].id) == posted[0]


async def test_what_has_ended_is_gone(world: World) -> None:
    async with world.unit() as unit:
        for chat in range(3):
            unit.outbox.put(notice(), chat=chat)
    one, two, three = world.posts
    async with world.db.transaction() as tx:
        await outbox.ended(tx, [one.id, two.id])
    async with world.db.reading() as tx:
        assert await outbox.waiting(tx) == [three.id]
        assert await outbox.read(tx, world.vault, [one.id, three.id]) == ([three], {})


async def test_what_is_owed_to_a_group_that_has_moved_is_owed_there(world: World) -> None:
    async with world.unit() as unit:
        unit.outbox.put(notice("x", params={"n": 1}), chat=-5)
        unit.outbox.put(notice("y"), chat=-5)
    moved, other = world.posts
    async with world.db.transaction() as tx:
        await outbox.address_anew(tx, world.vault, moved.id, -1005)
    async with world.db.reading() as tx:
        posts, _ = await outbox.read(tx, world.vault, [moved.id, other.id])
    assert posts == [moved.model_copy(update={"chat": -1005}), other]


async def test_a_message_moved_to_another_row_does_not_open(world: World) -> None:
    async with world.unit() as unit:
        unit.outbox.put(notice(), chat=1)
        unit.outbox.put(notice(), chat=2)
    one, two = world.posts
    async with world.db.transaction() as tx:
        sql = "UPDATE outbox SET body = (SELECT body FROM outbox WHERE id = :source) WHERE id = :target"
        await tx.execute(sql, source=one.id, target=two.id)
        posts, damaged = await outbox.read(tx, world.vault, [two.id])
    assert (posts, damaged) == ([], {two.id: Lane.REPLY})


async def test_an_empty_outbox_owes_nothing(world: World) -> None:
    async with world.db.reading() as tx:
        assert (await outbox.last_number(tx, SATURDAY), await outbox.waiting(tx)) == (0, [])
        assert await newest(tx, 5) == (0, [])
        assert await inbox.quarantined(tx) == 0


async def test_numbers_grow_whatever_the_clock_does(world: World) -> None:
    numbers = Numbers()
    seen = [numbers.next(world.now + timedelta(hours=hours)) for hours in (0, 0, 1, -5, 0, -9)]
    assert seen == sorted(set(seen))
    later = Numbers(seen[-1])
    assert later.next(world.now - timedelta(days=1)) > seen[-1]


async def test_a_number_fits_what_the_database_holds(world: World) -> None:
    number = Numbers().next(world.now.replace(year=2100))
    assert number < 2**63


async def test_return_addresses_of_a_week_share_a_key_and_always_have_one_size(world: World) -> None:
    chats = [5, 7_412_345_678, 2**52]
    async with world.unit() as unit:
        boxes = [await unit.return_keys.write("r" * 22, chat, world.now) for chat in chats]
        again = await unit.return_keys.write("r" * 22, chats[0], world.now)
    assert len({len(box) for box in boxes}) == 1
    assert again != boxes[0]
    assert len(await world.rows("return_keys")) == 1
    world.pass_time(days=7)
    async with world.unit() as unit:
        await unit.return_keys.write("r", 5, world.now)
    assert sorted(row["week"] for row in await world.rows("return_keys")) == ["2026W47", "2026W48"]
    async with world.db.reading() as tx:
        assert [await open_address(tx, world.vault, box) for box in boxes] == [("r" * 22, chat) for chat in chats]


async def test_a_damaged_or_foreign_return_address_opens_nothing(world: World) -> None:
    async with world.unit() as unit:
        box = await unit.return_keys.write("receipt", 5, world.now)
    async with world.db.reading() as tx:
        assert await open_address(tx, world.vault, box[:-1] + bytes([box[-1] ^ 1])) is None
        assert await open_address(tx, world.vault, b"2020W01" + box[7:]) is None


async def test_an_installation_remembers_its_first_day(world: World) -> None:
    async with world.db.transaction() as tx:
        assert await meta.first_day(tx) is None
        await meta.put(tx, meta.FIRST_DAY, "2026-11-20")
        await meta.put(tx, meta.FIRST_DAY, "2026-11-21")
        assert str(await meta.first_day(tx)) == "2026-11-21"


async def test_a_post_without_chat_and_address_shows_none(world: World) -> None:
    assert Post(id=1, notice=notice()).model_dump_json(exclude_defaults=True) == '{"id":1,"notice":{"key":"x"}}'
    assert (await world.read(lambda unit: unit.places.find(WARD))) is not None


async def test_a_card_that_is_pushed_takes_the_menu_above_it_with_it(world: World) -> None:
    nam, lan = await world.officer("Nam"), await world.resident("Lan")
    shown = Notice(key="x", buttons=((Button(label="button.show", press="tip.show:1"),),))
    for person, waits in ((nam, None), (nam, "ask"), (lan, None)):
        for answer in (False, True):
            async with world.unit() as unit:
                key = unit.talks.key_of_chat(person.chat)
                unit.talks.save(Talk(key=key, menu=menu_of(shown.buttons), touched_at=world.now, step=waits))
            async with world.unit() as unit:
                unit.outbox.put(shown, chat=person.chat)
                unit.outbox.put(shown.model_copy(update={"buttons": ()}), chat=person.chat)
                if answer:
                    unit.outbox.put(shown, chat=person.chat, answer=True)
            async with world.unit() as unit:
                talk = await unit.talks.find(key)
            assert talk is not None
            # Only of officers and leaders, who are pushed cards to act on; and not what belongs to a question.
            assert (talk.menu == ()) is (person is nam and not waits and not answer)


async def test_a_card_whose_unit_is_undone_leaves_the_menu(world: World) -> None:
    nam = await world.officer("Nam")
    shown = Notice(key="x", buttons=((Button(label="button.show", press="tip.show:1"),),))
    async with world.unit() as unit:
        key = unit.talks.key_of_chat(nam.chat)
        unit.talks.save(Talk(key=key, menu=menu_of(shown.buttons), touched_at=world.now))
    async with world.unit() as unit:
        unit.mark()
        unit.outbox.put(shown, chat=nam.chat)
        unit.undo()
    async with world.unit() as unit:
        talk = await unit.talks.find(key)
    assert talk is not None
    assert talk.menu
