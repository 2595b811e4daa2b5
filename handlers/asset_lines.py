"""What the screens of the inventory say: six short lines at most; unknown is said, never counted as anything."""

from typing import Any

from cases import people
from domain.assets import NUMBERED, AssetKind, Register, Sighting, Stock
from domain.clocks import ward_day
from domain.notices import Button
from domain.places import GROUP_KINDS, Place
from handlers.turns import Turn
from storage.sample import SAMPLE

Line = tuple[str, dict[str, Any]]
_BROKEN_SHOWN = 4
_LONGEST_NAME = 30  # characters, in a list


def home(turn: Turn, ward: Place, found: Register) -> list[Line]:
    """The ward's counts: a line a kind, the groups, their households."""
    day = ward_day(turn.unit.now)
    told: list[Line] = [("assets.home", {"unit": turn.said("place.ward", name=ward.name), "day": day})]
    told += [
        ("assets.line", {"kind": stock.kind.value, "said": standing(turn, stock)}) for stock in found.stocks.values()
    ]
    groups = [
        turn.said("assets.group", kind=group.value, count=found.groups[group])
        for group in GROUP_KINDS
        if found.groups.get(group)
    ]
    told.append(("assets.groups", {"list": ", ".join(groups)}) if groups else ("assets.groups_unknown", {}))
    if found.households:
        known = {"count": found.household_count, "known": len(found.households), "groups": sum(found.groups.values())}
        sample = any(one.source == SAMPLE for one in found.households.values())
        told.append(("assets.households_sample" if sample else "assets.households", known))
    else:
        told.append(("assets.households_unknown", {}))
    return told


async def kind(turn: Turn, stock: Stock, called: dict[str, str], *, may: bool) -> list[Line]:
    """One kind: counts, who says how many, what is broken, since when the rest is unknown; last what can be typed."""
    told: list[Line] = [("assets.kind", {"kind": stock.kind.value, "said": standing(turn, stock)})]
    counted = stock.counted
    if counted is not None:
        source = counted.source or await people.name_of(turn.unit, counted.by) or turn.said("role.admin")
        told.append(("assets.counted", {"count": counted.number, "source": source, "day": counted.observed}))
    if stock.broken:
        names = [
            turn.said("assets.broken_item", name=_short(item, called), day=stock.seen[item].observed)
            for item in stock.broken[:_BROKEN_SHOWN]
        ]
        more = len(stock.broken) - len(names)
        key = "assets.broken_more" if more else "assets.broken"
        told.append((key, {"state": state(turn, stock.kind, False), "list": ", ".join(names), "more": more}))
    if stock.seen:
        told.append(("assets.oldest", {"day": min(one.observed for one in stock.seen.values())}))
    if not may:
        told.append(("assets.chief_marks", {}))
    elif stock.items:
        told.append(("assets.how" if stock.kind in NUMBERED else "assets.how_market", {}))
    return told


async def one(turn: Turn, which: AssetKind, name: str, seen: Sighting | None, *, may: bool) -> list[Line]:
    """One of them: how it is, seen when, told by whom and when."""
    if seen is None:
        told: list[Line] = [("assets.one_unknown", {"name": name})]
    else:
        by = await people.name_of(turn.unit, seen.by) or turn.said("role.admin")
        told = [("assets.one", {"name": name, "state": state(turn, which, seen.working)})]
        told.append(("assets.seen", {"observed": seen.observed, "at": seen.reported, "by": by}))
    return [*told, ("assets.how_one", {})] if may else told


def number(ward: Place, stock: Stock, item: str, place: int, called: dict[str, str]) -> Button:
    """One in the grid, with its state; its number is what is typed."""
    seen = stock.seen.get(item)
    mark = "⚪" if seen is None else "✅" if seen.working else "❌"
    press = f"a.one:{ward.code}:{stock.kind.value}:{item}"
    if stock.kind in NUMBERED:
        return Button(label="button.slot", params={"mark": mark, "number": item}, press=press, digit=item)
    params = {"mark": mark, "number": place, "name": _short(item, called)}
    return Button(label="button.candidate", params=params, press=press, digit=str(place))


def called(turn: Turn, which: AssetKind, item: str, names: dict[str, str]) -> str:
    """`Camera an ninh số 7 (Ngã ba Thống Nhất)`, `Chợ Phan Rang`."""
    if which not in NUMBERED:
        return names.get(item, item)
    key = "assets.named" if item in names else "assets.numbered"
    return turn.said(key, kind=which.value, item=item, name=names.get(item, ""))


def standing(turn: Turn, stock: Stock) -> str:
    """`40; 3 hoạt động, 2 hỏng, 35 chưa rõ từ 01/8/2023`; where nobody has counted, that."""
    if stock.total is None:
        return turn.said("assets.uncounted")
    if not stock.total:
        return turn.said("assets.none")
    since = {} if stock.since is None else {"day": stock.since}
    ending = "_since" if since else ""
    if not stock.seen:
        return turn.said(f"assets.unseen{ending}", total=stock.total, **since)
    parts = [turn.said("assets.working", count=stock.working)] if stock.working else []
    if stock.broken:
        parts.append(turn.said("assets.not_working", count=len(stock.broken), state=state(turn, stock.kind, False)))
    if stock.unknown:
        parts.append(turn.said(f"assets.unknown{ending}", count=stock.unknown, **since))
    return turn.said("assets.said", total=stock.total, parts=", ".join(parts))


def state(turn: Turn, which: AssetKind, working: bool) -> str:
    """`hoạt động`, `hỏng`; a market that is none any more is not broken."""
    if working:
        return turn.said("asset_state.working")
    return turn.said("asset_state.stopped" if which is AssetKind.SAFE_MARKET else "asset_state.broken")


def _short(item: str, names: dict[str, str]) -> str:
    name = names.get(item, item)[:_LONGEST_NAME]
    return f"{item} {name}" if item in names and item.isdigit() else name
