"""Cleaning of files in a child process: what comes out is made anew from what could be seen or heard, nothing else."""

from dataclasses import dataclass
from typing import Literal

LIMIT = 20 * 1024 * 1024  # bytes, of what goes in and of what comes out
MEDIA = ("image/jpeg", "video/mp4", "video/webm", "audio/ogg", "application/pdf")

Trouble = Literal["too_big", "broken", "unsupported"]
# How the child tells its parent, by exit code; any other code is a crash.
EXITS: dict[Trouble, int] = {"too_big": 41, "broken": 42, "unsupported": 43}


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean copy: one of `MEDIA`, and its bytes."""

    media: str
    data: bytes


class Unfit(Exception):
    """There is no clean copy of these bytes and never will be."""

    def __init__(self, reason: Trouble) -> None:
        super().__init__(reason)
        self.reason: Trouble = reason
