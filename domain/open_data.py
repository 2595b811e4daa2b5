"""What is published of wards. Every number has a status beside it, so that nothing hidden or unknown reads as zero."""

from datetime import date
from typing import Literal

from pydantic import BaseModel

from domain.stages import Stage
from domain.suppression import Cell, Hidden

NAME = "anphuong.wards/1"
"""Name and version of the form; another meaning of a column is another version."""


class OpenRow(BaseModel, frozen=True, defer_build=True):
    """A ward's official month, or that of its province."""

    period: str
    first: date
    last: date
    level: Literal["ward", "province"]
    province: str
    ward: str | None = None
    name: str
    stage: Stage | None = None
    criteria_set: str | None = None
    criteria_met: int | None = None
    criteria_unmet: int | None = None
    criteria_unknown: int | None = None
    days: int
    days_known: int
    figures: dict[str, Cell]


class OpenData(BaseModel, frozen=True, defer_build=True):
    """An export."""

    unit: str
    first: date
    last: date
    rows: tuple[OpenRow, ...]


def status(cell: Cell) -> str:
    """Why a number is there or not: `shown`, `few` (1 to 4), `withheld`, `unknown`."""
    if cell is None:
        return "unknown"
    return cell.value if isinstance(cell, Hidden) else "shown"


def number(cell: Cell) -> int | None:
    """The number, where it may be shown."""
    return cell if isinstance(cell, int) else None
