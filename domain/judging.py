"""How one criterion stands on a day: by a figure, by somebody's word, or by documents."""

from collections.abc import Iterable
from datetime import date

from domain.boards import Judged, State, Why, Year
from domain.criteria_sets import Act, Automatic, Compare, Criterion, Evidence, Given, Verdict, Withdrawn
from domain.indicators import BY_NAME, Measure, Window
from domain.measures import Measured


def standing_of(acts: Iterable[Act], as_of: date) -> list[Act]:
    """What was said by the end of a day and not taken back by then, in order."""
    said = [act for act in acts if act.day <= as_of]
    gone = {act.what.act for act in said if isinstance(act.what, Withdrawn)}
    return sorted((act for act in said if act.id not in gone), key=lambda act: act.seq)


def judge(criterion: Criterion, said: list[Act], figure: Measured | None, year: Year, as_of: date) -> Judged:
    """`said`: acts of this criterion and unit up to the day, also those that were taken back by then."""
    if criterion.text is None:
        return Judged(criterion=criterion, state=State.UNKNOWN, why=Why.NO_TEXT)
    if isinstance(criterion.how, Automatic):
        return _measured(criterion, criterion.how, figure)
    standing = standing_of(said, as_of)
    verdicts = [act for act in standing if isinstance(act.what, Verdict)]
    last = verdicts[-1] if verdicts else None
    lasting = last is not None and isinstance(last.what, Verdict) and last.what.expires >= as_of
    if lasting and last is not None and isinstance(last.what, Verdict) and not last.what.met:
        return Judged(criterion=criterion, state=State.UNMET, why=Why.SAID_UNMET, acts=(last,))
    if isinstance(criterion.how, Evidence):
        return _documented(criterion, criterion.how, standing, year)
    if lasting and last is not None:
        return Judged(criterion=criterion, state=State.MET, why=Why.SAID_MET, acts=(last,))
    taken_back = any(isinstance(act.what, Withdrawn) for act in said)
    why = Why.EXPIRED if last is not None else Why.WITHDRAWN if taken_back else Why.NOBODY
    return Judged(criterion=criterion, state=State.UNKNOWN, why=why, acts=(last,) if last is not None else ())


def _documented(criterion: Criterion, how: Evidence, standing: list[Act], year: Year) -> Judged:
    """Missing documents are unknown, not unmet: they may be there and not told yet."""
    acts = [act for act in standing if isinstance(act.what, Given) and counts(act.what, how, year)]
    there = {act.what.document for act in acts if isinstance(act.what, Given)}
    missing = tuple(number for number in range(len(how.documents)) if number not in there)
    return Judged(
        criterion=criterion,
        state=State.UNKNOWN if missing else State.MET,
        why=Why.DOCUMENTS_MISSING if missing else Why.DOCUMENTS,
        numerator=len(how.documents) - len(missing),
        denominator=len(how.documents),
        missing=missing,
        acts=tuple(reversed(acts)),
    )


def counts(given: Given, how: Evidence, year: Year) -> bool:
    """Whether a document is one that is asked for, dated in the year that is judged."""
    if given.document >= len(how.documents) or not year.first <= given.day <= year.last:
        return False
    until = how.documents[given.document].until_month
    return until is None or (given.day.year, given.day.month) <= (year.last.year, until)


def _measured(criterion: Criterion, how: Automatic, figure: Measured | None) -> Judged:
    """A figure of which days are missing decides only what the missing days can't change."""
    denominator = figure.denominator if figure else None
    numerator = None if figure is None else figure.value if denominator is None else figure.numerator
    shown = {"criterion": criterion, "numerator": numerator, "denominator": denominator, "measured": figure}
    reached = _reached(how, numerator, denominator)
    if figure is not None and _unseen(figure):
        reached = _whatever_is_unseen(how, figure)
    if figure is None or reached is None or not (_complete(figure) or _sure(how, figure, reached)):
        return Judged.model_validate({**shown, "state": State.UNKNOWN, "why": Why.NO_DATA})
    return Judged.model_validate({**shown, "state": State.MET if reached else State.UNMET, "why": Why.MEASURED})


def _reached(how: Automatic, numerator: int | None, denominator: int | None) -> bool | None:
    if numerator is None or denominator == 0:
        return None
    scale = 100 if BY_NAME[how.indicator].measure is Measure.SHARE else 1
    value, bound = numerator * scale, how.threshold * (1 if denominator is None else denominator)
    return value >= bound if how.compare is Compare.AT_LEAST else value <= bound


def _unseen(figure: Measured) -> int:
    """Of how many things nobody has seen the state."""
    return 0 if figure.whole is None or figure.seen is None else figure.whole - figure.seen


def _whatever_is_unseen(how: Automatic, figure: Measured) -> bool | None:
    """What holds whether all that is unseen works or none does; None when it depends on that.

    A count (households of the groups that were counted) can only be larger.
    """
    if figure.denominator is None:
        reached = _reached(how, figure.value, None)
        return reached if reached is (how.compare is Compare.AT_LEAST) else None
    working, unseen = figure.numerator or 0, _unseen(figure)
    worst, best = (_reached(how, number, figure.whole) for number in (working, working + unseen))
    return worst if worst is best else None


def _sure(how: Automatic, figure: Measured, reached: bool) -> bool:
    """A count only grows: what has passed a bound with some days missing has passed it with all of them."""
    grows = figure.denominator is None and BY_NAME[figure.name].window is Window.SUM
    return grows and reached is (how.compare is Compare.AT_LEAST)


def _complete(figure: Measured) -> bool:
    if BY_NAME[figure.name].window is Window.END:
        return figure.as_of == figure.last
    return figure.known == figure.days
