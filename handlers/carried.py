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
    if turn.talk.step == "ask":
        # An officer's question is words alone; of an album one part is answered.
        if message.media_group_id is None or turn.talk.album != message.media_group_id:
            turn.answer("police.ask_words", remember=False)
            turn.keep(album=message.media_group_id)
        return
    if message.location is not None:
        await _place(turn, message.location.latitude, message.location.longitude)
        return
    found = _file(message)
    if found is None:
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
    album, begins = message.media_group_id, turn.talk.draft is None and turn.talk.step != "add"
    same_album = album is not None and turn.talk.album == album
    if begins and not await _begun(turn, message.caption or "", again=same_album):
        turn.keep(album=album)
        return
    file = turn.unit.files.mint(kind.value, file_id)
    piece = Piece(kind=kind, text=message.caption or "", file=file, message=turn.message)
    if turn.talk.step == "add":
        await receipt.added_piece(turn, piece)
        return
    heard = "tip.heard" if album is None else "tip.album_begun" if begins else "tip.heard_album"
    await tip.took(turn, piece, key=heard, quiet=same_album and not begins)
    if album is not None:
        turn.keep(album=album)


async def _begun(turn: Turn, caption: str, *, again: bool) -> bool:
    """A picture without a story begins one, with the words that were told before it; the first of an album too.

    `again`: a further part of an album, whose first part was answered when it could begin none.
    """
    contact = turn.person.contact
    if not turn.person.agreed or contact is None or contact.ward is None:
        if not again:
            tip.may_tell(turn)
        return False
    if await walking.asks_item(turn, caption, again=again):
        return False
    return await tip.begin_other(turn)


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
