"""The night and the morning of one ward: the day is closed at midnight, its summary leaves at seven."""

from datetime import date, datetime, timedelta

from cases import checking, people
from domain.clocks import day_bounds, local, ward_day
from domain.duties import period_of
from domain.errors import Refused
from domain.figures import TipState, check_in_figures, flat, replay, tip_figures, unflat
from domain.notices import Lane, Notice
from domain.people import SUMMARY_READERS
from domain.places import Place, UnitKind
from domain.summary import CheckInFigures, DailySummary, OverdueTip, TipFigures
from locales import words
from storage import meta
from storage.unit import Unit
from storage.ward import Snapshot

DAILY = "daily"
LISTED_OVERDUE = 10
QUARTER = 900  # seconds: a hidden tip's minute can't be computed from how long it is overdue


async def close_day(unit: Unit, ward: str, day: date) -> TipFigures:
    """The figures of a ward's day, from its events; closing a day again gives the same numbers."""
    figures = await _tips(unit, ward, day, _until(unit, day))
    await unit.snapshots.set_day_figures(ward, day, flat(figures))
    return figures


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
    before = day - timedelta(days=1)
    known_before = await unit.snapshots.day_figures(ward, before)
    return DailySummary(
        ward=ward,
        ward_name=place.name if place.placeholder else words("vi").say("place.ward", name=place.name),
        day=day,
        closed_at=local(unit.now) if until == unit.now else None,
        tips=await _tips(unit, ward, day, until),
        before=unflat(known_before) if known_before else None,
        check_ins=await _check_ins(unit, place, day, until),
        overdue_tips=await _overdue(unit, ward, until),
    )


async def _tips(unit: Unit, ward: str, day: date, until: datetime) -> TipFigures:
    states, _ = await _open_at(unit, ward, until)
    today = [event for event in await unit.events.of_day(ward, day) if event.at < until]
    return tip_figures(today, states, until, unit.clocks)


async def _overdue(unit: Unit, ward: str, until: datetime) -> tuple[OverdueTip, ...]:
    states, codes = await _open_at(unit, ward, until)
    late = [(state.overdue_by(until, unit.clocks), codes[state.tip]) for state in states.values()]
    rows = sorted(((span, code) for span, code in late if span is not None), reverse=True)
    return tuple(
        OverdueTip(code=code, seconds=int(span.total_seconds()) // QUARTER * QUARTER)
        for span, code in rows[:LISTED_OVERDUE]
    )


async def _open_at(unit: Unit, ward: str, moment: datetime) -> tuple[dict[str, TipState], dict[str, str]]:
    """The tips that were open at a moment, as their events tell it, and their codes."""
    codes = {tip.id: tip.code for tip in await unit.tips.started_by(ward, moment)}
    return replay(await unit.events.about(list(codes), moment), unit.clocks), codes


async def _check_ins(unit: Unit, place: Place, day: date, until: datetime) -> CheckInFigures:
    groups = await unit.places.of_kind(place.code, UnitKind.FIRE_GROUP)
    led = [group.code for group in groups if await checking.leaders_of(unit, group.code)]
    held = await unit.duties.of_ward(place.code, period_of(day))
    return check_in_figures(held, until, {group.code: group.name for group in groups}, frozenset(led))


def _until(unit: Unit, day: date) -> datetime:
    """The moment up to which a day counts: its midnight, or now while it runs."""
    end = day_bounds(day)[1]
    return end if ward_day(unit.now) > day else min(end, unit.now)
