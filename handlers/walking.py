"""A check item by item: met, not met (of which houses, what ails it), not seen; and how it ends."""

from datetime import date

from cases import check_cards, checking
from domain.duties import Duty, Finding, Item
from domain.errors import Refused
from domain.findings import Mark, Problem, Walk, houses_said, problem_said, problems_of
from domain.notices import Button, Rows
from domain.pieces import PieceKind
from handlers import tip
from handlers.turns import Args, Turn

__all__ = ["Walk", "finish", "first_day", "item", "kept", "now", "of", "over", "step_before", "unseen"]

ITEMS = tuple(Item)
STEPS = frozenset({"house", "problem", "seen_day"})
_KEY = "walk"
_STORY_WORDS = 4  # who types more than this, and nothing that was asked for, is telling something


async def item(turn: Turn, args: Args) -> None:
    """*Xem từng mục*: from the first item on."""
    await checking.still_open(turn.unit, turn.person, args[0])
    _show(turn, Walk(period=args[0], seen=of(turn, args[0]).seen))


async def mark(turn: Turn, args: Args) -> None:
    """*Đạt*, *Không đạt*, *Chưa xem được*; *Không đạt* asks which houses."""
    period, this, finding = args[0], args.one_of(1, Item), args.one_of(2, Finding)
    await checking.still_open(turn.unit, turn.person, period)
    walk = of(turn, period).marked(this, Mark(finding=finding))
    if finding is not Finding.BAD:
        await _next(turn, walk)
        return
    turn.keep(step="house", findings=kept(walk.model_copy(update={"asked": this})))
    buttons = (
        Button(label="button.whole_group", press=f"c.house:{period}:{this.value}:whole"),
        Button(label="button.skip", press=f"c.house:{period}:{this.value}:skip"),
    )
    turn.answer("check.houses", buttons=(buttons,), edit=True, thing=this.value)


async def house(turn: Turn, args: Args) -> None:
    """*Cả tổ*, or *Bỏ qua*: nobody says which house."""
    walk = of(turn, args[0]).model_copy(update={"asked": args.one_of(1, Item)})
    await checking.still_open(turn.unit, turn.person, walk.period)
    _ask_problem(turn, walk, Mark(finding=Finding.BAD, whole=args[2] == "whole"))


async def houses_typed(turn: Turn, said: str) -> None:
    """The numbers of the houses, in any spelling."""
    walk = now(turn)
    try:
        heard = houses_said(said)
    except Refused:
        if await is_a_story(turn, said):
            return
        raise
    _ask_problem(turn, walk, heard)


async def problem(turn: Turn, args: Args) -> None:
    """*Thiếu*, *Hỏng*, *Hết hạn*; then the next item."""
    await checking.still_open(turn.unit, turn.person, args[0])
    await _ails(turn, of(turn, args[0]), args.one_of(1, Item), args.one_of(2, Problem))


async def problem_typed(turn: Turn, said: str) -> None:
    """What ails it, in the leader's own words."""
    walk = now(turn)
    try:
        heard = problem_said(said)
    except Refused:
        if await is_a_story(turn, said):
            return
        raise
    if walk.asked is None:
        raise Refused("button.stale")
    await _ails(turn, walk, walk.asked, heard)


async def photo(turn: Turn, file_id: str) -> None:
    """A picture of what is not met, if they like; the question that was asked still waits."""
    walk = now(turn)
    walk = walk.with_photo(turn.unit.files.mint(PieceKind.PHOTO.value, file_id))
    turn.keep(findings=kept(walk))
    turn.answer(f"check.photo_{turn.talk.step}", remember=False)


async def finish(turn: Turn, walk: Walk) -> None:
    """Every item is answered: it is confirmed; after the deadline, once it is known on which day it was seen."""
    duty, _, _ = await checking.still_open(turn.unit, turn.person, walk.period)
    if turn.unit.now >= duty.due_at and walk.seen is None:
        turn.keep(step="seen_day", findings=kept(walk))
        buttons = check_cards.late_buttons(walk.period, away=False)
        turn.answer("check.when", buttons=buttons, month=check_cards.month_of(walk.period))
        return
    duty, place = await checking.confirm(turn.unit, turn.person, walk.period, walk.items(), walk.seen, walk.marks)
    over(turn)
    turn.send(await check_cards.closing(turn.unit, duty, place, turn.person.name, unseen(turn, duty)))


async def is_a_story(turn: Turn, said: str) -> bool:
    """Whether somebody who was asked something short tells something else: it is offered to be taken as a tip."""
    if len(said.split()) < _STORY_WORDS:
        return False
    await tip.told_unasked(turn, said)
    return True


def of(turn: Turn, period: str) -> Walk:
    """The walk of a period as far as it has come."""
    stored = turn.talk.findings.get(_KEY)
    walk = Walk.model_validate_json(stored) if stored else Walk(period=period)
    return walk if walk.period == period else Walk(period=period)


def now(turn: Turn) -> Walk:
    """The walk in which something was asked. Raises Refused when there is none."""
    stored = turn.talk.findings.get(_KEY)
    if not stored:
        raise Refused("button.stale")
    return Walk.model_validate_json(stored)


def kept(walk: Walk) -> dict[str, str]:
    """The walk as a talk keeps it."""
    return {_KEY: walk.model_dump_json(exclude_defaults=True)}


def step_before(turn: Turn) -> str | None:
    """What the talk waits for besides the check: a story that was begun goes on after it."""
    step = "tell" if turn.talk.draft is not None else turn.talk.step
    return None if step in STEPS else step


def over(turn: Turn) -> None:
    """The check leaves the talk; whatever else was begun stays."""
    step = step_before(turn)
    if step is None and turn.talk.draft is None and turn.talk.story is None:
        turn.forget()
    else:
        turn.keep(step=step, menu=(), findings={})


def unseen(turn: Turn, duty: Duty) -> str:
    """The items of a check that were not seen, as words."""
    return ", ".join(turn.said(f"check_thing.{i.value}") for i in ITEMS if duty.items.get(i) is Finding.UNSEEN)


def first_day(duty: Duty) -> date:
    """The first day on which a check of its period can have been seen."""
    return date.fromisoformat(f"{duty.period}-01")


def _show(turn: Turn, walk: Walk) -> None:
    """The first item that has no answer, on the same card."""
    left = walk.left()[0]
    number = ITEMS.index(left)
    turn.keep(step=step_before(turn), findings=kept(walk))
    buttons = tuple(
        Button(
            label=f"button.{finding.value}", press=f"c.mark:{walk.period}:{left.value}:{finding.value}", digit=str(n)
        )
        for n, finding in enumerate(Finding, 1)
    )
    turn.answer("check.item", buttons=(buttons,), edit=True, number=number + 1, count=len(ITEMS), item=left.value)


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
    turn.keep(step="problem", findings=kept(walk))
    key = "check.problem_houses" if heard.houses else "check.problem"
    buttons = _problems(walk.period, asked)
    turn.answer(key, buttons=buttons, edit=True, thing=asked.value, houses=", ".join(heard.houses))


def _problems(period: str, asked: Item) -> Rows:
    buttons = [
        Button(label=f"button.{p.value}", press=f"c.what:{period}:{asked.value}:{p.value}", digit=str(n))
        for n, p in enumerate(problems_of(asked), 1)
    ]
    return (tuple(buttons[:3]), tuple(buttons[3:])) if buttons[3:] else (tuple(buttons),)


async def _ails(turn: Turn, walk: Walk, this: Item, what: Problem) -> None:
    before = walk.marks.get(this, Mark(finding=Finding.BAD))
    if before.finding is not Finding.BAD:
        before = Mark(finding=Finding.BAD)
    await _next(turn, walk.marked(this, before.model_copy(update={"problem": what})))
