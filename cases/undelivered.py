"""What Telegram refuses for good, or is damaged, is kept for the operator; admins are told of it in chat."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cases import people
from domain.notices import Lane, Notice
from domain.people import Role
from storage.outbox import Post
from storage.undelivered import UNREADABLE, Undelivered
from storage.unit import Unit

TELLING = "admin.undelivered"
LISTED = 4  # a screen has six short lines
# A defect of ours may have every message refused: one word of it an hour is enough.
EVERY = timedelta(hours=1)


async def keep(unit: Unit, post: Post, method: str, reason: str) -> None:
    """A message is refused for good. If it is the telling itself, nobody is told of it again."""
    told_at = unit.now if post.notice.key == TELLING else None
    lost = Undelivered(id=post.id, at=unit.now, lane=post.notice.lane, method=method, reason=reason, told_at=told_at)
    unit.undelivered.save(lost)


def lost(unit: Unit, damaged: Mapping[int, int]) -> None:
    """Messages (their lanes by number) whose rows don't open: nobody knows whom they were for."""
    for number, lane in damaged.items():
        # The number of a lane may be damaged too. Then nobody knows how much they hurried.
        known = Lane(lane) if lane in set(Lane) else Lane.URGENT
        unit.undelivered.save(Undelivered(id=number, at=unit.now, lane=known, method="", reason=UNREADABLE))


async def tell(unit: Unit) -> int:
    """Tells the admins whom a message reaches of what was refused since they were last told; returns how many it is.

    Where there is no admin it waits for one; `doctor` and the alarms tell the operator meanwhile.
    """
    untold = await unit.undelivered.untold()
    if not untold or await unit.undelivered.told_since(unit.now - EVERY):
        return 0
    admins = await people.reachable(unit, await unit.memberships.of_role(Role.ADMIN))
    if not admins:
        return 0
    lines = tuple(_line(one) for one in untold[:LISTED])
    notice = Notice(key=TELLING, params={"count": len(untold)}, more=lines)
    unit.outbox.put_many(notice, [(admin.chat, admin.language) for admin in admins])
    for one in untold:
        unit.undelivered.save(one.model_copy(update={"told_at": unit.now}))
    return len(untold)


async def unheard(unit: Unit) -> None:
    """An admin could not be reached with a telling: where nobody else has heard it, it is owed still."""
    if await people.reachable(unit, await unit.memberships.of_role(Role.ADMIN)):
        return
    for one in await unit.undelivered.told_last():
        unit.undelivered.save(one.model_copy(update={"told_at": None}))


def _line(one: Undelivered) -> tuple[str, dict[str, Any]]:
    when = {"at": one.at, "lane": one.lane.name.lower()}
    if one.reason == UNREADABLE:
        return "admin.damaged", when
    return "admin.refused", {**when, "reason": one.reason or "?"}
