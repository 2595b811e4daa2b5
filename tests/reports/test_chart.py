"""The chart: well-formed whatever the names, nothing runs out of the picture, numbers are never cut."""

import re
from xml.etree import ElementTree

import pytest

from domain.summary import DailySummary
from domain.tips import Category
from locales import LANGUAGES, Words, words
from reports import chart, fonts
from reports.svg import WIDTH
from tests.reports import days

VI = words("vi")
DRAWN = [
    pytest.param(day(), words(language), id=f"{name}-{language}")
    for name, day in days.ALL.items()
    for language in LANGUAGES
]


def texts(svg: str) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]


def said(svg: str) -> list[str]:
    return [element.text or "" for element in texts(svg)]


@pytest.mark.parametrize(("day", "spoken"), DRAWN)
def test_every_word_stands_inside_the_picture(day: DailySummary, spoken: Words) -> None:
    for element in texts(chart.daily(day, spoken)):
        size = float(element.get("font-size", "0"))
        wide = fonts.width(element.text or "", size, bold=element.get("font-weight") == "700")
        begin = float(element.get("x", "0")) - (wide if element.get("text-anchor") == "end" else 0)
        assert begin >= 0, element.text
        assert begin + wide <= WIDTH - 50, element.text
        assert size >= 20, element.text


@pytest.mark.parametrize(("day", "spoken"), DRAWN)
def test_words_and_bars_of_one_row_do_not_touch(day: DailySummary, spoken: Words) -> None:
    root = ElementTree.fromstring(chart.daily(day, spoken))
    bars = [element.attrib for element in root.iter() if element.tag.endswith("rect")][2:]  # without paper and header
    for element in texts(chart.daily(day, spoken)):
        size = float(element.get("font-size", "0"))
        wide = fonts.width(element.text or "", size, bold=element.get("font-weight") == "700")
        right = float(element.get("x", "0")) + (0 if element.get("text-anchor") == "end" else wide)
        left, low = right - wide, float(element.get("y", "0"))
        for rect in bars:
            x, y = float(rect["x"]), float(rect["y"])
            apart = right <= x + 0.5 or left >= x + float(rect["width"]) - 0.5
            over = low <= y or low - size * 0.7 >= y + float(rect["height"])
            assert apart or over, element.text


@pytest.mark.parametrize("day", [days.busy(), days.quiet(), days.endless()], ids=["busy", "quiet", "endless"])
def test_a_phone_shows_every_word_in_ten_points_or_more(day: DailySummary) -> None:
    assert min(int(element.get("font-size", "0")) for element in texts(chart.daily(day, VI))) >= 30


def test_numbers_are_written_smaller_rather_than_cut() -> None:
    shown = said(chart.daily(days.huge(), VI))
    assert {"1.234.567", "987.654", "2.345.678", "120.456", "33.209/33.210 (99,9\u00a0%)"} <= {*shown}


def test_a_name_with_markup_is_only_a_name() -> None:
    svg = chart.daily(days.endless(), VI)
    assert "<xã>" not in svg
    assert "<b>" not in svg
    assert not re.search("[\x00-\x08\x0b-\x1f]", svg)


def test_the_most_frequent_kinds_are_named_and_the_rest_is_counted_together() -> None:
    shown = said(chart.daily(days.endless(), VI))
    assert VI.say(f"kind.{Category.OTHER.value}") in shown
    assert "5 loại khác" in shown


def test_a_tip_of_unknown_kind_is_shown_as_unknown() -> None:
    assert "Chưa rõ loại" in said(chart.daily(days.huge(), VI))


def test_a_day_before_that_is_not_known_is_not_drawn_as_zero() -> None:
    shown = said(chart.daily(days.quiet(), VI))
    assert "hôm trước: chưa rõ" in shown
    assert shown.count("0") == 3  # opened, closed, overdue: known zeros


def test_who_is_missing_is_named_and_how_many_more_is_never_cut() -> None:
    shown = said(chart.daily(days.endless(), VI))
    assert any(line.startswith("Chưa kiểm tra tháng 11: tổ") and line.endswith("và 28 tổ nữa") for line in shown)
    assert "Chưa kiểm tra tháng 11: tổ Hẻm 12" in said(chart.daily(days.busy(), VI))


@pytest.mark.parametrize("colour", ["INK", "MUTED", "BLUE", "VERMILION"])
def test_words_stand_out_from_their_ground(colour: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 against white (and white against the blue header)."""
    from reports import svg

    channels = [int(getattr(svg, colour)[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5
