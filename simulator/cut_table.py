"""Cuts the Bot API table down to the methods the simulator serves: `python -m simulator.cut_table FILE`.

FILE is the full table (methods and types with `types` and `required`). A kind is written as one string:
`Integer|String!` is a required parameter that may be either; `Array of MessageEntity` is optional.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson

METHODS = [
    "getMe",
    "logOut",
    "close",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendVideo",
    "sendVoice",
    "sendAudio",
    "sendMediaGroup",
    "sendLocation",
    "sendChatAction",
    "copyMessage",
    "forwardMessage",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "editMessageMedia",
    "deleteMessage",
    "deleteMessages",
    "answerCallbackQuery",
    "getFile",
    "setMyCommands",
    "deleteMyCommands",
    "getMyCommands",
    "setMyName",
    "getMyName",
    "setMyDescription",
    "getMyDescription",
    "setMyShortDescription",
    "getMyShortDescription",
    "setChatMenuButton",
    "getChatMenuButton",
    "getChat",
    "getChatMember",
    "createForumTopic",
    "editForumTopic",
    "closeForumTopic",
    "reopenForumTopic",
    "deleteForumTopic",
]

RESULTS = {
    "Update",
    "ChatFullInfo",
    "ChatMember",
    "File",
    "ForumTopic",
    "MenuButton",
    "MessageId",
    "User",
    "WebhookInfo",
}
"""What the simulator hands out: its tests hold updates and answers against these."""
CUT = Path(__file__).with_name("bot_api.json")


def cut(full: dict[str, Any]) -> dict[str, Any]:
    """The methods above and every type they reach, in the short notation."""
    methods = {name: _fields(full["methods"][name]) for name in METHODS}
    types: dict[str, Any] = {}
    waiting = _mentioned(methods) | RESULTS
    while waiting:
        name = waiting.pop()
        if name not in full["types"] or name in types:
            continue
        fields = full["types"][name]
        types[name] = fields["__subtypes__"] if "__subtypes__" in fields else _fields(fields)
        waiting |= set(types[name]) if isinstance(types[name], list) else _mentioned({name: types[name]})
    return {"version": full["version"], "methods": methods, "types": dict(sorted(types.items()))}


def _fields(fields: dict[str, Any]) -> dict[str, str]:
    return {name: "|".join(field["types"]) + "!" * field["required"] for name, field in fields.items()}


def _mentioned(groups: dict[str, dict[str, str]]) -> set[str]:
    kinds = {kind for fields in groups.values() for kinds in fields.values() for kind in kinds.rstrip("!").split("|")}
    return {kind.split(" of ")[-1] for kind in kinds}


def main() -> None:
    """Reads the full table named on the command line, writes `bot_api.json` beside this file."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m simulator.cut_table FILE")
    small = cut(orjson.loads(Path(sys.argv[1]).read_bytes()))
    CUT.write_bytes(orjson.dumps(small, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
