"""The list of a pledge as a workbook (XLSX): typed cells, and totals as formulas that a reader can check."""

from datetime import UTC

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from domain.clocks import local
from reports.cells import COUNT, MOMENT, Sheet, saved
from reports.pledge_list import PledgeList, counted, how
from reports.speech import Speaks

HEADS = ("number", "kind", "party", "signed_by", "signed_at", "version", "how")
FIRST_ROW = 1
_WIDTHS = (6, 20, 40, 30, 18, 8, 16)


def xlsx(one: PledgeList, words: Speaks) -> bytes:
    """The workbook; the same list always gives the same bytes."""
    made = Workbook()
    sheet = Sheet(made.active)
    sheet.sheet.title = words.say("pledge_list.sheet")
    head = words.say("pledge_list.head", title=one.title, ward=one.ward_name, version=one.version, day=one.as_of)
    row = _across(sheet, FIRST_ROW, head, size=14)
    for number, said in enumerate(one.contents, 1):
        row = _across(sheet, row, f"{number}. {said}")
    for said in counted(one, words):
        row = _across(sheet, row, said)
    sheet.heads(row, [words.say(f"pledge_list.{name}") for name in HEADS])
    begin = row + 1
    for number, party in enumerate(one.rows, 1):
        row += 1
        sheet.put(row, 1, number, COUNT)
        sheet.put(row, 2, words.say(f"party_kind.{party.kind.value}"))
        sheet.put(row, 3, party.name)
        sheet.put(row, 4, party.signed_by)
        at = local(party.signed_at) if party.signed_at else None
        sheet.put(row, 5, at and at.replace(second=0, microsecond=0, tzinfo=None), MOMENT)
        sheet.put(row, 6, one.version if party.signed_at else None, COUNT)
        sheet.put(row, 7, how(party, words))
    sheet.put(row + 1, 3, words.say("pledge_list.total"), bold=True)
    if one.rows:
        sheet.formula(row + 1, 5, f"=COUNT(E{begin}:E{row})", one.signed, COUNT, bold=True)
    for place, wide in enumerate(_WIDTHS, 1):
        sheet.sheet.column_dimensions[get_column_letter(place)].width = wide
    sheet.sheet.freeze_panes = sheet.sheet.cell(begin, 1)
    sheet.sheet.print_title_rows = f"{begin - 1}:{begin - 1}"
    page = sheet.sheet.page_setup
    page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight = "landscape", 9, 1, 0
    sheet.sheet.sheet_properties.pageSetUpPr.fitToPage = True
    made.properties.creator = ""
    made.properties.title = head
    made.properties.created = one.made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return saved(made, {"sheet1": sheet}, one.made_at)


def _across(sheet: Sheet, row: int, said: str, size: int = 11) -> int:
    """A line over the whole width; its height grows with its words. Returns the next row."""
    sheet.put(row, 1, said, box=False, bold=size > 11, size=size)
    sheet.sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_WIDTHS))
    sheet.sheet.row_dimensions[row].height = (size + 7) * (1 + len(said) * size // (11 * sum(_WIDTHS)))
    return row + 1
