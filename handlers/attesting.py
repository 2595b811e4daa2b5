"""What people say about criteria in the chat: a slot's text, met or not met with a reason, a document, a withdrawal."""

from typing import Any, NamedTuple

from cases import attesting, criteria
from domain import criteria as rules
from domain.clocks import ward_day
from domain.criteria_sets import Evidence, Given, Verdict
from domain.criteria_typed import paper_said
from domain.errors import Refused
from domain.notices import Button
from domain.pieces import PieceKind
from handlers import board
from handlers.board_lines import Line, set_name, short
from handlers.showing import show_files
from handlers.turns import Args, Turn

CARRYING = frozenset({"criterion_paper", "criterion_file"})
"""Steps in which a picture or paper belongs to a criterion."""


class Asked(NamedTuple):
    """What the next words belong to."""

    verb: str
    place: str
    code: str
    number: int
    document: int


async def met(turn: Turn, args: Args) -> None:
    """*Ghi đạt*: asks for the reason."""
    await _ask_reason(turn, args, "met")


async def unmet(turn: Turn, args: Args) -> None:
    """*Ghi chưa đạt*: asks for the reason."""
    await _ask_reason(turn, args, "unmet")


async def reason_typed(turn: Turn, said: str) -> None:
    """The reason; the criterion is met or not met from here on."""
    asked = _asked(turn)
    place = await criteria.place_for(turn.unit, turn.person, asked.place)
    stands = asked.verb == "met"
    found = await attesting.say(turn.unit, turn.person, place, asked.code, asked.number, stands, said)
    one = found.of(asked.number)
    verdict = one.acts[0].what if one and one.acts else None
    _over(turn)
    until = verdict.expires if isinstance(verdict, Verdict) else found.as_of
    done: Line = (f"criteria.done_{asked.verb}", {"number": asked.number, "until": until})
    await board.show_criterion(turn, board.At(place, found, None), asked.number, done)


async def paper(turn: Turn, args: Args) -> None:
    """*Thêm văn bản*: asks for number, date and issuer in one text."""
    at = await board.find(turn, args, 4)
    number, which = args.number(2), args.number(3)
    _, one = attesting.speaker(turn.person, at.place, at.board, number)
    how = one.criterion.how
    if not isinstance(how, Evidence) or which >= len(how.documents):
        raise Refused("criteria.no_documents")
    example = ward_day(turn.unit.now)
    turn.answer("criteria.ask_paper", buttons=_stop(), name=how.documents[which].name, example=example)
    _wait(turn, "criterion_paper", at, "paper", number, which)


async def paper_typed(turn: Turn, said: str) -> None:
    """`12-NQ/ĐU, 15/2/2026, Đảng ủy phường`, with commas or without; a picture of it may follow."""
    asked = _asked(turn)
    place = await criteria.place_for(turn.unit, turn.person, asked.place)
    number, day, issuer = paper_said(said)
    given = Given(document=asked.document, number=number, day=day, issuer=issuer)
    found = await attesting.give(turn.unit, turn.person, place, asked.code, asked.number, given)
    _over(turn)
    done: Line = ("criteria.done_paper", {"number": asked.number, "paper": short(number), "day": day})
    at = board.At(place, found, None)
    await board.show_criterion(turn, at, asked.number, done)
    turn.keep(step="criterion_file", criterion=_packed("file", at, asked.number, asked.document))


async def carried(turn: Turn, kind: PieceKind, file_id: str, caption: str) -> None:
    """A picture or paper: with number, date and issuer below it, or after they were typed."""
    asked = _asked(turn)
    if turn.talk.step == "criterion_paper":
        if not caption:
            raise Refused("criteria.paper_first")
        await paper_typed(turn, caption)
    place = await criteria.place_for(turn.unit, turn.person, asked.place)
    file = turn.unit.files.mint(kind.value, file_id)
    found = await attesting.attach(turn.unit, turn.person, place, asked.code, asked.number, file)
    at = board.At(place, found, None)
    await board.show_criterion(turn, at, asked.number, ("criteria.done_file", {"number": asked.number}))
    # A document has several pages.
    turn.keep(step="criterion_file", criterion=_packed("file", at, asked.number, asked.document))


async def files(turn: Turn, args: Args) -> None:
    """*Xem ảnh, tệp* of a criterion's documents."""
    place = await criteria.place_for(turn.unit, turn.person, args[0])
    await show_files(turn, await attesting.files(turn.unit, place, args[1], args.number(2)))


async def take_back(turn: Turn, args: Args) -> None:
    """*Rút lại*: what was said last; it stays in the records."""
    at = await board.find(turn, args, 3)
    number = args.number(2)
    found = await attesting.withdraw(turn.unit, turn.person, at.place, at.board.criteria.code, number)
    await board.show_criterion(turn, at._replace(board=found), number, ("criteria.done_undo", {"number": number}))


async def fill(turn: Turn, args: Args) -> None:
    """*Điền nội dung*: which slot?"""
    at = await board.find(turn, args, 2)
    await attesting.filler(turn.unit, turn.person, at.place)
    slots = [one.criterion.number for one in at.board.judged if one.criterion.text is None]
    buttons = [
        Button(label="button.number", params={"number": n}, press=at.press("k.slot", n), digit=str(n)) for n in slots
    ]
    wide = board.SLOTS_WIDE
    rows = tuple(tuple(buttons[n : n + wide]) for n in range(0, len(buttons), wide))
    params: dict[str, Any] = {
        "set": set_name(turn, at.board.criteria),
        "count": len(slots),
        "total": len(at.board.judged),
    }
    key = "criteria.which_slot" if slots else "criteria.no_slot"
    turn.answer(key, buttons=(*rows, (board.back(at),)), edit=turn.pressed_message is not None, **params)
    turn.keep(step="criterion_slot", criterion=_packed("slot", at, 0, 0))


async def slot_typed(turn: Turn, said: str) -> None:
    """The number of a slot, or of a criterion whose text is to be mended."""
    digits = said.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 4):
        raise Refused("criteria.number_unclear")
    asked = _asked(turn)
    await slot(turn, Args([asked.place, asked.code, str(int(digits))]))


async def slot(turn: Turn, args: Args) -> None:
    """A slot was chosen: the next text is its content."""
    at = await board.find(turn, args, 3)
    number = args.number(2)
    await attesting.filler(turn.unit, turn.person, at.place)
    found = at.board.of(number)
    if found is None:
        raise Refused("criteria.no_number", last=len(at.board.judged))
    key = "criteria.ask_text" if found.criterion.text is None else "criteria.ask_text_anew"
    turn.answer(key, buttons=_stop(), number=number, text=short(found.criterion.text or "", 120))
    _wait(turn, "criterion_text", at, "text", number)


async def text_typed(turn: Turn, said: str) -> None:
    """The text of a slot."""
    asked = _asked(turn)
    place = await criteria.place_for(turn.unit, turn.person, asked.place)
    found = await attesting.fill(turn.unit, turn.person, place, asked.code, asked.number, said)
    _over(turn)
    done: Line = ("criteria.done_text", {"number": asked.number, "text": short(said, 120)})
    await board.show_criterion(turn, board.At(place, found, None), asked.number, done)


async def _ask_reason(turn: Turn, args: Args, verb: str) -> None:
    at = await board.find(turn, args, 3)
    number = args.number(2)
    _, one = attesting.speaker(turn.person, at.place, at.board, number)
    if verb == "met" and isinstance(one.criterion.how, Evidence):
        raise Refused("criteria.needs_documents")
    until = rules.expiry(at.board.criteria, one.criterion, at.board.as_of)
    turn.answer(f"criteria.ask_{verb}", buttons=_stop(), number=number, until=until)
    _wait(turn, "criterion_reason", at, verb, number)


def _stop() -> tuple[tuple[Button, ...], ...]:
    return ((Button(label="button.stop", press="x.cancel"),),)


def _packed(verb: str, at: board.At, number: int, document: int) -> str:
    return f"{verb}:{at.place.code}:{at.board.criteria.code}:{number}:{document}"


def _wait(turn: Turn, step: str, at: board.At, verb: str, number: int, document: int = 0) -> None:
    turn.keep(step=step, criterion=_packed(verb, at, number, document))


def _asked(turn: Turn) -> Asked:
    parts = (turn.talk.criterion or "").split(":")
    if len(parts) != len(Asked._fields):
        raise Refused("button.stale")
    verb, place, code, number, document = parts
    return Asked(verb, place, code, int(number), int(document))


def _over(turn: Turn) -> None:
    turn.keep(step=None, criterion=None, menu=())
