"""What an officer types of an asset: `7 hỏng`, `so 7 hoat dong`, `12 hong hom qua`, `3 tốt 28/11`."""

import re
from datetime import date
from typing import NamedTuple

from domain.errors import Refused
from domain.seen import day_said
from domain.text import fold

_DAY = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*\d{2,4})?")
_DAY_WORDS = re.compile(r"\b(hom nay|sang nay|hom qua|hom kia|hom truoc|today|yesterday)\b")
_NUMBER = re.compile(r"\b\d{1,4}\b")
# What isn't working is looked for first: its words contain the others.
_BROKEN = re.compile(
    r"\b(khong con|khong (?:hoat dong|chay|tot|dung duoc)|hong|hu|mat|broken|out of order|not working|no more)\b"
)
# Not "chay": it may be chạy (runs) or cháy (has burnt), screens.md, traps 4.
_WORKING = re.compile(r"\b(hoat dong|tot|da sua|sua xong|working|works|ok|fine)\b")
_LONGEST = 80  # characters; what is longer is a story


class Said(NamedTuple):
    """A number as it was typed (None: that of the screen), the state (None: none was typed), the day of looking."""

    number: int | None
    working: bool | None
    observed: date


def asset_said(typed: str, today: date) -> Said:
    """What somebody means who types this today. Raises Refused when there is neither a number nor a state in it."""
    day = _DAY.search(typed)
    words = fold(typed.replace(day[0], " ") if day else typed)
    named = _DAY_WORDS.search(words)
    number, broken, working = _NUMBER.search(words), _BROKEN.search(words), _WORKING.search(words)
    if len(typed) > _LONGEST or not (number or broken or working):
        raise Refused("asset.unclear")
    try:
        observed = day_said(day[0], today) if day else day_said(named[0], today) if named else today
    except Refused:
        raise Refused("asset.unclear") from None
    state = False if broken else True if working else None
    return Said(int(number[0]) if number else None, state, observed)
