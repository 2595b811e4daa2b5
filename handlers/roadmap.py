"""How far a ward is on its province's roadmap: the province reads it, and says with a document that it has come on."""

from cases import criteria, roadmap
from domain.clocks import ward_day
from domain.criteria_sets import Given
from domain.criteria_typed import paper_said
from domain.notices import Button
from domain.places import Place
from domain.stages import Stage
from domain.talks import choices
from handlers import board
from handlers.board_lines import Line, unit_name
from handlers.turns import Args, Turn

_SOURCES = 2


async def show(turn: Turn, args: Args) -> None:
    """*Lộ trình* of a ward."""
    place = await _ward(turn, args[0])
    await _show(turn, place, [])


async def ask(turn: Turn, args: Args) -> None:
    """A stage was pressed: the next text is its document."""
    place, stage = await _ward(turn, args[0]), args.one_of(1, Stage)
    stop = Button(label="button.stop", press="x.cancel")
    example = ward_day(turn.unit.now)
    name = unit_name(turn, place)
    turn.answer("roadmap_said.ask", buttons=((stop,),), unit=name, stage=stage.value, example=example)
    turn.keep(step="roadmap_paper", criterion=f"{place.code}:{stage.value}")


async def typed(turn: Turn, said: str) -> None:
    """`12/QĐ-UBND, 15/2/2026, UBND tỉnh`, with commas or without."""
    args = Args((turn.talk.criterion or "").split(":"))
    place, stage = await _ward(turn, args[0]), args.one_of(1, Stage)
    number, day, issuer = paper_said(said)
    paper = Given(document=0, number=number, day=day, issuer=issuer)
    await roadmap.reach(turn.unit, place.code, stage, paper, roadmap.speaker(turn.person, place))
    turn.keep(step=None, criterion=None)
    await _show(turn, place, [("roadmap_said.done", {"stage": stage.value, "paper": number})])


async def take_back(turn: Turn, args: Args) -> None:
    """*Rút lời ghi*: what was said last; it stays in the records."""
    place = await _ward(turn, args[0])
    await roadmap.take_back(turn.unit, place.code, roadmap.speaker(turn.person, place))
    await _show(turn, place, [("roadmap_said.undone", {})])


async def _show(turn: Turn, place: Place, first: list[Line]) -> None:
    await turn.unit.flush()  # what was just said is part of what is shown
    said = await roadmap.said(turn.unit, [place.code], ward_day(turn.unit.now))
    stage = roadmap.furthest(said).get(place.code)
    name = unit_name(turn, place)
    now: Line = ("roadmap_said.unknown", {"unit": name})
    if stage is not None:
        now = ("roadmap_said.now", {"unit": name, "stage": stage.value})
    sources = list(dict.fromkeys(one.source for one in said if one.stage is stage))
    by: list[Line] = [("roadmap_said.by", {"list": "; ".join(sources[:_SOURCES])})] if sources else []
    rows = list(choices(*((f"button.stage_{one.value}", f"v.stage:{place.code}:{one.value}") for one in Stage), wide=1))
    if await roadmap.last_act(turn.unit, place.code) is not None:
        rows.append((Button(label="button.take_back", press=f"v.undo:{place.code}"),))
    rows.append((Button(label="button.board", press=f"k.board:{place.code}"),))
    board.show(turn, [*first, now, *by], tuple(rows))


async def _ward(turn: Turn, code: str) -> Place:
    place = await criteria.place_for(turn.unit, turn.person, code)
    roadmap.speaker(turn.person, place)
    return place
