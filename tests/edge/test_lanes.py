"""Who is heard next: in order per chat, urgent chats first, everybody once."""

import itertools
from operator import itemgetter

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import lanes
from bot.lanes import Lanes
from domain.tips import URGENT
from handlers.urgency import looks_urgent


def update(chat: int, text: str = "chuyện", **more: object) -> bytes:
    return orjson.dumps({"message": {"chat": {"id": chat}, "text": text, **more}})


def numbers(waiting: Lanes, limit: int = 10) -> list[int]:
    return [number for number, _ in waiting.heads(limit)]


def test_the_oldest_update_of_each_chat_comes_first() -> None:
    waiting = Lanes()
    for number, raw in [(4, update(1)), (3, update(2)), (2, update(1)), (9, b"broken"), (8, b"[]")]:
        waiting.add(number, raw)
    assert numbers(waiting) == [2, 3, 8, 9]
    assert numbers(waiting, 2) == [2, 3]
    waiting.done([2, 9])
    assert numbers(waiting) == [3, 4, 8]
    assert len(waiting) == 3


def test_an_urgent_chat_is_heard_first_with_all_that_it_says() -> None:
    waiting = Lanes(looks_urgent)
    for number in range(1, 100):
        waiting.add(number, update(number))
    waiting.add(100, update(7))
    waiting.add(101, update(7, "CHAY NHA BA TU"))
    waiting.add(102, update(500, "/baotin"))
    assert numbers(waiting, 3) == [7, 1, 2], "what it said before comes first: order per chat holds"
    waiting.done([7])
    assert numbers(waiting, 2) == [100, 1]
    waiting.done([100])
    assert numbers(waiting, 2) == [101, 1]
    waiting.done([101])
    waiting.add(103, update(7))
    assert numbers(waiting, 2) == [1, 2], "calm again once it was heard"


def test_bodies_are_kept_as_far_as_there_is_room() -> None:
    waiting = Lanes()
    large = update(1, "a" * (lanes.KEPT - 1000))
    waiting.add(1, large)
    waiting.add(2, update(2, "b" * 2000))
    waiting.add(3, update(3))
    assert waiting.heads(9) == [(1, large), (2, None), (3, update(3))]
    waiting.reread(1)
    waiting.add(4, update(4, "b" * 2000))
    assert waiting.heads(9) == [(1, None), (2, None), (3, update(3)), (4, update(4, "b" * 2000))]


Said = tuple[int, int, bool]  # number, chat, urgent
SAID = st.tuples(st.integers(0, 60), st.integers(1, 5), st.booleans())


@given(
    st.lists(SAID, max_size=40, unique_by=itemgetter(0)),
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6), st.integers(1, 3)), min_size=1, max_size=9),
)
def test_whatever_comes_in_each_chat_keeps_its_order_and_everything_is_heard_once(
    coming: list[Said], rhythm: list[tuple[int, int, int]]
) -> None:
    waiting = Lanes(lambda raw: raw["message"]["text"] == "!")
    known: dict[int, Said] = {}
    hurrying: set[int] = set()  # chats: once urgent, until nothing of theirs waits
    heard: list[int] = []
    rounds = itertools.cycle(rhythm)
    told = len(coming)
    while len(heard) < told:
        arrive, limit, handled = next(rounds)
        arrive = arrive if known else max(arrive, 1)
        for one in coming[:arrive]:
            waiting.add(one[0], update(one[1], "!" if one[2] else "."))
            known[one[0]] = one
            hurrying |= {one[1]} if one[2] else set()
        coming = coming[arrive:]
        heads = numbers(waiting, limit)
        firsts = {chat: min(n for n, c, _ in known.values() if c == chat) for _, chat, _ in known.values()}
        hurried = {first for chat, first in firsts.items() if chat in hurrying}
        assert heads == [*sorted(hurried), *sorted(set(firsts.values()) - hurried)][:limit]
        waiting.done(heads[:handled])
        heard += heads[:handled]
        known = {number: one for number, one in known.items() if number not in heads[:handled]}
        hurrying &= {chat for _, chat, _ in known.values()}
    assert sorted(heard) == sorted(set(heard))
    assert len(waiting) == 0


@pytest.mark.parametrize(
    "raw",
    [
        *({"callback_query": {"data": f"t.kind:{category.value}"}} for category in URGENT),
        {"callback_query": {"data": "t.now"}},
        *({"message": {"text": said}} for said in ("1", "1️⃣", "2", "Cháy, nổ", "chay no", "1 Cháy, nổ", "Đang xảy ra")),
        *({"message": {"text": said}} for said in ("chay nha ba tu roi", "CỨU VỚI", "Fire!", "happening now")),
        {"message": {"caption": "co nguoi cam dao o ngo 5"}},
    ],
)
def test_what_may_be_urgent(raw: dict[str, object]) -> None:
    assert looks_urgent(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"callback_query": {"data": "t.kind:scam"}},
        {"callback_query": {"data": None}},
        {"callback_query": []},
        {"message": {"text": "6"}},
        # The label of a calm kind, though it holds an alarming word: else most of a crowd would be urgent.
        {"message": {"text": "Trộm cướp, tội phạm khác"}},
        {"message": {"text": "6 trom cuop, toi pham khac"}},
        {"message": {"text": "/baotin"}},
        {"message": {"text": "hàng xóm hát karaoke"}},
        {"message": {"text": 7}},
        {"message": "x"},
        {"poll": {}},
        {},
    ],
)
def test_what_can_wait_its_turn(raw: dict[str, object]) -> None:
    assert not looks_urgent(raw)
