"""A province's board as a workbook: a ward a row. Hidden numbers are words in their cells, so nobody adds them up."""

from datetime import UTC, datetime, time

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from domain.provinces import COLUMNS, ProvinceBoard, WardRow
from domain.stages import Stage
from domain.suppression import Cell, Hidden
from reports import province
from reports.cells import COUNT, ROW_HEIGHT, SIGNED, UNKNOWN_FILL, Sheet, saved
from reports.speech import Speaks

FIRST_ROW = 4
_HEADS = ("number", "ward", "stage", "met", "criteria", "since_month", "since_year", "told", "days", *COLUMNS)
_WIDTHS = (5, 22, 13, 8, 8, 9, 9, 8, 8, *(9.5,) * len(COLUMNS))


def xlsx(board: ProvinceBoard, words: Speaks) -> bytes:
    """The workbook; the same board always gives the same bytes."""
    made = Workbook()
    sheet = Sheet(made.active)
    month = {"number": board.month.number, "year": board.month.year}
    title = words.say("province_sheet.title", name=board.name, **month)
    sheet.sheet.title = words.say("paper.figures")
    sheet.put(1, 1, title, box=False, bold=True, size=14)
    stages = {stage.value: board.stages[stage] for stage in Stage}
    sheet.put(2, 1, words.say("province_sheet.under", day=board.as_of, **stages), box=False)
    for row in (1, 2):
        sheet.sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_HEADS))
    sheet.heads(FIRST_ROW - 1, [words.say(f"province_sheet.{head}") for head in _HEADS])
    for number, ward in enumerate(board.rows, 1):
        _row(sheet, board, ward, number, words)
    last = FIRST_ROW + len(board.rows)
    for place in range(1, last + 1):
        if place != FIRST_ROW - 1:
            sheet.sheet.row_dimensions[place].height = ROW_HEIGHT
    sheet.put(last, 2, words.say("province_sheet.total"), bold=True)
    for column, name in enumerate(COLUMNS, len(_HEADS) - len(COLUMNS) + 1):
        _count(sheet, last, column, board.month.columns[name].total, words)
    short = province.incomplete(board, words)
    for row, line in enumerate([*([short] if short else []), *province.legend(board, words)], last + 2):
        sheet.put(row, 1, line, box=False, size=10)
        sheet.sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_HEADS))
        sheet.sheet.row_dimensions[row].height = ROW_HEIGHT
    for column, wide in enumerate(_WIDTHS, 1):
        sheet.sheet.column_dimensions[get_column_letter(column)].width = wide
    sheet.sheet.freeze_panes = sheet.sheet.cell(FIRST_ROW, 3)
    sheet.sheet.print_title_rows = f"{FIRST_ROW - 1}:{FIRST_ROW - 1}"
    _printed(sheet)
    midnight = datetime.combine(board.as_of, time(), UTC)
    made.properties.creator = ""
    made.properties.title = title
    made.properties.created = midnight.replace(tzinfo=None)
    return saved(made, {"sheet1": sheet}, midnight)


def _row(sheet: Sheet, board: ProvinceBoard, row: WardRow, number: int, words: Speaks) -> None:
    place = FIRST_ROW + number - 1
    told = "" if row.told is None else f"{row.told.met}/{row.told.total}"
    sheet.put(place, 1, number)
    sheet.put(place, 2, row.name)
    sheet.put(place, 3, words.say(f"roadmap.{row.stage.value}") if row.stage else "")
    _count(sheet, place, 4, row.met, words)
    _count(sheet, place, 5, row.total or None, words)
    for column, since in ((6, row.since_month), (7, row.since_year)):
        sheet.put(place, column, since, SIGNED)
    sheet.put(place, 8, told, across="right")
    sheet.put(place, 9, f"{board.month.days[row.code]}/{board.month.length}", across="right")
    for column, name in enumerate(COLUMNS, len(_HEADS) - len(COLUMNS) + 1):
        _count(sheet, place, column, board.month.columns[name].cells.get(row.code), words)


def _count(sheet: Sheet, row: int, column: int, cell: Cell, words: Speaks) -> None:
    if cell is None:
        sheet.put(row, column, words.say("province.unknown"), across="right", fill=UNKNOWN_FILL)
    elif isinstance(cell, Hidden):
        said = words.say("province.few" if cell is Hidden.FEW else "province.hidden")
        sheet.put(row, column, said, across="right")
    else:
        sheet.put(row, column, cell, COUNT)


def _printed(made: Sheet) -> None:
    """A4 landscape, as wide as the paper, as many pages as it takes."""
    sheet = made.sheet
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, sheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.right.text = "&P/&N"
