"""From Telegram's JSON to PTB's objects. PTB checks no types: what we use of an update is looked at here, once.

So an update that is none is put aside at once, and costs the others of its batch nothing. The two that nearly all are,
a plain text and a pressed button, are put together without asking after the hundred things that they might hold.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    InaccessibleMessage,
    Message,
    MessageEntity,
    TelegramObject,
    Update,
    User,
)

_OF_TEXT = frozenset({"message_id", "from", "chat", "date", "text"})
_OF_COMMAND = _OF_TEXT | {"entities"}
_LARGEST = 2**63 - 1  # of a number that a database column can hold
_FILES = ("animation", "audio", "document", "video", "video_note", "voice")
_Check = Callable[[Any], bool]


class Undecodable(ValueError):
    """This is no update, however often it is tried. Says which field, never what it holds."""


class _Quick(TelegramObject):
    """PTB guards every assignment to its objects; a message has a hundred, and nobody changes one of ours."""

    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]


class _Message(_Quick, Message):
    __slots__ = ()


class _User(_Quick, User):
    __slots__ = ()


class _Chat(_Quick, Chat):
    __slots__ = ()


class _CallbackQuery(_Quick, CallbackQuery):
    __slots__ = ()


class _InaccessibleMessage(_Quick, InaccessibleMessage):
    __slots__ = ()


class _Update(_Quick, Update):
    __slots__ = ()


def decode(raw: Mapping[str, Any], bot: Bot) -> Update:
    """PTB's objects of an update: of the message whose button was pressed, its number and chat. Raises Undecodable."""
    try:
        update = _plain_text(raw, bot) or _press(raw, bot) or Update.de_json(dict(raw), bot)
        parts = (update.message, update.edited_message, update.callback_query, update.my_chat_member)
        wrong = [field for part in parts if part is not None for field in _wrong(part)]
    except Exception as error:
        # Whatever PTB, or a look at what it made, stumbles over; the words may quote what somebody wrote.
        raise Undecodable(f"{type(error).__name__} of the decoder") from None
    if wrong:
        raise Undecodable(", ".join(wrong))
    return update


def _plain_text(raw: Mapping[str, Any], bot: Bot) -> Update | None:
    """A message that is text, a command perhaps, and nothing else; None when this is none."""
    told = raw.get("message")
    if len(raw) != 2 or not isinstance(told, dict) or not _OF_TEXT <= told.keys() <= _OF_COMMAND:
        return None
    message = _Message(
        message_id=told["message_id"],
        date=datetime.fromtimestamp(told["date"], UTC),
        chat=_Chat.de_json(told["chat"], bot),
        from_user=_User.de_json(told["from"], bot),
        text=told["text"],
        entities=MessageEntity.de_list(told.get("entities", ()), bot),
    )
    message.set_bot(bot)
    return _Update(raw["update_id"], message=message)


def _press(raw: Mapping[str, Any], bot: Bot) -> Update | None:
    """A pressed button; None when this is none. The message above it would take longer to read than the press."""
    query = raw.get("callback_query")
    pressed = query.get("message") if isinstance(query, dict) else None
    if not isinstance(query, dict) or not isinstance(pressed, dict):
        return None
    press = _CallbackQuery(
        id=query["id"],
        from_user=_User.de_json(query["from"], bot),
        chat_instance=query.get("chat_instance", ""),
        message=_InaccessibleMessage(_Chat.de_json(pressed["chat"], bot), pressed["message_id"]),
        data=query.get("data"),
    )
    return _Update(raw["update_id"], callback_query=press)


def _wrong(part: Any) -> Iterator[str]:
    """Names of fields of ours that hold what they can't."""
    if isinstance(part, CallbackQuery):
        yield from _unfit(part, id=_text, data=_maybe_text)
        yield from _wrong_user(part.from_user)
        if part.message is not None:
            yield from _unfit(part.message, message_id=_whole)
            yield from _wrong_chat(part.message.chat)
        return
    yield from _wrong_chat(part.chat)
    if part.from_user is not None:
        yield from _wrong_user(part.from_user)
    if isinstance(part, ChatMemberUpdated):
        yield from _unfit(part, new_chat_member=_member)
    if isinstance(part, Message):
        yield from _unfit(part, message_id=_whole, text=_maybe_text, caption=_maybe_text)
        yield from _unfit(part, media_group_id=_maybe_text)
        yield from _wrong_content(part)


def _wrong_content(message: Message) -> Iterator[str]:
    if message.location is not None:
        yield from _unfit(message.location, latitude=_decimal, longitude=_decimal)
    files = [*message.photo, *(file for name in _FILES if (file := getattr(message, name)) is not None)]
    for file in files:
        yield from _unfit(file, file_id=_text, file_size=_maybe_whole)


def _wrong_user(user: User) -> Iterator[str]:
    yield from _unfit(user, id=_whole, first_name=_text, last_name=_maybe_text)


def _wrong_chat(chat: Chat | None) -> Iterator[str]:
    if chat is None:
        yield "chat"
    else:
        yield from _unfit(chat, id=_whole, type=_text)


def _unfit(thing: object, **checks: _Check) -> Iterator[str]:
    for name, check in checks.items():
        if not check(getattr(thing, name)):
            yield f"{type(thing).__name__.lstrip('_')}.{name}"


def _member(value: Any) -> bool:
    return isinstance(value, ChatMember) and _text(value.status)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST


def _decimal(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _maybe_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _maybe_whole(value: Any) -> bool:
    return value is None or _whole(value)
