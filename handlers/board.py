"""The scorecard in the chat (screen 19): read it, ask what is missing, why it changed and where it comes from."""

from datetime import date, timedelta
from typing import NamedTuple

from cases import attesting, criteria
from domain import criteria as rules
from domain.boards import Board
from domain.clocks import ward_day
from domain.criteria_sets import Attested, Evidence, Given
from domain.errors import Refused
from domain.notices import Button, Notice, Paper, Rows
from domain.people import Role
from domain.places import Place
from domain.seen import day_said
from domain.talks import choices
from handlers import board_lines
from handlers.board_lines import MARKS, Line, set_name, short
from handlers.turns import Args, Turn

ROWS_SHOWN = 12
SLOTS_WIDE = 6
_MONTH = timedelta(days=30)
STEPS = frozenset(
    {
        "criteria_day",
        "criterion_reason",
        "criterion_text",
        "criterion_paper",
        "criterion_slot",
        "criterion_file",
        "roadmap_paper",
    }
)


class At(NamedTuple):
    """Which scorecard is looked at: of which unit, in which set, on which day (None: today)."""

    place: Place
    board: Board
    day: date | None

    def press(self, verb: str, *more: object) -> str:
        """A button that stays with it."""
        day = [self.day.isoformat()] if self.day else []
        return ":".join([verb, self.place.code, self.board.criteria.code, *map(str, more), *day])


async def board(turn: Turn, args: Args) -> None:
    """A board by its unit, set and day."""
    place = await criteria.place_for(turn.unit, turn.person, args[0])
    await show_board(turn, place, args[1] if len(args) > 1 else None, _day(args, 2))


async def listed(turn: Turn, args: Args) -> None:
    """*Từng tiêu chí*: those with a text a row each, slots by their numbers; any number can be typed."""
    at = await find(turn, args, 3)
    begin = args.number(2)
    buttons = [criterion_button(at, one.criterion.number) for one in at.board.judged]
    texts = [(b,) for b, one in zip(buttons, at.board.judged, strict=True) if one.criterion.text]
    slots = [b for b, one in zip(buttons, at.board.judged, strict=True) if not one.criterion.text]
    rows = [*texts, *(tuple(slots[n : n + SLOTS_WIDE]) for n in range(0, len(slots), SLOTS_WIDE))]
    shown = rows[begin : begin + ROWS_SHOWN]
    more = (
        [Button(label="button.more", press=at.press("k.list", begin + ROWS_SHOWN))]
        if len(rows) > begin + ROWS_SHOWN
        else []
    )
    score = at.board.score
    params = {"met": score.met, "unmet": score.unmet, "unknown": score.unknown}
    last = (*more, back(at))
    show(turn, [("criteria.list", {"set": set_name(turn, at.board.criteria), **params})], (*shown, last))
    turn.keep(menu=(*buttons, *last))


async def one(turn: Turn, args: Args) -> None:
    """A criterion with its rule, numbers, records, what is missing, who owns it, and what this person can do."""
    at = await find(turn, args, 3)
    await show_criterion(turn, at, args.number(2))


async def show_criterion(turn: Turn, at: At, number: int, first: Line | None = None) -> None:
    """The screen of a criterion; `first`: what has just been done, in place of what it is."""
    found = at.board.of(number)
    if found is None:
        raise Refused("criteria.no_number", last=len(at.board.judged))
    lines = await board_lines.criterion_lines(turn, at.board, found)
    show(turn, [first, *lines[1:]] if first else lines, await _acts(turn, at, number))


async def missing(turn: Turn, args: Args) -> None:
    """*Còn thiếu gì?*: what would bring the next three."""
    at = await find(turn, args, 2)
    steps = rules.next_steps(at.board)
    told = await criteria.reported(turn.unit, at.place, at.board.criteria, at.board.as_of)
    name = set_name(turn, at.board.criteria)
    lines: list[Line] = [("criteria.next" if steps else "criteria.all_met", {"set": name, "count": len(steps)})]
    lines += [board_lines.step_line(turn, at.board.criteria, step) for step in steps]
    if told is not None and told.denominator and told.numerator is not None and told.denominator > told.numerator:
        lines.append(("criteria.only_a_total", {"left": told.denominator - told.numerator}))
    lines += board_lines.deadline(at.board)
    buttons = [criterion_button(at, step.criterion.number) for step in steps]
    show(turn, lines, (*((button,) for button in buttons), (back(at),)))


async def areas(turn: Turn, args: Args) -> None:
    """*Theo nhóm*."""
    at = await find(turn, args, 2)
    show(turn, board_lines.area_lines(turn, at.board), ((back(at),),))


async def changed(turn: Turn, args: Args) -> None:
    """*Thay đổi*: against 30 days before and the start of the year, and why."""
    at = await find(turn, args, 2)
    days = sorted({at.board.as_of - _MONTH, at.board.as_of.replace(month=1, day=1)}, reverse=True)
    made = await criteria.changes(
        turn.unit, at.board, at.place, days, outward=criteria.is_outward(turn.person, at.place)
    )
    lines: list[Line] = []
    for day, change in zip(days, made, strict=True):
        lines += board_lines.change_lines(turn, at.board, day, change)
    show(turn, lines, ((back(at),),))


async def source(turn: Turn, args: Args) -> None:
    """*Số này từ đâu?*."""
    at = await find(turn, args, 2)
    told = await criteria.reported(turn.unit, at.place, at.board.criteria, at.board.as_of)
    show(turn, board_lines.source_lines(turn, at.board, told), ((back(at),),))


async def picture(turn: Turn, args: Args) -> None:
    """*Hình*: the board as a picture, made when its message leaves."""
    at = await find(turn, args, 2)
    wanted = {"form": "scorecard", "unit": at.place.code, "criteria": at.board.criteria.code, "last": at.board.as_of}
    wanted["outward"] = criteria.is_outward(turn.person, at.place)
    turn.send(Notice(key="", paper=Paper.model_validate({**wanted, "asked_at": turn.unit.now}), private=True))


async def other_day(turn: Turn, args: Args) -> None:
    """*Ngày khác*: the next text is a day."""
    at = await find(turn, args, 2)
    stop = Button(label="button.stop", press="x.cancel")
    turn.answer("criteria.which_day", buttons=((stop,),), example=ward_day(turn.unit.now) - _MONTH)
    turn.keep(step="criteria_day", criterion=at.press("k.board"))


async def day_typed(turn: Turn, said: str) -> None:
    """The board as it stood on a day, in any spelling."""
    try:
        day = day_said(said, ward_day(turn.unit.now))
    except Refused:
        raise Refused("criteria.day_unclear") from None
    asked = (turn.talk.criterion or "").split(":")
    if len(asked) < 2:
        raise Refused("button.stale")
    place = await criteria.place_for(turn.unit, turn.person, asked[1])
    found = await criteria.boards(turn.unit, place, day, outward=criteria.is_outward(turn.person, place))
    turn.keep(step=None, criterion=None)
    family = await _family(turn, place, asked[2]) if len(asked) > 2 else None
    same = [one for one in found if one.criteria.family == family]
    await show_board(turn, place, (same or found)[0].criteria.code if found else None, day)


async def find(turn: Turn, args: Args, day: int) -> At:
    """The board that a button names; its day, if it has one, is argument number `day`."""
    place = await criteria.place_for(turn.unit, turn.person, args[0])
    when = _day(args, day)
    return At(
        place,
        await criteria.board(turn.unit, place, args[1], when, outward=criteria.is_outward(turn.person, place)),
        when,
    )


def show(turn: Turn, lines: list[Line], rows: Rows) -> None:
    """A screen, where it was pressed."""
    (key, params), *more = lines
    if turn.talk.step in STEPS:
        # Whoever looks at something else has dropped the question.
        turn.keep(step=None, criterion=None)
    turn.answer(key, more=tuple(more), buttons=rows, edit=turn.pressed_message is not None, **params)


def criterion_button(at: At, number: int) -> Button:
    """A criterion in a list; its number is what is typed."""
    found = at.board.of(number)
    assert found is not None
    params = {"mark": MARKS[found.state], "number": number}
    press, typed = at.press("k.one", number), str(number)
    if found.criterion.text is None:
        return Button(label="button.slot", params=params, press=press, digit=typed)
    text = short(found.criterion.text, 30)
    return Button(label="button.criterion", params={**params, "text": text}, press=press, digit=typed)


def back(at: At) -> Button:
    """To the board."""
    return Button(label="button.board", press=at.press("k.board"))


async def show_board(turn: Turn, place: Place, code: str | None, day: date | None) -> None:
    """The board of a set (the first, if none is named). Raises Refused when it was not valid on that day."""
    found = await criteria.boards(turn.unit, place, day, outward=criteria.is_outward(turn.person, place))
    if not found:
        raise Refused("criteria.no_set")
    told = [await criteria.reported(turn.unit, place, one.criteria, one.as_of) for one in found]
    number = next((n for n, one in enumerate(found) if one.criteria.code == code), 0 if code is None else None)
    if number is None:
        raise Refused("criteria.no_set")
    at = At(place, found[number], day)
    rest = [(one, said) for n, (one, said) in enumerate(zip(found, told, strict=True)) if n != number]
    show(turn, board_lines.board_lines(turn, place, at.board, told[number], rest), _menu(turn, at))


def _menu(turn: Turn, at: At) -> Rows:
    """The digits of screen 19 first."""
    today = at.day is None
    fill = [("button.fill_in", at.press("k.fill"))] if today else []
    return choices(
        ("button.missing_what", at.press("k.next")),
        *fill,
        ("button.from_where", at.press("k.source")),
        ("button.each", at.press("k.list", 0)),
        *([("button.by_area", at.press("k.area"))] if at.board.criteria.areas else []),
        ("button.changed", at.press("k.change")),
        ("button.other_set", f"k.sets:{at.place.ward or at.place.code}"),
        ("button.other_date", at.press("k.day")),
        ("button.as_png", at.press("k.picture")),
        *([("button.roadmap", f"v.road:{at.place.code}")] if _in_province_of(turn, at.place) else []),
        ("button.titles", f"h.home:{at.place.ward or at.place.code}"),
    )


def _in_province_of(turn: Turn, place: Place) -> bool:
    """Whether this person looks after the province of a ward."""
    return any(held.role is Role.PROVINCE and held.unit == place.parent for held in turn.person.roles)


async def _acts(turn: Turn, at: At, number: int) -> Rows:
    """What this person can do with a criterion; it is asked again when it is pressed."""
    found = at.board.of(number)
    if found is None or at.day is not None:
        return ((back(at),),)
    how, rows = found.criterion.how, list[tuple[Button, ...]]()
    if found.criterion.text is None:
        rows.append((Button(label="button.fill_in", press=at.press("k.slot", number), digit="1"),))
    elif not attesting.may_say(turn.person, at.place, at.board, number):
        pass
    elif isinstance(how, Attested):
        met = Button(label="button.say_met", press=at.press("k.met", number), digit="1")
        rows.append((met, Button(label="button.say_unmet", press=at.press("k.unmet", number), digit="2")))
    elif isinstance(how, Evidence):
        for digit, which in enumerate(found.missing, 1):
            params = {"name": short(how.documents[which].name, 30)}
            press = at.press("k.paper", number, which)
            rows.append((Button(label="button.paper", params=params, press=press, digit=str(digit)),))
        rows.append((Button(label="button.say_unmet", press=at.press("k.unmet", number)),))
    shown = sum(isinstance(act.what, Given) and act.what.file is not None for act in found.acts)
    if shown:
        rows.append((Button(label="button.files", params={"count": shown}, press=at.press("k.file", number)),))
    if found.acts and attesting.may_say(turn.person, at.place, at.board, number):
        rows.append((Button(label="button.take_back", press=at.press("k.undo", number)),))
    return (*rows, (back(at),))


async def _family(turn: Turn, place: Place, code: str) -> str | None:
    sets = await turn.unit.criteria_sets.all_for(await criteria.lineage(turn.unit, place))
    return next((one.family for one in sets if one.code == code), None)


def _day(args: Args, number: int) -> date | None:
    if len(args) <= number:
        return None
    try:
        return date.fromisoformat(args[number])
    except ValueError:
        raise Refused("button.stale") from None
