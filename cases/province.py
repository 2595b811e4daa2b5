"""A province's wards side by side, from acts and from sums of months; never from events, and never ranked by tips."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from cases import criteria, roadmap
from domain import criteria as rules
from domain.boards import Board
from domain.clocks import ward_day
from domain.criteria_sets import Act, CriteriaSet
from domain.errors import Refused
from domain.indicators import CLOSED, OPENED, OVERDUE, URGENT_WAITING
from domain.periods import OFFICIAL, Month, month_days
from domain.places import Place, UnitKind
from domain.provinces import (
    ADDED_FROM,
    COLUMNS,
    FACTS,
    GIVEN_UP_AFTER,
    MonthTable,
    ProvinceBoard,
    ProvinceDay,
    Told,
    WardRow,
    settled_month,
)
from domain.stages import Stage
from domain.suppression import Cell, about, guarded
from domain.text import place_order
from storage.unit import Unit
from storage.ward import Reported, Snapshot

TABLE = "province/month"
"""The kind under which a month's table is frozen."""
_MONTH = timedelta(days=30)
_ALL = slice(None)


async def province(unit: Unit, code: str) -> Place:
    """A province. Raises Refused for anything else."""
    place = await unit.places.find(code)
    if place is None or place.kind is not UnitKind.PROVINCE:
        raise Refused("province.unknown", unit=code)
    return place


async def wards_of(unit: Unit, code: str) -> list[Place]:
    """Its wards in order of the alphabet, numbered slots for unnamed ones among them."""
    found = [ward for ward in await unit.places.wards() if ward.parent == code]
    return sorted(found, key=lambda ward: place_order(ward.name))


async def board(
    unit: Unit,
    code: str,
    day: date | None = None,
    month: Month | None = None,
    *,
    shown: slice = _ALL,
    by_completeness: bool = False,
) -> ProvinceBoard:
    """The wards of a province as of the end of a day: yesterday, if none is named. Raises Refused for a later one.

    `month`: of which counts are told; by default the last that was settled then. `shown`: of which wards the scores are
    worked out. `by_completeness`: what is least known first; there is no order by counts.
    """
    place, today = await province(unit, code), ward_day(unit.now)
    if month is not None:
        _check(month, today)
    day = day or today - timedelta(days=1)
    if day >= today:
        # Today's figures would come from events, and change.
        raise Refused("criteria.future", day=day)
    wards = await wards_of(unit, code)
    codes = [ward.code for ward in wards]
    shown_month = month or settled_month(day + timedelta(days=1))
    before, now = await tables(unit, code, codes, shown_month.moved(-1), shown_month)
    named = [ward for ward in wards if not ward.placeholder]
    if by_completeness:
        named.sort(key=lambda ward: now.days[ward.code])
    told = await roadmap.said(unit, codes, day)
    rows = await _rows(unit, named[shown], day, roadmap.furthest(told))
    return ProvinceBoard(
        code=code,
        name=place.name,
        as_of=day,
        order=tuple((ward.code, ward.name) for ward in named),
        rows=tuple(rows),
        month=now,
        before=before,
        stages=roadmap.reached(told),
        sources=tuple(dict.fromkeys(one.source for one in told)),
    )


async def day(unit: Unit, code: str) -> ProvinceDay:
    """Yesterday in a province, from the day figures of its wards."""
    place, yesterday = await province(unit, code), ward_day(unit.now) - timedelta(days=1)
    wards = [ward for ward in await wards_of(unit, code) if not ward.placeholder]
    facts = await unit.figures.of_all(yesterday)
    own = {ward.code: facts[ward.code] for ward in wards if ward.code in facts}

    def all_of(name: str) -> Cell:
        return about(sum(one.get(name, 0) for one in own.values())) if len(own) >= ADDED_FROM else None

    def with_any(name: str) -> tuple[str, ...]:
        return tuple(ward.name for ward in wards if own.get(ward.code, {}).get(name, 0))

    return ProvinceDay(
        name=place.name,
        day=yesterday,
        wards=len(wards),
        closed_days=len(own),
        opened=all_of(OPENED.name),
        closed=all_of(CLOSED.name),
        overdue=with_any(OVERDUE.name),
        urgent_waiting=with_any(URGENT_WAITING.name),
        not_closed=tuple(ward.name for ward in wards if ward.code not in own),
    )


async def tables(unit: Unit, code: str, wards: Sequence[str], first: Month, last: Month) -> list[MonthTable]:
    """The official months of a province, as they may be shown: as they were published, or else as they are counted now.

    A month that may still change is not known. Raises Refused for one that is not settled.
    """
    return [table for table, _ in await _tables(unit, code, wards, first, last)]


async def publish(unit: Unit, code: str, first: Month, last: Month) -> None:
    """From now on these months are told as they are counted now, by whatever is made of them.

    Two different tables of one month could tell what each of them hides, so whoever shows one publishes it first. What
    is not final has told nothing, and is left.
    """
    wards = [ward.code for ward in await wards_of(unit, code)]
    for table, new in await _tables(unit, code, wards, first, last):
        if new and table.final:
            kept = {"ward": code, "kind": TABLE, "period": _key(table.year, table.number), "made_at": unit.now}
            await unit.snapshots.freeze(Snapshot.model_validate({**kept, "body": table.model_dump_json()}))


async def _tables(
    unit: Unit, code: str, wards: Sequence[str], first: Month, last: Month
) -> list[tuple[MonthTable, bool]]:
    """By month its table, and whether it was counted now."""
    _check(last, ward_day(unit.now))
    months = [first]
    while months[-1] < last:
        months.append(months[-1].moved(1))
    kept = [await unit.snapshots.find(code, TABLE, _key(*month)) for month in months]
    missing = [month for month, body in zip(months, kept, strict=True) if body is None]
    counted = iter(await _counted(unit, wards, missing[0], missing[-1], missing) if missing else ())
    return [
        (next(counted), True) if body is None else (MonthTable.model_validate_json(body).among(wards), False)
        for body in kept
    ]


def _check(month: Month, today: date) -> None:
    if month > settled_month(today):
        raise Refused("province.not_settled", last=month_days(settled_month(today), OFFICIAL)[1])


async def _counted(
    unit: Unit, wards: Sequence[str], first: Month, last: Month, wanted: Sequence[Month]
) -> list[MonthTable]:
    """These of the months between, from the figures of wards."""
    today = ward_day(unit.now)
    known = {name: await unit.figures.months(OFFICIAL, first, last, name, since) for name, since in FACTS.items()}
    days = await unit.figures.months(OFFICIAL, first, last, "days")
    return [_table(wards, month, _apart(first, month), known, days, today) for month in wanted]


def _apart(first: Month, month: Month) -> int:
    return (month.year - first.year) * 12 + month.number - first.number


def _key(year: int, number: int) -> str:
    return f"{year}-{number:02}"


def _table(
    wards: Sequence[str],
    month: Month,
    at: int,
    known: Mapping[str, Mapping[str, list[int | None]]],
    days: Mapping[str, list[int | None]],
    today: date,
) -> MonthTable:
    begins, ends = month_days(month, OFFICIAL)
    length = (ends - begins).days + 1
    counted = {ward: (days[ward][at] if ward in days else 0) or 0 for ward in wards}
    # All wards together or none: a ward that joined the others later would change which of them is withheld, and from
    # two tables of one month what both hide could be computed.
    ready = ends + GIVEN_UP_AFTER < today or all(known in (0, length) for known in counted.values())
    columns = {}
    for name, one in COLUMNS.items():
        counts: dict[str, int | None] = dict.fromkeys(wards)
        found = {
            ward: [known[fact][ward][at] for fact in one.facts]
            for ward in wards
            if counted[ward] and all(ward in known[fact] for fact in one.facts)
        }
        # What an older edition counted of one ward keeps this column from all of them, for the same reason.
        if ready and not any(None in values for values in found.values()):
            for ward, values in found.items():
                counts[ward] = one.count(dict(zip(one.facts, [value or 0 for value in values], strict=True)))
        columns[name] = guarded(counts, f"{name}/{_key(*month)}")
    return MonthTable(
        year=month.year, number=month.number, first=begins, last=ends, ready=ready, days=counted, columns=columns
    )


async def scores(unit: Unit, wards: Sequence[Place], day: date) -> list[WardRow]:
    """Scores and stages of these wards as of the end of a day."""
    told = await roadmap.said(unit, [ward.code for ward in wards], day)
    return await _rows(unit, wards, day, roadmap.furthest(told))


async def _rows(unit: Unit, wards: Sequence[Place], day: date, stages: Mapping[str, Stage]) -> list[WardRow]:
    """The scores of these wards in the set that comes first for them; acts are read for all at once."""
    codes = [ward.code for ward in wards]
    above = list(dict.fromkeys([*codes, *(ward.parent for ward in wards if ward.parent)]))
    sets = await unit.criteria_sets.all_for(above)
    acts = await unit.criteria_acts.of(above, [one.code for one in sets])
    by_unit: dict[str, list[Act]] = {}
    for act in acts:
        by_unit.setdefault(act.unit, []).append(act)
    told = await unit.reported.of_units(codes)
    return [await _row(unit, ward, day, sets, by_unit, stages.get(ward.code), told) for ward in wards]


async def _row(
    unit: Unit,
    ward: Place,
    day: date,
    sets: Sequence[CriteriaSet],
    by_unit: Mapping[str, list[Act]],
    stage: Stage | None,
    told: Iterable[Reported],
) -> WardRow:
    lineage = tuple(code for code in (ward.code, ward.parent) if code)
    acts = sorted((act for code in lineage for act in by_unit.get(code, ())), key=lambda act: (act.seq, act.id))

    async def on(day: date) -> Board | None:
        valid = rules.valid_for(sets, ward.kind, lineage, day)
        return await criteria.judged_by(unit, ward, valid[0], acts, day, outward=True) if valid else None

    now = await on(day)
    row = WardRow(code=ward.code, name=ward.name, stage=stage)
    if now is None:
        return row
    score = now.score
    judged = score.met + score.unmet > 0
    before = [await on(day - _MONTH), await on(date(day.year, 1, 1))] if judged else [None, None]
    since = [None if one is None else _since(one, now) for one in before]
    return row.model_copy(
        update={
            "criteria": now.criteria.code,
            "met": score.met if judged else None,
            "unmet": score.unmet,
            "unknown": score.unknown,
            "since_month": since[0],
            "since_year": since[1],
            "told": _told(ward, now.criteria, day, told),
        }
    )


def _since(before: Board, now: Board) -> int | None:
    """How many more are met; nothing can be said against another set, or a day on which nothing was known."""
    if before.criteria.code != now.criteria.code or before.score.met + before.score.unmet == 0:
        return None
    return now.score.met - before.score.met


def _told(ward: Place, criteria_set: CriteriaSet, day: date, told: Iterable[Reported]) -> Told | None:
    ours = [
        Told(one.numerator, one.denominator, one.as_of)
        for one in told
        if one.unit == ward.code and one.name == criteria_set.reported_as and one.as_of <= day.isoformat()
        if one.numerator is not None and one.denominator is not None
    ]
    return max(ours, key=lambda one: one.day, default=None)
