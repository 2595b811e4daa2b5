"""`doctor` looks into the database while a process serves, too: on SQLite that process looks, else it connects."""

import signal
import socket
import sqlite3
import time
from contextlib import closing
from typing import Any

import orjson
import psycopg
import pytest

from tests.postgres import free_port
from tests.process.forks import Forks
from tests.process.product import Done, Product

# Of now: an old one is forgotten by the first tick of the process that serves.
NOW = int(time.time() * 1000)
REFUSED = "Bad Request: BUTTON_DATA_INVALID"
DEAD = (
    f"INSERT INTO undelivered (id, at, lane, method, reason) VALUES ({NOW << 20}, {NOW}, 3, 'sendMessage', '{REFUSED}')"
)


def checks(done: Done) -> dict[str, dict[str, Any]]:
    """The findings by name."""
    return {one["check"]: one for one in orjson.loads(done.out)}


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, product: Product, forks: Forks) -> Product:
    """An installation on either engine; on PostgreSQL its commands are forked."""
    if request.param == "postgresql":
        product.settings["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        product.key.unlink()
        product.forks = forks
        await product.install()
    return product


def refuse_a_message(product: Product) -> None:
    """One message that Telegram will never take stands in the database, which nobody serves."""
    url = product.settings["DATABASE_URL"]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(product.data / "anphuong.db")) as db, db:
            db.execute(DEAD)
    else:
        with psycopg.connect(url) as connection:
            connection.execute(DEAD)


async def test_doctor_finds_the_same_whether_a_process_serves_or_not(either: Product) -> None:
    well = await either.command("doctor", "--json")
    assert (well.code, well.err) == (0, ""), well
    assert any(letter.isdigit() for letter in checks(well)["engine"]["note"])

    refuse_a_message(either)
    alone = await either.command("doctor", "--json")
    async with either.serving():
        beside = await either.command("doctor", "--json")
    assert checks(beside) == checks(alone)
    assert (alone.code, beside.code) == (1, 1)
    assert [name for name, one in checks(beside).items() if not one["ok"]] == ["undelivered"]
    assert REFUSED in checks(beside)["undelivered"]["reason"]


async def test_a_process_that_has_stopped_turning_is_told(product: Product) -> None:
    async with product.serving() as running:
        running.signal(signal.SIGSTOP)
        try:
            done = await product.command("doctor")
        finally:
            running.signal(signal.SIGCONT)
    assert done.code == 1
    assert [line for line in done.out.splitlines() if line.startswith("BAD ") and "did not answer" in line]


async def test_a_name_that_is_nearly_one_of_ours_and_an_address_that_is_no_door_are_told(
    product: Product, forks: Forks
) -> None:
    product.forks = forks
    (product.folder / ".env").write_text("ALARM_URL=json://127.0.0.1/\nNOBODYS=1\n")
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        for listen, bad in (("nonsense", True), (taken, True), ("127.0.0.1:0", False)):
            done = await product.command("doctor", "--json", HEALTH_LISTEN=listen)
            assert done.code == 1
            found = {name: one["reason"] for name, one in checks(done).items() if not one["ok"]}
            assert set(found) == {"settings", *(["doors"] if bad else [])}
            assert "ALARM_URLS" in found["settings"]
            assert listen in found.get("doors", listen)
        (product.folder / ".env").unlink()


async def test_the_door_of_the_process_that_serves_is_no_trouble(product: Product) -> None:
    health = f"127.0.0.1:{free_port()}"
    async with product.serving(HEALTH_LISTEN=health):
        done = await product.command("doctor", HEALTH_LISTEN=health)
    assert done.code == 0, done
