"""Shared by all sending methods: texts and captions, keyboards, replies, topics."""

from __future__ import annotations

from typing import Any

from simulator.entities import found, utf16
from simulator.errors import bad_request
from simulator.markdown import parse_markdown, parse_markdown_v2
from simulator.markup import BadMarkup, parse_html
from simulator.methods.registry import Given
from simulator.world import Chat, Message, World

TEXT_MOST = 4096
CAPTION_MOST = 1024
BUTTONS_MOST = 100
DATA_MOST = 64
_ACTIONS = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
]
_PARSERS = {"html": parse_html, "markdownv2": parse_markdown_v2, "markdown": parse_markdown}
_ENTITY_TYPES = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)


def text_content(params: dict[str, Any]) -> dict[str, Any]:
    """`text` and `entities` of a message, 1 to 4096 characters after parsing."""
    text, entities = _parsed(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text:
        raise bad_request("message text is empty", violation=True)
    if len(text) > TEXT_MOST:
        raise bad_request("message is too long", violation=True)
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_content(params: dict[str, Any]) -> dict[str, Any]:
    """`caption` and `caption_entities`, if there are any, up to 1024 characters after parsing."""
    raw = params.get("caption", "")
    text, entities = _parsed(raw, params.get("parse_mode"), params.get("caption_entities"))
    if len(text) > CAPTION_MOST:
        raise bad_request("message caption is too long", violation=True)
    if not text:
        return {}
    above = {"show_caption_above_media": True} if params.get("show_caption_above_media") else {}
    return {"caption": text, **({"caption_entities": entities} if entities else {}), **above}


def _parsed(source: str, mode: str | None, given: list[dict[str, Any]] | None) -> tuple[str, list[dict[str, Any]]]:
    if mode:
        parser = _PARSERS.get(mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode", violation=True)
        try:
            text, entities = parser(source)
        except BadMarkup as bad:
            raise bad_request(f"can't parse entities: {bad}", violation=True) from None
    else:
        text, entities = source, given or []
        _check_entities(text, entities)
    before = len(text) - len(text.lstrip())
    trimmed = text.strip()
    kept = _shifted(entities, utf16(text[:before]), utf16(trimmed))
    return trimmed, kept or found(trimmed)


def _check_entities(text: str, entities: list[dict[str, Any]]) -> None:
    end = utf16(text)
    for entity in entities:
        if entity["type"] not in _ENTITY_TYPES:
            raise bad_request(f"can't parse entities: unsupported type {entity['type']!r}", violation=True)
        if entity["offset"] < 0 or entity["length"] < 1 or entity["offset"] + entity["length"] > end:
            raise bad_request("can't parse entities: an entity lies outside the text", violation=True)


def _shifted(entities: list[dict[str, Any]], by: int, end: int) -> list[dict[str, Any]]:
    """Entities of a text whose outer blanks are gone."""
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - by)
        stop = min(end, entity["offset"] + entity["length"] - by)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return kept


def check_markup(markup: dict[str, Any] | None) -> None:
    """Refuses keyboards Telegram refuses: too many buttons, data over 64 bytes, not exactly one action a button."""
    if markup is None:
        return
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_MOST:
        raise bad_request("reply markup is too long: more than 100 buttons", violation=True)
    if "keyboard" in markup and not buttons:
        raise bad_request("reply keyboard has no buttons", violation=True)
    for button in buttons:
        if not button["text"].strip():
            raise bad_request("text buttons must have a text", violation=True)
        if "inline_keyboard" in markup:
            _check_button(button)


def _check_button(button: dict[str, Any]) -> None:
    if sum(action in button for action in _ACTIONS) != 1:
        raise bad_request("text buttons are unallowed in the inline keyboard", violation=True)
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= DATA_MOST:
        raise bad_request("BUTTON_DATA_INVALID", violation=True)
    link = button.get("url")
    if link is not None and not link.startswith(("http://", "https://", "tg://", "t.me/")):
        raise bad_request(f"inline keyboard button URL {link!r} is invalid: wrong HTTP URL", violation=True)


def deliver(world: World, given: Given, *contents: dict[str, Any]) -> list[Message]:
    """Posts the bot's contents to the chat of the call, with its reply, keyboard, topic and protection."""
    params = given.params
    check_markup(params.get("reply_markup"))
    chat = world.reachable(params["chat_id"])
    thread = _thread(chat, params.get("message_thread_id"))
    extra = _reply(chat, params.get("reply_parameters")) | _flags(params)
    markup = params.get("reply_markup", {})
    if "inline_keyboard" in markup and any(markup["inline_keyboard"]):
        extra["reply_markup"] = markup
    posted = [world.post(chat, world.me, {**content, **extra}, thread=thread) for content in contents]
    chat.action = None
    _show_keyboard(chat, markup)
    return posted


def _flags(params: dict[str, Any]) -> dict[str, Any]:
    return {"has_protected_content": True} if params.get("protect_content") else {}


def _thread(chat: Chat, thread: int | None) -> int | None:
    if thread is None:
        return None
    if thread not in chat.topics:
        raise bad_request("message thread not found")
    if chat.topics[thread]["closed"]:
        raise bad_request("TOPIC_CLOSED")
    return thread


def _reply(chat: Chat, reply: dict[str, Any] | None) -> dict[str, Any]:
    if reply is None:
        return {}
    message = chat.messages.get(reply.get("message_id", 0))
    if message is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {key: value for key, value in message.items() if key != "reply_to_message"}}


def _show_keyboard(chat: Chat, markup: dict[str, Any]) -> None:
    if "keyboard" in markup:
        chat.keyboard = markup["keyboard"]
        chat.keyboard_once = bool(markup.get("one_time_keyboard"))
        chat.touch()
    elif markup.get("remove_keyboard"):
        chat.keyboard = None
        chat.touch()
