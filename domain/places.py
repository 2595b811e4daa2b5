"""Places: province, ward, neighbourhood unit, groups and assets; keyed by code, never by name."""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from pydantic import BaseModel

from domain.text import fold

LONGEST_NAME = 200  # characters that somebody may type for a name


class UnitKind(StrEnum):
    """Kinds of units (`domain.md`, words); a neighbourhood unit is one thing whatever it is called locally."""

    PROVINCE = "province"
    WARD = "ward"
    NEIGHBOURHOOD = "neighbourhood"
    FIRE_GROUP = "fire_group"
    SECURITY_GROUP = "security_group"
    SELF_MANAGED_GROUP = "self_managed_group"
    SECURITY_TEAM = "security_team"
    SAFE_MARKET = "safe_market"


GROUP_KINDS = (UnitKind.FIRE_GROUP, UnitKind.SECURITY_GROUP, UnitKind.SELF_MANAGED_GROUP, UnitKind.SECURITY_TEAM)
"""Groups of people; the first consists of households that adjoin each other."""


class Place(BaseModel, frozen=True):
    """A unit of the movement. `source` is the document that names it, or "sample"."""

    code: str
    name: str
    kind: UnitKind
    parent: str | None = None
    ward: str | None = None
    aliases: tuple[str, ...] = ()
    valid_from: date
    source: str
    phone: str | None = None
    placeholder: bool = False
    """A numbered slot for a unit that a source counts and doesn't name: not offered to residents."""

    def called(self, wanted: str) -> bool:
        """Whether these folded words, without a kind of unit, are one of its names."""
        return any(wanted == _without_kind(_folded(name)) for name in (self.name, self.code, *self.aliases))

    def contains(self, wanted: str) -> bool:
        """A looser `called`: they are a part of one of its names."""
        return len(wanted) > 2 and any(wanted in _folded(name) for name in (self.name, *self.aliases))

    def named_in(self, wanted: str) -> bool:
        """Whether one of its names, of two words at least, stands in these folded words."""
        sentence = f" {wanted} "
        return any(" " in name and f" {name} " in sentence for name in map(_folded, (self.name, *self.aliases)))


def find_wards(wards: list[Place], typed: str) -> list[Place]:
    """Wards that a person may mean (any case, no diacritics): exact names, names that contain the words, names in them.

    Anybody may type anything here, and a country has thousands of wards: it is folded once, and no further than a name
    is long.
    """
    wanted = _without_kind(fold(typed[:LONGEST_NAME]))
    wards = [ward for ward in wards if not ward.placeholder]
    return (
        [ward for ward in wards if ward.called(wanted)]
        or [ward for ward in wards if ward.contains(wanted)]
        or [ward for ward in wards if len(typed) <= LONGEST_NAME and ward.named_in(wanted)]
    )


@lru_cache(maxsize=20_000)
def _folded(name: str) -> str:
    return fold(name)


def _without_kind(folded: str) -> str:
    for word in ("phuong ", "xa ", "dac khu ", "p "):
        folded = folded.removeprefix(word)
    return folded
