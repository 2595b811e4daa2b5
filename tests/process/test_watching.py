"""What a watchman on another machine can ask for, and what doctor says of the second way of alarms."""

import re
from pathlib import Path

import aiohttp
import orjson
from prometheus_client.parser import text_string_to_metric_families

from simulator.server import Simulator
from tests.postgres import free_port
from tests.process.product import ROOT, Product
from tests.process.test_contract import answered_after
from tests.receiver import Receiver

DOCUMENTED = set(re.findall(r"`(anphuong_\w+)`", Path(ROOT / "docs" / "operations.md").read_text("utf-8")))


async def test_operations_names_every_metric_that_is_served_and_no_other(product: Product, telegram: Simulator) -> None:
    health = f"127.0.0.1:{free_port()}"
    async with product.serving(HEALTH_LISTEN=health), aiohttp.ClientSession() as web:
        await answered_after(telegram.phone("Lan"), "/start")
        async with web.get(f"http://{health}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            families = list(text_string_to_metric_families(await answer.text()))
        async with web.get(f"http://{health}/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "wrong": []})
    counted = {"counter": "_total"}
    served = {family.name + counted.get(family.type, "") for family in families}
    # What has not happened yet is not there: a moment that is unknown is no moment.
    assert served | {"anphuong_last_summary_timestamp_seconds", "anphuong_last_backup_timestamp_seconds"} == DOCUMENTED
    samples = {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}
    assert samples["anphuong_updates_handled_total",] == 1
    assert samples["anphuong_delivery_seconds_count", "reply"] == 1
    assert samples["anphuong_alarm", "inbox_late"] == 0
    assert samples["anphuong_commit_seconds_count",] > 0


async def test_doctor_tells_an_address_of_alarms_that_is_wrong_and_sends_a_test(product: Product) -> None:
    wrong = await product.command("doctor", "--json", ALARM_URLS="nonsense")
    found = {one["check"]: one for one in orjson.loads(wrong.out)}
    assert wrong.code == 1
    assert not found["alarms"]["ok"]
    assert "nonsense" not in wrong.out + wrong.err
    async with Receiver() as receiver:
        done = await product.command("doctor", "--alarm", ALARM_URLS=receiver.url)
        assert (done.code, done.err) == (0, ""), done
        assert [title for title, _ in receiver.alarms] == ["An Phường: this is a test"]
    deaf = await product.command("doctor", "--alarm", ALARM_URLS=receiver.url)
    assert (deaf.code, deaf.out, len(deaf.complaints)) == (1, "", 1), deaf
    assert "hush" not in deaf.err
    nobody = await product.command("doctor", "--alarm")
    assert (nobody.code, len(nobody.complaints)) == (1, 1), nobody


async def test_a_process_that_has_not_reached_telegram_lives_and_is_not_ready(product: Product) -> None:
    health = f"127.0.0.1:{free_port()}"
    running = await product.start("run", HEALTH_LISTEN=health, TELEGRAM_API_URL="http://127.0.0.1:1")
    await running.until("can't be reached")
    async with aiohttp.ClientSession() as web:
        async with web.get(f"http://{health}/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
        async with web.get(f"http://{health}/readyz") as answer:
            assert (answer.status, await answer.json()) == (503, {"ready": False, "wrong": ["telegram.unreachable"]})
    assert await running.stop() == 0


async def test_a_process_that_serves_looks_after_itself_and_gives_signs_of_life(product: Product) -> None:
    async with Receiver() as receiver, product.serving(HEARTBEAT_URL=f"http://{receiver.address}/beat"):
        await receiver.until(lambda: receiver.beats)
