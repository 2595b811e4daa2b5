"""What is to be said to whom: by key and parameters, in no language and through no channel yet."""

from datetime import date, datetime
from enum import IntEnum
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from domain.pieces import FileRef


class Lane(IntEnum):
    """Which words leave first."""

    URGENT = 0
    REPLY = 1
    REMINDER = 2
    BULK = 3


class Button(BaseModel, frozen=True):
    """A choice under a message. It can also be typed: its digit, or its words without diacritics."""

    label: str
    press: str
    digit: str | None = None
    params: dict[str, Any] = Field(default_factory=dict)


Rows = tuple[tuple[Button, ...], ...]
More = tuple[tuple[str, dict[str, Any]], ...]


class Matter(BaseModel, frozen=True):
    """What a message is about, by the id of a tip or a duty.

    `tip`: it is urgent; `given`: a calm one, which somebody has or is to take in hand. `duty`: its check is asked for;
    `unmade`: nobody of the group can make it; `found`: what it found not met.
    """

    kind: Literal["tip", "given", "duty", "unmade", "found"]
    id: str


PAPERS = ("png", "xlsx", "docx")
"""Forms in which a report can be taken from the chat."""


class Paper(BaseModel, frozen=True, defer_build=True):
    """A file that is made when the message's turn comes: the name of it is kept in the queue, never its content.

    `form`: `png`, `xlsx`, `docx` of a period (`kind`, `last` its last day), of a province's board (`kind` is `board`,
    as of `last`; `page` of the picture, from 0) or month (`province`, `last` its last day), or `scorecard`
    (`criteria`, as of `last`).
    """

    form: Literal["png", "xlsx", "docx", "scorecard"]
    unit: str
    kind: str = ""
    criteria: str = ""
    page: int = 0
    last: date
    outward: bool = False
    """Of a scorecard: whether who asked doesn't handle the ward's tips."""
    asked_at: AwareDatetime
    """What is made says how things stood then, however long the message waited."""


class Notice(BaseModel, frozen=True):
    """One message: a sentence by key, and `more` sentences on lines of their own.

    `keyboard` names the persistent keyboard to show, `edit` the message to rewrite in place, `report` holds a frozen
    summary to show with its chart, `file` a clean copy to show, `paper` what is to be made and shown. `wipe` deletes
    messages instead, from the first number up to the last; `menu` sets the chat's list of commands.
    `private` words are sent so that they can't be forwarded or saved (police cards). `about` names what must reach
    somebody: if this reader can't be reached, whoever comes next is told.
    """

    key: str
    params: dict[str, Any] = Field(default_factory=dict)
    more: More = ()
    buttons: Rows = ()
    keyboard: str | None = None
    lane: Lane = Lane.REPLY
    edit: int | None = None
    report: str | None = None
    file: FileRef | None = None
    paper: Paper | None = None
    wipe: tuple[int, int] | None = None
    menu: str | None = None
    private: bool = False
    silent: bool = False
    expires_at: datetime | None = None
    about: Matter | None = None
