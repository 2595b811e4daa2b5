"""Office files that are the same byte by byte when their contents are: a zip knows when it was packed, ours doesn't."""

import io
import re
import zipfile
from collections.abc import Mapping

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def packed(file: bytes, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """The same members in the same order, without times of packing; some with other contents."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, (replaced or {}).get(name) or old.read(name))
    return made.getvalue()


def member(file: bytes, name: str) -> bytes:
    """One member of an office file."""
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        return opened.read(name)


def modified_at(core: bytes, moment: str) -> bytes:
    """The properties of a document with another moment (ISO, UTC) at which it was last saved."""
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment.encode(), core)
