"""How a unit of work reads ahead, writes together, and takes back what was refused."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import people
from domain.people import Contact, Membership, Role
from domain.places import Place, UnitKind
from domain.talks import Talk
from domain.tips import Category, Identity, Tip
from storage.engine import Row, Transaction
from storage.outbox import Numbers
from storage.records import from_ms, to_ms
from storage.unit import MustReplay, Unit, new_id
from storage.vault import InvalidTag, Vault
from storage.ward import Reported
from tests.cases.world import GROUPS, VAULT, WARD, World


class Counting(Transaction):
    """A transaction that counts what is asked of the database, and passes it on."""

    def __init__(self, inner: Transaction) -> None:
        super().__init__()
        self.inner = inner
        self.statements: list[str] = []

    async def fetch(self, sql: str, /, **params: object) -> list[Row]:
        self.statements.append(sql)
        return await self.inner.fetch(sql, **params)

    async def execute(self, sql: str, /, **params: object) -> int:
        self.statements.append(sql)
        return await self.inner.execute(sql, **params)

    async def execute_many(self, sql: str, rows: Sequence[Any]) -> int:
        self.statements.append(sql)
        return await self.inner.execute_many(sql, rows)

    async def execute_later(self, sql: str, rows: Sequence[Any]) -> None:
        self.statements.append(sql)
        await self.inner.execute_later(sql, rows)

    async def fetch_all(self, statements: Sequence[Any]) -> list[list[Any]]:
        self.statements += [sql for sql, _ in statements]
        return await self.inner.fetch_all(statements)

    async def _batch(self, statements: Any) -> Any: ...
    async def _many(self, sql: str, rows: Any) -> int:
        return 0

    async def _savepoint(self, name: str) -> None: ...
    async def _release(self, name: str) -> None: ...
    async def _rollback_to(self, name: str) -> None: ...
    async def _commit(self) -> None: ...
    async def _rollback(self) -> None: ...


def contact(chat: int, name: str = "Lan", **more: Any) -> Contact:
    return Contact(id=new_id(), chat=chat, name=name, **more)


def place(code: str, name: str) -> Place:
    return Place(code=code, name=name, kind=UnitKind.WARD, valid_from=date(2026, 1, 1), source="sample")


async def test_undo_takes_back_saves_changes_and_removals_since_the_mark(world: World) -> None:
    lan, mai = contact(1), contact(2, "Mai")
    async with world.unit() as unit:
        unit.contacts.save(lan)
    async with world.unit() as unit:
        unit.contacts.save(mai)
        unit.mark()
        unit.contacts.save(mai.model_copy(update={"name": "changed"}))
        unit.contacts.save(mai.model_copy(update={"name": "changed again"}))
        unit.contacts.save(contact(3, "Hoa"))
        unit.contacts.remove(lan.id)
        unit.undo()
        assert await unit.contacts.by_chat(3) is None
        assert await unit.contacts.find(lan.id) == lan
    async with world.unit() as unit:
        assert await unit.contacts.find(lan.id) == lan
        assert await unit.contacts.find(mai.id) == mai
    assert len(await world.rows("contacts")) == 2


async def test_what_an_earlier_message_of_the_batch_wrote_survives_a_later_undo(world: World) -> None:
    async with world.unit() as unit:
        unit.mark()
        unit.places.save(place("1", "first"))
        unit.mark()
        unit.places.save(place("1", "second"))
        unit.places.save(place("2", "second"))
        unit.undo()
    async with world.unit() as unit:
        first = await unit.places.find("1")
        assert first is not None
        assert first.name == "first"
        assert await unit.places.find("2") is None


async def test_what_has_reached_the_database_can_not_be_undone_in_memory(world: World) -> None:
    for reach in ("flush", "fetch", "execute", "execute_many"):
        async with world.unit() as unit:
            unit.mark()
            unit.contacts.save(contact(hash(reach)))
            match reach:
                case "flush":
                    await unit.flush()
                case "fetch":
                    await unit.contacts.find("somebody")  # by key: reaches nothing
                    await unit.places.wards()  # of another table: reaches nothing either
                    await unit.fetch("SELECT 1")
                case "execute":
                    await unit.execute("DELETE FROM talks WHERE touched_at < :n", n=0)
                case _:
                    await unit.execute_many("DELETE FROM talks WHERE touched_at < :n", [{"n": 0}])
            with pytest.raises(MustReplay):
                unit.undo()


async def test_a_list_is_read_once_until_its_table_changes(world: World) -> None:
    async with world.unit() as unit:
        wards = await unit.places.wards()
        # Behind the unit's back, as nothing in the product does: a list that was read is not read again ...
        await unit.tx.execute("UPDATE places SET kind = 'gone' WHERE code = :code", code=wards[0].code)
        unit.contacts.save(contact(6))
        assert await unit.places.wards() == wards
        # ... but after a change of this table, a statement of any kind, or an undo it is.
        unit.places.save(wards[1].model_copy(update={"phone": "113"}))
        [first, *others] = await unit.places.wards()
        assert (first.code, first.phone, len(others)) == (wards[1].code, "113", len(wards) - 2)
        await unit.execute("UPDATE places SET kind = 'gone' WHERE code = :code", code=wards[1].code)
        assert [ward.code for ward in await unit.places.wards()] == [ward.code for ward in wards[2:]]


async def test_reading_by_key_reaches_nothing_and_can_be_undone(world: World) -> None:
    async with world.unit() as unit:
        unit.mark()
        unit.contacts.save(contact(5))
        assert await unit.contacts.find("somebody") is None
        await unit.ahead([7, 8], ["no tip"])
        unit.undo()
    assert await world.rows("contacts") == []


async def test_a_new_mark_forgets_what_was_flushed_before(world: World) -> None:
    async with world.unit() as unit:
        unit.contacts.save(contact(5))
        await unit.flush()
        unit.mark()
        unit.contacts.save(contact(6))
        unit.undo()
    assert len(await world.rows("contacts")) == 1


async def test_what_was_read_ahead_is_found_without_asking_again(world: World) -> None:
    nam, lan = await world.officer("Nam"), await world.resident("Lan")
    tips = [(await world.tip(lan)).tip.id for _ in range(3)]
    async with world.db.reading() as tx:
        counting = Counting(tx)
        unit = Unit(counting, VAULT, world.now, Numbers(), world.clocks)
        await unit.ahead([nam.chat, lan.chat, 424242], [*tips, "none"])
        asked = len(counting.statements)
        assert asked == 4  # contacts, talks, memberships, tips: however many messages
        assert (await people.who(unit, nam.chat, "", "vi")).roles == nam.roles
        assert (await people.who(unit, lan.chat, "", "vi")).contact == lan.contact
        assert (await people.who(unit, 424242, "", "vi")).contact is None
        assert await unit.talks.find(unit.talks.key_of_chat(lan.chat)) is None
        assert [tip.id for key in tips if (tip := await unit.tips.find(key))] == tips
        assert await unit.tips.find("none") is None
        await unit.ahead([nam.chat], tips)
        assert len(counting.statements) == asked


async def test_many_saves_are_one_statement_a_table(world: World) -> None:
    async with world.db.transaction() as tx:
        counting = Counting(tx)
        unit = Unit(counting, VAULT, world.now, Numbers(), world.clocks)
        for chat in range(20):
            unit.contacts.save(contact(chat))
            unit.places.save(place(f"p{chat}", "somewhere"))
        unit.places.remove(GROUPS[0])
        await unit.flush()
        assert len(counting.statements) == 3
        await unit.flush()
        assert len(counting.statements) == 3
    assert len(await world.rows("contacts")) == 20


async def test_a_list_sees_what_its_own_unit_has_changed(world: World) -> None:
    async with world.unit() as unit:
        unit.places.save(place("00001", "new"))
        unit.places.remove("22759")
        known = await unit.places.find(WARD)
        assert known is not None
        unit.places.save(known.model_copy(update={"name": "renamed"}))
        assert [(ward.code, ward.name) for ward in await unit.places.wards()] == [("00001", "new"), (WARD, "renamed")]
        assert len(await unit.places.all()) == 9


async def test_what_was_removed_is_not_found_and_may_come_back(world: World) -> None:
    async with world.unit() as unit:
        unit.places.remove(WARD)
        assert await unit.places.find(WARD) is None
        unit.places.save(place(WARD, "again"))
    async with world.unit() as unit:
        again = await unit.places.find(WARD)
        assert again is not None
        assert again.name == "again"


async def test_a_roll_back_leaves_nothing(world: World) -> None:
    async def fail(unit: Unit) -> None:
        unit.contacts.save(contact(5))
        await unit.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await world.act(fail)
    assert await world.rows("contacts") == []


def wholly(rows: list[dict[str, Any]]) -> bytes:
    """Everything that lies in these rows, as bytes."""
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row.values())


async def test_no_row_of_a_person_or_a_tip_shows_a_chat_a_name_or_a_word(world: World) -> None:
    lan = await world.resident("Canary Lan")
    for identity in Identity:
        await world.tip(lan, "canary words", identity=identity)
    await world.officer("Canary Nam")
    await world.tip(lan, "canary words", category=Category.FIRE_EXPLOSION)
    async with world.unit() as unit:
        unit.talks.save(Talk(key=unit.talks.key_of_chat(lan.chat), text="canary draft", touched_at=world.now))
    for table in ("contacts", "talks", "tips", "tip_parts", "tip_keys", "outbox", "events", "memberships"):
        rows = wholly(await world.rows(table))
        assert rows
        for form in (b"anary", str(lan.chat).encode(), lan.chat.to_bytes(8, "big"), lan.chat.to_bytes(8, "little")):
            assert form not in rows, table


async def test_a_sealed_blob_moved_to_another_row_does_not_open(world: World) -> None:
    lan, mai = await world.resident("Lan"), await world.resident("Mai")
    assert lan.contact is not None
    assert mai.contact is not None
    async with world.db.transaction() as tx:
        sql = "UPDATE contacts SET body = (SELECT body FROM contacts WHERE id = :source) WHERE id = :target"
        await tx.execute(sql, source=lan.contact.id, target=mai.contact.id)
    async with world.unit() as unit:
        assert await unit.contacts.find(lan.contact.id) == lan.contact
        assert await unit.contacts.find(mai.contact.id) is None


async def test_a_word_moved_to_another_tip_does_not_open(world: World) -> None:
    lan = await world.resident()
    one, two = await world.tip(lan, "một"), await world.tip(lan, "hai")
    async with world.db.transaction() as tx:
        await tx.execute("UPDATE tip_parts SET tip = 'aside' WHERE tip = :tip", tip=two.tip.id)
        await tx.execute("UPDATE tip_parts SET tip = :tip WHERE tip = :one", tip=two.tip.id, one=one.tip.id)
    with pytest.raises(InvalidTag):
        await world.told(two.tip.id)


async def test_another_master_key_finds_and_opens_nothing(world: World) -> None:
    lan = await world.resident("Lan")
    assert lan.contact is not None
    async with world.db.reading() as tx:
        unit = Unit(tx, Vault(b"another master key, 32 bytes long"), world.now, Numbers(), world.clocks)
        assert await unit.contacts.by_chat(lan.chat) is None
        assert await unit.contacts.find(lan.contact.id) is None


async def test_every_record_comes_back_as_it_was_saved(world: World) -> None:
    tip = Tip(
        id="t",
        code="K7QM-4XTP",
        ward=WARD,
        category=Category.OTHER,
        urgent=True,
        identity=Identity.CALL_BACK,
        valuable=True,
        opened_at=world.now,
        due_at=world.now + timedelta(milliseconds=1),
        receipt_hash=b"\0\xff",
        return_address=b"\0" * 200,
    )
    held = Membership(id="m", contact="c", role=Role.ADMIN, unit=WARD, ward=None, since=world.now, on_duty=False)
    talk = Talk(key=b"k", step="tell", findings={"alarm_bell": "ok"}, touched_at=world.now)
    figure = Reported(id="f", unit=WARD, name="cameras", value=40, as_of="2023-08-01", source="sample")
    somewhere = place("00002", "Đâu đó").model_copy(update={"aliases": ("X", "Y"), "placeholder": True})
    async with world.unit() as unit:
        unit.tips.save(tip)
        unit.memberships.save(held)
        unit.talks.save(talk)
        unit.reported.save(figure)
        unit.places.save(somewhere)
    async with world.unit() as unit:
        assert await unit.tips.find("t") == tip
        assert await unit.memberships.of("c") == (held,)
        assert await unit.talks.find(b"k") == talk
        assert await unit.reported.of(WARD) == [figure]
        assert await unit.places.find("00002") == somewhere
    async with world.unit() as unit:
        assert await unit.reported.find("f") == figure


async def test_a_role_saved_in_this_unit_is_held_once_settled(world: World) -> None:
    async with world.unit() as unit:
        held = Membership(id="m", contact="c", role=Role.PROVINCE, unit="42", ward=None, since=world.now)
        unit.memberships.save(held)
        await unit.memberships.settle()
        assert await unit.memberships.of("c") == (held,)


async def test_reading_ahead_for_nobody_asks_nothing(world: World) -> None:
    async with world.db.reading() as tx:
        counting = Counting(tx)
        await Unit(counting, VAULT, world.now, Numbers(), world.clocks).ahead([], [])
        assert counting.statements == []


async def test_an_undone_role_is_not_held(world: World) -> None:
    async with world.unit() as unit:
        assert await unit.memberships.of("c") == ()
        unit.mark()
        unit.memberships.save(
            Membership(id="m", contact="c", role=Role.LEADER, unit=GROUPS[0], ward=WARD, since=world.now)
        )
        unit.undo()
        assert await unit.memberships.of("c") == ()
    assert await world.rows("memberships") == []


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_is_kept_to_the_millisecond(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert from_ms(to_ms(moment)) == whole
    assert from_ms(to_ms(whole)) == whole
    assert (to_ms(None), from_ms(None)) == (None, None)
