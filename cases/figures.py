"""Days are counted when they have ended; what is read of them later is their figures, never their events.

Counting is exact and repeatable: the same events give the same numbers, however late and however often they are
counted. A closing remembers how many events its day had; later closings look back and count again what has grown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from cases import inventory
from domain.assets import moments
from domain.clocks import day_bounds, ward_day
from domain.counting import Mark, counted, mark, other_days, tally
from domain.duties import last_day_of, period_of
from domain.events import Event, Happening
from domain.figures import TipState, at_the_end, replay
from domain.indicators import EDITION, FINDINGS_OPEN, PLEDGES_ASKED, PLEDGES_SIGNED, Indicator
from domain.measures import Known, Measured, Period, added, measured, summed
from domain.periods import CUTS, Month, days_between, month_days, month_of
from domain.pledge_figures import parties_at
from storage.figures import ClosedDay, Facts, MonthSum
from storage.unit import Unit

LATE = timedelta(days=7)
"""How far back a closing looks for events that came after their day was closed: clocks set back, a night's last act."""

MONTHS_LEFT = 3
"""How many months before its own a closing looks at after days that nobody closed: nights are caught up for a month."""

_ASKED, _SIGNED = PLEDGES_ASKED.name, PLEDGES_SIGNED.name


async def close(unit: Unit, wards: Sequence[str], day: date) -> None:
    """Counts an ended day of these wards, and again what has grown since it was counted."""
    found = await unit.figures.look_back(wards, days_between(day - LATE, day - timedelta(days=1)), EDITION)
    for older, grown in found.again.items():
        await recount(unit, grown, older)
    await recount(unit, wards, day)
    if found.gaps:
        await _sum_left(unit, wards, day)


async def recount(unit: Unit, wards: Sequence[str], day: date) -> None:
    """Counts an ended day from scratch; checks of an earlier deadline that came in on it are counted there.

    An end of an earlier day that was undone on it counts there no more.
    """
    mended = await _count(unit, wards, day)
    for older in sorted(mended):
        closed = [known.ward for known in await unit.figures.days(mended[older], (older,))]
        await _count(unit, closed, older)


async def sum_month(unit: Unit, wards: Sequence[str], month: Month, cut: int) -> None:
    """A month of wards, from scratch; nothing is kept of a ward of which no day is closed."""
    known = await unit.figures.facts_by_day(wards, days_between(*month_days(month, cut)))
    sums = {ward: MonthSum(len(days), edition, added(days)) for ward, (edition, days) in known.items()}
    await unit.figures.set_months(cut, month, sums)


async def facts_of(unit: Unit, ward: str, day: date, until: datetime) -> Facts:
    """The facts of one ward's day up to a moment of it, or its end."""
    [(facts, _)] = (await _facts(unit, (ward,), day, until)).values()
    return facts


async def open_tips(unit: Unit, wards: Sequence[str], until: datetime) -> dict[str, list[TipState]]:
    """The tips that were open at a moment, by ward, as the events before it tell it.

    Of a tip that has not changed its state since, as nearly every one at midnight, its row still says it; of the
    others the events are replayed.
    """
    moved = await unit.events.moved_wards(wards, until)
    states = await unit.tips.standing([ward for ward in wards if ward not in moved], until)
    if moved:
        states += await unit.tips.standing(sorted(moved), until, some_moved=True)
        states += replay(await unit.events.of_moved_tips(sorted(moved), until), unit.clocks).values()
    found: dict[str, list[TipState]] = {ward: [] for ward in wards}
    for state in states:
        found[state.ward].append(state)
    return found


async def known_days(unit: Unit, ward: str, first: date, last: date) -> Known:
    """What is known of each day of a ward's period: closed days, and today as far as it has gone."""
    today = ward_day(unit.now)
    days = days_between(first, min(last, today - timedelta(days=1)))
    known = {day.day: (day.edition, day.facts) for day in await unit.figures.days((ward,), days)} if days else {}
    if first <= today <= last:
        known[today] = EDITION, await facts_of(unit, ward, today, unit.now)
    return known


async def period(unit: Unit, ward: str, first: date, last: date) -> Period:
    """What is known of a ward's period of any shape, as one."""
    return summed(first, last, await known_days(unit, ward, first, last), ward_day(unit.now))


async def measure(unit: Unit, ward: str, indicators: Iterable[Indicator], first: date, last: date) -> list[Measured]:
    """Indicators of a ward over a period, each with its completeness; unknown is never zero."""
    known = await period(unit, ward, first, last)
    return [measured(indicator, known) for indicator in indicators]


async def _count(unit: Unit, wards: Sequence[str], day: date) -> dict[date, list[str]]:
    """Counts a day, and sums its months if they have ended: some ward has closed their last day, or a later one.

    Returns earlier days that its events count for, with their wards.
    """
    if not wards:
        return {}
    found = await _facts(unit, wards, day, day_bounds(day)[1])
    closed = {ward: ClosedDay(ward, day, EDITION, len(marks), facts) for ward, (facts, marks) in found.items()}
    await unit.figures.set_days(closed.values())
    newest = await unit.figures.newest()
    for cut in CUTS:
        month = month_of(day, cut)
        if month_days(month, cut)[1] <= newest:
            await sum_month(unit, wards, month, cut)
    mended: dict[date, list[str]] = defaultdict(list)
    for ward, (_, marks) in found.items():
        for other in other_days(marks):
            if other < day:
                mended[other].append(ward)
    return mended


async def _facts(unit: Unit, wards: Sequence[str], day: date, until: datetime) -> dict[str, tuple[Facts, list[Mark]]]:
    """By ward: the facts of a day, and its own events as marks."""
    today = await unit.events.marks(wards, day, until)
    standing = await open_tips(unit, wards, until)
    findings = await unit.findings.open_at(wards, until)
    stocks = await inventory.registers(unit, wards, day, until)
    checks = await _checks(unit, wards, day)
    undone = await _undone(unit, wards, day, today)
    pledges = _by_ward(wards, await unit.events.of_pledges(wards, until, day))
    found: dict[str, tuple[Facts, list[Mark]]] = {}
    for ward in wards:
        marks = today[ward]
        if undone[ward]:  # seldom: only then it matters what came when
            events = [*await unit.events.of_day(ward, day, until), *undone[ward]]
            marks = [mark(event) for event in sorted(events, key=lambda event: (event.seq, event.id))]
        facts = counted([*marks, *(mark(event) for event in checks[ward] if event.day != day)], day)
        facts.update(at_the_end(standing[ward], until, unit.clocks))
        if ward in stocks:
            facts.update(moments(stocks[ward]))
        if findings.get(ward):
            facts[FINDINGS_OPEN.name] = findings[ward]
        asked, signed = parties_at(pledges[ward], day)
        facts.update({name: number for name, number in ((_ASKED, asked), (_SIGNED, signed)) if number})
        found[ward] = (facts, today[ward])
    return found


async def _undone(
    unit: Unit, wards: Sequence[str], day: date, today: Mapping[str, Sequence[Mark]]
) -> Mapping[str, list[Event]]:
    """The events of other days that undo ends of this one: ten minutes reach past midnight."""
    closed = Happening.TIP_CLOSED
    ended = {subject for marks in today.values() for subject, told in marks if told.kind is closed}
    events = await unit.events.of_undone(ended) if ended else []
    return _by_ward(wards, [event for event in events if tally(event.kind, event.detail).undoes == day])


async def _checks(unit: Unit, wards: Sequence[str], day: date) -> Mapping[str, list[Event]]:
    """The events of checks that were due by the end of this day."""
    due = period_of(day)
    events = await unit.events.of_checks(wards, due) if last_day_of(due) == day else []
    return _by_ward(wards, [event for event in events if tally(event.kind, event.detail).due == day])


def _by_ward(wards: Sequence[str], events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {ward: [] for ward in wards}
    for event in events:
        found[event.ward].append(event)
    return found


async def _sum_left(unit: Unit, wards: Sequence[str], day: date) -> None:
    """Where days were not closed: sums the months that ended among them, as no closing of their last day has done."""
    for cut in CUTS:
        for back in range(1, MONTHS_LEFT + 1):
            await sum_month(unit, wards, month_of(day, cut).moved(-back), cut)
