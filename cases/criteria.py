"""The scorecard as people read it: which sets a unit is judged by, and how it stands on any day."""

from collections.abc import Sequence
from datetime import date, timedelta

from cases import figures
from domain import criteria as rules
from domain.boards import Board, Change
from domain.clocks import ward_day
from domain.criteria_sets import Act, Automatic, CriteriaSet, Span
from domain.errors import Refused
from domain.indicators import BY_NAME
from domain.measures import Measured, Period, measured
from domain.people import POLICE, Membership, Person, Role
from domain.places import Place, UnitKind
from domain.provinces import settled_end
from storage.unit import Unit
from storage.ward import Reported

_WIDE = frozenset({Role.PROVINCE, Role.ADMIN})
_WARD_POLICE = POLICE - _WIDE


def reader(person: Person) -> Membership:
    """The role under which a person reads scorecards: one of the ward's own first. Raises Refused for anybody else."""
    held = [one for one in person.roles if one.role in rules.READING]
    if not held:
        raise Refused("role.criteria_only")
    return next((one for one in held if one.role not in _WIDE), held[0])


async def wards_of(unit: Unit, person: Person) -> list[Place]:
    """The wards whose scorecards a person reads; one for who works in a ward. Unnamed slots are left out."""
    reader(person)
    found = [await unit.places.find(code) for code in _codes(person)]
    wards = [place for place in found if place is not None and place.kind is UnitKind.WARD]
    if len(wards) < len(found):
        # Only who reads a whole province looks through the wards of the country.
        wards = [ward for ward in await unit.places.wards() if _reads(person, ward)]
    return [ward for ward in wards if not ward.placeholder]


async def place_for(unit: Unit, person: Person, code: str) -> Place:
    """A ward, or a unit of it, that this person may read. Raises Refused for any other."""
    reader(person)
    place = await unit.places.find(code)
    ward = place if place is None or place.kind is UnitKind.WARD else await unit.places.find(place.ward or "")
    if place is None or ward is None or not _reads(person, ward):
        raise Refused("criteria.not_here")
    return place


async def province_of(unit: Unit, person: Person) -> Place | None:
    """The province that somebody looks after, if they do."""
    codes = [held.unit for held in person.roles if held.role is Role.PROVINCE]
    found = [await unit.places.find(code) for code in codes]
    return next((place for place in found if place is not None and place.kind is UnitKind.PROVINCE), None)


def is_outward(person: Person, place: Place) -> bool:
    """Whether somebody doesn't handle the tips of a ward: they read no count of them (decision 23)."""
    ward = place.ward or place.code
    return not any(held.role in _WARD_POLICE and (held.ward or held.unit) == ward for held in person.roles)


def _reads(person: Person, ward: Place) -> bool:
    codes = _codes(person)
    return ward.code in codes or ward.parent in codes


def _codes(person: Person) -> list[str]:
    """Wards and provinces in which a person has a role that reads."""
    return list(dict.fromkeys(one.ward or one.unit for one in person.roles if one.role in rules.READING))


async def lineage(unit: Unit, place: Place) -> tuple[str, ...]:
    """A unit's code, then those of its ward and its province: the nearest set is the valid one."""
    ward = await unit.places.find(place.ward) if place.ward and place.ward != place.code else place
    codes = (place.code, ward.code if ward else None, ward.parent if ward else None)
    return tuple(dict.fromkeys(code for code in codes if code))


async def valid(unit: Unit, place: Place, day: date) -> list[CriteriaSet]:
    """The sets by which a unit is judged on a day."""
    above = await lineage(unit, place)
    return rules.valid_for(await unit.criteria_sets.all_for(above), place.kind, above, day)


async def boards(unit: Unit, place: Place, day: date | None = None, *, outward: bool = False) -> list[Board]:
    """How a unit stands on a day (today) in every set that was valid then. Raises Refused for a day to come.

    `outward`: for somebody who doesn't handle the ward's tips.
    """
    today = ward_day(unit.now)
    day = day or today
    if day > today:
        raise Refused("criteria.future", day=day)
    sets = await valid(unit, place, day)
    acts = await unit.criteria_acts.of(await lineage(unit, place), [one.code for one in sets])
    return [await judged_by(unit, place, one, acts, day, outward=outward) for one in sets]


async def board(unit: Unit, place: Place, code: str, day: date | None = None, *, outward: bool = False) -> Board:
    """One of them. Raises Refused when that set was not valid then."""
    found = next((one for one in await boards(unit, place, day, outward=outward) if one.criteria.code == code), None)
    if found is None:
        raise Refused("criteria.no_set")
    return found


async def reported(unit: Unit, place: Place, criteria: CriteriaSet, day: date) -> Reported | None:
    """What a source says of the total, the latest up to a day; it is shown beside what is computed, never mixed."""
    told = await unit.reported.of(place.code)
    ours = [one for one in told if one.name == criteria.reported_as and one.as_of <= day.isoformat()]
    return max(ours, key=lambda one: (one.denominator is not None, one.as_of), default=None)


async def changes(
    unit: Unit, now: Board, place: Place, days: Sequence[date], *, outward: bool = False
) -> list[Change | None]:
    """What is different from these earlier days; None where another set was valid then."""
    found: list[Change | None] = []
    for day in days:
        then = await boards(unit, place, day, outward=outward)
        before = next((one for one in then if one.criteria.code == now.criteria.code), None)
        found.append(None if before is None else rules.change(before, now))
    return found


async def judged_by(
    unit: Unit, place: Place, criteria: CriteriaSet, acts: Sequence[Act], day: date, *, outward: bool = False
) -> Board:
    """How a unit stands in a set on a day; `acts` are those of its lineage, in order.

    `outward`: for who doesn't handle the ward's tips. Bounds on tips then stand as of the end of a settled month, and
    without numbers: any day's number would tell, by what it differs from another's, the small count of a day.
    """
    known: dict[tuple[date, date], Period] = {}
    taken: dict[int, Measured] = {}
    ours = [act for act in acts if act.criteria == criteria.code]
    settled = settled_end(ward_day(unit.now), day) if outward else day
    for criterion, *_ in rules.written(criteria, place.code, ours, day):
        # Figures are those of wards: a neighbourhood unit has none of its own yet.
        if isinstance(criterion.how, Automatic) and place.kind is UnitKind.WARD:
            until = settled if rules.of_tips(criterion) else day
            if criterion.how.span is Span.YEAR and rules.year_of(criteria, until) != rules.year_of(criteria, day):
                continue  # no month of this year is settled yet
            indicator = BY_NAME[criterion.how.indicator]
            first, last = rules.span_days(criteria, criterion.how.span, until)
            if indicator.ended:  # today is no day of it that is missing
                last = min(last, ward_day(unit.now) - timedelta(days=1))
            if (first, last) not in known:
                known[first, last] = await figures.period(unit, place.code, first, last)
            taken[criterion.number] = measured(indicator, known[first, last])
    stands = rules.board(criteria, place.code, ours, taken, day)
    return rules.outward(stands) if outward else stands
