"""The summary as text and as data (screen 18; contract: "Tổng hợp ngày dd/mm/yyyy" with the ward's name)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.summary import CheckInFigures, DailySummary, OverdueTip, TipFigures, short_group
from locales import LANGUAGES, words
from reports import daily
from tests.reports import days

VI = words("vi")


def test_a_busy_day_reads_as_screen_18_writes_it() -> None:
    assert daily.text(days.busy(), VI).splitlines() == [
        "Tổng hợp ngày 21/11/2026, phường Bắc Hồng",
        "⚠️ Quá hạn 1: M3RT-8XKP, 2 giờ",
        "⚠️ Chưa kiểm tra: tổ Hẻm 12. Không liên lạc được: tổ Chợ",
        "🔴 Khẩn 1, tiếp nhận trong vòng 15 phút",
        "Mới 7 (hôm trước 5), kết thúc 4, có giá trị 1, đang mở 9",
        "Kiểm tra 18/20 (90,0\u00a0%), đúng hạn 16",
    ]


def test_a_quiet_day_says_so_without_calling_it_peace() -> None:
    lines = daily.text(days.quiet(), VI).splitlines()
    assert lines[1] == "🌿 Không tin mới, không quá hạn. Đang mở 9. Ít tin chưa chắc ít việc."
    assert lines[2] == "Kiểm tra: trong ngày không tổ nào đến hạn"


def test_a_quiet_day_still_names_who_is_missing_and_what_was_closed() -> None:
    day = days.quiet().model_copy(
        update={
            "tips": TipFigures(opened=0, closed=2, valuable=1, open=9, overdue=0),
            "check_ins": CheckInFigures(expected=2, received=1, on_time=1, missing=("Tổ liên gia 5",)),
        }
    )
    text = daily.text(day, VI)
    assert "⚠️ Chưa kiểm tra: Tổ liên gia 5" in text
    assert "Kết thúc 2, có giá trị 1" in text


def test_what_is_not_known_is_never_written_as_zero() -> None:
    day = days.busy().model_copy(update={"before": None, "check_ins": None})
    text = daily.text(day, VI)
    assert "hôm trước chưa rõ" in text
    assert "Kiểm tra: chưa rõ" in text
    data = daily.as_json(day)
    assert data["before"] is None
    assert data["check_ins"] == dict.fromkeys(("expected", "received", "on_time", "missing", "unreachable"))


def test_an_urgent_tip_that_nobody_received_is_said_first_of_the_urgent_ones() -> None:
    text = daily.text(days.endless(), VI)
    assert "🔴 Khẩn 4: 2 chưa ai tiếp nhận; 2 tiếp nhận, chậm nhất sau khoảng 30 phút" in text


def test_an_urgent_tip_still_waiting_from_yesterday_is_no_quiet_day() -> None:
    day = days.quiet().model_copy(
        update={"tips": TipFigures(opened=0, closed=0, valuable=0, open=1, overdue=0, urgent_waiting=1)}
    )
    assert "🔴 Khẩn 1: 1 chưa ai tiếp nhận" in daily.text(day, VI)
    assert "🌿" not in daily.text(day, VI)


def test_an_unfinished_day_says_until_when_it_was_counted() -> None:
    assert "⏳ Số đến 16:30, ngày chưa hết." in daily.text(days.endless(), VI)
    assert daily.as_json(days.endless())["finished"] is False
    assert "⏳" not in daily.text(days.busy(), VI)


def test_a_day_ends_at_the_wards_midnight_not_at_that_of_greenwich() -> None:
    after = days.busy().model_copy(update={"closed_at": datetime(2026, 11, 21, 17, 0, tzinfo=UTC)})
    before = days.busy().model_copy(update={"closed_at": datetime(2026, 11, 21, 16, 59, tzinfo=UTC)})
    assert not after.unfinished
    assert "⏳ Số đến 23:59, ngày chưa hết." in daily.text(before, VI)


def test_long_lists_end_with_how_many_more() -> None:
    text = daily.text(days.endless(), VI)
    assert "và 26 tổ nữa" in text
    assert "và 9 tin nữa" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("day", days.ALL.values(), ids=days.ALL)
def test_every_day_fits_under_a_picture_in_every_language(language: str, day: Callable[[], DailySummary]) -> None:
    text = daily.text(day(), words(language))
    assert len(text.encode("utf-16-le")) // 2 <= daily.CAPTION_CHARS
    assert len(text.splitlines()) <= 12


COUNTS = st.integers(0, 10**9)
NAMES = st.lists(st.text(max_size=200), max_size=30).map(tuple)
TIPS = st.builds(
    TipFigures,
    **dict.fromkeys(("opened", "closed", "valuable", "open", "overdue", "urgent", "urgent_waiting"), COUNTS),
    urgent_received_after=st.lists(COUNTS, max_size=5).map(tuple),
    by_kind=st.just({}),
    by_state=st.just({}),
)
SUMMARIES = st.builds(
    DailySummary,
    ward=st.just("18115"),
    ward_name=st.text(max_size=200),
    day=st.dates(),
    closed_at=st.none() | st.datetimes(timezones=st.just(days.ZONE)),
    tips=TIPS,
    before=st.none() | TIPS,
    check_ins=st.none()
    | st.builds(CheckInFigures, expected=COUNTS, received=COUNTS, on_time=COUNTS, missing=NAMES, unreachable=NAMES),
    overdue_tips=st.lists(st.builds(OverdueTip, code=st.just("M3RT-8XKP"), seconds=COUNTS), max_size=9).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(SUMMARIES)
def test_no_figures_break_the_summary_or_its_limit(summary: DailySummary) -> None:
    text = daily.text(summary, VI)
    assert text.startswith("Tổng hợp ngày ")
    assert len(text.encode("utf-16-le")) // 2 <= daily.CAPTION_CHARS


def test_the_data_has_the_nested_keys_of_the_contract() -> None:
    data: dict[str, Any] = json.loads(json.dumps(daily.as_json(days.busy())))
    assert (data["ward"], data["from"], data["to"]) == ("18115", "2026-11-21", "2026-11-21")
    tips = {key: data["tips"][key] for key in ("received", "closed", "valuable", "open", "overdue")}
    assert tips == {"received": 7, "closed": 4, "valuable": 1, "open": 9, "overdue": 1}
    check_ins = {key: data["check_ins"][key] for key in ("expected", "received", "on_time")}
    assert check_ins == {"expected": 20, "received": 18, "on_time": 16}
    assert data["before"]["received"] == 5


def test_a_fire_group_called_by_a_number_is_not_taken_for_a_neighbourhood_unit() -> None:
    assert short_group("Tổ liên gia Hẻm 12") == "Hẻm 12"
    assert short_group("Tổ liên gia an toàn PCCC Chợ") == "Chợ"
    assert short_group("Tổ liên gia 5") is None
    assert short_group("Tổ dân phố 5") is None


def test_the_words_of_the_summary_are_complete_in_every_language() -> None:
    def own(language: str) -> set[str]:
        return {key for key in words(language).sentences if key.startswith(("summary.", "figure."))}

    assert own("en") == own("vi")
    assert own("vi")
