"""A province in the chat: its wards side by side, a page at a time, and all wards' day in a few lines."""

from datetime import timedelta

from cases import criteria, province
from domain.clocks import ward_day
from domain.errors import Refused
from domain.notices import Button, Notice, Paper
from domain.places import Place
from handlers.report import PAPERS
from handlers.turns import Args, Turn
from locales import words
from reports import province as written
from reports import province_chart

WARDS_A_PAGE = 4  # with title and total six lines
_ORDERS = {"name": False, "days": True}
_OTHER = {"name": ("days", "button.by_completeness"), "days": ("name", "button.by_name")}


async def show(turn: Turn, code: str) -> None:
    """The first page."""
    await _page(turn, code, 0, "name", edit=False)


async def page(turn: Turn, args: Args) -> None:
    """Another page, or another order."""
    code, begin, order = await _own(turn), args.number(0), args[1]
    if order not in _ORDERS:
        raise Refused("button.stale")
    await _page(turn, code, begin, order, edit=True)


async def source(turn: Turn, _: Args) -> None:
    """*Số này từ đâu?*: which month, and why numbers are hidden."""
    made = await province.board(turn.unit, await _own(turn), shown=slice(0))
    said = "\n".join(written.legend(made, words(turn.person.language)))
    back = Button(label="button.board", press="v.page:0:name")
    turn.answer("province.sent", buttons=((back,),), edit=turn.pressed_message is not None, text=said)


async def paper(turn: Turn, args: Args) -> None:
    """The board as pictures, workbook or letter, as of yesterday: made when its message leaves."""
    code, form, number = await _own(turn), args[0], args.number(1)
    wards = [ward for ward in await province.wards_of(turn.unit, code) if not ward.placeholder]
    left = province_chart.pages(len(wards)) - number
    if form not in PAPERS or left < min(number, 1):
        raise Refused("button.stale")
    last = ward_day(turn.unit.now) - timedelta(days=1)
    wanted = {"form": form, "unit": code, "kind": "board", "page": number, "last": last, "asked_at": turn.unit.now}
    more = (Button(label="button.more", press=f"v.file:png:{number + 1}"),) if form == "png" and left > 1 else ()
    turn.send(Notice(key="", paper=Paper.model_validate(wanted), buttons=(more,) if more else (), private=True))
    # Who sees a ward on the picture types its number.
    every = [_ward(place, ward.code, ward.name) for place, ward in enumerate(wards, 1)]
    turn.keep(menu=(*every, *more))


async def day(turn: Turn, place: Place) -> None:
    """`/tonghop` of a province: yesterday over all wards."""
    told = await province.day(turn.unit, place.code)
    said = written.day_text(told, words(turn.person.language))
    turn.send(Notice(key="province.sent", params={"text": said}, private=True))


async def _page(turn: Turn, code: str, begin: int, order: str, *, edit: bool) -> None:
    shown = slice(begin, begin + WARDS_A_PAGE)
    made = await province.board(turn.unit, code, shown=shown, by_completeness=_ORDERS[order])
    said = words(turn.person.language)
    lines = [written.ward_line(made, row, number, said) for number, row in enumerate(made.rows, begin + 1)]
    text = "\n".join([written.title(made, said), *lines, written.total_line(made, said)])
    every = [_ward(number, *ward) for number, ward in enumerate(made.order, 1)]
    other, label = _OTHER[order]
    last = [Button(label="button.from_where", press="v.source"), Button(label=label, press=f"v.page:0:{other}")]
    if len(every) > begin + WARDS_A_PAGE:
        last.insert(0, Button(label="button.more", press=f"v.page:{begin + WARDS_A_PAGE}:{order}"))
    files = tuple(Button(label=f"button.as_{form}", press=f"v.file:{form}:0") for form in PAPERS)
    rows = (*((button,) for button in every[shown]), files, tuple(last))
    place = turn.pressed_message if edit else None
    turn.send(Notice(key="province.sent", params={"text": text}, buttons=rows, edit=place, private=True))
    # Any ward can be typed by its number or its name, not only those of this page.
    turn.keep(menu=(*every, *files, *last))


def _ward(number: int, code: str, name: str) -> Button:
    return Button(
        label="button.unit", params={"number": number, "name": name}, press=f"k.board:{code}", digit=str(number)
    )


async def _own(turn: Turn) -> str:
    place = await criteria.province_of(turn.unit, turn.person)
    if place is None:
        raise Refused("role.criteria_only")
    return place.code
