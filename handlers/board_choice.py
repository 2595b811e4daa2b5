"""Which scorecard is meant: the ward, the set, the residential area."""

from cases import criteria
from domain.errors import Refused
from domain.notices import Button
from domain.places import Place, UnitKind
from handlers.board import show_board
from handlers.board_lines import set_name
from handlers.turns import Args, Turn

WARDS_SHOWN = 30


async def start(turn: Turn, _: Args) -> None:
    """`/tieuchi`: the ward's board; who reads several wards chooses one, a province from its own board."""
    found = await criteria.wards_of(turn.unit, turn.person)
    turn.look_away()
    own = await criteria.province_of(turn.unit, turn.person)
    if own is not None and len(found) > 1:
        from handlers import province  # few look after a province: an idle bot stays small

        await province.show(turn, own.code)
    elif len(found) == 1:
        await show_board(turn, found[0], None, None)
    else:
        _wards(turn, found, 0)


async def wards(turn: Turn, args: Args) -> None:
    """More wards of a province."""
    _wards(turn, await criteria.wards_of(turn.unit, turn.person), args.number(0))


async def others(turn: Turn, args: Args) -> None:
    """*Bộ khác*: every set of a ward, and its residential areas."""
    place = await criteria.place_for(turn.unit, turn.person, args[0])
    found = await criteria.boards(turn.unit, place, outward=criteria.is_outward(turn.person, place))
    named = [
        ("button.set", {"set": set_name(turn, one.criteria)}, f"k.board:{place.code}:{one.criteria.code}")
        for one in found
    ]
    if place.kind is UnitKind.WARD and await turn.unit.places.of_kind(place.code, UnitKind.NEIGHBOURHOOD):
        named.append(("button.areas_of_ward", {}, f"k.areas:{place.code}:0"))
    rows = tuple(
        (Button(label=label, params={**params, "number": n}, press=press, digit=str(n)),)
        for n, (label, params, press) in enumerate(named, 1)
    )
    turn.answer("criteria.which_set", buttons=rows, edit=turn.pressed_message is not None)


async def areas_of_ward(turn: Turn, args: Args) -> None:
    """The neighbourhood units of a ward, each with a board of its own."""
    place = await criteria.place_for(turn.unit, turn.person, args[0])
    units = await turn.unit.places.of_kind(place.code, UnitKind.NEIGHBOURHOOD)
    units.sort(key=lambda one: (len(one.code), one.code))
    _units(turn, units, args.number(1), "criteria.which_area", f"k.areas:{place.code}")


def _wards(turn: Turn, found: list[Place], begin: int) -> None:
    if not found:
        raise Refused("role.criteria_only")
    _units(turn, found, begin, "criteria.which_ward", "k.wards")


def _units(turn: Turn, found: list[Place], begin: int, key: str, more: str) -> None:
    shown = found[begin : begin + WARDS_SHOWN]
    rows = [
        (Button(label="button.unit", params={"number": n, "name": name}, press=f"k.board:{code}", digit=str(n)),)
        for n, (code, name) in enumerate(((one.code, one.name) for one in shown), begin + 1)
    ]
    if len(found) > begin + WARDS_SHOWN:
        rows.append((Button(label="button.more", press=f"{more}:{begin + WARDS_SHOWN}"),))
    turn.answer(key, buttons=tuple(rows), count=len(found), edit=turn.pressed_message is not None)
