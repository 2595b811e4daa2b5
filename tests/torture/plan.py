"""In which ways the lives of a campaign end, and when: a plan that visits every point before it visits one again."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.torture.crashing import COMMANDS, POINTS

TIME = "time"  # at a random moment
SENT = "wire.sent"  # Telegram has carried out a message, its answer has not left
POLLED = "wire.polled"  # Telegram has handed out updates, or is about to
POSTED = "wire.posted"  # the webhook has said 200, Telegram has not heard it


@dataclass(frozen=True)
class Way:
    """How a life is to end. `night`: on a clock that is moved on while it serves."""

    how: str
    night: bool

    @property
    def part(self) -> str:
        """What the process is at when it dies: a step's name, `time` or `wire`."""
        return self.how.partition(".")[0]


def points_of(on: str) -> tuple[str, ...]:
    """The points that a campaign on this database can reach: commands come through a socket on SQLite only."""
    return tuple(point for point in POINTS if on == "sqlite" or point not in COMMANDS)


def plan(kills: int, by: str, points: Sequence[str], chance: random.Random) -> list[Way]:
    """So many ways to end. Jobs are only met by night, which is the second half."""
    others = [TIME, SENT, POLLED if by == "polling" else POSTED]
    pattern = [*points, *others * max(1, len(points) // 8)]
    chance.shuffle(pattern)
    pattern.sort(key=lambda how: how in others)  # where there are few kills, they are for the points
    chosen = list(itertools.islice(itertools.cycle(pattern), kills))
    by_day = [how for how in chosen if not how.startswith("job.")]
    chance.shuffle(by_day)
    half = min(len(by_day), kills // 2)
    by_night = [*by_day[half:], *(how for how in chosen if how.startswith("job."))]
    chance.shuffle(by_night)
    return [*(Way(how, night=False) for how in by_day[:half]), *(Way(how, night=True) for how in by_night)]
