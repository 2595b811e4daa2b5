"""Words that may be a cry for help, however they are typed: *nổ* is an explosion, *nó* is "it", *no* may be either.

Missing a cry is worse than standing by a calm story with three numbers, so what is doubtful counts, with one exception:
syllables that without marks are among the commonest words there are (*no*, *ban*, *dam*). Those count with their own
marks, or in a phrase that leaves little doubt (*tiếng nổ*, typed *tieng no*).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.text import fold

_WORD = re.compile(r"[^\W_]+")
_ETH = str.maketrans("ðÐ", "đđ")
# Hỏi and ngã sound alike in the middle of the country, and are written for each other: "nỗ bình ga".
_TONES = {"\u0300": "`", "\u0309": "?", "\u0303": "?", "\u0301": "'", "\u0323": "."}


class _Word(NamedTuple):
    """A word as it was typed, and without its marks."""

    typed: str
    plain: str

    @property
    def marked(self) -> bool:
        return self.typed != self.plain

    def is_just(self, other: "_Word") -> bool:
        """Whether this is that word with the same marks, wherever its tone was put (*cưú*)."""
        return self.plain == other.plain and _tone_last(self.typed) == _tone_last(other.typed)

    def may_be(self, other: "_Word") -> bool:
        """Whether this is that word, typed with the same marks or with none."""
        return self.is_just(other) or self.typed == other.plain


class Cries:
    """What sounds alarming in one or several languages.

    `words` count with their marks and without any; `toned` only with their marks, or where they have none, in a text
    that is typed with marks; `phrases` as `words` do, word by word; what stands in a `calm` phrase does not count.
    """

    def __init__(
        self, words: Iterable[str], toned: Iterable[str], phrases: Iterable[str], calm: Iterable[str] = ()
    ) -> None:
        self._words = _by_syllable(words)
        self._toned = _by_syllable(toned)
        self._phrases: dict[str, list[tuple[str, list[_Word]]]] = {}  # by their first syllable
        for phrase in phrases:
            self._phrases.setdefault(fold(phrase).split()[0], []).append((_framed(phrase), _typed(phrase)))
        self._calm = [fold(phrase) for phrase in calm]

    def heard(self, said: str, *, calm: Sequence[str] = ()) -> bool:
        """Whether a text may be a cry for help. `calm`: more phrases, folded, that are none where it was said."""
        plain = _framed(said)
        syllables = dict.fromkeys(plain.split())
        begun = [begun for syllable in syllables for begun in self._phrases.get(syllable, ())]
        phrases = [phrase for framed, phrase in begun if framed in plain]
        if not phrases and self._words.keys().isdisjoint(syllables) and self._toned.keys().isdisjoint(syllables):
            return False
        found = _typed(said)
        for phrase in (*self._calm, *calm):
            if f" {phrase} " in plain:
                _leave_out(phrase.split(), found)
        with_marks = any(word.marked for word in found)
        return (
            any(word.may_be(cry) for word in found for cry in self._words.get(word.plain, ()))
            or any(
                word.is_just(cry) and (word.marked or with_marks)
                for word in found
                for cry in self._toned.get(word.plain, ())
            )
            or any(_stands(phrase, found) for phrase in phrases)
        )


def _by_syllable(words: Iterable[str]) -> dict[str, list[_Word]]:
    found: dict[str, list[_Word]] = {}
    for word in (word for one in words for word in _typed(one)):
        found.setdefault(word.plain, []).append(word)
    return found


def _framed(text: str) -> str:
    return f" {fold(text)} "


def _typed(text: str) -> list[_Word]:
    typed = _WORD.findall(unicodedata.normalize("NFKC", text).lower().translate(_ETH))
    plain = fold(text).split()
    return list(map(_Word, typed, plain if len(plain) == len(typed) else map(fold, typed)))


def _tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(_TONES.get(char, "") for char in letters)
    return "".join(char for char in letters if char not in _TONES) + tones


def _stands(phrase: Sequence[_Word], said: Sequence[_Word]) -> bool:
    starts = range(len(said) - len(phrase) + 1)
    return any(all(word.may_be(cry) for cry, word in zip(phrase, said[at:], strict=False)) for at in starts)


def _leave_out(phrase: Sequence[str], said: list[_Word]) -> None:
    """Blank words take the place of a phrase: nothing is read across it."""
    for at in range(len(said) - len(phrase) + 1):
        if all(word.plain == syllable for word, syllable in zip(said[at:], phrase, strict=False)):
            said[at : at + len(phrase)] = [_Word("", "")] * len(phrase)
