"""`/huy`, *Thôi*: what is stopped, and what stays."""

from handlers import tip, walking
from handlers.turns import Args, Turn


async def cancel(turn: Turn, _: Args) -> None:
    """What was asked is over. A story that was begun before stays, unless that is what is stopped."""
    beside = turn.talk.told and turn.talk.step not in tip.TELLING
    if not beside:
        await drop(turn, Args())
        return
    if walking.leave(turn):
        turn.answer("check.stopped")
    turn.look_away()
    await tip.resume(turn, Args())


async def drop(turn: Turn, _: Args) -> None:
    """*Đúng, bỏ*: the story too. Who stops in the midst of a check is told that its answers are gone."""
    checking = walking.leave(turn)
    if not tip.stop(turn) and not checking:
        turn.answer("cancel.nothing")
    if checking:
        turn.answer("check.stopped")
