"""Editing, deleting, and answering presses."""

from __future__ import annotations

from typing import Any

from simulator.errors import bad_request
from simulator.methods.compose import caption_content, check_markup, text_content
from simulator.methods.media import input_media
from simulator.methods.registry import Given, serves
from simulator.world import Chat, Message, World

DELETABLE = 48 * 3600
"""Seconds after which a message can't be deleted for everyone."""
TOAST_MOST = 200
_MEDIA = ("photo", "document", "video", "audio", "animation", "voice")
_COMPARED = ("text", "entities", "caption", "caption_entities", "reply_markup", *_MEDIA)


@serves("editMessageText", sends=True)
def edit_text(world: World, given: Given) -> Message:
    """New words; a keyboard that is not given again goes away."""
    chat, message = _own(world, given)
    content = text_content(given.params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _changed(world, chat, message, given, content, ("text", "entities"))


@serves("editMessageCaption", sends=True)
def edit_caption(world: World, given: Given) -> Message:
    """New words under a file; none given: none."""
    chat, message = _own(world, given)
    content = caption_content(given.params)
    if not any(kind in message for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _changed(world, chat, message, given, content, ("caption", "caption_entities"))


@serves("editMessageMedia", sends=True)
def edit_media(world: World, given: Given) -> Message:
    """Another file in the same message."""
    chat, message = _own(world, given)
    content = input_media(world, given, given.params["media"])
    gone = ("text", "entities", "caption", "caption_entities", *_MEDIA)
    return _changed(world, chat, message, given, content, gone)


@serves("editMessageReplyMarkup", sends=True)
def edit_markup(world: World, given: Given) -> Message:
    """Another inline keyboard, or none."""
    chat, message = _own(world, given)
    return _changed(world, chat, message, given, {}, ())


def _own(world: World, given: Given) -> tuple[Chat, Message]:
    params = given.params
    if "inline_message_id" in params:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in params:
        raise bad_request("chat_id is empty", violation=True)
    if "message_id" not in params:
        raise bad_request("message identifier is not specified", violation=True)
    check_markup(params.get("reply_markup"))
    chat = world.reachable(params["chat_id"])
    message = chat.messages.get(params["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise bad_request("message can't be edited")
    return chat, message


def _changed(
    world: World, chat: Chat, old: Message, given: Given, content: dict[str, Any], gone: tuple[str, ...]
) -> Message:
    new = {key: value for key, value in old.items() if key not in gone and key != "reply_markup"} | content
    markup = given.params.get("reply_markup", {})
    if any(markup.get("inline_keyboard", ())):
        new["reply_markup"] = markup
    if all(old.get(key) == new.get(key) for key in _COMPARED):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    new["edit_date"] = world.at()
    chat.keep(new)
    world.changed(chat, new["message_id"])
    return new


@serves("deleteMessage")
def delete_message(world: World, given: Given) -> bool:
    """Deletes for everyone, within 48 hours."""
    chat = world.chat(given.params["chat_id"])
    message = chat.messages.get(given.params["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if world.at() - message["date"] > DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    chat.drop(message["message_id"])
    world.changed(chat)
    return True


@serves("deleteMessages")
def delete_messages(world: World, given: Given) -> bool:
    """Deletes up to 100; those that can't be found or are too old are skipped."""
    numbers = given.params["message_ids"]
    if not 1 <= len(numbers) <= 100:
        raise bad_request("message identifiers must be 1 to 100", violation=True)
    chat = world.chat(given.params["chat_id"])
    for number in numbers:
        message = chat.messages.get(number)
        if message is not None and world.at() - message["date"] <= DELETABLE:
            chat.drop(number)
    world.changed(chat)
    return True


@serves("answerCallbackQuery")
def answer_press(world: World, given: Given) -> bool:
    """Ends the spinner of a pressed button, once, within 150 seconds; perhaps with a few words."""
    text = given.params.get("text", "")
    if len(text) > TOAST_MOST:
        raise bad_request("MESSAGE_TOO_LONG", violation=True)
    press = world.open_press(given.params["callback_query_id"])
    if press is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    press.answered = True
    toast = {"user_id": press.user_id, "text": text, "alert": bool(given.params.get("show_alert"))}
    press.chat.toasts.append(toast)
    world.changed(press.chat)
    return True
