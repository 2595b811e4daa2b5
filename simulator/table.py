"""Holds every parameter of every call against the Bot API table: known, present, of the right type, in depth."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

CUT = Path(__file__).with_name("bot_api.json")
_WHOLE = re.compile(r"-?[0-9]{1,19}\Z")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
_PLAIN: dict[str, Callable[[Any], bool]] = {
    "Integer": lambda value: type(value) is int,
    "Float": lambda value: type(value) in (int, float),
    "Boolean": lambda value: type(value) is bool,
    "String": lambda value: type(value) is str,
}


class Field(NamedTuple):
    """A parameter or a field: what it may be, and whether it must be there."""

    kinds: tuple[str, ...]
    required: bool

    @classmethod
    def parse(cls, text: str) -> Field:
        """Reads the short notation of `cut_table`."""
        return cls(tuple(text.rstrip("!").split("|")), text.endswith("!"))


class Checked(NamedTuple):
    """Parameters as Python values, and everything that is wrong with them."""

    params: dict[str, Any]
    problems: list[str]


class Table:
    """The cut Bot API table."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.methods = {name: _fields(fields) for name, fields in raw["methods"].items()}
        self._types = {name: _fields(fields) for name, fields in raw["types"].items() if isinstance(fields, dict)}
        self._unions = {name: kinds for name, kinds in raw["types"].items() if isinstance(kinds, list)}

    @classmethod
    def load(cls, path: Path = CUT) -> Table:
        """Reads a table written by `cut_table`."""
        return cls(orjson.loads(path.read_bytes()))

    def check(self, method: str, given: Mapping[str, Any], files: Collection[str] = (), *, textual: bool) -> Checked:
        """Converts and checks one call. `textual`: a form or query string, where every value came as text.

        `files` are names of uploaded parts; a parameter that takes a file may be one of them.
        """
        fields = self.methods[method]
        params: dict[str, Any] = {}
        problems: list[str] = []
        for name, value in given.items():
            field = fields.get(name)
            if field is None:
                problems.append(f"unknown parameter {name!r}")
                continue
            if value is None or (textual and value == "" and not field.required):
                continue
            read = _read(value, field.kinds, textual=textual)
            problem = self._fits(read, field.kinds)
            if problem:
                problems.append(f"{name} {problem}")
            else:
                params[name] = read
        problems += [
            f"parameter {name!r} is missing"
            for name, field in fields.items()
            if field.required and name not in given and name not in files
        ]
        return Checked(params, problems)

    def fields(self, kind: str) -> Mapping[str, Field]:
        """The fields of a type that is no union."""
        return self._types[kind]

    def fits(self, value: Any, kind: str) -> str | None:
        """What keeps a JSON value from being a `kind` of the table, or None."""
        return self._fits(value, (kind,))

    def _fits(self, value: Any, kinds: tuple[str, ...]) -> str | None:
        for kind in kinds:
            plain = _PLAIN.get(kind)
            if plain is not None and plain(value):
                return None
        if isinstance(value, list):
            arrays = [kind.removeprefix("Array of ") for kind in kinds if kind.startswith("Array of ")]
            return self._fits_array(value, tuple(arrays)) if arrays else f"must be {_any(kinds)}, not an array"
        if isinstance(value, dict):
            return self._fits_object(value, kinds)
        return f"must be {_any(kinds)}"

    def _fits_array(self, items: list[Any], kinds: tuple[str, ...]) -> str | None:
        for index, item in enumerate(items):
            problem = self._fits(item, kinds)
            if problem:
                return f"[{index}] {problem}"
        return None

    def _fits_object(self, value: dict[str, Any], kinds: tuple[str, ...]) -> str | None:
        names = [name for kind in kinds for name in self.concrete(kind)]
        if not names:
            return f"must be {_any(kinds)}, not an object"
        best = max(names, key=lambda name: self._likeness(value, name))
        fields = self._types[best]
        for name, inner in value.items():
            if name not in fields:
                return f"has an unknown field {name!r} for {best}"
            problem = self._fits(inner, fields[name].kinds)
            if problem:
                return f".{name} {problem}"
        missing = next((name for name, field in fields.items() if field.required and name not in value), None)
        return f"lacks {missing!r} of {best}" if missing else None

    def concrete(self, kind: str) -> list[str]:
        """The types that a union may be; a type itself."""
        if kind in self._unions:
            return [name for part in self._unions[kind] for name in self.concrete(part)]
        return [kind] if kind in self._types else []

    def _likeness(self, value: dict[str, Any], name: str) -> tuple[bool, int, int]:
        fields = self._types[name]
        missing = sum(field.required and key not in value for key, field in fields.items())
        return _says(value.get("type"), name), len(value.keys() & fields.keys()), -missing


def _fields(fields: Mapping[str, str]) -> dict[str, Field]:
    return {name: Field.parse(text) for name, text in fields.items()}


def _says(tag: object, name: str) -> bool:
    """`InputMediaPhoto` is the one whose `type` says `photo`; `BotCommandScopeChat` says `chat`."""
    if not isinstance(tag, str) or not tag:
        return False
    last = re.escape("".join(part.title() for part in tag.split("_")))
    return re.fullmatch(r"[A-Z]\w*?[a-z]" + last, name) is not None


def _read(value: Any, kinds: tuple[str, ...], *, textual: bool) -> Any:
    """A value that came as text, as the type the table wants; unchanged when it can't be read so.

    Objects and arrays may be JSON text in any encoding; numbers and booleans may not inside a JSON body.
    """
    if not isinstance(value, str):
        return value
    for kind in kinds if textual else ():
        if kind == "Integer" and _WHOLE.match(value):
            return int(value)
        if kind == "Float" and _DECIMAL.match(value):
            return float(value)
        if kind == "Boolean" and value in ("true", "false"):
            return value == "true"
    if "String" in kinds or not value.startswith(("{", "[")):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _any(kinds: tuple[str, ...]) -> str:
    return " or ".join(kinds)
