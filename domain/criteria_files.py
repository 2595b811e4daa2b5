"""Criteria sets as people write them down: TOML. A bad file is refused by its first mistake: where, and what."""

import tomllib
from typing import Annotated, Any

from pydantic import Field, ValidationError

from domain.criteria_sets import MOST_CRITERIA, Code, CriteriaSet, Criterion, Fill, How, Strict, Text
from domain.errors import Refused

# What pydantic calls a mistake -> how it is said (`criteria_mistake.*`).
_MISTAKES = {
    **dict.fromkeys(("missing", "extra_forbidden", "indicator", "percent", "numbers", "areas", "days"), ""),
    "enum": "choice",
    "literal_error": "choice",
    "union_tag_invalid": "choice",
    "union_tag_not_found": "missing",
    "string_too_short": "empty",
    "string_too_long": "long",
    "string_pattern_mismatch": "code",
}
# Where to look for a mistake of the whole.
_WHERE = {"numbers": "criterion, number", "areas": "criterion, area", "days": "valid_to"}


class SlotFill(Strict):
    """The text of one slot, and how it is met if not by somebody's word."""

    number: Annotated[int, Field(ge=1, le=MOST_CRITERIA)]
    text: Text
    area: Code | None = None
    how: How | None = None

    def act(self) -> Fill:
        """As it is kept."""
        return Fill(text=self.text, area=self.area, how=self.how)


class FillFile(Strict):
    """Texts for the slots of a set, for a ward or for all wards of a province."""

    fill: Code
    unit: Text
    criterion: Annotated[tuple[SlotFill, ...], Field(min_length=1)]


def parse(text: str) -> CriteriaSet | FillFile:
    """A set, or texts for the slots of one. Raises Refused naming the first bad place and why."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused("criteria.not_toml", reason=str(error)) from None
    shaped = data if "fill" in data else _whole(data)
    try:
        return FillFile.model_validate(shaped) if "fill" in data else CriteriaSet.model_validate(shaped)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        kind = _MISTAKES.get(first["type"])
        mistake = "value" if kind is None else kind or first["type"]
        place = _place(first["loc"], shaped.get("criteria", shaped.get("criterion")))
        raise _bad(place or _WHERE.get(mistake, "-"), mistake) from None


def _bad(place: str, mistake: str) -> Refused:
    return Refused("criteria.bad_file", place=place, mistake=mistake)


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    """A set with every slot: `slots` says how many criteria it has, `criterion` lists those of which more is known."""
    known = {name: value for name, value in data.items() if name not in ("slots", "area", "criterion")}
    listed, slots = data.get("criterion", []), data.get("slots", 0)
    if not isinstance(slots, int) or not 0 <= slots <= MOST_CRITERIA:
        raise _bad("slots", "value")
    if isinstance(listed, list):
        numbers = [_number(one) for one in listed]
        empty = [Criterion(number=number) for number in range(1, slots + 1) if number not in numbers]
        listed = sorted([*listed, *empty], key=_number)
    return {**known, "areas": data.get("area", []), "criteria": listed}


def _number(one: Any) -> int:
    number = one.number if isinstance(one, Criterion) else one.get("number") if isinstance(one, dict) else None
    return number if isinstance(number, int) else 0


def _place(loc: tuple[int | str, ...], listed: Any) -> str:
    """`criterion 3, how, threshold`: criteria by their number, other lists counted as people count."""
    parts: list[str] = []
    for step in loc:
        if isinstance(step, int) and parts and parts[-1] in ("criteria", "criterion"):
            parts[-1] = f"criterion {_number(listed[step]) or step + 1}"
        elif isinstance(step, int):
            parts[-1] = f"{parts[-1]} {step + 1}"
        elif step not in ("automatic", "attested", "evidence"):
            parts.append(str(step))
    return ", ".join(parts)
