"""What is an update and what is none: looked at once, before anybody's turn."""

from typing import Any

import pytest
from telegram import Bot, CallbackQuery, Update

from bot.decoding import Undecodable, decode
from handlers.urgency import looks_urgent

BOT = Bot("1:x")
LAN = {"id": 7, "is_bot": False, "first_name": "Lan"}
CHAT = {"id": 7, "type": "private"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT, "from": LAN, "text": "Có cháy"}
VOICE = {"file_id": "1", "file_unique_id": "1", "duration": 1}
QUERY = {"id": "1", "from": LAN, "chat_instance": "1", "data": "t.send", "message": MESSAGE}
MEMBER = {"user": LAN, "status": "member"}
CHANGE = {"chat": CHAT, "from": LAN, "date": 1, "old_chat_member": MEMBER, "new_chat_member": MEMBER}


@pytest.mark.parametrize(
    "update",
    [
        {"message": MESSAGE},
        {"message": {**MESSAGE, "from": {**LAN, "first_name": ""}}},
        {"callback_query": QUERY},
        {"callback_query": {**QUERY, "message": {"message_id": 1, "date": 0, "chat": CHAT}}},
        {"callback_query": {name: QUERY[name] for name in ("id", "from", "chat_instance")}},
        {"my_chat_member": CHANGE},
        {"poll_answer": {"poll_id": "1", "option_ids": [], "option_persistent_ids": []}},
    ],
)
def test_what_telegram_sends_is_decoded(update: dict[str, Any]) -> None:
    assert decode({"update_id": 5, **update}, BOT).update_id == 5


COMMAND = {"text": "/baotin", "entities": [{"type": "bot_command", "offset": 0, "length": 7}]}


@pytest.mark.parametrize("told", [{}, COMMAND])
def test_the_short_way_of_a_plain_text_gives_what_the_long_way_gives(told: dict[str, Any]) -> None:
    raw = {"update_id": 5, "message": {**MESSAGE, "chat": {**CHAT, "first_name": "Lan", "news": 1}, **told}}
    short, long = decode(raw, BOT), Update.de_json(raw, BOT)
    assert short.to_dict() == long.to_dict()
    assert short.message is not None
    assert short.message.get_bot() is BOT


def test_of_a_press_what_is_used_is_as_in_the_long_way_whatever_else_it_holds() -> None:
    short = decode({"update_id": 5, "callback_query": {**QUERY, "news": 1, "message": {**MESSAGE, "text": [1]}}}, BOT)
    press, long = short.callback_query, CallbackQuery.de_json(QUERY, BOT)
    assert press is not None
    assert press.message is not None
    assert long.message is not None
    assert (press, press.from_user, press.data) == (long, long.from_user, long.data)
    assert (press.message.message_id, press.message.chat) == (long.message.message_id, long.message.chat)
    assert (short.effective_user, short.effective_chat) == (long.from_user, long.message.chat)


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"message": {**MESSAGE, "text": ["secret"]}}, "Message.text"),
        ({"message": {**MESSAGE, "chat": {}}}, "of the decoder"),
        ({"message": {**MESSAGE, "from": {**LAN, "id": 2**63}}}, "User.id"),
        ({"message": {**MESSAGE, "from": {**LAN, "id": True}}}, "User.id"),
        ({"message": {**MESSAGE, "message_id": "secret"}}, "Message.message_id"),
        ({"message": {**MESSAGE, "voice": {**VOICE, "file_size": ["secret"]}}}, "Voice.file_size"),
        ({"message": {**MESSAGE, "location": {"latitude": "secret", "longitude": 1}}}, "Location.latitude"),
        ({"message": "secret"}, "of the decoder"),
        ({"message": {**MESSAGE, "entities": "secret"}}, "of the decoder"),
        ({"message": {**MESSAGE, "date": 2**60}}, "of the decoder"),
        ({"callback_query": {**QUERY, "data": {"secret": 1}}}, "CallbackQuery.data"),
        ({"callback_query": {**QUERY, "from": None}}, "of the decoder"),
        ({"my_chat_member": {**CHANGE, "new_chat_member": None}}, "ChatMemberUpdated.new_chat_member"),
        ({"my_chat_member": {**CHANGE, "new_chat_member": {"user": LAN, "status": ["secret"]}}}, "of the decoder"),
        ({"my_chat_member": {**CHANGE, "new_chat_member": {"user": LAN, "status": 5}}}, "new_chat_member"),
    ],
)
def test_what_is_no_update_is_told_by_its_field_and_never_by_its_content(update: dict[str, Any], field: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode({"update_id": 5, **update}, BOT)
    assert field in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("data", [["t.now"], {"t.now": 1}, 1.5, None, "\ud800"])
def test_a_press_of_any_type_can_be_looked_at_for_its_urgency(data: object) -> None:
    assert not looks_urgent({"callback_query": {"data": data}})
