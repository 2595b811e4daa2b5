"""What may be the beginning of something urgent: such a chat is heard before others when many wait.

Only the order depends on it, and whether the numbers to call stand before a question; never what is done: "chay" may be
cháy, chạy or chay, and a wrong guess costs nobody anything.
"""

from functools import cache
from typing import Any

from domain.text import fold
from domain.tips import URGENT, Category
from locales import LANGUAGES, words

PRESSES = frozenset({"t.now", *(f"t.kind:{category.value}" for category in URGENT)})
_LOOKED_AT = 80  # characters of a text


def looks_urgent(update: dict[str, Any]) -> bool:
    """Whether this raw update presses, types or says something that may be urgent."""
    query = update.get("callback_query")
    if isinstance(query, dict):
        data = query.get("data")
        return isinstance(data, str) and data in PRESSES
    message = update.get("message")
    if not isinstance(message, dict):
        return False
    said = message.get("text") or message.get("caption")
    if not isinstance(said, str):
        return False
    folded = fold(said[:_LOOKED_AT])
    whole, single, calm = _alarming()
    return folded in whole or (folded not in calm and not single.isdisjoint(folded.split()))


def sounds_urgent(folded: str) -> bool:
    """Whether one of the alarming words stands in a folded text; mere numbers don't count."""
    return any(word in _alarming()[1] and not word.isdigit() for word in folded.split())


@cache
def _alarming() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Whole answers (labels of urgent kinds and their digits), single words, and labels of calm kinds."""
    whole: set[str] = set()
    single: set[str] = set()
    calm: set[str] = set()
    for language in LANGUAGES:
        known = words(language)
        whole.add(known.folded("button.happening"))
        for category in Category:
            digit, _, label = known.folded(f"pick.{category.value}").partition(" ")
            if category in URGENT:
                whole |= {digit, label, f"{digit} {label}"}
            else:
                calm |= {label, f"{digit} {label}"}
        single |= set(known.folded("urgent.words").split())
    return frozenset(whole), frozenset(single), frozenset(calm)
