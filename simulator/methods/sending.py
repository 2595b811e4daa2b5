"""Texts, places, signs of life, copies and forwards."""

from __future__ import annotations

from typing import Any

from simulator.errors import bad_request
from simulator.methods.compose import caption_content, deliver, text_content
from simulator.methods.registry import Given, serves
from simulator.world import Message, World

_CHAT_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_CONTENT = [
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "document",
    "video",
    "voice",
    "audio",
    "location",
    "contact",
    "sticker",
    "animation",
    "video_note",
    "poll",
    "venue",
    "dice",
    "show_caption_above_media",
]


@serves("sendMessage", sends=True)
def send_message(world: World, given: Given) -> Message:
    """A text."""
    return deliver(world, given, text_content(given.params))[0]


@serves("sendLocation", sends=True)
def send_location(world: World, given: Given) -> Message:
    """A place, in degrees."""
    latitude, longitude = given.params["latitude"], given.params["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong coordinates", violation=True)
    return deliver(world, given, {"location": {"latitude": latitude, "longitude": longitude}})[0]


@serves("sendChatAction")
def send_chat_action(world: World, given: Given) -> bool:
    """ "typing ..." until the next message."""
    if given.params["action"] not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request", violation=True)
    chat = world.reachable(given.params["chat_id"])
    chat.action = given.params["action"]
    world.changed(chat)
    return True


@serves("copyMessage", sends=True)
def copy_message(world: World, given: Given) -> dict[str, Any]:
    """The same content anew, without a trace of where it came from."""
    source = _source(world, given, "copy")
    content = {key: source[key] for key in _CONTENT if key in source}
    if "caption" in given.params:
        content.pop("caption_entities", None)
        content |= caption_content(given.params)
    return {"message_id": deliver(world, given, content)[0]["message_id"]}


@serves("forwardMessage", sends=True)
def forward_message(world: World, given: Given) -> Message:
    """The content with its origin: this names the sender."""
    source = _source(world, given, "forward")
    if source.get("has_protected_content"):
        raise bad_request("message can't be forwarded")
    origin = source.get("forward_origin", {"type": "user", "date": source["date"], "sender_user": source["from"]})
    content = {key: source[key] for key in _CONTENT if key in source}
    return deliver(world, given, {"forward_origin": origin, **content})[0]


def _source(world: World, given: Given, verb: str) -> Message:
    message = world.chat(given.params["from_chat_id"]).messages.get(given.params["message_id"])
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if not any(key in message for key in _CONTENT):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message
