"""*Đã sửa xong*: what a check found not met has been mended."""

from collections.abc import Sequence

from cases import mending
from domain.findings import Defect
from domain.names import called
from domain.notices import Button
from handlers.showing import show_files
from handlers.turns import Args, Turn


async def mended(turn: Turn, args: Args) -> None:
    """*Đã sửa xong*: if the check found several things, which of them?"""
    left = await mending.of_check(turn.unit, turn.person, args[0])
    if len(left) == 1:
        await _mend(turn, left)
        return
    things = tuple(
        (Button(label="button.thing", params={"thing": d.item.value}, press=f"c.fixed:{d.id}", digit=str(n)),)
        for n, d in enumerate(left, 1)
    )
    every = Button(label="button.all_mended", press=f"c.fixed_all:{args[0]}", digit=str(len(left) + 1))
    turn.answer("finding.which", buttons=(*things, (every,)), more=mending.lines(left))


async def one_mended(turn: Turn, args: Args) -> None:
    """One of several things."""
    await _mend(turn, [await mending.find(turn.unit, turn.person, args[0])])


async def all_mended(turn: Turn, args: Args) -> None:
    """All that the check found."""
    await _mend(turn, await mending.of_check(turn.unit, turn.person, args[0]))


async def photos(turn: Turn, args: Args) -> None:
    """*Xem ảnh*: the pictures of what a check found."""
    found = await mending.of_check(turn.unit, turn.person, args[0])
    await show_files(turn, [(one.photo, turn.said(f"check_thing.{one.item.value}")) for one in found if one.photo])


async def _mend(turn: Turn, defects: Sequence[Defect]) -> None:
    told = await mending.mend(turn.unit, turn.person, defects)
    name = called(turn.person.name)
    officers = "finding.thanks_officer" if told else "finding.thanks_officer_alone"
    key = officers if turn.person.as_police() else "finding.thanks"
    turn.answer(key, more=mending.lines(defects), name=name)
