"""A leader confirms the month's check in one tap or by typing 1; asks to be reminded; can't this time; is late."""

from datetime import timedelta

from cases import check_cards, checking, mending, reminding
from domain import duties
from domain.clocks import ward_day
from domain.duties import all_ok
from domain.errors import Refused
from domain.findings import Mark, Walk
from domain.names import called
from domain.notices import Button
from domain.seen import day_said, only_of_time
from domain.talks import menu_of
from handlers import walking
from handlers.turns import Args, Turn

_LONGEST_CHOICE = 20  # characters; what is longer is a story, not a button's words


async def check(turn: Turn, _: Args) -> None:
    """`/diemdanh`: a card for every check that is owed, or that all is done and what of it is still open."""
    owed = await checking.owed(turn.unit, turn.person)
    still = [(duty, place) for duty, place in owed if not duty.done]
    for duty, place in owed if not still else ():
        turn.send(await check_cards.already(turn.unit, duty, place, turn.person, walking.unseen(turn, duty)))
    if len(still) == 1:
        [(duty, place)] = still
        late = turn.unit.now >= duty.due_at
        step = "seen_day" if late and turn.talk.step is None else walking.step_before(turn)
        turn.keep(step=step, findings=walking.kept(turn, walking.begun(turn, duty, place)))
    elif still:
        # Whose card would a typed digit answer? It is asked.
        turn.keep(step=walking.step_before(turn), menu=())
    for duty, place in still:
        notice = check_cards.question(duty, place, turn.person.name, turn.unit.now)
        turn.send(notice, remember=len(still) == 1)


async def confirm_all(turn: Turn, args: Args) -> None:
    """*Đạt tất cả*: one tap; after the deadline the day it was seen is asked first."""
    walk = await walking.of(turn, args[0])
    marks = {item: Mark(finding=finding) for item, finding in all_ok().items()}
    await walking.finish(turn, walk.model_copy(update={"marks": marks, "asked": None}))


async def meant(turn: Turn, said: str) -> list[Button]:
    """What a leader means who types a choice of a reminder's card, which this talk does not remember.

    One button a group; several when the words may be meant for any of them.
    """
    if len(said) > _LONGEST_CHOICE or not turn.person.as_leader():
        return []
    try:
        owed = await checking.owed(turn.unit, turn.person)
    except Refused:
        return []  # the leader of another kind of group; these words are theirs to say
    found: list[Button] = []
    for duty, place in owed:
        asked = check_cards.question(duty, place, turn.person.name, turn.unit.now).buttons
        done = (await check_cards.already(turn.unit, duty, place, turn.person, "")).buttons if duty.done else ()
        if press := turn.meant(menu_of((*asked, *done)), said):
            digit = str(len(found) + 1)
            found.append(Button(label="button.group", params={"unit": place.name}, press=press, digit=digit))
    return found


async def seen(turn: Turn, args: Args) -> None:
    """*Hôm nay*, or *Ngày khác*, which asks for the day."""
    walk = await walking.of(turn, args[0])
    today = ward_day(turn.unit.now)
    if args[1] == "today":
        await _seen_on(turn, walk.model_copy(update={"seen": today}))
        return
    turn.keep(step="seen_day", menu=(), findings=walking.kept(turn, walk))
    example = max(today - timedelta(days=2), walking.first_day(walk))
    turn.answer("check.which_day", more=walking.group(walk), example=example)


async def day_typed(turn: Turn, said: str) -> None:
    """The day it was seen, in any spelling."""
    walk = walking.now(turn)
    today = ward_day(turn.unit.now)
    try:
        day = day_said(said, today)
    except Refused:
        if not only_of_time(said) and await walking.is_a_story(turn, said):
            return
        raise
    duties.refuse_day(walk.period, day, today)
    await _seen_on(turn, walk.model_copy(update={"seen": day}))


async def tonight(turn: Turn, args: Args) -> None:
    """*Nhắc tối nay*."""
    group = walking.group(await walking.of(turn, args[0]))
    duty, at = await reminding.tonight(turn.unit, turn.person, args[0])
    walking.over(turn, duty)
    turn.answer("check.tonight", more=group, at=at)


async def away(turn: Turn, args: Args) -> None:
    """*Tôi đi vắng*."""
    group = walking.group(await walking.of(turn, args[0]))
    duty, place, others, officers = await reminding.away(turn.unit, turn.person, args[0])
    walking.over(turn, duty)
    name = called(turn.person.name)
    if officers is None:
        turn.answer("check.away_again", more=group, name=name)
    elif others:
        turn.answer("check.away", more=group, name=name, others=check_cards.names_of(others))
    elif beat := await mending.beat_officer(turn.unit, place):
        turn.answer("check.away_beat", more=group, name=name, owner=called(beat.name))
    else:
        turn.answer("check.away_ward" if officers else "check.away_nobody", more=group, name=name)


async def _seen_on(turn: Turn, walk: Walk) -> None:
    if walk.marks and not walk.left():
        await walking.finish(turn, walk)
        return
    await checking.still_open(turn.unit, turn.person, walk.duty)
    turn.keep(step=walking.step_before(turn), findings=walking.kept(turn, walk))
    turn.send(check_cards.seen_question(walk.duty, walk.seen or ward_day(turn.unit.now), walking.group(walk)))
