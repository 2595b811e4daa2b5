"""A document as people type it: number, date, issuer in one line."""

import re
from datetime import date

from domain.errors import Refused

_DAY = re.compile(
    r"(?:(?:\bngày|\bdated?)\s+)?(?:(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})"
    r"|(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4}))",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^(?:số|no\.?)\s*:?\s+", re.IGNORECASE)
_AFTER = re.compile(r"^(?:của|do|by|of)\s+", re.IGNORECASE)
_LONGEST = 200  # characters of a number, an issuer


def paper_said(typed: str) -> tuple[str, date, str]:
    """Number, day and issuer of a document: what stands before, as, and behind its date. Raises Refused else."""
    text = " ".join(typed.split())
    days = list(_DAY.finditer(text))
    if not days:
        raise Refused("criteria.paper_unclear")
    found = days[-1]  # a number may look like a day
    day, month, year = (int(part) for part in found.groups() if part is not None)
    number = _BEFORE.sub("", text[: found.start()].strip(" ,;"))
    issuer = _AFTER.sub("", text[found.end() :].strip(" ,;"))
    if not number or not issuer or max(len(number), len(issuer)) > _LONGEST:
        raise Refused("criteria.paper_unclear")
    try:
        return number, date(year, month, day), issuer
    except ValueError:
        raise Refused("criteria.paper_unclear") from None
