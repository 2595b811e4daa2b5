"""Open data of wards: whole official months that nothing changes any more, guarded over all wards of the province."""

from collections.abc import Sequence
from datetime import date

from cases import province
from domain.clocks import ward_day
from domain.errors import Refused
from domain.open_data import OpenData, OpenRow
from domain.periods import OFFICIAL, Month, month_days, month_of
from domain.places import Place, UnitKind
from domain.provinces import COLUMNS, MonthTable, WardRow, settled_month
from storage import meta
from storage.unit import Unit


async def publish(unit: Unit, code: str, first: date | None, last: date | None) -> None:
    """From now on the months that `published` gives are told as they are counted now. Raises Refused like it."""
    _, over = await _asked(unit, code)
    months = await _months(unit, first, last)
    await province.publish(unit, over, months[0], months[-1])


async def published(unit: Unit, code: str, first: date | None, last: date | None) -> OpenData:
    """A province with all its wards, or one ward of it, month by month; by default since the installation.

    Only months that lie in `first` to `last` as a whole. One ward is cut out of its province's figures: guarded alone
    it would show what is withheld there. Raises Refused for other units, and when no month is left.
    """
    place, over = await _asked(unit, code)
    wards = await province.wards_of(unit, over)
    months = await _months(unit, first, last)
    tables = await province.tables(unit, over, [ward.code for ward in wards], months[0], months[-1])
    named = [ward for ward in wards if not ward.placeholder and code in (ward.code, over)]
    rows: list[OpenRow] = []
    for table in tables:
        scored = await province.scores(unit, named, table.last)
        rows += [_ward(over, table, row) for row in scored]
        if place.kind is UnitKind.PROVINCE:
            rows.append(_all(place, table, wards))
    return OpenData(unit=code, first=tables[0].first, last=tables[-1].last, rows=tuple(rows))


async def _asked(unit: Unit, code: str) -> tuple[Place, str]:
    """What is meant, and the province that it is cut out of."""
    place = await unit.places.find(code)
    if place is None or place.kind not in (UnitKind.PROVINCE, UnitKind.WARD):
        raise Refused("export.unit", unit=code)
    over = place.code if place.kind is UnitKind.PROVINCE else place.parent
    if over is None:
        raise Refused("export.no_province", unit=code)
    return place, over


async def _months(unit: Unit, first: date | None, last: date | None) -> list[Month]:
    """Every settled month that lies between, at least one."""
    settled = settled_month(ward_day(unit.now))
    installed = await meta.first_day(unit.tx) or ward_day(unit.now)
    begins = month_of(installed, OFFICIAL)
    none = first is not None and first > month_days(settled, OFFICIAL)[0]
    if none or (last is not None and last < month_days(begins, OFFICIAL)[1]):
        raise Refused("export.no_month", last=month_days(settled, OFFICIAL)[1])
    if first is not None and first > month_days(begins, OFFICIAL)[0]:
        begins = month_of(first, OFFICIAL)
        if month_days(begins, OFFICIAL)[0] < first:
            begins = begins.moved(1)
    ends = settled
    if last is not None and last < month_days(settled, OFFICIAL)[1]:
        ends = month_of(last, OFFICIAL)
        if month_days(ends, OFFICIAL)[1] > last:
            ends = ends.moved(-1)
    if ends < begins:
        raise Refused("export.no_month", last=month_days(settled, OFFICIAL)[1])
    return [begins, ends]


def _ward(over: str, table: MonthTable, row: WardRow) -> OpenRow:
    judged = row.met is not None
    return OpenRow(
        period=f"{table.year}-{table.number:02}",
        first=table.first,
        last=table.last,
        level="ward",
        province=over,
        ward=row.code,
        name=row.name,
        stage=row.stage,
        criteria_set=row.criteria,
        criteria_met=row.met,
        criteria_unmet=row.unmet if judged else None,
        criteria_unknown=row.unknown if judged else None,
        days=table.length,
        days_known=table.days[row.code],
        figures={name: table.columns[name].cells.get(row.code) for name in COLUMNS},
    )


def _all(place: Place, table: MonthTable, wards: Sequence[Place]) -> OpenRow:
    return OpenRow(
        period=f"{table.year}-{table.number:02}",
        first=table.first,
        last=table.last,
        level="province",
        province=place.code,
        name=place.name,
        days=table.length * len(wards),
        days_known=sum(table.days[ward.code] for ward in wards),
        figures={name: table.columns[name].total for name in COLUMNS},
    )
