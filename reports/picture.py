"""Our charts' SVG to PNG, with the font we ship; fonts of the machine are never used, so every machine draws alike.

It draws the two shapes that `reports/svg.py` writes, bars and words, and refuses anything else. Pillow does it in a
third of the time a general SVG library takes (`docs/decisions`). Drawing holds the interpreter's lock, so a running
bot never draws itself: this module is also the child process that draws for it (`reports/painter.py`).
"""

import io
import os
import select
import struct
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from reports import svg as shapes
from reports.fonts import BOLD, REGULAR

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

HEAD = struct.Struct(">BI")
"""Before every message between painter and child: 1 when it is what was asked for, and how many bytes follow."""
IDLE_SECONDS = 60
MOST_PICTURES = 500  # after which the child makes room for a fresh one
_NICE = 5  # answers come before pictures
_INKS = (shapes.INK, shapes.MUTED, shapes.BLUE, shapes.GREY, shapes.VERMILION, shapes.AMBER, shapes.TRACK)
_SHADES = 16  # of an ink towards paper, for the edges of letters
_APART = 10  # how far (of 255) colours of the palette must differ: closer ones are taken for each other


class NotDrawn(Exception):
    """The picture could not be drawn; the summary's text says the same and can go alone."""


def to_png(svg: str) -> bytes:
    """Draws here and now; any thread may call it. Raises NotDrawn for what isn't one of our charts."""
    from xml.etree import ElementTree  # with Pillow 11 MB, that only a drawing process needs

    from PIL import Image, ImageDraw

    try:
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own, written by reports/svg.py
        canvas = Image.new("RGB", (int(root.attrib["width"]), int(root.attrib["height"])))
        draw = ImageDraw.Draw(canvas)
        for shape in root:
            _DRAWN[shape.tag.rpartition("}")[2]](draw, shape)
    except (ElementTree.ParseError, KeyError, ValueError, OSError) as error:
        raise NotDrawn(f"{type(error).__name__}: {error}") from error
    drawn = io.BytesIO()
    # A palette makes the file a third and its compression three times as fast; no colour but paper and inks is there.
    canvas.quantize(palette=_palette(), dither=Image.Dither.NONE).save(drawn, "PNG")
    return drawn.getvalue()


def _bar(draw: "ImageDraw", shape: "Element") -> None:
    x, y, wide, high, corner = (float(shape.get(name, 0)) for name in ("x", "y", "width", "height", "rx"))
    # Pillow's last pixel belongs to the shape.
    edges = (round(x), round(y), max(round(x), round(x + wide) - 1), max(round(y), round(y + high) - 1))
    draw.rounded_rectangle(edges, corner, fill=shape.attrib["fill"])


def _words(draw: "ImageDraw", shape: "Element") -> None:
    at = float(shape.attrib["x"]), float(shape.attrib["y"])
    font = _font(int(shape.attrib["font-size"]), "font-weight" in shape.attrib)
    anchor = "rs" if "text-anchor" in shape.attrib else "ls"
    draw.text(at, shape.text or "", fill=shape.attrib["fill"], font=font, anchor=anchor)


_DRAWN = {"rect": _bar, "text": _words}


@lru_cache(maxsize=64)
def _font(size: int, bold: bool) -> "FreeTypeFont":
    from PIL import ImageFont

    # The basic layout: Vietnamese in NFC needs no shaping, and it takes half the time.
    return ImageFont.truetype(str(BOLD if bold else REGULAR), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1)
def _palette() -> "Image":
    """Paper, every ink exactly, and the shades between them."""
    from PIL import Image, ImageColor

    paper, *inks = (ImageColor.getrgb(colour)[:3] for colour in (shapes.PAPER, *_INKS))
    colours: list[tuple[int, ...]] = [paper, *inks]
    for ink in inks:
        for step in range(1, _SHADES):
            shade = tuple(round(a + (b - a) * step / _SHADES) for a, b in zip(paper, ink, strict=True))
            if all(max(abs(a - b) for a, b in zip(shade, known, strict=True)) >= _APART for known in colours):
                colours.append(shade)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in colours for part in colour])
    return palette


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Draws what is asked, one after the other, until nobody asks for a minute or enough has been drawn."""
    for _ in range(MOST_PICTURES):
        if not select.select([asked], [], [], IDLE_SECONDS)[0]:
            return
        head = asked.read(HEAD.size)
        if len(head) < HEAD.size:
            return
        try:
            good, body = 1, to_png(asked.read(HEAD.unpack(head)[1]).decode())
        except NotDrawn as error:
            good, body = 0, str(error).encode()
        answers.write(HEAD.pack(good, len(body)) + body)
        answers.flush()


if __name__ == "__main__":
    os.nice(_NICE)
    serve(sys.stdin.buffer, sys.stdout.buffer)
