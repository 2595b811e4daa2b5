"""Finds in a text what Telegram marks by itself: commands, names, tags, addresses."""

from __future__ import annotations

import re
from typing import Any

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/@#<>])(?:(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})\b"
    r"|(?P<hashtag>#\w*[^\W\d]\w*))"
)
_MARKS = re.compile(r"[/@#]|://")


def utf16(text: str) -> int:
    """Length in UTF-16 units, as entities count."""
    return len(text) + sum(char > "\uffff" for char in text)


def found(text: str) -> list[dict[str, Any]]:
    """Entities of a text without formatting."""
    if not _MARKS.search(text):
        return []
    return [
        {"offset": utf16(text[: match.start()]), "length": utf16(match[0]), "type": str(match.lastgroup)}
        for match in _FOUND.finditer(text)
    ]
