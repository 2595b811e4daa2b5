"""Officers: the queue, a tip's card and what is done with it, the summary on demand."""

from datetime import timedelta

from cases import cards, nights, triage
from domain.clocks import ward_day
from domain.errors import Refused
from domain.notices import Button
from domain.tips import Outcome
from domain.views import PoliceView
from handlers.turns import Turn


async def queue(turn: Turn, _: list[str]) -> None:
    """`/tin`: up to five open tips with a card each; more as a list that opens them."""
    views = await triage.queue(turn.unit, turn.person)
    turn.forget()
    if not views:
        turn.answer("queue.empty")
    elif len(views) <= triage.CARDS_AT_ONCE:
        turn.answer("queue.few", count=len(views))
        for view in views:
            turn.send(cards.card(view))
    else:
        turn.answer(
            "queue.count", count=len(views), buttons=tuple((_opener(n, v),) for n, v in enumerate(views[:30], 1))
        )


async def show(turn: Turn, args: list[str]) -> None:
    """The card with its content, where it was pressed."""
    _card(turn, await triage.show(turn.unit, turn.person, args[0]))


async def open_card(turn: Turn, args: list[str]) -> None:
    """A card from the list, as a message of its own."""
    turn.send(cards.card(await triage.show(turn.unit, turn.person, args[0]), content=True))


async def receive(turn: Turn, args: list[str]) -> None:
    """*Tiếp nhận*; who presses second is told who was first."""
    view = await triage.receive(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.toast = turn.said("police.received", code=view.code)


async def ask(turn: Turn, args: list[str]) -> None:
    """*Hỏi lại*: the officer's next text is the question."""
    view = await triage.show(turn.unit, turn.person, args[0])
    turn.keep(step="ask", about=view.id, menu=())
    turn.answer("police.ask", code=view.code, buttons=((Button(label="button.stop", press="x.cancel"),),))


async def asked(turn: Turn, text: str) -> None:
    """The question itself; it is sent without another confirmation."""
    tip = await triage.ask(turn.unit, turn.person, turn.talk.about or "", text)
    turn.forget()
    turn.answer("police.asked", code=tip.code)


async def assign(turn: Turn, args: list[str]) -> None:
    """*Giao*: to whom?"""
    view = await triage.show(turn.unit, turn.person, args[0])
    colleagues = await triage.colleagues(turn.unit, turn.person, view.id)
    rows = tuple(
        (Button(label="button.person", params={"name": c.name}, press=f"tip.to:{view.id}:{c.id}", digit=str(n)),)
        for n, c in enumerate(colleagues[:30], 1)
    )
    turn.answer("police.assign", code=view.code, buttons=(*rows, (cards.back(view.id),)), edit=True)


async def assigned(turn: Turn, args: list[str]) -> None:
    """The colleague was chosen."""
    view, colleague = await triage.assign(turn.unit, turn.person, args[0], args[1])
    _card(turn, view)
    turn.answer("police.assigned", code=view.code, officer=colleague.name)


async def forward(turn: Turn, args: list[str]) -> None:
    """*Chuyển*: where to?"""
    view = await triage.show(turn.unit, turn.person, args[0])
    there = Button(label="button.investigators", press=f"tip.forwarded:{view.id}", digit="1")
    turn.answer("police.forward", code=view.code, buttons=((there,), (cards.back(view.id),)), edit=True)


async def forwarded(turn: Turn, args: list[str]) -> None:
    """It goes to investigators."""
    view = await triage.forward(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.answer("police.forwarded", code=view.code)


async def close(turn: Turn, args: list[str]) -> None:
    """*Kết thúc*: with which outcome?"""
    view = await triage.show(turn.unit, turn.person, args[0])
    turn.send(cards.outcome_menu(view, turn.pressed_message))


async def end(turn: Turn, args: list[str]) -> None:
    """The outcome was chosen; it can be undone for ten minutes."""
    view = await triage.end(turn.unit, turn.person, args[0], Outcome(args[1]))
    _card(turn, view)
    undo = Button(label="button.undo", press=f"tip.reopen:{view.id}")
    turn.answer("police.ended", code=view.code, outcome=args[1], buttons=((undo,),))


async def reopen(turn: Turn, args: list[str]) -> None:
    """*Hoàn tác*."""
    view = await triage.reopen(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.answer("police.reopened", code=view.code)


async def value(turn: Turn, args: list[str]) -> None:
    """*Có giá trị*."""
    view = await triage.value(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.answer("police.valued", code=view.code)


async def name(turn: Turn, args: list[str]) -> None:
    """*Xem tên*: every look is recorded."""
    view = await triage.show(turn.unit, turn.person, args[0])
    known = await triage.informant_name(turn.unit, turn.person, args[0])
    turn.answer("police.name", code=view.code, name=known)


async def summary(turn: Turn, _: list[str]) -> None:
    """`/tonghop`: today so far, and yesterday for who missed it."""
    held = triage.officer(turn.person)
    if held.ward is None:
        raise Refused("role.police_only")
    today = ward_day(turn.unit.now)
    yesterday = await nights.find_sent(turn.unit, held.ward, today - timedelta(days=1))
    if yesterday is not None:
        turn.send(nights.shown(yesterday))
    turn.send(nights.shown(await nights.summary(turn.unit, held.ward, today)))


def _card(turn: Turn, view: PoliceView) -> None:
    turn.send(cards.card(view, content=True, edit=turn.pressed_message))


def _opener(number: int, view: PoliceView) -> Button:
    label = "queue.line_urgent" if view.urgent else "queue.line"
    params = {"code": view.code, "category": view.category.value}
    return Button(label=label, params=params, press=f"tip.open:{view.id}", digit=str(number))
