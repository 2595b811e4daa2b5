"""A period as text, as data and as a picture: short, honest about what is unknown, and never glad of fewer tips."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from domain.indicators import BY_NAME
from domain.report_kinds import ReportKind
from domain.reports import PeriodReport
from domain.spans import previous, review, span_of
from locales import LANGUAGES, words
from reports import fonts, period_chart, periodic, picture
from reports.svg import BLUE, INK, TRACK, WIDTH
from reports.workbook import FACTS
from tests.reports import periods
from tests.reports.test_chart import said, texts

VI = words("vi")
EVERY = pytest.mark.parametrize("made", periods.ALL.values(), ids=periods.ALL)


def test_a_month_reads_on_a_phone() -> None:
    assert periodic.text(periods.month(), {}, VI).splitlines() == [
        "Báo cáo tháng 11/2026, phường Bắc Hồng",
        "🗓 15/10/2026 - 14/11/2026",
        "Tin mới 93. Kỳ trước 90, có thể do tình cờ. Cùng kỳ năm trước 31, tăng rõ.",
        "Kết thúc 31, có giá trị 0. Đang mở 9, quá hạn 1.",
        "Tiếp nhận đúng hạn 93/93 (100,0\u00a0%). Kỳ trước 90/90 (100,0\u00a0%), ngang nhau.",
        "Ý kiến hài lòng 24/31 (77,4\u00a0%). Tin kết thúc có ý kiến 31/31 (100,0\u00a0%).",
        "Kiểm tra 18/20 (90,0\u00a0%), mẫu nhỏ, đúng hạn 16. Kỳ trước 18/20 (90,0\u00a0%), ngang nhau.",
    ]


def test_what_is_not_known_is_said_and_never_written_as_zero() -> None:
    text = periodic.text(periods.nothing(), {}, VI)
    assert "⏳ Kỳ chưa chốt, số đến 08:00 ngày 16/11/2026." in text
    assert "Chỉ rõ 0/91 ngày, ngày chưa rõ không tính là 0." in text
    assert "Tin mới chưa rõ. Kỳ trước chưa rõ. Cùng kỳ năm trước chưa rõ." in text
    data = periodic.as_json(periods.nothing(), {})
    assert set(data["check_ins"].values()) == set(data["tips"].values()) == {None}  # type: ignore[attr-defined]


def test_a_quiet_week_after_a_loud_one_is_no_good_news() -> None:
    text = periodic.text(periods.quiet(), {}, VI)
    assert "Tin mới 0. Kỳ trước 63, giảm rõ." in text
    assert "tốt hơn" not in text
    assert "Ít tin chưa chắc ít việc." in text
    assert "Kiểm tra: trong kỳ không tổ nào đến hạn." in text


def test_two_counts_over_unequal_days_are_said_to_be_compared_by_the_day() -> None:
    span = span_of(ReportKind.WEEKLY, date(2026, 11, 10))
    half = periods.report(span, periods.facts(span, 3, unknown=4), periods.facts(previous(span), 3))
    assert "Tin mới 9. Kỳ trước 21, tính theo ngày: ngang nhau." in periodic.text(half, {}, VI)


def test_an_earlier_period_of_which_days_are_missing_says_how_many_are_known() -> None:
    span = span_of(ReportKind.WEEKLY, date(2026, 11, 10))
    made = periods.report(span, periods.facts(span, 3), periods.facts(previous(span), 3, unknown=4))
    assert "Kỳ trước 9 (rõ 3/7 ngày), tính theo ngày: ngang nhau." in periodic.text(made, {}, VI)


def test_of_a_year_the_period_before_and_last_years_are_one() -> None:
    text = periodic.text(periods.year(), {}, VI)
    assert "Tin mới 165. Năm trước chưa rõ." in text
    assert "Cùng kỳ" not in text


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_period_fits_a_phone_screen(language: str, made: Callable[[], PeriodReport]) -> None:
    text = periodic.text(made(), periods.TEXTS, words(language))
    assert len(text.splitlines()) <= 10
    assert len(text) < 800


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_period_and_every_indicator_has_a_name(language: str) -> None:
    said_of = words(language)
    named = {
        periodic.period(span_of(kind, date(2026, month, 20)), said_of)
        for kind in (ReportKind.WEEKLY, ReportKind.MONTHLY, ReportKind.QUARTERLY, ReportKind.HALF_YEARLY)
        for month in range(1, 12)
    }
    assert len(named) == 11 + 11 + 4 + 2
    assert periodic.period(review(ReportKind.FINAL_REVIEW, date(2022, 7, 1), date(2026, 7, 1)), said_of)
    assert {f"indicator.{name}" for name in BY_NAME} <= set(said_of.sentences)
    assert {f"fact.{name}" for name in FACTS} <= set(said_of.sentences)


def test_the_data_has_the_keys_of_the_contract_and_every_indicator() -> None:
    data: dict[str, Any] = json.loads(json.dumps(periodic.as_json(periods.month(), periods.TEXTS)))
    assert (data["ward"], data["kind"]) == ("18115", "monthly")
    assert (data["from"], data["to"], data["finished"]) == ("2026-10-15", "2026-11-14", True)
    tips = {key: data["tips"][key] for key in ("received", "closed", "valuable", "open", "overdue")}
    assert tips == {"received": 93, "closed": 31, "valuable": 0, "open": 9, "overdue": 1}
    assert data["check_ins"] == {"expected": 20, "received": 18, "on_time": 16}
    lines = {line["name"]: line for line in data["indicators"]}
    assert set(lines) == set(BY_NAME)
    assert lines["tips.opened"]["same_period"]["verdict"] == "risen"
    assert lines["tips.opened"]["same_period"]["better"] is None
    assert lines["check_ins.on_time"]["small"]
    assert lines["check_ins.on_time"]["interval_95"] == pytest.approx([0.584, 0.919], abs=1e-3)
    assert data["texts"]["overdue_reason"] == "Chờ kết quả giám định."


@EVERY
def test_every_period_can_be_drawn(made: Callable[[], PeriodReport]) -> None:
    svg = period_chart.svg(made(), VI)
    assert picture.to_png(svg).startswith(b"\x89PNG")
    assert ("Ô xám: ngày chưa rõ" in said(svg)) == (not made().complete)


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_chart_stands_inside_the_picture(language: str, made: Callable[[], PeriodReport]) -> None:
    endless = made().model_copy(update={"ward_name": "phường Phan Rang - Tháp Chàm mở rộng " * 5})
    for element in texts(period_chart.svg(endless, words(language))):
        size = float(element.get("font-size", "0"))
        wide = fonts.width(element.text or "", size, bold=element.get("font-weight") == "700")
        begin = float(element.get("x", "0")) - (wide if element.get("text-anchor") == "end" else 0)
        assert begin >= 0, element.text
        assert begin + wide <= WIDTH - 50, element.text
        assert size >= 30, element.text


def test_days_become_weeks_and_months_when_there_are_many() -> None:
    shapes = {
        name: (key, len(shown)) for name in periods.ALL for key, shown in [period_chart.columns(periods.ALL[name]())]
    }
    assert shapes == {
        "month": ("by_day", 31),
        "year": ("by_month", 12),
        "nothing": ("by_week", 13),
        "quiet": ("by_day", 7),
        "running": ("by_day", 7),
    }
    assert sum(column.count for column in period_chart.columns(periods.month())[1]) == 93


def shapes(svg: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("rect")]


def columns_drawn(svg: str, fill: str) -> list[int]:
    """At which day of a week a column of this colour stands; the ground is lower than any."""
    found = [bar for bar in shapes(svg) if bar.get("fill") == fill and bar.get("rx") in ("0", "2")]
    days = [(float(bar.attrib["x"]) - 60) / (960 / 7) for bar in found if float(bar.attrib["height"]) > 100]
    return [round(day) for day in days if abs(day - round(day)) < 0.01]


def test_days_to_come_are_blank_and_told_apart_from_those_not_known() -> None:
    svg = period_chart.svg(periods.running(), VI)
    assert (columns_drawn(svg, TRACK), columns_drawn(svg, BLUE)) == ([0], [1, 2, 3])
    assert {"Ô xám: ngày chưa rõ", "Để trống: ngày chưa tới"} <= set(said(svg))
    grounds = {bar.get("fill"): float(bar.attrib["width"]) for bar in shapes(svg) if bar.get("height") == "3"}
    assert grounds == {INK: pytest.approx(960 * 4 / 7, abs=0.1), TRACK: pytest.approx(960 * 3 / 7, abs=0.1)}
    [*_, last] = period_chart.columns(periods.running())[1]
    assert (last.ahead, last.known, last.count) == (True, True, 0)


def test_a_period_that_is_over_has_no_days_to_come() -> None:
    assert "Để trống: ngày chưa tới" not in said(period_chart.svg(periods.month(), VI))
