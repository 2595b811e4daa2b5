"""Which words and which buttons lead where: the one table of the chat."""

import re
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from typing import Any

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from domain.errors import Refused
from domain.text import fold
from domain.tips import LONGEST_TEXT, typed_receipt
from handlers import carried, check, mending, own, police, start, tip, walking
from handlers.keyboards import LABELS
from handlers.turns import Args, Context, Edge, Turn
from locales import LANGUAGES, words

Act = Callable[[Turn, Args], Awaitable[None]]
# What we put into buttons; anything else (a NUL, a forged path) is nobody's button.
OURS = re.compile(r"[A-Za-z0-9_.:*-]{1,64}")
Hear = Callable[[Turn, str], Awaitable[None]]


async def emergency(turn: Turn, _: Args) -> None:
    """`/khancap`: always, for everybody, before consent too."""
    turn.answer("emergency.numbers")


async def agreed(turn: Turn, args: Args) -> None:
    """*Đồng ý*; what was told before is offered to be taken as a tip, so that nothing of it is lost."""
    await start.agree(turn, args)
    _offer_again(turn)


async def ward_chosen(turn: Turn, args: Args) -> None:
    """One of several wards of like name."""
    await start.ward_chosen(turn, args)
    _offer_again(turn)


async def ward_typed(turn: Turn, said: str) -> None:
    """The name of a ward."""
    await start.ward_typed(turn, said)
    _offer_again(turn)


def _offer_again(turn: Turn) -> None:
    if turn.talk.story is not None and turn.talk.step is None:
        tip.offer(turn)


async def help_(turn: Turn, _: Args) -> None:
    """`/trogiup`."""
    key = "help.police" if turn.person.as_police() else "help.leader" if turn.person.as_leader() else "help.text"
    turn.answer(key)


async def off_duty(turn: Turn, _: Args) -> None:
    """*Ra ca*."""
    await start.duty(turn, on=False)


async def on_duty(turn: Turn, _: Args) -> None:
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
    (("ngonngu", "language"), None, own.language),
    (("riengtu", "privacy"), None, own.privacy),
    (("xoadulieu", "forget"), None, own.erase),
    (("huy", "cancel"), None, tip.cancel),
    (("raca",), "off_duty", off_duty),
    (("vaoca",), "on_duty", on_duty),
)
BY_LABEL = {label: act for _, label, act in COMMANDS if label}

PRESSES: dict[str, Act] = {
    "s.begin": start.begin,
    "s.agree": agreed,
    "s.decline": start.decline,
    "s.more": start.more,
    "s.ward": ward_chosen,
    "t.kind": tip.kind,
    "t.send": tip.send,
    "t.now": tip.happening,
    "t.as": tip.send_as,
    "t.be": tip.be_known,
    "t.offer": tip.offer_taken,
    "t.no": tip.offer_declined,
    "t.begin": tip.tip,
    "t.resume": tip.resume,
    "t.province": tip.to_province,
    "t.place": carried.place_chosen,
    "r.withdraw": tip.withdraw,
    "r.gone": tip.withdrawn,
    "r.cut": tip.cut,
    "r.secret": tip.secret,
    "x.wipe": tip.wipe,
    "o.speak": own.speak,
    "o.long": own.how_long,
    "o.erase": own.erase,
    "o.named": own.erase_named,
    "o.all": own.erase_all,
    "tip.files": police.files,
    "tip.page": police.page,
    "r.view": tip.view,
    "r.add": tip.add,
    "r.answer": tip.add,
    "x.cancel": tip.cancel,
    "c.all": check.confirm_all,
    "c.item": walking.item,
    "c.mark": walking.mark,
    "c.house": walking.house,
    "c.what": walking.problem,
    "c.seen": check.seen,
    "c.tonight": check.tonight,
    "c.away": check.away,
    "c.photos": mending.photos,
    "c.mended": mending.mended,
    "c.fixed": mending.one_mended,
    "c.fixed_all": mending.all_mended,
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
    "ward": ward_typed,
    "kind": tip.told_before_kind,
    "tell": tip.heard,
    "identity": tip.heard,
    "add": tip.added,
    "ask": police.asked,
    "house": walking.houses_typed,
    "problem": walking.problem_typed,
    "seen_day": check.day_typed,
}


async def press(turn: Turn, data: str) -> None:
    """A button, pressed or typed. What it names is checked again: it may be old, forged or somebody else's."""
    verb, *args = data.split(":")
    act = PRESSES.get(verb)
    if act is None or not OURS.fullmatch(data):
        raise Refused("button.stale")
    await act(turn, Args(args))


async def text(turn: Turn, said: str) -> None:
    """Typed words: a label of the keyboard, a choice of the last question, what was asked for, or a story."""
    act = _by_label(said)
    if act is not None:
        await act(turn, Args())
        return
    picked = turn.meant(turn.talk.menu, said)
    receipt = typed_receipt(said)
    if picked is not None:
        await press(turn, picked)
    elif receipt is not None:
        await tip.typed_receipt(turn, receipt)
    elif turn.talk.step in STEPS:
        await STEPS[turn.talk.step](turn, said)
    else:
        await _unasked(turn, said)


async def _unasked(turn: Turn, said: str) -> None:
    meant = await check.meant(turn, said)
    if len(meant) > 1:
        check.for_which(turn, meant)
    elif meant:
        await press(turn, meant[0].press)
    elif not turn.person.agreed:
        start.welcome(turn)
        if not tip.is_greeting(said):
            # Sealed, for a day at most: what was told before consent is offered again after it.
            turn.keep(story=tip.joined(turn.talk.story, said)[:LONGEST_TEXT])
    elif tip.is_greeting(said) or turn.person.as_police():
        await start.home(turn)
    else:
        await tip.told_unasked(turn, said)


def _by_label(said: str) -> Act | None:
    return _labels().get(fold(said))


@cache
def _labels() -> dict[str, Act]:
    """What the persistent keyboards say, in every language: an old keyboard stays when the language changes."""
    return {words(language).folded(f"keyboard.{label}"): BY_LABEL[label] for label in LABELS for language in LANGUAGES}


def register(edge: Edge) -> None:
    """Puts the table into PTB's application. Only private chats: nothing is ever told in a group."""
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for names, _, act in COMMANDS:
        edge.add_handler(CommandHandler(list(names), _command(act), filters=private))
    edge.add_handler(CallbackQueryHandler(_pressed))
    edge.add_handler(MessageHandler(private & filters.COMMAND, _command(help_)))
    edge.add_handler(MessageHandler(private & filters.TEXT, _texted))
    edge.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, _carried))
    edge.add_handler(MessageHandler(filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE, _edited))
    edge.add_error_handler(_failed)


def _command(act: Act) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    async def handle(update: Update, context: Context) -> None:
        args = [arg for arg in context.args or () if OURS.fullmatch(arg)]
        await act(context.turn, Args(args))

    return handle


async def _pressed(update: Update, context: Context) -> None:
    if update.callback_query is not None:
        await press(context.turn, update.callback_query.data or "")


async def _texted(update: Update, context: Context) -> None:
    message: Message | None = update.message
    if message is not None:
        await text(context.turn, message.text or "")


async def _carried(update: Update, context: Context) -> None:
    if update.message is not None:
        await carried.carried(context.turn, update.message)


async def _edited(update: Update, context: Context) -> None:
    message = update.edited_message
    if message is not None and (words_said := message.text or message.caption):
        await tip.mended(context.turn, message.message_id, words_said)


async def _failed(update: object, context: Any) -> None:
    # PTB swallows what a handler raises; dispatch must know it to undo, answer or replay.
    context.turn.error = context.error
