"""What somebody says of the ward's inventory, in the chat or by a file. Every change is an event."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from cases import book
from cases.inventory import now
from domain import assets as rules
from domain.assets import AssetKind, Sighting
from domain.clocks import ward_day
from domain.entries import Named, Topic
from domain.errors import Refused
from domain.events import Happening
from domain.people import Membership, Person
from domain.places import GROUP_KINDS, Place, UnitKind
from domain.text import nfc
from storage.unit import Unit

if TYPE_CHECKING:  # a file is rare: an idle bot stays small
    from domain.asset_files import UnitLine
    from storage.sample import Sample

_PARENTS = (UnitKind.WARD, UnitKind.NEIGHBOURHOOD)
Detail = dict[str, str | int | bool]
_ABOUT = ("asset", "item", "unit", "observed")
_STATED = {"security_cameras": AssetKind.SECURITY_CAMERA, "fire_points": AssetKind.FIRE_POINT}


async def names(unit: Unit, ward: Place, kind: AssetKind) -> dict[str, str]:
    """What the items of a kind are called: units by their name, numbers as the ward's file calls them."""
    if kind not in rules.NUMBERED:
        return {place.code: place.name for place in await unit.places.of_kind(ward.code, UnitKind(kind.value))}
    found = {}
    for entry in await unit.book.of((ward.code,), Topic.ASSET):
        known, _, item = entry.subject.partition(":")
        if known == kind.value and isinstance(entry.what, Named):
            found[item] = entry.what.name
    return found


def may_mark(person: Person, ward: Place) -> Membership | None:
    """The role under which a person says what there is in a ward and how it is."""
    held = (one for one in person.roles if one.role in rules.MARKING)
    return next((one for one in held if (one.ward or one.unit) == ward.code), None)


async def count(unit: Unit, person: Person, ward: Place, kind: AssetKind, number: int) -> None:
    """Somebody has counted today. The same number again on that day changes nothing."""
    held = _marker(person, ward)
    if kind not in rules.NUMBERED:
        raise Refused("button.stale")
    if not 0 <= number <= rules.MOST:
        raise Refused("asset.count_unclear", limit=rules.MOST)
    today, before = ward_day(unit.now), (await now(unit, ward.code)).stocks[kind].counted
    if before is None or (before.number, before.observed, before.source) != (number, today, ""):
        _tell(unit, ward.code, Happening.ASSETS_COUNTED, _counted(kind, number, today, ""), held.contact)


async def mark(
    unit: Unit, person: Person, ward: Place, kind: AssetKind, item: str, working: bool, observed: date
) -> tuple[Sighting, bool]:
    """Somebody has seen that one works, or doesn't. Returns the sighting that counts now, and whether this is new.

    What was observed later goes on counting. The same thing said again of the same day changes nothing. Raises Refused
    for a stranger, an unknown number and a day to come.
    """
    held, found = _marker(person, ward), await now(unit, ward.code)
    stock, detail = found.stocks[kind], _seen(kind, item, working, observed)
    rules.look(stock, item, observed, ward_day(unit.now))
    before = stock.seen.get(item)
    overtaken = before is not None and before.observed > observed
    same = before is not None and (before.working, before.observed) == (working, observed)
    if before is not None and (same or (overtaken and rules.statement(Happening.ASSET_SEEN, detail) in found.told)):
        return before, False
    _tell(unit, ward.code, Happening.ASSET_SEEN, detail, held.contact)
    return (await now(unit, ward.code)).stocks[kind].seen[item], True


async def take_back(unit: Unit, person: Person, ward: Place, kind: AssetKind, event: str) -> str:
    """A wrong press: the sighting doesn't count any more, what was seen before does. Returns of which item it was.

    As a wrong end of a tip it can be undone for ten minutes, by whoever made it, while nobody has said anything later.
    """
    held = _marker(person, ward)
    seen = (await now(unit, ward.code)).stocks[kind].seen
    item = next((item for item, one in seen.items() if one.event == event and one.by == held.contact), None)
    if item is None:
        raise Refused("button.stale")
    if unit.now - seen[item].reported > unit.clocks.undo_close_within:
        raise Refused("asset.too_late_to_undo")
    detail: Detail = {"asset": kind.value, "item": item, "event": event}
    _tell(unit, ward.code, Happening.ASSET_UNSEEN, detail, held.contact)
    return item


async def import_text(unit: Unit, text: str) -> tuple[str, int]:
    """A ward's inventory from the text of a file: all of it or nothing. The same file again changes nothing.

    Returns the ward and how many statements are new. Raises Refused naming the first bad place and why.
    """
    from domain.asset_files import AssetFile  # a file is rare: an idle bot stays small
    from domain.toml_files import read as read_file

    read = read_file(nfc(text), AssetFile)
    ward = await unit.places.find(read.unit)
    if ward is None or ward.kind is not UnitKind.WARD:
        raise Refused("criteria.bad_file", place="unit", mistake="no_such_unit")
    if read.day > ward_day(unit.now):
        raise Refused("asset.day_ahead", day=read.day)
    added = [one for one in read.place if await _add_unit(unit, ward, one, read.source)]
    told: list[tuple[Happening, Detail]] = []
    for stated in read.count:
        told.append((Happening.ASSETS_COUNTED, _counted(stated.kind, stated.count, read.day, read.source)))
    for group in read.group:
        await _group(unit, ward, group.unit)
        told.append((Happening.HOUSEHOLDS_COUNTED, _households(group.unit, group.households, read.day, read.source)))
    new = len(added) + await _tell_new(unit, ward.code, told)
    stocks = (await now(unit, ward.code)).stocks
    for asset in read.asset:
        rules.look(stocks[asset.kind], asset.item, read.day, ward_day(unit.now))
    new += await _name(unit, ward, {(one.kind, one.item): one.name for one in read.asset if one.name})
    seen = [one for one in read.asset if one.working is not None]
    sightings = [_seen(one.kind, one.item, bool(one.working), read.day) for one in seen]
    return ward.code, new + await _tell_new(unit, ward.code, [(Happening.ASSET_SEEN, one) for one in sightings])


async def keep_sample(unit: Unit, loaded: "Sample") -> None:
    """What the sample's sources count, and the households of its groups; read again it says nothing new."""
    told: dict[str, list[tuple[Happening, Detail]]] = {}
    for figure in loaded.figures:
        if figure.name in _STATED and figure.value is not None:
            detail = _counted(_STATED[figure.name], figure.value, figure.as_of, figure.source)
            told.setdefault(figure.unit, []).append((Happening.ASSETS_COUNTED, detail))
    for one in loaded.units:
        if one.households is not None and one.ward is not None:
            detail = _households(one.code, one.households, one.valid_from, one.source)
            told.setdefault(one.ward, []).append((Happening.HOUSEHOLDS_COUNTED, detail))
    for ward, statements in told.items():
        await _tell_new(unit, ward, statements)


def _marker(person: Person, ward: Place) -> Membership:
    held = may_mark(person, ward)
    if held is None:
        raise Refused("asset.may_not_mark")
    return held


async def _name(unit: Unit, ward: Place, told: Mapping[tuple[AssetKind, str], str]) -> int:
    """What numbers are called from here on; how many of the names are new."""
    before = {kind: await names(unit, ward, kind) for kind in rules.NUMBERED}
    new = {(kind, item): name for (kind, item), name in told.items() if before[kind].get(item) != name}
    for (kind, item), name in new.items():
        book.put(unit, ward.code, Topic.ASSET, f"{kind.value}:{item}", Named(name=name), None)
    return len(new)


async def _add_unit(unit: Unit, ward: Place, line: "UnitLine", source: str) -> bool:
    """A group or market, from today on: figures of days that are over stay as they are. Whether it is new."""
    known, parent = await unit.places.find(line.code), await unit.places.find(line.parent or ward.code)
    if known is not None and (known.ward, known.kind, known.name) == (ward.code, line.kind, line.name):
        return False
    if known is not None or not line.code.startswith(f"{ward.code}-"):
        raise Refused("criteria.bad_file", place=f"place {line.code}", mistake="unit_code")
    if parent is None or (parent.ward or parent.code) != ward.code or parent.kind not in _PARENTS:
        raise Refused("criteria.bad_file", place=f"place {line.code}, parent", mistake="no_such_unit")
    where = {"parent": parent.code, "ward": ward.code, "valid_from": ward_day(unit.now), "source": source}
    unit.places.save(Place.model_validate({"code": line.code, "name": line.name, "kind": line.kind, **where}))
    _tell(unit, ward.code, Happening.UNIT_ADDED, {"unit": line.code, "type": line.kind.value}, None)
    return True


async def _group(unit: Unit, ward: Place, code: str) -> None:
    group = await unit.places.find(code)
    if group is None or group.ward != ward.code or group.kind not in GROUP_KINDS:
        raise Refused("criteria.bad_file", place=f"group {code}", mistake="no_such_group")


async def _tell_new(unit: Unit, ward: str, statements: Sequence[tuple[Happening, Detail]]) -> int:
    """Statements of a file that are news, told by nobody in particular; how many they are.

    What it says of one thing on one day in two ways, it says the last way: read again it would correct itself.
    """
    found = await now(unit, ward)
    about = {(kind, *(detail.get(key) for key in _ABOUT)): (kind, detail) for kind, detail in statements}
    news = [(kind, detail) for kind, detail in about.values() if found.is_news(kind, detail)]
    for kind, detail in news:
        _tell(unit, ward, kind, detail, None)
    return len(news)


def _tell(unit: Unit, ward: str, kind: Happening, detail: Detail, by: str | None) -> None:
    unit.happened(kind, ward=ward, subject=rules.subject(ward), by=by, **detail)


def _counted(kind: AssetKind, number: int, observed: date, source: str) -> Detail:
    return {"asset": kind.value, "count": number, "observed": observed.isoformat(), "source": source}


def _households(group: str, number: int, observed: date, source: str) -> Detail:
    return {"unit": group, "count": number, "observed": observed.isoformat(), "source": source}


def _seen(kind: AssetKind, item: str, working: bool, observed: date) -> Detail:
    return {"asset": kind.value, "item": item, "working": working, "observed": observed.isoformat()}
