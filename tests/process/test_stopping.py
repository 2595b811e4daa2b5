"""SIGTERM: the process ends within ten seconds, in order, whatever is going on."""

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest

from simulator.server import Simulator
from storage.migrate import migrate, revisions
from tests.postgres import free_port
from tests.process.product import SERVING, Product, Running

LIMIT = 10.0  # seconds, of the contract


async def stopped_in_time(running: Running) -> None:
    """Ends it, and sees that it went well and fast."""
    at = time.monotonic()
    code = await running.stop()
    assert time.monotonic() - at < LIMIT
    assert code == 0, running.said
    assert "Traceback" not in running.said
    assert "never retrieved" not in running.said


async def polled(sim: Simulator) -> None:
    """Waits until everything has been handed over."""
    async with asyncio.timeout(20):
        while sim.unconfirmed:  # noqa: ASYNC110 -- the simulator rings no bell for this
            await asyncio.sleep(0.01)


async def test_a_process_that_waits_in_a_long_poll_stops(product: Product, telegram: Simulator) -> None:
    running = await product.start("run")
    await running.until(SERVING)
    await stopped_in_time(running)


@pytest.mark.parametrize("by", ["polling", "webhook"])
async def test_a_process_with_work_and_a_silent_telegram_stops(product: Product, telegram: Simulator, by: str) -> None:
    if by == "webhook":
        listen = f"127.0.0.1:{free_port()}"
        product.settings.update(WEBHOOK_URL=f"http://{listen}/hook", WEBHOOK_SECRET="a-secret", LISTEN=listen)
    telegram.faults.add("timeout", ("sendMessage", "answerCallbackQuery"))
    for number in range(200):
        phone = telegram.phone(f"Người {number}")
        for _ in range(5):
            await phone.send("/start")
    running = await product.start("run")
    await running.until(SERVING)
    await polled(telegram)
    await telegram.phone("Lan").send("/start")
    await stopped_in_time(running)


async def test_a_process_that_never_reached_telegram_stops(product: Product) -> None:
    running = await product.start("run", TELEGRAM_API_URL="http://127.0.0.1:1")
    await running.until("can't be reached")
    await stopped_in_time(running)


@pytest.mark.parametrize("method", ["getMe", "setMyCommands"])
async def test_a_process_that_telegram_leaves_without_an_answer_at_the_start_stops(
    product: Product, telegram: Simulator, method: str
) -> None:
    silence = telegram.faults.add("timeout", method)
    running = await product.start("run")
    async with asyncio.timeout(20):
        while not silence.hits:  # noqa: ASYNC110 -- the simulator rings no bell for this
            await asyncio.sleep(0.01)
    at = time.monotonic()
    await stopped_in_time(running)
    assert time.monotonic() - at < LIMIT / 3, "it does not wait for the answer"


async def test_a_process_whose_database_somebody_holds_stops(product: Product, telegram: Simulator) -> None:
    running = await product.start("run")
    await running.until(SERVING)
    with closing(sqlite3.connect(product.data / "anphuong.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            await telegram.phone("Lan").send("/start")
        await asyncio.sleep(6)  # until jobs, watch and intake all wait for it
        await stopped_in_time(running)
    lan = telegram.phone("Mai")
    async with product.serving():
        await lan.send("/start")
        await lan.until("An Phường")


async def test_what_was_waiting_at_the_stop_is_said_after_the_next_start(product: Product, telegram: Simulator) -> None:
    deaf = telegram.faults.add("500", "sendMessage")
    lan = telegram.phone("Lan")
    async with product.serving():
        await lan.send("/start")
        await polled(telegram)
    assert not lan.heard
    telegram.faults.remove(deaf)
    async with product.serving():
        await lan.until("An Phường")
    assert len(lan.heard) == 1


async def test_a_demo_whose_people_have_not_joined_yet_stops(product: Product) -> None:
    running = await product.start("demo", "--port", str(free_port()))
    await running.until(SERVING)
    await stopped_in_time(running)


async def test_a_process_that_is_stopped_while_it_brings_the_schema_up_takes_its_child_along(product: Product) -> None:
    url, backups = product.settings["DATABASE_URL"], product.data / "backups"
    await migrate(url, backups=backups, to="0004")
    with closing(sqlite3.connect(product.data / "anphuong.db")) as db, db:
        # So much that a backup of it takes a while.
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
            "INSERT INTO meta (name, value) SELECT 'n' || i, hex(randomblob(40)) FROM n"
        )
    half = backups / f"before-{revisions()[-1]}.anphuong.part"
    running = await product.start("run")
    async with asyncio.timeout(20):
        while not half.exists():  # noqa: ASYNC110 -- a file rings no bell
            await asyncio.sleep(0.001)
        await running.stop()
        while half.exists():  # noqa: ASYNC110 -- the same
            await asyncio.sleep(0.001)
    with closing(sqlite3.connect(product.data / "anphuong.db", timeout=20)) as db, db:
        db.execute("BEGIN IMMEDIATE")  # once nobody else holds it
        assert db.execute("SELECT version_num FROM alembic_version").fetchone() == ("0004",)
    assert not list(backups.glob("before*"))
    async with product.serving():
        pass
