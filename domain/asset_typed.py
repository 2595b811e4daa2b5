"""What an officer types of an asset: `7 hỏng`, `so 7 hoat dong`, `12 hong hom qua`, `3 tốt ngày 28`.

It goes straight into figures, so a wrong state is worse than a question: what could be meant otherwise is refused.
"""

import re
from datetime import date
from typing import NamedTuple

from domain.errors import Refused
from domain.seen import day_said
from domain.text import fold, nfc

_BROKEN = r"hong|hu|mat|broken|out of order"
# Not "chay": it may be chạy (runs) or cháy (has burnt), screens.md, traps 4.
_WORKING = r"hoat dong|tot|da sua(?: xong)?|sua xong|working|works|fixed|repaired|ok|fine"
# The only negations that say a state plainly. Not "dung hoat dong": it may be dừng, đúng or dùng.
_STOPPED = (
    r"(?:khong|ko|k) (?:con )?(?:hoat dong|tot|dung duoc)|ngung hoat dong"
    r"|(?:not|is not|isn t|isnt|are not|aren t) working"
)
_GONE = re.compile(r"\b(?:khong con|no more)\b")
_NEGATION = re.compile(
    r"\b(?:khong|chua|ngung|dung|ko|k|kg|het|chang|cha|dau|hem|hok|not|isn|isnt|never|no|t|cannot|stopped)\b"
)
# Days that `day_said` does not know: what was seen then must not be dated today.
_OTHER_DAY = re.compile(r"\b(?:tuan|thang|truoc|qua|mai|thu|chu nhat|ago|last|week|month|tomorrow)\b")
# What may stand beside *working*; whatever else does may mean that it works badly, or did.
_BESIDE = re.compile(
    r"camera|cam|so|cai|con|may|chiec|diem|cong|cho|da|dang|van|lai|roi|deu|rat|nhe|nha|a|thay|xem|luc|binh|thuong|an|ninh|tro"
    r"|number|point|market|the|is|it|still|again|now|already|seen|\d+"
)
# What only marks tell from words that count above: chữa (to repair, to fight fire) is not chưa, hông and hổng are
# không, hồng and mặt, mắt, mát, mật are no states.
_MARKED = (
    (re.compile(r"\bchữa(?:\s+cháy)?\b"), " "),
    (re.compile(r"\bh[ôổ]ng\b"), " chua "),
    (re.compile(r"\bhồng\b|\bm[ặắáậ]t\b"), " x "),
)
_STATES = {name: re.compile(rf"\b(?:{words})\b") for name, words in (("stopped", _STOPPED), ("broken", _BROKEN))}
_STATES["working"] = re.compile(rf"\b(?:{_WORKING})\b")
_SEPARATORS = re.compile(r"([/.-])")
_YEAR = r"(?:\d{4}|\d{2})"
_DAYS = (
    re.compile(rf"\b((?:ngay|mung) +\d{{1,2}}(?: *(?:[/.-]|thang) *\d{{1,2}}(?: *(?:[/.-]|nam) *{_YEAR})?)?)\b"),
    re.compile(rf"\b(\d{{1,2}} *([/.-]) *\d{{1,2}} *\2 *{_YEAR})\b"),
    re.compile(r"\b(\d{1,2} */ *\d{1,2})\b"),
    # `7.8 hỏng`, `7-8 hỏng` are two numbers; only behind its state is `20.11` a day.
    re.compile(rf"\b(?:{_STOPPED}|{_BROKEN}|{_WORKING}) +(\d{{1,2}} *[.-] *\d{{1,2}})\b"),
    # Not "toi qua": it may be tối qua (last night) or tôi qua (I went there).
    re.compile(r"\b((?:hom|sang|trua|chieu|dem) (?:nay|qua)|hom kia|hom truoc|today|yesterday)\b"),
)
_PART_OF_DAY = re.compile(r"^(?:sang|trua|chieu|dem) ")
_NUMBER = re.compile(r"\b\d{1,4}\b")
_LONGEST = 80  # characters; what is longer is a story


class Said(NamedTuple):
    """A number as it was typed (None: that of the screen), the state (None: none was typed), the day of looking."""

    number: int | None
    working: bool | None
    observed: date


def asset_said(typed: str, today: date) -> Said | None:
    """What somebody means who types this today; None when it says neither which one nor how it is.

    Raises Refused when it can be meant in two ways: two states, a state beside a negation, two numbers, two days.
    """
    if len(typed) > _LONGEST:
        return None
    words = nfc(typed).lower()
    for marked, plain in _MARKED:
        words = marked.sub(plain, words)
    words, day = _without_day(_plain(words))
    words = fold(words)
    numbers, working = _NUMBER.findall(words), _working(words)
    if not numbers and working is None:
        return None
    if len(numbers) > 1 or (working is not None and ("?" in typed or _OTHER_DAY.search(words))):
        raise Refused("asset.unclear")
    try:
        observed = today if day is None else day_said(day, today)
    except Refused:
        raise Refused("asset.unclear") from None
    return Said(int(numbers[0]) if numbers else None, working, observed)


def _plain(typed: str) -> str:
    """Folded, but with the signs that make a day of numbers."""
    return "".join(part if _SEPARATORS.fullmatch(part) else f" {fold(part)} " for part in _SEPARATORS.split(typed))


def _without_day(words: str) -> tuple[str, str | None]:
    """The words without their day, and the day. Raises Refused for two."""
    day = None
    for known in _DAYS:
        while found := known.search(words):
            if day is not None:
                raise Refused("asset.unclear")
            day = _PART_OF_DAY.sub("", found[1])
            words = f"{words[: found.start(1)]} {words[found.end(1) :]}"
    return words, day


def _working(words: str) -> bool | None:
    """The state that is said; None: none is. Raises Refused unless it is said plainly."""
    found = {}
    for name, known in _STATES.items():
        words, found[name] = known.subn(" ", words)
    words, gone = _GONE.subn(" ", words)
    if not gone and not any(found.values()):
        return None
    broken = found["stopped"] or found["broken"]
    if (gone and any(found.values())) or (broken and found["working"]) or _NEGATION.search(words):
        raise Refused("asset.unclear")
    if found["working"] and not all(map(_BESIDE.fullmatch, words.split())):
        raise Refused("asset.unclear")
    return bool(found["working"])
