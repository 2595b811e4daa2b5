"""Updates as nobody should send them: wrong types, missing and doubled fields, strange letters, half a message."""

import json
import random
from typing import Any

STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, 2**64, 10**400, 1e308, "", "\x00", "\ud800", "\udfff\ud800", "\u202e", "x" * 70_000,
    [], {}, [[]], [None], {"id": {}}, {"": ""}, "9" * 5000,
)  # fmt: skip


def damaged(update: dict[str, Any], chance: random.Random) -> bytes:
    """The same update, as JSON, with something wrong in it."""
    raw: Any = {name: inner for name, inner in update.items() if name != "update_id"}
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        raw = _changed(raw, chance)
    if isinstance(raw, dict) and chance.random() < 0.98:
        raw = {"update_id": update["update_id"], **raw}
    text = json.dumps(raw)
    way = chance.random()
    if way < 0.9:
        return text.encode()
    if way < 0.93:
        return text.replace('"date"', '"date": 1, "date"', 1).encode()
    if way < 0.95:
        return (text[:-1] + ',"deep":' + "[" * 3000 + "]" * 3000 + "}").encode()
    if way < 0.97:
        return text[: chance.randint(0, len(text))].encode()
    spoilt = bytearray(text.encode())
    for _ in range(chance.randint(1, 4)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _changed(value: Any, chance: random.Random) -> Any:
    """A copy in which one place, somewhere, is something else or gone."""
    if isinstance(value, dict) and value and chance.random() < 0.93:
        name = chance.choice(list(value))
        if chance.random() < 0.15:
            return {other: inner for other, inner in value.items() if other != name}
        return {**value, name: _changed(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _changed(value[place], chance), *value[place + 1 :]]
    return chance.choice(STRANGE)
