"""What is measured: each function is one run of one bot and gives numbers by name."""

import asyncio
import statistics
import time
from collections.abc import Sequence

from tests.bench.bots import BARE, KINDS, OURS, Bot, Kind, missing_or_doubled, running, settle
from tests.bench.crowd import tip
from tests.bench.measured import cpu_seconds, megabytes

Numbers = dict[str, float]
THIS = KINDS[0]
INTAKE = 20_000
STEADY, STEADY_RATE = 1_000, 100.0
DISTANT, ROUND_TRIP = 1_000, 0.040


async def whole_tips(kind: Kind, chats: int | None = None) -> Numbers:
    """Tips from the first word to the receipt, as fast as the bot can; each story must be stored exactly once."""
    async with running(kind) as bot:
        people = range(chats or kind.chats)
        await settle(bot, people)
        before = cpu_seconds(bot.pid)
        heard = await bot.crowd.talk(people, tip)
        spent = cpu_seconds(bot.pid) - before
        wrong = heard.unanswered + heard.surplus
        weight = megabytes(bot.pid)
        await bot.stop()
        wrong += missing_or_doubled(await bot.stored(), people)
    answered = max(1, len(heard.waits))
    return {"messages/s": heard.rate, "CPU ms": 1000 * spent / answered, "MB": weight, "wrong": wrong}


async def steady(kind: Kind) -> Numbers:
    """How long an answer takes at 100 messages a second, one a chat."""
    async with running(kind) as bot:
        people = range(STEADY)
        await settle(bot, people)
        heard = await bot.crowd.steadily(people, "/baotin", STEADY_RATE)
    return {"p50 ms": 1000 * heard.quantile(0.5), "p99 ms": 1000 * heard.quantile(0.99), "wrong": heard.unanswered}


async def intake(kind: Kind, *, webhook: bool = False) -> Numbers:
    """A flood of updates: how many a second are committed and confirmed, while they are handled too."""
    async with running(kind, webhook=webhook) as bot:
        flood = [bot.crowd.update(number % 5000, "/khancap") for number in range(INTAKE)]
        started = time.perf_counter()
        for update in flood:
            bot.crowd.push(*update)
        await asyncio.sleep(0)
        await bot.taken_in(INTAKE)
        return {"updates/s": INTAKE / (time.perf_counter() - started)}


async def distant(kind: Kind) -> Numbers:
    """The same tips over TLS, with 40 ms until an answer comes back."""
    from tests.bench.tls import certificate

    with certificate() as (context, file):
        trusting = Kind(kind.name, kind.file, DISTANT, {**kind.env, "SSL_CERT_FILE": str(file)}, kind.venv)
        async with running(trusting, delay=ROUND_TRIP, tls=context) as bot:
            people = range(DISTANT)
            await settle(bot, people)
            heard = await bot.crowd.talk(people, tip, at_once=512)
    return {"messages/s": heard.rate, "wrong": heard.unanswered + heard.surplus}


async def idle(kind: Kind, seconds: float = 10.0) -> Numbers:
    """What a bot weighs that nobody talks to, after one greeting."""
    async with running(kind) as bot:
        await settle(bot, range(1))
        before = cpu_seconds(bot.pid)
        await asyncio.sleep(seconds)
        return {"MB": megabytes(bot.pid), "CPU %": 100 * (cpu_seconds(bot.pid) - before) / seconds}


def middle(runs: Sequence[Numbers], name: str) -> tuple[float, float, float]:
    """Median, lowest and highest of several runs."""
    values = [run[name] for run in runs]
    return statistics.median(values), min(values), max(values)


__all__ = ["BARE", "KINDS", "OURS", "THIS", "Bot", "distant", "idle", "intake", "middle", "steady", "whole_tips"]
