"""What a story is made of: words, pictures, sounds, places."""

from enum import StrEnum

from pydantic import BaseModel


class PieceKind(StrEnum):
    """Kinds of pieces; a file is told apart by what it holds, never by its name."""

    TOLD = "told"
    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    DOCUMENT = "document"
    PLACE = "place"


class FileRef(BaseModel, frozen=True):
    """A sealed file and its key. Who holds the reference can read the file; destroying it erases the file."""

    id: str
    kind: str
    key: str


class Piece(BaseModel, frozen=True):
    """One piece of a story. `text` is what was said, a caption, or a place.

    `message` is known only while the story is a draft: an edit of that message mends it.
    """

    kind: PieceKind = PieceKind.TOLD
    text: str = ""
    file: FileRef | None = None
    message: int | None = None


# A degree of latitude is about 111 km: two hundredths of a degree hide a house among some thousand.
COARSE = 0.02


def place_text(latitude: float, longitude: float, *, coarse: bool) -> str:
    """A place as officers read it, `18.53100, 105.70800`; *here* is coarsened so that it shows no home."""
    if coarse:
        latitude, longitude = (round(value / COARSE) * COARSE for value in (latitude, longitude))
        return f"{latitude:.2f}, {longitude:.2f}"
    return f"{latitude:.5f}, {longitude:.5f}"


def in_reach(latitude: float, longitude: float) -> bool:
    """Whether a place can be in Vietnam at all: a rough box that holds Hoàng Sa and Trường Sa too."""
    return 6.0 <= latitude <= 23.6 and 102.0 <= longitude <= 117.5
