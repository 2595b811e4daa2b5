"""A ward's inventory as people write it down in a file (`domain/toml_files.py`)."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.assets import MOST, MOST_HOUSEHOLDS, NUMBERED, AssetKind
from domain.entries import Strict, Text


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


class AssetFile(Strict):
    """What somebody found on a day in a ward."""

    unit: Text
    source: Text
    day: date
    count: Annotated[tuple[Stated, ...], Field(max_length=len(NUMBERED))] = ()
    asset: Annotated[tuple[AssetLine, ...], Field(max_length=2 * MOST)] = ()
    group: Annotated[tuple[GroupLine, ...], Field(max_length=MOST)] = ()
