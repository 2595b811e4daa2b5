"""What is shown of a check: the question in its forms, and what was recorded."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from cases import mending
from domain import duties
from domain.duties import Duty, DutyState, Finding, Item
from domain.findings import Defect
from domain.names import called
from domain.notices import Button, Lane, Matter, More, Notice, Rows
from domain.people import Contact, Person
from domain.places import Place
from domain.talks import choices
from storage.unit import Unit

_LINES = 3  # of a closing card that may tell findings


def question(
    duty: Duty,
    place: Place,
    name: str,
    now: datetime,
    *,
    lane: Lane = Lane.REPLY,
    stands_in_for: str | None = None,
    next_asked: str | None = None,
    reached: bool = True,
) -> Notice:
    """The check of a period on one screen: one tap when all is well; after the deadline, first the day it was seen.

    `stands_in_for`: the leader in whose place this person is asked; not `reached`: whom no message reaches.
    `next_asked`: who will be asked tomorrow.
    """
    late = now >= duty.due_at
    key = "check.ask" if not stands_in_for else "check.handed" if reached or late else "check.handed_unreached"
    params = {
        "name": called(name),
        "month": month_of(duty.period),
        "unit": place.name,
        "due": duties.last_day(duty),
        "count": len(Item),
        "other": called(stands_in_for or ""),
    }
    more = (("check.warned", {"other": called(next_asked)}),) if next_asked else ()
    return Notice(
        key=f"{key}_late" if late else key,
        params=params,
        more=more,
        buttons=late_buttons(duty.id) if late else _buttons(duty.id),
        lane=lane,
        silent=not duties.is_daytime(now),
        # Who opens the check themself reads it; whoever is asked is replaced when no message reaches them.
        about=Matter(kind="duty", id=duty.id) if lane is Lane.REMINDER or stands_in_for else None,
    )


def _buttons(duty: str) -> Rows:
    all_ok, item, tonight, away = choices(
        ("button.all_ok", f"c.all:{duty}"),
        ("button.by_item", f"c.item:{duty}:0"),
        ("button.tonight", f"c.tonight:{duty}"),
        ("button.away", f"c.away:{duty}"),
        wide=1,
    )
    return (all_ok, item, (*tonight, *away))


def late_buttons(duty: str, *, away: bool = True) -> Rows:
    """When was it seen?"""
    today, other, gone = choices(
        ("button.today", f"c.seen:{duty}:today"),
        ("button.other_day", f"c.seen:{duty}:other"),
        ("button.away", f"c.away:{duty}"),
        wide=1,
    )
    return ((*today, *other), gone) if away else ((*today, *other),)


def seen_question(duty: str, seen: date, more: More) -> Notice:
    """The day is known: one tap, or item by item."""
    buttons = choices(("button.all_ok", f"c.all:{duty}"), ("button.by_item", f"c.item:{duty}:0"), wide=1)
    return Notice(key="check.ask_seen", params={"seen": seen, "count": len(Item)}, more=more, buttons=buttons)


def of_group(unit: str) -> More:
    """The line that names the group, for who leads several; none for anybody else."""
    return (("check.group", {"unit": unit}),) if unit else ()


async def closing(unit: Unit, duty: Duty, place: Place, person: Person, unseen: str) -> Notice:
    """What was recorded and, of what is not met, who mends it by when. `unseen`: the items that were not seen."""
    name, group = called(person.name), _group(person, place)
    found = await unit.findings.of(duty.id)
    late = duty.state is DutyState.LATE
    params: dict[str, Any] = {
        "name": name,
        "month": month_of(duty.period),
        "at": duty.submitted_at,
        "seen": duty.observed_on,
    }
    if set(duty.items.values()) == {Finding.OK}:
        return Notice(key="check.done_late" if late else "check.done", params=params, more=group)
    counts = {finding.value: list(duty.items.values()).count(finding) for finding in Finding}
    more = [*group, *mending.lines(found, _LINES - bool(unseen) - len(group)), *_unseen(unseen)]
    more.append(("check.honest", {"name": name}))
    if found:
        more.append(await mending.promise(unit, place, found))
    key = "check.done_findings_late" if late else "check.done_findings"
    return Notice(key=key, params={**params, **counts}, more=tuple(more), buttons=mended_button(duty, found))


async def already(unit: Unit, duty: Duty, place: Place, person: Person, unseen: str) -> Notice:
    """It is done; what is not mended or was not seen stays visible."""
    left = mending.unmended(await unit.findings.of(duty.id))
    more = [*_group(person, place), *mending.lines(left, _LINES), *_unseen(unseen)]
    if left:
        more.append(await mending.promise(unit, place, left))
    params = {"month": month_of(duty.period), "at": duty.submitted_at}
    return Notice(key="check.already", params=params, more=tuple(more), buttons=mended_button(duty, left))


def _group(person: Person, place: Place) -> More:
    return of_group(place.name if person.leads_several() else "")


def mended_button(duty: Duty, found: Sequence[Defect]) -> Rows:
    """*Đã sửa xong*, when there is anything to mend. No digit: who types 1 means the check, as every month."""
    return ((Button(label="button.mended", press=f"c.mended:{duty.id}"),),) if found else ()


def month_of(period: str) -> int:
    """The month of a period, as it is said."""
    return int(period[5:])


def told_away(place: Place, duty: Duty, name: str, *, reached: bool = True) -> Notice:
    """To the police: a group's check has nobody who can make it. Not `reached`: `name` has not said it."""
    params = {
        "unit": place.name,
        "month": month_of(duty.period),
        "due": duties.last_day(duty),
        "name": called(name),
    }
    key = "check.nobody_left" if reached else "check.nobody_reached"
    return Notice(key=key, params=params, private=True, about=Matter(kind="unmade", id=duty.id))


def names_of(contacts: Sequence[Contact]) -> str:
    """What several people are called, one after the other."""
    return ", ".join(called(contact.name) for contact in contacts)


def _unseen(items: str) -> list[tuple[str, dict[str, Any]]]:
    return [("check.not_seen", {"items": items})] if items else []
