"""What both engines promise alike."""

import asyncio
from contextlib import suppress
from enum import StrEnum

import pytest

from storage.engine import Aborted, Broken, Conflict, Database, Gone, Transaction, open_database
from storage.statement import Params

INSERT = "INSERT INTO things (id, n) VALUES (:id, :n)"
BLOB = {"sqlite": "BLOB", "postgresql": "BYTEA"}


class Kind(StrEnum):
    FIRE = "fire"


@pytest.fixture(autouse=True)
async def tables(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(
            f"CREATE TABLE things (id TEXT PRIMARY KEY, n BIGINT CHECK (n <> 13), note TEXT, body {BLOB[db.dialect]})"
        )


async def add(tx: Transaction, *ids: str) -> None:
    await tx.execute_many("INSERT INTO things (id, n) VALUES (:id, :n)", [{"id": i, "n": len(i)} for i in ids])


async def ids(db: Database) -> list[str]:
    async with db.reading() as tx:
        return [row["id"] for row in await tx.fetch("SELECT id FROM things ORDER BY id")]


async def test_a_row_comes_back_as_it_was_written(db: Database) -> None:
    row = {"id": "đường", "n": 2**62, "note": None, "body": b"\x00\xff'"}
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO things VALUES (:id, :n, :note, :body)", **row)
        assert await tx.fetch_one("SELECT * FROM things") == row
        assert await tx.fetch_one("SELECT * FROM things WHERE id = 'none'") is None
        assert await tx.fetch_tuples("SELECT n, id FROM things WHERE id IN (:ids)", ids=["đường"]) == [(2**62, "đường")]
        assert await tx.fetch_tuples("SELECT n, id FROM things WHERE id IN (:ids)", ids=[]) == []


async def test_names_may_stand_anywhere_in_a_statement_and_more_than_once(db: Database) -> None:
    sql = (
        "SELECT id FROM things WHERE (id IN (:some) OR n = :n OR id IN (:none)) AND ':n' <> '' -- not :here\n"
        "AND (id IN (:some) OR n = :n) AND n IN (:sizes) ORDER BY id"
    )
    async with db.transaction() as tx:
        await add(tx, "a", "bb", "cc", "ddd", "eeee")
        rows = await tx.fetch(sql, n=3, some=["a", "bb", "eeee"], none=[], sizes=(1, 2, 3), unused=[5])
        assert [row["id"] for row in rows] == ["a", "bb", "ddd"]
        assert await tx.fetch(sql, n=3, some=["a"], none=["ddd"], sizes=[3], unused=5) == [{"id": "ddd"}]
        assert await tx.execute("UPDATE things SET n = :n WHERE n = :n", n=3) == 1


async def test_flags_words_of_enums_and_sums_are_the_same_on_both(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO things (id, n, note) VALUES ('a', :n, :note)", n=True, note=Kind.FIRE)
        await tx.execute("INSERT INTO things (id, n) VALUES ('b', :n)", n=2)
        assert await tx.fetch("SELECT SUM(n) AS s, AVG(n) AS a, COUNT(*) AS c FROM things") == [
            {"s": 3, "a": 1.5, "c": 2}
        ]
        assert await tx.fetch("SELECT n FROM things WHERE note = :note", note="fire") == [{"n": 1}]


async def test_a_statement_says_how_many_rows_it_changed(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a", "b", "c")
        assert await tx.execute("UPDATE things SET n = n + 1 WHERE id <> :id", id="a") == 2
        assert await tx.execute("DELETE FROM things WHERE id = 'none'") == 0
        assert await tx.execute_many("DELETE FROM things WHERE id = :id", [{"id": "a"}, {"id": "z"}, {"id": "b"}]) == 2
        assert await tx.execute_many("DELETE FROM things WHERE id = :id", []) == 0


async def test_returning_gives_the_changed_rows(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a", "b")
        assert await tx.fetch("DELETE FROM things WHERE id = 'a' RETURNING id, n") == [{"id": "a", "n": 1}]
        assert await tx.execute("UPDATE things SET n = 5 RETURNING id") == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 600])
async def test_a_list_expands_to_its_values(db: Database, count: int) -> None:
    wanted = [f"id{n}" for n in range(count)]
    async with db.transaction() as tx:
        await add(tx, *wanted, "other")
        rows = await tx.fetch("SELECT id FROM things WHERE id IN (:ids) AND n > :n", ids=wanted, n=0)
        assert sorted(row["id"] for row in rows) == sorted(wanted)


async def test_literals_comments_casts_and_percents_are_left_alone(db: Database) -> None:
    async with db.transaction() as tx:
        row = await tx.fetch_one(
            """SELECT ':no %s' AS a, /* :no % */ 'it''s :x' AS "b:c", CAST(:x AS BIGINT) % 3 AS d, :x AS e -- :no %
            """,
            x=5,
        )
        assert row == {"a": ":no %s", "b:c": "it's :x", "d": 2, "e": 5}
        await add(tx, "100%")
        assert await tx.fetch("SELECT id FROM things WHERE id LIKE '1%'") == [{"id": "100%"}]


async def test_many_statements_go_in_one_batch_in_order(db: Database) -> None:
    numbers = "SELECT id, n FROM things ORDER BY id"
    async with db.transaction() as tx:
        found = await tx.fetch_all(
            [
                ("INSERT INTO things (id, n) VALUES (:id, 1)", {"id": "a"}),
                (numbers, {}),
                ("UPDATE things SET n = n + 1", {}),
                ("INSERT INTO things (id, n) VALUES (:id, 1)", {"id": "b"}),
                ("UPDATE things SET n = 9 WHERE id = :id AND n = :seen", {"id": "a", "seen": 1}),
                (numbers, {}),
            ]
        )
        assert found == [[], [{"id": "a", "n": 1}], [], [], [], [{"id": "a", "n": 2}, {"id": "b", "n": 1}]]
        one: tuple[str, Params] = ("SELECT n FROM things WHERE id = :id", {"id": "a"})
        assert await tx.fetch_all([one]) == [[{"n": 2}]]
        assert await tx.fetch_all([]) == []


async def test_what_raises_is_rolled_back_and_raised_again(db: Database) -> None:
    async def give_up() -> None:
        async with db.transaction() as tx:
            await add(tx, "a")
            raise LookupError

    with pytest.raises(LookupError):
        await give_up()
    assert await ids(db) == []


async def test_a_cancelled_task_leaves_no_transaction_open(db: Database) -> None:
    inside = asyncio.Event()

    async def slow() -> None:
        async with db.transaction() as tx:
            await add(tx, "a")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(slow())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.transaction() as tx:
        await add(tx, "b")
    assert await ids(db) == ["b"]


async def test_cancelling_at_any_moment_keeps_all_or_nothing(db: Database) -> None:
    async def pair(n: int) -> None:
        async with db.transaction() as tx:
            await add(tx, f"{n}a")
            async with tx.savepoint():
                await add(tx, f"{n}b")

    for n in range(60):
        task = asyncio.create_task(pair(n))
        for _ in range(n):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    left = await ids(db)
    assert {i[:-1] for i in left if i.endswith("a")} == {i[:-1] for i in left if i.endswith("b")}
    async with db.transaction() as tx:
        await add(tx, "after")


async def test_a_savepoint_undoes_only_itself(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
        async with tx.savepoint():
            await add(tx, "b")
            for lost in (["c"], []):
                with suppress(LookupError):
                    async with tx.savepoint():
                        await add(tx, *lost)
                        raise LookupError
        with pytest.raises(Conflict):
            async with tx.savepoint():
                await add(tx, "a")
        await add(tx, "d")
    assert await ids(db) == ["a", "b", "d"]


async def test_after_a_failed_look_for_tuples_nothing_is_committed(db: Database) -> None:
    async def look() -> None:
        async with db.transaction() as tx:
            await add(tx, "a")
            with suppress(Broken):
                await tx.fetch_tuples("SELECT nothing FROM things")

    with pytest.raises(Aborted):
        await look()
    assert await ids(db) == []


async def test_after_a_failed_statement_only_rolling_back_is_left(db: Database) -> None:
    async def carry_on() -> None:
        async with db.transaction() as tx:
            await add(tx, "a")
            with pytest.raises(Conflict):
                await add(tx, "a")
            with pytest.raises(Aborted):
                await tx.fetch("SELECT 1 AS one")

    async def carry_on_in_a_savepoint() -> None:
        async with db.transaction() as tx, tx.savepoint():
            with pytest.raises(Broken):
                await tx.fetch("SELECT nothing FROM nowhere")

    for forgetful in (carry_on, carry_on_in_a_savepoint):
        with pytest.raises(Aborted):
            await forgetful()
    assert await ids(db) == []


@pytest.mark.parametrize(
    ("sql", "failure"),
    [
        ("INSERT INTO things (id, n) VALUES ('secret', 13)", Conflict),
        ("INSERT INTO things (id) VALUES ('secret'), ('secret')", Conflict),
        ("SELECT * FROM nowhere WHERE id = :secret", Broken),
        ("SELECT :missing AS m", Broken),
    ],
)
async def test_a_failure_is_named_and_quotes_no_value(db: Database, sql: str, failure: type[Exception]) -> None:
    with pytest.raises(failure) as caught:
        async with db.transaction() as tx:
            await tx.fetch(sql, secret="0912345678")
    assert "0912345678" not in str(caught.value)
    assert str(caught.value).count("secret") <= sql.count("secret")


async def test_values_that_no_column_holds_are_our_mistake(db: Database) -> None:
    for value in (2**70, "\ud800", object()):
        with pytest.raises(Broken):
            async with db.transaction() as tx:
                await tx.execute("INSERT INTO things (id, note) VALUES ('a', :note)", note=value)
    with pytest.raises(Broken, match="n:"):
        async with db.transaction() as tx:
            await tx.execute_many("INSERT INTO things (id, n) VALUES (:id, :n)", [{"id": "a", "n": 1}, {"id": "b"}])


async def test_a_transaction_inside_a_transaction_is_refused_not_waited_for(db: Database) -> None:
    async with db.transaction():
        with pytest.raises(RuntimeError, match="inside"):
            async with db.reading():
                pass


async def test_a_transaction_is_of_no_use_after_its_end(db: Database) -> None:
    async with db.transaction() as tx:
        pass
    with pytest.raises(RuntimeError, match="ended"):
        await tx.fetch("SELECT 1 AS one")


async def test_many_tasks_take_turns_and_none_is_lost(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "counter")

    async def count(tx: Transaction) -> None:
        row = await tx.fetch_one("SELECT n FROM things WHERE id = 'counter'")
        assert row
        await tx.execute("UPDATE things SET n = :n WHERE id = 'counter'", n=row["n"] + 1)

    start = len("counter")
    results = await asyncio.gather(*(db.run(count) for _ in range(12)), return_exceptions=True)
    done = results.count(None)
    async with db.reading() as tx:
        assert await tx.fetch("SELECT n FROM things") == [{"n": start + done}]
    assert done >= 4


async def test_a_reader_sees_one_snapshot(db: Database) -> None:
    async with db.reading() as tx:
        before = await tx.fetch("SELECT COUNT(*) AS c FROM things")
        if db.dialect == "postgresql":  # on SQLite a writer waits for its turn

            async def write() -> None:
                async with db.transaction() as other:
                    await add(other, "a")

            await asyncio.create_task(write())
        assert await tx.fetch("SELECT COUNT(*) AS c FROM things") == before


async def test_a_reading_transaction_cannot_write(db: Database) -> None:
    with pytest.raises(Gone):
        async with db.reading() as tx:
            await add(tx, "a")
    async with db.reading() as tx:
        await tx.fetch("SELECT 1 AS one")
    async with db.transaction() as tx:
        await add(tx, "b")
    assert await ids(db) == ["b"]


async def test_a_closed_database_says_so(db: Database) -> None:
    await db.close()
    await db.close()
    with pytest.raises(Gone):
        async with db.transaction() as tx:
            await tx.fetch("SELECT 1 AS one")


async def test_closing_does_not_wait_for_a_forgotten_transaction(db_url: str, db: Database) -> None:
    other = await open_database(db_url)
    inside = asyncio.Event()

    async def forget() -> None:
        async with other.transaction() as tx:
            await tx.fetch("SELECT 1 AS one")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(forget())
    await inside.wait()
    await asyncio.wait_for(other.close(), timeout=15)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with db.transaction() as tx:
        await add(tx, "a")


async def test_tidying_keeps_every_row(db: Database) -> None:
    async with db.transaction() as tx:
        await add(tx, "a")
    await db.tidy()
    assert await ids(db) == ["a"]


async def test_writes_that_travel_later_are_there_for_what_follows_and_for_the_commit(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute_later(INSERT, [{"id": "a", "n": 1}, {"id": "b", "n": 2}])
        assert len(await tx.fetch("SELECT * FROM things")) == 2
        await tx.execute_later(INSERT, [{"id": "c", "n": 3}])
    async with db.transaction() as tx:
        await tx.execute_later(INSERT, [{"id": "d", "n": 4}])
        await tx.execute_later(INSERT, [])
    async with db.reading() as tx:
        assert [row["id"] for row in await tx.fetch("SELECT id FROM things ORDER BY id")] == ["a", "b", "c", "d"]


async def test_a_write_that_fails_on_its_way_commits_nothing(db: Database) -> None:
    async def twice() -> None:
        async with db.transaction() as tx:
            await tx.execute_later(INSERT, [{"id": "a", "n": 1}])
            await tx.execute_later(INSERT, [{"id": "a", "n": 2}])

    with pytest.raises(Conflict):
        await twice()
    async with db.transaction() as tx:
        assert await tx.fetch("SELECT * FROM things") == []


async def test_a_savepoint_keeps_or_undoes_writes_that_travel_later(db: Database) -> None:
    async with db.transaction() as tx:
        async with tx.savepoint():
            await tx.execute_later(INSERT, [{"id": "kept", "n": 1}])
        with suppress(ZeroDivisionError):
            async with tx.savepoint():
                await tx.execute_later(INSERT, [{"id": "undone", "n": 2}])
                raise ZeroDivisionError
        async with tx.savepoint():
            pass
    async with db.reading() as tx:
        assert [row["id"] for row in await tx.fetch("SELECT id FROM things")] == ["kept"]
