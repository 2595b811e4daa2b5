"""Random lives of a table end the same on both engines."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.engine import Database, DatabaseFailure, Row, Transaction, open_database

KEYS = st.sampled_from(["a", "b", "B", "đ", "z", "%"])
# Sums beyond 64 bits are the one known difference (SQLite goes on in floating point): nothing we count comes near.
NUMBERS = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from([2**40, 2**62, -(2**62)]))


class Changed(Exception):
    """A change of mind, inside a savepoint or a transaction."""


@dataclass(frozen=True)
class Step:
    """One statement, or a block of steps with an end that keeps or gives up."""

    sql: str = ""
    params: tuple[tuple[str, object], ...] = ()
    inside: tuple["Step", ...] = ()
    keep: bool = True
    forgive: bool = False


def statement(sql: str, **params: st.SearchStrategy[object]) -> st.SearchStrategy[Step]:
    def build(forgive: bool, **values: object) -> Step:
        return Step(sql=sql, params=tuple(values.items()), forgive=forgive)

    return st.builds(build, forgive=st.booleans(), **params)


STATEMENTS = st.one_of(
    statement("INSERT INTO t (k, n) VALUES (:k, :n)", k=KEYS, n=NUMBERS),
    statement("INSERT INTO t (k, n) VALUES (:k, :n) ON CONFLICT (k) DO UPDATE SET n = excluded.n", k=KEYS, n=NUMBERS),
    statement("UPDATE t SET n = n + :d WHERE k IN (:ks)", d=st.integers(-2, 2), ks=st.lists(KEYS, max_size=5)),
    statement("UPDATE t SET k = :new WHERE k = :old", new=KEYS, old=KEYS),
    statement("DELETE FROM t WHERE n < :n", n=st.integers(-2, 4)),
    statement("SELECT no_such_column FROM t"),
)


def block(steps: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    inside = st.lists(steps, max_size=5).map(tuple)
    return st.builds(Step, inside=inside, keep=st.booleans())


STEPS = st.recursive(STATEMENTS, lambda inner: st.one_of(inner, block(inner)), max_leaves=12)
LIVES = st.lists(block(STEPS), min_size=1, max_size=4)


async def live(tx: Transaction, steps: tuple[Step, ...], heard: list[object]) -> None:
    for step in steps:
        if not step.sql:
            with suppress(Changed, DatabaseFailure):
                async with tx.savepoint():
                    await live(tx, step.inside, heard)
                    if not step.keep:
                        raise Changed
            continue
        try:
            heard.append(await tx.execute(step.sql, **dict(step.params)))
        except DatabaseFailure as failure:
            heard.append(type(failure).__name__)
            if not step.forgive:
                raise


async def outcome(db: Database, life: list[Step]) -> tuple[list[Row], list[object]]:
    heard: list[object] = []
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM t")
    for unit in life:
        try:
            async with db.transaction() as tx:
                await live(tx, unit.inside, heard)
                if not unit.keep:
                    raise Changed
        except (Changed, DatabaseFailure) as end:
            heard.append(type(end).__name__)
    async with db.reading() as tx:
        return await tx.fetch("SELECT k, n FROM t ORDER BY k"), heard


@pytest.fixture
def pair(sqlite_url: str, postgres_url: str) -> Iterator[tuple[asyncio.Runner, list[Database]]]:
    async def prepare() -> list[Database]:
        databases = [await open_database(url) for url in (sqlite_url, postgres_url)]
        for db in databases:
            async with db.transaction() as tx:
                await tx.execute("CREATE TABLE t (k TEXT PRIMARY KEY, n BIGINT, CHECK (n <> 2))")
        return databases

    with asyncio.Runner() as runner:
        databases = runner.run(prepare())
        yield runner, databases
        for db in databases:
            runner.run(db.close())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=LIVES)
def test_both_engines_end_with_the_same_rows(pair: tuple[asyncio.Runner, list[Database]], life: list[Step]) -> None:
    runner, databases = pair
    sqlite, postgresql = (runner.run(outcome(db, life)) for db in databases)
    assert sqlite == postgresql
