"""What the screens of the ward's book have in common: a screen, who wrote, a share."""

from typing import Any

from cases import people
from domain.entries import Entry, Paper
from domain.notices import Button, Rows
from handlers.turns import Turn
from locales.formats import percent

Line = tuple[str, dict[str, Any]]


PAGE = 3000
"""UTF-16 units of a page: a message has 4,096, and what follows the text needs some of them."""


def show(turn: Turn, lines: list[Line], rows: Rows, *, below: bool = False) -> None:
    """A screen, where it was pressed (or below). Whoever looks at something else has dropped the question."""
    (key, params), *more = lines
    if turn.talk.book is not None:
        turn.keep(step=None, book=None)
    turn.answer(key, more=tuple(more), buttons=rows, edit=turn.pressed_message is not None and not below, **params)


def paged(turn: Turn, lines: list[Line]) -> list[Line]:
    """Sends all pages of a long text but the last, which is returned: the screen begins with it."""
    page: list[Line] = []
    left = PAGE
    for key, params in lines:
        long = len(turn.said(key, **params).encode("utf-16-le")) // 2 + 1
        if page and long > left:
            (first, told), *more = page
            turn.answer(first, more=tuple(more), **told)
            page, left = [], PAGE
        page.append((key, params))
        left -= long
    return page


def ask(turn: Turn, step: str, about: str, key: str, rows: Rows = (), **params: Any) -> None:
    """A question that the next text answers."""
    turn.answer(key, buttons=(*rows, (Button(label="button.stop", press="x.cancel"),)), **params)
    turn.keep(step=step, book=about)


def over(turn: Turn) -> None:
    """The question is answered."""
    turn.keep(step=None, book=None, menu=())


async def by(turn: Turn, entry: Entry) -> str:
    """Who wrote an entry: role and name, as far as they are still known."""
    name = await people.name_of(turn.unit, entry.by)
    # Without a role: the operator from a file, or a person who has signed by a link.
    role = turn.said(f"role.{entry.role.value if entry.role else 'representative' if entry.by else 'admin'}")
    return f"{role} {name}" if name else role


def share(turn: Turn, part: int, whole: int | None) -> str:
    """`2.412/2.546 (94,7 %)`; without the whole only the part."""
    if whole is None:
        return turn.said("titles.part", part=part)
    shown = percent(part, whole, turn.person.language)
    key = "titles.share" if shown else "titles.share_bare"
    return turn.said(key, part=part, whole=whole, share=shown or "")


def paper(turn: Turn, one: Paper) -> str:
    """`57/QĐ-UBND, 20/11/2026, UBND phường`."""
    return turn.said("titles.paper", number=one.number, day=one.day, issuer=one.issuer)
