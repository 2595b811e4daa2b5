"""A ward's day in figures: what its summary, its chart and its report are drawn from.

A snapshot: once it was sent it is never computed again. Unknown is None, never zero.
"""

from datetime import date

from pydantic import AwareDatetime, BaseModel, Field, NonNegativeInt

from domain.clocks import ward_day

_GROUP_PREFIXES = ("Tổ liên gia an toàn PCCC ", "Tổ liên gia ")


class TipFigures(BaseModel, frozen=True):
    """The tips of one ward on one day. These are tips, never people: ten hidden tips may be one person."""

    opened: NonNegativeInt
    """Tips that reached the ward that day."""
    closed: NonNegativeInt
    """Tips closed that day, whenever they came."""
    valuable: NonNegativeInt
    """Tips marked as valuable that day."""
    open: NonNegativeInt
    """Tips not closed at the end of the day."""
    overdue: NonNegativeInt
    """Open tips past a deadline at the end of the day."""
    urgent: NonNegativeInt = 0
    """Urgent ones among `opened`."""
    urgent_received_after: tuple[NonNegativeInt, ...] = ()
    """Seconds until an officer received it, in whole minutes, one for each urgent tip that was received."""
    urgent_waiting: NonNegativeInt = 0
    """Urgent tips that nobody had received by the end of the day."""
    by_kind: dict[str, NonNegativeInt] = Field(default_factory=dict)
    """`opened` by kind; a kind without a tip may be left out."""
    by_state: dict[str, NonNegativeInt] = Field(default_factory=dict)
    """`open` by state, as in the tip's own state machine."""


class CheckInFigures(BaseModel, frozen=True):
    """The check-ins that were due in the period that this day counts."""

    expected: NonNegativeInt
    received: NonNegativeInt
    """On time and late together."""
    on_time: NonNegativeInt
    missing: tuple[str, ...] = ()
    """Names of groups that have not confirmed."""
    unreachable: tuple[str, ...] = ()
    """Names of groups that no reminder reached: nobody joined, or the bot is blocked. Not among `missing`."""


class OverdueTip(BaseModel, frozen=True):
    """One open tip past its deadline."""

    code: str
    seconds: NonNegativeInt
    """How long past."""


class DailySummary(BaseModel, frozen=True):
    """One ward's day."""

    ward: str
    """Code of the ward: 18115."""
    ward_name: str
    """As it stands inside a sentence: phường Bắc Hồng."""
    day: date
    closed_at: AwareDatetime | None = None
    """When the figures were taken, in any zone; None: after the day had ended."""
    tips: TipFigures
    before: TipFigures | None = None
    """The day before; None: unknown, as on the first day."""
    check_ins: CheckInFigures | None = None
    """Those of the day's month. None: unknown. Nothing due is `expected == 0`."""
    check_ins_before: CheckInFigures | None = None
    """Those of the month before, on days on which they are overdue and may still be entered; None on all others."""
    overdue_tips: tuple[OverdueTip, ...] = ()
    """The longest overdue first."""

    @property
    def unfinished(self) -> bool:
        """Whether the day was still running when the figures were taken."""
        return self.closed_at is not None and ward_day(self.closed_at) <= self.day

    @property
    def quiet(self) -> bool:
        """No new tip, nothing overdue, nothing urgent that waits. It doesn't say that all is well."""
        return not (self.tips.opened or self.tips.overdue or self.tips.urgent or self.tips.urgent_waiting)


def short_group(name: str) -> str | None:
    """`Hẻm 12` of `Tổ liên gia Hẻm 12`; None when the name is better left whole.

    `Tổ liên gia 5` stays whole: "tổ 5" would be read as the neighbourhood unit 5.
    """
    for prefix in _GROUP_PREFIXES:
        rest = name.removeprefix(prefix)
        if rest != name:
            return rest if rest and not rest[0].isdigit() else None
    return None


def share_in_tenths(numerator: int, denominator: int) -> int | None:
    """A share in tenths of a percent, rounded half up: 947 for 2412 of 2546; None when there is nothing to share.

    What is not all never rounds to 1000 and what is not nothing never to 0: a single missing household stays visible.
    """
    if denominator == 0:
        return None
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    if tenths == 1000 and numerator < denominator:
        return 999
    return 1 if tenths == 0 and numerator > 0 else tenths
