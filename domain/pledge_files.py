"""A pledge as people write it down: TOML. A bad file is refused by its first mistake: where, and what."""

import tomllib
from datetime import date
from typing import Annotated

from pydantic import Field, ValidationError

from domain.entries import Count, PartyKind, Strict, Text
from domain.errors import Refused

_MISTAKES = {"missing": "missing", "extra_forbidden": "extra_forbidden", "enum": "choice", "string_too_long": "long"}
_EMPTY = frozenset({"string_too_short", "too_short"})


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
    party: Annotated[tuple[PartyLine, ...], Field(max_length=500)] = ()


def parse(text: str) -> PledgeFile:
    """The campaign of a file. Raises Refused naming the first bad place and why."""
    try:
        found = PledgeFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused("criteria.not_toml", reason=str(error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ", ".join(str(step + 1) if isinstance(step, int) else step for step in first["loc"])
        mistake = "empty" if first["type"] in _EMPTY else _MISTAKES.get(first["type"], "value")
        raise Refused("criteria.bad_file", place=place or "-", mistake=mistake) from None
    if found.closes < found.opens:
        raise Refused("criteria.bad_file", place="closes", mistake="days")
    if not found.party and not found.by_households:
        raise Refused("criteria.bad_file", place="party", mistake="missing")
    return found
