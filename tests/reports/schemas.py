"""As much of JSON Schema as our own schema uses; an unknown word in it is an error, so nothing goes unchecked."""

import re
from datetime import date
from typing import Any

_KINDS = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
_SAID = {"$schema", "title", "description", "$defs"}


def valid(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None) -> bool:
    """Whether a value is as a schema says."""
    root = root or schema
    return all(_rule(value, word, schema, root) for word in schema if word not in _SAID)


def _rule(value: Any, word: str, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    said = schema[word]
    match word:
        case "$ref":
            return valid(value, root["$defs"][said.rpartition("/")[2]], root)
        case "type":
            kinds = tuple(_KINDS[kind] for kind in ([said] if isinstance(said, str) else said))
            return isinstance(value, kinds) and not isinstance(value, bool)
        case "enum":
            return bool(value in said)
        case "const":
            return bool(value == said)
        case "pattern":
            return not isinstance(value, str) or re.search(said, value) is not None
        case "format":
            assert said == "date"
            return bool(date.fromisoformat(value).isoformat() == value)
        case "minimum":
            return not isinstance(value, int) or bool(value >= said)
        case "not":
            return not valid(value, said, root)
        case "oneOf":
            return sum(valid(value, one, root) for one in said) == 1
        case "required":
            return bool(set(said) <= value.keys())
        case "additionalProperties":
            assert said is False
            return bool(value.keys() <= schema["properties"].keys())
        case "properties":
            return all(valid(value[name], one, root) for name, one in said.items() if name in value)
        case "items":
            return all(valid(one, said, root) for one in value)
    raise AssertionError(f"the schema says {word}, which is not checked")
