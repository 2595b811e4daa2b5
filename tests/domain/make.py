"""Tips, duties and events to test with, and how moments are drawn."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import settings
from hypothesis import strategies as st

from domain.clocks import VIETNAM, Clocks, ward_day
from domain.counting import counted, mark
from domain.duties import Duty, deadline
from domain.events import Event, Happening
from domain.figures import TipState, at_the_end, of_facts
from domain.summary import TipFigures
from domain.tips import URGENT, Category, Identity, Outcome, Tip

CLOCKS = Clocks()
# A Monday morning within working hours.
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# How long an example takes says something about the machine, not about the rule.
MANY = settings(deadline=None, max_examples=200)

ZONES = st.sampled_from((UTC, VIETNAM, timezone(timedelta(hours=-5))))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the zone is drawn
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
CATEGORIES = st.sampled_from(Category)
OUTCOMES = st.sampled_from(Outcome)


def at(text: str) -> datetime:
    """A moment on the ward's clocks: `2026-11-23 16:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def a_tip(
    now: datetime = MONDAY, *, name: str = "tip", category: Category = Category.DRUGS, urgent: bool | None = None
) -> Tip:
    """A tip as it is opened; urgent when its kind is, unless it is said."""
    urgent = category in URGENT if urgent is None else urgent
    return Tip(
        id=name,
        code="K7QM-4XTP",
        ward="18115",
        category=category,
        urgent=urgent,
        identity=Identity.HIDDEN,
        opened_at=now,
        due_at=CLOCKS.receive_by(now, urgent),
        receipt_hash=b"hash",
    )


def a_duty(period: str = "2026-11", *, unit: str = "22759-g1") -> Duty:
    """A month's check that nobody has confirmed."""
    return Duty(id=f"{unit}/{period}", unit=unit, ward="22759", period=period, due_at=deadline(period))


def an_event(
    kind: Happening, subject: str, now: datetime, *, by: str | None = None, **detail: str | int | bool
) -> Event:
    """What a case records when something happens."""
    name = f"{subject}/{kind.value}/{now.isoformat()}"
    return Event(id=name, ward="18115", at=now, day=ward_day(now), kind=kind, subject=subject, by=by, detail=detail)


def opened(tip: Tip) -> Event:
    """The first event of a tip."""
    return an_event(Happening.TIP_OPENED, tip.id, tip.opened_at, category=tip.category.value, urgent=tip.urgent)


def received(tip: Tip, now: datetime) -> Event:
    """An officer took a tip in."""
    waited = int((now - tip.opened_at).total_seconds())
    return an_event(Happening.TIP_RECEIVED, tip.id, now, by="officer", after=waited, urgent=tip.urgent)


def tip_figures(today: Sequence[Event], open_tips: Mapping[str, TipState], until: datetime) -> TipFigures:
    """The tips of a day from its events alone, and from what was open then."""
    facts = counted([mark(event) for event in today], ward_day(until))
    return of_facts({**facts, **at_the_end(open_tips.values(), until, CLOCKS)}, today)
