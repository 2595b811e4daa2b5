"""The few shapes our charts are made of, as SVG text. Every word is cut to its room and escaped here, nowhere else."""

from html import escape
from importlib import resources
from string import Template

from reports.fonts import FAMILY, fitted, fitting_size, width

WIDTH = 1080
"""Pixels. A phone shows a picture a third as wide, so 32 px reads as an 11 point letter."""

INK = "#17212B"
MUTED = "#52606D"
PAPER = "#FFFFFF"
BLUE = "#0B5C9E"
GREY = "#B4BFCA"
VERMILION = "#B93A0E"
AMBER = "#E69F00"
TRACK = "#D3DBE3"


def text(
    x: float,
    y: float,
    words: str,
    size: int,
    *,
    room: float = WIDTH,
    fill: str = INK,
    bold: bool = False,
    end: bool = False,
) -> str:
    """Words with their baseline at y, no wider than `room`; with `end` they end at x instead of beginning there."""
    shown = escape(fitted(words, room, size, bold=bold))
    weight = ' font-weight="700"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}"{weight}{anchor}>{shown}</text>'


def figure(x: float, y: float, number: str, size: int, *, room: float, fill: str = INK, bold: bool = True) -> str:
    """A number that ends at x; one too wide for its room is written smaller, never cut."""
    size = fitting_size(number, room, size, bold=bold)
    return text(x, y, number, size, room=room + 1, fill=fill, bold=bold, end=True)


def bar(x: float, y: float, long: float, high: float, fill: str, *, rounded: float = 4) -> str:
    """A horizontal bar; nothing at all when it has no length."""
    if long <= 0:
        return ""
    corner = min(rounded, long / 2)
    return f'<rect x="{x:g}" y="{y:g}" width="{long:.1f}" height="{high:g}" rx="{corner:g}" fill="{fill}"/>'


def stripes(x: float, y: float, long: float, high: float, fill: str, *, step: int = 12) -> str:
    """A strip of strokes half as wide as their distance (pixels): it shows no quantity, however one looks at it."""
    return "".join(bar(x + at, y, step / 2, high, fill, rounded=0) for at in range(0, int(long), step))


def length(value: int, largest: int, room: float) -> float:
    """How long the bar of a value is when the largest fills the room; what is not zero stays visible (6 px)."""
    return max(6.0, room * value / largest) if value and largest else 0.0


def swatches(x: float, y: float, entries: list[tuple[str, str]], size: int = 32, gap: float = 36) -> str:
    """A legend in one line: a square of the colour, then its words."""
    parts = []
    for fill, words in entries:
        parts += [
            bar(x, y - size * 0.72, size * 0.8, size * 0.8, fill),
            text(x + size * 1.05, y, words, size, fill=MUTED),
        ]
        x += size * 1.05 + width(words, size) + gap
    return "".join(parts)


def page(body: list[str], height: float) -> str:
    """The whole picture: paper, font and body."""
    template = resources.files(__package__ or "reports").joinpath("page.svg").read_text(encoding="utf-8")
    return Template(template).substitute(
        width=WIDTH, height=f"{height:g}", paper=PAPER, family=FAMILY, body="\n".join(part for part in body if part)
    )
