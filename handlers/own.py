"""What people decide about themselves: their language, what is kept, and that it goes."""

from cases import people, receipts
from domain.notices import Button
from domain.talks import choices
from handlers import start, stopping, tip
from handlers.keyboards import RESIDENT, keyboard_of
from handlers.turns import Args, Turn

LANGUAGES = choices(("button.vi", "o.speak:vi"), ("button.en", "o.speak:en"))
PRIVACY = choices(("button.how_long", "o.long"), ("button.erase", "o.erase"))
ERASE = choices(("button.erase_named", "o.named"), ("button.erase_all", "o.all"), ("button.stop", "o.stop"), wide=1)


async def language(turn: Turn, _: Args) -> None:
    """`/ngonngu`."""
    turn.answer("own.language", buttons=LANGUAGES)


async def speak(turn: Turn, args: Args) -> None:
    """Tiếng Việt or English."""
    language = "en" if args[0] == "en" else "vi"
    if turn.person.contact is None:
        # Before consent it is kept with what is being talked about, and goes with it.
        turn.person = turn.person.model_copy(update={"language": language})
        turn.keep(language=language)
    else:
        turn.person = await people.speak(turn.unit, turn.person, language)
        turn.unit.outbox.menu(turn.chat, keyboard_of(turn.person), language)
    await start.spoken(turn)


async def privacy(turn: Turn, _: Args) -> None:
    """`/riengtu`: who sees what, in honest words."""
    turn.answer("own.privacy", buttons=PRIVACY)


async def how_long(turn: Turn, _: Args) -> None:
    """*Giữ bao lâu?*"""
    turn.answer("own.how_long", buttons=((Button(label="button.erase", press="o.erase"),),))


async def erase(turn: Turn, _: Args) -> None:
    """`/xoadulieu`: what?"""
    turn.answer("own.erase", buttons=ERASE)


async def erase_nothing(turn: Turn, _: Args) -> None:
    """*Thôi*: a story that was begun is not what was stopped."""
    if turn.person.agreed and (turn.talk.told or turn.talk.story is not None):
        turn.look_away()
        await tip.go_on(turn)
    else:
        await stopping.drop(turn, Args())


async def erase_named(turn: Turn, _: Args) -> None:
    """*Tin kèm tên*: taken back one by one; what went to investigators stays and is named."""
    gone, kept = await _withdraw_named(turn)
    turn.look_away()
    turn.answer("own.erased_named", gone=gone, kept=kept)


async def erase_all(turn: Turn, _: Args) -> None:
    """*Mọi thứ về tôi*."""
    gone, kept = await _withdraw_named(turn)
    await people.forget(turn.unit, turn.person)
    turn.forget()
    turn.unit.outbox.menu(turn.chat, RESIDENT, turn.person.language)
    turn.answer("own.erased_all", gone=gone, kept=kept, keyboard="nothing")


async def _withdraw_named(turn: Turn) -> tuple[int, int]:
    return await receipts.withdraw_named(turn.unit, turn.person)
