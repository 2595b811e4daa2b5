"""A pledge as people write it down: TOML. A bad file is refused by its first mistake: where, and what."""

import re
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.entries import LONGEST, MOST_PARTIES, Count, Party, PartyKind, Strict, Text
from domain.errors import Refused
from domain.toml_files import read

_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")
_BULLET = re.compile(r"^[-•*+]\s+|^\d{1,3}[.)]\s+")


class PartyLine(Strict):
    """A party: a unit by its code, or anybody by name."""

    kind: PartyKind
    unit: Text | None = None
    name: Text | None = None


class PledgeFile(Strict):
    """A campaign. The same title again in the same ward is the same campaign: what differs makes a new version."""

    title: Text
    contents: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
    opens: date
    closes: date
    households: Count | None = None
    by_households: bool = False
    party: Annotated[tuple[PartyLine, ...], Field(max_length=MOST_PARTIES)] = ()


def told(text: str, today: date) -> PledgeFile:
    """A campaign as it is typed in the chat: a line with the title, a line for each content, a line with the last day.

    Every neighbourhood unit and household of the ward is asked. Raises Refused when that isn't to be read from it.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or (found := _DAY.search(lines[-1])) is None:
        raise Refused("pledge.unclear")
    title, *contents, _ = lines
    day, month, year = (int(part) for part in found.groups())
    try:
        closes = date(year, month, day)
        if closes < today:
            raise Refused("pledge.over_already", day=closes)
        said = [_NUMBERED.sub("", line) for line in contents]
        return PledgeFile(title=title, contents=tuple(said), opens=today, closes=closes, by_households=True)
    except ValueError:  # a day that is not there, a line too long or too many
        raise Refused("pledge.unclear") from None


def parties_told(text: str, kind: PartyKind) -> list[Party]:
    """Parties as they are typed in the chat: a name a line, with or without a number or a bullet.

    Raises Refused when there is no name, or one is too long.
    """
    names = [" ".join(_BULLET.sub("", line.strip()).split()) for line in text.splitlines()]
    names = [name for name in names if any(sign.isalnum() for sign in name)]
    if not names or any(len(name) > LONGEST or not name.isprintable() for name in names):
        raise Refused("pledge.parties_unclear")
    return [Party(kind=kind, name=name) for name in names]


def parse(text: str) -> PledgeFile:
    """The campaign of a file. Raises Refused naming the first bad place and why."""
    found = read(text, PledgeFile)
    if found.closes < found.opens:
        raise Refused("criteria.bad_file", place="closes", mistake="days")
    if not found.party and not found.by_households:
        raise Refused("criteria.bad_file", place="party", mistake="missing")
    return found
