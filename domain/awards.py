"""Merit certificates, and commendations: proposed from records, decided by people.

Nothing here ranks anybody: a ground names records that exist and shows them, a person proposes with a reason, a ward
chief gives or declines. Counts of tips are no ground, neither for nor against anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from domain.clocks import ward_day
from domain.duties import Duty, DutyState
from domain.entries import Certificate, Commended, Declined, Entry, Honoured, standing
from domain.roles import Role

PROPOSING = frozenset({Role.WARD_OFFICE, Role.WARD_CHIEF, Role.DUTY_OFFICER, Role.BEAT_OFFICER})
DECIDING = frozenset({Role.WARD_CHIEF})
ON_TIME = "on_time"
RECOGNISED = "recognised"


class Ground(NamedTuple):
    """Records that speak for commending a unit. `records`: what can be looked up, oldest first."""

    code: str
    unit: str
    name: str
    records: tuple[str, ...]


class Proposal(NamedTuple):
    """A proposed commendation with its outcome: a certificate, a reason against it, or neither yet."""

    entry: Entry
    what: Commended
    outcome: Certificate | Declined | None


def on_time_grounds(duties: Iterable[Duty], names: Mapping[str, str], day: date) -> list[Ground]:
    """Groups whose checks of this year were all on time, of those whose deadline has passed.

    How many months that are is shown and nobody is compared: a group that began in May has fewer.
    """
    by_unit: dict[str, list[Duty]] = {}
    for duty in duties:
        if ward_day(duty.due_at) < day and duty.state is not DutyState.EXCUSED:
            by_unit.setdefault(duty.unit, []).append(duty)
    found = []
    for unit, theirs in by_unit.items():
        if all(duty.state is DutyState.SUBMITTED for duty in theirs):
            periods = tuple(sorted(duty.period for duty in theirs))
            found.append(Ground(ON_TIME, unit, names.get(unit, unit), periods))
    return sorted(found, key=lambda one: (-len(one.records), one.name, one.unit))


def proposals(entries: Sequence[Entry], as_of: date) -> list[Proposal]:
    """What was proposed up to a day, with what was decided."""
    ours = standing(list(entries), as_of)
    decided: dict[str, Certificate | Declined] = {}
    for entry in ours:
        if isinstance(entry.what, Certificate | Declined) and entry.what.proposal:
            decided[entry.what.proposal] = entry.what
    return [Proposal(e, e.what, decided.get(e.id)) for e in ours if isinstance(e.what, Commended)]


def certificates(entries: Sequence[Entry], as_of: date) -> list[tuple[Entry, Certificate]]:
    """The certificates that stand in the book on a day."""
    return [(e, e.what) for e in standing(list(entries), as_of) if isinstance(e.what, Certificate)]


def counted(entries: Sequence[Entry], as_of: date) -> dict[tuple[Honoured, int], int]:
    """Certificates by kind and year; what isn't there was not written down, which is not none."""
    found: dict[tuple[Honoured, int], int] = {}
    for _, one in certificates(entries, as_of):
        found[one.honoured, one.year] = found.get((one.honoured, one.year), 0) + 1
    return dict(sorted(found.items(), key=lambda item: (item[0][1], item[0][0])))
