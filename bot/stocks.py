"""Commands about a ward's inventory. Imported with the first of them."""

import orjson

from bot.installation import Installation
from cases import assets, inventory
from domain.assets import AssetKind, Register
from domain.errors import Refused
from domain.places import Place, UnitKind
from locales import words
from storage.unit import Unit


async def listed(app: Installation, code: str, *, as_json: bool) -> str:
    """What there is in a ward: totals with source and day; of each that somebody has seen the state and the day."""

    async def find(unit: Unit) -> tuple[Place, Register, dict[AssetKind, dict[str, str]]]:
        ward = await unit.places.find(code)
        if ward is None or ward.kind is not UnitKind.WARD:
            raise Refused("ward.unknown", unit=code)
        called = {kind: await assets.names(unit, ward, kind) for kind in AssetKind}
        return ward, await inventory.now(unit, ward.code), called

    ward, found, called = await app.read(find)
    if as_json:
        rows = [_row(found, kind, called[kind]) for kind in AssetKind]
        groups = {kind.value: number for kind, number in sorted(found.groups.items())}
        households = {"counted": found.household_count if found.households else None, "groups": len(found.households)}
        told = {"unit": ward.code, "assets": rows, "groups": groups, "households": households}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
    return "\n".join(line for kind in AssetKind for line in _lines(app, found, kind, called[kind]))


def _row(found: Register, kind: AssetKind, called: dict[str, str]) -> dict[str, object]:
    stock = found.stocks[kind]
    items = [
        {
            "item": item,
            "name": called.get(item),
            "working": seen.working if (seen := stock.seen.get(item)) else None,
            "observed": seen.observed if seen else None,
            "reported": seen.reported if seen else None,
        }
        for item in stock.items
    ]
    counted = stock.counted
    told = {"source": counted.source if counted else None, "observed": counted.observed if counted else None}
    counts = {"total": stock.total, "known": len(stock.seen), "working": stock.working, "broken": len(stock.broken)}
    return {"kind": kind.value, **counts, **told, "items": items}


def _lines(app: Installation, found: Register, kind: AssetKind, called: dict[str, str]) -> list[str]:
    stock, speaker = found.stocks[kind], words(app.settings.operator_language)
    if stock.total is None:
        return [speaker.say("assets.list_unknown", kind=kind.value)]
    counts = {"total": stock.total, "working": stock.working, "broken": len(stock.broken), "unknown": stock.unknown}
    lines = [speaker.say("assets.list_line", kind=kind.value, **counts)]
    for item, seen in stock.seen.items():
        state = speaker.say("asset_state.working" if seen.working else "asset_state.broken")
        told = {"state": state, "observed": seen.observed, "reported": seen.reported}
        lines.append(speaker.say("assets.list_item", item=item, name=called.get(item, ""), **told))
    return lines
