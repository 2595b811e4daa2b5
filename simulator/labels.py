"""Compares button labels the way people do: the words, not the icon or the number in front of them."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """NFC, one space between words, no variation selectors."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\ufe0f", "").split())


def words(label: str) -> str:
    """The label without what stands before its first letter: `1 🔥 Cháy, nổ` is `Cháy, nổ`; `5` stays."""
    text = plain(label)
    start = next((at for at, char in enumerate(text) if char.isalpha()), 0)
    return text[start:]


def same(label: str, wanted: str) -> bool:
    """Whether a button that shows `label` is the one a person calls `wanted`."""
    return plain(label) == plain(wanted) or words(label) == words(wanted)
