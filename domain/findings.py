"""What a check found not met: of which houses, what ails it, who mends it by when; and how people type that."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from pydantic import BaseModel

from domain.clocks import ward_day
from domain.duties import Finding, Item
from domain.errors import Refused
from domain.pieces import FileRef
from domain.text import fold

# How long whoever mends has. No source names a figure: ours to configure (screens.md, 12 shows two weeks).
MEND_WITHIN = timedelta(days=14)
# A group has 5 to 32 houses (domain.md): more numbers than this are no house numbers.
MOST_HOUSES = 40
LONGEST_HOUSE = 8


class Problem(StrEnum):
    """What ails it. *Blocked* is for ways out and lanes, of which nothing is missing, broken or expired."""

    MISSING = "missing"
    BROKEN = "broken"
    EXPIRED = "expired"
    BLOCKED = "blocked"


_WAYS = frozenset({Item.SECOND_EXIT, Item.CLEAR_LANE})


def problems_of(item: Item) -> tuple[Problem, ...]:
    """What may be chosen for an item."""
    return tuple(problem for problem in Problem if problem is not Problem.BLOCKED or item in _WAYS)


class Mark(BaseModel, frozen=True):
    """A leader's word on one item. `whole`: the whole group; no houses and not whole: nobody said which."""

    finding: Finding
    houses: tuple[str, ...] = ()
    whole: bool = False
    problem: Problem | None = None
    photo: FileRef | None = None


class Defect(BaseModel, frozen=True):
    """One item that a check found not met. `owner` is the beat officer who mends it, None for the ward police."""

    id: str
    duty: str
    unit: str
    ward: str
    item: Item
    problem: Problem | None = None
    houses: tuple[str, ...] = ()
    whole: bool = False
    found_at: datetime
    found_by: str
    mend_by: date
    owner: str | None = None
    mended_at: datetime | None = None
    mended_by: str | None = None
    photo: FileRef | None = None


def mend_by(now: datetime) -> date:
    """The day by which what is found now should be mended."""
    return ward_day(now) + MEND_WITHIN


def mend(defect: Defect, by: str, now: datetime) -> Defect:
    """It is mended. Raises Refused when it was before; nothing changes then."""
    if defect.mended_at is not None:
        raise Refused("finding.already_mended", at=defect.mended_at)
    return defect.model_copy(update={"mended_at": now, "mended_by": by})


class Walk(BaseModel, frozen=True):
    """A check on its way from item to item, kept in the talk of whoever makes it."""

    duty: str = ""
    period: str
    unit: str = ""
    """What the group is called, if whoever makes the check leads others too."""
    seen: date | None = None
    marks: dict[Item, Mark] = {}
    asked: Item | None = None
    """The item of which houses and problem are being asked."""

    def marked(self, item: Item, mark: Mark) -> "Walk":
        """The walk with one more answer."""
        return self.model_copy(update={"marks": {**self.marks, item: mark}, "asked": None})

    def left(self) -> list[Item]:
        """What has not been answered, in order."""
        return [item for item in Item if item not in self.marks]

    def with_photo(self, photo: FileRef) -> "Walk":
        """A picture of what is being asked about. Raises Refused when nothing is."""
        if self.asked is None:
            raise Refused("button.stale")
        before = self.marks.get(self.asked, Mark(finding=Finding.BAD))
        marks = {**self.marks, self.asked: before.model_copy(update={"photo": photo})}
        return self.model_copy(update={"marks": marks})

    def photos(self) -> list[FileRef]:
        """The pictures taken on this walk."""
        return [mark.photo for mark in self.marks.values() if mark.photo is not None]

    def items(self) -> dict[Item, Finding]:
        """Every answer, without its details."""
        return {item: mark.finding for item, mark in self.marks.items()}


_HOUSE = re.compile(r"\d+[a-z]?(?:/\d+[a-z]?)*", re.ASCII)
_RANGE = re.compile(r"(\d+)\s+(?:den|toi|to)\s+(\d+)", re.ASCII)
_WHOLE = frozenset({"ca to", "toan to", "tat ca", "ca nhom", "het", "chung", "all", "whole group", "everybody"})
_SKIP = frozenset({"bo qua", "thoi", "khong biet", "khong ro", "chua ro", "skip", "none"})
_FILLERS = frozenset(
    {
        "nha",
        "so",
        "ho",
        "va",
        "voi",
        "cung",
        "can",
        "cac",
        "o",
        "bi",
        "house",
        "houses",
        "number",
        "numbers",
        "no",
        "and",
    }
)
EQUIPMENT = (
    *("binh chua chay", "chuong bao chay", "nut bao chay", "dung cu pha do", "loi thoat nan", "loi thoat"),
    *("chua chay", "bao chay", "phong chay", "chong chay", "fire extinguisher", "fire alarm", "extinguisher"),
)
"""Names of what is checked, folded: "bình chữa cháy" is no fire."""
# How many of them, not where: "nhà 5 (2 bình)", "3 nhà".
_COUNTED = frozenset(fold("bình cái chiếc nút chuông người tháng ngày tuần").split())
_NUMBERED = frozenset({"nha", "so", "ho", "house", "houses", "number", "no"})
_BETWEEN = frozenset({"tu", "den", "toi", "to"})
_MOST_BESIDES = 2  # words: "nhà 5 bà Lan"
_LONGEST_PROBLEM = 6  # words
_DIGITS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}


def _without_equipment(folded: str) -> str:
    """A folded text without the names of what is checked."""
    for thing in EQUIPMENT:
        folded = folded.replace(thing, "")
    return folded


def houses_said(typed: str) -> Mark:
    """The houses that somebody means: `5, 9`, `nha 5 va 9`, `5 den 9`, `nhà năm`, `12A`, `7/3`, `ca to`, `bo qua`.

    Raises Refused when no house can be read from it, or when a number may be of something else.
    """
    plain = fold(typed)
    stripped = " ".join(word for word in plain.split() if word not in _FILLERS)
    if plain in _WHOLE or stripped in _WHOLE:
        return Mark(finding=Finding.BAD, whole=True)
    if plain in _SKIP:
        return Mark(finding=Finding.BAD)
    found = _numbers(typed) or _spelled(stripped)
    besides = [
        word
        for word in _without_equipment(stripped).split()
        if word not in _BETWEEN and not any(map(str.isdigit, word))
    ]
    if len(besides) > _MOST_BESIDES and not _spelled(stripped):
        raise Refused("finding.houses")  # that is telling something in which a number occurs
    if _counts(plain):
        raise Refused("finding.houses_counted")
    if not found or len(found) > MOST_HOUSES or any(len(house) > LONGEST_HOUSE for house in found):
        raise Refused("finding.houses")
    return Mark(finding=Finding.BAD, houses=tuple(sorted(dict.fromkeys(found), key=_order)))


def _counts(plain: str) -> bool:
    """Whether a number says how many: "nhà 5 bình" is house 5, "nhà 5 2 bình" has two of them."""
    words = ["", *plain.split(), ""]
    return any(
        number.isdigit()
        and before not in _NUMBERED
        and (after in _COUNTED or (after in ("nha", "ho") and place + 4 == len(words)))
        for place, (before, number, after) in enumerate(zip(words, words[1:], words[2:], strict=False))
    )


def _numbers(typed: str) -> list[str]:
    # "7/3" is one house of an alley: what is folded would have lost its stroke.
    whole = " ".join(fold(part) if not _HOUSE.fullmatch(part) else part for part in _parts(typed))
    found = _HOUSE.findall(whole)
    for first, last in _RANGE.findall(whole):
        found += [str(number) for number in range(int(first), min(int(last), int(first) + MOST_HOUSES) + 1)]
    # "05" is house 5: nobody paints a zero on a door.
    return [re.sub(r"^0+(?=\d)", "", house).upper() for house in found]


def _parts(typed: str) -> list[str]:
    return re.split(r"[^\w/]+", unicodedata.normalize("NFKC", typed).lower())


def _spelled(words: str) -> list[str]:
    """Numbers in words, up to 99: only when every word is one, for "ba" is also a person."""
    tokens = words.split()
    if not tokens or any(token not in {*_DIGITS, "muoi"} for token in tokens):
        return []
    joined = re.sub(r"\bmuoi\b", "10", " ".join(str(_DIGITS.get(token, "muoi")) for token in tokens))
    numbers = [int(number) for number in joined.split()]
    return [str(number) for number in _sums(numbers)]


def _sums(numbers: list[int]) -> list[int]:
    """`10 2` is twelve, `2 10 1` is twenty-one, `5 9` are two houses."""
    total: list[int] = []
    for before, number in pairwise([0, *numbers]):
        if number == 10 and before not in (0, 10):
            total[-1] *= 10
        elif before == 10 and total:
            total[-1] += number
        else:
            total.append(number)
    return total


def _order(house: str) -> tuple[list[int], str]:
    return [int(number) for number in re.findall(r"\d+", house)], house


_SAID = {"het han": "expired", "thieu": "missing", "mat": "missing", "khong co": "missing", "bi chan": "blocked"}
_SAID |= {"vuong": "blocked", "lan chiem": "blocked", "hong": "broken", "hu": "broken", "khong keu": "broken"}
_SAID |= {"expired": "expired", "missing": "missing", "broken": "broken", "blocked": "blocked", "khoa": "blocked"}


_DENIED = re.compile(
    r" (?:khong|ko|chua|chang|gan|sap|not|never)(?: (?:co|bi|he|thay|phai|con|yet))*"
    rf" (?:{'|'.join(said for said in _SAID if not said.startswith('khong'))}|chan|sao|gi|van de) "
)


def problem_said(typed: str) -> Problem:
    """What ails it, from free words: `hỏng rồi`, `het han`.

    Raises Refused when none can be read from them, and when it is denied: `không hỏng`, `chua het han`.
    """
    words = f" {fold(typed)} "
    if _DENIED.search(words):
        raise Refused("finding.problem_denied")
    if len(words.split()) > _LONGEST_PROBLEM:
        raise Refused("finding.problem")
    for said, problem in _SAID.items():
        if f" {said} " in words:
            return Problem(problem)
    raise Refused("finding.problem")
