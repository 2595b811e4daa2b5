"""A report of a period: figures of the catalogue, set against earlier periods, with the days behind them.

A snapshot, like a day's summary: once a period is over and was reported, it is never computed again. Unknown is None,
never zero. What an officer writes (`Part`) stands beside the figures and can't touch them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from domain.chance import RARE, counts_alike, shares_apart, wilson
from domain.errors import Refused
from domain.indicators import BY_NAME, Direction, Indicator, Measure, Window
from domain.measures import Measured
from domain.spans import Span
from domain.text import nfc

SMALL = 30
"""A share of fewer than so many is flagged: one case more moves it by more than three points."""
LONGEST_TEXT = 4000
"""Characters of one text of an officer."""


class Part(StrEnum):
    """What an officer writes into a report; the last gives the reason of a figure, never another figure."""

    ADVANTAGES = "advantages"
    DIFFICULTIES = "difficulties"
    NEXT_TASKS = "next_tasks"
    OVERDUE_REASON = "overdue_reason"


class Verdict(StrEnum):
    """What may honestly be said of a difference."""

    UNKNOWN = "unknown"
    NOT_JUDGED = "not_judged"
    """A state or a mean: there is no simple rule of chance for it."""
    SAME = "same"
    CHANCE = "chance"
    RISEN = "risen"
    """More than chance would make it."""
    FALLEN = "fallen"


class Compared(BaseModel, frozen=True):
    """The same indicator over an earlier period, and what the difference says."""

    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    days: int
    known: int
    status: Literal["measured", "unknown"]
    verdict: Verdict
    few: bool = False
    """Whether it is not told because so few people stand behind it."""
    better: bool | None = None
    """Whether a difference beyond chance is for the better; None: none, or nothing can be said. More or fewer tips are
    never better or worse."""


class Line(BaseModel, frozen=True):
    """One indicator of a report."""

    measured: Measured
    before: Compared
    year_ago: Compared | None = None

    @property
    def small(self) -> bool:
        """Whether its share is of so few that it says little."""
        whole = self.measured.denominator
        return _sampled(self.measured) and whole is not None and 0 < whole < SMALL

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies (95 %, Wilson); None where there is no share."""
        one = self.measured
        if not _sampled(one) or not _is_share(one):
            return None
        return wilson(one.numerator or 0, one.denominator or 0)

    @property
    def complete(self) -> bool:
        """Whether every day of it is known."""
        return self.measured.known == self.measured.days


class DayRow(BaseModel, frozen=True):
    """One day behind the figures."""

    day: date
    facts: dict[str, int] | None = None
    """None: the day is not known."""


class PeriodReport(BaseModel, frozen=True):
    """One ward's period."""

    ward: str
    ward_name: str
    """As it stands inside a sentence: phường Bắc Hồng."""
    province: str | None = None
    span: Span
    before: Span
    year_ago: Span | None
    made_at: AwareDatetime
    finished: bool
    """Whether the period was over, with all its days counted as far as they ever will be."""
    known: int
    lines: tuple[Line, ...]
    by_kind: dict[str, int]
    by_outcome: dict[str, int]
    rows: tuple[DayRow, ...]

    def line(self, name: str) -> Line | None:
        """An indicator by its name."""
        return next((line for line in self.lines if line.measured.name == name), None)

    def count(self, name: str) -> int | None:
        """A count, or the numerator of a share; None when it is not known."""
        line = self.line(name)
        if line is None or line.measured.status == "unknown":
            return None
        return line.measured.numerator if line.measured.value is None else line.measured.value

    @property
    def complete(self) -> bool:
        """Whether every day is known."""
        return self.known == self.span.days


def compared(indicator: Indicator, now: Measured, then: Measured) -> Compared:
    """An indicator set against an earlier period."""
    verdict = _verdict(indicator, now, then)
    better = None
    if verdict in (Verdict.RISEN, Verdict.FALLEN) and indicator.direction is not Direction.NONE:
        better = (verdict is Verdict.RISEN) == (indicator.direction is Direction.MORE)
    kept = then.model_dump(include={"value", "numerator", "denominator", "days", "known", "status", "few"})
    return Compared(**kept, verdict=verdict, better=better)


def _verdict(indicator: Indicator, now: Measured, then: Measured) -> Verdict:
    if "unknown" in (now.status, then.status):
        return Verdict.UNKNOWN
    if indicator.window is Window.END or indicator.measure is Measure.SECONDS:
        return Verdict.NOT_JUDGED
    if indicator.measure is Measure.SHARE:
        if not (now.denominator and then.denominator):
            return Verdict.UNKNOWN
        if not (_is_share(now) and _is_share(then)):
            return Verdict.NOT_JUDGED
        if _pair(now)[0] * then.denominator == _pair(then)[0] * now.denominator:
            return Verdict.SAME
        low, high = shares_apart(_pair(now), _pair(then))
        return Verdict.RISEN if low > 0 else Verdict.FALLEN if high < 0 else Verdict.CHANCE
    one, two = now.value or 0, then.value or 0
    complete = now.known == now.days and then.known == then.days
    # Months have 28 to 31 days: as many tips in both are called the same, though their rates differ a little.
    if (one == two) if complete else (one * then.known == two * now.known):
        return Verdict.SAME
    if counts_alike(one, two, now.known, then.known) >= RARE:
        return Verdict.CHANCE
    return Verdict.RISEN if one * then.known > two * now.known else Verdict.FALLEN


def _pair(one: Measured) -> tuple[int, int]:
    return one.numerator or 0, one.denominator or 0


def _sampled(one: Measured) -> bool:
    """Whether it is a share of what happened. How things stand is counted out, not drawn: chance has no part in it."""
    known = BY_NAME.get(one.name)
    return one.measure is Measure.SHARE and (known is None or known.window is not Window.END)


def _is_share(one: Measured) -> bool:
    """Whether it is a part of a whole. At the edge of a period it may not be: an alarm of 00:00 for a tip of 23:59."""
    part, whole = _pair(one)
    return 0 <= part <= whole and whole > 0


def cleaned(texts: Mapping[str, str], parts: Iterable[Part] = Part) -> dict[Part, str]:
    """What an officer wrote, by part: NFC, without unprintable signs; an empty text takes a part away.

    Raises Refused for a part that isn't among `parts` and for a text longer than LONGEST_TEXT.
    """
    known = {part.value: part for part in parts}
    found = {}
    for name, text in texts.items():
        if name not in known:
            raise Refused("report.text_unknown", name=name[:40], known=", ".join(known))
        kept = "".join(char for char in nfc(text) if char.isprintable() or char == "\n").strip()
        if len(kept) > LONGEST_TEXT:
            raise Refused("report.text_long", name=name, limit=LONGEST_TEXT)
        found[known[name]] = kept
    return found
