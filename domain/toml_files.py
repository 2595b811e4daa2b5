"""Files that people write by hand: TOML, refused by the first mistake: where, and what."""

import tomllib
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from domain.errors import Refused

M = TypeVar("M", bound=BaseModel)
_MISTAKES = {
    "missing": "missing",
    "extra_forbidden": "extra_forbidden",
    "enum": "choice",
    "string_too_long": "long",
    "string_pattern_mismatch": "unit_code",
    "string_too_short": "empty",
    "too_short": "empty",
}


def read(text: str, model: type[M]) -> M:
    """The content of a file. Raises Refused naming the first bad place and why."""
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused("criteria.not_toml", reason=str(error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ", ".join(str(step + 1) if isinstance(step, int) else step for step in first["loc"])
        raise Refused("criteria.bad_file", place=place or "-", mistake=_MISTAKES.get(first["type"], "value")) from None
