"""Open data as files: CSV (UTF-8, a row a ward and month) and JSON, both as `docs/open-data.md` documents them."""

import csv
import io
from importlib import resources
from typing import Any

import orjson

from domain.open_data import NAME, OpenData, OpenRow, number, status
from domain.provinces import COLUMNS
from domain.suppression import K

FIXED = (
    *("period", "from", "to", "level", "province", "ward", "name", "stage", "days", "days_known"),
    *("criteria_set", "criteria_met", "criteria_unmet", "criteria_unknown"),
)
HEADER = (*FIXED, *(f"{name}{ending}" for name in COLUMNS for ending in ("", "_status")))
"""The columns of the CSV file: each figure, and its status beside it."""


def as_csv(data: OpenData) -> bytes:
    """RFC 4180. An empty field is not known or not shown: the status says which."""
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(HEADER)
    for row in data.rows:
        figures = [value for name in COLUMNS for value in (number(row.figures[name]), status(row.figures[name]))]
        out.writerow(["" if value is None else value for value in (*_fixed(row).values(), *figures)])
    return file.getvalue().encode()


def as_json(data: OpenData) -> bytes:
    """One object with a list of rows; valid by `schema()`."""
    whole = {
        "format": NAME,
        "unit": data.unit,
        "from": data.first.isoformat(),
        "to": data.last.isoformat(),
        "smallest_shown": K,
        "rows": [{**_fixed(row), **_figures(row)} for row in data.rows],
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2) + b"\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the JSON file, as it is shipped."""
    text = resources.files(__package__ or "reports").joinpath("open_data.schema.json").read_bytes()
    loaded: dict[str, Any] = orjson.loads(text)
    return loaded


def _figures(row: OpenRow) -> dict[str, Any]:
    return {name: {"value": number(row.figures[name]), "status": status(row.figures[name])} for name in COLUMNS}


def _fixed(row: OpenRow) -> dict[str, Any]:
    values = {
        "period": row.period,
        "from": row.first.isoformat(),
        "to": row.last.isoformat(),
        "level": row.level,
        "province": row.province,
        "ward": row.ward,
        "name": row.name,
        "stage": row.stage.value if row.stage else None,
        "days": row.days,
        "days_known": row.days_known,
        "criteria_set": row.criteria_set,
        "criteria_met": row.criteria_met,
        "criteria_unmet": row.criteria_unmet,
        "criteria_unknown": row.criteria_unknown,
    }
    return {name: values[name] for name in FIXED}
