"""From SVG to PNG: the font has every letter, the picture has the size it says, a broken one is refused."""

import asyncio
import io
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from domain.summary import DailySummary
from locales import words
from reports import chart, fonts, picture, svg
from reports.painter import Painter
from tests.reports import days

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"


def children() -> list[int]:
    """The drawing processes that this one has."""
    own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return [int(child) for child in own if b"reports.picture" in Path(f"/proc/{child}/cmdline").read_bytes()]


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


@pytest.mark.parametrize("day", days.ALL.values(), ids=days.ALL)
def test_every_day_becomes_a_picture_for_a_phone(day: Callable[[], DailySummary]) -> None:
    wide, high = size_of(picture.to_png(chart.daily(day(), words("vi"))))
    assert wide == 1080
    assert 900 <= high <= 1440


async def test_a_picture_drawn_apart_is_the_same_picture_whether_its_child_is_fresh_or_not() -> None:
    async with Painter() as painter:
        for day in (*days.ALL.values(), days.busy):
            svg = chart.daily(day(), words("vi"))
            assert await painter.draw(svg) == picture.to_png(svg)


@pytest.mark.parametrize("svg", ["<svg", "<svg width='9' height='9'><circle/></svg>", "<svg/>"])
async def test_what_is_not_a_chart_is_refused_with_a_reason_and_the_next_one_is_drawn(svg: str) -> None:
    with pytest.raises(picture.NotDrawn):
        picture.to_png(svg)
    async with Painter() as painter:
        with pytest.raises(picture.NotDrawn, match=r"\w"):
            await painter.draw(svg)
        assert size_of(await painter.draw(chart.daily(days.busy(), words("vi"))))


async def test_a_picture_that_takes_too_long_is_given_up_and_the_next_one_is_drawn() -> None:
    svg = chart.daily(days.busy(), words("vi"))
    async with Painter() as painter:
        with pytest.raises(picture.NotDrawn, match="within 0 s"):
            await painter.draw(svg, patience=0)
        assert size_of(await painter.draw(svg))


async def test_a_picture_that_nobody_waits_for_any_more_is_not_given_to_the_next() -> None:
    busy, quiet = (chart.daily(day(), words("vi")) for day in (days.busy, days.quiet))
    async with Painter() as painter:
        await painter.draw(quiet)
        drawing = asyncio.create_task(painter.draw(busy))
        await asyncio.sleep(0)
        drawing.cancel()
        await asyncio.gather(drawing, return_exceptions=True)
        assert await painter.draw(quiet) == picture.to_png(quiet)


async def test_a_child_that_has_ended_is_replaced() -> None:
    svg = chart.daily(days.busy(), words("vi"))
    async with Painter() as painter:
        first = await painter.draw(svg)
        [child] = children()
        os.kill(child, signal.SIGKILL)
        assert await painter.draw(svg) == first
        assert children() != [child]
    assert children() == []


async def test_closing_waits_for_no_picture_that_hangs_and_none_is_begun_any_more() -> None:
    svg = chart.daily(days.busy(), words("vi"))
    async with Painter() as painter:
        await painter.draw(svg)
        [child] = children()
        os.kill(child, signal.SIGSTOP)
        drawing = [asyncio.create_task(painter.draw(svg)) for _ in range(2)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await painter.close()
            ended = await asyncio.gather(*drawing, painter.draw(svg), return_exceptions=True)
        assert [type(error) for error in ended] == [picture.NotDrawn] * 3
        assert children() == []


async def test_closing_ends_a_child_that_is_just_being_started() -> None:
    async with Painter() as painter:
        drawing = asyncio.create_task(painter.draw(chart.daily(days.busy(), words("vi"))))
        await asyncio.sleep(0)
        await painter.close()
        with pytest.raises(picture.NotDrawn):
            await drawing
        assert children() == []


def test_a_child_draws_so_many_pictures_and_no_more() -> None:
    svg = b'<svg width="9" height="9"></svg>'
    asked = picture.HEAD.pack(1, len(svg)) + svg
    ended = subprocess.run(
        [sys.executable, "-m", "reports.picture"],
        input=asked * (picture.MOST_PICTURES + 7),
        capture_output=True,
        check=True,
        timeout=60,
    )
    drawn = picture.to_png(svg.decode())
    assert ended.stdout == (picture.HEAD.pack(1, len(drawn)) + drawn) * picture.MOST_PICTURES


async def test_an_event_loop_goes_on_while_a_picture_is_drawn() -> None:
    async with Painter() as painter:
        drawing = asyncio.create_task(painter.draw(chart.daily(days.busy(), words("vi"))))
        turns = 0
        while not drawing.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100
        assert size_of(await drawing)


def test_paper_and_inks_are_exactly_those_of_the_chart() -> None:
    drawn = Image.open(io.BytesIO(picture.to_png(chart.daily(days.busy(), words("vi"))))).convert("RGB")
    assert drawn.getpixel((5, 5)) == ImageColor.getrgb(svg.BLUE)
    assert drawn.getpixel((5, 500)) == ImageColor.getrgb(svg.PAPER)
    colours = {colour for _, colour in drawn.getcolors(256) or ()}
    assert {ImageColor.getrgb(ink) for ink in (svg.INK, svg.MUTED, svg.GREY, svg.VERMILION, svg.AMBER)} <= colours


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
