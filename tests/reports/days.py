"""Days to draw and to write: a busy one, a quiet one, one with everything too long, one with everything too big."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.summary import CheckInFigures, DailySummary, OverdueTip, TipFigures
from domain.tips import Category

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ENDLESS = "Tổ liên gia an toàn PCCC khu tập thể Nhà máy sợi và dệt kim số 3 mở rộng <b>&\u0007 🔥"


def busy() -> DailySummary:
    """The day of screen 18."""
    return DailySummary(
        ward="18115",
        ward_name="phường Bắc Hồng",
        day=date(2026, 11, 21),
        tips=TipFigures(
            opened=7,
            closed=4,
            valuable=1,
            open=9,
            overdue=1,
            urgent=1,
            urgent_received_after=(0,),
            by_kind={"drugs": 1, "traffic_order_waste": 3, "theft_other_crime": 1, "scam": 1, "fire_explosion": 1},
            by_state={"new": 3, "received": 6},
        ),
        before=TipFigures(opened=5, closed=6, valuable=0, open=6, overdue=0),
        check_ins=CheckInFigures(
            expected=20,
            received=18,
            on_time=16,
            missing=("Tổ liên gia Hẻm 12",),
            unreachable=("Tổ liên gia Chợ",),
        ),
        overdue_tips=(OverdueTip(code="M3RT-8XKP", seconds=2 * 3600 + 59 * 60),),
    )


def quiet() -> DailySummary:
    """Nothing came, nothing is late, nothing was due; what was before isn't known."""
    return DailySummary(
        ward="18115",
        ward_name="phường Bắc Hồng",
        day=date(2026, 11, 22),
        tips=TipFigures(opened=0, closed=0, valuable=0, open=9, overdue=0),
        check_ins=CheckInFigures(expected=0, received=0, on_time=0),
    )


def endless() -> DailySummary:
    """Names and lists far too long, on a day that still runs."""
    return DailySummary(
        ward="22759",
        ward_name="phường " + "Phan Rang - Tháp Chàm mở rộng <xã> & " * 6,
        day=date(2026, 11, 22),
        closed_at=datetime(2026, 11, 22, 16, 30, tzinfo=ZONE),
        tips=TipFigures(
            opened=31,
            closed=2,
            valuable=1,
            open=90,
            overdue=12,
            urgent=4,
            urgent_received_after=(0, 1800),
            urgent_waiting=2,
            by_kind={kind.value: place for place, kind in enumerate(Category)},
        ),
        check_ins=CheckInFigures(
            expected=40, received=8, on_time=8, missing=(ENDLESS,) * 29, unreachable=(ENDLESS,) * 3
        ),
        overdue_tips=tuple(OverdueTip(code=f"M3RT-8XK{i}", seconds=i * 90_000) for i in range(9)),
    )


def huge() -> DailySummary:
    """Numbers that no ward has, as after a flood and a rumour."""
    return DailySummary(
        ward="22759",
        ward_name="phường Kinh Dinh",
        day=date(2026, 11, 22),
        tips=TipFigures(
            opened=1_234_567,
            closed=987_654,
            valuable=12_345,
            open=2_345_678,
            overdue=120_456,
            urgent=40_000,
            urgent_received_after=(900,) * 3,
            urgent_waiting=10,
            by_kind={"fire_explosion": 1_000_000, "other": 200_000, "drugs": 3},
        ),
        before=TipFigures(opened=5, closed=6, valuable=0, open=6, overdue=0),
        check_ins=CheckInFigures(expected=33_210, received=33_209, on_time=30_000, missing=("Tổ liên gia 5",)),
        overdue_tips=(OverdueTip(code="M3RT-8XKP", seconds=40 * 86_400),),
    )


ALL = {"busy": busy, "quiet": quiet, "endless": endless, "huge": huge}
