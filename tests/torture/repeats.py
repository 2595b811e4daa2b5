"""Messages that came more than once: each needs a kill that may have cut off the answer to the one before."""

import itertools
import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.phone import Phone
from tests.torture.load import Crowd
from tests.torture.shown import answers_to, is_said_by
from tests.torture.wire import Said

UNCERTAIN = 0.5  # seconds before a kill in which the answer to a send may have been lost, on a quiet machine
ON_ITS_WAY = 0.3  # seconds after a kill in which a send that had left the process may still arrive


def expected(said: Said, crowd: Crowd, police: Sequence[Phone]) -> tuple[Said, dict[tuple[int, str], int]]:
    """What residents and officers were told, and how often, where that is not once."""
    often: dict[tuple[int, str], int] = {}
    told: Said = {}
    people = {story.phone.id: Counter(answers_to(story)) for story in crowd.stories}
    more = {story.code(): len(story.pieces) - 1 for story in crowd.stories if story.urgent and story.watched}
    officers = {phone.id for phone in police}
    for (chat, text), times in said.items():
        if chat in people:
            often[chat, text] = max((n for key, n in people[chat].items() if is_said_by(text, key)), default=1)
        elif chat in officers and is_said_by(text, "alert.more_urgent"):
            often[chat, text] = next((n for code, n in more.items() if code and code in text), 1)
        elif chat not in officers:
            continue
        told[chat, text] = times
    return told, {key: number for key, number in often.items() if number > 1}


@dataclass
class Death:
    """When a process died, and how many times slower than usual the machine was then, by what it takes to start."""

    at: float
    slow: float = 1.0


@dataclass
class Repeats:
    """How many messages were said again, without any reason, and the seconds between a first one and the kill."""

    number: int = 0
    needless: int = 0
    latest: float = 0.0


def repeats_of(said: Said, often: dict[tuple[int, str], int], deaths: Sequence[Death]) -> Repeats:
    """Every message that came again. `often`: how often some should be said; all others once. `deaths` in order."""
    found = Repeats()
    for key, times in said.items():
        extra = len(times) - often.get(key, 1)
        if extra <= 0:
            continue
        found.number += extra
        if key in often:
            # The same words several times over: which of them are repetitions can't be told.
            excused = sum(_cut_off(first, math.inf, deaths) is not None for first in times)
        else:
            waited = [_cut_off(first, again, deaths) for first, again in itertools.pairwise(times)]
            found.latest = max([found.latest, *(one for one in waited if one is not None)])
            excused = sum(one is not None for one in waited)
        found.needless += max(0, extra - excused)
    return found


def _cut_off(first: float, again: float, deaths: Sequence[Death]) -> float | None:
    """Seconds after which a death may have cut off the answer to a message, before it came again; None: none did."""
    at = bisect_left(deaths, first - ON_ITS_WAY, key=lambda death: death.at)
    death = deaths[at] if at < len(deaths) else None
    if death is not None and death.at < again and death.at - first <= UNCERTAIN * death.slow:
        return death.at - first
    return None
