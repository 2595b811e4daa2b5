"""Provinces to draw and to write: every kind of ward side by side, as many as the largest province has."""

from datetime import date

from domain.periods import OFFICIAL, Month, month_days
from domain.provinces import COLUMNS, MonthTable, ProvinceBoard, Told, WardRow
from domain.stages import Stage
from domain.suppression import guarded

MONTH = Month(2026, 10)
STAGES = (None, *Stage)


def facts(place: int) -> dict[str, int] | None:
    """A ward's month: nothing, many, few, none in time; every seventh is not known."""
    if place % 7 == 6:
        return None
    tips, late = (0, 0, 40, 60, 3)[place % 5], (0, 0, 2, 9, 0)[place % 5]
    checks = {"check_ins.expected": 20, "check_ins.on_time": 17 - place % 3, "check_ins.late": 3 if place % 4 else 0}
    return {"tips.received_in_time": tips, "tips.received_late": late, "tips.valuable": place % 6, **checks}


def table(wards: int, month: Month = MONTH) -> MonthTable:
    """An official month of so many wards, hidden as it leaves them."""
    first, last = month_days(month, OFFICIAL)
    length = (last - first).days + 1
    known = {f"{place:05}": facts(place) for place in range(wards)}
    columns = {
        name: guarded({ward: None if own is None else column.count(own) for ward, own in known.items()}, name)
        for name, column in COLUMNS.items()
    }
    days = {ward: length if own is not None else 12 * (int(ward) % 2) for ward, own in known.items()}
    return MonthTable(year=month.year, number=month.number, first=first, last=last, days=days, columns=columns)


def ward(place: int, name: str) -> WardRow:
    """A ward whose score is known, told by a source, or not known."""
    row = WardRow(code=f"{place:05}", name=name, stage=STAGES[place % 4], criteria="movement_34", unknown=34)
    if place % 3 == 0:
        known: dict[str, int | None] = {
            "met": 12 + place % 9,
            "unmet": 9,
            "unknown": 13 - place % 9,
            "since_year": (None, 3, -2, 0)[place % 4],
        }
        row = row.model_copy(update=known)
    elif place % 3 == 1:
        row = row.model_copy(update={"told": Told(29, 34, "2023-10-25")})
    return row


def board(wards: int = 130, shown: slice = slice(None), longest: str = "") -> ProvinceBoard:
    """A province; `longest`: a name for its first ward and for itself."""
    names = [longest or "Phường 1", *(f"Phường {place + 1}" for place in range(1, wards))]
    order = tuple((f"{place:05}", name) for place, name in enumerate(names))
    return ProvinceBoard(
        code="40",
        name=longest or "Nghệ An",
        as_of=date(2026, 11, 20),
        order=order,
        rows=tuple(ward(place, name) for place, name in enumerate(names))[shown],
        month=table(wards),
        before=table(wards, MONTH.moved(-1)),
        stages={Stage.PILOT: 2, Stage.REGISTERED: 16, Stage.RECOGNISED: 0},
        sources=("Bài báo 16/3/2023 về tỉnh Nghệ An", "12/QĐ-UBND"),
    )
