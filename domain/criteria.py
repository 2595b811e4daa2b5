"""The rules of a scorecard: which set is valid, how each criterion stands on a day, what would help next.

Pure: a board follows from the set, the acts up to a day and the figures of that day alone, so any day can be asked,
whenever. *Unknown* is neither *unmet* nor zero (`domain.md`, criteria).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.boards import Board, Change, Judged, State, Why, Year
from domain.criteria_sets import (
    Act,
    Attested,
    Automatic,
    CriteriaSet,
    Criterion,
    Evidence,
    Fill,
    Given,
    Owner,
    Span,
    Verdict,
)
from domain.judging import counts, judge, standing_of
from domain.measures import Measured
from domain.people import Role
from domain.periods import OFFICIAL, month_days, month_of
from domain.places import UnitKind

NEXT = 3
# Who may say how a criterion stands, when it names no role: who answers for the set. The ward chief may for the ward
# office too, of which often nobody is here; under which role somebody spoke is kept and shown.
ANSWERING: dict[Owner | None, frozenset[Role]] = {
    Owner.WARD_OFFICE: frozenset({Role.WARD_OFFICE, Role.WARD_CHIEF}),
    Owner.WARD_POLICE: frozenset({Role.WARD_CHIEF}),
    None: frozenset({Role.WARD_OFFICE, Role.WARD_CHIEF}),
}
FILLING = frozenset({Role.WARD_OFFICE, Role.WARD_CHIEF, Role.PROVINCE, Role.ADMIN})
READING = frozenset(set(Role) - {Role.LEADER, Role.DEPUTY})


def valid_for(sets: Iterable[CriteriaSet], kind: UnitKind, lineage: Sequence[str], day: date) -> list[CriteriaSet]:
    """The sets that are valid on a day for a unit, one a family, in the order in which families are first named.

    `lineage`: the unit's code, then its ward's or province's. Its own set goes before that of the province, that before
    the country's; of equal ones the latest.
    """
    best: dict[str, tuple[tuple[int, date], CriteriaSet]] = {}
    for one in sets:
        near = _near(one, lineage)
        starts, ends = one.valid_from or date.min, one.valid_to or date.max
        if one.subject is not kind or near is None:
            continue
        rank = (near, starts) if starts <= day <= ends else (-1, date.min)
        if one.family not in best or rank > best[one.family][0]:
            best[one.family] = rank, one
    return [one for (near, _), one in best.values() if near >= 0]


def year_of(criteria: CriteriaSet, day: date) -> Year:
    """The year that is judged on a day: it goes on being judged after its end, until the decision is due."""
    begins = criteria.year_begins
    number = day.year if day >= begins.of(day.year) else day.year - 1
    before = _year(criteria, number - 1)
    return before if before.due is not None and day <= before.due else _year(criteria, number)


def days_left(criteria: CriteriaSet, day: date) -> int | None:
    """Days from a day to the next decision; None when the set names no deadline."""
    due = year_of(criteria, day).due
    return None if due is None else (due - day).days


class Written(NamedTuple):
    """A criterion as it reads on a day, and since which act its text and its rule read so (0: from the set itself)."""

    criterion: Criterion
    text_since: int
    how_since: int


def written(criteria: CriteriaSet, unit: str, acts: Iterable[Act], as_of: date) -> tuple[Written, ...]:
    """The criteria with the texts that were filled in up to a day."""
    fills = [act for act in standing_of(acts, as_of) if isinstance(act.what, Fill)]
    return tuple(_written(one, unit, [act for act in fills if act.number == one.number]) for one in criteria.criteria)


def span_days(criteria: CriteriaSet, span: Span, as_of: date) -> tuple[date, date]:
    """The days over which a figure is taken: a period of the set's year as far as it has gone."""
    if span is Span.YEAR:
        year = year_of(criteria, as_of)
        return year.first, min(year.last, as_of)
    month = month_of(as_of, OFFICIAL)
    first = month if span is Span.MONTH else month.moved(-((month.number - 1) % 3))
    return month_days(first, OFFICIAL)[0], as_of


def board(
    criteria: CriteriaSet, unit: str, acts: Iterable[Act], measured: Mapping[int, Measured], as_of: date
) -> Board:
    """How a unit stands on a day. `measured`: the figures of automatic criteria, by number; acts of other days, units
    and sets may be among `acts`."""
    ours = [act for act in acts if act.criteria == criteria.code]
    year = year_of(criteria, as_of)
    judged = []
    for one in written(criteria, unit, ours, as_of):
        number = one.criterion.number
        said = [act for act in ours if act.unit == unit and act.number == number and act.day <= as_of]
        valid = [act for act in said if _still_about(act, one)]
        found = judge(one.criterion, valid, measured.get(number), year, as_of)
        rewritten = found.why is Why.NOBODY and any(isinstance(act.what, Verdict) for act in said)
        judged.append(found.model_copy(update={"why": Why.REWRITTEN}) if rewritten else found)
    return Board(criteria=criteria, unit=unit, as_of=as_of, judged=tuple(judged))


def outward(stands: Board) -> Board:
    """A board as those read it who don't handle the ward's tips: whether a bound on tips is met, and no number."""
    return stands.model_copy(update={"judged": tuple(_without_number(one) for one in stands.judged)})


def _without_number(one: Judged) -> Judged:
    if not of_tips(one.criterion):
        return one
    told = one.measured if one.why is Why.MEASURED else None
    bare = {"value": None, "numerator": None, "denominator": None}
    measured = told and told.model_copy(update=bare)
    return one.model_copy(update={"numerator": None, "denominator": None, "measured": measured})


def of_tips(criterion: Criterion) -> bool:
    """Whether figures of tips decide a criterion."""
    return isinstance(criterion.how, Automatic) and criterion.how.indicator.startswith("tips.")


def next_steps(stands: Board, most: int = NEXT) -> tuple[Judged, ...]:
    """The criteria that are nearest to being met: what is missing least comes first, then by number."""
    open_ = [one for one in stands.judged if one.state is not State.MET]
    return tuple(sorted(open_, key=lambda one: (_distance(one), one.criterion.number))[:most])


def change(before: Board, after: Board) -> Change:
    """What was gained and what was lost between two boards of one set."""
    was = {one.criterion.number: one.state is State.MET for one in before.judged}
    now = {one.criterion.number: one.state is State.MET for one in after.judged}
    gained = tuple(one for one in after.judged if now[one.criterion.number] and not was[one.criterion.number])
    lost = tuple(one for one in after.judged if was[one.criterion.number] and not now[one.criterion.number])
    return Change(before, gained, lost)


def may_say(criteria: CriteriaSet, criterion: Criterion, role: Role) -> bool:
    """Whether a role may say how a criterion stands, and give its documents."""
    named = criterion.how.role if isinstance(criterion.how, Attested) else None
    return role is named if named is not None else role in ANSWERING[criteria.owner]


def expiry(criteria: CriteriaSet, criterion: Criterion, day: date) -> date:
    """The last day on which what is said today counts."""
    year = year_of(criteria, day)
    end = year.due or year.last
    lasts = criterion.how.lasts_days if isinstance(criterion.how, Attested) else None
    return end if lasts is None else min(end, day + timedelta(days=lasts - 1))


def in_year(criteria: CriteriaSet, given: Given, how: Evidence, day: date) -> bool:
    """Whether a document is dated so that it counts on a day."""
    return counts(given, how, year_of(criteria, day))


def _near(one: CriteriaSet, lineage: Sequence[str]) -> int | None:
    if one.unit is None:
        return 0
    return len(lineage) - lineage.index(one.unit) if one.unit in lineage else None


def _year(criteria: CriteriaSet, number: int) -> Year:
    first = criteria.year_begins.of(number)
    last = criteria.year_begins.of(number + 1) - timedelta(days=1)
    if criteria.due is None:
        return Year(first, last, None)
    due = criteria.due.of(last.year)
    return Year(first, last, due if due > last else criteria.due.of(last.year + 1))


def _written(criterion: Criterion, unit: str, fills: list[Act]) -> Written:
    """The newest text counts, that of the unit before that of its province."""
    reads, best = Written(criterion, 0, 0), (False, 0)
    for act in fills:
        rank = act.unit == unit, act.seq
        if rank > best and isinstance(act.what, Fill):
            best, now = rank, _filled(criterion, act.what)
            text = reads.text_since if now.text == reads.criterion.text else act.seq
            how = reads.how_since if now.how == reads.criterion.how else act.seq
            reads = Written(now, text, how)
    return reads


def _still_about(act: Act, one: Written) -> bool:
    """A word about another text or another rule says nothing of this one; a document may go on being asked for."""
    if isinstance(act.what, Verdict):
        return act.seq > max(one.text_since, one.how_since)
    return not isinstance(act.what, Given) or act.seq > one.how_since


def _filled(criterion: Criterion, fill: Fill) -> Criterion:
    return criterion.model_copy(
        update={"text": fill.text, "area": fill.area or criterion.area, "how": fill.how or criterion.how}
    )


def _distance(one: Judged) -> int:
    """How far a criterion is from being met, in thousandths: an order, nothing more."""
    how = one.criterion.how
    if one.why is Why.NO_TEXT:
        return 1000
    if isinstance(how, Evidence):
        return 1000 * len(one.missing) // (len(how.documents) + 1) if one.state is State.UNKNOWN else 750
    if isinstance(how, Attested):
        return 750 if one.state is State.UNMET else 500
    if one.state is State.UNKNOWN or one.numerator is None:
        return 900
    scale = 100 if one.denominator else 1
    value, bound = one.numerator * scale, how.threshold * (one.denominator or 1)
    return min(999, 1000 * abs(bound - value) // max(bound, value, 1))
