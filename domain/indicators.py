"""The catalogue: what is counted of a ward's day, and the indicators that are made of it.

A **fact** is a counter that may be added up over days, formed from one event alone; a **moment** is how things stood
when a day ended, and is never added up. An **indicator** names facts (and what they are a share of), its unit, the
source of its rule and whether more or less of it is better. *Fewer tips is never better*: a ward that hears little must
not look good. A new indicator is one entry here; when it needs a fact that days closed so far don't have, EDITION grows
and the fact says since which edition it is counted: older days then answer *unknown*, not zero.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.events import Detail, Happening
from domain.places import GROUP_KINDS
from domain.suppression import K
from domain.tips import Rating

EDITION = 2

# Upper bounds in seconds of how long tips waited: a quarter, an hour, the service levels of 4 and 8 hours, a day, three
# days, the 20 days of verification. What waited longer is counted by the whole only. Waits are kept in quarter-hours.
WAITS = (900, 3_600, 14_400, 28_800, 86_400, 259_200, 1_728_000)


class Direction(StrEnum):
    """What is better."""

    MORE = "more_is_better"
    LESS = "less_is_better"
    NONE = "none"


class Measure(StrEnum):
    """In what an indicator is given; a share has a numerator and a denominator."""

    TIPS = "tips"
    CHECK_INS = "check_ins"
    FINDINGS = "findings"
    ASSETS = "assets"
    GROUPS = "groups"
    HOUSEHOLDS = "households"
    SHARE = "share"
    SECONDS = "seconds"


class Window(StrEnum):
    """What a period's value is: the sum of its days, or how things stood at its end."""

    SUM = "sum"
    END = "end"


@dataclass(frozen=True)
class Fact:
    """A counter of a ward's day. `amount` is what one event adds (None: one); by what `by` tells it is also split."""

    name: str
    kind: Happening
    amount: Callable[[Detail], int] | None = None
    by: Callable[[Detail], str | None] | None = None
    since: int = 1


@dataclass(frozen=True)
class Moment:
    """How many there were when a day ended; found by what was open then, not by adding up."""

    name: str
    since: int = 1


def _if(detail: str, wanted: bool = True) -> Callable[[Detail], int]:
    return lambda said: int(said.get(detail) is wanted)


def _sum(detail: str) -> Callable[[Detail], int]:
    return lambda said: int(said.get(detail, 0))


def _by(detail: str) -> Callable[[Detail], str | None]:
    return lambda said: str(said[detail]) if said.get(detail) else None


def _wait(said: Detail) -> str | None:
    at = bisect_left(WAITS, int(said.get("after", 0)))
    return str(WAITS[at]) if at < len(WAITS) else None


def _timed(said: Detail) -> int:
    return int("after" in said)


OPENED = Fact("tips.opened", Happening.TIP_OPENED, by=_by("category"))
OPENED_URGENT = Fact("tips.opened_urgent", Happening.TIP_OPENED, _if("urgent"))
UNOPENED = Fact("tips.unopened_a_minute", Happening.TIP_UNOPENED)
RECEIVED = Fact("tips.received", Happening.TIP_RECEIVED)
RECEIVED_IN_TIME = Fact("tips.received_in_time", Happening.TIP_RECEIVED, _if("in_time"))
RECEIVED_LATE = Fact("tips.received_late", Happening.TIP_RECEIVED, _if("in_time", False))
RECEIVED_WAITED = Fact("tips.received_waited", Happening.TIP_RECEIVED, _timed, by=_wait)
RECEIVED_SECONDS = Fact("tips.received_seconds", Happening.TIP_RECEIVED, _sum("after"))
ASKED = Fact("tips.asked", Happening.TIP_ASKED)
ANSWERED = Fact("tips.answered", Happening.TIP_ANSWERED)
FORWARDED = Fact("tips.forwarded", Happening.TIP_FORWARDED)
VALUABLE = Fact("tips.valuable", Happening.TIP_VALUABLE)
CLOSED = Fact("tips.closed", Happening.TIP_CLOSED, by=_by("outcome"))
CLOSED_IN_TIME = Fact("tips.closed_in_time", Happening.TIP_CLOSED, _if("in_time"))
CLOSED_LATE = Fact("tips.closed_late", Happening.TIP_CLOSED, _if("in_time", False))
CLOSED_SECONDS = Fact("tips.closed_seconds", Happening.TIP_CLOSED, _sum("after"))
RATED = Fact("tips.rated", Happening.TIP_RATED, by=_by("how"), since=2)
CHECKS_EXPECTED = Fact("check_ins.expected", Happening.DUTY_OPENED)
CHECKS_ON_TIME = Fact("check_ins.on_time", Happening.DUTY_SUBMITTED, _if("on_time"))
CHECKS_LATE = Fact("check_ins.late", Happening.DUTY_SUBMITTED, _if("on_time", False))
FOUND = Fact("findings.opened", Happening.FINDING_OPENED, by=_by("item"))
MENDED = Fact("findings.mended", Happening.FINDING_MENDED)
MENDED_IN_TIME = Fact("findings.mended_in_time", Happening.FINDING_MENDED, _if("in_time"))

OPEN = Moment("tips.open")
OVERDUE = Moment("tips.overdue")
URGENT_WAITING = Moment("tips.urgent_waiting")
FINDINGS_OPEN = Moment("findings.open")
PLEDGES_ASKED = Moment("pledges.asked", since=2)
PLEDGES_SIGNED = Moment("pledges.signed", since=2)
GROUPS = Moment("groups.standing", since=2)
GROUPS_COUNTED = Moment("groups.counted", since=2)
HOUSEHOLDS = Moment("households.grouped", since=2)


class Inventory(NamedTuple):
    """The moments of one kind of asset: whether anybody has stated how many there are, and what is known of them."""

    stated: Moment
    total: Moment
    known: Moment
    working: Moment


INVENTORY = {
    kind: Inventory(*(Moment(f"{kind}s.{name}", since=2) for name in ("stated", "total", "known", "working")))
    for kind in ("security_camera", "fire_point", "safe_market")
}


@dataclass(frozen=True)
class Indicator:
    """One line of the catalogue. `of` are added up; `over` is what they are a share (or a mean) of, () for a count.

    `part` is the one value of a split that is meant: `tips.closed` of which the outcome was `resolved`. `least`: of
    fewer than so many a share is not told at all, as it would tell what one person said (decision 25). `ended`: of days
    that have ended only, as a count of the running day tells the same to whoever reads it twice. `stated` has to be
    more than zero, or nobody has said anything and it is unknown. `seen` of `whole` are the things that it is about and
    there are: what nobody has looked at may be either way.
    """

    name: str
    measure: Measure
    of: tuple[Fact | Moment, ...]
    source: str
    over: tuple[Fact | Moment, ...] = ()
    part: str = ""
    direction: Direction = Direction.NONE
    least: int = 1
    ended: bool = False
    stated: Moment | None = None
    seen: Moment | None = None
    whole: Moment | None = None

    @property
    def window(self) -> Window:
        """Whether a period's value is a sum or a state."""
        return Window.END if isinstance(self.of[0], Moment) else Window.SUM

    @property
    def since(self) -> int:
        """The edition from which on it is known."""
        return max(fact.since for fact in (*self.of, *self.over))

    def known_in(self, facts: Mapping[str, int]) -> bool:
        """Whether anybody has stated what it counts; what comes from events alone always is."""
        return self.stated is None or bool(facts.get(self._of_part(self.stated)))

    def numbers(self, facts: Mapping[str, int]) -> tuple[int, int | None]:
        """Numerator and denominator (None: a count) in facts that are known."""
        numerator = sum(facts.get(self._of_part(fact), 0) for fact in self.of)
        return numerator, sum(facts.get(fact.name, 0) for fact in self.over) if self.over else None

    def _of_part(self, fact: Fact | Moment) -> str:
        return f"{fact.name}.{self.part}" if self.part else fact.name


_EVENTS = "domain.md, tips"
_CLOCKS = "domain.md, tips: intake within 8 working hours, urgent within 4; verification within 20 days"
_CHECKS = "domain.md, groups: expected, received, on time; a late entry never counts as on time"
_SOLVED = "domain.md, Kinh Dinh: valuable tips and cases solved thanks to tips are first-class figures"
_RATED = "screens.md, 17: the informant says how satisfied they are, once, of a tip that officers have closed"
_FOUND = "screens.md, 12: what a check found is mended within two weeks"
_PLEDGES = "domain.md, Đức Ninh Đông: a pledge between departments, unions, neighbourhood units and teams"
_STOCK = "domain.md, Kinh Dinh: inventory of models and assets with counts and working state; unseen is unknown"
_UNITS = "domain.md, groups: units that exist; households as somebody counted them"
_MORE, _LESS = Direction.MORE, Direction.LESS


def _stock(kind: str, moments: Inventory) -> tuple[Indicator, ...]:
    """How many there are, of how many the state is known, and the share of these that work."""
    return (
        Indicator(f"{kind}s.total", Measure.ASSETS, (moments.total,), _STOCK, stated=moments.stated),
        Indicator(
            f"{kind}s.known", Measure.SHARE, (moments.known,), _STOCK, over=(moments.total,), stated=moments.stated
        ),
        Indicator(
            f"{kind}s.working",
            Measure.SHARE,
            (moments.working,),
            _STOCK,
            over=(moments.known,),
            direction=_MORE,
            stated=moments.known,
            seen=moments.known,
            whole=moments.total,
        ),
    )


INDICATORS: tuple[Indicator, ...] = (
    Indicator("tips.opened", Measure.TIPS, (OPENED,), _EVENTS),
    Indicator("tips.opened_urgent", Measure.TIPS, (OPENED_URGENT,), _EVENTS),
    Indicator("tips.received", Measure.TIPS, (RECEIVED,), _EVENTS),
    Indicator(
        "tips.received_in_time",
        Measure.SHARE,
        (RECEIVED_IN_TIME,),
        _CLOCKS,
        over=(RECEIVED_IN_TIME, RECEIVED_LATE),
        direction=_MORE,
    ),
    Indicator(
        "tips.received_after", Measure.SECONDS, (RECEIVED_SECONDS,), _CLOCKS, over=(RECEIVED_WAITED,), direction=_LESS
    ),
    Indicator(
        "tips.unopened_a_minute",
        Measure.SHARE,
        (UNOPENED,),
        "promises.md, nobody waits in silence: 60 seconds",
        over=(OPENED_URGENT,),
        direction=_LESS,
    ),
    Indicator("tips.asked", Measure.TIPS, (ASKED,), _EVENTS),
    Indicator("tips.answered", Measure.TIPS, (ANSWERED,), _EVENTS),
    Indicator("tips.forwarded", Measure.TIPS, (FORWARDED,), _EVENTS),
    Indicator("tips.valuable", Measure.TIPS, (VALUABLE,), _SOLVED, direction=_MORE),
    Indicator("tips.closed", Measure.TIPS, (CLOSED,), _EVENTS),
    Indicator("tips.solved", Measure.TIPS, (CLOSED,), _SOLVED, part="resolved", direction=_MORE),
    Indicator(
        "tips.closed_in_time",
        Measure.SHARE,
        (CLOSED_IN_TIME,),
        _CLOCKS,
        over=(CLOSED_IN_TIME, CLOSED_LATE),
        direction=_MORE,
    ),
    Indicator(
        "tips.closed_after",
        Measure.SECONDS,
        (CLOSED_SECONDS,),
        _CLOCKS,
        over=(CLOSED_IN_TIME, CLOSED_LATE),
        direction=_LESS,
    ),
    Indicator(
        "tips.satisfied",
        Measure.SHARE,
        (RATED,),
        _RATED,
        over=(RATED,),
        part=Rating.SATISFIED.value,
        direction=_MORE,
        least=K,
        ended=True,
    ),
    Indicator("tips.rated", Measure.SHARE, (RATED,), _RATED, over=(CLOSED_IN_TIME, CLOSED_LATE), ended=True),
    Indicator("tips.open", Measure.TIPS, (OPEN,), _EVENTS),
    Indicator("tips.overdue", Measure.TIPS, (OVERDUE,), _CLOCKS, direction=_LESS),
    Indicator("tips.urgent_waiting", Measure.TIPS, (URGENT_WAITING,), _CLOCKS, direction=_LESS),
    Indicator("check_ins.expected", Measure.CHECK_INS, (CHECKS_EXPECTED,), _CHECKS),
    Indicator(
        "check_ins.reported",
        Measure.SHARE,
        (CHECKS_ON_TIME, CHECKS_LATE),
        _CHECKS,
        over=(CHECKS_EXPECTED,),
        direction=_MORE,
    ),
    Indicator("check_ins.on_time", Measure.SHARE, (CHECKS_ON_TIME,), _CHECKS, over=(CHECKS_EXPECTED,), direction=_MORE),
    Indicator("findings.opened", Measure.FINDINGS, (FOUND,), _FOUND),
    Indicator("findings.open", Measure.FINDINGS, (FINDINGS_OPEN,), _FOUND),
    Indicator("findings.mended_in_time", Measure.SHARE, (MENDED_IN_TIME,), _FOUND, over=(MENDED,), direction=_MORE),
    Indicator("pledges.signed", Measure.SHARE, (PLEDGES_SIGNED,), _PLEDGES, over=(PLEDGES_ASKED,), direction=_MORE),
    *(Indicator(f"groups.{kind}", Measure.GROUPS, (GROUPS,), _UNITS, part=kind, stated=GROUPS) for kind in GROUP_KINDS),
    Indicator(
        "households.grouped",
        Measure.HOUSEHOLDS,
        (HOUSEHOLDS,),
        _UNITS,
        stated=GROUPS_COUNTED,
        seen=GROUPS_COUNTED,
        whole=GROUPS,
    ),
    Indicator("groups.counted", Measure.SHARE, (GROUPS_COUNTED,), _UNITS, over=(GROUPS,), stated=GROUPS),
    *(line for kind, moments in INVENTORY.items() for line in _stock(kind, moments)),
)
BY_NAME = {indicator.name: indicator for indicator in INDICATORS}

_COUNTED = tuple(
    dict.fromkeys(
        one for line in INDICATORS for one in (*line.of, *line.over, line.stated, line.seen, line.whole) if one
    )
)
FACTS = tuple(one for one in _COUNTED if isinstance(one, Fact))
MOMENTS = tuple(one for one in _COUNTED if isinstance(one, Moment))
