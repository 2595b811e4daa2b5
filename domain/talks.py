"""Where a conversation stands: what was asked last, and what has been told but not sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from domain.notices import Button, Rows
from domain.pieces import Piece
from domain.text import fold
from domain.tips import RECEIPT_LENGTH, Category, typed_receipt


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


SEND, HAPPENING = Button(label="button.send", press="t.send"), Button(label="button.happening", press="t.now")
STOP = Button(label="button.stop", press="x.cancel")

# A story that was begun is reminded of once, after half an hour; a receipt that a talk has to remember goes then.
REMIND_AFTER = timedelta(minutes=30)


def remind_at(talk: Talk) -> datetime | None:
    """When a talk is looked at though nobody has written: somebody is reminded of a story that they have begun (once),
    or a receipt is forgotten. None when there is neither.
    """
    begun = talk.draft is not None and not talk.reminded
    return talk.touched_at + REMIND_AFTER if begun or holds_receipt(talk) else None


def holds_receipt(talk: Talk) -> bool:
    """Whether it says whose hidden tip is whose: the next words belong to it, or its buttons can be typed."""
    return talk.receipt is not None or any(_opens(button) for button in talk.menu)


def without_receipt(talk: Talk) -> Talk | None:
    """The talk once nobody has written for a while; a story that was begun goes on. None when nothing is left of it."""
    if talk.draft is not None:
        return talk.model_copy(update={"step": "tell", "receipt": None, "menu": menu_of(telling(talk.draft))})
    left = talk.model_copy(update={"step": None if talk.receipt else talk.step, "receipt": None, "menu": ()})
    kept = left.model_dump(exclude={"key", "chat", "reminded", "touched_at"}, exclude_defaults=True)
    return left if kept else None


def telling(draft: Draft | None) -> Rows:
    """What can be done with a story that is being told."""
    return ((SEND, STOP),) if draft and draft.urgent else ((SEND, HAPPENING), (STOP,))


def _opens(button: Button) -> bool:
    carried = button.press.rpartition(":")[2]
    return len(carried) == RECEIPT_LENGTH and typed_receipt(carried) == carried


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
