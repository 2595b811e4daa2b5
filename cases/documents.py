"""Founding documents of the programme, as the sample's sources name them."""

from cases import book
from domain.entries import Founding, Topic
from storage.sample import Sample
from storage.unit import Unit

_FIELDS = ("title", "number", "day", "issuer", "follows", "source", "note")


async def keep_documents(unit: Unit, loaded: Sample) -> None:
    """Writes the documents of the sample into the books; once written they stay as they are."""
    for one in loaded.documents:
        name = f"document/{one.unit}/{one.number or one.title}"
        if await unit.book.find(name) is None:
            what = Founding(**{field: getattr(one, field) for field in _FIELDS})
            book.put(unit, one.unit, Topic.DOCUMENT, "founding", what, None, name=name)
