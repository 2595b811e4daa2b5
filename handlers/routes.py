"""Which words and which buttons lead where: the one table of the chat."""

import re
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from typing import Any

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from cases import people
from domain.errors import Refused
from domain.talks import menu_of
from domain.text import fold, nfc
from domain.tips import typed_code, typed_receipt
from handlers import (
    board_choice,
    board_routes,
    book_routes,
    carried,
    check,
    mending,
    own,
    police,
    receipt,
    report,
    start,
    stopping,
    tip,
    walking,
)
from handlers.keyboards import LABELS, labels_of
from handlers.turns import Args, Context, Edge, Turn
from locales import LANGUAGES, words

Act = Callable[[Turn, Args], Awaitable[None]]
# What we put into buttons; anything else (a NUL, a forged path) is nobody's button.
OURS = re.compile(r"[A-Za-z0-9_.:*-]{1,64}")


async def emergency(turn: Turn, _: Args) -> None:
    """`/khancap`: always, for everybody, before consent too."""
    turn.answer("emergency.numbers")


async def started(turn: Turn, args: Args) -> None:
    """`/start`; what was told before, and not sent, is gone on with. A pledge to sign stays the last thing shown."""
    await start.start(turn, args)
    if not (args and args[0].startswith(people.SIGNING_LINK)):
        await tip.go_on(turn)


async def agreed(turn: Turn, args: Args) -> None:
    """*Đồng ý*; what was told before is offered to be taken as a tip, so that nothing of it is lost."""
    await start.agree(turn, args)
    await tip.go_on(turn)


async def ward_chosen(turn: Turn, args: Args) -> None:
    """One of several wards of like name."""
    await start.ward_chosen(turn, args)
    await tip.go_on(turn)


async def ward_typed(turn: Turn, said: str) -> None:
    """The name of a ward; who tells something instead loses nothing of it."""
    found = await people.wards_called(turn.unit, said)
    if start.says_more(found, said):
        tip.keep_story(turn, said)
    await start.ward_typed(turn, found)
    await tip.go_on(turn)


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


STOPS = frozenset({"hủy", "huỷ", "cancel"})
"""`/huy` typed as a word, when a text is waited for. Without its mark it is a name, and may be the answer."""
# Commands (Vietnamese without diacritics, English alias), and the label of the persistent keyboard that says the same.
COMMANDS: tuple[tuple[tuple[str, ...], str | None, Act], ...] = (
    (("start",), None, started),
    (("baotin", "tip"), "tip", tip.tip),
    (("tincuatoi", "mytips"), "mine", tip.mine),
    (("khancap", "emergency"), "emergency", emergency),
    (("diemdanh", "checkin"), "check", check.check),
    (("tin", "tips"), "queue", police.queue),
    (("tonghop", "summary"), "summary", police.summary),
    (("tieuchi", "criteria"), "criteria", board_choice.start),
    (("danhhieu", "titles"), None, book_routes.titles),
    (("taisan", "assets"), None, book_routes.assets),
    (("camket", "pledge"), None, book_routes.pledges),
    (("baocao", "report"), None, report.which),
    (("trogiup", "help"), "help", help_),
    (("ngonngu", "language"), None, own.language),
    (("riengtu", "privacy"), None, own.privacy),
    (("xoadulieu", "forget"), None, own.erase),
    (("huy", "cancel"), None, stopping.cancel),
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
    "t.past": tip.past_ward,
    "t.stays": tip.stays,
    "t.who": tip.who_sees,
    "t.place": carried.place_chosen,
    "r.withdraw": receipt.withdraw,
    "r.gone": receipt.withdrawn,
    "r.cut": receipt.cut,
    "r.secret": receipt.secret,
    "x.wipe": receipt.wipe,
    "o.speak": own.speak,
    "o.long": own.how_long,
    "o.erase": own.erase,
    "o.stop": own.erase_nothing,
    "o.named": own.erase_named,
    "o.all": own.erase_all,
    "tip.files": police.files,
    "tip.page": police.page,
    "r.view": receipt.view,
    "r.rate": receipt.rate,
    "r.add": receipt.add,
    "r.answer": receipt.add,
    "x.cancel": stopping.cancel,
    "x.drop": stopping.drop,
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
    "p.last": report.last,
    "p.show": report.show,
    "p.part": report.part,
    "p.file": report.paper,
    "tip.show": police.show,
    "tip.open": police.open_card,
    "tip.receive": police.receive,
    "tip.ask": police.ask,
    "tip.asks": police.asked_ready,
    "tip.assign": police.assign,
    "tip.to": police.assigned,
    "tip.forward": police.forward,
    "tip.forwarded": police.forwarded,
    "tip.close": police.close,
    "tip.end": police.end,
    "tip.reopen": police.reopen,
    "tip.value": police.value,
    "tip.name": police.name,
    **board_routes.PRESSES,
    **book_routes.PRESSES,
}


async def _told_on(turn: Turn, said: str) -> None:
    """While a story is told: one of its own buttons, whatever was looked at meanwhile; else one more piece of it."""
    picked = turn.meant(menu_of(tip.telling(turn)), said)
    if picked is None:
        await tip.heard(turn, said)
    else:
        await _picked(turn, picked)


# What a text means while the talk waits for one.
STEPS: dict[str, book_routes.Hear] = {
    "ward": ward_typed,
    "kind": tip.told_before_kind,
    "tell": _told_on,
    "identity": _told_on,
    "add": receipt.added,
    "ask": police.asked,
    "report": report.told,
    "house": walking.houses_typed,
    "problem": walking.problem_typed,
    "seen_day": check.day_typed,
    **board_routes.STEPS,
    **book_routes.STEPS,
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
    act = _by_label(turn, said)
    if act is not None:
        await act(turn, Args())
        return
    picked = turn.meant(turn.talk.menu, said)
    opens = typed_receipt(said)
    if picked is not None:
        await _picked(turn, picked)
    elif opens is not None:
        await receipt.typed(turn, opens)
    elif turn.person.as_police() and (code := typed_code(said)):
        await police.open_code(turn, code)
    elif _awaited(turn) and nfc(said).strip().lower() in STOPS:
        if not tip.stop_typed(turn):  # a story that is told is not lost by one word
            await stopping.cancel(turn, Args())
    elif turn.talk.step not in STEPS or await STEPS[turn.talk.step](turn, said) is False:
        await _unasked(turn, said)


async def _picked(turn: Turn, data: str) -> None:
    """A button that was typed."""
    if data != tip.STOP.press or not tip.stop_typed(turn):
        await press(turn, data)


def _awaited(turn: Turn) -> bool:
    """Whether words are waited for: the answer to a question, or more of a story."""
    return turn.talk.step in STEPS or turn.talk.draft is not None


async def _unasked(turn: Turn, said: str) -> None:
    if turn.talk.draft is not None:
        await _told_on(turn, said)
        return
    pushed = await check.meant(turn, said) or await police.meant(turn, said) or await book_routes.meant(turn, said)
    if len(pushed) > 1:
        turn.answer("which.one", buttons=tuple((button,) for button in pushed))
    elif pushed:
        await press(turn, pushed[0].press)
    elif tip.is_greeting(said):
        await (start.home(turn) if turn.person.agreed else start.start(turn, Args()))
    elif turn.person.as_police():
        turn.answer("police.unclear")
    elif typed_code(said):
        turn.answer("mine.code", code=typed_code(said))
    elif receipt.is_rating(said):
        receipt.rating_typed(turn)
    else:
        await tip.told_unasked(turn, said)


def _by_label(turn: Turn, said: str) -> Act | None:
    label = _labels().get(fold(said))
    if label is None or (_awaited(turn) and label not in labels_of(turn.person)):
        # Words of a story, or the answer to a question, may be what stands on somebody else's keyboard.
        return None
    return BY_LABEL[label]


@cache
def _labels() -> dict[str, str]:
    """What the persistent keyboards say, in every language: an old keyboard stays when the language changes."""
    return {words(language).folded(f"keyboard.{label}"): label for label in LABELS for language in LANGUAGES}


def register(edge: Edge) -> None:
    """Puts the table into PTB's application. Only private chats: nothing is ever told in a group."""
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    told = filters.Regex(r"(?s)^\S+\s+\S")
    edge.add_handler(CallbackQueryHandler(_pressed))  # first: half of what comes in, and cheap to tell
    edge.add_handler(CommandHandler(list(COMMANDS[1][0]), _told, filters=private & told))
    for names, _, act in COMMANDS:
        edge.add_handler(CommandHandler(list(names), _command(act), filters=private))
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


async def _told(update: Update, context: Context) -> None:
    """`/baotin` and the story behind it, in one message."""
    if update.message is not None:
        story = (update.message.text or "").split(maxsplit=1)[1]
        if context.turn.talk.told:
            await tip.heard(context.turn, story)
            return
        context.turn.leave_draft()
        await tip.told_before_kind(context.turn, story)


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
