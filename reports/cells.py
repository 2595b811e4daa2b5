"""A sheet of a workbook while it is written: typed cells in our looks, formulas that carry their values."""

import io
import re
from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from reports import steady

# The locale of the format makes separators Vietnamese where the program follows it: 2.412 and 94,7 %.
COUNT, SHARE, DATE = "[$-42A]#,##0", "[$-42A]0.0\u00a0%", "dd/mm/yyyy"
SIGNED, SPAN, MOMENT = "[$-42A]+#,##0;-#,##0;0", "[h]:mm", "dd/mm/yyyy hh:mm"
ROW_HEIGHT = 18  # points
HEAD_FILL, UNKNOWN_FILL = PatternFill("solid", fgColor="DDE6EE"), PatternFill("solid", fgColor="E6E6E6")
_HEAD_HEIGHT = 48
_FONT = "Times New Roman"
_EDGE = Side(style="thin", color="808080")
_BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_FORMULA = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)><f>([^<]*)</f><v\s*/?>(?:</v>)?</c>')
Cell = int | float | str | None


class Sheet:
    """A sheet that is being written; it remembers what its formulas come to."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.values: dict[str, Cell] = {}
        self._looks: dict[tuple[object, ...], Any] = {}

    def put(
        self,
        row: int,
        column: int,
        value: Any,
        shape: str = "",
        *,
        box: bool = True,
        bold: bool = False,
        size: int = 11,
        across: str = "",
        fill: PatternFill | None = None,
    ) -> Any:
        """A value in its cell; words stay words whatever they begin with."""
        cell = self.sheet.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"
        across = across or ("left" if isinstance(value, str) else "right")
        look = shape, box, bold, size, across, id(fill)
        if look in self._looks:
            # A year has six thousand cells: styling each anew would take longer than everything else.
            cell._style = copy(self._looks[look])
            return cell
        if shape:
            cell.number_format = shape
        cell.font = Font(name=_FONT, size=size, bold=bold)
        indent = 1 if box and across == "left" else 0
        cell.alignment = Alignment(horizontal=across, vertical="center", wrap_text=True, indent=indent)
        if box:
            cell.border = _BOX
        if fill is not None:
            cell.fill = fill
        self._looks[look] = cell._style
        return cell

    def formula(self, row: int, column: int, text: str, value: Cell, shape: str, *, bold: bool = False) -> None:
        """A formula, with the value that it has now."""
        cell = self.put(row, column, None, shape, bold=bold)
        cell.value = text
        self.values[cell.coordinate] = value

    def heads(self, row: int, texts: list[str]) -> None:
        """A row of headings."""
        for place, text in enumerate(texts, 1):
            self.put(row, place, text, bold=True, across="center", fill=HEAD_FILL)
        self.sheet.row_dimensions[row].height = _HEAD_HEIGHT

    def valued(self, found: re.Match[bytes]) -> bytes:
        """A formula as it stands in the file, with its value."""
        place, style, formula = found.groups()
        value = self.values[place.decode()]
        kind = b' t="str"' if isinstance(value, str) else b""
        return b'<c r="%b"%b%b><f>%b</f><v>%b</v></c>' % (place, style, kind, formula, str(value).encode())


def saved(book: Any, sheets: Mapping[str, Sheet], made_at: datetime) -> bytes:
    """The workbook as a file: formulas with their values, and no moment of saving but the report's own.

    `sheets` by the names that their members have in the file: sheet1, sheet2.
    """
    file = io.BytesIO()
    book.save(file)
    moment = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    core = steady.member(file.getvalue(), "docProps/core.xml")
    replaced = {"docProps/core.xml": steady.modified_at(core, moment)}
    for name, sheet in sheets.items():
        path = f"xl/worksheets/{name}.xml"
        replaced[path] = _FORMULA.sub(sheet.valued, steady.member(file.getvalue(), path))
    return steady.packed(file.getvalue(), replaced)
