"""Roles by actions: whoever a row doesn't name is refused, by command, button, typed word and awaited text alike."""

from collections.abc import Mapping

import pytest

from domain.errors import Refused
from domain.notices import Button
from domain.people import Person
from domain.pieces import PieceKind
from handlers import attesting, board_routes, book_routes, routes
from handlers.turns import Args, Turn
from storage.unit import Unit
from tests.cases.roles import REFUSALS, Command, How, Press, Row, Things, Told, people_of, rows, things_of
from tests.cases.world import World

TOPICS = ("scorecard", "province", "titles", "awards", "pledges", "inventory", "reports", "tips", "checks")
EVERYBODYS = ("s.", "t.", "r.", "o.", "x.")
"""Buttons of what everybody may do: joining, telling, one's own receipt, one's own data."""
OF_A_CARD = frozenset(
    {
        *("tip.page", "tip.receive", "tip.to", "tip.forwarded", "tip.end", "tip.reopen"),
        *("c.all", "c.item", "c.mark", "c.house", "c.what", "c.seen", "c.tonight", "c.away", "c.photos"),
        *("c.mended", "c.fixed", "c.fixed_all"),
    }
)
"""Buttons of a tip's card and of a check that stand or fall with the ones here; `test_triage`, `test_checking` and
`test_mending` try their cases with strangers."""
EVERYBODYS_COMMANDS = frozenset(
    {
        *("start", "baotin", "tincuatoi", "khancap", "camket", "trogiup", "ngonngu", "riengtu", "xoadulieu", "huy"),
        *("raca", "vaoca"),
    }
)
UNDO = {"v.undo", "a.undo"}
"""What was last said of the roadmap: needs somebody to have said it, so it has a test of its own below. A sighting is
taken back by who made it only: `test_assets` tries others."""


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """One engine: no guard of roles asks which."""
    return sqlite_url


class _Undone(Exception):
    """Rolls back: each cell of the table finds the same ward."""


def typed_as(how: Press) -> Button:
    return Button(label="button.more", press=how.data, digit="7")


def ways(how: How) -> dict[str, str | None]:
    """The ways in which somebody can do it, each with what they type."""
    if isinstance(how, Press):
        return {"button": None, "digit": "7", "word": "xem them"}
    if isinstance(how, Told):
        return {"awaited": how.text or None}
    label = next(label for names, label, _ in routes.COMMANDS if how.name in names)
    return {"command": None} if label is None else {"command": None, "keyboard": label}


async def done(world: World, person: Person, how: How, typed: str | None) -> str | None:
    """The code with which somebody is refused; None when they are let through, and what they did can be kept."""
    code: str | None = None
    try:
        async with world.db.transaction() as tx:
            unit = Unit(tx, world.vault, world.now, world.numbers, world.clocks)
            turn = Turn(unit=unit, person=person, talk=world.new_talk(unit, person), query="1")
            try:
                await _do(turn, how, typed)
                await unit.flush()
            except Refused as refused:
                code = refused.code
            raise _Undone
    except _Undone:
        return code


async def _do(turn: Turn, how: How, typed: str | None) -> None:
    if isinstance(how, Press):
        if typed is None:
            await routes.press(turn, how.data)
        else:
            turn.keep(menu=(typed_as(how),))
            await routes.text(turn, typed)
    elif isinstance(how, Told):
        turn.keep(step=how.step, **{how.field: how.about})
        if typed is None:
            await attesting.carried(turn, PieceKind.PHOTO, "photo", "")
        else:
            await routes.text(turn, typed)
    elif typed is None:
        act = next(act for names, _, act in routes.COMMANDS if how.name in names)
        await act(turn, Args())
    else:
        await routes.text(turn, turn.said(f"keyboard.{typed}"))


@pytest.mark.parametrize("topic", TOPICS)
async def test_everybody_a_row_does_not_name_is_refused_by_every_way(world: World, topic: str) -> None:
    people = await people_of(world)
    table = rows(await things_of(world, people))
    assert tuple(table) == TOPICS
    wrong = [line for row in table[topic] for line in await _cells(world, people, row)]
    assert not wrong, "\n".join(wrong)


async def _cells(world: World, people: Mapping[str, Person], row: Row) -> list[str]:
    how, allowed = row
    assert allowed <= people.keys()
    wrong = []
    for way, typed in ways(how).items():
        found: dict[str, list[str]] = {}
        for name, person in people.items():
            code = await done(world, person, how, typed)
            if not (code is None if name in allowed else code in REFUSALS):
                found.setdefault(code or "let through", []).append(name)
        wrong += [f"{how} by {way}: {code}: {', '.join(names)}" for code, names in found.items()]
    return wrong


async def test_what_was_said_of_the_roadmap_is_taken_back_by_the_province_only(world: World) -> None:
    people = await people_of(world)
    known = await things_of(world, people)
    [stage] = [how for how, _ in rows(known)["province"] if isinstance(how, Told) and how.step == "roadmap_paper"]
    async with world.unit() as unit:
        turn = Turn(unit=unit, person=people["province"], talk=world.new_talk(unit, people["province"]))
        await _do(turn, stage, stage.text)
    wrong = await _cells(world, people, (Press("v.undo:18115"), frozenset({"province"})))
    assert not wrong, "\n".join(wrong)


def test_every_button_question_and_command_is_in_the_table() -> None:
    nothing = Things("", "", "", "", "", "", "", "", "")
    hows = [how for table in rows(nothing).values() for how, _ in table]
    verbs = {how.data.partition(":")[0] for how in hows if isinstance(how, Press)} | UNDO
    later = {*board_routes.PRESSES, *book_routes.PRESSES, *(verb for verb in routes.PRESSES if verb.startswith("p."))}
    assert later <= verbs, "a later feature's button that nobody tries"
    left = {verb for verb in routes.PRESSES if not verb.startswith(EVERYBODYS)} - verbs
    assert left == OF_A_CARD
    steps = {how.step for how in hows if isinstance(how, Told)}
    assert {*board_routes.STEPS, *book_routes.STEPS, "report", *attesting.CARRYING} <= steps
    commands = {how.name for how in hows if isinstance(how, Command)}
    assert {names[0] for names, _, _ in routes.COMMANDS} == commands | EVERYBODYS_COMMANDS
