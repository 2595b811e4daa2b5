"""Where a conversation stands: what was asked last, and what has been told but not sent."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from domain.notices import Button, Rows
from domain.text import fold
from domain.tips import Category


class Draft(BaseModel, frozen=True):
    """A tip that is being told. An urgent one is already open (`tip`) and can be added to until *Gửi*.

    `receipt` is the capability of that open tip; it dies with the draft.
    """

    ward: str
    category: Category
    urgent: bool
    parts: tuple[str, ...] = ()
    tip: str | None = None
    receipt: str | None = None

    def told(self) -> int:
        """How many characters have been told so far."""
        return sum(len(part) for part in self.parts)


class Choice(BaseModel, frozen=True):
    """A button that can be typed: by its digit or by its words."""

    digit: str | None
    label: str
    press: str
    params: dict[str, Any] = {}


class Talk(BaseModel, frozen=True):
    """The state of one private chat, sealed at rest, found by a keyed hash of the chat, gone when it is not needed."""

    key: bytes
    step: str | None = None
    menu: tuple[Choice, ...] = ()
    draft: Draft | None = None
    about: str | None = None
    text: str | None = None
    findings: dict[str, str] = {}
    touched_at: datetime

    def empty(self) -> bool:
        """Whether nothing would be lost if this talk were forgotten."""
        return self.step is None and not self.menu and self.draft is None


def chosen(menu: tuple[Choice, ...], labels: dict[str, str], typed: str) -> str | None:
    """The press that somebody means who typed a digit or a label, in any case and without diacritics.

    `labels` holds the words of each choice (by press) in the reader's language.
    """
    said = fold(typed)
    for choice in menu:
        words = fold(labels[choice.press])
        meant = {words, words.removeprefix(f"{choice.digit} "), f"{choice.digit} {words}", choice.digit}
        if said and said in meant:
            return choice.press
    return None


def menu_of(rows: Rows) -> tuple[Choice, ...]:
    """The typed form of a message's buttons."""
    return tuple(Choice(digit=b.digit, label=b.label, press=b.press, params=b.params) for row in rows for b in row)


def choices(*buttons: tuple[str, str], wide: int = 2) -> Rows:
    """Rows of buttons, `wide` side by side, from pairs of label key and press; digits count from 1."""
    made = [Button(label=label, press=press, digit=str(n)) for n, (label, press) in enumerate(buttons, 1)]
    return tuple(tuple(made[start : start + wide]) for start in range(0, len(made), wide))
