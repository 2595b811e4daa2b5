"""Reports of a ward's period: drawn up from the figures, frozen once the period is over, with an officer's texts."""

from collections.abc import Mapping
from datetime import date, timedelta

from cases import figures, people
from domain import spans
from domain.clocks import ward_day
from domain.errors import Refused
from domain.figures import parts
from domain.indicators import CLOSED, INDICATORS, OPENED
from domain.measures import Period, measured, summed
from domain.notices import Button, Lane, Notice
from domain.people import SUMMARY_READERS, Person
from domain.periods import days_between
from domain.places import Place, UnitKind
from domain.report_kinds import ReportKind
from domain.reports import DayRow, Line, Part, PeriodReport, cleaned, compared
from domain.spans import Span, ended_on, previous, year_ago
from locales import words
from reports import periodic
from storage import meta
from storage.texts import ReportText
from storage.unit import Unit
from storage.ward import Snapshot

CLOSED_LATEST = timedelta(days=31)
"""How long a day is still closed after an outage (`jobs/schedule.py`); what is unknown then stays unknown."""


async def report(unit: Unit, ward: str, span: Span) -> PeriodReport:
    """The report of a period: as it was frozen; else drawn up now, and frozen if nothing more will be counted.

    Raises Refused for a unit that is no ward, a period to come and one before the installation.
    """
    frozen = await _frozen(unit, ward, span)
    if frozen is not None:
        return frozen
    made = await _drawn_up(unit, ward, span)
    if made.finished:
        kind, body = snapshot_kind(span), made.model_dump_json()
        await unit.snapshots.freeze(Snapshot(ward=ward, kind=kind, period=span.key, body=body, made_at=unit.now))
    return made


async def read(unit: Unit, ward: str, span: Span) -> PeriodReport:
    """The report of a period without freezing it: for who only reads. Raises Refused like `report`."""
    return await _frozen(unit, ward, span) or await _drawn_up(unit, ward, span)


async def _frozen(unit: Unit, ward: str, span: Span) -> PeriodReport | None:
    frozen = await unit.snapshots.find(ward, snapshot_kind(span), span.key)
    return None if frozen is None else PeriodReport.model_validate_json(frozen)


async def latest(unit: Unit, kind: ReportKind) -> Span:
    """The last full period of a kind; on a younger installation the running one."""
    return spans.latest(kind, ward_day(unit.now), await meta.first_day(unit.tx) or date.min)


def writer(person: Person) -> str:
    """The ward whose reports somebody reads and writes: ward chiefs and duty officers do. Raises Refused for others."""
    found = next((held.ward for held in person.roles if held.role in SUMMARY_READERS and held.ward), None)
    if found is None:
        raise Refused("role.report_only")
    return found


async def texts(unit: Unit, code: str, span: Span) -> dict[Part, str]:
    """What an officer has written into a report of a ward, or of a province."""
    return await unit.report_texts.of(code, span.kind.value, span.key)


async def write(unit: Unit, ward: str, span: Span, told: Mapping[str, str], by: str | None) -> None:
    """Keeps an officer's texts by part; the figures stay as they are. Raises Refused for a part that isn't there."""
    keep(unit, ward, span, cleaned(told), by)


def keep(unit: Unit, code: str, span: Span, told: Mapping[Part, str], by: str | None) -> None:
    """Keeps cleaned texts of the report of a ward, or of a province."""
    for part, text in told.items():
        where = {"ward": code, "kind": span.kind.value, "period": span.key, "part": part}
        written = ReportText.model_validate({**where, "text": text, "written_by": by, "written_at": unit.now})
        if text:
            unit.report_texts.save(written)
        else:
            unit.report_texts.remove(written.id)


async def send(unit: Unit, ward: str, day: date) -> int:
    """Sends the reports of the periods that ended on a day to the ward chief and the duty officers."""
    ended = ended_on(day)
    readers = await people.contacts_of(unit, await unit.memberships.in_ward(ward, SUMMARY_READERS))
    for span in ended:
        made = await report(unit, ward, span)
        for language in sorted({reader.language for reader in readers}):
            theirs = [(reader.chat, reader.language) for reader in readers if reader.language == language]
            said = periodic.text(made, await texts(unit, ward, span), words(language))
            write = Button(label="button.write_report", press=f"p.show:{span.kind.value}:{span.last.isoformat()}")
            params = {"text": said}
            notice = Notice(key="period.sent", params=params, buttons=((write,),), lane=Lane.REMINDER, private=True)
            unit.outbox.put_many(notice, theirs)
    return len(ended)


def snapshot_kind(span: Span) -> str:
    """Under which kind the report of a period is frozen."""
    # A day's summary is a snapshot of the kind "daily" already, of another shape.
    return f"report/{span.kind.value}"


async def _drawn_up(unit: Unit, ward: str, span: Span) -> PeriodReport:
    place = await _ward(unit, ward)
    first_day = await _inside(unit, span)
    days = dict(await figures.known_days(unit, ward, span.first, span.last))
    whole, before, ago = summed(span.first, span.last, days, ward_day(unit.now)), previous(span), year_ago(span)
    rows = [DayRow(day=day, facts=dict(days[day][1]) if day in days else None) for day in days_between(*_ends(span))]
    province = None if place.parent is None else await unit.places.find(place.parent)
    return PeriodReport(
        ward=ward,
        ward_name=place.name if place.placeholder else words("vi").say("place.ward", name=place.name),
        province=None if province is None else province.name,
        span=span,
        before=before,
        year_ago=ago,
        made_at=unit.now,
        finished=_finished(unit, span, {row.day for row in rows if row.facts is not None}, first_day),
        known=whole.known,
        lines=_lines(whole, await _period(unit, ward, before), None if ago is None else await _period(unit, ward, ago)),
        by_kind=parts(whole.facts, OPENED.name),
        by_outcome=parts(whole.facts, CLOSED.name),
        rows=tuple(rows),
    )


def _lines(now: Period, before: Period, ago: Period | None) -> tuple[Line, ...]:
    lines = []
    for indicator in INDICATORS:
        one = measured(indicator, now)
        then = None if ago is None else compared(indicator, one, measured(indicator, ago))
        lines.append(Line(measured=one, before=compared(indicator, one, measured(indicator, before)), year_ago=then))
    return tuple(lines)


async def _period(unit: Unit, ward: str, span: Span) -> Period:
    return await figures.period(unit, ward, *_ends(span))


async def _ward(unit: Unit, ward: str) -> Place:
    place = await unit.places.find(ward)
    if place is None or place.kind is not UnitKind.WARD:
        raise Refused("ward.unknown", unit=ward)
    return place


async def _inside(unit: Unit, span: Span) -> date:
    """The first day of the installation; a period of which no day lies between it and today is refused."""
    if span.first > ward_day(unit.now):
        raise Refused("report.future", day=span.first)
    first = await meta.first_day(unit.tx) or date.min
    if span.last < first:
        raise Refused("report.before_installation", day=span.last, first=first)
    return first


def _finished(unit: Unit, span: Span, known: set[date], first_day: date) -> bool:
    """Whether the period is over and every day of it is counted, or never will be."""
    today = ward_day(unit.now)
    if span.last >= today:
        return False
    wanted = {day for day in days_between(*_ends(span)) if day >= first_day}
    return wanted <= known or span.last < today - CLOSED_LATEST


def _ends(span: Span) -> tuple[date, date]:
    return span.first, span.last
