"""How Vietnamese text is kept (NFC) and compared (without tones, case, spacing and icons)."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

# đ has no decomposition; Ð (Eth) imitates it.
_FOLD = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})
# Letters that show nothing: fillers and blank patterns that Unicode does not count as spaces.
_SHOWS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# The order of the dictionary: letters first (a ă â, d đ, ...), then ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_SHAPES = "\u0306\u0302\u031b"


def nfc(text: str) -> str:
    """The one form in which text is stored: two ways to type the same word are the same text."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The form in which text is compared: `" 1️⃣ Giấu  tên"` and `"1 giau ten"` are equal.

    Tones, case, icons, punctuation and double spaces fall away; full-width digits become plain ones.
    """
    return " ".join("".join(map(_plain, text)).lower().split())


@lru_cache(maxsize=1024)
def _plain(char: str) -> str:
    """A letter without its marks; a blank for what is none."""
    letters = []
    for part in unicodedata.normalize("NFKD", char.translate(_FOLD)):
        if not unicodedata.combining(part) and unicodedata.category(part) not in ("Cf", "Me", "Mn"):
            letters.append(part if part.isalnum() else " ")
    return "".join(letters)


def length(text: str) -> int:
    """How long a text is for Telegram: in UTF-16 units, of which an emoji has two or more (screens.md, traps 11)."""
    return len(text) + sum(char > "\uffff" for char in text)


def in_pieces(text: str, most: int) -> list[str]:
    """A text in pieces of at most `most` UTF-16 units (2 or more); an empty text is one piece."""
    pieces, room = [""], most
    for char in text:
        size = length(char)
        if size > room:
            pieces.append("")
            room = most
        pieces[-1] += char
        room -= size
    return pieces


def is_blank(text: str) -> bool:
    """Whether a text shows nothing at all: blanks, control signs, marks of direction."""
    return all(
        char.isspace() or char in _SHOWS_NOTHING or unicodedata.category(char) in ("Cc", "Cf", "Mn") for char in text
    )


def given_name(name: str) -> str:
    """What a person is called by: the last word of the full name ("Nguyễn Thị Lan" is "bà Lan").

    An Ê Đê name begins with its mark and ends with its clan: "Y Bliă Niê" is "Y Bliă", "H'Hen Niê" is "H'Hen".
    """
    words = nfc(name).split()
    if words and words[0] in ("Y", "H"):
        return " ".join(words[:2])
    if words and words[0][:2] in ("H'", "H’"):
        return words[0]
    return words[-1] if words else ""


def name_order(name: str) -> tuple[Any, ...]:
    """By what lists of people are sorted: the given name, then the rest, as the dictionary orders letters and tones."""
    given = given_name(name)
    whole = " ".join(nfc(name).split())
    return _letters(given), _letters(whole.removesuffix(given)), whole


def place_order(name: str) -> tuple[Any, Any]:
    """By what lists of places are sorted: letters, then tones; *Khối 2* before *Khối 10*."""
    parts = [part for part in re.split(r"(\d+)", nfc(name)) if part]
    found = [(0, [(int(part), "")], []) if part.isdecimal() else (1, *_letters(part)) for part in parts]
    return [(kind, letters) for kind, letters, _ in found], [tones for *_, tones in found]


def _letters(words: str) -> tuple[Any, ...]:
    """A word's letters, and only between equal words their tones."""
    letters: list[tuple[str, int]] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFD", words.lower()):
        if char in _TONES and tones:
            tones[-1] = 1 + _TONES.index(char)
        elif char in _SHAPES and letters:
            letters[-1] = (letters[-1][0], 1 + _SHAPES.index(char))
        else:
            letters.append(("d", 1) if char == "đ" else (char, 0))
            tones.append(0)
    return letters, tones
