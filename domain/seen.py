"""On which day something was seen, as people type it: `28/11`, `28-11`, `ngày 28`, `hôm qua`, `mùng 5`."""

import re
from datetime import date, timedelta

from domain.errors import Refused
from domain.text import fold

_WORDS = {
    "hom nay": 0,
    "nay": 0,
    "sang nay": 0,
    "today": 0,
    "hom qua": 1,
    "qua": 1,
    "yesterday": 1,
    "hom kia": 2,
    "hom truoc": 2,
    "ngay mai": -1,
    "mai": -1,
    "tomorrow": -1,
}


# Beside these a number is no day of the month: a weekday, a span, an hour.
_NO_DAY = re.compile(
    r"\b(?:thu|t)\s*[2-7]\b|\d\s*(?:h|g|gio|phut|am|pm|o clock)(?:\b|\d)|\b(?:truoc|cach|ago)\b"
    r"|\d\s*(?:ngay|hom|bua|tuan|thang|days?|weeks?|months?|hours?)\b(?!\s*\d)",
    re.ASCII,
)
_CLOCK = re.compile(r"\d\s*:\s*\d")
_OF_TIME = frozenset(
    fold(
        "cách đây ngày hôm bữa tuần tháng năm trước sau rồi nay qua kia thứ hai ba tư sáu bảy chủ nhật sáng trưa chiều "
        "tối đêm khuya lúc khoảng giờ phút h g mùng ago last days day week weeks hours at am pm on the"
    ).split()
)


def only_of_time(typed: str) -> bool:
    """Whether these words say when, if not plainly, and nothing else: whoever types them is telling no story."""
    words = fold(typed).split()
    return bool(words) and all(word in _OF_TIME or word[0].isdigit() for word in words)


def day_said(typed: str, today: date) -> date:
    """The day that somebody means who types this today. Raises Refused when none can be read from it.

    Day before month, always (screens.md, traps 6). Without a year it is the one that makes the day nearest to today;
    a mere day is of this month or, when that is still to come, of the last. What may be a weekday, a span or an hour
    ("thứ 2", "3 ngày trước", "9h") is never guessed at.
    """
    words = fold(typed)
    if words in _WORDS:
        return today - timedelta(days=_WORDS[words])
    if _NO_DAY.search(words) or _CLOCK.search(typed):
        raise Refused("check_in.day_unclear")
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    try:
        return _from(numbers, today)
    except (ValueError, OverflowError) as error:
        raise Refused("check_in.day_unclear") from error


def _from(numbers: list[int], today: date) -> date:
    if len(numbers) == 3:
        day, month, year = numbers
        return date(year + 2000 if year < 100 else year, month, day)
    if len(numbers) == 2:
        day, month = numbers
        near = [date(today.year + shift, month, day) for shift in (-1, 0, 1) if _exists(today.year + shift, month, day)]
        if near:
            return min(near, key=lambda found: abs(found - today))
    if len(numbers) == 1:
        month_before = today.replace(day=1) - timedelta(days=1)
        this = numbers[0] <= today.day
        return today.replace(day=numbers[0]) if this else month_before.replace(day=numbers[0])
    raise ValueError("no day")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except (ValueError, OverflowError):
        return False
    return True
