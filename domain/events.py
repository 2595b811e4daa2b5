"""What happened, as one row each: the only source of every figure."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Happening(StrEnum):
    """Kinds of events."""

    TIP_OPENED = "tip_opened"
    TIP_SEEN = "tip_seen"
    TIP_RECEIVED = "tip_received"
    TIP_ASKED = "tip_asked"
    TIP_ANSWERED = "tip_answered"
    TIP_ASSIGNED = "tip_assigned"
    TIP_FORWARDED = "tip_forwarded"
    TIP_VALUABLE = "tip_valuable"
    TIP_CLOSED = "tip_closed"
    TIP_REOPENED = "tip_reopened"
    TIP_RATED = "tip_rated"
    TIP_UNOPENED = "tip_unopened"
    TIP_PASSED_ON = "tip_passed_on"
    DUTY_OPENED = "duty_opened"
    DUTY_SUBMITTED = "duty_submitted"
    DUTY_MISSED = "duty_missed"
    DUTY_HANDED = "duty_handed"
    FINDING_OPENED = "finding_opened"
    FINDING_MENDED = "finding_mended"
    UNIT_ADDED = "unit_added"
    ASSETS_COUNTED = "assets_counted"
    ASSET_SEEN = "asset_seen"
    ASSET_UNSEEN = "asset_unseen"
    HOUSEHOLDS_COUNTED = "households_counted"
    NAME_SEEN = "name_seen"
    ROLE_GRANTED = "role_granted"
    PLEDGE_ASKED = "pledge_asked"
    PLEDGE_SIGNED = "pledge_signed"
    CRITERION_FILLED = "criterion_filled"
    CRITERION_SAID = "criterion_said"
    CRITERION_GIVEN = "criterion_given"
    CRITERION_WITHDRAWN = "criterion_withdrawn"


Detail = dict[str, str | int | bool]
"""What is said of a happening beside its subject; it is never changed."""


class Event(NamedTuple):
    """One happening in one ward. `by` is a contact's id for officers and leaders, never for an informant.

    A tuple and no model: only we make events, and a night reads a hundred thousand of them.
    """

    id: str
    ward: str
    at: datetime
    day: date
    kind: Happening
    subject: str
    detail: Detail
    by: str | None = None
    seq: int = 0
    """The order in which events happened, whatever the clock did in between."""
