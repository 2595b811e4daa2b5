"""A province's month as a report: sent when it is settled, frozen, with an officer's texts beside it."""

from collections.abc import Mapping
from datetime import date, timedelta

from cases import people, periodic, province
from domain.errors import Refused
from domain.notices import PAPERS, Lane, More, Notice, Rows
from domain.people import Role
from domain.periods import OFFICIAL, Month, month_days, month_of
from domain.provinces import PARTS, ProvinceBoard, settles
from domain.report_kinds import ReportKind
from domain.reports import Part, cleaned
from domain.spans import Span, span_of
from domain.talks import choices
from locales import words
from reports import province as written
from storage import meta
from storage.unit import Unit
from storage.ward import Snapshot


def span(month: Month) -> Span:
    """An official month as the period of a report."""
    return span_of(ReportKind.MONTHLY, month_days(month, OFFICIAL)[1])


async def report(unit: Unit, code: str, month: Month) -> ProvinceBoard:
    """The month as it was frozen; else drawn up now, and frozen if its counts are told. Scores are as of its last day.

    Raises Refused for what is no province, a month that is not settled and one before the installation.
    """
    await province.province(unit, code)
    if not await covers(unit, month):
        day, first = date(*month, OFFICIAL) - timedelta(days=1), await meta.first_day(unit.tx)
        raise Refused("report.before_installation", day=day, first=first)
    frozen = await _frozen(unit, code, month)
    if frozen is not None:
        return frozen
    await province.publish(unit, code, month.moved(-1), month)
    made = await _drawn_up(unit, code, month)
    if made.month.final:
        period, body = span(month), made.model_dump_json()
        kind = periodic.snapshot_kind(period)
        await unit.snapshots.freeze(Snapshot(ward=code, kind=kind, period=period.key, body=body, made_at=unit.now))
    return made


async def read(unit: Unit, code: str, month: Month) -> ProvinceBoard:
    """The month without freezing it: for who only reads. Raises Refused like `report`."""
    await province.province(unit, code)
    return await _frozen(unit, code, month) or await _drawn_up(unit, code, month)


async def covers(unit: Unit, month: Month) -> bool:
    """Whether any day of a month lies in the life of the installation."""
    return month >= month_of(await meta.first_day(unit.tx) or date.min, OFFICIAL)


async def texts(unit: Unit, code: str, month: Month) -> dict[Part, str]:
    """What an officer has written into it."""
    return await periodic.texts(unit, code, span(month))


async def write(unit: Unit, code: str, month: Month, told: Mapping[str, str], by: str | None) -> None:
    """Keeps an officer's texts by part; figures stay as they are. Raises Refused for a part that it doesn't have."""
    periodic.keep(unit, code, span(month), cleaned(told, PARTS), by)


async def send(unit: Unit, code: str, day: date) -> int:
    """Sends the month that is settled from this day on to those who look after the province.

    Returns to how many. Nobody reads a province of an installation of one ward: nothing is drawn up for them.
    """
    month = settles(day)
    readers = await people.contacts_of(unit, await unit.memberships.in_ward(code, (Role.PROVINCE,)))
    if month is None or not readers or not await covers(unit, month):
        return 0
    made = await report(unit, code, month)
    for language in sorted({reader.language for reader in readers}):
        theirs = [(reader.chat, language) for reader in readers if reader.language == language]
        unit.outbox.put_many(shown(made, language, pushed=True), theirs)
    return len(readers)


def shown(made: ProvinceBoard, language: str, *, pushed: bool = False) -> Notice:
    """The month as a message: its text, then what can be written into it and what can be taken of it.

    `pushed`: nobody has asked for it, so that a digit that is typed may still belong to the question before.
    """
    params = {"text": written.month_text(made, words(language))}
    more: More = (("province.month_open" if pushed else "report.write", {}),)
    lane = Lane.REMINDER if pushed else Lane.REPLY
    return Notice(key="province.sent", params=params, more=more, buttons=buttons(made), lane=lane, private=True)


def buttons(made: ProvinceBoard) -> Rows:
    """A button for each part, one for each paper, one for the wards."""
    last = made.month.last.isoformat()
    parts = ((f"button.{part.value}", f"v.part:{last}:{part.value}") for part in PARTS)
    papers = ((f"button.as_{form}", f"v.paper:{last}:{form}:0") for form in PAPERS)
    return choices(*parts, *papers, ("button.each_ward", f"v.wards:{last}:0"))


async def _frozen(unit: Unit, code: str, month: Month) -> ProvinceBoard | None:
    period = span(month)
    body = await unit.snapshots.find(code, periodic.snapshot_kind(period), period.key)
    return None if body is None else ProvinceBoard.model_validate_json(body)


async def _drawn_up(unit: Unit, code: str, month: Month) -> ProvinceBoard:
    return await province.board(unit, code, month_days(month, OFFICIAL)[1], month)
