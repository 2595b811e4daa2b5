"""Which words and which buttons lead where: the one table of the chat."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from domain.errors import Refused
from domain.talks import chosen
from domain.text import fold
from handlers import check, police, start, tip
from handlers.keyboards import LABELS
from handlers.turns import Context, Edge, Turn
from locales import LANGUAGES, words

Act = Callable[[Turn, list[str]], Awaitable[None]]
Hear = Callable[[Turn, str], Awaitable[None]]


async def emergency(turn: Turn, _: list[str]) -> None:
    """`/khancap`: always, for everybody, before consent too."""
    turn.answer("emergency.numbers")


async def help_(turn: Turn, _: list[str]) -> None:
    """`/trogiup`."""
    key = "help.police" if turn.person.as_police() else "help.leader" if turn.person.as_leader() else "help.text"
    turn.answer(key)


async def off_duty(turn: Turn, _: list[str]) -> None:
    """*Ra ca*."""
    await start.duty(turn, on=False)


async def on_duty(turn: Turn, _: list[str]) -> None:
    """*Vào ca*."""
    await start.duty(turn, on=True)


# Commands (Vietnamese without diacritics, English alias), and the label of the persistent keyboard that says the same.
COMMANDS: tuple[tuple[tuple[str, ...], str | None, Act], ...] = (
    (("start",), None, start.start),
    (("baotin", "tip"), "tip", tip.tip),
    (("tincuatoi", "mytips"), "mine", tip.mine),
    (("khancap", "emergency"), "emergency", emergency),
    (("diemdanh", "checkin"), "check", check.check),
    (("tin", "tips"), "queue", police.queue),
    (("tonghop", "summary"), "summary", police.summary),
    (("trogiup", "help"), "help", help_),
    (("huy", "cancel"), None, tip.cancel),
    (("raca",), "off_duty", off_duty),
    (("vaoca",), "on_duty", on_duty),
)
BY_LABEL = {label: act for _, label, act in COMMANDS if label}

PRESSES: dict[str, Act] = {
    "s.begin": start.begin,
    "s.agree": start.agree,
    "s.decline": start.decline,
    "s.more": start.more,
    "s.ward": start.ward_chosen,
    "t.kind": tip.kind,
    "t.send": tip.send,
    "t.now": tip.happening,
    "t.as": tip.send_as,
    "t.be": tip.be_known,
    "t.offer": tip.offer_taken,
    "t.no": tip.offer_declined,
    "r.view": tip.view,
    "r.add": tip.add,
    "r.answer": tip.add,
    "x.cancel": tip.cancel,
    "c.all": check.confirm_all,
    "c.item": check.item,
    "c.mark": check.mark,
    "tip.show": police.show,
    "tip.open": police.open_card,
    "tip.receive": police.receive,
    "tip.ask": police.ask,
    "tip.assign": police.assign,
    "tip.to": police.assigned,
    "tip.forward": police.forward,
    "tip.forwarded": police.forwarded,
    "tip.close": police.close,
    "tip.end": police.end,
    "tip.reopen": police.reopen,
    "tip.value": police.value,
    "tip.name": police.name,
}

# What a text means while the talk waits for one.
STEPS: dict[str, Hear] = {
    "ward": start.ward_typed,
    "kind": tip.told_before_kind,
    "tell": tip.heard,
    "add": tip.added,
    "ask": police.asked,
}


async def press(turn: Turn, data: str) -> None:
    """A button, pressed or typed. What it names is checked again: it may be old, forged or somebody else's."""
    verb, *args = data.split(":")
    act = PRESSES.get(verb)
    if act is None:
        raise Refused("button.stale")
    try:
        await act(turn, args)
    except (IndexError, ValueError) as error:
        # Only the data of a button that we never made has too few or unknown parts.
        raise Refused("button.stale") from error


async def text(turn: Turn, said: str) -> None:
    """Typed words: a label of the keyboard, a choice of the last question, what was asked for, or a story."""
    act = _by_label(said)
    if act is not None:
        await act(turn, [])
        return
    labels = {choice.press: turn.said(choice.label, **choice.params) for choice in turn.talk.menu}
    picked = chosen(turn.talk.menu, labels, said)
    if picked is not None:
        await press(turn, picked)
    elif turn.talk.step in STEPS:
        await STEPS[turn.talk.step](turn, said)
    else:
        await _unasked(turn, said)


async def _unasked(turn: Turn, said: str) -> None:
    if turn.person.as_leader() and fold(said) == "1":
        await check.typed_one(turn)
    elif not turn.person.agreed:
        start.welcome(turn)
    elif tip.is_greeting(said) or turn.person.as_police():
        await start.home(turn)
    else:
        await tip.told_unasked(turn, said)


def _by_label(said: str) -> Act | None:
    wanted = fold(said)
    for label in LABELS:
        if any(wanted == fold(words(language).sentences[f"keyboard.{label}"]) for language in LANGUAGES):
            return BY_LABEL[label]
    return None


def register(edge: Edge) -> None:
    """Puts the table into PTB's application. Only private chats: nothing is ever told in a group."""
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for names, _, act in COMMANDS:
        edge.add_handler(CommandHandler(list(names), _command(act), filters=private))
    edge.add_handler(CallbackQueryHandler(_pressed))
    edge.add_handler(MessageHandler(private & filters.TEXT, _texted))
    edge.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, _something_else))
    edge.add_error_handler(_failed)


def _command(act: Act) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    async def handle(update: Update, context: Context) -> None:
        await act(context.turn, context.args or [])

    return handle


async def _pressed(update: Update, context: Context) -> None:
    if update.callback_query is not None:
        await press(context.turn, update.callback_query.data or "")


async def _texted(update: Update, context: Context) -> None:
    message: Message | None = update.message
    if message is not None:
        await text(context.turn, message.text or "")


async def _something_else(update: Update, context: Context) -> None:
    context.turn.answer("tip.only_words")


async def _failed(update: object, context: Any) -> None:
    # PTB swallows what a handler raises; dispatch must know it to undo, answer or replay.
    context.turn.error = context.error
