"""Criteria sets and what is said about their criteria: data, as files and rows hold it.

A set is versioned data (`domain.md`, criteria): a new version is a new set with a later `valid_from`, never a changed
one. What nobody has published stays a numbered slot without a text. Acts are only ever added; a later one takes back an
earlier one, so that the past can always be asked.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.indicators import BY_NAME, Measure
from domain.people import Role
from domain.pieces import FileRef
from domain.places import UnitKind

LONGEST_TEXT = 500  # characters of a criterion, a reason, an issuer
MOST_CRITERIA = 200
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,24}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]


class Strict(BaseModel):
    """A part of a file: what it doesn't know is a mistake of whoever wrote it."""

    # Built when it is first needed: a bot that nobody asks for a scorecard stays small.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Owner(StrEnum):
    """Who answers for a set."""

    WARD_OFFICE = "ward_office"
    WARD_POLICE = "ward_police"


class Compare(StrEnum):
    """How a figure meets its threshold."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Span(StrEnum):
    """Over which period, as far as it has gone; months are the official ones (15th to 14th)."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Automatic(Strict):
    """Met by a figure. The threshold is in percent for a share, in seconds for a mean, else a count."""

    by: Literal["automatic"] = "automatic"
    indicator: str
    compare: Compare
    threshold: NonNegativeInt
    span: Span = Span.YEAR

    @model_validator(mode="after")
    def _is_in_the_catalogue(self) -> Self:
        if self.indicator not in BY_NAME:
            raise PydanticCustomError("indicator", "no such indicator")
        if BY_NAME[self.indicator].measure is Measure.SHARE and self.threshold > 100:
            raise PydanticCustomError("percent", "more than all")
        return self


class Attested(Strict):
    """Met by somebody's word. `role` None: whoever answers for the set; it lasts until the year is judged, or less."""

    by: Literal["attested"] = "attested"
    role: Literal[Role.WARD_OFFICE, Role.WARD_CHIEF, Role.DUTY_OFFICER, Role.BEAT_OFFICER] | None = None
    lasts_days: PositiveInt | None = None


class Document(Strict):
    """A document that has to be there, dated in the year that is judged (up to the end of a month of it)."""

    name: Text
    until_month: Annotated[int, Field(ge=1, le=12)] | None = None


class Evidence(Strict):
    """Met when every document is there."""

    by: Literal["evidence"] = "evidence"
    documents: Annotated[tuple[Document, ...], Field(min_length=1, max_length=9)]


How = Annotated[Automatic | Attested | Evidence, Field(discriminator="by")]


class Area(Strict):
    """A group of criteria."""

    code: Code
    name: Text


class Criterion(Strict):
    """One line of a set. Without a text it is a slot that a ward or a province fills in."""

    number: Annotated[int, Field(ge=1, le=MOST_CRITERIA)]
    area: Code | None = None
    text: Text | None = None
    how: How = Attested()


class Issued(Strict):
    """The document that a set stands in; what is not known is empty."""

    number: str = ""
    day: date | None = None
    issuer: str = ""
    title: str = ""


class YearDay(Strict):
    """A day of every year."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=28)] | Literal[29, 30, 31]

    @model_validator(mode="after")
    def _exists_every_year(self) -> Self:
        try:
            date(2023, self.month, self.day)
        except ValueError:
            raise PydanticCustomError("value_error", "no such day") from None
        return self

    def of(self, year: int) -> date:
        """This day of a year."""
        return date(year, self.month, self.day)


OFFICIAL_YEAR = YearDay(month=12, day=15)
"""The official year runs from 15 December to 14 December (`domain.md`, reporting periods)."""


class CriteriaSet(Strict):
    """A published list of criteria, valid for units of one kind."""

    code: Code
    family: Code
    """What it is a version of: of a family the narrowest scope, then the latest version is valid."""
    name: Text
    owner: Owner | None = None
    subject: Literal[UnitKind.WARD, UnitKind.NEIGHBOURHOOD] = UnitKind.WARD
    unit: str | None = None
    """The ward or province whose own set it is; None: the whole country."""
    issued: Issued = Issued()
    valid_from: date | None = None
    valid_to: date | None = None
    year_begins: YearDay = OFFICIAL_YEAR
    due: YearDay | None = None
    """The last day of the decision about a year; it comes after the year's end."""
    areas: tuple[Area, ...] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=MOST_CRITERIA)]
    reported_as: str | None = None
    """The name under which sources report a total of this family."""
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if [criterion.number for criterion in self.criteria] != list(range(1, len(self.criteria) + 1)):
            raise PydanticCustomError("numbers", "numbers don't run from 1")
        codes = {area.code for area in self.areas}
        if len(codes) != len(self.areas) or any(c.area not in codes for c in self.criteria if c.area):
            raise PydanticCustomError("areas", "an area is not declared once")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise PydanticCustomError("days", "ends before it begins")
        return self

    def area(self, code: str | None) -> Area | None:
        """An area by its code."""
        return next((area for area in self.areas if area.code == code), None)


class Fill(Strict):
    """A slot gets its text; the newest counts, that of the ward before that of its province."""

    kind: Literal["fill"] = "fill"
    text: Text
    area: Code | None = None
    how: How | None = None


class Verdict(Strict):
    """Somebody says met or not met, with a reason; up to and including a day."""

    kind: Literal["verdict"] = "verdict"
    met: bool
    reason: Text
    expires: date


class Given(Strict):
    """A document is given as evidence."""

    kind: Literal["given"] = "given"
    document: NonNegativeInt
    """Which of the documents that are asked for, from 0."""
    number: Text
    day: date
    issuer: Text
    file: FileRef | None = None


class Withdrawn(Strict):
    """An earlier act does not count from here on."""

    kind: Literal["withdrawn"] = "withdrawn"
    act: str


What = Annotated[Fill | Verdict | Given | Withdrawn, Field(discriminator="kind")]


class Act(BaseModel, frozen=True, defer_build=True):
    """One row: what was said about a criterion of a unit, by whom and when. Never changed, never deleted."""

    id: str
    seq: int
    at: datetime
    day: date
    unit: str
    """The unit that it is about; a fill of a province is about all its wards."""
    criteria: str
    number: int
    by: str | None = None
    """The contact who did it; None: the operator, from a file."""
    role: Role | None = None
    what: What
