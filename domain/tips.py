"""The rules of a tip: what it is, what may happen to it in which state, and who is told.

A tip is a claim, shown as unverified until an officer verifies it. How it is known who sent it is chosen per tip.
"""

import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from domain.clocks import Clocks
from domain.errors import Refused

# Digits and consonants that can't be mistaken for each other; telex typing would mangle vowels, D and W.
CODE_LETTERS = "23456789CFGHJKMNPQRTVX"
LONGEST_TEXT = 4000
RECEIPT_LENGTH = 29


class Category(StrEnum):
    """What a tip is about; there is no category for opinions, belief or company (`domain.md`, scope)."""

    FIRE_EXPLOSION = "fire_explosion"
    PERSON_IN_DANGER = "person_in_danger"
    CHILD_HARM = "child_harm"
    DOMESTIC_VIOLENCE = "domestic_violence"
    DANGEROUS_OBJECT = "dangerous_object"
    THEFT_OTHER_CRIME = "theft_other_crime"
    DRUGS = "drugs"
    SCAM = "scam"
    TRAFFIC_ORDER_WASTE = "traffic_order_waste"
    OTHER = "other"


URGENT = frozenset({Category.FIRE_EXPLOSION, Category.PERSON_IN_DANGER, Category.DANGEROUS_OBJECT})


class Status(StrEnum):
    """`domain.md`: receive, verify, forward to investigators, tell the outcome."""

    NEW = "new"
    RECEIVED = "received"
    FORWARDED = "forwarded"
    CLOSED = "closed"


Open = Literal["all", "not_received", "not_valuable"]  # which of the open tips


class Outcome(StrEnum):
    """How a tip ended (`screens.md`, 17)."""

    RESOLVED = "resolved"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"
    FORWARDED = "forwarded_elsewhere"
    NOT_ENOUGH = "not_enough"
    WITHDRAWN = "withdrawn"


# What an officer may choose; only the informant withdraws.
OFFICERS_OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN)


class Identity(StrEnum):
    """How the informant chose to be known."""

    HIDDEN = "hidden"
    CALL_BACK = "call_back"
    NAMED = "named"


class Rating(StrEnum):
    """How satisfied an informant is with what came of their tip; the issue asks for satisfaction, not for marks."""

    SATISFIED = "satisfied"
    FAIR = "fair"
    UNSATISFIED = "unsatisfied"


class Tip(BaseModel, frozen=True):
    """A tip without its words and without its informant: those are sealed and stand elsewhere."""

    id: str
    code: str
    ward: str
    category: Category
    urgent: bool
    identity: Identity
    status: Status = Status.NEW
    outcome: Outcome | None = None
    valuable: bool = False
    opened_at: datetime
    due_at: datetime
    seen_at: datetime | None = None
    received_at: datetime | None = None
    received_by: str | None = None
    assigned_to: str | None = None
    asked_at: datetime | None = None
    closed_at: datetime | None = None
    before_close: Status | None = None
    rating: Rating | None = None
    receipt_hash: bytes
    return_address: bytes | None = None
    informant_key: bytes | None = None

    @property
    def open(self) -> bool:
        """Whether the ward still owes this tip work."""
        return self.status is not Status.CLOSED


def new_code(below: Callable[[int], int]) -> str:
    """A name for a tip (`K7QM-4XTP`) at random. It opens nothing: it is never a password.

    `below(n)` draws a number from 0 to n - 1, all equally likely.
    """
    letters = _letters(8, below)
    return f"{letters[:4]}-{letters[4:]}"


def new_receipt(below: Callable[[int], int]) -> str:
    """A capability of 129 bits, in letters that can be read out and typed: whoever holds it reads the answers."""
    return _letters(RECEIPT_LENGTH, below)


def _letters(count: int, below: Callable[[int], int]) -> str:
    """One draw for all letters: asking the system for each took longer than all the rest of a new tip."""
    number = below(len(CODE_LETTERS) ** count)
    letters = []
    for _ in range(count):
        number, letter = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return "".join(letters)


def in_groups(receipt: str) -> str:
    """A receipt as it is read out: in groups of four letters."""
    return " ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))


def typed_code(text: str) -> str | None:
    """The code of a tip that somebody has typed, with or without its dash; None when it is something else."""
    bare = _typed(text)
    return f"{bare[:4]}-{bare[4:]}" if len(bare) == 8 and all(char in CODE_LETTERS for char in bare) else None


def typed_receipt(text: str) -> str | None:
    """The receipt that somebody has typed, with or without blanks and dashes; None when it is something else."""
    bare = _typed(text)
    return bare if len(bare) == RECEIPT_LENGTH and all(char in CODE_LETTERS for char in bare) else None


def _typed(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


def receive(tip: Tip, officer: str, now: datetime, clocks: Clocks) -> Tip:
    """An officer takes the tip in: from here the clock of verification runs."""
    if tip.received_at is not None:
        raise Refused("tip.already_received", by=tip.received_by, at=tip.received_at)
    _must_be_open(tip)
    return tip.model_copy(
        update={
            "status": Status.RECEIVED,
            "received_at": now,
            "received_by": officer,
            "assigned_to": tip.assigned_to or officer,
            "due_at": now + clocks.verify_within,
        }
    )


def ask(tip: Tip, now: datetime) -> Tip:
    """A question goes to the informant; the clock pauses until the answer, for three days at most."""
    _must_be_open(tip)
    return tip if tip.asked_at is not None else tip.model_copy(update={"asked_at": now})


def answer(tip: Tip, now: datetime, clocks: Clocks) -> Tip:
    """The informant answered or added something: a paused clock runs on."""
    _must_be_open(tip)
    return _unpaused(tip, now, clocks)


def assign(tip: Tip, officer: str) -> Tip:
    """The tip is given to a colleague."""
    _must_be_open(tip)
    return tip.model_copy(update={"assigned_to": officer})


def forward(tip: Tip) -> Tip:
    """The tip belongs to investigators; the ward keeps it open until their answer is told."""
    _must_be_open(tip)
    if tip.status is Status.FORWARDED:
        raise Refused("tip.already_forwarded")
    _must_be_received(tip)
    return tip.model_copy(update={"status": Status.FORWARDED})


def close(tip: Tip, outcome: Outcome, now: datetime, clocks: Clocks) -> Tip:
    """The tip ends with an outcome; a wrong end can be undone for ten minutes."""
    _must_be_open(tip)
    _must_be_received(tip)
    done = {"status": Status.CLOSED, "outcome": outcome, "closed_at": now, "before_close": tip.status}
    return _unpaused(tip, now, clocks).model_copy(update=done)


def reopen(tip: Tip, now: datetime, clocks: Clocks) -> Tip:
    """Undo of a wrong end."""
    if tip.status is not Status.CLOSED or tip.closed_at is None or tip.before_close is None:
        raise Refused("tip.not_closed")
    if now - tip.closed_at > clocks.undo_close_within:
        raise Refused("tip.too_late_to_undo")
    # What was said of a wrong end was said of that end: the right one is asked about again.
    undone = {"status": tip.before_close, "outcome": None, "closed_at": None, "before_close": None, "rating": None}
    return tip.model_copy(update=undone)


def rate(tip: Tip, rating: Rating) -> Tip:
    """The informant says once how satisfied they are; only of an end that officers gave can anybody be."""
    if tip.open:
        raise Refused("tip.not_ended")
    if tip.rating is not None:
        raise Refused("tip.rated_already", rating=tip.rating.value)
    if not may_be_rated(tip.status, tip.outcome):
        raise Refused("button.stale")
    return tip.model_copy(update={"rating": rating})


def may_be_rated(status: Status, outcome: Outcome | None) -> bool:
    """Whether a tip has an end that an informant can be asked about; one that they took back has none."""
    return status is Status.CLOSED and outcome is not Outcome.WITHDRAWN


def value(tip: Tip) -> Tip:
    """The tip helped: "valuable tips" are a first-class figure of the movement."""
    if tip.outcome is Outcome.WITHDRAWN:
        raise Refused("tip.withdrawn")
    if tip.valuable:
        raise Refused("tip.already_valuable")
    _must_be_received(tip)
    return tip.model_copy(update={"valuable": True})


def see(tip: Tip, now: datetime) -> Tip:
    """An officer has opened the tip: from here on somebody knows of it."""
    return tip if tip.seen_at is not None else tip.model_copy(update={"seen_at": now})


def withdraw(tip: Tip, now: datetime) -> Tip:
    """The informant takes the tip back. What has gone to investigators can't be taken back here."""
    _must_be_open(tip)
    if tip.status is Status.FORWARDED:
        raise Refused("tip.forwarded_stays")
    done = {
        "status": Status.CLOSED,
        "outcome": Outcome.WITHDRAWN,
        "closed_at": now,
        "asked_at": None,
        "before_close": None,
    }
    return _hidden(tip).model_copy(update=done)


def cut(tip: Tip) -> Tip:
    """*Cắt liên lạc*: from here on the tip is as hidden as if it had been sent so."""
    if tip.identity is Identity.HIDDEN:
        raise Refused("tip.hidden_already")
    return _hidden(tip)


def _hidden(tip: Tip) -> Tip:
    nobody = {"identity": Identity.HIDDEN, "return_address": None, "informant_key": None}
    return tip.model_copy(update=nobody)


def overdue_by(tip: Tip, now: datetime, clocks: Clocks) -> timedelta | None:
    """How long the tip has been owed something: receipt, then verification; None while it is in time."""
    if not tip.open:
        return None
    late = now - (tip.due_at + clocks.pause(tip.asked_at, now))
    return late if late > timedelta(0) else None


def _unpaused(tip: Tip, now: datetime, clocks: Clocks) -> Tip:
    return tip.model_copy(update={"due_at": tip.due_at + clocks.pause(tip.asked_at, now), "asked_at": None})


def _must_be_received(tip: Tip) -> None:
    if tip.received_at is None:
        raise Refused("tip.not_received")


def _must_be_open(tip: Tip) -> None:
    if not tip.open:
        raise Refused("tip.closed_already", at=tip.closed_at)
