"""The sample wards of the source documents, as data: units, groups, figures, founding documents; no people, no tips."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import resources
from typing import Any, Literal, Self

from pydantic import BaseModel, NonNegativeInt, model_validator

from domain.places import Place, UnitKind

_PROVINCES = ("ha_tinh", "nghe_an", "ninh_thuan", "quang_binh")
SAMPLE = "sample"
"""The source of what no source names: it is there to try the product with."""


class SampleUnit(Place, frozen=True):
    """A unit with what a sample knows beyond its place."""

    area: str = ""
    """The district or town that it lay in, before there were none."""
    present_code: str | None = None
    """The unit that its area belongs to since 1/7/2025; its name is among the aliases."""
    marks: tuple[Literal["pilot", "registered"], ...] = ()
    """What the source says of it in its province's roll-out."""
    households: NonNegativeInt | None = None
    note: str = ""


class SampleFigure(BaseModel, frozen=True):
    """A figure of a source: a value, or a numerator with its denominator, or unknown with a note that says why."""

    unit: str
    name: str
    """A code; its words are `figure.<name>`."""
    value: int | None = None
    numerator: NonNegativeInt | None = None
    denominator: NonNegativeInt | None = None
    as_of: date
    source: str
    status: Literal["reported", "unknown"]
    note: str = ""

    @model_validator(mode="after")
    def _says_what_it_knows(self) -> Self:
        fraction = self.numerator is not None and self.denominator is not None
        if (self.numerator is None) != (self.denominator is None):
            raise ValueError("a share needs its numerator and its denominator")
        if (self.value is not None or fraction) != (self.status == "reported"):
            raise ValueError("a reported figure has a number, an unknown one has none")
        if self.status == "unknown" and not self.note:
            raise ValueError("an unknown figure says in a note what is not known")
        return self


class SampleDocument(BaseModel, frozen=True):
    """A founding document; number, day and issuer are empty where the source leaves them out."""

    unit: str = ""
    """Whose document; empty: the whole country."""
    number: str = ""
    day: date | None = None
    title: str
    issuer: str = ""
    follows: str = ""
    """The number of the document that asked for this one."""
    source: str
    note: str = ""


class Sample(BaseModel, frozen=True):
    """Everything that `init --sample` loads. Parents stand before their children."""

    units: tuple[SampleUnit, ...]
    figures: tuple[SampleFigure, ...]
    documents: tuple[SampleDocument, ...]

    def of_kind(self, kind: UnitKind) -> tuple[SampleUnit, ...]:
        """The units of one kind, in the order of the files."""
        return tuple(unit for unit in self.units if unit.kind is kind)


def load() -> Sample:
    """Reads and checks the sample files of this package."""
    return Sample(
        units=tuple(unit for name in _PROVINCES for unit in _province(_read(name))),
        figures=tuple(SampleFigure.model_validate(row) for row in _read("figures")["figure"]),
        documents=tuple(SampleDocument.model_validate(row) for row in _read("documents")["document"]),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _province(data: Mapping[str, Any]) -> Iterator[SampleUnit]:
    province = SampleUnit(kind=UnitKind.PROVINCE, **data["province"])
    yield province
    for row in data["ward"]:
        inner = {key: row[key] for key in row if key not in ("units", "others")}
        ward = SampleUnit(kind=UnitKind.WARD, parent=province.code, ward=row["code"], **inner)
        yield ward
        for number, unit in enumerate(row.get("units", ()), start=1):
            yield from _neighbourhood(ward, number, unit)
        for other in row.get("others", ()):
            yield SampleUnit(parent=ward.code, ward=ward.code, valid_from=ward.valid_from, **other)


def _neighbourhood(ward: SampleUnit, number: int, data: Mapping[str, Any]) -> Iterator[SampleUnit]:
    """A unit and its groups, with minted codes: `18115-5` and `18115-5-lg1`."""
    code = f"{ward.code}-{number}"
    common: dict[str, Any] = {"ward": ward.code, "valid_from": ward.valid_from, "source": SAMPLE}
    yield SampleUnit(code=code, name=data["name"], kind=UnitKind.NEIGHBOURHOOD, parent=ward.code, **common)
    for place, (name, households) in enumerate(data["groups"].items(), start=1):
        yield SampleUnit(
            code=f"{code}-lg{place}",
            name=f"Tổ liên gia {name}",
            kind=UnitKind.FIRE_GROUP,
            parent=code,
            households=households,
            **common,
        )
