"""The font of our pictures, Be Vietnam Pro (OFL): where its files are and how wide a text is in it.

SVG doesn't break or shorten a line by itself, so the chart has to know what fits. We read the two tables that tell
it (`cmap` character to glyph, `hmtx` glyph to width), which spares a font library of several megabytes.
"""

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path

import fontpkg_be_vietnam_pro  # type: ignore[import-untyped]

FAMILY: str = fontpkg_be_vietnam_pro.FAMILY
_FOLDER = Path(fontpkg_be_vietnam_pro.ROOT) / "files"
REGULAR = _FOLDER / "BeVietnamPro-Regular.ttf"
BOLD = _FOLDER / "BeVietnamPro-Bold.ttf"
ELLIPSIS = "…"
_BROKEN_WORD = 5


def drawable(text: str) -> str:
    """The text in NFC without what the font can't draw (emoji, control characters); blanks become single spaces."""
    known = _widths(BOLD)
    kept = "".join(
        char if char in known else " " if char.isspace() else "" for char in unicodedata.normalize("NFC", text)
    )
    return " ".join(part for part in kept.split(" ") if part)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text stands, in pixels at that font size; kerning left out (it only narrows)."""
    widths = _widths(BOLD if bold else REGULAR)
    return sum(widths.get(char, 0.0) for char in text) * size


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The drawable text, shortened with … where it would be wider than `room` pixels."""
    text = drawable(text)
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + ELLIPSIS, size, bold=bold) > room:
        text = text[:-1]
    head, _, broken = text.rpartition(" ")
    if head and len(broken) <= _BROKEN_WORD:  # "rác…" reads better than "rác th…"
        text = head
    return text.rstrip(" ,;.-…") + ELLIPSIS


def fitting_size(text: str, room: float, size: int, *, bold: bool = False) -> int:
    """The font size, `size` or smaller, in which the whole text fits: a number must never be cut."""
    return min(size, int(size * room / (width(text, size, bold=bold) or 1)))


@lru_cache(maxsize=2)
def _widths(file: Path) -> dict[str, float]:
    """Width of every character of a TrueType font, in ems."""
    data = file.read_bytes()
    tables = {
        data[at : at + 4].decode("ascii"): struct.unpack(">II", data[at + 8 : at + 16])[0]
        for at in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16)
    }
    (em,) = struct.unpack_from(">H", data, tables["head"] + 18)
    (metrics,) = struct.unpack_from(">H", data, tables["hhea"] + 34)
    advances = struct.unpack_from(f">{metrics * 2}H", data, tables["hmtx"])[::2]
    return {
        chr(code): advances[min(glyph, metrics - 1)] / em
        for code, glyph in _glyphs(data, tables["cmap"]).items()
        if glyph
    }


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """Glyph number of each character of the basic plane (a `cmap` subtable of format 4)."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    offsets = (struct.unpack_from(">I", data, cmap + 8 + 8 * i)[0] for i in range(count))
    table = next(cmap + offset for offset in offsets if struct.unpack_from(">H", data, cmap + offset)[0] == 4)
    segments = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", data, table + 14)
    starts = struct.unpack_from(f">{segments}H", data, table + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", data, table + 16 + 4 * segments)
    ranges_at = table + 16 + 6 * segments
    glyphs: dict[int, int] = {}
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        (offset,) = struct.unpack_from(">H", data, ranges_at + 2 * i)
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", data, ranges_at + 2 * i + offset + 2 * (code - start))
            glyphs[code] = (glyph + deltas[i]) & 0xFFFF if glyph or not offset else 0
    return glyphs
