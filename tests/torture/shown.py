"""What people should have been shown, in which order, and whether they were."""

import re
import string
from collections.abc import Sequence
from functools import cache

from locales import words
from tests.torture.load import Story

# What the clock may say between the answers to a story.
WARNED = ("tip.nobody_yet", "tip.nobody_else", "tip.nobody_here")
BY_THE_CLOCK = (*WARNED, "tip.unfinished")


@cache
def said_by(key: str) -> re.Pattern[str]:
    """What a sentence of ours looks like, whatever stands in its placeholders."""
    parts = string.Formatter().parse(words("vi").sentences[key])
    pattern = "".join(re.escape(text) + (".*" if name is not None else "") for text, name, _, _ in parts)
    return re.compile(pattern, re.DOTALL)


def is_said_by(text: str, *keys: str) -> bool:
    """Whether a text is one of these sentences."""
    return any(said_by(key).fullmatch(text) for key in keys)


def answers_to(story: Story) -> list[str]:
    """The keys of everything that is answered to a story, in order."""
    keys = ["start.welcome", "start.consent", "start.home" if story.watched else "start.home_unserved", "tip.which"]
    told = len(story.pieces) - story.added
    if story.urgent:
        keys.append("tip.tell_fire" if story.watched else "tip.tell_unserved")
        keys += ["tip.heard_urgent" if story.watched else "tip.heard_unserved"] * told
        keys.append("tip.receipt_urgent" if story.watched else "tip.receipt_unserved")
    else:
        keys.append("tip.tell")
        keys += ["tip.heard"] * told
        keys += ["tip.how_known", "tip.receipt" if story.watched else "tip.receipt_waiting"]
    return keys + ["receipt.add" if story.watched else "receipt.add_unserved", "receipt.added"] * story.added


def follow(keys: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """(answers that never came, messages that should not have come here), repetitions of what was said left aside."""
    at = wrong = 0
    for text in heard:
        if at < len(keys) and is_said_by(text, keys[at]):
            at += 1
        elif not is_said_by(text, *keys[:at], *BY_THE_CLOCK):
            wrong += 1
    return len(keys) - at, wrong
