"""What is not needed any more goes: numbers of handled updates, stale talks, old one-time links, old return keys."""

from datetime import timedelta

from cases import reporting
from domain.clocks import ward_day
from storage import inbox
from storage.return_address import week_of
from storage.unit import Unit

KEEP_UPDATE_IDS = timedelta(days=2)
KEEP_TALKS = timedelta(days=1)
# What could not be handled or delivered stays for the operator, but not for ever.
KEEP_TROUBLE = timedelta(days=30)


async def tidy(unit: Unit) -> None:
    """Erases what has had its time (`promises.md`, P6 and P8)."""
    await unit.flush()
    today = ward_day(unit.now)
    await inbox.drop_handled(unit.tx, (today - KEEP_UPDATE_IDS).isoformat(), (today - KEEP_TROUBLE).isoformat())
    await unit.undelivered.drop_older(unit.now - KEEP_TROUBLE)
    await forget_talks(unit)
    await unit.invitations.drop_expired(unit.now)
    await unit.signing_links.drop_expired(unit.now)
    await _reseal(unit)
    await unit.return_keys.drop_older(unit.now)
    await unit.tips.cut_addresses(unit.now - unit.clocks.undo_close_within)


async def forget_talks(unit: Unit) -> None:
    """Conversations that nobody has gone on with for a day go, with what was told in them and not sent."""
    for talk in await unit.talks.older(unit.now - KEEP_TALKS):
        await reporting.forget_old(unit, talk)


async def _reseal(unit: Unit) -> None:
    """Open tips whose way back was sealed in an earlier week are sealed anew: old keys are destroyed in time."""
    for tip in await unit.tips.with_address_of_before(week_of(unit.now).encode()):
        if tip.return_address is not None:
            fresh = await unit.return_keys.reseal(unit.tx, tip.return_address, unit.now)
            if fresh != tip.return_address:
                unit.tips.save(tip.model_copy(update={"return_address": fresh}))
