"""Injected faults: what a bad day at Telegram, or on the way there, looks like."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["400", "429", "500", "502", "html", "timeout", "timeout_after", "cut", "cut_after"]
"""`400`: refused for good. `429`, `500`, `502`: refused before anything was done.
`html`: 502 with a page instead of JSON.
`timeout`: no answer and nothing done; `timeout_after`: done, but no answer.
`cut`: the connection breaks before the call is done; `cut_after`: after it was done."""


@dataclass(slots=True)
class Fault:
    """One rule: which calls it hits, how often, and how."""

    kind: Kind
    methods: frozenset[str] | None = None
    """None: every method except getUpdates."""
    fraction: float = 1.0
    times: int | None = None
    """How many calls it still may hit; None: no end."""
    retry_after: int = 1
    """Seconds, for `429`."""
    chat_id: int | None = None
    """Only calls to this chat."""
    hits: int = 0

    def meets(self, method: str, chat_id: object) -> bool:
        """Whether the rule looks at such a call at all."""
        named = method in self.methods if self.methods is not None else method != "getUpdates"
        return named and self.times != 0 and (self.chat_id is None or str(self.chat_id) == str(chat_id))


class Faults:
    """The rules in force, and one seeded source of chance for all of them."""

    def __init__(self, seed: int = 0) -> None:
        self._chance = random.Random(seed)  # noqa: S311 -- repeatable on purpose
        self._rules: list[Fault] = []

    def add(
        self,
        kind: Kind,
        methods: str | Collection[str] | None = None,
        *,
        fraction: float = 1.0,
        times: int | None = None,
        retry_after: int = 1,
        chat_id: int | None = None,
    ) -> Fault:
        """Adds a rule and returns it; its `hits` count what it did. `methods` None: all but getUpdates."""
        if kind not in get_args(Kind):
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(get_args(Kind))}")
        names = frozenset([methods]) if isinstance(methods, str) else None if methods is None else frozenset(methods)
        rule = Fault(kind, names, fraction, times, retry_after, chat_id)
        self._rules.append(rule)
        return rule

    def remove(self, rule: Fault) -> None:
        """Ends one rule."""
        self._rules.remove(rule)

    def clear(self) -> None:
        """Ends all rules: a good day again."""
        self._rules.clear()

    def pick(self, method: str, chat_id: object) -> Fault | None:
        """The fault that hits this call, if any; counts it."""
        for rule in self._rules:
            if rule.meets(method, chat_id) and self._chance.random() < rule.fraction:
                rule.hits += 1
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None
