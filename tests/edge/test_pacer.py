"""The pacer, driven through simulated time: no limit is ever broken, everything leaves, the urgent first, in order."""

import heapq
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.pacer import Lane, Pacer


@dataclass
class Judge:
    """Telegram's limits as a strict server sees them, written apart from the pacer's."""

    rate: int = 30
    window: float = 1.0
    times: deque[float] = field(default_factory=deque)
    buckets: dict[int, tuple[float, float]] = field(default_factory=dict)
    groups: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def judge(self, chat: int, now: float) -> None:
        """Asserts that this send is allowed."""
        while self.times and self.times[0] <= now - self.window:
            self.times.popleft()
        assert len(self.times) < self.rate, "too many in a second"
        self.times.append(now)
        if chat < 0:
            group = self.groups[chat]
            while group and group[0] <= now - 60:
                group.popleft()
            assert len(group) < 20, "too many in a group's minute"
            group.append(now)
        tokens, at = self.buckets.get(chat, (5.0, now))
        tokens = min(5.0, tokens + now - at)
        assert tokens >= 1, "too many in one chat"
        self.buckets[chat] = (tokens - 1, now)


@dataclass(frozen=True)
class Sent:
    """A message that left: when, which, to whom, how urgent."""

    at: float
    id: int
    chat: int
    lane: Lane


Offers = list[tuple[float, int, Lane]]  # seconds after the one before, chat, lane


def drive(
    offers: Offers,
    pacer: Pacer,
    latency: float = 0.05,
    judge: Judge | None = None,
    lag: float = 0.0,
    held_up: Callable[[], float] = lambda: 0.0,
) -> list[Sent]:
    """Let time pass from event to event until nothing waits; ids are 1, 2, … in the order of offers.

    `lag`: seconds by which every fortieth wake-up comes late. `held_up`: seconds by which a message leaves late, or its
    line takes longer than `latency` there and back. Telegram judges what arrives when it arrives.
    """
    now, wakes, sent = 1000.0, 0, []
    judge = judge or Judge()
    arrivals: deque[tuple[float, int, int, Lane]] = deque()
    at = now
    for id, (gap, chat, lane) in enumerate(offers, 1):
        at += gap
        arrivals.append((at, id, chat, lane))
    known: dict[int, tuple[int, Lane]] = {}
    flying: list[tuple[float, int]] = []
    arrived: list[tuple[float, int]] = []
    while arrivals or len(pacer):
        while arrivals and arrivals[0][0] <= now:
            _, id, chat, lane = arrivals.popleft()
            known[id] = (chat, lane)
            assert pacer.add(id, lane, chat, None, now) is None
        while flying and flying[0][0] <= now:
            pacer.done(heapq.heappop(flying)[1], now)
        while (ready := pacer.ready(now)) is not None:
            pacer.start(ready, now)
            chat, lane = known[ready]
            sent.append(Sent(now, ready, chat, lane))
            late = held_up()
            arrived.append((now + late + latency / 2, chat))
            heapq.heappush(flying, (now + late + latency, ready))
        wake = pacer.wake_at(now)
        assert wake is None or wake > now, "asked to try again at once: the loop would spin"
        times = [t for t in (wake, flying[0][0] if flying else None, arrivals[0][0] if arrivals else None) if t]
        if not times:
            assert not len(pacer), "something waits and nothing will wake it"
            break
        wakes += 1
        now = max(now, min(times) + (lag if wakes % 40 == 0 else 0.0))
    for at, chat in sorted(arrived):
        judge.judge(chat, at)
    return sent


offers_strategy = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3, 2.0]),
        st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1, -2]),
        st.sampled_from(list(Lane)),
    ),
    max_size=150,
)


@settings(max_examples=120, deadline=None)
@given(offers_strategy, st.sampled_from([0.0, 0.02, 0.2, 1.5]))
def test_no_limit_is_ever_broken_and_everything_leaves_once_in_order(offers: Offers, latency: float) -> None:
    sent = drive(offers, Pacer(30), latency)
    assert sorted(item.id for item in sent) == list(range(1, len(offers) + 1))
    queues: dict[tuple[int, Lane], list[int]] = defaultdict(list)
    for item in sent:
        queues[item.chat, item.lane].append(item.id)
    assert all(ids == sorted(ids) for ids in queues.values())


@pytest.mark.parametrize("chat", [1, -1])
@pytest.mark.parametrize("lanes", [[Lane.REPLY], [Lane.BULK], list(Lane)])
def test_a_flood_to_one_chat_breaks_no_limit(chat: int, lanes: list[Lane]) -> None:
    sent = drive([(0.0, chat, lanes[number % len(lanes)]) for number in range(70)], Pacer(30), latency=0.001)
    assert len(sent) == 70


@settings(max_examples=60, deadline=None)
@given(st.integers(), st.sampled_from([0.002, 0.04, 0.2]), st.sampled_from([0.0, 0.03, 0.2]))
@example(5466, 0.002, 0.0)  # the first messages are all slow
def test_however_late_messages_leave_or_arrive_telegram_counts_no_more_than_it_allows(
    seed: int, latency: float, lag: float
) -> None:
    chance = random.Random(seed)
    held_up = lambda: chance.choice((0.0, 0.0, 0.0, 0.01, 0.03, 0.1, 0.4))  # noqa: E731
    offers = [(0.0, chat, Lane.REPLY) for chat in range(1, 301)]
    sent = drive(offers, Pacer(30), latency, lag=lag, held_up=held_up)
    assert 299 / (sent[-1].at - sent[0].at) >= 20


@pytest.mark.parametrize("latency", [0.001, 0.04, 0.1])
def test_a_long_way_costs_nothing_of_the_rate(latency: float) -> None:
    sent = drive([(0.0, chat, Lane.REPLY) for chat in range(1, 301)], Pacer(30), latency)
    assert 299 / (sent[-1].at - sent[0].at) >= 29


def test_calls_that_hang_hold_the_others_up_for_a_second_and_no_longer() -> None:
    hangs = iter([0.0, *[30.0] * 40, *[0.0] * 259])
    offers = [(0.0, chat, Lane.REPLY) for chat in range(1, 301)]
    sent = drive(offers, Pacer(30), judge=Judge(rate=300), held_up=lambda: next(hangs))
    assert sent[-1].at - sent[0].at <= 300 / 29 + 2


@pytest.mark.parametrize("lane", [Lane.REPLY, Lane.BULK])
def test_the_rate_is_used_well_in_every_lane(lane: Lane) -> None:
    sent = drive([(0.0, chat, lane) for chat in range(1, 601)], Pacer(30))
    assert 29 <= 599 / (sent[-1].at - sent[0].at) <= 30


def test_an_urgent_message_overtakes_ten_thousand_waiting_ones() -> None:
    pacer = Pacer(30)
    for id in range(1, 10_001):
        pacer.add(id, Lane.BULK, id % 3000 + 1, None, 0.0)
    now = 0.0
    for _ in range(100):
        now = max(now, pacer.wake_at(now) or 0.0)
        id_ready = pacer.ready(now)
        assert id_ready is not None
        pacer.start(id_ready, now)
        pacer.done(id_ready, now)
    pacer.add(20_000, Lane.URGENT, 1, None, now)
    at = pacer.wake_at(now)
    assert at is not None
    assert at - now < 0.05
    assert pacer.ready(at) == 20_000


def test_bulk_to_a_chat_leaves_room_for_an_urgent_message_to_the_same_chat() -> None:
    for chat, seconds in ((7, 5.5), (-7, 5.5), (-7, 30.0)):
        offers: Offers = [(0.0, chat, Lane.BULK)] * 60 + [(seconds, chat, Lane.URGENT)]
        sent = drive(offers, Pacer(30))
        urgent = next(item for item in sent if item.lane is Lane.URGENT)
        assert urgent.at - 1000.0 - seconds < 0.1


def test_chats_take_turns() -> None:
    offers: Offers = [(0.0, 1, Lane.BULK)] * 50 + [(0.0, chat, Lane.BULK) for chat in range(2, 12)]
    sent = drive(offers, Pacer(30))
    assert {item.chat for item in sent[:13]} == set(range(1, 12))


def test_of_two_waiting_edits_only_the_newer_is_sent_at_the_place_of_the_older() -> None:
    pacer = Pacer(30)
    assert pacer.add(1, Lane.REPLY, 5, "card", 0.0) is None
    pacer.add(2, Lane.REPLY, 5, None, 0.0)
    assert pacer.add(3, Lane.REPLY, 5, "card", 0.0) == 1
    assert pacer.add(4, Lane.REPLY, 6, "card", 0.0) is None, "another chat has another card"
    order = []
    now = 0.0
    while len(pacer):
        now = max(now, pacer.wake_at(now) or 0.0)
        id = pacer.ready(now)
        assert id is not None
        pacer.start(id, now)
        pacer.done(id, now)
        order.append(id)
    assert order == [3, 4, 2]


def test_an_edit_on_its_way_is_not_superseded_but_its_retry_is() -> None:
    pacer = Pacer(30)
    pacer.add(1, Lane.REPLY, 5, "card", 0.0)
    pacer.start(1, 0.0)
    assert pacer.add(2, Lane.REPLY, 5, "card", 0.0) is None
    assert pacer.ready(10.0) is None, "the newer waits for the older to land"
    assert pacer.retry(1, 1.0, 0.0) is False
    assert pacer.ready(10.0) == 2
    assert pacer.add(1, Lane.REPLY, 5, "card", 10.0) == 1, "an older edit that comes late is superseded itself"
    assert len(pacer) == 1


def test_an_edit_in_another_lane_takes_over_too() -> None:
    pacer = Pacer(30)
    pacer.add(1, Lane.BULK, 5, "card", 0.0)
    assert pacer.add(2, Lane.URGENT, 5, "card", 0.0) == 1
    assert pacer.ready(0.0) == 2
    assert pacer.waiting()[Lane.BULK] == 0
    pacer.start(2, 0.0)
    pacer.done(2, 0.0)
    assert pacer.wake_at(0.0) is None or pacer.ready(100.0) is None
    assert len(pacer) == 0


def test_a_failed_message_keeps_its_place_and_its_chat_waits_others_do_not() -> None:
    pacer = Pacer(30)
    for id, chat in ((1, 5), (2, 5), (3, 6)):
        pacer.add(id, Lane.REPLY, chat, None, 0.0)
    pacer.start(1, 0.0)
    pacer.limited(5, 9.0, 0.0)
    assert pacer.retry(1, 0.5, 0.0)
    assert pacer.ready(1.0) == 3
    pacer.start(3, 1.0)
    pacer.done(3, 1.0)
    assert pacer.ready(8.9) is None
    assert pacer.wake_at(1.0) == 9.0
    assert pacer.ready(9.0) == 1


def test_a_failed_message_is_not_tried_before_its_time() -> None:
    pacer = Pacer(30)
    pacer.add(1, Lane.REPLY, 5, None, 0.0)
    pacer.start(1, 0.0)
    assert pacer.retry(1, 2.0, 0.0)
    assert pacer.ready(1.9) is None
    assert pacer.wake_at(0.1) == 2.0
    assert pacer.ready(2.0) == 1


def test_a_429_of_the_whole_bot_stops_everything_then_slows_then_recovers() -> None:
    pacer = Pacer(30)
    pacer.add(1, Lane.URGENT, 1, None, 0.0)
    pacer.limited(2, 4.0, 0.0, whole_bot=True)
    assert pacer.ready(3.9) is None
    assert pacer.ready(4.0) == 1
    assert pacer.pace(4.0) == pytest.approx(0.7)
    assert pacer.pace(9.0) == pytest.approx(0.8)
    assert pacer.pace(60.0) == 1.0


def test_refusals_from_many_chats_without_a_success_mean_the_whole_bot() -> None:
    spread, broken = Pacer(30), Pacer(30)
    for chat in range(1, 8):
        spread.limited(chat, 4.0, 0.0)
        spread.passed()
        broken.limited(chat, 4.0, 0.0)
    assert spread.paused_until < 0 < broken.paused_until
    assert broken.pace(4.0) == pytest.approx(0.7), "those in flight together count as one"


def test_dropped_messages_leave_nothing_behind() -> None:
    pacer = Pacer(30)
    for id in range(1, 6):
        pacer.add(id, Lane.REMINDER, 5, None, 0.0)
    pacer.start(1, 0.0)
    for id in (3, 5, 1):
        pacer.drop(id, 0.0)
    assert pacer.waiting()[Lane.REMINDER] == 2
    assert pacer.ready(5.0) == 2
    pacer.drop(2, 5.0)
    assert pacer.ready(5.0) == 4
    pacer.drop(4, 5.0)
    assert pacer.ready(50.0) is None
    assert pacer.wake_at(50.0) is None


def test_only_what_is_ready_can_start() -> None:
    pacer = Pacer(30)
    pacer.add(1, Lane.REPLY, 5, None, 0.0)
    pacer.add(2, Lane.REPLY, 5, None, 0.0)
    with pytest.raises(ValueError, match="ready"):
        pacer.start(2, 0.0)
    with pytest.raises(ValueError, match="positive"):
        Pacer(0)


@pytest.mark.parametrize("rate", [0.5, 1, 7, 100])
def test_any_rate_is_kept(rate: float) -> None:
    judge = Judge(rate=max(1, int(rate)))
    sent = drive([(0.0, chat, Lane.REPLY) for chat in range(1, 41)], Pacer(rate), judge=judge)
    # A late wake-up may make good 20 ms, so one or two of the first may come early.
    assert sent[-1].at - sent[0].at >= 37 / rate


def test_a_hundred_thousand_waiting_messages_are_cheap() -> None:
    """Processor time, not the wall's: other work on the machine must not fail it."""
    pacer = Pacer(100_000)
    started = time.process_time()
    for id in range(1, 100_001):
        pacer.add(id, Lane.BULK, id % 5000 + 1, None, 0.0)
    now, left = 0.0, 20_000
    while left:
        now = max(now, pacer.wake_at(now) or 0.0)
        id_ready = pacer.ready(now)
        if id_ready is not None:
            pacer.start(id_ready, now)
            pacer.done(id_ready, now)
            left -= 1
    assert time.process_time() - started < 6.0, "a send must cost far less than a third of a millisecond"


def test_lanes_leave_one_after_the_other() -> None:
    offers: Offers = [(0.0, 10 * lane + number, lane) for lane in reversed(Lane) for number in range(1, 4)]
    sent = drive(offers, Pacer(30))
    assert [item.lane for item in sent] == [lane for lane in Lane for _ in range(3)]


def test_what_one_chat_must_wait_is_not_what_all_must() -> None:
    """Where the whole bot is refused every chat is told the same; one group may be told an hour."""
    pacer = Pacer(30)
    for chat, seconds in ((1, 5.0), (2, 5.0), (3, 5.0), (4, 3600.0)):
        pacer.limited(chat, seconds, 0.0)
    assert pacer.paused_until == 5.0
    pacer.add(1, Lane.URGENT, 4, None, 0.0)
    pacer.add(2, Lane.URGENT, 5, None, 0.0)
    assert pacer.ready(5.0) == 2
