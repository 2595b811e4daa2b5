"""A ward's inventory as people write it down in a file (`domain/toml_files.py`)."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.assets import MOST, MOST_HOUSEHOLDS, NUMBERED, AssetKind
from domain.entries import Strict, Text
from domain.places import GROUP_KINDS, UnitKind


class Stated(Strict):
    """How many there are of a kind; markets are counted from the ward's units."""

    kind: AssetKind
    count: Annotated[int, Field(ge=0, le=MOST)]

    @model_validator(mode="after")
    def _has_numbers(self) -> Self:
        if self.kind not in NUMBERED:
            raise PydanticCustomError("enum", "counted from units")
        return self


class AssetLine(Strict):
    """One of them: a number, or the code of a unit; its name, and how it was found if somebody has looked."""

    kind: AssetKind
    number: Annotated[int, Field(ge=1, le=MOST)] | None = None
    unit: Text | None = None
    name: Text | None = None
    working: bool | None = None

    @property
    def item(self) -> str:
        """As the rules call it."""
        return str(self.number) if self.kind in NUMBERED else self.unit or ""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.number is None) == (self.kind in NUMBERED) or (self.unit is None) != (self.kind in NUMBERED):
            raise PydanticCustomError("missing", "a number, or a unit")
        if self.name is not None and self.kind not in NUMBERED:
            raise PydanticCustomError("extra_forbidden", "a unit has its name")
        return self


class GroupLine(Strict):
    """How many households are in a group."""

    unit: Text
    households: Annotated[int, Field(ge=1, le=MOST_HOUSEHOLDS)]


class UnitLine(Strict):
    """A group or market that is there from the day of importing on; its code begins with its ward's."""

    code: Annotated[str, StringConstraints(pattern=r"^\d{5}-[a-z0-9-]{1,20}$")]
    kind: UnitKind
    name: Text
    parent: Text | None = None
    """The neighbourhood unit that it is in; None: the ward."""

    @field_validator("kind")
    @classmethod
    def _is_counted_here(cls, kind: UnitKind) -> UnitKind:
        if kind not in (*GROUP_KINDS, UnitKind.SAFE_MARKET):
            raise PydanticCustomError("enum", "no group and no market")
        return kind


class AssetFile(Strict):
    """What somebody found on a day in a ward."""

    unit: Text
    source: Text
    day: date
    count: Annotated[tuple[Stated, ...], Field(max_length=len(NUMBERED))] = ()
    asset: Annotated[tuple[AssetLine, ...], Field(max_length=2 * MOST)] = ()
    place: Annotated[tuple[UnitLine, ...], Field(max_length=MOST)] = ()
    group: Annotated[tuple[GroupLine, ...], Field(max_length=MOST)] = ()
