"""What a message carries besides words: pictures, sounds, places; and what can't be taken."""

from telegram import Message

from domain.errors import Refused
from domain.notices import Button
from domain.pieces import Piece, PieceKind, in_reach, place_text
from domain.talks import choices
from handlers import attesting, receipt, tip, walking
from handlers.turns import Args, Turn

# Telegram lets a bot fetch files of 20 MB.
LARGEST = 20 * 1024 * 1024
WHERE = choices(("button.there", "t.place:there"), ("button.here", "t.place:here"))


async def carried(turn: Turn, message: Message) -> None:
    """A message that is more than words."""
    if message.location is not None:
        await _place(turn, message.location.latitude, message.location.longitude)
        return
    found = _file(message)
    if found is None or turn.talk.step == "ask":
        turn.answer("tip.not_this", remember=False)
        return
    kind, file_id, size = found
    if size > LARGEST:
        turn.answer("tip.too_big", remember=False)
        return
    await _take(turn, message, kind, file_id)


async def place_chosen(turn: Turn, args: Args) -> None:
    """*Ở chỗ đó* or *Ở đây*: where somebody stands is coarsened, so that it shows no home."""
    place = turn.talk.place
    if place is None:
        raise Refused("button.stale")
    text = place_text(*place, coarse=args[0] == "here")
    piece = Piece(kind=PieceKind.PLACE, text=text)
    adding = turn.talk.step == "add"
    turn.keep(place=None)
    await (receipt.added_piece(turn, piece) if adding else tip.took(turn, piece))


async def _place(turn: Turn, latitude: float, longitude: float) -> None:
    if turn.talk.draft is None and turn.talk.step != "add":
        turn.answer("tip.place_alone", buttons=((_tell(),),))
    elif not in_reach(latitude, longitude):
        turn.answer("tip.place_far", remember=False)
    else:
        turn.keep(place=(latitude, longitude))
        turn.answer("tip.place", buttons=WHERE)


async def _take(turn: Turn, message: Message, kind: PieceKind, file_id: str) -> None:
    if kind in (PieceKind.PHOTO, PieceKind.DOCUMENT) and turn.talk.step in attesting.CARRYING:
        await attesting.carried(turn, kind, file_id, message.caption or "")
        return
    if kind is PieceKind.PHOTO and turn.talk.step in ("house", "problem"):
        await walking.photo(turn, file_id)
        return
    talk, same_album = turn.talk, False
    if message.media_group_id is not None:
        same_album = talk.album == message.media_group_id
        if talk.draft is None and talk.step != "add":
            turn.answer("tip.late_part", buttons=((_tell(),),))
            return
    if talk.draft is None and talk.step != "add" and not await tip.begin_other(turn):
        return
    file = turn.unit.files.mint(kind.value, file_id)
    piece = Piece(kind=kind, text=message.caption or "", file=file, message=turn.message)
    if turn.talk.step == "add":
        await receipt.added_piece(turn, piece)
        return
    await tip.took(turn, piece, album=message.media_group_id is not None, quiet=same_album)
    if message.media_group_id is not None:
        turn.keep(album=message.media_group_id)


def _file(message: Message) -> tuple[PieceKind, str, int] | None:
    if message.photo:
        best = message.photo[-1]
        return PieceKind.PHOTO, best.file_id, best.file_size or 0
    kinds = (
        (PieceKind.VIDEO, message.video or message.video_note or message.animation),
        (PieceKind.VOICE, message.voice or message.audio),
        (PieceKind.DOCUMENT, message.document),
    )
    for kind, file in kinds:
        if file is not None:
            return kind, file.file_id, file.file_size or 0
    return None


def _tell() -> Button:
    return Button(label="button.tell", press="t.begin", digit="1")
