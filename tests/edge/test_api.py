"""What an answer of the Bot API means, and what never shows: the token."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, TimedOut

from bot.api import FILE_LIMIT, FILE_TIMEOUT, LONGEST_WAIT, Api, FilePart
from bot.failures import (
    Conflict,
    Failure,
    Garbled,
    Gone,
    Later,
    Malformed,
    Moved,
    Unauthorized,
    Unchanged,
    Vanished,
)
from bot.request import AiohttpRequest
from bot.web import serve
from domain.errors import Refused
from tests.edge.conftest import TOKEN, Telegram, error, ok

TABLE = [
    (400, "Bad Request: message is not modified: specified new message content is the same", Unchanged, ""),
    (400, "Bad Request: message to edit not found", Vanished, "message"),
    (400, "Bad Request: message to delete not found", Vanished, "message"),
    (400, "Bad Request: message can't be deleted for everyone", Vanished, "message"),
    (400, "Bad Request: message can't be edited", Vanished, "message"),
    (400, "Bad Request: MESSAGE_ID_INVALID", Vanished, "message"),
    (400, "Bad Request: message thread not found", Vanished, "topic"),
    (400, "Bad Request: TOPIC_DELETED", Vanished, "topic"),
    (400, "Bad Request: message to be replied not found", Vanished, "reply"),
    (400, "Bad Request: replied message not found", Vanished, "reply"),
    (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", Vanished, "query"),
    (400, "Bad Request: chat not found", Gone, "not_found"),
    (400, "Bad Request: PEER_ID_INVALID", Gone, "not_found"),
    (400, "Bad Request: not enough rights to send text messages to the chat", Gone, "no_rights"),
    (403, "Forbidden: bot was blocked by the user", Gone, "blocked"),
    (403, "Forbidden: user is deactivated", Gone, "deactivated"),
    (403, "Forbidden: bot can't initiate conversation with a user", Gone, "never_started"),
    (403, "Forbidden: bot was kicked from the group chat", Gone, "removed"),
    (403, "Forbidden: something new", Gone, "forbidden"),
    (400, "Bad Request: can't parse entities: Unsupported start tag", Malformed, None),
    (400, "Bad Request: message is too long", Malformed, None),
    (413, "Request Entity Too Large", Malformed, None),
    (404, "Not Found: method not found", Malformed, None),
    (404, "Not Found", Unauthorized, None),
    (401, "Unauthorized", Unauthorized, None),
    (409, "Conflict: terminated by other getUpdates request", Conflict, None),
    (409, "Conflict: can't use getUpdates method while webhook is active", Conflict, None),
    (429, "Too Many Requests: retry after 7", Later, None),
    (500, "Internal Server Error", Later, None),
    (502, "Bad Gateway", Later, None),
]


@pytest.mark.parametrize(("code", "description", "kind", "reason"), TABLE)
async def test_each_error_of_telegram_means_one_thing(
    telegram: Telegram, api: Api, code: int, description: str, kind: type[Failure], reason: str | None
) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return error(code, description)

    telegram.script = script
    with pytest.raises(kind) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert type(caught.value) is kind
    if reason:
        assert getattr(caught.value, "reason", None) == reason


async def test_a_429_says_how_long_and_whether_it_is_about_one_chat(telegram: Telegram, api: Api) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return error(429, "Too Many Requests: retry after 7", retry_after=7)

    telegram.script = script
    with pytest.raises(Later) as one:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"})
    with pytest.raises(Later) as all_of_it:
        await api.call("getMe")
    assert (one.value.retry_after, one.value.whole_bot, one.value.uncertain) == (7.0, False, False)
    assert all_of_it.value.whole_bot


@pytest.mark.parametrize(
    ("parameters", "seconds"),
    [
        ({}, 7.0),
        ({"retry_after": 3}, 3.0),
        ({"retry_after": 2.5}, 2.5),
        ({"retry_after": 0}, 7.0),
        ({"retry_after": -1}, 7.0),
        ({"retry_after": "x"}, 7.0),
        ({"retry_after": True}, 7.0),
        ({"retry_after": 1e300}, LONGEST_WAIT),
    ],
)
async def test_the_wait_is_read_from_the_words_when_the_number_is_missing_or_nonsense(
    telegram: Telegram, api: Api, parameters: dict[str, Any], seconds: float
) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return error(429, "Too Many Requests: retry after 7", **parameters)

    telegram.script = script
    with pytest.raises(Later) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert caught.value.retry_after == seconds


async def test_a_wait_that_no_number_holds_is_the_longest(telegram: Telegram, api: Api) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        told = b'{"ok":false,"error_code":429,"description":"","parameters":{"retry_after":1%s}}' % (b"0" * 400)
        return web.Response(status=429, body=told, content_type="application/json")

    telegram.script = script
    with pytest.raises(Later) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert caught.value.retry_after == LONGEST_WAIT


@pytest.mark.parametrize("status", [200, 400, 403, 408])
@pytest.mark.parametrize("body", [b'{"message":"Forbidden"}', b'{"ok":true}', b'{"error":"blocked"}'])
async def test_what_somebody_on_the_way_says_blames_no_chat(
    telegram: Telegram, api: Api, status: int, body: bytes
) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return web.Response(status=status, body=body, content_type="application/json")

    telegram.script = script
    with pytest.raises(Later) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert caught.value.uncertain


async def test_a_group_that_moved_says_where(telegram: Telegram, api: Api) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return error(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100123)

    telegram.script = script
    with pytest.raises(Moved) as caught:
        await api.call("sendMessage", {"chat_id": -5, "text": "x"})
    assert caught.value.chat_id == -100123


@pytest.mark.parametrize("status", [200, 403, 502])
async def test_a_page_instead_of_json_is_for_later(telegram: Telegram, api: Api, status: int) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return web.Response(status=status, text="<html>Bad gateway</html>", content_type="text/html")

    telegram.script = script
    with pytest.raises(Garbled) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert caught.value.uncertain


async def test_a_lost_answer_is_uncertain_and_a_refused_connection_is_not(telegram: Telegram, api: Api) -> None:
    async def script(method: str, params: dict[str, Any]) -> None:
        return None

    telegram.script = script
    with pytest.raises(Later) as lost:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert lost.value.uncertain
    nobody = Api("http://127.0.0.1:1", TOKEN)
    with pytest.raises(Later) as refused:
        await nobody.call("sendMessage", {"chat_id": 1, "text": "x"})
    await nobody.close()
    assert not refused.value.uncertain


async def test_a_silent_server_is_given_up_after_the_timeout(telegram: Telegram, api: Api) -> None:
    released = asyncio.Event()

    async def script(method: str, params: dict[str, Any]) -> web.Response:
        await released.wait()
        return ok(True)

    telegram.script = script
    with pytest.raises(Later) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": "x"}, timeout=0.05)
    released.set()
    assert caught.value.uncertain


@asynccontextmanager
async def dripping(parts: int, pause: float) -> AsyncIterator[Api]:
    """Asks a Telegram whose files come in so many parts of one byte, so many seconds before each."""
    over = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = parts
        await response.prepare(request)
        for _ in range(parts):
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), pause)
            if over.is_set():
                break
            await response.write(b"x")
        return response

    runner = await serve([web.get("/file/bot{token}/{path:.*}", drip)], "127.0.0.1:0")
    api = Api(f"http://127.0.0.1:{runner.addresses[0][1]}", TOKEN)
    try:
        yield api
    finally:
        over.set()
        await api.close()
        await runner.cleanup()


async def test_a_file_on_a_slow_line_arrives_however_long_it_takes() -> None:
    async with dripping(parts=12, pause=0.15) as api:
        assert await api.download("photos/a.jpg", silence=1.2) == b"x" * 12
    assert FILE_LIMIT / FILE_TIMEOUT < 25_000, "bytes a second: the largest file on a bad mobile line"


async def test_a_file_of_which_nothing_more_comes_is_given_up_for_later() -> None:
    async with dripping(parts=2, pause=60) as api, asyncio.timeout(10):
        with pytest.raises(Later) as caught:
            await api.download("photos/a.jpg", silence=0.2)
    assert caught.value.slow


async def test_a_file_that_drips_for_ever_is_given_up_for_later() -> None:
    async with dripping(parts=1000, pause=0.02) as api, asyncio.timeout(10):
        with pytest.raises(Later):
            await api.download("photos/a.jpg", timeout=0.5)


async def test_the_token_shows_nowhere(telegram: Telegram, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    async def script(method: str, params: dict[str, Any]) -> web.Response | None:
        return None if method == "cut" else error(400, f"Bad Request: no such thing as /bot{TOKEN}/x")

    telegram.script = script
    shown = []
    for url, method in ((telegram.url, "sendMessage"), (telegram.url, "cut"), ("http://127.0.0.1:1", "getMe")):
        api = Api(url, TOKEN)
        shown.append(repr(api))
        with pytest.raises(Failure) as caught:
            await api.call(method, {"chat_id": 1})
        assert caught.value.__context__ is None
        shown += [repr(caught.value), str(caught.value), "".join(traceback.format_exception(caught.value))]
        await api.close()
    assert all(TOKEN not in text and "AAtest" not in text for text in [*shown, caplog.text])


async def test_what_can_not_be_written_as_json_is_malformed_and_not_quoted(api: Api) -> None:
    with pytest.raises(Malformed) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": {"bí mật"}})
    assert "bí mật" not in str(caught.value)
    assert caught.value.__context__ is None


async def test_what_telegram_quotes_of_a_message_is_not_repeated(telegram: Telegram, api: Api) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return error(400, 'Bad Request: can\'t parse entities: unsupported start tag "Nguyễn" of 123456789 at 7')

    telegram.script = script
    with pytest.raises(Malformed) as caught:
        await api.call("sendMessage", {"chat_id": 1, "text": "<Nguyễn>"})
    assert str(caught.value) == "Bad Request: can't parse entities: unsupported start tag … of … at 7"


async def test_half_a_surrogate_in_what_is_sent_does_not_stop_it(telegram: Telegram, api: Api) -> None:
    await api.call("sendMessage", {"chat_id": 1, "text": "Chào \ud83d!"})
    assert telegram.texts() == ["Chào ?!"]


async def test_files_travel_as_multipart_and_their_parameters_as_json(telegram: Telegram, api: Api) -> None:
    markup = {"inline_keyboard": [[{"text": "Đồng ý", "callback_data": "a"}]]}
    part = FilePart("biểu đồ.png", b"\x89PNG\r\n", "image/png")
    data = {"chat_id": 1, "caption": "Tổng hợp", "reply_markup": markup, "photo": "attach://p", "reply_to": None}
    await api.call("sendPhoto", data, {"p": part})
    method, params = telegram.calls[0]
    assert method == "sendPhoto"
    assert params["p"] == b"\x89PNG\r\n"
    assert (params["chat_id"], params["caption"]) == ("1", "Tổng hợp")
    assert "Đồng ý" in params["reply_markup"]
    assert "reply_to" not in params


async def test_half_a_surrogate_in_an_answer_is_read_all_the_same(telegram: Telegram, api: Api) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        return web.Response(body=b'{"ok":true,"result":{"text":"\\ud83d!","big":123456789012345678901234567890}}')

    telegram.script = script
    result = await api.call("getMe")
    assert result["text"].endswith("!")


def test_a_proxy_that_is_not_http_is_refused_without_its_password() -> None:
    with pytest.raises(Refused) as caught:
        Api("https://example.invalid", TOKEN, proxy="socks5://user:secret@127.0.0.1:1080")
    assert caught.value.code == "telegram.proxy"
    assert "secret" not in str(caught.value)


async def test_ptb_speaks_through_the_same_session(telegram: Telegram, api: Api) -> None:
    async def script(method: str, params: dict[str, Any]) -> web.Response:
        if method == "getMe":
            return ok({"id": 123456, "is_bot": True, "first_name": "An Phường", "username": "anphuong_bot"})
        if method == "sendDocument":
            return ok({"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}})
        return error(400, "Bad Request: chat not found")

    telegram.script = script
    request = AiohttpRequest(api)
    async with Bot(TOKEN, f"{telegram.url}/bot", f"{telegram.url}/file/bot", request, request) as bot:
        assert bot.username == "anphuong_bot"
        with pytest.raises(BadRequest):
            await bot.send_message(1, "chào")
        await bot.send_document(1, InputFile(b"abc", "a.txt"))
    assert telegram.calls[-1][1]["document"] == b"abc"


async def test_ptb_hears_of_trouble_in_its_own_words(telegram: Telegram, api: Api) -> None:
    released = asyncio.Event()

    async def script(method: str, params: dict[str, Any]) -> web.Response | None:
        if method == "logOut":
            await released.wait()
        return None

    telegram.script = script
    request = AiohttpRequest(api)
    with pytest.raises(NetworkError):
        await request.post(f"{telegram.url}/bot{TOKEN}/getMe")
    with pytest.raises(TimedOut):
        await request.post(f"{telegram.url}/bot{TOKEN}/logOut", read_timeout=0.05)
    released.set()
