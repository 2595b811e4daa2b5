"""What Telegram refuses, and in which words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from simulator import Phone, Simulator
from tests.simulator.caller import Caller
from tests.simulator.conftest import png


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


CHAT = 7
TEXT = {"chat_id": CHAT, "text": "a"}


@pytest.fixture
def mai(sim: Simulator) -> Phone:
    return sim.phone("Mai", user_id=CHAT, started=True)


@pytest.mark.parametrize(
    ("method", "params", "refusal"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " \n "}, "message text is empty"),
        ("sendMessage", {"text": "ạ" * 4097}, "message is too long"),
        ("sendMessage", {"text": "<b>a", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ("sendMessage", {"text": "a", "parse_mode": "html5"}, "unsupported parse_mode"),
        (
            "sendMessage",
            {"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            "can't parse entities",
        ),
        ("sendMessage", {**TEXT, "reply_markup": keyboard({"text": "a"})}, "text buttons are unallowed"),
        (
            "sendMessage",
            {**TEXT, "reply_markup": keyboard({"text": "a", "callback_data": "đ" * 33})},
            "BUTTON_DATA_INVALID",
        ),
        ("sendMessage", {**TEXT, "reply_markup": keyboard({"text": "a", "callback_data": ""})}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {**TEXT, "reply_markup": keyboard({"text": " ", "callback_data": "a"})}, "must have a text"),
        (
            "sendMessage",
            {**TEXT, "reply_markup": keyboard({"text": "a", "url": "tel:113"})},
            "is invalid: wrong HTTP URL",
        ),
        (
            "sendMessage",
            {**TEXT, "reply_markup": keyboard(*[{"text": "a", "callback_data": "b"}] * 101)},
            "reply markup is too long",
        ),
        ("sendMessage", {**TEXT, "reply_markup": {"keyboard": []}}, "reply keyboard has no buttons"),
        ("sendLocation", {"latitude": 91, "longitude": 0}, "wrong coordinates"),
        ("sendChatAction", {"action": "thinking"}, "wrong parameter action"),
        ("sendPhoto", {"photo": "no-such-file"}, "wrong remote file identifier"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "a"}]}, "album must have 2 to 10"),
        (
            "sendMediaGroup",
            {"media": [{"type": "photo", "media": "a"}, {"type": "document", "media": "b"}]},
            "can't mix documents",
        ),
        ("createForumTopic", {"name": "đ" * 129}, "topic name must be"),
        ("deleteMessages", {"message_ids": []}, "must be 1 to 100"),
        ("setMyCommands", {"commands": [{"command": "Báo", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "a", "description": "b" * 257}]}, "DESCRIPTION_INVALID"),
        ("setMyShortDescription", {"short_description": "a" * 121}, "is too long"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}, "MESSAGE_TOO_LONG"),
        ("getUpdates", {"limit": 101}, "limit must be 1 to 100"),
        ("setWebhook", {"url": "http://ward.example/hook"}, "An HTTPS URL must be provided"),
        ("setWebhook", {"url": "https://ward.example:9000/hook"}, "only on ports"),
        ("setWebhook", {"url": "https://ward.example/", "secret_token": "á"}, "unallowed characters"),
    ],
)
async def test_what_breaks_a_limit_is_refused_and_noted(
    sim: Simulator, call: Caller, mai: Phone, method: str, params: dict[str, Any], refusal: str
) -> None:
    takes_chat = method.startswith(("send", "create", "deleteMessage"))
    said = await call.refusal(method, **({"chat_id": CHAT} | params if takes_chat else params))
    assert said.startswith("400 Bad Request: ")
    assert refusal in said
    assert len(sim.violations) == 1


@pytest.mark.parametrize(
    ("method", "params", "refusal"),
    [
        ("sendMessage", {"chat_id": 8, "text": "a"}, "400 Bad Request: chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "a"}, "400 Bad Request: chat not found"),
        ("sendMessage", {**TEXT, "message_thread_id": 5}, "400 Bad Request: message thread not found"),
        ("sendMessage", {**TEXT, "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ("editMessageText", {**TEXT, "message_id": 99}, "400 Bad Request: message to edit not found"),
        ("deleteMessage", {"chat_id": CHAT, "message_id": 99}, "400 Bad Request: message to delete not found"),
        ("copyMessage", {"chat_id": CHAT, "from_chat_id": CHAT, "message_id": 99}, "message to copy not found"),
        ("forwardMessage", {"chat_id": CHAT, "from_chat_id": CHAT, "message_id": 99}, "message to forward not found"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1"},
            "400 Bad Request: query is too old and response timeout expired or query ID is invalid",
        ),
        ("getFile", {"file_id": "x"}, "400 Bad Request: wrong file_id"),
        ("getChat", {"chat_id": 8}, "400 Bad Request: chat not found"),
        ("createForumTopic", {"chat_id": CHAT, "name": "a"}, "400 Bad Request: the chat is not a forum"),
    ],
)
async def test_what_may_happen_to_any_bot_is_refused_but_no_violation(
    sim: Simulator, call: Caller, mai: Phone, method: str, params: dict[str, Any], refusal: str
) -> None:
    assert refusal in await call.refusal(method, **params)
    assert sim.violations == []
    assert [(name, ok) for name, _, ok in sim.calls] == [(method, False)]


async def test_the_longest_text_passes(call: Caller, mai: Phone) -> None:
    sent = await call("sendMessage", chat_id=CHAT, text=f"<b>{'🌿' * 4096}</b>", parse_mode="HTML")
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 8192}]


async def test_nobody_hears_from_a_bot_they_never_wrote_to(sim: Simulator, call: Caller) -> None:
    nam = sim.phone("Nam")
    text = {"chat_id": nam.id, "text": "a"}
    assert await call.refusal("sendMessage", **text) == "403 Forbidden: bot can't initiate conversation with a user"
    await nam.send("/start")
    assert (await call("sendMessage", **text))["text"] == "a"
    await nam.block()
    assert await call.refusal("sendMessage", **text) == "403 Forbidden: bot was blocked by the user"
    await nam.unblock()
    await call("sendMessage", **text)
    await nam.deactivate()
    assert await call.refusal("sendMessage", **text) == "403 Forbidden: user is deactivated"


async def test_an_edit_replaces_words_and_takes_the_keyboard_away(call: Caller, mai: Phone) -> None:
    buttons = keyboard({"text": "Gửi", "callback_data": "go"})
    sent = await call("sendMessage", **TEXT, reply_markup=buttons)
    place = {"chat_id": CHAT, "message_id": sent["message_id"]}
    assert "not modified" in await call.refusal("editMessageText", **place, text="a ", reply_markup=buttons)
    edited = await call("editMessageText", **place, text="b")
    assert (edited["text"], edited["message_id"], "reply_markup" in edited) == ("b", sent["message_id"], False)
    assert edited["edit_date"] >= edited["date"]
    assert mai.messages == [edited]
    assert "no caption" in await call.refusal("editMessageCaption", **place, caption="c")
    own = await mai.send("mine")
    assert "can't be edited" in await call.refusal("editMessageText", chat_id=CHAT, message_id=own, text="b")


async def test_old_messages_cannot_be_deleted() -> None:
    clock = [datetime(2026, 11, 22, tzinfo=UTC)]
    async with Simulator(now=lambda: clock[0]) as sim, aiohttp.ClientSession() as session:
        call = Caller(sim, session)
        mai = sim.phone("Mai")
        first, second = await mai.send("a"), await mai.send("b")
        clock[0] += timedelta(hours=47)
        assert await call("deleteMessage", chat_id=mai.id, message_id=first) is True
        clock[0] += timedelta(hours=2)
        refusal = await call.refusal("deleteMessage", chat_id=mai.id, message_id=second)
        assert refusal == "400 Bad Request: message can't be deleted for everyone"
        assert await call("deleteMessages", chat_id=mai.id, message_ids=[second, 99]) is True
        assert [message["text"] for message in mai.messages] == ["b"]


async def test_a_press_is_answered_once_and_within_150_seconds() -> None:
    clock = [datetime(2026, 11, 22, tzinfo=UTC)]
    async with Simulator(now=lambda: clock[0]) as sim, aiohttp.ClientSession() as session:
        call = Caller(sim, session)
        mai = sim.phone("Mai", started=True)
        await call(
            "sendMessage", chat_id=mai.id, text="a", reply_markup=keyboard({"text": "1 Gửi", "callback_data": "x"})
        )
        first = await mai.press("Gửi")
        assert await call("answerCallbackQuery", callback_query_id=first, text="Đã nhận") is True
        assert mai.toasts == ["Đã nhận"]
        assert "query is too old" in await call.refusal("answerCallbackQuery", callback_query_id=first)
        second = await mai.press("Gửi")
        clock[0] += timedelta(seconds=151)
        assert "query is too old" in await call.refusal("answerCallbackQuery", callback_query_id=second)
        assert await call("getUpdates") == []


async def test_a_photo_is_uploaded_sent_again_by_id_and_fetched(sim: Simulator, call: Caller, mai: Phone) -> None:
    picture = png(1600, 900)
    status, body = await call.upload("sendPhoto", {"photo": picture}, chat_id=str(CHAT), caption="Biểu đồ")
    assert status == 200
    sizes = body["result"]["photo"]
    assert [size["width"] for size in sizes] == [90, 320, 800, 1280, 1600]
    assert len({size["file_id"] for size in sizes}) == 5
    again = await call("sendPhoto", chat_id=CHAT, photo=sizes[-1]["file_id"])
    assert again["photo"][-1]["file_unique_id"] == sizes[-1]["file_unique_id"]
    file = await call("getFile", file_id=sizes[-1]["file_id"])
    async with call.session.get(f"{sim.url}/file/bot{sim.token}/{file['file_path']}") as response:
        assert await response.read() == picture
    async with call.session.get(f"{sim.url}/file/bot1:x/{file['file_path']}") as response:
        assert response.status == 404
    assert "can't use file of type Photo as Document" in await call.refusal(
        "sendDocument", chat_id=CHAT, document=sizes[-1]["file_id"]
    )


@pytest.mark.parametrize(
    ("method", "part", "data", "refusal"),
    [
        ("sendPhoto", "photo", b"no picture", "400 Bad Request: IMAGE_PROCESS_FAILED"),
        ("sendPhoto", "photo", png(9000, 1001), "400 Bad Request: PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", "photo", png(2100, 100), "400 Bad Request: PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", "photo", png() + bytes(10 * 1024 * 1024), "400 Bad Request: file is too big"),
        ("sendDocument", "document", b"", "400 Bad Request: file must be non-empty"),
        ("sendDocument", "document", bytes(50 * 1024 * 1024 + 1), "413 Request Entity Too Large"),
    ],
)
async def test_a_bad_upload_is_refused(
    sim: Simulator, call: Caller, mai: Phone, method: str, part: str, data: bytes, refusal: str
) -> None:
    status, body = await call.upload(method, {part: data}, chat_id=str(CHAT))
    assert f"{status} {body['description']}".startswith(refusal)
    assert len(sim.violations) == 1
    assert mai.messages == []


async def test_an_album_comes_from_attached_parts(sim: Simulator, call: Caller, mai: Phone) -> None:
    media = '[{"type":"photo","media":"attach://a","caption":"một"},{"type":"photo","media":"attach://b"}]'
    status, body = await call.upload("sendMediaGroup", {"a": png(), "b": png()}, chat_id=str(CHAT), media=media)
    assert status == 200
    first, second = body["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], second["message_id"] - first["message_id"]) == ("một", 1)
    await call.upload("sendMediaGroup", {"a": png(), "b": png(), "c": png()}, chat_id=str(CHAT), media=media)
    assert sim.violations == ["sendMediaGroup: file part 'c' is not used"]


async def test_a_large_file_cannot_be_fetched(call: Caller, mai: Phone) -> None:
    await mai.send_video(b"short", size=20 * 1024 * 1024 + 1)
    update = (await call("getUpdates"))[0]
    assert (
        await call.refusal("getFile", file_id=update["message"]["video"]["file_id"])
        == "400 Bad Request: file is too big"
    )


async def test_a_forward_names_its_sender_and_a_copy_does_not(sim: Simulator, call: Caller, mai: Phone) -> None:
    nam = sim.phone("Nam", started=True)
    told = await mai.send("kể")
    source = {"chat_id": nam.id, "from_chat_id": CHAT, "message_id": told}
    forwarded = await call("forwardMessage", **source)
    assert forwarded["forward_origin"]["sender_user"]["id"] == CHAT
    assert list(await call("copyMessage", **source)) == ["message_id"]
    assert str(CHAT) not in str({**nam.last, "chat": None, "date": None, "from": None})


async def test_topics_are_made_closed_and_opened(sim: Simulator, call: Caller, mai: Phone) -> None:
    group = sim.group("Công an phường", mai, forum=True)
    topic = await call("createForumTopic", chat_id=group.id, name="K7QM-4XTP")
    place = {"chat_id": group.id, "message_thread_id": topic["message_thread_id"]}
    assert (await call("sendMessage", **place, text="a"))["is_topic_message"] is True
    await call("closeForumTopic", **place)
    assert "TOPIC_NOT_MODIFIED" in await call.refusal("closeForumTopic", **place)
    assert "TOPIC_CLOSED" in await call.refusal("sendMessage", **place, text="a")
    await call("reopenForumTopic", **place)
    await call("deleteForumTopic", **place)
    assert group.messages == {}
    assert (await call("getChatMember", chat_id=group.id, user_id=mai.id))["status"] == "member"
    assert "PARTICIPANT" in await call.refusal("getChatMember", chat_id=group.id, user_id=99)


async def test_a_group_that_moved_tells_its_new_number(sim: Simulator, call: Caller, mai: Phone) -> None:
    group = sim.group("Tổ 5", mai)
    group.migrated_to = -1001234567890
    status, body = await call.raw("sendMessage", chat_id=group.id, text="a")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": -1001234567890})


async def test_what_is_set_can_be_read(call: Caller, mai: Phone) -> None:
    commands = [{"command": "baotin", "description": "Báo tin"}]
    scope = {"type": "chat", "chat_id": CHAT}
    await call("setMyCommands", commands=commands, scope=scope, language_code="vi")
    assert await call("getMyCommands", scope=scope, language_code="vi") == commands
    assert await call("getMyCommands") == []
    await call("deleteMyCommands", scope=scope, language_code="vi")
    assert await call("getMyCommands", scope=scope, language_code="vi") == []
    await call("setMyDescription", description="An Phường")
    assert await call("getMyDescription") == {"description": "An Phường"}
    await call("setChatMenuButton", menu_button={"type": "commands"})
    assert await call("getChatMenuButton") == {"type": "commands"}
