"""Whole lives of tips: the rules hold after any sequence of acts, and the events tell the same story as the tips."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import tips
from domain.clocks import quarter_hour, ward_day
from domain.errors import Refused
from domain.events import Event, Happening
from domain.figures import replay
from domain.tips import Category, Outcome, Rating, Status, Tip
from tests.domain.make import (
    CATEGORIES,
    CLOCKS,
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    OUTCOMES,
    a_tip,
    an_event,
    opened,
    received,
    tip_figures,
)

WAITS = st.one_of(
    st.timedeltas(timedelta(0), 12 * MINUTE), st.timedeltas(timedelta(0), 10 * HOUR), st.timedeltas(HOUR, 9 * DAY)
)
WHICH = st.integers(0, 99)
FAR = 400 * DAY


@dataclass(frozen=True)
class Story:
    """What a tip ought to be, kept in plain words beside the rules."""

    received: bool = False
    forwarded: bool = False
    valuable: bool = False
    closed_at: datetime | None = None
    withdrawn: bool = False
    rating: Rating | None = None
    asked_at: datetime | None = None
    due: datetime = MONDAY

    @property
    def status(self) -> Status:
        if self.closed_at is not None:
            return Status.CLOSED
        return Status.FORWARDED if self.forwarded else Status.RECEIVED if self.received else Status.NEW

    def pause(self, now: datetime) -> timedelta:
        return timedelta(0) if self.asked_at is None else min(now - self.asked_at, 3 * DAY)

    def answered(self, now: datetime) -> "Story":
        return replace(self, asked_at=None, due=self.due + self.pause(now))


class TipLives(RuleBasedStateMachine):
    """A ward with a few tips, officers who do anything at any time, and time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.tips: list[Tip] = []
        self.stories: list[Story] = []
        self.events: list[Event] = []

    @initialize(category=CATEGORIES, urgent=st.booleans())
    def first(self, category: Category, urgent: bool) -> None:
        self._open(category, urgent)

    @precondition(lambda self: len(self.tips) < 4)
    @rule(category=CATEGORIES, urgent=st.booleans())
    def another(self, category: Category, urgent: bool) -> None:
        self._open(category, urgent)

    @rule(span=WAITS)
    def time_passes(self, span: timedelta) -> None:
        owed = [tips.overdue_by(tip, self.now, CLOCKS) or timedelta(0) for tip in self.tips]
        self.now += span
        for tip, before in zip(self.tips, owed, strict=True):
            late = tips.overdue_by(tip, self.now, CLOCKS) or timedelta(0)
            # Waiting never makes a tip less late, and never later than the time that passed.
            assert not tip.open or before <= late <= before + span

    @rule(which=WHICH)
    def receive(self, which: int) -> None:
        story = self._story(which)
        refusal = "tip.already_received" if story.received else None
        due = self.now + 20 * DAY
        self._act(
            which,
            lambda tip: tips.receive(tip, "an", self.now, CLOCKS),
            refusal,
            replace(story, received=True, due=due),
            received(self._tip(which), self.now),
        )

    @rule(which=WHICH)
    def ask(self, which: int) -> None:
        story = self._story(which)
        after = replace(story, asked_at=story.asked_at or self.now)
        self._act(which, lambda tip: tips.ask(tip, self.now), self._closed(story), after, Happening.TIP_ASKED)

    @rule(which=WHICH)
    def answer(self, which: int) -> None:
        story = self._story(which)
        self._act(
            which,
            lambda tip: tips.answer(tip, self.now, CLOCKS),
            self._closed(story),
            story.answered(self.now),
            Happening.TIP_ANSWERED,
        )

    @rule(which=WHICH)
    def assign(self, which: int) -> None:
        story = self._story(which)
        self._act(which, lambda tip: tips.assign(tip, "chi"), self._closed(story), story, Happening.TIP_ASSIGNED)

    @rule(which=WHICH)
    def forward(self, which: int) -> None:
        story = self._story(which)
        refusal = self._closed(story) or ("tip.already_forwarded" if story.forwarded else self._unreceived(story))
        self._act(which, tips.forward, refusal, replace(story, forwarded=True), Happening.TIP_FORWARDED)

    @rule(which=WHICH, outcome=OUTCOMES)
    def close(self, which: int, outcome: Outcome) -> None:
        story = self._story(which)
        self._act(
            which,
            lambda tip: tips.close(tip, outcome, self.now, CLOCKS),
            self._closed(story) or self._unreceived(story),
            replace(story.answered(self.now), closed_at=self.now, withdrawn=outcome is Outcome.WITHDRAWN),
            Happening.TIP_CLOSED,
        )

    @precondition(lambda self: any(not story.received for story in self.stories))
    @rule(outcome=OUTCOMES)
    def end_a_new_one_at_once(self, outcome: Outcome) -> None:
        """One tap of an officer: the tip is received and ended at the same moment (`cases.triage.end`)."""
        which = next(number for number, story in enumerate(self.stories) if not story.received)
        self.receive(which)
        self.close(which, outcome)

    @precondition(lambda self: any(story.closed_at for story in self.stories))
    @rule(which=WHICH)
    def reopen(self, which: int) -> None:
        story = self._story(which)
        refusal = None if story.closed_at else "tip.not_closed"
        if story.closed_at and self.now - story.closed_at > 10 * MINUTE:
            refusal = "tip.too_late_to_undo"
        self._act(
            which,
            lambda tip: tips.reopen(tip, self.now, CLOCKS),
            refusal,
            replace(story, closed_at=None, withdrawn=False, rating=None),
            Happening.TIP_REOPENED,
        )

    @precondition(lambda self: any(story.closed_at for story in self.stories))
    @rule(which=WHICH, rating=st.sampled_from(Rating))
    def rate(self, which: int, rating: Rating) -> None:
        story = self._story(which)
        refusal = None if story.closed_at else "tip.not_ended"
        if story.closed_at and self._tip(which).outcome is Outcome.WITHDRAWN:
            refusal = "button.stale"
        if story.rating:
            refusal = "tip.rated_already"
        after = replace(story, rating=rating)
        self._act(which, lambda tip: tips.rate(tip, rating), refusal, after, Happening.TIP_RATED)

    @rule(which=WHICH)
    def value(self, which: int) -> None:
        story = self._story(which)
        refusal = "tip.already_valuable" if story.valuable else self._unreceived(story)
        if story.withdrawn:
            refusal = "tip.withdrawn"
        self._act(which, tips.value, refusal, replace(story, valuable=True), Happening.TIP_VALUABLE)

    @invariant()
    def every_tip_is_as_its_story_tells(self) -> None:
        for tip, story in zip(self.tips, self.stories, strict=True):
            assert (tip.status, tip.due_at, tip.asked_at) == (story.status, story.due, story.asked_at)
            assert (tip.valuable, tip.closed_at, tip.rating) == (story.valuable, story.closed_at, story.rating)
            assert (tip.received_at is not None) == story.received == (tip.received_by is not None)
            assert story.received or story.status is Status.NEW
            assert (tip.outcome is None) == (tip.before_close is None) == tip.open
            late = self.now - story.due - story.pause(self.now)
            expected = late if tip.open and late > timedelta(0) else None
            assert tips.overdue_by(tip, self.now, CLOCKS) == expected

    @invariant()
    def the_events_tell_the_same_story(self) -> None:
        states = replay(self.events, CLOCKS)
        assert set(states) == {tip.id for tip in self.tips}
        for tip in self.tips:
            state = states[tip.id]
            assert (state.status, state.due_at, state.asked_at) == (tip.status, tip.due_at, tip.asked_at)
            assert (state.tip, state.ward, state.urgent) == (tip.id, tip.ward, tip.urgent)
            for moment in (self.now, self.now + DAY, self.now + FAR):
                assert state.overdue_by(moment, CLOCKS) == tips.overdue_by(tip, moment, CLOCKS)

    @invariant()
    def the_figures_of_the_day_count_the_same_tips(self) -> None:
        today = [event for event in self.events if event.day == ward_day(self.now)]
        figures = tip_figures(today, replay(self.events, CLOCKS), self.now)
        still = [tip for tip in self.tips if tip.open]
        came = [tip for tip in self.tips if ward_day(tip.opened_at) == ward_day(self.now)]
        assert (figures.opened, figures.open) == (len(came), len(still))
        assert (figures.urgent, sum(figures.by_kind.values())) == (sum(tip.urgent for tip in came), len(came))
        assert figures.by_state == {status: n for status in Status if (n := sum(t.status is status for t in still))}
        quarter = quarter_hour(self.now)
        assert figures.overdue == sum(tips.overdue_by(tip, quarter, CLOCKS) is not None for tip in still)
        assert figures.urgent_waiting == sum(tip.urgent and tip.received_at is None for tip in self.tips)

    def _open(self, category: Category, urgent: bool) -> None:
        tip = a_tip(self.now, name=f"tip{len(self.tips)}", category=category, urgent=urgent or None)
        self.tips.append(tip)
        self.stories.append(Story(due=tip.due_at))
        self.events.append(opened(tip))

    def _tip(self, which: int) -> Tip:
        return self.tips[which % len(self.tips)]

    def _story(self, which: int) -> Story:
        return self.stories[which % len(self.stories)]

    def _closed(self, story: Story) -> str | None:
        return "tip.closed_already" if story.closed_at else None

    def _unreceived(self, story: Story) -> str | None:
        return None if story.received else "tip.not_received"

    def _act(
        self, which: int, act: Callable[[Tip], Tip], refusal: str | None, after: Story, told: Happening | Event
    ) -> None:
        """Does it; a refusal that was expected changes nothing and tells nothing."""
        number = which % len(self.tips)
        tip = self.tips[number]
        if refusal is not None:
            with pytest.raises(Refused) as refused:
                act(tip)
            assert refused.value.code == refusal
            return
        self.tips[number] = act(tip)
        self.stories[number] = after
        self.events.append(told if isinstance(told, Event) else an_event(told, tip.id, self.now, by="an"))
        assert self.tips[number].due_at >= tip.due_at


TipLives.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestTipLives = TipLives.TestCase
