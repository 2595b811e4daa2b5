"""Chats, members and forum topics."""

from __future__ import annotations

from typing import Any

from simulator.errors import bad_request
from simulator.methods.registry import Given, serves
from simulator.world import Chat, World

_FULL = {
    "accent_color_id": 1,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": True,
        "limited_gifts": True,
        "unique_gifts": True,
        "premium_subscription": True,
        "gifts_from_channels": True,
    },
}


@serves("getChat")
def get_chat(world: World, given: Given) -> dict[str, Any]:
    """All that a bot may know of a chat."""
    return {**world.chat(given.params["chat_id"]).info, **_FULL}


@serves("getChatMember")
def get_member(world: World, given: Given) -> dict[str, Any]:
    """What somebody is in a group (or in a private chat)."""
    chat = world.chat(given.params["chat_id"])
    user_id = given.params["user_id"]
    status = chat.members.get(user_id)
    if status is None and chat.private and user_id in (chat.id, world.bot["id"]):
        status = "member"
    if status is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    if user_id == world.bot["id"]:
        user = world.me
    else:
        user = {"id": user_id, "is_bot": False, "first_name": world.chat(user_id).info["first_name"]}
    return {"user": user, "status": status}


@serves("createForumTopic", sends=True)
def create_topic(world: World, given: Given) -> dict[str, Any]:
    """A new topic, named in 1 to 128 characters; it begins with a service message."""
    name = _topic_name(given.params["name"])
    chat = _forum(world, given)
    service = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
    thread = world.post(chat, world.me, service)["message_id"]
    chat.topics[thread] = {"name": name, "closed": False}
    return {"message_thread_id": thread, "name": name, "icon_color": 7322096}


@serves("editForumTopic", sends=True)
def edit_topic(world: World, given: Given) -> bool:
    """Renames a topic."""
    topic = _topic(_forum(world, given), given)
    name = _topic_name(given.params.get("name", topic["name"]))
    if name == topic["name"]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["name"] = name
    return True


@serves("closeForumTopic", "reopenForumTopic")
def turn_topic(world: World, given: Given) -> bool:
    """Closes or opens a topic."""
    topic = _topic(_forum(world, given), given)
    closed = given.method == "closeForumTopic"
    if topic["closed"] == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["closed"] = closed
    return True


@serves("deleteForumTopic")
def delete_topic(world: World, given: Given) -> bool:
    """Deletes a topic and all its messages."""
    chat = _forum(world, given)
    _topic(chat, given)
    thread = given.params["message_thread_id"]
    del chat.topics[thread]
    inside = [number for number, message in chat.messages.items() if message.get("message_thread_id") == thread]
    for number in [thread, *inside]:
        chat.drop(number)
    return True


def _forum(world: World, given: Given) -> Chat:
    chat = world.reachable(given.params["chat_id"])
    if not chat.info.get("is_forum"):
        raise bad_request("the chat is not a forum")
    return chat


def _topic(chat: Chat, given: Given) -> dict[str, Any]:
    topic = chat.topics.get(given.params["message_thread_id"])
    if topic is None:
        raise bad_request("message thread not found")
    return topic


def _topic_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= 128:
        raise bad_request("topic name must be 1 to 128 characters", violation=True)
    return name.strip()
