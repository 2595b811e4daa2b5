"""The bot itself: who it is, its commands, descriptions and menu."""

from __future__ import annotations

import re
from typing import Any

import orjson

from simulator.errors import bad_request
from simulator.methods.registry import Given, serves
from simulator.world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")
_LANGUAGE = re.compile(r"([a-z]{2})?\Z")
_ABOUT = {"Name": ("name", 64), "Description": ("description", 512), "ShortDescription": ("short_description", 120)}


@serves("getMe")
def get_me(world: World, given: Given) -> dict[str, Any]:
    """The bot as a user."""
    return world.bot


@serves("logOut", "close")
def leave(world: World, given: Given) -> bool:
    """Ends the session on a Bot API server; here there is nothing to end."""
    return True


@serves("setMyCommands")
def set_commands(world: World, given: Given) -> bool:
    """The command list of a scope and a language."""
    commands = given.params["commands"]
    if not 1 <= len(commands) <= 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH" if commands else "BOT_COMMANDS_EMPTY", violation=True)
    for command in commands:
        if not _COMMAND.match(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID", violation=True)
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID", violation=True)
    world.commands[_scope(world, given)] = commands
    return True


@serves("deleteMyCommands")
def delete_commands(world: World, given: Given) -> bool:
    """Forgets the list of a scope and a language."""
    world.commands.pop(_scope(world, given), None)
    return True


@serves("getMyCommands")
def get_commands(world: World, given: Given) -> list[dict[str, Any]]:
    """The list of a scope and a language, as it was set."""
    return world.commands.get(_scope(world, given), [])


def _scope(world: World, given: Given) -> tuple[str, str]:
    scope = given.params.get("scope", {"type": "default"})
    if "chat_id" in scope:
        world.chat(scope["chat_id"])
    return orjson.dumps(scope, option=orjson.OPT_SORT_KEYS).decode(), _language(given)


def _language(given: Given) -> str:
    language = str(given.params.get("language_code", ""))
    if not _LANGUAGE.match(language):
        raise bad_request("wrong language_code specified", violation=True)
    return language


@serves(*(f"setMy{name}" for name in _ABOUT))
def set_about(world: World, given: Given) -> bool:
    """What people read of the bot before they write."""
    field, most = _ABOUT[given.method.removeprefix("setMy")]
    text = given.params.get(field, "")
    if len(text) > most:
        raise bad_request(f"{field} is too long", violation=True)
    world.about[field, _language(given)] = text
    return True


@serves(*(f"getMy{name}" for name in _ABOUT))
def get_about(world: World, given: Given) -> dict[str, str]:
    """The same, as it was set."""
    field, _ = _ABOUT[given.method.removeprefix("getMy")]
    return {field: world.about.get((field, _language(given)), "")}


@serves("setChatMenuButton")
def set_menu(world: World, given: Given) -> bool:
    """The button beside the text field, for one chat or for all (0)."""
    world.menus[_menu_chat(world, given)] = given.params.get("menu_button", {"type": "default"})
    return True


@serves("getChatMenuButton")
def get_menu(world: World, given: Given) -> dict[str, Any]:
    """The same, as it was set."""
    return world.menus.get(_menu_chat(world, given), {"type": "default"})


def _menu_chat(world: World, given: Given) -> int:
    chat_id = given.params.get("chat_id")
    return 0 if chat_id is None else world.chat(chat_id).id
