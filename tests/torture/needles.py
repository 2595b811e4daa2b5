"""How a person may show in a file: an id, a name or a word, in every form in which programs write such things."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

FEW = 3  # persons: a weak form of fewer in one file may be chance


@dataclass(frozen=True)
class Needle:
    """One form of one secret. A `weak` one is so short that it occurs by chance: it counts when several people's do."""

    whose: str
    form: str
    data: bytes
    weak: bool = False


def of_id(whose: str, number: int) -> Iterator[Needle]:
    """A Telegram id: written, as integers of programs and of SQLite (6 bytes, or a varint as a row's key)."""
    yield from of_text(whose, str(number), "id")
    yield Needle(whose, "id hex", format(number, "x").encode())
    yield Needle(whose, "id HEX", format(number, "X").encode())
    for size in (6, 8):
        yield Needle(whose, f"id {size} big", number.to_bytes(size, "big"))
    yield Needle(whose, "id 8 little", number.to_bytes(8, "little"))
    for order in ("big", "little"):
        for core in cores(number.to_bytes(8, "big" if order == "big" else "little")):
            yield Needle(whose, f"id 8 {order} base64", core)
    yield Needle(whose, "id varint", varint(number), weak=True)
    if number < 2**32:
        yield Needle(whose, "id 4 big", number.to_bytes(4, "big"), weak=True)
        yield Needle(whose, "id 4 little", number.to_bytes(4, "little"), weak=True)


def of_text(whose: str, text: str, kind: str) -> Iterator[Needle]:
    """A name or a word."""
    raw = text.encode()
    for spelled in {text, text.lower(), text.upper()}:
        yield Needle(whose, kind, spelled.encode())
    yield Needle(whose, f"{kind} utf-16", text.encode("utf-16-le"))
    yield Needle(whose, f"{kind} hex", raw.hex().encode())
    yield Needle(whose, f"{kind} HEX", raw.hex().upper().encode())
    for core in cores(raw):
        yield Needle(whose, f"{kind} base64", core)


def cores(data: bytes) -> set[bytes]:
    """What base64 of any text that contains `data` must contain: one form for each of the three alignments, twice."""
    found = set()
    for shift, skip in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(shift) + data)
        core = whole[skip : (shift + len(data)) * 8 // 6]
        found |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def varint(number: int) -> bytes:
    """SQLite's variable-length integer, for numbers below 2**56."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))
