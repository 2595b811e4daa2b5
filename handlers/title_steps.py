"""What is written of titles in the chat: a proposal, the assessment, the decision, how many there are, a withdrawal."""

from cases import book, titles
from domain.clocks import ward_day
from domain.criteria_typed import paper_said
from domain.entries import MOST_COUNTED, Level, Paper, Stage, Step, Title
from domain.errors import Refused
from domain.notices import Button
from domain.titles import FIRST_YEAR
from handlers.book_lines import Line, ask, over
from handlers.titles import At, find, show_candidate, show_home, show_level
from handlers.turns import Args, Turn


async def other_year(turn: Turn, args: Args) -> None:
    """*Năm khác*: the next text is a year."""
    await book.ward_for(turn.unit, turn.person, args[0])
    ask(turn, "title_year", ":".join([args[0], args[1]]), "titles.which_year", example=ward_day(turn.unit.now).year - 1)


async def year_typed(turn: Turn, said: str) -> None:
    """A year of four digits."""
    args, year = _about(turn), _number(said)
    last = ward_day(turn.unit.now).year + 1
    if not FIRST_YEAR <= year <= last:
        raise Refused("title.no_round", first=FIRST_YEAR, last=last)
    ward = await book.ward_for(turn.unit, turn.person, args[0])
    over(turn)
    await show_home(turn, ward, args.one_of(1, Title), year)


async def propose(turn: Turn, args: Args) -> None:
    """*Đề nghị*: a unit by its digit, or anybody by name."""
    at = await _mine(turn, args)
    units = await titles.proposable(turn.unit, at.ward, await titles.stand(turn.unit, at.ward, at.round))
    buttons = [
        Button(
            label="button.unit",
            params={"number": n, "name": one.name},
            press=at.press("h.unit", one.code),
            digit=str(n),
        )
        for n, one in enumerate(units[:30], 1)
    ]
    rows = tuple(tuple(buttons[n : n + 2]) for n in range(0, len(buttons), 2))
    key = "titles.ask_unit" if rows else "titles.ask_name"
    ask(turn, "title_name", at.press("new"), key, rows, level=at.round.level.value)


async def unit_chosen(turn: Turn, args: Args) -> None:
    """A unit: proposed at once; of families first how many."""
    at = await _mine(turn, args)
    place = await turn.unit.places.find(args[4])
    if place is None or place.ward != at.ward.code:
        raise Refused("button.stale")
    if at.round.level is Level.FAMILY:
        ask(turn, "title_count", at.press("count", place.code), "titles.ask_count", name=place.name)
        return
    await _propose(turn, at, place.name, place.code, 1)


async def name_typed(turn: Turn, said: str) -> None:
    """Somebody whom no list knows."""
    at = await _asked(turn)
    await _propose(turn, at, book.text(said), None, 1)


async def count_typed(turn: Turn, said: str) -> None:
    """How many families of a unit are proposed."""
    at, code = await _asked(turn), _about(turn)[5]
    place = await turn.unit.places.find(code)
    if place is None:
        raise Refused("button.stale")
    await _propose(turn, at, place.name, code, _number(said))


async def whole(turn: Turn, args: Args) -> None:
    """*Ghi tổng số*: how many there are of the level."""
    at = await _mine(turn, args)
    ask(turn, "title_whole", at.press("whole"), "titles.ask_whole", level=at.round.level.value)


async def whole_typed(turn: Turn, said: str) -> None:
    """The number."""
    at, count = await _asked(turn), _number(said)
    await titles.whole(turn.unit, turn.person, at.ward, at.round, count)
    over(turn)
    await show_level(turn, at, ("titles.done_whole", {"count": count}))


async def assess(turn: Turn, args: Args) -> None:
    """*Ghi bình xét*: asks how the community has assessed it."""
    await _ask(turn, args, Stage.ASSESSED)


async def refuse(turn: Turn, args: Args) -> None:
    """*Không công nhận*: asks why."""
    await _ask(turn, args, Stage.NOT_RECOGNISED)


async def recognise(turn: Turn, args: Args) -> None:
    """*Công nhận*: asks for the decision's number, day and issuer."""
    at = await _mine(turn, args)
    candidate = titles.candidate_of(await titles.stand(turn.unit, at.ward, at.round), args[4])
    about = at.press(Stage.RECOGNISED.value, args[4])
    ask(turn, "title_paper", about, "titles.ask_paper", name=candidate.name, example=ward_day(turn.unit.now))


async def reason_typed(turn: Turn, said: str) -> None:
    """Why it was assessed or refused so."""
    await _advance(turn, book.text(said), None)


async def paper_typed(turn: Turn, said: str) -> None:
    """`57/QĐ-UBND, 20/11/2026, UBND phường`."""
    number, day, issuer = paper_said(said)
    await _advance(turn, "", Paper(number=number, day=day, issuer=issuer))


async def take_back(turn: Turn, args: Args) -> None:
    """*Rút lời ghi*: the newest step; the book keeps it."""
    at = await _mine(turn, args)
    candidate = titles.candidate_of(await titles.stand(turn.unit, at.ward, at.round), args[4])
    now = await titles.withdraw(turn.unit, turn.person, at.ward, at.round, candidate.key)
    done: Line = ("titles.done_undo", {"name": candidate.name})
    left = now.find(candidate.key)
    await (show_level(turn, at, done) if left is None else show_candidate(turn, at, left, done))


async def _ask(turn: Turn, args: Args, stage: Stage) -> None:
    at = await _mine(turn, args)
    candidate = titles.candidate_of(await titles.stand(turn.unit, at.ward, at.round), args[4])
    key = "titles.ask_assessed" if stage is Stage.ASSESSED else "titles.ask_refused"
    ask(turn, "title_reason", at.press(stage.value, args[4]), key, name=candidate.name)


async def _advance(turn: Turn, reason: str, paper: Paper | None) -> None:
    at, about = await _asked(turn), _about(turn)
    candidate = titles.candidate_of(await titles.stand(turn.unit, at.ward, at.round), about[5])
    stage = about.one_of(0, Stage)
    now = await titles.advance(turn.unit, turn.person, at.ward, at.round, candidate.key, stage, reason, paper)
    over(turn)
    await show_candidate(turn, at, titles.candidate_of(now, about[5]))


async def _propose(turn: Turn, at: At, name: str, code: str | None, count: int) -> None:
    told = Step(stage=Stage.PROPOSED, name=name, unit=code, count=count)
    await titles.step(turn.unit, turn.person, at.ward, at.round, told)
    over(turn)
    await show_level(turn, at, ("titles.done_proposed", {"name": name}))


async def _mine(turn: Turn, args: Args) -> At:
    """The round that a button names. Raises Refused for who may not write there."""
    at = await find(turn, args)
    book.writer(turn.person, at.ward)
    return at


async def _asked(turn: Turn) -> At:
    return await find(turn, Args(_about(turn)[1:]))


def _about(turn: Turn) -> Args:
    return Args((turn.talk.book or "").split(":"))


def _number(said: str) -> int:
    digits = said.strip().replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and 0 < len(digits) < 8 and 0 < int(digits) <= MOST_COUNTED):
        raise Refused("book.number_unclear", limit=MOST_COUNTED)
    return int(digits)
