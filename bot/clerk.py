"""The child process that makes one XLSX or DOCX: its libraries weigh 30 MB that a serving process never needs.

One JSON message on stdin, the file on stdout. Exit code 1: refused, and stdout says why as JSON.
"""

import os
import sys
from pathlib import Path
from typing import Any

import orjson

from domain.errors import Refused
from domain.reports import Part, PeriodReport
from locales import Words, words
from reports import template

REFUSED = 1
_NICE = 5  # answers come before papers


def made(asked: dict[str, Any]) -> bytes:
    """The file that is asked for; official documents are in Vietnamese. Raises Refused for a bad template."""
    vietnamese = words("vi")
    if "board" in asked:
        return _province(asked, vietnamese)
    if "pledge" in asked:
        return _pledge(asked, vietnamese)
    report = PeriodReport.model_validate(asked["report"])
    if asked["form"] == "xlsx":
        from reports import workbook

        return workbook.xlsx(report, vietnamese)
    chosen = template.load(template.find(report.span.kind.value, _folders(asked)))
    from reports import letter

    return letter.docx(report, _texts(asked), chosen, vietnamese)


def _texts(asked: dict[str, Any]) -> dict[Part, str]:
    """What an officer has written."""
    return {Part(name): text for name, text in asked["texts"].items()}


def _folders(asked: dict[str, Any]) -> list[Path]:
    """Where own templates are."""
    return [Path(folder) for folder in asked["folders"]]


def _province(asked: dict[str, Any], vietnamese: Words) -> bytes:
    from domain.provinces import ProvinceBoard

    board = ProvinceBoard.model_validate(asked["board"])
    if asked["form"] == "xlsx":
        from reports import province_sheet

        return province_sheet.xlsx(board, vietnamese)
    from reports import province_letter

    return province_letter.docx(board, _texts(asked), _folders(asked), vietnamese)


def _pledge(asked: dict[str, Any], vietnamese: Words) -> bytes:
    from reports.pledge_list import PledgeList

    listed = PledgeList.model_validate(asked["pledge"])
    if asked["form"] == "xlsx":
        from reports import pledge_sheet

        return pledge_sheet.xlsx(listed, vietnamese)
    from reports import pledge_letter

    return pledge_letter.docx(listed, vietnamese)


def main() -> int:
    """Makes what stdin asks for."""
    os.nice(_NICE)
    try:
        file = made(orjson.loads(sys.stdin.buffer.read()))
    except Refused as refused:
        params = {name: str(value) for name, value in refused.params.items()}
        sys.stdout.buffer.write(orjson.dumps({"code": refused.code, "params": params}))
        return REFUSED
    sys.stdout.buffer.write(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
