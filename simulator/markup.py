"""Reads the HTML style of messages, as strictly as Telegram does."""

from __future__ import annotations

import re
from typing import Any

from simulator.entities import utf16

Entities = list[dict[str, Any]]
_TOKEN = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*)\s*>"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
_ESCAPE = re.compile(r"&(?:(lt|gt|amp|quot)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}


class BadMarkup(ValueError):
    """A text whose formatting can't be read; says why as Telegram does."""


class Draft:
    """The text and the entities found so far."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0
        self._entities: Entities = []

    def add(self, text: str) -> None:
        """Appends plain text."""
        self._parts.append(text)
        self.length += utf16(text)

    def mark(self, start: int, entity: dict[str, Any]) -> None:
        """Marks everything since `start`; nothing, if that is empty."""
        if self.length > start:
            self._entities.append({"offset": start, "length": self.length - start, **entity})

    def done(self) -> tuple[str, Entities]:
        """The text and its entities, outer before inner."""
        order = sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._parts), order


def parse_html(source: str) -> tuple[str, Entities]:
    """Text and entities of an HTML-style message; BadMarkup when tags don't balance or aren't allowed."""
    draft = Draft()
    open_tags: list[tuple[str, int, dict[str, Any]]] = []
    at = 0
    while at < len(source):
        stop = source.find("<", at)
        draft.add(unescape(source[at : stop if stop >= 0 else len(source)]))
        if stop < 0:
            break
        token = _TOKEN.match(source, stop)
        if token is None:
            raise BadMarkup(f'Unsupported start tag "" at byte offset {_offset(source, stop)}')
        at = token.end()
        _apply(token, source, draft, open_tags)
    if open_tags:
        raise BadMarkup(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return draft.done()


def _apply(token: re.Match[str], source: str, draft: Draft, open_tags: list[tuple[str, int, dict[str, Any]]]) -> None:
    name = token[2].lower()
    if not token[1]:
        open_tags.append((name, draft.length, _entity(name, _attributes(token[3]), source, token.start(), open_tags)))
        return
    if not open_tags or open_tags[-1][0] != name:
        wanted = f', expected "</{open_tags[-1][0]}>"' if open_tags else ""
        raise BadMarkup(f"Unexpected end tag at byte offset {_offset(source, token.start())}{wanted}")
    _, start, entity = open_tags.pop()
    if entity:
        draft.mark(start, entity)


def _entity(
    name: str, told: dict[str, str], source: str, at: int, outer: list[tuple[str, int, dict[str, Any]]]
) -> dict[str, Any]:
    if name == "code" and outer and outer[-1][0] == "pre":
        language = told.get("class", "").removeprefix("language-")
        if language:
            outer[-1][2]["language"] = language
        return {}
    if name in _SIMPLE:
        return {"type": _SIMPLE[name]}
    if name == "span" and told.get("class") == "tg-spoiler":
        return {"type": "spoiler"}
    if name == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in told else "blockquote"}
    if name == "a":
        return link(told.get("href", ""))
    if name == "tg-emoji" and told.get("emoji-id"):
        return {"type": "custom_emoji", "custom_emoji_id": told["emoji-id"]}
    raise BadMarkup(f'Unsupported start tag "{name}" at byte offset {_offset(source, at)}')


def link(address: str) -> dict[str, Any]:
    """The entity of a link: a web page, or a person by `tg://user?id=`; none for an unusable address."""
    if address.startswith("tg://user?id=") and address[13:].isdigit():
        return {"type": "text_mention", "user": {"id": int(address[13:]), "is_bot": False, "first_name": ""}}
    if "." not in address and not address.startswith("tg://"):
        return {}
    return {"type": "text_link", "url": address if "://" in address else f"http://{address}"}


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): unescape(next((value for value in match.groups()[1:] if value is not None), ""))
        for match in _ATTRIBUTE.finditer(text)
    }


def unescape(text: str) -> str:
    """Replaces the escapes Telegram knows; others stay as they are."""

    def one(match: re.Match[str]) -> str:
        if match[1]:
            return _NAMED[match[1]]
        number = int(match[2]) if match[2] else int(match[3], 16)
        return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]

    return _ESCAPE.sub(one, text)


def _offset(source: str, at: int) -> int:
    return len(source[:at].encode())
