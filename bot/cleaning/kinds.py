"""What a file is, by its first bytes. Names and claimed media types are the sender's and mean nothing."""

from collections.abc import Callable
from typing import Literal

from bot.cleaning import Clean, Unfit

Cleaner = Callable[[bytes, str], Clean]
Family = Literal["picture", "film", "sound", "paper"]

_FIRST: tuple[tuple[bytes, Family, str], ...] = (
    (b"\xff\xd8\xff", "picture", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "picture", "PNG"),
    (b"GIF87a", "picture", "GIF"),
    (b"GIF89a", "picture", "GIF"),
    (b"\x1a\x45\xdf\xa3", "film", "matroska"),
    (b"OggS", "sound", "ogg"),
    (b"ID3", "sound", "mp3"),
    (b"\xff\xf1", "sound", "aac"),
    (b"\xff\xf9", "sound", "aac"),
    (b"\xff\xfb", "sound", "mp3"),
    (b"\xff\xfa", "sound", "mp3"),
    (b"\xff\xf3", "sound", "mp3"),
    (b"\xff\xf2", "sound", "mp3"),
    (b"fLaC", "sound", "flac"),
    (b"#!AMR", "sound", "amr"),
    (b"%PDF-", "paper", "PDF"),
)
_RIFF: dict[bytes, tuple[Family, str]] = {b"WEBP": ("picture", "WEBP"), b"WAVE": ("sound", "wav")}
# Pictures in a film's box; nothing that we ship draws them.
_STILLS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis")


def kind_of(data: bytes) -> tuple[Family, str]:
    """The family of a file, and its format as the family's library calls it. Raises Unfit."""
    if not data:
        raise Unfit("broken")
    if data[4:8] == b"ftyp" and data[8:12] not in _STILLS:
        return "film", "mov"
    if data[:4] == b"RIFF" and data[8:12] in _RIFF:
        return _RIFF[data[8:12]]
    for first, family, form in _FIRST:
        if data.startswith(first):
            return family, form
    raise Unfit("unsupported")


def cleaner_of(family: Family) -> Cleaner:
    """Loads what cleans a family. Only here: a picture needs no film library, and afterwards no file can be opened."""
    if family == "picture":
        from bot.cleaning.pictures import clean
    elif family == "film":
        from bot.cleaning.films import clean
    elif family == "sound":
        from bot.cleaning.sounds import clean
    else:
        from bot.cleaning.papers import clean
    return clean
