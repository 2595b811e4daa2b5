"""What is measured: each function is one run of one bot and gives numbers by name."""

import asyncio
import time

from tests.bench.bots import KINDS, Kind, missing_or_doubled, running, settle
from tests.bench.crowd import tip
from tests.bench.measured import cpu_seconds, megabytes
from tests.bench.tls import certificate

Numbers = dict[str, float]
THIS = KINDS[0]
INTAKE = 20_000
STEADY, STEADY_RATE = 1_000, 100.0
ROUND_TRIP = 0.040  # seconds


async def whole_tips(kind: Kind, chats: int | None = None, patience: float = 120.0) -> Numbers:
    """Tips from the first word to the receipt, as fast as the bot can; each story must be stored exactly once."""
    async with running(kind) as bot:
        people = range(chats or kind.chats)
        await settle(bot, people)
        before = cpu_seconds(bot.pid)
        heard = await bot.crowd.talk(people, tip, patience=patience)
        spent = cpu_seconds(bot.pid) - before
        weight = megabytes(bot.pid)
        await bot.stop()
        # Only now: what nobody had asked for may come late.
        wrong = heard.unanswered + heard.surplus + missing_or_doubled(await bot.stored(), people)
    answered = max(1, len(heard.waits))
    return {"messages/s": heard.rate, "CPU ms": 1000 * spent / answered, "MB": weight, "wrong": wrong}


async def steady(kind: Kind) -> Numbers:
    """How long an answer takes at 100 messages a second, one a chat."""
    async with running(kind) as bot:
        people = range(STEADY)
        await settle(bot, people)
        heard = await bot.crowd.steadily(people, "/baotin", STEADY_RATE)
        await bot.stop()
    wrong = heard.unanswered + heard.surplus
    return {"p50 ms": 1000 * heard.quantile(0.5), "p99 ms": 1000 * heard.quantile(0.99), "wrong": wrong}


async def intake(kind: Kind, updates: int = INTAKE, *, webhook: bool = False) -> Numbers:
    """A flood of updates: how many a second are committed and confirmed, while they are handled too."""
    async with running(kind, webhook=webhook) as bot:
        flood = [bot.crowd.update(number % 5000, "/khancap") for number in range(updates)]
        started = time.perf_counter()
        for update in flood:
            bot.crowd.push(*update)
        await asyncio.sleep(0)
        await bot.taken_in(updates)
        seconds = time.perf_counter() - started
        await bot.stop()
        return {"updates/s": updates / seconds, "wrong": abs(updates - bot.taken())}


async def by_webhook(kind: Kind) -> Numbers:
    """The same, posted over Telegram's 40 connections, each waiting for its 200."""
    return await intake(kind, webhook=True)


async def distant(kind: Kind) -> Numbers:
    """The same tips over TLS, with 40 ms until an answer comes back; as the others stand in line, fewer of theirs."""
    with certificate() as (context, file):
        trusting = Kind(kind.name, kind.file, kind.chats, {**kind.env, "SSL_CERT_FILE": str(file)}, kind.venv)
        async with running(trusting, delay=ROUND_TRIP, tls=context) as bot:
            people = range(kind.chats if kind is THIS else kind.chats // 5)
            await settle(bot, people)
            heard = await bot.crowd.talk(people, tip, at_once=512)
            await bot.stop()
    return {"messages/s": heard.rate, "wrong": heard.unanswered + heard.surplus}


async def idle(kind: Kind, seconds: float = 10.0) -> Numbers:
    """What a bot weighs that nobody talks to, after one greeting."""
    async with running(kind) as bot:
        await settle(bot, range(1))
        before = cpu_seconds(bot.pid)
        await asyncio.sleep(seconds)
        return {"MB": megabytes(bot.pid), "CPU %": 100 * (cpu_seconds(bot.pid) - before) / seconds, "wrong": 0}
