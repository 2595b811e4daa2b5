"""Everything that is known of a unit as of a day, each figure with its source: `figures` of `contract.md`."""

from datetime import date
from typing import Literal

from pydantic import BaseModel

from cases import criteria, figures
from domain.boards import Board, Score, Why
from domain.clocks import ward_day
from domain.errors import Refused
from domain.indicators import INDICATORS
from domain.measures import Measured
from domain.places import Place, UnitKind
from locales import words
from storage.unit import Unit
from storage.ward import Reported

_SCORED = frozenset({UnitKind.WARD, UnitKind.NEIGHBOURHOOD})


class Known(BaseModel, frozen=True, defer_build=True):
    """One figure: a value, or a numerator with its denominator; neither when it is not known."""

    name: str
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    as_of: date
    source: str
    status: Literal["measured", "attested", "reported", "unknown"]


async def known(unit: Unit, code: str, day: date | None) -> list[Known]:
    """Scores of criteria, the ward's book, what sources report (the latest up to a day), the year's indicators.

    Raises Refused for a unit that is not there and for a day to come.
    """
    today = ward_day(unit.now)
    day = day or today
    place = await unit.places.find(code)
    if place is None:
        raise Refused("unit.unknown", unit=code)
    if day > today:
        raise Refused("criteria.future", day=day)
    boards = await criteria.boards(unit, place, day) if place.kind in _SCORED else []
    scores = [figure for board in boards for figure in _scores(board)]
    # With the first question: a serving process that nobody asks has no use for the book's models.
    from cases import known_book

    book = [Known.model_validate(fields) for fields in await known_book.figures(unit, place, day)]
    return [*scores, *book, *await _reported(unit, place, day), *await _indicators(unit, place, day)]


async def _reported(unit: Unit, place: Place, day: date) -> list[Known]:
    latest: dict[str, Reported] = {}
    for one in sorted(await unit.reported.of(place.code), key=lambda one: one.as_of):
        if one.as_of <= day.isoformat():
            latest[one.name] = one
    return [Known.model_validate(latest[name].model_dump(exclude={"id", "unit"})) for name in sorted(latest)]


def _scores(board: Board) -> list[Known]:
    """`criteria.<set>`, and one a group if any criterion is in one. What is not known has no numerator."""
    name, source = f"criteria.{board.criteria.code}", _source(board)
    made = [_score(name, board.score, board, source)]
    for area, score in board.by_area:
        if area is not None:
            made.append(_score(f"{name}.{area.code}", score, board, source))
    return made


def _score(name: str, score: Score, board: Board, source: str) -> Known:
    judged = score.met + score.unmet
    computed = judged and all(one.why is Why.MEASURED for one in board.judged if one.state != "unknown")
    return Known(
        name=name,
        numerator=score.met if judged else None,
        denominator=score.total,
        as_of=board.as_of,
        source=source,
        status="unknown" if not judged else "measured" if computed else "attested",
    )


def _source(board: Board) -> str:
    issued = board.criteria.issued
    papers = (issued.number or board.criteria.note or board.criteria.source).rstrip(".")
    vietnamese = words("vi")
    said = sum(1 for one in board.judged for act in one.acts if act.day <= board.as_of)
    key = {"set": papers, "acts": said, "unknown": board.score.unknown}
    return vietnamese.say("known.criteria", **key)


async def _indicators(unit: Unit, place: Place, day: date) -> list[Known]:
    """From the first day of the year; the source says how many of its days are known."""
    if place.kind is not UnitKind.WARD:
        return []
    first = date(day.year, 1, 1)
    return [_indicator(one) for one in await figures.measure(unit, place.code, INDICATORS, first, day)]


def _indicator(one: Measured) -> Known:
    days = {"first": one.first, "last": one.last, "known": one.known, "days": one.days}
    source = words("vi").say("known.indicator", rule=one.source, **days)
    return Known(
        name=one.name,
        value=one.value,
        numerator=one.numerator,
        denominator=one.denominator,
        as_of=one.as_of or one.last,
        source=words("vi").say("known.few", source=source) if one.few else source,
        status=one.status,
    )
