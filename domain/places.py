"""Places: province, ward, neighbourhood unit, groups and assets; keyed by code, never by name."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from domain.text import fold


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

    def called(self, typed: str) -> bool:
        """Whether a person who typed this (any case, no diacritics) may mean this unit."""
        wanted = _without_kind(fold(typed))
        return any(wanted == _without_kind(fold(name)) for name in (self.name, self.code, *self.aliases))

    def contains(self, typed: str) -> bool:
        """A looser `called`: the typed words are a part of one of its names."""
        wanted = _without_kind(fold(typed))
        return len(wanted) > 2 and any(wanted in fold(name) for name in (self.name, *self.aliases))


def find_wards(wards: list[Place], typed: str) -> list[Place]:
    """Wards that a person may mean: exact names first, else names that contain what was typed."""
    wards = [ward for ward in wards if not ward.placeholder]
    return [ward for ward in wards if ward.called(typed)] or [ward for ward in wards if ward.contains(typed)]


def _without_kind(folded: str) -> str:
    for word in ("phuong ", "xa ", "dac khu ", "p "):
        folded = folded.removeprefix(word)
    return folded
