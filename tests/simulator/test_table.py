"""The table the simulator checks calls against is the official one."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest

from simulator import Simulator
from simulator.cut_table import CUT, cut
from simulator.methods import METHODS
from simulator.table import Table
from tests.simulator.caller import Caller

OFFICIAL = Path(__file__).parents[3] / "shared" / "telegram" / "bot_api_10.1.json"
COMPARED = "43cd5be3ef803797151a6e6dbfeafa3038c122678b33c34d6fc279a01405a17e"
"""SHA-256 of the cut that was compared; a new one comes with `python -m simulator.cut_table`."""
FEED = {"getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"}


def test_the_cut_is_what_the_official_table_says() -> None:
    """Where the official table lies beside the checkout they are compared; everywhere, the cut is the one compared."""
    if OFFICIAL.exists():
        assert orjson.loads(CUT.read_bytes()) == cut(orjson.loads(OFFICIAL.read_bytes()))
    assert hashlib.sha256(CUT.read_bytes()).hexdigest() == COMPARED


def test_every_method_of_the_cut_is_served_and_no_other() -> None:
    assert set(Table.load().methods) == set(METHODS) | FEED


MARKUP = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("sendMessage", {"chat_id": 1, "text": "a", "txt": "b"}, "unknown parameter 'txt'"),
        ("sendMessage", {"chat_id": 1}, "parameter 'text' is missing"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "text must be String"),
        ("sendMessage", {"chat_id": 1, "text": "a", "disable_notification": "true"}, "disable_notification must be"),
        ("sendMessage", {"chat_id": True, "text": "a"}, "chat_id must be"),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [{}]}}, "[0] must be Array of"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": 1}]]}},
            ".text must",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a", "callbackdata": "b"}]]}},
            "unknown field 'callbackdata'",
        ),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_parameters": {"chat_id": 1}}, "lacks 'message_id'"),
        ("sendMessage", {"chat_id": 1, "text": "a", "entities": [{"type": "bold", "offset": 0}]}, "lacks 'length'"),
        ("editMessageText", {"chat_id": 1, "message_id": "7", "text": "a"}, "message_id must be Integer"),
        ("setMyCommands", {"commands": [{"command": "a"}]}, "lacks 'description'"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, "lacks 'chat_id'"),
        ("getUpdates", {"allowed_updates": ["message", 1]}, "[1] must be String"),
    ],
)
def test_a_wrong_parameter_is_named(method: str, params: dict[str, Any], problem: str) -> None:
    problems = Table.load().check(method, params, textual=False).problems
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize(
    ("method", "params", "read"),
    [
        ("sendMessage", {"chat_id": "5", "text": "5"}, {"chat_id": 5, "text": "5"}),
        ("sendMessage", {"chat_id": "@ward", "text": "[1]"}, {"chat_id": "@ward", "text": "[1]"}),
        ("sendMessage", {"chat_id": "5", "text": "a", "protect_content": "true"}, {"protect_content": True}),
        (
            "sendMessage",
            {"chat_id": "5", "text": "a", "reply_markup": orjson.dumps(MARKUP).decode()},
            {"reply_markup": MARKUP},
        ),
        (
            "sendLocation",
            {"chat_id": "5", "latitude": "18.5", "longitude": "-1e1"},
            {"latitude": 18.5, "longitude": -10},
        ),
        ("getUpdates", {"offset": "-1", "allowed_updates": "[]"}, {"offset": -1, "allowed_updates": []}),
        ("getUpdates", {"offset": ""}, {}),
    ],
)
def test_values_of_a_form_are_read_from_text(method: str, params: dict[str, str], read: dict[str, Any]) -> None:
    checked = Table.load().check(method, params, textual=True)
    assert checked.problems == []
    assert checked.params.items() >= read.items()


async def test_a_misspelt_parameter_is_a_violation_even_where_telegram_ignores_it(sim: Simulator, call: Caller) -> None:
    sim.phone("Mai", user_id=7, started=True)
    await call("sendMessage", chat_id=7, text="a", disable_notificaton=True)
    assert sim.violations == ["sendMessage: unknown parameter 'disable_notificaton'"]


async def test_an_ill_typed_parameter_is_refused_and_a_violation(sim: Simulator, call: Caller) -> None:
    assert (
        await call.refusal("deleteMessage", chat_id=7, message_id="x") == "400 Bad Request: message_id must be Integer"
    )
    assert len(sim.violations) == 1


async def test_an_unknown_method_and_a_wrong_token_are_refused(sim: Simulator, call: Caller) -> None:
    assert await call.refusal("sendMesage", chat_id=7) == "404 Not Found"
    for token, status in [("123456:OTHER", 401), ("nonsense", 404)]:
        async with call.session.get(f"{sim.url}/bot{token}/getMe") as response:
            assert response.status == status
            assert (await response.json())["error_code"] == status
    assert sim.violations == ["sendMesage: Not Found"]


async def test_updates_and_messages_are_such_as_the_official_table_describes(sim: Simulator, call: Caller) -> None:
    table = Table.load()
    mai = sim.phone("Mai", last_name="Trần", username="mai")
    await mai.send("/start a")
    photo = await mai.send_photo(b"x", "ảnh #1a")
    await mai.send_album([b"a", ("video", b"b")])
    await mai.send_document(b"%PDF", "a.pdf")
    await mai.send_voice(b"o")
    await mai.send_location(18.5, 105.7)
    await mai.send_contact("+84000000000")
    await mai.edit(photo, "khác")
    sent = await call(
        "sendMessage", chat_id=mai.id, text="hỏi", reply_markup=MARKUP, reply_parameters={"message_id": photo}
    )
    await mai.press("a")
    await mai.block()
    await mai.unblock()
    updates = await call("getUpdates")
    assert len(updates) == 12
    assert [table.fits(update, "Update") for update in updates] == [None] * 12
    assert table.fits(sent, "Message") is None
    assert table.fits(await call("getMe"), "User") is None
    assert table.fits(await call("getChat", chat_id=mai.id), "ChatFullInfo") is None
    assert table.fits(await call("getWebhookInfo"), "WebhookInfo") is None
