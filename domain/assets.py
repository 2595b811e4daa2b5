"""The ward's inventory: cameras, fire points, markets, groups and their households, as its events tell it.

A source that gives a total gives a total: its numbers 1 to N are slots of which nothing else is known. A state that
nobody has looked at is *unknown*, never working; looking is an event with the day of looking and the moment of telling.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from domain.errors import Refused
from domain.events import Event, Happening
from domain.indicators import GROUPS, GROUPS_COUNTED, HOUSEHOLDS, INVENTORY
from domain.places import GROUP_KINDS, UnitKind
from domain.roles import Role

MOST = 999
"""Of one kind in one ward: what can still be typed as a number."""
MOST_HOUSEHOLDS = 1_000
"""Of one group; real ones have 5 to 32 (domain.md, groups)."""
MARKING = frozenset({Role.BEAT_OFFICER, Role.WARD_CHIEF})
"""Who says what there is and how it is: who walks the ward, and who answers for it."""


class AssetKind(StrEnum):
    """What has a working state. Cameras and points have numbers; a market is a unit with a name."""

    SECURITY_CAMERA = "security_camera"
    FIRE_POINT = "fire_point"
    SAFE_MARKET = "safe_market"


NUMBERED = frozenset({AssetKind.SECURITY_CAMERA, AssetKind.FIRE_POINT})


Statement = tuple[Happening, frozenset[tuple[str, str | int | bool]]]


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, as somebody stated it."""

    number: int
    observed: date
    source: str
    """The document or article that says so; empty: who wrote it has counted."""
    by: str | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody has looked: on which day, and when it was told."""

    event: str
    working: bool
    observed: date
    reported: datetime
    by: str | None


Told = TypeVar("Told", Count, Sighting)


@dataclass(frozen=True, slots=True)
class Stock:
    """One kind of asset of a ward at a moment. `items` are numbers, or codes of units; `seen` only of these.

    `since`: from when on it has been known that those are there of which nobody has seen the state.
    """

    kind: AssetKind
    counted: Count | None
    since: date | None
    items: tuple[str, ...]
    seen: Mapping[str, Sighting]

    @property
    def total(self) -> int | None:
        """How many there are; None when nobody has said."""
        return len(self.items) if self.counted is not None or self.items else None

    @property
    def working(self) -> int:
        """How many were seen working."""
        return sum(one.working for one in self.seen.values())

    @property
    def broken(self) -> tuple[str, ...]:
        """Which were seen broken."""
        return tuple(item for item in self.items if item in self.seen and not self.seen[item].working)

    @property
    def unknown(self) -> int:
        """Of how many nobody has seen the state."""
        return len(self.items) - len(self.seen)


@dataclass(frozen=True, slots=True)
class Register:
    """A ward's inventory at a moment. `households` of groups by code: a group that nobody has counted is missing."""

    stocks: Mapping[AssetKind, Stock]
    groups: Mapping[UnitKind, int]
    households: Mapping[str, Count]
    told: frozenset[Statement]
    """Every statement that stands, also those that later ones have overtaken: a file read twice says nothing new."""

    @property
    def household_count(self) -> int:
        """Households of the groups that were counted."""
        return sum(one.number for one in self.households.values())

    def is_news(self, kind: Happening, detail: Mapping[str, str | int | bool]) -> bool:
        """Whether what a file says has to be told: it has not said it yet, or takes back a correction of that day.

        A file that is read again says nothing against later days, nor against somebody who has looked on its own.
        """
        if statement(kind, detail) not in self.told:
            return True
        counts = self._counting(kind, detail)
        if counts is None or counts.by is not None or counts.observed.isoformat() != detail["observed"]:
            return False
        if isinstance(counts, Sighting):
            return counts.working != detail["working"]
        return (counts.number, counts.source) != (detail["count"], detail["source"])

    def _counting(self, kind: Happening, detail: Mapping[str, str | int | bool]) -> Count | Sighting | None:
        if kind is Happening.HOUSEHOLDS_COUNTED:
            return self.households.get(str(detail["unit"]))
        stock = self.stocks[AssetKind(str(detail["asset"]))]
        return stock.counted if kind is Happening.ASSETS_COUNTED else stock.seen.get(str(detail["item"]))


def subject(ward: str) -> str:
    """Under which subject a ward's events of this kind are found."""
    return f"assets/{ward}"


def register(events: Iterable[Event], units: Sequence[tuple[str, UnitKind]]) -> Register:
    """The inventory that events (of one ward, in order) tell of; `units` are the groups and markets there are then.

    What was observed later counts, whenever it was told; of two tellings of one day the later one.
    """
    counts: dict[AssetKind, list[Count]] = {}
    seen: dict[tuple[AssetKind, str], list[Sighting]] = {}
    households: dict[str, list[Count]] = {}
    told: dict[str, Statement] = {}
    for event in events:
        told[event.id] = statement(event.kind, event.detail)
        if event.kind is Happening.ASSETS_COUNTED:
            kind = AssetKind(str(event.detail["asset"]))
            counts.setdefault(kind, []).append(_count(event))
        elif event.kind is Happening.HOUSEHOLDS_COUNTED:
            unit = str(event.detail["unit"])
            households.setdefault(unit, []).append(_count(event))
        elif event.kind is Happening.ASSET_SEEN:
            seen.setdefault(_item(event), []).append(_sighting(event))
        elif event.kind is Happening.ASSET_UNSEEN:
            key = _item(event)
            seen[key] = [one for one in seen.get(key, ()) if one.event != event.detail["event"]]
            told.pop(str(event.detail["event"]), None)
    groups = {code: kind for code, kind in units if kind in GROUP_KINDS}
    markets = tuple(code for code, kind in units if kind is UnitKind.SAFE_MARKET)
    return Register(
        stocks={kind: _stock(kind, counts.get(kind, ()), markets, seen) for kind in AssetKind},
        groups=Counter(groups.values()),
        households={code: _latest(households[code]) for code in groups if code in households},
        told=frozenset(told.values()),
    )


def statement(kind: Happening, detail: Mapping[str, str | int | bool]) -> Statement:
    """What an event says, whoever says it and when."""
    return kind, frozenset(detail.items())


def look(stock: Stock, item: str, observed: date, today: date) -> None:
    """Raises Refused unless somebody can have seen this one on that day."""
    if stock.total is None:
        raise Refused("asset.not_counted", kind=stock.kind.value)
    if item not in stock.items:
        raise Refused("asset.no_number", kind=stock.kind.value, last=len(stock.items))
    if observed > today:
        raise Refused("asset.day_ahead", day=observed)


def moments(found: Register) -> Counter[str]:
    """How things stood, by the names of the catalogue; what nobody has stated is left out."""
    facts: Counter[str] = Counter()
    for kind, stock in found.stocks.items():
        if stock.total is not None:
            names = INVENTORY[kind.value]
            facts[names.stated.name] = 1
            facts[names.total.name] = stock.total
            facts[names.known.name] = len(stock.seen)
            facts[names.working.name] = stock.working
    facts[GROUPS.name] = sum(found.groups.values())
    for group, number in found.groups.items():
        facts[f"{GROUPS.name}.{group.value}"] = number
    facts[GROUPS_COUNTED.name] = len(found.households)
    facts[HOUSEHOLDS.name] = found.household_count
    return +facts


def _stock(
    kind: AssetKind,
    counts: Sequence[Count],
    markets: tuple[str, ...],
    seen: Mapping[tuple[AssetKind, str], Sequence[Sighting]],
) -> Stock:
    counted = _latest(counts) if counts else None
    items = markets
    if kind in NUMBERED:
        items = tuple(str(number) for number in range(1, counted.number + 1)) if counted else ()
    latest = {item: _latest(told) for item in items if (told := seen.get((kind, item)))}
    unseen = next((place for place, item in enumerate(items, 1) if item not in latest), 0)
    since = min((one.observed for one in counts if one.number >= unseen), default=None) if unseen else None
    return Stock(kind=kind, counted=counted, since=since, items=items, seen=latest)


def _latest(told: Sequence[Told]) -> Told:
    """What was observed last; of equals the one that was told last."""
    return max(reversed(told), key=lambda one: one.observed)


def _count(event: Event) -> Count:
    return Count(int(event.detail["count"]), _observed(event), str(event.detail["source"]), event.by)


def _sighting(event: Event) -> Sighting:
    return Sighting(event.id, bool(event.detail["working"]), _observed(event), event.at, event.by)


def _item(event: Event) -> tuple[AssetKind, str]:
    return AssetKind(str(event.detail["asset"])), str(event.detail["item"])


def _observed(event: Event) -> date:
    return date.fromisoformat(str(event.detail["observed"]))
