"""What a report needs of the words. Reports and words stand on one floor and don't import each other."""

from typing import Any, Protocol


class Speaks(Protocol):
    """Gives sentences by key; `locales.Words` is one. Numbers, days and spans are shown by the sentence itself."""

    def say(self, key: str, **params: Any) -> str:
        """The sentence of that key, filled in; raises KeyError when the key or a parameter is missing."""


def number(value: int, words: Speaks) -> str:
    """A count as it stands in a sentence: 2.412."""
    return words.say("summary.number", value=value)
