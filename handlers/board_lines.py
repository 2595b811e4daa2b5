"""The lines of a scorecard's screens: each a key with its parameters, at most six a screen."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from cases import people
from domain import criteria as rules
from domain.boards import Board, Change, Judged, Score, State, Why
from domain.criteria_sets import Act, Area, Attested, Automatic, Compare, CriteriaSet, Evidence, Given, Owner, Verdict
from domain.indicators import BY_NAME, Measure
from domain.places import Place, UnitKind
from handlers.turns import Turn
from locales import words
from storage.ward import Reported

Line = tuple[str, dict[str, Any]]
MARKS = {State.MET: "✅", State.UNMET: "❌", State.UNKNOWN: "⚪"}
_TEXT_CHARS = 200  # of a criterion on its own screen; the whole text is in its set
_SHORT_CHARS = 40  # of one that is named among others
_LINES_LEFT = 5  # below the first line of a screen
_NAMED = 6  # criteria of a list before "and more"


def short(text: str, chars: int = _SHORT_CHARS) -> str:
    """A text that is cut at a word."""
    return text if len(text) <= chars else text[: chars - 1].rsplit(" ", 1)[0].rstrip(",;") + "…"


def set_name(turn: Turn, criteria: CriteriaSet) -> str:
    """What a set is called; one that a ward has added is called as its file says."""
    key = f"criteria_set.{criteria.family}"
    return turn.said(key) if key in words(turn.person.language).sentences else criteria.name


def unit_name(turn: Turn, place: Place) -> str:
    """`Phường Bắc Hồng`, `Tổ dân phố 5`."""
    return turn.said("place.ward", name=place.name) if place.kind is UnitKind.WARD else place.name


def judged(score: Score) -> bool:
    """Whether anything at all is known."""
    return score.met + score.unmet > 0


def board_lines(
    turn: Turn, place: Place, board: Board, told: Reported | None, others: Iterable[tuple[Board, Reported | None]]
) -> list[Line]:
    """Screen 19: what is reported and what is computed, side by side."""
    score = board.score
    named = {"unit": unit_name(turn, place), "set": set_name(turn, board.criteria)}
    computed = {"day": board.as_of, "met": score.met, "unmet": score.unmet, "unknown": score.unknown}
    if told is not None and told.denominator is not None and told.numerator is not None and not judged(score):
        left = told.denominator - told.numerator
        total = {"day": told.as_of, "met": told.numerator, "total": told.denominator, "left": left}
        lines: list[Line] = [("criteria.reported", {**named, **total})]
        lines += [("criteria.only_a_total", {"left": left})] if left else []
        lines.append(("criteria.kept", computed))
    else:
        lines = [
            ("criteria.computed" if judged(score) else "criteria.nothing", {**named, **computed, "total": score.total})
        ]
        lines += [("criteria.rest", computed)] if judged(score) else []
        lines += reported_line(told)
    lines += deadline(board)
    listed = [other_said(turn, other, said) for other, said in others]
    return [*lines, ("criteria.others", {"list": ", ".join(listed)})] if listed else lines


def reported_line(told: Reported | None) -> list[Line]:
    """The total that a source reports, if it has a number."""
    if told is None:
        return []
    if told.denominator is None:
        return [("criteria.no_number", {})]
    return [("criteria.beside", {"met": told.numerator, "total": told.denominator, "day": told.as_of})]


def other_said(turn: Turn, board: Board, told: Reported | None) -> str:
    """Another set in a few words; what is not known is not zero."""
    name, score = set_name(turn, board.criteria), board.score
    if judged(score):
        return turn.said("criteria.other", set=name, met=score.met, total=score.total)
    if told is not None and told.denominator is not None:
        params = {"met": told.numerator, "total": told.denominator, "day": told.as_of}
        return turn.said("criteria.other_reported", set=name, **params)
    return turn.said("criteria.other_unknown", set=name)


def deadline(board: Board) -> list[Line]:
    """Days to the decision, for a set that has one."""
    due, left = rules.year_of(board.criteria, board.as_of).due, rules.days_left(board.criteria, board.as_of)
    return [] if due is None or left is None else [("criteria.due", {"due": due, "left": left})]


async def criterion_lines(turn: Turn, board: Board, one: Judged) -> list[Line]:
    """One criterion: how it stands and on what, its rule, what is missing, who owns it, until when."""
    text = short(one.criterion.text or turn.said("criteria.slot"), _TEXT_CHARS)
    head = {"mark": MARKS[one.state], "number": one.criterion.number, "total": len(board.judged), "text": text}
    lines: list[Line] = [("criteria.one", head), await _why(turn, one)]
    if one.why is not Why.NO_TEXT:
        lines += [_rule(turn, board.criteria, one), *_missing(turn, one)]
    lines += [*_figures(one), *await _papers(turn, one)]
    due = deadline(board)
    owner = {"owner": owner_of(turn, board.criteria, one)}
    return [*lines, ("criteria.owner_due", {**owner, **due[0][1]}) if due else ("criteria.owner", owner)]


def owner_of(turn: Turn, criteria: CriteriaSet, one: Judged) -> str:
    """Who answers for a criterion: the role that it names, else the owner of its set."""
    how = one.criterion.how
    if isinstance(how, Attested) and how.role is not None:
        return turn.said(f"role.{how.role.value}")
    return turn.said("criteria.nobody_named") if criteria.owner is None else _owner(turn, criteria.owner)


def _owner(turn: Turn, owner: Owner) -> str:
    return turn.said(f"criteria_owner.{owner.value}")


async def _why(turn: Turn, one: Judged) -> Line:
    if one.why in (Why.SAID_MET, Why.SAID_UNMET, Why.EXPIRED) and isinstance(one.acts[0].what, Verdict):
        act, said = one.acts[0], one.acts[0].what
        return f"criteria_why.{one.why.value}", {
            "by": await _by(turn, act),
            "day": act.day,
            "reason": short(said.reason, 120),
            "expires": said.expires,
        }
    if one.why is Why.MEASURED and one.numerator is None:
        return f"criteria_why.bare_{one.state.value}", {}
    if one.why is Why.MEASURED:
        return f"criteria_why.measured_{one.state.value}", {"value": value_of(turn, one)}
    if one.why is Why.NO_DATA and one.measured is not None and one.measured.few:
        return "criteria_why.few", {}
    if one.why is Why.NO_DATA and one.measured is not None and one.measured.known:
        if one.measured.whole is not None and one.measured.seen != one.measured.whole:
            return "criteria_why.not_all_seen", {"seen": one.measured.seen, "whole": one.measured.whole}
        return "criteria_why.some_data", {"known": one.measured.known, "days": one.measured.days}
    return f"criteria_why.{one.why.value}", {"count": one.numerator, "total": one.denominator}


async def _by(turn: Turn, act: Act) -> str:
    name = await people.name_of(turn.unit, act.by)
    role = turn.said(f"role.{act.role.value}") if act.role else turn.said("role.admin")
    return f"{role} {name}" if name else role


def value_of(turn: Turn, one: Judged) -> str:
    """A figure with what it is a share of: `16/20`."""
    if one.denominator is not None:
        return turn.said("criteria.share", part=one.numerator, whole=one.denominator)
    return turn.said("summary.number", value=one.numerator)


def _rule(turn: Turn, criteria: CriteriaSet, one: Judged) -> Line:
    how = one.criterion.how
    if isinstance(how, Evidence):
        return "criteria_rule.evidence", {"count": len(how.documents)}
    if isinstance(how, Attested):
        if how.role is None and criteria.owner is None:
            return "criteria_rule.attested_by_somebody", {}
        return "criteria_rule.attested", {"owner": owner_of(turn, criteria, one)}
    unit = {Measure.SHARE: "percent", Measure.SECONDS: "seconds"}.get(BY_NAME[how.indicator].measure, "count")
    bound = turn.said(f"criteria_bound.{unit}", value=how.threshold)
    key = "criteria_rule.at_least" if how.compare is Compare.AT_LEAST else "criteria_rule.at_most"
    return key, {"indicator": turn.said(f"indicator.{how.indicator}"), "bound": bound, "span": how.span.value}


def _missing(turn: Turn, one: Judged) -> list[Line]:
    how = one.criterion.how
    if isinstance(how, Evidence) and one.missing:
        names = "; ".join(how.documents[number].name for number in one.missing)
        return [("criteria.missing", {"what": short(names, 120)})]
    if isinstance(how, Automatic) and one.state is State.UNMET and (gap := gap_of(how, one)):
        return [("criteria.gap", {"gap": gap})]
    return []


def gap_of(how: Automatic, one: Judged) -> int:
    """How many more would make it met, or how many fewer; 0 where more of one thing doesn't do it."""
    if one.numerator is None or BY_NAME[how.indicator].measure is Measure.SECONDS:
        return 0
    whole = one.measured.whole if one.measured and one.measured.whole is not None else one.denominator
    bound = how.threshold if one.denominator is None or whole is None else -(-how.threshold * whole // 100)
    return abs(bound - one.numerator)


def _figures(one: Judged) -> list[Line]:
    """Of which days a figure is."""
    taken = one.measured
    if taken is None or one.why is not Why.MEASURED:
        return []
    days = {"first": taken.first, "last": taken.last, "known": taken.known, "days": taken.days}
    if taken.whole:  # of these the state is known; the others may be either way
        return [("criteria.seen_of", {"seen": taken.seen, "whole": taken.whole, "last": taken.as_of or taken.last})]
    return [("criteria.figures_of", days)]


async def _papers(turn: Turn, one: Judged) -> list[Line]:
    papers = [act for act in one.acts if isinstance(act.what, Given)]
    named = [f"{act.what.number}, {_day(turn, act.what.day)}" for act in papers if isinstance(act.what, Given)]
    listed = list(dict.fromkeys(named))  # told once and again with its picture
    if not listed:
        return []
    return [("criteria.papers", {"list": "; ".join(listed[:3]), "by": await _by(turn, papers[0])})]


def _day(turn: Turn, day: date) -> str:
    return turn.said("criteria.day", day=day)


def step_line(turn: Turn, criteria: CriteriaSet, one: Judged) -> Line:
    """What would make a criterion met."""
    how, params = one.criterion.how, {"number": one.criterion.number, "owner": owner_of(turn, criteria, one)}
    text = short(one.criterion.text or "")
    if isinstance(how, Evidence) and one.missing:
        return "criteria_step.paper", {**params, "what": short(how.documents[one.missing[0]].name)}
    if isinstance(how, Automatic) and one.state is State.UNMET and (gap := gap_of(how, one)):
        return "criteria_step.gap", {**params, "gap": gap, "text": text}
    somebody = isinstance(how, Attested) and how.role is None and criteria.owner is None
    say = "say_somebody" if somebody else "say"
    key = "no_text" if one.why is Why.NO_TEXT else "unmet" if one.state is State.UNMET else say
    return ("criteria_step.wait" if one.why is Why.NO_DATA else f"criteria_step.{key}"), {**params, "text": text}


def change_lines(turn: Turn, now: Board, day: date, made: Change | None) -> list[Line]:
    """How the score changed since a day, and why."""
    if made is None:
        return [("criteria.changed_set", {"day": day})]
    if made.before.score == now.score and not made.gained and not made.lost:
        return [("criteria.unchanged", {"day": day})]
    before, after = (_met(turn, score) for score in (made.before.score, now.score))
    lines: list[Line] = [("criteria.changed", {"day": day, "before": before, "after": after})]
    for key, ones in (("criteria.gained", made.gained), ("criteria.lost", made.lost)):
        if ones:
            because = [f"{one.criterion.number} ({turn.said(f'criteria_because.{one.why.value}')})" for one in ones]
            more = "…" if len(because) > _NAMED else ""
            lines.append((key, {"list": ", ".join(because[:_NAMED]) + more}))
    return lines


def _met(turn: Turn, score: Score) -> str:
    return turn.said("criteria.met_said", met=score.met) if judged(score) else turn.said("summary.unknown")


def source_lines(turn: Turn, board: Board, told: Reported | None) -> list[Line]:
    """Where a score comes from."""
    criteria, issued = board.criteria, board.criteria.issued
    name = set_name(turn, criteria)
    papers = ", ".join(part for part in (issued.number, issued.day and _day(turn, issued.day), issued.issuer) if part)
    lines: list[Line] = [("criteria.issued", {"set": name, "papers": papers})] if papers else []
    lines = lines or [("criteria.not_issued", {"set": name})]
    known = sum(one.criterion.text is not None for one in board.judged)
    lines.append(("criteria.texts", {"known": known, "total": len(board.judged)}))
    lines += [("criteria.note", {"note": criteria.note})] if criteria.note else []
    lines.append(("criteria.records", {"count": sum(len(one.acts) for one in board.judged)}))
    if told is not None and told.denominator is not None:
        total = {"met": told.numerator, "total": told.denominator, "source": told.source}
        lines.append(("criteria.reported_by", total))
    return lines


def area_lines(turn: Turn, board: Board) -> list[Line]:
    """Group by group; a set whose criteria are in no group yet says so."""
    name = set_name(turn, board.criteria)
    if all(one.criterion.area is None for one in board.judged):
        return [("criteria.areas_unknown", {"set": name}), *_paired([area.name for area in board.criteria.areas])]
    said = [_area(turn, area, score) for area, score in board.by_area]
    return [("criteria.areas", {"set": name, "day": board.as_of}), *_paired(said)]


def _area(turn: Turn, area: Area | None, score: Score) -> str:
    name = turn.said("criteria.no_area") if area is None else area.name
    if not judged(score):
        return turn.said("criteria.area_unknown", area=name, total=score.total)
    return turn.said("criteria.area", area=name, met=score.met, total=score.total, unknown=score.unknown)


def _paired(said: list[str]) -> list[Line]:
    """A line each; two a line where they would be more than five."""
    wide = 1 if len(said) <= _LINES_LEFT else 2
    return [
        ("criteria.area_name", {"area": "; ".join(said[start : start + wide])}) for start in range(0, len(said), wide)
    ]
