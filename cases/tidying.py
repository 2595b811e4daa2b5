"""What is not needed any more goes: numbers of handled updates, stale talks, unused invitations, old return keys."""

from datetime import timedelta

from domain.clocks import ward_day
from storage import inbox
from storage.unit import Unit

KEEP_UPDATE_IDS = timedelta(days=2)
KEEP_TALKS = timedelta(days=1)


async def tidy(unit: Unit) -> None:
    """Erases what has had its time (`promises.md`, P6 and P8)."""
    await unit.flush()
    await inbox.drop_handled(unit.tx, (ward_day(unit.now) - KEEP_UPDATE_IDS).isoformat())
    await unit.talks.drop_older(unit.now - KEEP_TALKS)
    await unit.invitations.drop_expired(unit.now)
    await unit.return_keys.drop_older(unit.now)
    await unit.tips.cut_addresses(unit.now - unit.clocks.undo_close_within)
