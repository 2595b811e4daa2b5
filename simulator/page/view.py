"""What a phone shows, as plain JSON for the page."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from simulator.phone import Phone
from simulator.world import Message

SHOWN = 200
"""Messages of a chat that the page gets at most, the newest."""
_FILES = ("document", "video", "voice", "audio")


def chat_view(role: str, phone: Phone, bot_id: int, zone: tzinfo | None) -> dict[str, Any]:
    """Everything one phone shows now. Times are local to `zone`."""
    chat = phone.chat
    return {
        "role": role,
        "name": phone.user["first_name"],
        "started": chat.started,
        "blocked": chat.blocked,
        "typing": chat.action is not None,
        "messages": _messages(phone.messages[-SHOWN:], bot_id, zone),
        "keyboard": [[key["text"] for key in row] for row in chat.keyboard or []],
        "toasts": [{"text": toast["text"], "alert": toast["alert"]} for toast in chat.toasts],
    }


def _messages(messages: list[Message], bot_id: int, zone: tzinfo | None) -> list[dict[str, Any]]:
    views = [_message_view(each, bot_id, zone) for each in messages]
    answered = False
    for view in reversed(views):
        view["read"] = answered  # the bot has spoken since: it has read this
        answered = answered or not view["mine"]
    return views


def _message_view(message: Message, bot_id: int, zone: tzinfo | None) -> dict[str, Any]:
    at = datetime.fromtimestamp(message["date"], zone)
    view: dict[str, Any] = {
        "id": message["message_id"],
        "mine": message["from"]["id"] != bot_id,
        "text": message.get("text", message.get("caption", "")),
        "entities": message.get("entities", message.get("caption_entities", [])),
        "time": f"{at:%H:%M}",
        "day": f"{at:%d/%m/%Y}",
        "edited": "edit_date" in message,
        "buttons": message.get("reply_markup", {}).get("inline_keyboard", []),
    }
    if "photo" in message:
        largest = message["photo"][-1]
        view["photo"] = {"id": largest["file_id"], "width": largest["width"], "height": largest["height"]}
    for kind in _FILES:
        if kind in message:
            view["file"] = _file_view(kind, message[kind])
    if "media_group_id" in message:
        view["album"] = message["media_group_id"]
    if "location" in message:
        view["location"] = message["location"]
    if "reply_to_message" in message:
        quoted = message["reply_to_message"]
        view["reply"] = quoted.get("text", quoted.get("caption", "…"))[:80]
    return view


def _file_view(kind: str, card: dict[str, Any]) -> dict[str, Any]:
    """`size` in bytes, `seconds` of what can be played."""
    return {
        "kind": kind,
        "id": card["file_id"],
        "name": card.get("file_name", ""),
        "mime": card.get("mime_type", ""),
        "size": card.get("file_size", 0),
        "seconds": card.get("duration", 0),
    }
