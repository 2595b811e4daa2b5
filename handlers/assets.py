"""`/taisan`: what there is in the ward and how it is; an officer who has looked says so by two taps, or `7 hỏng`."""

from datetime import date

from cases import assets, criteria, inventory
from domain.asset_typed import asset_said
from domain.assets import MOST, NUMBERED, AssetKind, look
from domain.clocks import ward_day
from domain.criteria import READING
from domain.errors import Refused
from domain.notices import Button, Notice, Rows
from domain.places import Place
from handlers import asset_lines as lines
from handlers import police
from handlers.asset_lines import Line
from handlers.turns import Args, Turn

_WARDS = 30
_WIDE, _SHOWN = 6, 60
_WORKING, _BROKEN = "working", "broken"


async def start(turn: Turn, _: Args) -> None:
    """`/taisan`: of the ward; who reads several wards chooses one."""
    if not any(held.role in READING for held in turn.person.roles):
        raise Refused("role.assets_only")
    found = await criteria.wards_of(turn.unit, turn.person)
    turn.look_away()
    await (_home(turn, found[0]) if len(found) == 1 else _wards(turn, found, 0))


async def wards(turn: Turn, args: Args) -> None:
    """More wards of a province."""
    await _wards(turn, await criteria.wards_of(turn.unit, turn.person), args.number(0))


async def home(turn: Turn, args: Args) -> None:
    """The counts of a ward."""
    await _home(turn, await _ward(turn, args[0]))


async def kind(turn: Turn, args: Args) -> None:
    """One kind of asset: the counts, what is broken, and every number."""
    ward, which = await _ward(turn, args[0]), args.one_of(1, AssetKind)
    await _show_kind(turn, ward, which, begin=args.number(2) if len(args) > 2 else 0)


async def one(turn: Turn, args: Args) -> None:
    """One of them: how it is, seen when, told by whom and when."""
    ward, which = await _ward(turn, args[0]), args.one_of(1, AssetKind)
    await _show_one(turn, ward, which, args[2])


async def mark(turn: Turn, args: Args) -> None:
    """*Hoạt động*, *Hỏng*: seen today."""
    ward, which = await _ward(turn, args[0]), args.one_of(1, AssetKind)
    if args[3] not in (_WORKING, _BROKEN):
        raise Refused("button.stale")
    await _mark(turn, ward, which, args[2], args[3] == _WORKING, ward_day(turn.unit.now))


async def take_back(turn: Turn, args: Args) -> None:
    """*Rút lại*: a wrong press."""
    ward, which = await _ward(turn, args[0]), args.one_of(1, AssetKind)
    item = await assets.take_back(turn.unit, turn.person, ward, which, args[2])
    name = await _called(turn, ward, which, item)
    await _show_kind(turn, ward, which, first=("assets.done_undo", {"name": name}))


async def count(turn: Turn, args: Args) -> None:
    """*Ghi số lượng*: the next text is how many there are."""
    ward, which = await _ward(turn, args[0]), args.one_of(1, AssetKind)
    if which not in NUMBERED:
        raise Refused("button.stale")
    if assets.may_mark(turn.person, ward) is None:
        raise Refused("asset.may_not_mark")
    turn.answer("assets.ask_count", buttons=((Button(label="button.stop", press="x.cancel"),),), kind=which.value)
    turn.keep(step="asset_count", book=f"{ward.code}:{which.value}")


async def count_typed(turn: Turn, said: str) -> None:
    """How many there are."""
    ward, which, _ = await _about(turn)
    digits = said.strip().replace(".", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6):
        raise Refused("asset.count_unclear", limit=MOST)
    await assets.count(turn.unit, turn.person, ward, which, int(digits))
    await _show_kind(turn, ward, which, first=("assets.done_count", {"kind": which.value, "count": int(digits)}))


async def typed(turn: Turn, said: str) -> bool:
    """`7 hỏng`, `7`, `hỏng hôm qua` on the screen of a number; False when it isn't about any of them.

    The screen asks for nothing: *Tiếp nhận*, typed after it, is for a tip that was pushed meanwhile.
    """
    told = asset_said(said, ward_day(turn.unit.now))
    if told is None:
        return False
    ward, which, item = await _about(turn)
    if told.number is not None:
        item = await _item(turn, ward, which, told.number)
    elif not item and await police.meant(turn, said):
        return False  # "Đã sửa xong" is what stands on a finding's card
    elif not item or await police.meant(turn, said):
        raise Refused("asset.unclear")
    if told.working is None:
        await _show_one(turn, ward, which, item)
    else:
        await _mark(turn, ward, which, item, told.working, told.observed)
    return True


async def _mark(turn: Turn, ward: Place, which: AssetKind, item: str, working: bool, observed: date) -> None:
    counts, new = await assets.mark(turn.unit, turn.person, ward, which, item, working, observed)
    name = await _called(turn, ward, which, item)
    told = {"name": name, "state": lines.state(turn, which, working), "observed": observed, "at": counts.reported}
    overtaken = counts.observed > observed
    key = "assets.done_older" if overtaken else "assets.done" if new else "assets.done_before"
    # Without the item: a market's code and an event are more than Telegram takes in one button (64 bytes).
    undo = None if overtaken or not new else f"a.undo:{ward.code}:{which.value}:{counts.event}"
    await _show_kind(turn, ward, which, first=(key, {**told, "newer": counts.observed}), undo=undo)


async def _home(turn: Turn, ward: Place) -> None:
    found = await inventory.now(turn.unit, ward.code)
    buttons = [
        (Button(label=f"button.{which.value}", press=f"a.kind:{ward.code}:{which.value}", digit=str(n)),)
        for n, which in enumerate(AssetKind, 1)
    ]
    _show(turn, lines.home(turn, ward, found), tuple(buttons), None)


async def _show_kind(
    turn: Turn, ward: Place, which: AssetKind, begin: int = 0, first: Line | None = None, undo: str | None = None
) -> None:
    """The screen of a kind; `first`: what has just been done. A number can be typed, with a state or without."""
    found = await inventory.now(turn.unit, ward.code)
    stock, may = found.stocks[which], assets.may_mark(turn.person, ward) is not None
    called = await assets.names(turn.unit, ward, which)
    told = await lines.kind(turn, stock, called, may=may)
    shown = list(enumerate(stock.items, 1))[begin : begin + _SHOWN]
    buttons = [lines.number(ward, stock, item, n, called) for n, item in shown]
    wide = _WIDE if which in NUMBERED else 1
    rows = [tuple(buttons[n : n + wide]) for n in range(0, len(buttons), wide)]
    if len(stock.items) > begin + _SHOWN:
        rows.append((Button(label="button.more", press=f"a.kind:{ward.code}:{which.value}:{begin + _SHOWN}"),))
    if undo:
        rows.insert(0, (Button(label="button.undo", press=undo),))
    ending: list[Button] = []
    if may and which in NUMBERED:
        ending.append(Button(label="button.state_count", press=f"a.count:{ward.code}:{which.value}"))
    ending.append(Button(label="button.assets", press=f"a.home:{ward.code}"))
    about = f"{ward.code}:{which.value}" if may else None
    _show(turn, [first, *told[:-1]] if first else told, (*rows, tuple(ending)), about)


async def _show_one(turn: Turn, ward: Place, which: AssetKind, item: str) -> None:
    found = await inventory.now(turn.unit, ward.code)
    today = ward_day(turn.unit.now)
    look(found.stocks[which], item, today, today)
    seen = found.stocks[which].seen.get(item)
    name = await _called(turn, ward, which, item)
    rows: list[tuple[Button, ...]] = []
    may = assets.may_mark(turn.person, ward) is not None
    if may:
        at = f"a.mark:{ward.code}:{which.value}:{item}"
        works = Button(label="button.works", press=f"{at}:{_WORKING}", digit="1")
        broken = "button.stopped" if which is AssetKind.SAFE_MARKET else "button.broken"
        rows.append((works, Button(label=broken, press=f"{at}:{_BROKEN}", digit="2")))
    rows.append((Button(label="button.to_level", press=f"a.kind:{ward.code}:{which.value}"),))
    told = await lines.one(turn, which, name, seen, may=may)
    _show(turn, told, tuple(rows), f"{ward.code}:{which.value}:{item}" if may else None)


def _show(turn: Turn, told: list[Line], rows: Rows, about: str | None) -> None:
    """A screen where it was pressed. It can't be forwarded: what is broken is nobody else's business.

    `about`: what words that are typed next may mark; None for who only looks.
    """
    (key, params), *more = told
    place = turn.pressed_message
    turn.send(Notice(key=key, params=params, more=tuple(more), buttons=rows, edit=place, private=True))
    turn.keep(step="asset" if about else None, book=about)


async def _wards(turn: Turn, found: list[Place], begin: int) -> None:
    rows = [
        (Button(label="button.unit", params={"number": n, "name": w.name}, press=f"a.home:{w.code}", digit=str(n)),)
        for n, w in enumerate(found[begin : begin + _WARDS], begin + 1)
    ]
    if len(found) > begin + _WARDS:
        rows.append((Button(label="button.more", press=f"a.wards:{begin + _WARDS}"),))
    turn.answer("criteria.which_ward", buttons=tuple(rows), edit=turn.pressed_message is not None)


async def _ward(turn: Turn, code: str) -> Place:
    """A ward whose inventory this person may read. Raises Refused for any other."""
    if not any(held.role in READING for held in turn.person.roles):
        raise Refused("role.assets_only")
    found = await criteria.place_for(turn.unit, turn.person, code)
    if found.ward is not None and found.ward != found.code:
        raise Refused("button.stale")
    return found


async def _about(turn: Turn) -> tuple[Place, AssetKind, str]:
    code, which, item = Args([*(turn.talk.book or "").split(":"), ""])[:3]
    return await _ward(turn, code), Args([which]).one_of(0, AssetKind), item


async def _item(turn: Turn, ward: Place, which: AssetKind, number: int) -> str:
    """A number as it stands on the screen."""
    stock = (await inventory.now(turn.unit, ward.code)).stocks[which]
    if which in NUMBERED:
        return str(number)
    if not 1 <= number <= len(stock.items):
        raise Refused("asset.no_number", kind=which.value, last=len(stock.items))
    return stock.items[number - 1]


async def _called(turn: Turn, ward: Place, which: AssetKind, item: str) -> str:
    names = await assets.names(turn.unit, ward, which)
    return lines.called(turn, which, item, names)
