"""The list of a pledge: its text, its parties, who signed which version when. Households are counted, never named.

Whoever exports names of residents has to prove who they are (`promises.md`, staff); until that exists they stay out.
"""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel

from domain.entries import PartyKind
from reports.speech import Speaks


class Row(BaseModel, frozen=True, defer_build=True):
    """A named party; `signed_at` None: it hasn't signed the text as it reads now."""

    kind: PartyKind
    name: str
    signed_by: str = ""
    signed_at: datetime | None = None
    on_paper: bool = False


class PledgeList(BaseModel, frozen=True, defer_build=True):
    """A campaign as of a day."""

    ward_name: str
    """As it stands in a sentence: phường Bắc Hồng."""
    place: str
    province: str | None
    title: str
    version: int
    contents: tuple[str, ...]
    opens: date
    closes: date
    as_of: date
    made_at: datetime
    rows: tuple[Row, ...]
    by_households: bool
    households_signed: int
    households: int | None

    @property
    def signed(self) -> int:
        """Named parties that have signed."""
        return sum(row.signed_at is not None for row in self.rows)

    @property
    def kinds(self) -> dict[PartyKind, tuple[int, int]]:
        """Of each kind of named parties: how many have signed, of how many."""
        found: dict[PartyKind, tuple[int, int]] = {}
        for row in self.rows:
            signed, whole = found.get(row.kind, (0, 0))
            found[row.kind] = signed + (row.signed_at is not None), whole + 1
        return found


def counted(one: PledgeList, words: Speaks) -> list[str]:
    """How many of how many: named parties, and households where they sign."""
    said = [words.say("pledge_list.parties", signed=one.signed, whole=len(one.rows))] if one.rows else []
    if one.by_households and one.households is not None:
        said.append(words.say("pledge_list.households", signed=one.households_signed, whole=one.households))
    elif one.by_households:
        said.append(words.say("pledge_list.households_uncounted", signed=one.households_signed))
    if len(one.kinds) > 1:
        said.append(f"{by_kind(one.kinds, words)}.")
    return said


def by_kind(kinds: Mapping[PartyKind, tuple[int, int]], words: Speaks) -> str:
    """How many of how many of each kind: `Tổ dân phố 3/10, ban, ngành 1/2`."""
    parts = []
    for kind in PartyKind:
        if kind in kinds:
            signed, whole = kinds[kind]
            name = words.say(f"party_kind.{kind.value}")
            parts.append(words.say("pledge_list.of_kind", kind=name, signed=signed, whole=whole))
    return "; ".join(parts)


def how(row: Row, words: Speaks) -> str:
    """How a party signed."""
    key = "unsigned" if row.signed_at is None else "on_paper" if row.on_paper else "by_tap"
    return words.say(f"pledge_list.{key}")


def text(one: PledgeList, words: Speaks) -> str:
    """The list as text."""
    head = words.say("pledge_list.head", title=one.title, ward=one.ward_name, version=one.version, day=one.as_of)
    lines = [head, *(f"{number}. {said}" for number, said in enumerate(one.contents, 1)), *counted(one, words)]
    for row in one.rows:
        if row.signed_at is None:
            lines.append(f"- {row.name}: {how(row, words)}")
        else:
            told = {"name": row.name, "by": row.signed_by, "at": row.signed_at, "how": how(row, words)}
            lines.append(words.say("pledge_list.line", **told))
    return "\n".join(lines)
