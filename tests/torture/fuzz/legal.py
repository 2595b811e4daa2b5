"""Any update that the Bot API's table allows."""

import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from simulator.table import Field, Table

DEPTH = 5  # of objects in objects, beyond what is required
WORDS = (
    "",
    "a",
    "1",
    "12",
    "Có cháy ở chợ Vinh",
    "Đạt tất cả",
    "/baotin",
    "/start w_16666",
    "/huy@anphuong_bot x",
    "\u0000",
    "\u202e\u200f\u2066",
    "e\u0301\u0323" * 9,
    "{0} {name} %s %(x)s $x",
    "<b>&amp;</b> *_`[",
    "'; DROP TABLE tips; --",
    "\r\n\t\u2028 ",
    "2026-13-45",
    "http://example.org/?start=w_16666",
)
LONG = ("0" * 4096, "ệ" * 4096, "\U0001f1fb\U0001f1f3" * 2048, "a\u0301" * 2048, " " * 4096)
NUMBERS = (0, 1, 2, 7, 100, 255, 4096, 20_000_000, 21_000_000, 1_790_000_000, 2**31 - 1)
LARGE = (2**31, 2**52, -(10**12))
TAGS = {"Owner": "creator", "Banned": "kicked", "Owned": "owned"}
CHATS = ("private", "group", "supergroup", "channel")
ENTITIES = (
    "bot_command",
    "mention",
    "hashtag",
    "url",
    "bold",
    "text_link",
    "text_mention",
    "custom_emoji",
    "phone_number",
)


class Legal:
    """Makes values of the table's types, a different one each time."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._table = Table.load()

    def update(self, kind: str) -> dict[str, Any]:
        """An update of this kind (a field of `Update`), without its number."""
        return {kind: self.value(self._table.fields("Update")[kind].kinds, DEPTH)}

    def kinds(self) -> list[str]:
        """The kinds of updates that there are."""
        return [name for name in self._table.fields("Update") if name != "update_id"]

    def value(self, kinds: tuple[str, ...], depth: int) -> Any:
        """A value of one of these kinds."""
        kind = self._chance.choice(kinds)
        if kind.startswith("Array of "):
            inner = (kind.removeprefix("Array of "),)
            return [
                self.value(inner, depth - 1) for _ in range(self._chance.choice((0, 1, 1, 2, 3)) if depth > 0 else 1)
            ]
        make = _LEAVES.get(kind)
        return make(self._chance) if make is not None else self.object(kind, depth)

    def object(self, kind: str, depth: int) -> dict[str, Any]:
        """An object of this type (or of one of a union's), with what it must have and some of what it may."""
        names = self._table.concrete(kind)
        name = self._chance.choice(names)
        made = {}
        required, optional = _parted(self._table, name)
        for field, what in required:
            made[field] = self._field(name, field, what, depth)
        if optional and depth > 0:
            most = min(len(optional), 1 + depth)
            for field, what in self._chance.sample(optional, self._chance.randint(0, most)):
                made[field] = self._field(name, field, what, depth)
        return made

    def _field(self, owner: str, field: str, what: Field, depth: int) -> Any:
        if owner == "Chat" and field == "type":
            return self._chance.choice(CHATS)
        if owner == "MessageEntity" and field == "type":
            return self._chance.choice(ENTITIES)
        if field in ("type", "status", "source") and (tag := _tag(owner)) is not None:
            return tag
        if "Integer" in what.kinds and (field == "id" or field.endswith(("_id", "file_size"))):
            return self._chance.choice(NUMBERS + LARGE)
        return self.value(what.kinds, depth - 1)


def words(chance: random.Random) -> str:
    """Something said; now and then as long as Telegram lets it be."""
    return chance.choice(WORDS if chance.random() < 0.99 else LONG)


@cache
def _parted(table: Table, name: str) -> tuple[list[tuple[str, Field]], list[tuple[str, Field]]]:
    fields = list(table.fields(name).items())
    return [one for one in fields if one[1].required], [one for one in fields if not one[1].required]


@cache
def _tag(owner: str) -> str | None:
    """`MessageOriginHiddenUser` says `hidden_user`, `ChatMemberBanned` says `kicked`."""
    words = re.findall(r"[A-Z][a-z0-9]*", owner)
    for first in (
        "Message Origin",
        "Chat Member",
        "Reaction Type",
        "Paid Media",
        "Chat Boost Source",
        "Background Type",
    ):
        begin = first.split()
        if words[: len(begin)] == begin and len(words) > len(begin):
            last = words[len(begin) :]
            return TAGS.get(last[0], "_".join(last).lower())
    return None


_LEAVES: dict[str, Callable[[random.Random], Any]] = {
    "Integer": lambda chance: chance.choice(NUMBERS),
    "Float": lambda chance: chance.choice((0, 0.5, 18.53, 105.7, -90.0, 180.0, 1e-9)),
    "Boolean": lambda chance: chance.random() < 0.5,
    "True": lambda chance: True,
    "String": lambda chance: words(chance),
}
