"""A province in the chat: its wards side by side, a page at a time, and all wards' day in a few lines."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from cases import criteria, province, province_month
from domain.clocks import ward_day
from domain.errors import Refused
from domain.notices import PAPERS, Button, Notice, Paper
from domain.places import Place
from domain.provinces import settled_month
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


async def report(turn: Turn, code: str) -> None:
    """The last month that is settled; on an installation that is younger than one, the board."""
    from handlers import province_report

    month = settled_month(ward_day(turn.unit.now))
    if await province_month.covers(turn.unit, month):
        await province_report.show(turn, month)
    else:
        await show(turn, code)


async def page(turn: Turn, args: Args) -> None:
    """Another page, or another order."""
    code, begin, order = await own(turn), args.number(0), args[1]
    if order not in _ORDERS:
        raise Refused("button.stale")
    await _page(turn, code, begin, order, edit=True)


async def source(turn: Turn, _: Args) -> None:
    """*Số này từ đâu?*: which month, and why numbers are hidden."""
    made = await province.board(turn.unit, await own(turn), shown=slice(0))
    said = "\n".join(written.legend(made, words(turn.person.language)))
    back = Button(label="button.board", press="v.page:0:name")
    turn.answer("province.sent", buttons=((back,),), edit=turn.pressed_message is not None, text=said)


async def paper(turn: Turn, args: Args) -> None:
    """The board as pictures, workbook or letter, as of yesterday: made when its message leaves."""
    code, form = await own(turn), args[0]
    wards = [ward for ward in await province.wards_of(turn.unit, code) if not ward.placeholder]
    await _publish(turn, code)  # so that text and file tell the same
    last = ward_day(turn.unit.now) - timedelta(days=1)
    wanted = {"form": form, "unit": code, "kind": "board", "last": last}
    enclose(turn, wanted, args.number(1), numbered((ward.code, ward.name) for ward in wards), f"v.file:{form}")


def enclose(turn: Turn, wanted: Mapping[str, Any], number: int, wards: Sequence[Button], following: str) -> None:
    """A file of a province; of a picture page `number`, from 0, and `following` asks for the next."""
    left = province_chart.pages(len(wards)) - number
    if wanted["form"] not in PAPERS or left < min(number, 1):
        raise Refused("button.stale")
    asked = Paper.model_validate({**wanted, "page": number, "asked_at": turn.unit.now})
    paged = asked.form == "png" and left > 1
    more = (Button(label="button.more", press=f"{following}:{number + 1}"),) if paged else ()
    turn.send(Notice(key="", paper=asked, buttons=(more,) if more else (), private=True))
    # Who sees a ward on the picture types its number.
    turn.keep(menu=(*wards, *more))


async def day(turn: Turn, place: Place) -> None:
    """`/tonghop` of a province: yesterday over all wards."""
    told = await province.day(turn.unit, place.code)
    said = written.day_text(told, words(turn.person.language))
    turn.send(Notice(key="province.sent", params={"text": said}, private=True))


async def _page(turn: Turn, code: str, begin: int, order: str, *, edit: bool) -> None:
    shown = slice(begin, begin + WARDS_A_PAGE)
    await _publish(turn, code)
    made = await province.board(turn.unit, code, shown=shown, by_completeness=_ORDERS[order])
    said = words(turn.person.language)
    lines = [written.ward_line(made, row, number, said) for number, row in enumerate(made.rows, begin + 1)]
    text = "\n".join([written.title(made, said), *lines, written.total_line(made, said)])
    every = numbered(made.order)
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


async def _publish(turn: Turn, code: str) -> None:
    """The months of the board as of yesterday."""
    month = settled_month(ward_day(turn.unit.now))
    await province.publish(turn.unit, code, month.moved(-1), month)


def numbered(wards: Iterable[tuple[str, str]]) -> list[Button]:
    """Every ward, by code and name, under the number that it is shown with."""
    return [
        Button(label="button.unit", params={"number": at, "name": name}, press=f"k.board:{code}", digit=str(at))
        for at, (code, name) in enumerate(wards, 1)
    ]


async def own(turn: Turn) -> str:
    """The province that this person looks after. Raises Refused for anybody else."""
    place = await criteria.province_of(turn.unit, turn.person)
    if place is None:
        raise Refused("role.criteria_only")
    return place.code
