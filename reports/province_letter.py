"""A province's board as an official document (DOCX, Decree 30/2020): totals in prose, a ward a row, room for a pen.

Words and order stand in a template, as with a ward's letter (`reports/letter.py`). Hidden numbers are words here too.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from domain.provinces import COLUMNS, ProvinceBoard, WardRow
from domain.reports import Part
from domain.stages import Stage
from domain.suppression import Cell, Hidden
from reports import letter, province
from reports.official import WIDE, listed
from reports.speech import Speaks, number
from reports.template import PROVINCE, Section, Vocabulary, find, load, province_said

_NAMES = (
    *("province", "PROVINCE", "place", "period", "from", "to", "as_of", "year", "wards", "known"),
    *("pilot", "registered", "recognised", "timely", "timely_before", "checks", "checks_before"),
)
_OWN = ("stage", "score", "timely", "checks", "days")
VOCABULARY = Vocabulary(_NAMES, COLUMNS, ("",), (*_OWN, *COLUMNS))
_NUMBER, _WARD = 10, 38  # mm; what is left of the paper is shared by the other columns
_NONE = "–"


def docx(board: ProvinceBoard, texts: Mapping[Part, str], folders: list[Path], words: Speaks) -> bytes:
    """The document; the same board, texts and template always give the same bytes. `folders`: where own templates are.

    Raises Refused for a template that can't be used.
    """
    template = load(find(PROVINCE, folders), VOCABULARY)
    said = _said(board, words)
    sections = [one for one in template.section if not (one.only_if and board.month.columns[one.only_if].total == 0)]
    waiting = None if board.month.ready else province.waiting(board, words)
    warnings = [line for line in (waiting, province.incomplete(board, words)) if line]

    def figures(made: Any, section: Section) -> None:
        heads = [words.say(_head(name)) for name in ("number", "ward", *section.figures)]
        wide = (WIDE - _NUMBER - _WARD) / len(section.figures)
        rows = [_row(board, row, place, section.figures, words) for place, row in enumerate(board.rows, 1)]
        columns = (_NUMBER, _WARD, *(wide,) * len(section.figures))
        listed(made, columns, heads, [_total(board, section.figures, words), *rows], 11, left=(1,))
        letter.legends(made, [words.say("province_letter.legend_score"), *province.legend(board, words)])

    kept = template.model_copy(update={"section": tuple(sections)})
    at = datetime.combine(board.as_of, time(), UTC)
    # The placeholders were checked when the template was read: names only, with nothing behind them.
    return letter.composed(kept, lambda text: text.format_map(said).rstrip(" "), figures, warnings, texts, at)


def _head(name: str) -> str:
    return f"province_sheet.{name}" if name in COLUMNS or name == "days" else f"province_letter.{name}"


def _said(board: ProvinceBoard, words: Speaks) -> dict[str, str]:
    """What a template may name."""
    month, called = board.month, province_said(board.name, words)
    return {
        "province": called,
        "PROVINCE": called.upper().replace(" ", "\u00a0"),  # a letterhead breaks before the name, not in it
        "place": board.name,
        "period": words.say("province_letter.period", number=month.number, year=month.year),
        "from": words.say("paper.date", day=month.first),
        "to": words.say("paper.date", day=month.last),
        "as_of": words.say("paper.date", day=board.as_of),
        "year": str(board.as_of.year),
        "wards": number(len(board.order), words),
        "known": number(province.wards_complete(board), words),
        "timely": province.timely(month, None, words),
        "timely_before": province.timely(board.before, None, words),
        "checks": province.checks(month, None, words),
        "checks_before": province.checks(board.before, None, words),
        **{stage.value: number(board.stages[stage], words) for stage in Stage},
        **{name: _cell(month.columns[name].total, words) for name in COLUMNS},
    }


def _row(board: ProvinceBoard, row: WardRow, place: int, columns: tuple[str, ...], words: Speaks) -> list[str]:
    known, days = board.month.days[row.code], board.month.length
    partly = words.say("province_letter.partly", known=known, days=days) if 0 < known < days else None

    def said(name: str) -> str:
        match name:
            case "stage":
                return words.say(f"province_letter.{row.stage.value}") if row.stage else _NONE
            case "score":
                return _score(row, words)
            case "days":
                return f"{known}/{days}"
            case "timely":
                return partly or province.share(province.timely_of(board.month, row.code), province.SHORT, words)
            case "checks":
                return partly or province.share(province.checks_of(board.month, row.code), province.SHORT, words)
            case _:
                return _cell(board.month.columns[name].cells.get(row.code), words)

    return [str(place), row.name, *map(said, columns)]


def _score(row: WardRow, words: Speaks) -> str:
    """In few letters, so that a ward is a line."""
    if row.met is None:
        told = row.told
        return (
            words.say("province.told_short", met=told.met, total=told.total) if told else words.say("province.unknown")
        )
    if row.since_year is None:
        return words.say("province.score", met=row.met, total=row.total)
    since = province.change(row.since_year)
    return words.say("province_letter.score_since", met=row.met, total=row.total, change=since)


def _total(board: ProvinceBoard, columns: tuple[str, ...], words: Speaks) -> list[str]:
    """Above its wards, as it is what is read first."""

    def said(name: str) -> str:
        match name:
            case "timely":
                return province.timely(board.month, None, words)
            case "checks":
                return province.checks(board.month, None, words)
            case "stage" | "score" | "days":
                return _NONE
            case _:
                return _cell(board.month.columns[name].total, words)

    return [_NONE, words.say("province_letter.total"), *map(said, columns)]


def _cell(cell: Cell, words: Speaks) -> str:
    if cell is None:
        return words.say("province.unknown")
    if isinstance(cell, Hidden):
        return words.say("province.few" if cell is Hidden.FEW else "province.hidden")
    return number(cell, words)
