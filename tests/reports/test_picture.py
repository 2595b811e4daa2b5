"""From SVG to PNG: the font has every letter, the picture has the size it says, a broken one is refused."""

import asyncio
import struct
from collections.abc import Callable

import pytest

from domain.summary import DailySummary
from locales import words
from reports import chart, fonts, picture
from tests.reports import days

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


@pytest.mark.parametrize("day", days.ALL.values(), ids=days.ALL)
def test_every_day_becomes_a_picture_for_a_phone(day: Callable[[], DailySummary]) -> None:
    wide, high = size_of(picture.to_png(chart.daily(day(), words("vi"))))
    assert wide == 1080
    assert 900 <= high <= 1440


async def test_a_picture_drawn_apart_is_the_same_picture() -> None:
    svg = chart.daily(days.busy(), words("vi"))
    assert await picture.to_png_apart(svg) == picture.to_png(svg)


async def test_what_is_not_svg_is_refused_with_a_reason() -> None:
    with pytest.raises(picture.NotDrawn):
        picture.to_png("<svg")
    with pytest.raises(picture.NotDrawn, match=r"\w"):
        await picture.to_png_apart("<svg")


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(picture.NotDrawn, match="within 0 s"):
        await picture.to_png_apart(chart.daily(days.busy(), words("vi")), patience=0)


async def test_an_event_loop_goes_on_while_a_picture_is_drawn() -> None:
    drawing = asyncio.create_task(picture.to_png_apart(chart.daily(days.busy(), words("vi"))))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100
    assert size_of(await drawing)


@pytest.mark.parametrize("bold", [False, True])
def test_the_font_has_every_vietnamese_letter(bold: bool) -> None:
    for letter in LETTERS + LETTERS.upper() + "0123456789%/,.…()“”":
        assert fonts.width(letter, 100, bold=bold) > 0, letter


def test_letters_written_in_two_parts_are_drawn_as_one() -> None:
    assert fonts.drawable("Bă\u0301c Hô\u0300ng") == "Bắc Hồng"


def test_what_the_font_can_not_draw_is_left_out() -> None:
    assert fonts.drawable("⚠️ Tổ\u0007  Chợ 👨‍👩‍👧\n") == "Tổ Chợ"


def test_a_text_that_is_too_long_ends_at_a_word() -> None:
    cut = fonts.fitted("Giao thông, mất trật tự, rác thải", 530, 34)
    assert cut == "Giao thông, mất trật tự, rác…"
    assert fonts.width(cut, 34) <= 530
