"""PDF papers: each page is drawn, and the drawings make a new PDF. Scripts, links, forms and fonts stay behind."""

from typing import Any

# Pillow too: pdfium's binding loads it only when it meets the first page.
from PIL import Image, JpegImagePlugin
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

from bot.cleaning import LIMIT, Clean, Unfit
from bot.cleaning.pictures import to_jpeg

__all__ = ["Image", "JpegImagePlugin", "clean"]

PAGES = 40  # more than that is refused: a paper that ends in the middle would mislead
LONGEST = 1800  # pixels of a page's longer side: A4 at 150 dots an inch
QUALITY = 75
# Width and height in points, those of its picture in pixels, and the picture.
Page = tuple[float, float, int, int, bytes]


def clean(data: bytes, form: str) -> Clean:
    """A PDF of pictures. Raises Unfit, or pdfium's errors (an encrypted paper is one)."""
    with PdfDocument(data) as paper:
        if not 0 < len(paper) <= PAGES:
            raise Unfit("too_big" if len(paper) else "broken")
        pages: list[Page] = []
        for number in range(len(paper)):
            pages.append(_drawn(paper, number))
            if sum(len(page[-1]) for page in pages) > LIMIT:
                raise Unfit("too_big")
    return Clean("application/pdf", bound(pages))


def _drawn(paper: Any, number: int) -> Page:
    page = paper[number]
    width, height = page.get_size()
    bitmap = page.render(scale=LONGEST / max(width, height), may_draw_forms=False)
    picture = bitmap.to_pil().convert("RGB")
    page.close()
    return width, height, picture.width, picture.height, to_jpeg(picture, QUALITY)


def bound(pages: list[Page]) -> bytes:
    """The smallest PDF that shows these pictures; without dates, names or an id."""
    objects: list[bytes] = []
    kids = b" ".join(b"%d 0 R" % (3 + 3 * at) for at in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(pages), kids))
    for at, (width, height, across, down, jpeg) in enumerate(pages):
        first = 3 + 3 * at
        uses = b"/Contents %d 0 R /Resources << /XObject << /P %d 0 R >> >>" % (first + 1, first + 2)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] %b >>" % (width, height, uses))
        objects.append(_stream(b"", b"%.2f 0 0 %.2f 0 0 cm /P Do" % (width, height)))
        picture = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
        objects.append(_stream(b"%b /Width %d /Height %d" % (picture, across, down), jpeg))
    return _file(objects)


def _stream(says: bytes, data: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (says, len(data), data)


def _file(objects: list[bytes]) -> bytes:
    written = bytearray(b"%PDF-1.4\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start, count = len(written), len(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n" % count
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(written)
