"""Delivery against a Telegram that fails in every way: what is owed arrives, in order, and its outcome is settled."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.api import Api, FilePart
from bot.delivery import Delivery, Lane, Outcome, Parcel
from bot.pacer import Pacer
from bot.parcel import Make, Unmade, plain
from simulator.limits import Limits
from storage.engine import DatabaseFailure
from tests.edge.conftest import Telegram, error, ok

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Outbox:
    """Where outcomes are committed; `broken` says how many more attempts fail."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.groups: list[int] = []
        self.broken = 0
        self._news = asyncio.Event()

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("disk full")
        self.groups.append(len(outcomes))
        self.outcomes += outcomes
        self._news.set()

    async def until(self, id: int) -> None:
        """Wait for the outcome of one parcel."""
        while id not in self.kinds():
            self._news.clear()
            await self._news.wait()

    def kinds(self) -> dict[int, str]:
        """The last outcome of each parcel."""
        return {outcome.parcel.id: outcome.kind for outcome in self.outcomes}


class Post:
    """A running delivery with its outbox."""

    def __init__(self, api: Api, rate: float, now: Callable[[], datetime], make: Make | None = None) -> None:
        self.outbox = Outbox()
        self.delivery = Delivery(api, self.outbox.settle, Pacer(rate), now, make, jitter=lambda: 0.0)

    async def send(self, *parcels: Parcel) -> None:
        """Offer, and wait until all is settled."""
        self.delivery.offer(parcels)
        assert await self.delivery.drain(20)


@asynccontextmanager
async def running(
    api: Api, rate: float = 5000.0, now: Callable[[], datetime] = lambda: NOW, make: Make | None = None
) -> AsyncIterator[Post]:
    post, stop = Post(api, rate, now, make), asyncio.Event()
    task = asyncio.create_task(post.delivery.run(stop))
    try:
        yield post
    finally:
        stop.set()
        await task


@pytest.fixture
async def post(api: Api) -> AsyncIterator[Post]:
    async with running(api) as post:
        yield post


def parcel(id: int, text: str = "", chat: int | None = None, lane: Lane = Lane.REPLY, **more: Any) -> Parcel:
    return Parcel(id, lane, chat or 1000 + id, "sendMessage", {"text": text or f"text {id}"}, **more)


async def test_what_is_offered_is_sent_once_and_settled_with_telegrams_answer(telegram: Telegram, post: Post) -> None:
    await post.send(*(parcel(id) for id in range(1, 101)))
    assert len(telegram.calls) == 100
    assert {outcome.parcel.id for outcome in post.outbox.outcomes} == set(range(1, 101))
    assert all(outcome.kind == "sent" and outcome.result["message_id"] for outcome in post.outbox.outcomes)
    assert len(post.outbox.groups) < 100, "outcomes must be settled in groups"
    assert post.delivery.counters["sent"] == 100
    assert sum(post.delivery.waiting().values()) == 0
    assert set(post.delivery.lanes().values()) == {(0, 0.0)}


async def test_what_is_held_already_is_not_sent_again(telegram: Telegram, post: Post) -> None:
    post.delivery.offer([parcel(1), parcel(1)])
    await post.send(parcel(1))
    assert len(telegram.calls) == 1


FAULTS: dict[str, Callable[[], web.Response | None]] = {
    "429": lambda: error(429, "Too Many Requests: retry after 1", retry_after=0.2),
    "500": lambda: error(500, "Internal Server Error"),
    "a page": lambda: web.Response(status=502, text="<html>", content_type="text/html"),
    "a page that says 200": lambda: web.Response(text="<html>", content_type="text/html"),
    "a cut connection": lambda: None,
    "half an answer": lambda: web.Response(body=b'{"ok":true,"res'),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failed_send_is_repeated_and_later_messages_of_the_chat_wait_for_it(
    telegram: Telegram, post: Post, fault: str
) -> None:
    arrived: list[str] = []

    async def script(method: str, params: dict[str, Any]) -> Any:
        if len(telegram.calls) <= 1:
            return FAULTS[fault]()
        arrived.append(params["text"])
        return ok({"message_id": 1})

    telegram.script = script
    await post.send(parcel(1, "a", 5), parcel(2, "b", 5), parcel(3, "c", 5))
    assert arrived == ["a", "b", "c"]
    assert post.delivery.counters["retried"] == 1


async def test_a_third_of_calls_fails_and_all_is_delivered_in_order(telegram: Telegram, post: Post) -> None:
    arrived: dict[int, list[int]] = {}

    async def script(method: str, params: dict[str, Any]) -> Any:
        if len(telegram.calls) % 3 == 0:
            return list(FAULTS.values())[len(telegram.calls) // 3 % len(FAULTS)]()
        arrived.setdefault(params["chat_id"], []).append(int(params["text"]))
        return ok({"message_id": 1})

    telegram.script = script
    await post.send(*(parcel(id, str(id), 1 + id % 45) for id in range(1, 91)))
    assert sorted(id for ids in arrived.values() for id in ids) == list(range(1, 91))
    assert all(ids == sorted(ids) for ids in arrived.values())
    assert set(post.outbox.kinds().values()) == {"sent"}


async def test_an_outage_ends_nothing(telegram: Telegram, post: Post) -> None:
    back = asyncio.Event()

    async def script(method: str, params: dict[str, Any]) -> Any:
        return ok({"message_id": 1}) if back.is_set() else error(502, "Bad Gateway")

    telegram.script = script
    post.delivery.offer([parcel(id) for id in range(1, 41)])
    assert not await post.delivery.drain(1.0)
    assert not post.outbox.outcomes
    assert len(telegram.calls) < 80, "while nothing succeeds the pace must fall"
    assert post.delivery.lanes()[Lane.REPLY][1] > 0.5
    back.set()
    assert await post.delivery.drain(15)
    assert set(post.outbox.kinds().values()) == {"sent"}


async def test_who_blocked_us_is_gone_and_a_vanished_card_is_vanished(telegram: Telegram, post: Post) -> None:
    answers = {
        "blocked": error(403, "Forbidden: bot was blocked by the user"),
        "vanished": error(400, "Bad Request: message to edit not found"),
        "same": error(400, "Bad Request: message is not modified"),
        "bad": error(400, "Bad Request: message is too long"),
    }

    async def script(method: str, params: dict[str, Any]) -> Any:
        return answers[params["text"]]

    telegram.script = script
    await post.send(parcel(1, "blocked"), parcel(2, "vanished"), parcel(3, "same"), parcel(4, "bad"))
    assert post.outbox.kinds() == {1: "gone", 2: "vanished", 3: "sent", 4: "dead"}
    reasons = {outcome.parcel.id: outcome.reason for outcome in post.outbox.outcomes}
    assert reasons == {1: "blocked", 2: "message", 3: "", 4: "Bad Request: message is too long"}


async def test_a_text_with_a_formatting_mistake_arrives_plain(telegram: Telegram, post: Post) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        if "parse_mode" in params:
            return error(400, "Bad Request: can't parse entities")
        return ok({"message_id": 1})

    telegram.script = script
    data = {"text": "Mã tin: <b>ABCD</b> &amp; 1 < 2 <b", "parse_mode": "HTML"}
    await post.send(Parcel(1, Lane.REPLY, 5, "sendMessage", data))
    assert post.outbox.kinds() == {1: "sent"}
    assert telegram.texts()[-1] == "Mã tin: ABCD & 1 < 2 <b"


async def test_an_answer_to_a_deleted_message_arrives_on_its_own(telegram: Telegram, post: Post) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        if "reply_parameters" in params:
            return error(400, "Bad Request: message to be replied not found")
        return ok({"message_id": 1})

    telegram.script = script
    data = {"text": "Đã nhận", "reply_parameters": {"message_id": 7}}
    await post.send(Parcel(1, Lane.REPLY, 5, "sendMessage", data))
    assert post.outbox.kinds() == {1: "sent"}


def test_plain_reaches_into_albums() -> None:
    media = [{"type": "photo", "media": "x", "caption": "<i>một</i>", "parse_mode": "HTML"}]
    assert plain({"media": media})["media"] == [{"type": "photo", "media": "x", "caption": "một"}]
    assert plain({"media": media[0]})["media"] == {"type": "photo", "media": "x", "caption": "một"}


async def test_a_group_that_moved_gets_its_message_at_its_new_address(telegram: Telegram, post: Post) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        if params["chat_id"] == -5:
            return error(400, "Bad Request: group upgraded", migrate_to_chat_id=-1005)
        return ok({"message_id": 1})

    telegram.script = script
    await post.send(parcel(1, "a", -5))
    assert [(outcome.kind, outcome.new_chat_id) for outcome in post.outbox.outcomes] == [
        ("moved", -1005),
        ("sent", None),
    ]
    assert post.outbox.outcomes[-1].parcel.chat_id == -1005


async def test_what_has_expired_is_not_sent_even_after_an_outage(telegram: Telegram, api: Api) -> None:
    clock = [NOW]

    async def script(method: str, params: dict[str, Any]) -> Any:
        clock[0] = NOW + timedelta(hours=1)
        return error(500, "Internal Server Error")

    telegram.script = script
    async with running(api, now=lambda: clock[0]) as post:
        await post.send(
            parcel(1, expires_at=NOW),
            parcel(2, expires_at=NOW + timedelta(minutes=5)),
        )
        assert post.outbox.kinds() == {1: "expired", 2: "expired"}
        assert len(telegram.calls) == 1


async def test_a_card_changed_ten_times_is_sent_as_it_is_last(telegram: Telegram, post: Post) -> None:
    await post.send(*(parcel(id, f"state {id}", 5, replaces="card") for id in range(1, 11)))
    assert telegram.texts() == ["state 10"]
    kinds = post.outbox.kinds()
    assert kinds.pop(10) == "sent"
    assert set(kinds.values()) == {"superseded"}


async def test_outcomes_that_can_not_be_committed_are_kept_and_committed_later(telegram: Telegram, post: Post) -> None:
    post.outbox.broken = 3
    await post.send(*(parcel(id) for id in range(1, 6)))
    assert post.outbox.kinds() == dict.fromkeys(range(1, 6), "sent")
    assert len(telegram.calls) == 5, "a failed commit must not send anything again"


@pytest.mark.parametrize("number", [5, 300])
async def test_one_outcome_that_can_never_be_committed_holds_no_other(
    telegram: Telegram, api: Api, number: int
) -> None:
    settled: list[int] = []
    attempts = 0
    rest = asyncio.Event()

    async def settle(outcomes: Sequence[Outcome]) -> None:
        nonlocal attempts
        ids = [outcome.parcel.id for outcome in outcomes]
        attempts += 1 in ids
        if 1 in ids:
            raise ValueError("this row")
        settled.extend(ids)
        if len(settled) == number - 1:
            rest.set()

    stop = asyncio.Event()
    delivery = Delivery(api, settle, Pacer(100_000), lambda: NOW)
    delivery.offer([parcel(id) for id in range(1, number + 1)])
    task = asyncio.create_task(delivery.run(stop))
    await asyncio.wait_for(rest.wait(), 20)
    stop.set()
    await task
    assert sorted(settled) == list(range(2, number + 1))
    assert attempts < 40


def slip(id: int, chat: int, lane: Lane = Lane.BULK) -> Parcel:
    """The place of a message that is made when its turn comes."""
    return Parcel(id, lane, chat)


async def test_what_a_database_holds_up_does_not_leave_all_at_once_afterwards(telegram: Telegram, api: Api) -> None:
    limits, refused, held = Limits(), 0, asyncio.Event()
    waiting = asyncio.Semaphore(0)

    async def make(slip: Parcel) -> Parcel:
        waiting.release()
        await held.wait()
        return parcel(slip.id, chat=slip.chat_id, lane=slip.lane)

    async def script(method: str, params: dict[str, Any]) -> Any:
        nonlocal refused
        refused += bool(limits.take(params["chat_id"]))
        return ok({"message_id": 1})

    telegram.script = script
    async with running(api, 30.0, make=make) as post:
        post.delivery.offer([slip(id, 1000 + id) for id in range(1, 81)])
        for _ in range(60):
            await asyncio.wait_for(waiting.acquire(), 20)
        held.set()
        assert await post.delivery.drain(20)
    assert set(post.outbox.kinds().values()) == {"sent"}
    assert len(telegram.calls) == 80
    assert refused == 0


async def test_what_can_not_be_made_is_given_up_and_its_chat_goes_on(telegram: Telegram, api: Api) -> None:
    tries = 0

    async def make(slip: Parcel) -> Parcel:
        nonlocal tries
        if slip.id == 1:
            tries += 1
            raise Unmade("not made: ValueError") if tries == 3 else ValueError
        return parcel(slip.id, chat=slip.chat_id)

    async with running(api, make=make) as post:
        await post.send(slip(1, 5), slip(2, 5), slip(3, 6))
    assert post.outbox.kinds() == {1: "dead", 2: "sent", 3: "sent"}
    assert [one.reason for one in post.outbox.outcomes if one.kind == "dead"] == ["not made: ValueError"]
    assert tries == 3


async def test_what_waits_for_the_database_is_never_given_up_and_is_no_outage(telegram: Telegram, api: Api) -> None:
    tries = 0

    async def make(slip: Parcel) -> Parcel:
        nonlocal tries
        tries += 1
        if tries <= 20:
            raise DatabaseFailure("locked")
        return parcel(slip.id, chat=slip.chat_id)

    async with running(api, make=make) as post:
        await post.send(*(slip(id, id, Lane.URGENT) for id in range(1, 11)), parcel(20, chat=20))
        assert set(post.outbox.kinds().values()) == {"sent"}
        assert telegram.texts()[0] == "text 20"


async def test_a_stop_lets_what_is_on_its_way_arrive_and_starts_nothing_new(telegram: Telegram, api: Api) -> None:
    reached, release = asyncio.Event(), asyncio.Event()

    async def script(method: str, params: dict[str, Any]) -> Any:
        reached.set()
        await release.wait()
        return ok({"message_id": 1})

    telegram.script = script
    post, stop = Post(api, 5000.0, lambda: NOW), asyncio.Event()
    task = asyncio.create_task(post.delivery.run(stop))
    post.delivery.offer([parcel(1, "a", 5), parcel(2, "b", 5)])
    await reached.wait()
    stop.set()
    await asyncio.sleep(0)
    release.set()
    await task
    assert post.outbox.kinds() == {1: "sent"}
    assert len(telegram.calls) == 1
    assert sum(post.delivery.waiting().values()) == 1


async def test_a_cancelled_run_ends_and_leaves_no_task_behind(telegram: Telegram, api: Api) -> None:
    post = Post(api, 5000.0, lambda: NOW)
    await api.call("getMe")  # the server's task for this connection is not ours
    before = asyncio.all_tasks()
    task = asyncio.create_task(post.delivery.run(asyncio.Event()))
    post.delivery.offer([parcel(1)])
    assert await post.delivery.drain(5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(("lane", "most"), [(Lane.BULK, 96), (Lane.REPLY, 112)])
async def test_what_hangs_does_not_hold_an_urgent_message(telegram: Telegram, api: Api, lane: Lane, most: int) -> None:
    reached, released = asyncio.Semaphore(0), asyncio.Event()

    async def script(method: str, params: dict[str, Any]) -> Any:
        if params["text"] != "urgent":
            reached.release()
            await released.wait()
        return ok({"message_id": 1})

    telegram.script = script
    async with running(api) as post:
        post.delivery.offer([parcel(id, lane=lane) for id in range(1, 201)])
        for _ in range(most):
            await asyncio.wait_for(reached.acquire(), 5)
        post.delivery.offer([parcel(300, "urgent", lane=Lane.URGENT)])
        await asyncio.wait_for(post.outbox.until(300), 5)
        assert len(telegram.calls) == most + 1, "bulk may hold three quarters of the connections, replies seven eighths"
        released.set()
        assert await post.delivery.drain(10)


async def test_a_picture_is_sent_with_its_file(telegram: Telegram, post: Post) -> None:
    files = {"chart": FilePart("tong-hop.png", b"PNG", "image/png")}
    await post.send(Parcel(1, Lane.REPLY, 5, "sendPhoto", {"photo": "attach://chart", "caption": "x"}, files))
    assert telegram.calls[0][1]["chart"] == b"PNG"
    assert telegram.calls[0][1]["chat_id"] == "5"


async def test_a_parcel_that_can_not_be_written_is_dead_and_holds_nobody(telegram: Telegram, post: Post) -> None:
    await post.send(Parcel(1, Lane.REPLY, 5, "sendMessage", {"text": object()}), parcel(2, "b", 5))
    assert post.outbox.kinds() == {1: "dead", 2: "sent"}


async def counted(post: Post, what: str, number: int = 1) -> None:
    """Wait until delivery has met with that so often."""
    for _ in range(2000):
        if post.delivery.counters[what] >= number:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"no {number} times {what}")


async def test_after_a_429_its_chat_waits_as_long_as_told_in_every_lane_and_others_go(
    telegram: Telegram, post: Post
) -> None:
    called: dict[int, list[float]] = {}
    refused = asyncio.Event()

    async def script(method: str, params: dict[str, Any]) -> Any:
        times = called.setdefault(params["chat_id"], [])
        times.append(time.monotonic())
        if params["chat_id"] == 5 and len(times) == 1:
            refused.set()
            return error(429, "Too Many Requests: retry after 1", retry_after=0.7)
        return ok({"message_id": 1})

    telegram.script = script
    post.delivery.offer([parcel(1, chat=5, lane=Lane.BULK)])
    await refused.wait()
    await counted(post, "429")
    await post.send(parcel(2, chat=5, lane=Lane.URGENT), parcel(3, chat=6))
    first, *later = called[5]
    assert len(later) == 2
    assert min(later) - first >= 0.7
    assert called[6][0] < min(later)


async def test_429s_of_single_chats_between_which_others_are_sent_stop_nobody_else(
    telegram: Telegram, post: Post
) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        if params["chat_id"] < 100:
            return error(429, "Too Many Requests: retry after 60", retry_after=60)
        return ok({"message_id": 1})

    telegram.script = script
    for id in range(1, 9):
        post.delivery.offer([parcel(id, chat=id)])
        await counted(post, "429", id)
        post.delivery.offer([parcel(100 + id, chat=100 + id)])
        await asyncio.wait_for(post.outbox.until(100 + id), 5)
    assert set(post.outbox.kinds()) == set(range(101, 109))


async def test_a_429_about_the_lists_of_commands_holds_no_message(telegram: Telegram, post: Post) -> None:
    """Telegram limits each method by itself, and that one for hours: an alert must not wait for a list of commands."""

    async def script(method: str, params: dict[str, Any]) -> Any:
        if method == "setMyCommands":
            return error(429, "Too Many Requests: retry after 3600", retry_after=3600)
        return ok({"message_id": 1})

    telegram.script = script
    for id in range(1, 9):
        menu = {"commands": [], "scope": {"type": "chat", "chat_id": id}}
        post.delivery.offer([Parcel(id, Lane.BULK, id, "setMyCommands", menu, addressed=False)])
    await counted(post, "429", 8)
    post.delivery.offer([parcel(20, chat=20, lane=Lane.URGENT), parcel(21, chat=1)])
    await asyncio.wait_for(post.outbox.until(20), 5)
    await asyncio.wait_for(post.outbox.until(21), 5)
    assert len(telegram.calls) == 10, "and no list is tried again before its time"


async def test_a_refused_token_loses_nothing_and_all_wait(telegram: Telegram, post: Post) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        return error(401, "Unauthorized")

    telegram.script = script
    post.delivery.offer([parcel(1)])
    await counted(post, "told_to_wait")
    post.delivery.offer([parcel(2, lane=Lane.URGENT)])
    assert not await post.delivery.drain(0.5)
    assert post.outbox.outcomes == []
    assert len(telegram.calls) == 1


async def test_what_was_for_a_topic_that_is_gone_arrives_in_the_group(telegram: Telegram, post: Post) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        if "message_thread_id" in params:
            return error(400, "Bad Request: message thread not found")
        return ok({"message_id": 1})

    telegram.script = script
    await post.send(Parcel(1, Lane.REPLY, -5, "sendMessage", {"text": "Đã nhận", "message_thread_id": 7}))
    assert post.outbox.kinds() == {1: "sent"}
    assert telegram.calls[-1][1]["text"] == "Đã nhận"


async def test_all_that_waits_for_a_group_that_moved_arrives_at_its_new_address_in_order(
    telegram: Telegram, post: Post
) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        if params["chat_id"] == -5:
            return error(400, "Bad Request: group upgraded", migrate_to_chat_id=-1005)
        arrived.append(params["text"])
        return ok({"message_id": 1})

    arrived: list[str] = []
    telegram.script = script
    cards = [parcel(id, f"card {id}", -5, replaces="card") for id in (4, 5)]
    await post.send(*(parcel(id, f"{id}", -5) for id in (1, 2, 3)), *cards)
    assert arrived == ["1", "2", "3", "card 5"]
    assert post.outbox.kinds() == {1: "sent", 2: "sent", 3: "sent", 4: "superseded", 5: "sent"}


ATTACHED = {"file": FilePart("anh.jpg", b"JPEG", "image/jpeg")}


@pytest.mark.parametrize("most", ["sendDocument", "sendMessage", ""])
async def test_a_picture_that_telegram_refuses_is_sent_as_a_document_or_its_words_alone(
    telegram: Telegram, post: Post, most: str
) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        return ok({"message_id": 1}) if method == most else error(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")

    telegram.script = script
    data = {"photo": "attach://file", "caption": "Tổng hợp ngày", "protect_content": True}
    await post.send(Parcel(1, Lane.REPLY, 5, "sendPhoto", data, ATTACHED, instead="Tổng hợp ngày"))
    ways = ["sendPhoto", "sendDocument", "sendMessage"]
    assert [method for method, _ in telegram.calls] == ways[: ways.index(most) + 1] if most else ways
    assert post.outbox.kinds() == {1: "sent" if most else "dead"}
    if most == "sendDocument":
        last = telegram.calls[-1][1]
        assert (last["document"], last["file"], last["caption"]) == ("attach://file", b"JPEG", "Tổng hợp ngày")
    if most == "sendMessage":
        assert telegram.calls[-1][1] == {"chat_id": 5, "text": "Tổng hợp ngày", "protect_content": True}


async def test_an_urgent_message_is_tried_again_every_second_however_often_it_fails(
    telegram: Telegram, post: Post
) -> None:
    times: list[float] = []

    async def script(method: str, params: dict[str, Any]) -> Any:
        times.append(time.monotonic())
        return error(500, "Internal Server Error") if len(times) < 6 else ok({"message_id": 1})

    telegram.script = script
    await post.send(parcel(1, lane=Lane.URGENT))
    assert times[-1] - times[-2] < 1.0


async def test_an_edit_that_fails_while_a_newer_one_waits_is_superseded(telegram: Telegram, post: Post) -> None:
    reached, released = asyncio.Event(), asyncio.Event()

    async def script(method: str, params: dict[str, Any]) -> Any:
        if params["text"] == "new":
            return ok({"message_id": 1})
        reached.set()
        await released.wait()
        return error(500, "Internal Server Error")

    telegram.script = script
    post.delivery.offer([parcel(1, "old", 5, replaces="card")])
    await reached.wait()
    post.delivery.offer([parcel(2, "new", 5, replaces="card")])
    released.set()
    assert await post.delivery.drain(10)
    assert post.outbox.kinds() == {1: "superseded", 2: "sent"}
    assert telegram.texts() == ["old", "new"]


async def test_a_line_that_is_slower_than_an_urgent_message_waits_is_waited_for_longer(
    telegram: Telegram, post: Post
) -> None:
    async def script(method: str, params: dict[str, Any]) -> Any:
        await asyncio.sleep(1.8)  # the line's, not the test's
        return ok({"message_id": 1})

    telegram.script = script
    await post.send(parcel(1, lane=Lane.URGENT))
    assert post.outbox.kinds() == {1: "sent"}
    assert len(telegram.calls) == 2
