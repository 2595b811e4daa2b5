"""What Telegram refuses for good is kept for the operator, and the admins are told of it in chat."""

from datetime import timedelta

from cases import people
from domain.notices import Notice
from domain.people import Role
from storage.outbox import Post
from storage.undelivered import Undelivered
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
    lines = tuple(
        ("admin.refused", {"at": one.at, "lane": one.lane.name.lower(), "reason": one.reason or "?"})
        for one in untold[:LISTED]
    )
    notice = Notice(key=TELLING, params={"count": len(untold)}, more=lines)
    unit.outbox.put_many(notice, [(admin.chat, admin.language) for admin in admins])
    for one in untold:
        unit.undelivered.save(one.model_copy(update={"told_at": unit.now}))
    return len(untold)
