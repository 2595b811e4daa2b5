"""A leader confirms the month's check in one tap or by typing 1; asks to be reminded; can't this time; is late."""

from datetime import timedelta

from cases import check_cards, checking, mending, reminding
from domain import duties
from domain.clocks import ward_day
from domain.duties import all_ok
from domain.errors import Refused
from domain.findings import Mark
from domain.seen import day_said
from domain.talks import menu_of
from domain.text import given_name
from handlers import walking
from handlers.turns import Args, Turn

_LONGEST_CHOICE = 20  # characters; what is longer is a story, not a button's words


async def check(turn: Turn, _: Args) -> None:
    """`/diemdanh`: the check of this month, or that it is done and what of it is still open."""
    duty, place = await checking.current(turn.unit, turn.person)
    if duty.done:
        turn.send(await check_cards.already(turn.unit, duty, place, walking.unseen(turn, duty)))
        return
    late = turn.unit.now >= duty.due_at
    step = "seen_day" if late and turn.talk.step is None else walking.step_before(turn)
    turn.keep(step=step, findings=walking.kept(walking.Walk(period=duty.period)))
    turn.send(check_cards.question(duty, place, turn.person.name, turn.unit.now))


async def confirm_all(turn: Turn, args: Args) -> None:
    """*Đạt tất cả*: one tap; after the deadline the day it was seen is asked first."""
    walk = walking.of(turn, args[0])
    marks = {item: Mark(finding=finding) for item, finding in all_ok().items()}
    await walking.finish(turn, walk.model_copy(update={"marks": marks, "asked": None}))


async def meant(turn: Turn, said: str) -> str | None:
    """What a leader means who types a choice of the reminder's card, which this talk does not remember."""
    if len(said) > _LONGEST_CHOICE or not turn.person.as_leader():
        return None
    try:
        duty, place = await checking.current(turn.unit, turn.person)
    except Refused:
        return None  # the leader of another kind of group; these words are theirs to say
    asked = check_cards.question(duty, place, turn.person.name, turn.unit.now).buttons
    done = (await check_cards.already(turn.unit, duty, place, "")).buttons if duty.done else ()
    menu = menu_of((*asked, *done))
    return turn.meant(menu, said)


async def seen(turn: Turn, args: Args) -> None:
    """*Hôm nay*, or *Ngày khác*, which asks for the day."""
    duty, _, _ = await checking.still_open(turn.unit, turn.person, args[0])
    today = ward_day(turn.unit.now)
    walk = walking.of(turn, duty.period)
    if args[1] == "today":
        await _seen_on(turn, walk.model_copy(update={"seen": today}))
        return
    turn.keep(step="seen_day", menu=(), findings=walking.kept(walk))
    turn.answer("check.which_day", example=max(today - timedelta(days=2), walking.first_day(duty)))


async def day_typed(turn: Turn, said: str) -> None:
    """The day it was seen, in any spelling."""
    walk = walking.now(turn)
    today = ward_day(turn.unit.now)
    try:
        day = day_said(said, today)
    except Refused:
        if await walking.is_a_story(turn, said):
            return
        raise
    duties.refuse_day(walk.period, day, today)
    await _seen_on(turn, walk.model_copy(update={"seen": day}))


async def tonight(turn: Turn, args: Args) -> None:
    """*Nhắc tối nay*."""
    at = await reminding.tonight(turn.unit, turn.person, args[0])
    walking.over(turn)
    turn.answer("check.tonight", at=at)


async def away(turn: Turn, args: Args) -> None:
    """*Tôi đi vắng*."""
    place, others, officers = await reminding.away(turn.unit, turn.person, args[0])
    walking.over(turn)
    name = given_name(turn.person.name)
    if others:
        turn.answer("check.away", name=name, others=check_cards.given_names(others))
    elif beat := await mending.beat_officer(turn.unit, place):
        turn.answer("check.away_beat", name=name, owner=given_name(beat.name))
    else:
        turn.answer("check.away_ward" if officers else "check.away_nobody", name=name)


async def _seen_on(turn: Turn, walk: walking.Walk) -> None:
    if walk.marks and not walk.left():
        await walking.finish(turn, walk)
        return
    duty, _, _ = await checking.still_open(turn.unit, turn.person, walk.period)
    turn.keep(step=walking.step_before(turn), findings=walking.kept(walk))
    turn.send(check_cards.seen_question(duty.period, walk.seen or ward_day(turn.unit.now)))
