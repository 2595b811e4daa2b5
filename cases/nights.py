"""The night and the morning of one ward: the day is closed at midnight, its summary leaves at seven."""

import heapq
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cases import figures, people
from domain.clocks import day_bounds, late_in_quarters, local, quarter_hour, ward_day
from domain.duties import GRACE, deadline, period_of
from domain.errors import Refused
from domain.figures import check_in_figures, of_facts
from domain.notices import Lane, Notice
from domain.people import LEADERS, SUMMARY_READERS
from domain.places import Place, UnitKind
from domain.summary import CheckInFigures, DailySummary, OverdueTip, TipFigures
from locales import words
from storage import meta
from storage.unit import Unit
from storage.ward import Snapshot

DAILY = "daily"
LISTED_OVERDUE = 10


async def close_day(unit: Unit, ward: str, day: date) -> None:
    """The figures of a ward's day, from its events; closing a day again gives the same numbers.

    A day that still runs has no figures yet: they are counted once it has ended.
    """
    await close_days(unit, (ward,), day)


async def close_days(unit: Unit, wards: Sequence[str], day: date) -> None:
    """The same of several wards."""
    if ward_day(unit.now) > day:
        await figures.close(unit, wards, day)


async def summary(unit: Unit, ward: str, day: date) -> DailySummary:
    """The ward's day as it was sent, if it was; else as its records tell it now. Raises Refused for a day to come."""
    return await find_sent(unit, ward, day) or await _drawn_up(unit, ward, day)


async def find_sent(unit: Unit, ward: str, day: date) -> DailySummary | None:
    """The summary of a day as it was frozen; None when it was not."""
    frozen = await unit.snapshots.find(ward, DAILY, day.isoformat())
    return None if frozen is None else DailySummary.model_validate_json(frozen)


async def send_summary(unit: Unit, ward: str, day: date) -> DailySummary:
    """Freezes the day's summary and sends it to the ward chief and the duty officers."""
    made = await summary(unit, ward, day)
    period = day.isoformat() if not made.unfinished else f"{day.isoformat()}/unfinished"
    body = made.model_dump_json()
    await unit.snapshots.freeze(Snapshot(ward=ward, kind=DAILY, period=period, body=body, made_at=unit.now))
    readers = await people.contacts_of(unit, await unit.memberships.in_ward(ward, SUMMARY_READERS))
    unit.outbox.put_many(shown(made), [(reader.chat, reader.language) for reader in readers])
    return made


def shown(made: DailySummary) -> Notice:
    """A summary as a message with its chart."""
    return Notice(key="summary.title", report=made.model_dump_json(), lane=Lane.REMINDER, private=True)


async def _drawn_up(unit: Unit, ward: str, day: date) -> DailySummary:
    place = await unit.places.find(ward)
    if place is None or place.kind is not UnitKind.WARD:
        raise Refused("ward.unknown", unit=ward)
    until = _until(unit, day)
    if until <= day_bounds(day)[0]:
        raise Refused("report.future", day=day)
    first = await meta.first_day(unit.tx)
    if first is not None and day < first:
        raise Refused("report.before_installation", day=day, first=first)
    return DailySummary(
        ward=ward,
        ward_name=place.name if place.placeholder else words("vi").say("place.ward", name=place.name),
        day=day,
        closed_at=local(unit.now) if until == unit.now else None,
        tips=of_facts(await figures.facts_of(unit, ward, day, until), await unit.events.of_day(ward, day, until)),
        before=await _before(unit, ward, day - timedelta(days=1)),
        check_ins=await _check_ins(unit, place, period_of(day), until),
        check_ins_before=await _late_check_ins(unit, place, day, until),
        overdue_tips=await _overdue(unit, ward, until),
    )


async def _before(unit: Unit, ward: str, day: date) -> TipFigures | None:
    """The day before, as it was counted when it was closed; None when it was not."""
    known = await unit.figures.day(ward, day)
    if known is None:
        return None
    return of_facts(known.facts, await unit.events.of_day(ward, day, day_bounds(day)[1]))


async def _overdue(unit: Unit, ward: str, until: datetime) -> tuple[OverdueTip, ...]:
    """The longest overdue; list and spans change at full quarter-hours only, however often somebody asks."""
    quarter = quarter_hour(until)
    states = (await figures.open_tips(unit, (ward,), until))[ward]
    late = [(span, state.tip) for state in states if (span := state.overdue_by(quarter, unit.clocks)) is not None]
    longest = heapq.nlargest(LISTED_OVERDUE, late)  # only these are read: a ward that nobody works for has thousands
    await unit.tips.ahead(tip for _, tip in longest)
    found = [(span, await unit.tips.find(tip)) for span, tip in longest]
    return tuple(OverdueTip(code=tip.code, seconds=late_in_quarters(span)) for span, tip in found if tip is not None)


async def _check_ins(unit: Unit, place: Place, period: str, until: datetime) -> CheckInFigures:
    groups = await unit.places.of_kind(place.code, UnitKind.FIRE_GROUP)
    leaders = await unit.memberships.in_ward(place.code, LEADERS)
    reached = {contact.id for contact in await people.reachable(unit, leaders)}
    led = frozenset(leader.unit for leader in leaders if leader.contact in reached)
    held = await unit.duties.of_ward(place.code, period)
    return check_in_figures(held, until, {group.code: group.name for group in groups}, led)


async def _late_check_ins(unit: Unit, place: Place, day: date, until: datetime) -> CheckInFigures | None:
    """The checks of the month before, while they may be entered late: nobody else tells the chief who owes them."""
    period = period_of(day.replace(day=1) - timedelta(days=1))
    return await _check_ins(unit, place, period, until) if until <= deadline(period) + GRACE else None


def _until(unit: Unit, day: date) -> datetime:
    """The moment up to which a day counts: its midnight, or now while it runs."""
    end = day_bounds(day)[1]
    return end if ward_day(unit.now) > day else min(end, unit.now)
