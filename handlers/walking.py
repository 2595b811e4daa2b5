"""A check item by item: met, not met (of which houses, what ails it), not seen; and how it ends."""

from datetime import date
from typing import Any

from cases import check_cards, checking
from domain.duties import Duty, Finding, Item
from domain.errors import Refused
from domain.findings import EQUIPMENT, Mark, Problem, Walk, houses_said, problem_said, problems_of
from domain.notices import Button, More, Rows
from domain.pieces import PieceKind
from domain.places import Place
from handlers import tip
from handlers.turns import Args, Turn
from handlers.urgency import sounds_urgent

ITEMS = tuple(Item)
STEPS = frozenset({"house", "problem", "seen_day"})
_STORY_WORDS = 4  # who types more than this, and nothing that was asked for, is telling something


async def item(turn: Turn, args: Args) -> None:
    """*Xem từng mục*: from the first item on."""
    walk = await of(turn, args[0])
    _show(turn, walk.model_copy(update={"marks": {}, "asked": None}))


async def mark(turn: Turn, args: Args) -> None:
    """*Đạt*, *Không đạt*, *Chưa xem được*; *Không đạt* asks which houses."""
    this, finding = args.one_of(1, Item), args.one_of(2, Finding)
    walk = (await of(turn, args[0])).marked(this, Mark(finding=finding))
    if finding is not Finding.BAD:
        await _next(turn, walk)
        return
    turn.keep(step="house", findings=kept(turn, walk.model_copy(update={"asked": this})))
    buttons = (
        Button(label="button.whole_group", press=f"c.house:{walk.duty}:{this.value}:whole"),
        Button(label="button.skip", press=f"c.house:{walk.duty}:{this.value}:skip"),
    )
    turn.answer("check.houses", buttons=(buttons,), more=group(walk), edit=True, thing=this.value)


async def house(turn: Turn, args: Args) -> None:
    """*Cả tổ*, or *Bỏ qua*: nobody says which house."""
    this = args.one_of(1, Item)
    walk = (await of(turn, args[0])).model_copy(update={"asked": this})
    _ask_problem(turn, walk, Mark(finding=Finding.BAD, whole=args[2] == "whole"))


async def houses_typed(turn: Turn, said: str) -> None:
    """The numbers of the houses, in any spelling."""
    walk = now(turn)
    try:
        if _alarming(said):
            raise Refused("finding.houses")
        heard = houses_said(said)
    except Refused as refused:
        if refused.code == "finding.houses" and await is_a_story(turn, said):
            return
        raise
    _ask_problem(turn, walk, heard)


async def problem(turn: Turn, args: Args) -> None:
    """*Thiếu*, *Hỏng*, *Hết hạn*; then the next item."""
    this, what = args.one_of(1, Item), args.one_of(2, Problem)
    await _ails(turn, await of(turn, args[0]), this, what)


async def problem_typed(turn: Turn, said: str) -> None:
    """What ails it, in the leader's own words."""
    walk = now(turn)
    try:
        if _alarming(said):
            raise Refused("finding.problem")
        heard = problem_said(said)
    except Refused as refused:
        if refused.code == "finding.problem" and await is_a_story(turn, said):
            return
        raise
    if walk.asked is None:
        raise Refused("button.stale")
    await _ails(turn, walk, walk.asked, heard)


async def photo(turn: Turn, file_id: str) -> None:
    """A picture of what is not met, if they like; the question that was asked still waits."""
    walk = now(turn)
    walk = walk.with_photo(turn.unit.files.mint(PieceKind.PHOTO.value, file_id))
    turn.keep(findings=kept(turn, walk))
    turn.answer(f"check.photo_{turn.talk.step}", remember=False)


async def asks_item(turn: Turn, caption: str, *, again: bool) -> bool:
    """Whether a picture came while an item is asked: it begins no story then, or the next digit would be a part of that
    story. It is not kept before somebody said that the item is not met; the item is asked again.

    A caption that tells something makes a story of it all the same. `again`: that was said of this album already.
    """
    asked = next((button.press for button in turn.talk.menu if button.press.startswith("c.mark:")), None)
    if asked is None or len(caption.split()) >= _STORY_WORDS or _alarming(caption):
        return False
    if not again:
        walk = await of(turn, asked.split(":")[1])
        turn.answer("check.photo_item")
        _show(turn, walk)
    return True


async def finish(turn: Turn, walk: Walk) -> None:
    """Every item is answered: it is confirmed; after the deadline, once it is known on which day it was seen."""
    duty, _, _ = await checking.still_open(turn.unit, turn.person, walk.duty)
    if turn.unit.now >= duty.due_at and walk.seen is None:
        turn.keep(step="seen_day", findings=kept(turn, walk))
        buttons = check_cards.late_buttons(walk.duty, away=False)
        turn.answer("check.when", buttons=buttons, more=group(walk), month=check_cards.month_of(walk.period))
        return
    duty, place = await checking.confirm(turn.unit, turn.person, walk.duty, walk.items(), walk.seen, walk.marks)
    over(turn, duty, walk)
    turn.send(await check_cards.closing(turn.unit, duty, place, turn.person, unseen(turn, duty)))


async def is_a_story(turn: Turn, said: str) -> bool:
    """Whether somebody who was asked something short tells something else: it is offered to be taken as a tip."""
    if len(said.split()) < _STORY_WORDS and not _alarming(said):
        return False
    await tip.told_unasked(turn, said)
    return True


def _alarming(said: str) -> bool:
    """Whether this may be a cry for help: "nhà 5 cháy" is no answer to the question which extinguisher is missing."""
    return sounds_urgent(said, calm=EQUIPMENT)


async def of(turn: Turn, which: str) -> Walk:
    """The walk of a check as far as it has come. Raises Refused for a check that is done, or not this person's."""
    duty, place, _ = await checking.still_open(turn.unit, turn.person, which)
    stored = turn.talk.findings.get(duty.id)
    return Walk.model_validate_json(stored) if stored else begun(turn, duty, place)


def begun(turn: Turn, duty: Duty, place: Place) -> Walk:
    """A walk of which nothing is known yet."""
    return Walk(duty=duty.id, period=duty.period, unit=place.name if turn.person.leads_several() else "")


def now(turn: Turn) -> Walk:
    """The walk in which something was asked last. Raises Refused when there is none."""
    if not turn.talk.findings:
        raise Refused("button.stale")
    return Walk.model_validate_json(list(turn.talk.findings.values())[-1])


def kept(turn: Turn, walk: Walk) -> dict[str, str]:
    """The walks as a talk keeps them, by their check: this one is the last that was gone on with.

    It takes the place of what was kept of its check: a picture that is no part of it any more goes.
    """
    checking.drop_pictures(turn.unit, _stored(turn, walk.duty), walk.photos())
    return {**_others(turn, walk.duty), walk.duty: walk.model_dump_json(exclude_defaults=True)}


def _stored(turn: Turn, duty: str) -> list[str]:
    return [walk for key, walk in turn.talk.findings.items() if key == duty]


def _others(turn: Turn, duty: str) -> dict[str, str]:
    return {key: walk for key, walk in turn.talk.findings.items() if key != duty}


def group(walk: Walk) -> More:
    """The line that names the group, for who leads several."""
    return check_cards.of_group(walk.unit)


def step_before(turn: Turn) -> str | None:
    """What the talk waits for besides the check: a story that was begun goes on after it."""
    step = "tell" if turn.talk.draft is not None else turn.talk.step
    return None if step in STEPS else step


def over(turn: Turn, duty: Duty, told: Walk | None = None) -> None:
    """The check leaves the talk with its pictures, but for those of what was `told`; whatever else was begun stays."""
    checking.drop_pictures(turn.unit, _stored(turn, duty.id), told.photos() if told else ())
    step, others = step_before(turn), _others(turn, duty.id)
    turn.keep(step=step, menu=(), findings=others)
    if step is None and turn.talk.draft is None and turn.talk.story is None and not others:
        turn.forget()


def leave(turn: Turn) -> bool:
    """Leaves every check that is under way, with its pictures; returns whether there was one."""
    walks = [Walk.model_validate_json(walk) for walk in turn.talk.findings.values()]
    asked = turn.talk.step in STEPS or any(button.press.startswith("c.mark:") for button in turn.talk.menu)
    under_way = bool(walks) and (asked or any(walk.marks or walk.asked or walk.seen for walk in walks))
    if under_way:
        checking.drop_pictures(turn.unit, turn.talk.findings.values())
        turn.keep(step=step_before(turn), menu=(), findings={})
    return under_way


def unseen(turn: Turn, duty: Duty) -> str:
    """The items of a check that were not seen, as words."""
    return ", ".join(turn.said(f"check_thing.{i.value}") for i in ITEMS if duty.items.get(i) is Finding.UNSEEN)


def first_day(walk: Walk) -> date:
    """The first day on which a check of its period can have been seen."""
    return date.fromisoformat(f"{walk.period}-01")


def _show(turn: Turn, walk: Walk) -> None:
    """The first item that has no answer, on the same card."""
    left = walk.left()[0]
    number = ITEMS.index(left)
    turn.keep(step=step_before(turn), findings=kept(turn, walk))
    buttons = tuple(
        Button(label=f"button.{finding.value}", press=f"c.mark:{walk.duty}:{left.value}:{finding.value}", digit=str(n))
        for n, finding in enumerate(Finding, 1)
    )
    params: dict[str, Any] = {"number": number + 1, "count": len(ITEMS), "item": left.value}
    turn.answer("check.item", buttons=(buttons,), more=group(walk), edit=True, **params)


async def _next(turn: Turn, walk: Walk) -> None:
    if walk.left():
        _show(turn, walk)
    else:
        await finish(turn, walk)


def _ask_problem(turn: Turn, walk: Walk, heard: Mark) -> None:
    if walk.asked is None:
        raise Refused("button.stale")
    asked = walk.asked
    before = walk.marks.get(asked)
    heard = heard.model_copy(update={"photo": before.photo if before else None})
    walk = walk.marked(asked, heard).model_copy(update={"asked": asked})
    turn.keep(step="problem", findings=kept(turn, walk))
    key = "check.problem_houses" if heard.houses else "check.problem"
    params: dict[str, Any] = {"thing": asked.value, "houses": ", ".join(heard.houses)}
    turn.answer(key, buttons=_problems(walk.duty, asked), more=group(walk), edit=True, **params)


def _problems(duty: str, asked: Item) -> Rows:
    buttons = [
        Button(label=f"button.{p.value}", press=f"c.what:{duty}:{asked.value}:{p.value}", digit=str(n))
        for n, p in enumerate(problems_of(asked), 1)
    ]
    return (tuple(buttons[:3]), tuple(buttons[3:])) if buttons[3:] else (tuple(buttons),)


async def _ails(turn: Turn, walk: Walk, this: Item, what: Problem) -> None:
    before = walk.marks.get(this, Mark(finding=Finding.BAD))
    if before.finding is not Finding.BAD:
        before = Mark(finding=Finding.BAD)
    await _next(turn, walk.marked(this, before.model_copy(update={"problem": what})))
