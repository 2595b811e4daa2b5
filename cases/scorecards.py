"""A scorecard as it is drawn."""

from datetime import date

from cases import criteria
from domain.errors import Refused
from domain.places import UnitKind
from locales import Words
from reports.scorecard import Scorecard, Told
from storage.unit import Unit


async def card(
    unit: Unit, code: str, set_code: str | None, day: date | None, words: Words, *, outward: bool = False
) -> Scorecard:
    """The scorecard of a unit in a set (the first, if none is named) on a day (today).

    Raises Refused for an unknown unit, a set that was not valid then, a day to come.
    """
    place = await unit.places.find(code)
    if place is None:
        raise Refused("unit.unknown", unit=code)
    found = await criteria.boards(unit, place, day, outward=outward)
    board = next((one for one in found if set_code in (None, one.criteria.code)), None)
    if board is None:
        raise Refused("criteria.no_set")
    said = await criteria.reported(unit, place, board.criteria, board.as_of)
    told = None
    if said is not None and said.numerator is not None and said.denominator is not None:
        told = Told(met=said.numerator, total=said.denominator, as_of=date.fromisoformat(said.as_of))
    key = f"criteria_set.{board.criteria.family}"
    return Scorecard(
        unit=words.say("place.ward", name=place.name) if place.kind is UnitKind.WARD else place.name,
        name=words.say(key) if key in words.sentences else board.criteria.name,
        board=board,
        told=told,
    )
