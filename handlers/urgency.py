"""What may be the beginning of something urgent: such a chat is heard before others when many wait.

Only the order depends on it, and whether the numbers to call stand before a question; never what is done: "chay" may be
cháy, chạy or chay, and a wrong guess costs nobody anything. Which words are meant stands in the locales (`urgent`), how
they are read in `domain/cries.py`.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from domain.cries import Cries
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
    said = said[:_LOOKED_AT]
    folded = fold(said)
    whole, numbers, calm = _answers()
    if folded in whole or not numbers.isdisjoint(folded.split()):
        return True
    return folded not in calm and sounds_urgent(said)


def sounds_urgent(said: str, *, calm: Sequence[str] = ()) -> bool:
    """Whether a text may be a cry for help; mere numbers don't count. `calm`: phrases that are none here, folded."""
    return _cries().heard(said, calm=calm)


@cache
def _cries() -> Cries:
    known = [words(language).sentences for language in LANGUAGES]
    toned, phrases, calm = (
        [part for one in known for part in one[f"urgent.{key}"].split(",") if part.strip()]
        for key in ("toned", "phrases", "calm")
    )
    return Cries([one["urgent.words"] for one in known], toned, phrases, calm)


@cache
def _answers() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Whole answers (labels of urgent kinds and their digits), numbers to call, and labels of calm kinds."""
    whole: set[str] = set()
    numbers: set[str] = set()
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
        numbers |= set(known.folded("urgent.numbers").split())
    return frozenset(whole), frozenset(numbers), frozenset(calm)
