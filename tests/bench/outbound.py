"""To 3,000 chats within Telegram's limits, 40 ms away; meanwhile somebody reports a fire every 1.2 seconds."""

import asyncio
import time

from tests.bench.bots import Kind
from tests.bench.crowd import FIRST_CHAT
from tests.bench.ward import FIRE, Ears, ward

Numbers = dict[str, float]
CHATS, PROBES = 3_000, 48
EVERY, ROUND_TRIP = 1.2, 0.040  # seconds
FIRST_PROBE = 8_000_000


async def outbound(kind: Kind, chats: int = CHATS, probes: int = PROBES) -> Numbers:
    """Messages a second in all, and how long after a word of fire the officer's phone rings."""
    callers = range(FIRST_PROBE, FIRST_PROBE + probes)
    async with ward(callers, lambda _: ("/baotin", "1")) as made:
        await made.owes(range(chats))
        ears = made.wire.answered = Ears()
        made.wire.delay = ROUND_TRIP
        said: list[float] = []
        async with made.product.serving(TELEGRAM_RATE="30"):
            started, before = time.perf_counter(), ears.messages
            for number, caller in enumerate(callers):
                await asyncio.sleep(max(0.0, started + (number + 0.5) * EVERY - time.perf_counter()))
                said.append(time.perf_counter())
                made.crowd.say(caller, FIRE)
            await _all_heard(ears, chats)
            seconds, sent = time.perf_counter() - started, ears.messages - before
    waits = sorted(heard - told for told, heard in zip(said, ears.alerts, strict=False))
    lost = chats - _heard(ears, chats)
    return {
        "messages/s": sent / seconds,
        "urgent p50 s": waits[len(waits) // 2] if waits else float("inf"),
        "urgent p99 s": waits[-1] if len(waits) == probes else float("inf"),
        "refused": made.wire.refused,
        "lost": lost,
        "wrong": lost
        + abs(probes - len(ears.alerts))
        + sum(ears.heard.get(FIRST_CHAT + n, 0) > 1 for n in range(chats)),
    }


def _heard(ears: Ears, chats: int) -> int:
    return sum(FIRST_CHAT + chat in ears.heard for chat in range(chats))


async def _all_heard(ears: Ears, chats: int, patience: float = 120.0) -> None:
    """Until every chat has its message; whoever has none after two minutes more is counted as lost."""
    until = time.perf_counter() + patience
    while _heard(ears, chats) < chats and time.perf_counter() < until:  # noqa: ASYNC110 -- nobody tells the ears
        await asyncio.sleep(0.1)
