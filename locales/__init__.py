"""Every word that a person reads: Vietnamese (the reference) and English."""

import string
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from domain.clocks import local
from domain.text import fold, nfc

LANGUAGES = ("vi", "en")


class Words:
    """All sentences of one language, by dotted key (`tip.taken`)."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self.sentences = sentences
        self._speaker = _Speaker(self)
        self._folded: dict[str, str] = {}

    def say(self, key: str, **params: Any) -> str:
        """The sentence of a key with its placeholders filled.

        A placeholder may say how its value is shown: `{at:clock}`, `{due:weekday_day}`, `{kind:of_kind}`. Times are
        shown in the ward's zone. Raises KeyError for a key or a placeholder that is not there.
        """
        return self._speaker.vformat(self.sentences[key], (), params)

    def folded(self, key: str, **params: Any) -> str:
        """The sentence as it is compared with what somebody types."""
        if params:
            return fold(self.say(key, **params))
        if key not in self._folded:
            self._folded[key] = fold(self.say(key))
        return self._folded[key]


@cache
def words(language: str) -> Words:
    """The words of a language; whatever is not English is answered in Vietnamese, the reference."""
    if language not in LANGUAGES:
        language = "vi"
    sentences: dict[str, str] = {}
    for file in sorted(resources.files(__name__).joinpath(language).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            _flatten(tomllib.loads(file.read_text(encoding="utf-8")), "", sentences)
    return Words(language, sentences)


def _flatten(table: Mapping[str, Any], prefix: str, into: dict[str, str]) -> None:
    for name, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", into)
        elif prefix + name in into:
            raise ValueError(f"the key {prefix + name} stands twice")
        else:
            into[prefix + name] = nfc(value).strip("\n")


class _Speaker(string.Formatter):
    """`str.format` with the shapes in which times, counts and named things are shown.

    `{n:count_tip}` is a number with its noun in the right form: 1 tip, 2 tips.
    """

    def __init__(self, words: Words) -> None:
        self._words = words

    def format_field(self, value: Any, spec: str) -> str:
        if spec.startswith("of_"):
            return self._words.say(f"{spec[3:]}.{value}")
        if spec.startswith("count_"):
            return self._counted(value, spec[6:])
        shape = _shapes().get(spec)
        return shape(value, self._words.language) if shape else str(super().format_field(value, spec))

    def _counted(self, value: int, noun: str) -> str:
        from locales import formats

        language = self._words.language
        form = self._words.say(f"noun.{noun}.{formats.plural_form(value, language)}")
        return f"{formats.number(value, language)} {form}"


@cache
def _shapes() -> dict[str, Callable[[Any, str], str]]:
    # Babel is imported with the first date or number that is shown: an idle bot stays small.
    from locales import formats

    return {
        "clock": lambda value, language: formats.clock(_moment(value)),
        "day": lambda value, language: formats.day(_moment(value)),
        "official_day": lambda value, language: formats.official_day(_moment(value)),
        "short_day": lambda value, language: formats.short_day(_moment(value)),
        "weekday_day": lambda value, language: formats.weekday_day(_moment(value), language),
        "duration": lambda value, language: formats.duration(value, language),
        "upper": lambda value, _: value[:1].upper() + value[1:],
        "number": lambda value, language: formats.number(value, language),
    }


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return local(value) if isinstance(value, datetime) else value
