"""Officers: the queue, a tip's card and what is done with it, the summary on demand."""

from datetime import timedelta

from cases import cards, criteria, mending, nights, triage
from domain.clocks import ward_day
from domain.errors import Refused
from domain.notices import Button, Notice
from domain.people import Role
from domain.places import UnitKind
from domain.text import name_order
from domain.tips import Open, Outcome, Tip
from domain.views import PoliceView
from handlers.showing import show_files
from handlers.turns import Args, Turn
from locales import words

READY = ("when", "plate", "still")
_LONGEST_CHOICE = 20  # characters; what is longer is no button's words
_VERBS = tuple(
    Button(label=f"button.{label}", press=f"tip.{verb}")
    for label, verb in (
        *(("show", "open"), ("receive", "receive"), ("ask", "ask"), ("assign", "assign")),
        *(("forward", "forward"), ("close", "close"), ("valuable", "value")),
    )
)
# What can only be done once: which tips it is meant for.
_FITTING: dict[str, Open] = {"tip.receive": "not_received", "tip.value": "not_valuable"}
_MENDED = (Button(label="button.mended", press="c.mended"),)


async def queue(turn: Turn, _: Args) -> None:
    """`/tin`: up to five open tips with a card each; more as a list that opens them."""
    found = await triage.queue(turn.unit, turn.person)
    turn.look_away()
    if not found:
        turn.answer("queue.empty")
    elif len(found) <= triage.CARDS_AT_ONCE:
        turn.answer("queue.few", count=len(found))
        for view in await triage.views(turn.unit, found):
            # With several cards in sight, words that were typed are asked about: they must not meet the wrong one.
            turn.send(cards.card(view), remember=len(found) == 1)
    else:
        await _list(turn, found, 0)


async def page(turn: Turn, args: Args) -> None:
    """More of a long queue."""
    start = args.number(0)
    await _list(turn, await triage.queue(turn.unit, turn.person, start), start)


async def _list(turn: Turn, found: list[Tip], start: int) -> None:
    count, end = await triage.waiting(turn.unit, turn.person), start + triage.PAGE
    rows = [(_opener(number, tip),) for number, tip in enumerate(found, start + 1)]
    if end < count:
        rows.append((Button(label="button.more", press=f"tip.page:{end}"),))
    turn.answer("queue.count", count=count, buttons=tuple(rows))


async def show(turn: Turn, args: Args) -> None:
    """The card with its content, where it was pressed."""
    _card(turn, await triage.show(turn.unit, turn.person, args[0]))


async def open_card(turn: Turn, args: Args) -> None:
    """A card from the list, as a message of its own."""
    _card(turn, await triage.show(turn.unit, turn.person, args[0]), fresh=True)


async def open_code(turn: Turn, code: str) -> None:
    """A card by its code, typed: what is pushed can be answered without pressing."""
    found = await triage.by_code(turn.unit, turn.person, code)
    _card(turn, await triage.show(turn.unit, turn.person, found), fresh=True)


async def meant(turn: Turn, said: str) -> list[Button]:
    """What an officer means who types a button of a card that was pushed: one button for each tip it may be for."""
    if len(said) > _LONGEST_CHOICE or not turn.person.as_police():
        return []
    if turn.meant(_MENDED, said):
        return await mending.of_ward(turn.unit, turn.person)
    verb = turn.meant(_VERBS, said)
    if verb is None:
        return []
    fitting = await triage.queue(turn.unit, turn.person, which=_FITTING.get(verb, "all"))
    return [_opener(number, tip, verb) for number, tip in enumerate(fitting, 1)]


async def receive(turn: Turn, args: Args) -> None:
    """*Tiếp nhận*; who presses second is told who was first."""
    view = await triage.receive(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.toast = turn.said("police.received", code=view.code)


async def ask(turn: Turn, args: Args) -> None:
    """*Hỏi lại*: the officer's next text is the question."""
    view = await triage.show(turn.unit, turn.person, args[0])
    turn.keep(step="ask", asking=view.id, menu=())
    ready = [
        Button(label=f"question.{one}", press=f"tip.asks:{view.id}:{one}", digit=str(number))
        for number, one in enumerate(READY, 1)
    ]
    stop = Button(label="button.stop", press="x.cancel")
    turn.answer("police.ask", code=view.code, buttons=(tuple(ready[:2]), (*ready[2:], stop)))


async def asked_ready(turn: Turn, args: Args) -> None:
    """One of the questions that are ready: free words can unmask somebody."""
    if args[1] not in READY:
        raise Refused("button.stale")
    turn.keep(step="ask", asking=args[0])
    # In Vietnamese whatever the officer reads: who told it is answered in the language of the ward.
    await asked(turn, words("vi").say(f"question.{args[1]}"))


async def asked(turn: Turn, text: str) -> None:
    """The question itself; it is sent without another confirmation."""
    tip = await triage.ask(turn.unit, turn.person, turn.talk.asking or "", text)
    turn.look_away()
    turn.answer("police.asked", code=tip.code)


async def assign(turn: Turn, args: Args) -> None:
    """*Giao*: to whom?"""
    view = await triage.show(turn.unit, turn.person, args[0])
    colleagues = await triage.takers(turn.unit, turn.person, view.id)
    rows = tuple(
        (Button(label="button.person", params={"name": c.name}, press=f"tip.to:{view.id}:{c.id}", digit=str(n)),)
        for n, c in enumerate(sorted(colleagues, key=lambda c: name_order(c.name))[:30], 1)
    )
    key = "police.assign" if rows else "police.assign_nobody"
    turn.answer(key, code=view.code, buttons=(*rows, (cards.back(view.id),)), edit=True)


async def assigned(turn: Turn, args: Args) -> None:
    """The colleague was chosen."""
    view, colleague = await triage.assign(turn.unit, turn.person, args[0], args[1])
    _card(turn, view)
    turn.answer("police.assigned", code=view.code, officer=colleague.name)


async def forward(turn: Turn, args: Args) -> None:
    """*Chuyển*: where to?"""
    view = await triage.show(turn.unit, turn.person, args[0])
    there = Button(label="button.investigators", press=f"tip.forwarded:{view.id}", digit="1")
    turn.answer("police.forward", code=view.code, buttons=((there,), (cards.back(view.id),)), edit=True)


async def forwarded(turn: Turn, args: Args) -> None:
    """It goes to investigators."""
    view = await triage.forward(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.answer("police.forwarded", code=view.code)


async def close(turn: Turn, args: Args) -> None:
    """*Kết thúc*: with which outcome?"""
    view = await triage.show(turn.unit, turn.person, args[0])
    turn.send(cards.outcome_menu(view, turn.pressed_message))


async def end(turn: Turn, args: Args) -> None:
    """The outcome was chosen; it can be undone for ten minutes."""
    view = await triage.end(turn.unit, turn.person, args[0], args.one_of(1, Outcome))
    _card(turn, view)
    undo = Button(label="button.undo", press=f"tip.reopen:{view.id}")
    turn.answer("police.ended", code=view.code, outcome=args[1], buttons=((undo,),))


async def reopen(turn: Turn, args: Args) -> None:
    """*Hoàn tác*."""
    view = await triage.reopen(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.answer("police.reopened", code=view.code)


async def value(turn: Turn, args: Args) -> None:
    """*Có giá trị*."""
    view = await triage.value(turn.unit, turn.person, args[0])
    _card(turn, view)
    turn.answer("police.valued", code=view.code)


async def files(turn: Turn, args: Args) -> None:
    """*Xem ảnh, tệp*: clean copies, one message each; what is not ready yet says so."""
    _, found = await triage.files(turn.unit, turn.person, args[0])
    await show_files(turn, [(piece.file, piece.text) for piece in found if piece.file is not None])


async def name(turn: Turn, args: Args) -> None:
    """*Xem tên*: every look is recorded."""
    view = await triage.show(turn.unit, turn.person, args[0])
    known = await triage.informant_name(turn.unit, turn.person, args[0])
    turn.send(Notice(key="police.name", params={"code": view.code, "name": known}, private=True))


async def summary(turn: Turn, _: Args) -> None:
    """`/tonghop`: today so far, and yesterday for who missed it; for a province yesterday over its wards."""
    held = triage.officer(turn.person)
    over = await criteria.province_of(turn.unit, turn.person)
    if over is not None and held.role is Role.PROVINCE:
        from handlers import province  # few look after a province: an idle bot stays small

        await province.day(turn, over)
        return
    if held.ward is None:
        raise Refused("role.police_only")
    place = await turn.unit.places.find(held.ward)
    if place is None or place.kind is not UnitKind.WARD:
        raise Refused("role.ward_police_only")
    today = ward_day(turn.unit.now)
    yesterday = await nights.find_sent(turn.unit, held.ward, today - timedelta(days=1))
    if yesterday is not None:
        turn.send(nights.shown(yesterday))
    turn.send(nights.shown(await nights.summary(turn.unit, held.ward, today)))


def _card(turn: Turn, view: PoliceView, *, fresh: bool = False) -> None:
    """The card with its content, in place or anew, and what of a long story did not fit onto it."""
    if turn.talk.step == "ask" and turn.talk.asking != view.id:
        # Whoever turns to another tip has dropped the question: it must not go to the wrong one.
        turn.keep(step=None, asking=None)
    turn.send(cards.card(view, content=True, edit=None if fresh else turn.pressed_message))
    for rest in cards.rest_of_story(view):
        turn.send(rest, remember=False)


def _opener(number: int, view: Tip, verb: str = "tip.open") -> Button:
    label = "queue.line_urgent" if view.urgent else "queue.line"
    params = {"code": view.code, "category": view.category.value}
    return Button(label=label, params=params, press=f"{verb}:{view.id}", digit=str(number))
