"""How a ward's inventory stands at a moment: read from events and units, by whoever counts or shows it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain import assets as rules
from domain.assets import Register
from domain.clocks import ward_day
from domain.events import Event
from domain.places import GROUP_KINDS, UnitKind
from storage.unit import Unit

_UNITS = (*GROUP_KINDS, UnitKind.SAFE_MARKET)


async def registers(unit: Unit, wards: Sequence[str], day: date, until: datetime) -> dict[str, Register]:
    """The inventories of wards at a moment of a day, by ward: from events told before it and units that were there.

    A ward of which nothing is known is left out.
    """
    events: dict[str, list[Event]] = defaultdict(list)
    for event in await unit.events.of_assets(wards, until):
        events[event.ward].append(event)
    units: dict[str, list[tuple[str, UnitKind]]] = defaultdict(list)
    for ward, one in await unit.places.standing(wards, _UNITS, day):
        units[ward].append(one)
    return {ward: rules.register(events[ward], units[ward]) for ward in {*events, *units}}


async def now(unit: Unit, ward: str) -> Register:
    """A ward's inventory with everything that was told so far."""
    just_told = unit.now + timedelta(milliseconds=1)
    found = await registers(unit, (ward,), ward_day(unit.now), just_told)
    return found[ward] if ward in found else rules.register((), ())
