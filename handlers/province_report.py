"""A province's month in the chat: as it was sent, its wards, its papers, and what an officer writes into it."""

from datetime import date

from cases import province_month
from domain.errors import Refused
from domain.notices import Button, Notice
from domain.periods import OFFICIAL, Month, month_days, month_of
from domain.provinces import PARTS, ProvinceBoard
from domain.reports import Part
from handlers import report
from handlers.province import WARDS_A_PAGE, enclose, numbered, own
from handlers.turns import Args, Turn
from locales import words
from reports import province as written

STEP = "province_report"


async def show(turn: Turn, month: Month) -> None:
    """The report of a month."""
    turn.send(province_month.shown(await _report(turn, month), turn.person.language))


async def again(turn: Turn, args: Args) -> None:
    """The report that a button names."""
    await show(turn, _month(args))


async def wards(turn: Turn, args: Args) -> None:
    """Its wards, a page at a time; any of them can be typed by its number or its name."""
    month, begin = _month(args), args.number(1)
    made, said = await _report(turn, month), words(turn.person.language)
    rows = made.rows[begin : begin + WARDS_A_PAGE]
    if begin and not rows:
        raise Refused("button.stale")
    last = made.month.last.isoformat()
    more = [Button(label="button.month", press=f"v.month:{last}")]
    if len(made.rows) > begin + WARDS_A_PAGE:
        more.insert(0, Button(label="button.more", press=f"v.wards:{last}:{begin + WARDS_A_PAGE}"))
    lines = [written.ward_line(made, row, number, said) for number, row in enumerate(rows, begin + 1)]
    text = "\n".join([written.title(made, said), *lines, written.total_line(made, said)])
    every = numbered(made.order)
    shown = (*((button,) for button in every[begin : begin + WARDS_A_PAGE]), tuple(more))
    edit = turn.pressed_message
    turn.send(Notice(key="province.sent", params={"text": text}, buttons=shown, edit=edit, private=True))
    turn.keep(menu=(*every, *more))


async def part(turn: Turn, args: Args) -> None:
    """A part was chosen: the next text is it."""
    month, this = _month(args), args.one_of(1, Part)
    code = await own(turn)
    if this not in PARTS:
        raise Refused("button.stale")
    span = province_month.span(month)
    known = await province_month.texts(turn.unit, code, month)
    report.ask(turn, STEP, f"{span.last.isoformat()}:{this.value}", span, this, known.get(this))


async def told(turn: Turn, text: str) -> None:
    """The text itself; a mere dash takes away what stood there. The figures stay as they are."""
    args = Args((turn.talk.report or "").split(":"))
    month, this = _month(args), args.one_of(1, Part)
    made = await _report(turn, month)
    by = turn.person.contact.id if turn.person.contact else None
    await province_month.write(turn.unit, made.code, month, {this.value: report.kept_of(text)}, by)
    report.kept(turn, text, province_month.span(month), this, province_month.buttons(made))


async def paper(turn: Turn, args: Args) -> None:
    """The month as pictures, workbook or letter: made of what is frozen when its message leaves."""
    month, form, number = _month(args), args[1], args.number(2)
    made = await _report(turn, month)
    wanted = {"form": form, "unit": made.code, "kind": "province", "last": made.month.last}
    enclose(turn, wanted, number, numbered(made.order), f"v.paper:{made.month.last.isoformat()}:{form}")


async def _report(turn: Turn, month: Month) -> ProvinceBoard:
    return await province_month.report(turn.unit, await own(turn), month)


def _month(args: Args) -> Month:
    """The month whose last day a button names."""
    try:
        last = date.fromisoformat(args[0])
        month = month_of(last, OFFICIAL)
        if month_days(month, OFFICIAL)[1] == last:
            return month
    except (ValueError, OverflowError):
        pass
    raise Refused("button.stale")
