"""Logs: one JSON object a line, with ids by name, and never what somebody wrote; whatever happens."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from datetime import date, datetime

import orjson
import pytest

from bot.logs import JsonLines, Lines
from simulator.server import Simulator
from tests.journeys.town import begin, press
from tests.process.product import Product

SECRET = "Ông Bảy ở cuối hẻm bán pháo lậu"


def record(message: str, *args: object, error: Exception | None = None) -> logging.LogRecord:
    """What a call of the log makes."""
    trace = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("bot.somewhere", logging.ERROR, "", 0, message, args, trace)


def test_what_is_named_stands_in_fields() -> None:
    told = {"job": "close_day", "unit": "18115", "day": date(2026, 11, 22)}
    line = orjson.loads(JsonLines().format(record("job %(job)s of %(unit)s for %(day)s failed", told)))
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "ERROR",
        "logger": "bot.somewhere",
        "message": "job close_day of 18115 for 2026-11-22 failed",
        "fields": {"job": "close_day", "unit": "18115", "day": "2026-11-22"},
    }


@pytest.mark.parametrize("form", [JsonLines(), Lines()])
def test_of_an_exception_its_kind_and_place_are_told_and_not_its_text(form: logging.Formatter) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        said = form.format(record("a look failed", error=error))
    assert SECRET not in said
    assert "ValueError at tests.process.test_logs:" in said
    assert "\n" not in said


async def test_every_line_of_a_process_is_an_object_and_none_holds_what_somebody_wrote(
    product: Product, telegram: Simulator
) -> None:
    with closing(sqlite3.connect(product.data / "anphuong.db")) as db, db:
        # A tip fails on its way, with the database's own words about it.
        db.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON tip_parts BEGIN SELECT RAISE(ABORT, 'a part is broken'); END"
        )
    lan = telegram.phone("Lan Chi Mỹ")
    telegram.faults.add("500", "sendMessage", times=3)
    async with product.serving(LOG_LEVEL="DEBUG", LOG_FORMAT="json") as running:
        await lan.open_link("w_18115")
        await press(lan, "Bắt đầu")
        await press(lan, "Đồng ý")
        await lan.until(lambda _: bool(lan.keyboard))
        await begin(lan, "Trộm cướp, tội phạm khác")
        await lan.send(SECRET)
        await press(lan, "Gửi")
        await press(lan, "Giấu tên")
        async with asyncio.timeout(20):
            while "incident" not in running.said:  # noqa: ASYNC110 -- a log rings no bell
                await asyncio.sleep(0.05)
    lines = [orjson.loads(line) for line in running.said.splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    [aside] = [line for line in lines if "incident" in line.get("fields", {})]
    assert aside["fields"]["incident"] in aside["message"]
    assert aside["error"].startswith("Broken at storage.") or "at storage." in aside["error"]
    for secret in (SECRET, "Ông Bảy", "Lan Chi", str(lan.id)):
        assert secret not in running.said
