"""The ward's book: titles, certificates, documents, commendations, pledges, names of assets; only ever added to.

An entry is never changed and never deleted; a later one takes an earlier one back. So any day can be asked, and what
somebody wrote, when and under which role, stays (decision 22). What sources report as a total is no entry.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints

from domain.roles import Role

LONGEST = 500  # characters of a name, a reason, a content
MOST_COUNTED = 1_000_000  # of one candidate: no ward has a million households
MOST_PARTIES = 500  # of one pledge
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Maybe = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)]
Count = Annotated[PositiveInt, Field(le=MOST_COUNTED)]


class Strict(BaseModel):
    """A part of the book: what it doesn't know is a mistake."""

    # Built when it is first needed: a bot that nobody asks for titles stays small.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Topic(StrEnum):
    """Chapters of the book."""

    TITLE = "title"
    AWARD = "award"
    DOCUMENT = "document"
    PLEDGE = "pledge"
    ASSET = "asset"


class Title(StrEnum):
    """Titles of a year: the "5 safest", and "safe in security and order" (Circular 124/2021/TT-BCA)."""

    SAFEST = "safest"
    SAFE = "safe"


class Level(StrEnum):
    """What holds a title."""

    FAMILY = "family"
    NEIGHBOURHOOD = "neighbourhood"
    SCHOOL = "school"
    AGENCY = "agency"
    WARD = "ward"


class Stage(StrEnum):
    """How far a candidate has come: proposal, community assessment (*bình xét*), decision."""

    PROPOSED = "proposed"
    ASSESSED = "assessed"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


class Honoured(StrEnum):
    """Whom a merit certificate is for."""

    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"


class PartyKind(StrEnum):
    """Who signs a pledge."""

    DEPARTMENT = "department"
    UNION = "union"
    NEIGHBOURHOOD = "neighbourhood"
    TEAM = "team"
    HOUSEHOLD = "household"


class Paper(Strict):
    """A document: its number, day and issuer."""

    number: Text
    day: date
    issuer: Text


class Whole(Strict):
    """How many there are of a level, as somebody states it."""

    kind: Literal["whole"] = "whole"
    count: Count


class Step(Strict):
    """A candidate comes a step further. One candidate may stand for many, such as the families of a unit."""

    kind: Literal["step"] = "step"
    stage: Stage
    name: Text
    unit: str | None = None
    count: Count = 1
    reason: Maybe = ""
    paper: Paper | None = None


class Withdrawn(Strict):
    """An earlier entry does not count from here on."""

    kind: Literal["withdrawn"] = "withdrawn"
    entry: str


class Certificate(Strict):
    """A merit certificate (*giấy khen*) that was given. `proposal`: the entry that proposed it, if one did."""

    kind: Literal["certificate"] = "certificate"
    honoured: Honoured
    name: Text
    year: int
    paper: Paper
    reason: Maybe = ""
    proposal: str | None = None


class Commended(Strict):
    """Somebody proposes a commendation; `ground` names the records that speak for it, `reason` says it in words."""

    kind: Literal["commended"] = "commended"
    honoured: Honoured
    name: Text
    unit: str | None = None
    year: int
    ground: str = ""
    reason: Text


class Declined(Strict):
    """A proposed commendation is not given, and why."""

    kind: Literal["declined"] = "declined"
    proposal: str
    reason: Text


class Founding(Strict):
    """A founding document of the programme; what its source leaves out is empty."""

    kind: Literal["founding"] = "founding"
    title: Text
    number: Maybe = ""
    day: date | None = None
    issuer: Maybe = ""
    follows: Maybe = ""
    source: Text
    note: Maybe = ""


class Party(Strict):
    """One that signs. `unit`: whose leader signs by a tap; without one by a link, or on paper."""

    kind: PartyKind
    name: Text
    unit: str | None = None


class PledgeText(Strict):
    """A campaign's text: the first opens it, each later one is a new version that everybody is asked for again."""

    kind: Literal["text"] = "text"
    version: PositiveInt
    title: Text
    contents: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
    parties: Annotated[tuple[Party, ...], Field(max_length=MOST_PARTIES)] = ()
    households: Count | None = None
    """How many households are asked, as stated; None: households don't sign, or nobody has counted them."""
    by_households: bool = False
    opens: date
    closes: date


class Signed(Strict):
    """A party has signed a version; `on_paper` when somebody else recorded it."""

    kind: Literal["signed"] = "signed"
    version: PositiveInt
    party: str
    on_paper: bool = False


class Named(Strict):
    """What a numbered asset is called. It may say where it hangs, or at whose house: so it stands here, sealed."""

    kind: Literal["named"] = "named"
    name: Text


What = Annotated[
    Whole | Step | Withdrawn | Certificate | Commended | Declined | Founding | PledgeText | Signed | Named,
    Field(discriminator="kind"),
]


class Entry(BaseModel, frozen=True, defer_build=True):
    """One row of the book."""

    id: str
    seq: int
    at: datetime
    day: date
    ward: str
    """The ward or province whose book it is; empty: the whole country."""
    topic: Topic
    subject: str
    """What it belongs to: a round of a title, a campaign, a year."""
    by: str | None = None
    """The contact who wrote it; None: the operator, from a file."""
    role: Role | None = None
    what: What


def standing(entries: list[Entry], as_of: date) -> list[Entry]:
    """Entries that count on a day, oldest first: what was taken back by then is left out."""
    written = [one for one in sorted(entries, key=lambda one: (one.seq, one.id)) if one.day <= as_of]
    gone = {one.what.entry for one in written if isinstance(one.what, Withdrawn)}
    return [one for one in written if one.id not in gone and not isinstance(one.what, Withdrawn)]
