"""Pictures: the pixels, the right way up, in a new JPEG."""

import io

# All loaded before the process is confined; Pillow would look for its formats when it meets the first picture.
from PIL import GifImagePlugin, Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from bot.cleaning import Clean, Unfit

__all__ = ["GifImagePlugin", "JpegImagePlugin", "MpoImagePlugin", "PngImagePlugin", "WebPImagePlugin", "clean"]

PIXELS = 50_000_000
LONGEST = 2560  # pixels of the longer side
NARROWEST = 20  # times as long as broad
QUALITY = 85
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
Image.preinit()
Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is decoded


def clean(data: bytes, form: str) -> Clean:
    """A JPEG of at most `LONGEST` pixels a side; of an animation its first picture. Raises Unfit or Pillow's errors."""
    with Image.open(io.BytesIO(data), formats=(form,)) as image:
        if image.width * image.height > PIXELS:
            raise Unfit("too_big")
        image.draft("RGB", (LONGEST, LONGEST))  # a large JPEG is decoded at half size or less
        image.load()
        turn = _TURNS.get(_orientation(image))
        seen = _flat(image)
    return Clean("image/jpeg", to_jpeg(_broad(seen if turn is None else seen.transpose(turn)), QUALITY))


def to_jpeg(seen: Image.Image, quality: int) -> bytes:
    """Only the pixels: comments, profiles and thumbnails hang on an image through every operation of Pillow's."""
    fresh = Image.new("RGB", seen.size)
    fresh.paste(seen)
    written = io.BytesIO()
    fresh.save(written, "JPEG", quality=quality)
    return written.getvalue()


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1  # made-up camera data says nothing about the picture: it is shown as it is


def _flat(image: Image.Image) -> Image.Image:
    """In RGB, small enough, on white where it is transparent."""
    if image.mode.startswith(("I", "F")):
        return _small(image.convert("I").point(lambda value: value * (1 / 256)).convert("L")).convert("RGB")
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return _small(image if image.mode in ("RGB", "L") else image.convert("RGB")).convert("RGB")
    seen = _small(image if image.mode == "RGBA" else image.convert("RGBA"))
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper


def _broad(seen: Image.Image) -> Image.Image:
    """No more than twenty times as long as broad, or Telegram takes it for no photo: what is missing is white."""
    least = -(-max(seen.size) // NARROWEST)
    if min(seen.size) >= least:
        return seen
    paper = Image.new("RGB", (max(seen.width, least), max(seen.height, least)), "white")
    paper.paste(seen)
    return paper


def _small(image: Image.Image) -> Image.Image:
    longest = max(image.size)
    if longest <= LONGEST:
        return image
    if longest >= 2 * LONGEST:
        # By a whole number first: cheap, and a quarter of the memory or less for what comes after.
        image = image.reduce(longest // LONGEST)
    size = (max(1, image.width * LONGEST // max(image.size)), max(1, image.height * LONGEST // max(image.size)))
    return image if max(image.size) <= LONGEST else image.resize(size, Image.Resampling.LANCZOS)
