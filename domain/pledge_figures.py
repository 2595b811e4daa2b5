"""How many parties of a ward's pledges have signed when a day ended, as events alone tell it (decisions 3 and 22).

Households are not in it: nobody is an event who signs for their home.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from domain.events import Event, Happening


def running(asked: Iterable[Event], day: date) -> dict[str, Event]:
    """By campaign its last text of those that ran in the year of `day` up to it: one that closed last year drops out.

    `asked` are events of PLEDGE_ASKED, in order.
    """
    last = {event.subject: event for event in asked}
    return {subject: event for subject, event in last.items() if _ran(event, day)}


def _ran(event: Event, day: date) -> bool:
    opens, closes = (date.fromisoformat(str(event.detail[name])) for name in ("opens", "closes"))
    return opens <= day and closes >= day.replace(month=1, day=1)


def parties_at(events: Iterable[Event], day: date) -> tuple[int, int]:
    """How many were asked and how many of them have signed, of campaigns that ran in the year of `day` up to it.

    `events` are those of one ward's campaigns up to then, asked and signed, each kind in order; the last text says who
    is asked.
    """
    asked: list[Event] = []
    signed: dict[tuple[str, int], set[str]] = defaultdict(set)
    for event in events:
        if event.kind is Happening.PLEDGE_ASKED:
            asked.append(event)
        else:
            signed[event.subject, int(event.detail["version"])].add(str(event.detail["party"]))
    parties = have = 0
    for campaign, event in running(asked, day).items():
        named = set(str(event.detail["parties"]).split())
        parties += len(named)
        have += len(named & signed[campaign, int(event.detail["version"])])
    return parties, have
