"""Reporting months and the cut-offs they begin at.

The official month runs from the 15th of the month before to the 14th (`domain.md`, criteria), quarters, half years and
years likewise; sectors differ, so a cut-off is data. A month is named after the calendar month in which it ends: with
cut-off 15, November 2026 is 15/10 to 14/11/2026, and the year 2026 is 15/12/2025 to 14/12/2026.
"""

from datetime import date, timedelta
from typing import NamedTuple

CALENDAR, OFFICIAL = 1, 15
# The cut-offs whose months are kept summed; a period of any other shape is summed from its days when it is asked for.
CUTS = (CALENDAR, OFFICIAL)


class Month(NamedTuple):
    """A reporting month; in order of time."""

    year: int
    number: int
    """1 to 12."""

    def moved(self, months: int) -> "Month":
        """The month so many months later (earlier when negative)."""
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)


def month_of(day: date, cut: int) -> Month:
    """The reporting month of a day, for months that begin on day `cut` (1 to 28)."""
    month = Month(day.year, day.month)
    return month if cut == CALENDAR or day.day < cut else month.moved(1)


def month_days(month: Month, cut: int) -> tuple[date, date]:
    """The first and the last day of a reporting month."""
    begins, after = (month, month.moved(1)) if cut == CALENDAR else (month.moved(-1), month)
    return date(*begins, cut), date(*after, cut) - timedelta(days=1)


def days_between(first: date, last: date) -> list[date]:
    """Every day of a period, both ends included; none when it ends before it begins."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
