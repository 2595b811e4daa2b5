"""Where a conversation stands: what was asked last, and what has been told but not sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from domain.notices import Button, Rows
from domain.pieces import Piece
from domain.text import fold
from domain.tips import Category


class Draft(BaseModel, frozen=True):
    """A tip that is being told. An urgent one is already open (`tip`) and can be added to until *Gửi*.

    `receipt` is the capability of that open tip; it dies with the draft.
    """

    ward: str
    category: Category
    urgent: bool
    parts: tuple[Piece, ...] = ()
    tip: str | None = None
    receipt: str | None = None
    alerted: bool = False
    """Whether anybody was there to be alerted of it."""
    contested: bool = False
    """Whether it is asked if it is taken back from the ward: until that is answered the ward hears no more of it."""
    first_message: int | None = None

    def told(self) -> int:
        """How many characters have been told so far."""
        return sum(len(part.text) for part in self.parts)


class Talk(BaseModel, frozen=True):
    """The state of one private chat, sealed at rest, found by a keyed hash of the chat, gone when it is not needed."""

    key: bytes
    step: str | None = None
    menu: tuple[Button, ...] = ()
    draft: Draft | None = None
    ward: str | None = None
    """The ward whose link brought this person here."""
    invitation: str | None = None
    """The one-time link that brought this person here: an invitation, or a pledge to sign."""
    story: str | None = None
    """Words told before their kind was chosen."""
    past_ward: bool = False
    """Whether what is told goes to the province, past the ward: until that is sent or dropped."""
    album: str | None = None
    """The album whose parts are coming in."""
    receipt: str | None = None
    """The receipt to whose tip the next words belong."""
    asking: str | None = None
    """The tip about which the officer's next words ask."""
    criterion: str | None = None
    """The criterion that the officer's next words are about, and what they say of it."""
    book: str | None = None
    """What the next words belong to in the ward's book: a step with what it is about."""
    report: str | None = None
    """The part of a report that the officer's next words are: kind, last day, part."""
    findings: dict[str, str] = Field(default_factory=dict)
    language: str | None = None
    """The language chosen by somebody of whom nothing is kept yet."""
    chat: int | None = None
    reminded: bool = False
    place: tuple[float, float] | None = None
    touched_at: datetime

    @property
    def told(self) -> bool:
        """Whether a story is begun of which something is told: it is not lost by opening something else."""
        return self.draft is not None and bool(self.draft.parts)

    @property
    def contested(self) -> bool:
        """Whether the ward hears no more of the story until somebody has chosen where it goes."""
        return self.draft is not None and self.draft.contested


# A story that was begun is reminded of once, after half an hour.
REMIND_AFTER = timedelta(minutes=30)


def remind_at(talk: Talk) -> datetime | None:
    """When somebody is reminded of a story that they have begun; None when there is none, or they have been."""
    return None if talk.draft is None or talk.reminded else talk.touched_at + REMIND_AFTER


def chosen(menu: tuple[Button, ...], words: Callable[[Button], str], typed: str) -> str | None:
    """The press that somebody means who typed a digit or a label, in any case and without diacritics.

    `words` gives the folded label of a button in the reader's language.
    """
    said = fold(typed)
    if not said:
        return None
    for button in menu:
        label = words(button)
        if said in (label, label.removeprefix(f"{button.digit} "), f"{button.digit} {label}", button.digit):
            return button.press
    return None


def menu_of(rows: Rows) -> tuple[Button, ...]:
    """The typed form of a message's buttons."""
    return tuple(button for row in rows for button in row)


def choices(*buttons: tuple[str, str], wide: int = 2) -> Rows:
    """Rows of buttons, `wide` side by side, from pairs of label key and press; digits count from 1."""
    made = [Button(label=label, press=press, digit=str(n)) for n, (label, press) in enumerate(buttons, 1)]
    return tuple(tuple(made[start : start + wide]) for start in range(0, len(made), wide))
