"""What each side may see of a tip. What is not here can't be shown by mistake."""

from datetime import datetime

from pydantic import BaseModel

from domain.pieces import FileRef
from domain.tips import Category, Identity, Outcome, Rating, Status


class Line(BaseModel, frozen=True):
    """One piece of what was said: told, asked or answered."""

    kind: str
    text: str


class PoliceView(BaseModel, frozen=True):
    """A tip for officers: no informant, no minute at which a hidden one wrote, not how satisfied anybody was."""

    id: str
    code: str
    ward: str
    category: Category
    urgent: bool
    identity: Identity
    status: Status
    outcome: Outcome | None
    valuable: bool
    opened: datetime
    due_at: datetime
    overdue: int | None
    received_at: datetime | None
    handler: str | None
    lines: tuple[Line, ...] = ()
    files: tuple[FileRef, ...] = ()


class InformantView(BaseModel, frozen=True):
    """A tip for whoever holds its receipt: no officer's name, no colleague's note."""

    code: str
    status: Status
    outcome: Outcome | None
    urgent: bool
    identity: Identity
    opened_at: datetime
    due_at: datetime
    late: bool
    served: bool
    """Whether anybody is there to read it, where it went."""
    chief_told: bool
    """Whether somebody reads each morning what is overdue, besides whoever handles the tip."""
    received: bool
    asked: bool
    rating: Rating | None
    lines: tuple[Line, ...] = ()
