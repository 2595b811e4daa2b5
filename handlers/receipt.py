"""What whoever holds a receipt does with it: reads, answers, tells more, takes back, cleans the phone."""

from cases import cards, receipts
from domain.errors import Refused
from domain.notices import Button
from domain.pieces import Piece, PieceKind
from domain.talks import menu_of
from domain.text import fold, is_blank
from domain.tips import Rating, Status, in_groups
from handlers import tip
from handlers.tip import plain
from handlers.turns import Args, Turn
from locales import LANGUAGES, words


async def view(turn: Turn, args: Args) -> None:
    """*Xem trả lời*: the receipt alone opens it."""
    found = await receipts.view(turn.unit, args[0])
    kept = _types(turn)
    turn.send(cards.receipt(found, args[0], typed=kept), remember=kept)


async def typed(turn: Turn, receipt: str) -> None:
    """A receipt in letters opens the tip too, from any phone; what stands below it can be typed as well."""
    await view(turn, Args([receipt]))


async def secret(turn: Turn, args: Args) -> None:
    """The receipt in letters, to be written down: the one way to the tip from another account."""
    await receipts.view(turn.unit, args[0])
    turn.answer("receipt.secret", secret=in_groups(args[0]), remember=False)


async def wipe(turn: Turn, args: Args) -> None:
    """*Xóa lời kể trên máy*: the story leaves the chat; the receipt, in whose button this stands, remains."""
    if turn.pressed_message is not None:
        turn.wipe(args.number(0), turn.pressed_message)
        turn.toast = turn.said("tip.wiped")


async def rate(turn: Turn, args: Args) -> None:
    """*Hài lòng*, *Bình thường*, *Chưa hài lòng*: once; the receipt says so from here on."""
    found = await receipts.rate(turn.unit, args[1], args.one_of(0, Rating))
    if _types(turn):
        turn.look_away()
    turn.toast = turn.said("receipt.rated", rating=found.rating)
    turn.send(cards.receipt(found, args[1], edit=turn.pressed_message), remember=False)


def is_rating(said: str) -> bool:
    """Whether these are the words of such an answer, whose buttons are not remembered."""
    return any(fold(said) in {words(one).folded(f"rating.{rating}") for one in LANGUAGES} for rating in Rating)


def rating_typed(turn: Turn) -> None:
    """*Hài lòng*, typed below a receipt that was opened by a press: it opened no tip that we may know of."""
    turn.answer("receipt.rate_how")


async def withdraw(turn: Turn, args: Args) -> None:
    """*Rút tin*: sure?"""
    found = await receipts.view(turn.unit, args[0])
    sure = (plain("button.withdraw_sure", f"r.gone:{args[0]}"), plain("button.back", f"r.view:{args[0]}"))
    turn.answer("receipt.withdraw", code=found.code, buttons=(sure,), remember=_types(turn))


async def withdrawn(turn: Turn, args: Args) -> None:
    """*Đúng, rút tin*."""
    found = await receipts.withdraw(turn.unit, args[0])
    if _types(turn):
        turn.look_away()
    turn.answer("receipt.withdrawn", code=found.code, remember=False)


async def cut(turn: Turn, args: Args) -> None:
    """*Cắt liên lạc*."""
    found = await receipts.cut(turn.unit, args[0])
    turn.answer("receipt.cut", code=found.code, remember=False)


async def add(turn: Turn, args: Args) -> None:
    """*Kể thêm*, *Trả lời*: the next words go to this tip; one that has ended takes none, and says so at once."""
    found = await receipts.view(turn.unit, args[0])
    if found.status is Status.CLOSED:
        anew = Button(label="button.tell", press="t.begin", digit="1")
        turn.answer("receipt.closed", code=found.code, buttons=((anew,),), remember=turn.talk.draft is None)
        return
    turn.keep(step="add", receipt=args[0])
    turn.answer("receipt.add" if found.served else "receipt.add_unserved", buttons=((tip.STOP,),))


async def added(turn: Turn, text: str) -> None:
    """The words for a tip that was sent before."""
    if is_blank(text):
        raise Refused("tip.empty")
    await added_piece(turn, Piece(text=text))


async def added_piece(turn: Turn, piece: Piece) -> None:
    """Whatever is added to a tip that was sent before."""
    receipt = turn.talk.receipt or ""
    found = await receipts.view(turn.unit, receipt)
    if found.status is Status.CLOSED:
        await _told_anew(turn, piece, found.code)
        return
    await receipts.add(turn.unit, receipt, piece)
    look = ((plain("button.view", f"r.view:{receipt}"),),)
    if turn.talk.draft is None:
        turn.look_away()
    else:
        # Another story was begun before: it goes on.
        turn.keep(step="tell", receipt=None, menu=menu_of(tip.telling(turn)))
    turn.answer("receipt.added", code=found.code, buttons=look, remember=False)


async def _told_anew(turn: Turn, piece: Piece, code: str) -> None:
    """The tip ended before these words came: they are offered as a new tip, so that nothing of them is lost."""
    if turn.talk.draft is not None:
        turn.keep(step="tell", receipt=None, menu=menu_of(tip.telling(turn)))
        turn.answer("receipt.closed_unsent", code=code, remember=False)
    elif piece.kind is PieceKind.TOLD:
        turn.keep(step=None, receipt=None)
        turn.answer("receipt.closed_unsent", code=code, remember=False)
        await tip.told_unasked(turn, piece.text)
    else:
        begun = await tip.begin_other(turn)
        turn.keep(receipt=None)
        if begun:
            turn.answer("receipt.closed_unsent", code=code, remember=False)
            await tip.took(turn, piece)


def _types(turn: Turn) -> bool:
    """Whether the buttons of a receipt have to be remembered: for whoever presses them nothing of it may be kept.

    While another story is being told its own buttons stay: *Gửi* must not be lost.
    """
    return turn.query is None and turn.talk.draft is None
