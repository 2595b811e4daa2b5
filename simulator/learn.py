"""Makes known what a raw update tells of: chats the bot may then write to, messages, presses."""

from __future__ import annotations

from typing import Any

from simulator.world import Chat, World


def learn(world: World, update: dict[str, Any]) -> None:
    """Notes chats, messages and presses; a malformed update teaches nothing."""
    query = update.get("callback_query")
    if isinstance(query, dict):
        chat = _known(world, query.get("message"))
        who = query.get("from")
        if chat is not None and isinstance(query.get("id"), str) and isinstance(who, dict):
            world.note_press(query["id"], chat, who.get("id", 0))
        return
    message: Any = update.get("message", update.get("edited_message"))
    chat = _known(world, message)
    if chat is not None and type(message.get("message_id")) is int and isinstance(message.get("from"), dict):
        chat.keep(message)


def _known(world: World, message: Any) -> Chat | None:
    info = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(info, dict) or type(info.get("id")) is not int or not isinstance(info.get("type"), str):
        return None
    chat = world.chats.get(info["id"])
    if chat is None:
        chat = world.chats[info["id"]] = Chat(info)
    chat.started = True
    return chat
