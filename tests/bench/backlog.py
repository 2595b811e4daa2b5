"""After an outage: 100,000 updates wait, and somebody's house is on fire. Telegram's own limits, and its own pace."""

import asyncio
import random
import re
import time
from collections import Counter

import aiohttp

from tests.bench.bots import Kind, missing_or_doubled
from tests.bench.crowd import story
from tests.bench.measured import count, megabytes
from tests.bench.ward import FIRE, Ears, Ward, ward
from tests.postgres import free_port
from tests.torture.audit import read_tips

Numbers = dict[str, float]
UPDATES = 100_000
MIDST, LAST = 8_000_000, 8_000_001  # residents with a fire
# Typed, since buttons do not outlive an outage (150 s). In words where a digit 1 would look like a beginning fire,
# and `6` because its label holds a word of alarm: where everybody looks urgent nobody is heard first (see the notes).
JOURNEY = ("/start w_18115", "Bắt đầu", "Đồng ý", "/baotin", "6", "", "Gửi", "Giấu tên")


async def backlog(kind: Kind, updates: int = UPDATES) -> Numbers:
    """Everybody's first contact and tip waits, in any order between chats; a fire in the midst and one at the end."""
    people = range(updates // len(JOURNEY))
    async with ward((MIDST, LAST)) as made:
        said = _shuffled(people)
        said[len(said) // 2 : len(said) // 2] = _fire(MIDST)
        said += _fire(LAST)
        for chat, line in said:
            update_id, raw = made.crowd.update(chat, line)
            made.wire.push(update_id, raw)
            if line == FIRE:
                made.wire.watched[update_id] = 0.0
        ears = made.wire.answered = Ears()
        health = f"127.0.0.1:{free_port()}"
        async with made.product.serving(TELEGRAM_RATE="30", HEALTH_LISTEN=health) as running:
            started = time.perf_counter()
            await _handled(health, len(said))
            drained = time.perf_counter() - started
            await asyncio.sleep(1)  # the last alert may be on its way
            weight = megabytes(running.pid)
        alerts = zip(sorted(made.wire.watched.values()), ears.alerts, strict=False)
        return {
            "drained s": drained,
            "alerted s": max([heard - taken for taken, heard in alerts], default=float("inf")),
            "MB": weight,
            "refused": made.wire.refused,
            "wrong": await _wrong(made, ears, people, len(said)) + abs(2 - len(ears.alerts)),
        }


def _shuffled(people: range) -> list[tuple[int, str]]:
    """Each chat's lines in their order, the chats in none."""
    turns = [chat for chat in people for _ in JOURNEY]
    random.Random(1).shuffle(turns)
    lines = {chat: iter(JOURNEY) for chat in people}
    return [(chat, next(lines[chat]) or story(chat)) for chat in turns]


def _fire(chat: int) -> list[tuple[int, str]]:
    return [(chat, line) for line in ("/baotin", "1", FIRE)]


async def _handled(health: str, many: int, patience: float = 600.0) -> None:
    """Until the bot's own count of handled updates is so high."""
    async with asyncio.timeout(patience), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"http://{health}/metrics") as response:
                found = re.search(r"^anphuong_updates_handled_total (\d+)", await response.text(), re.MULTILINE)
            assert found, "no count of handled updates in /metrics"
            if int(found[1]) >= many:
                return
            await asyncio.sleep(0.1)


async def _wrong(made: Ward, ears: Ears, people: range, updates: int) -> int:
    """Stories missing or doubled, updates left over, answers and cards neither sent nor owed."""
    tips, _ = await read_tips(made.product)
    database = made.product.data / "anphuong.db"
    unhandled, owed = count(database, "inbox WHERE state <> 'done'"), count(database, "outbox")
    stored = Counter(line for lines in tips for line in lines)
    owed_in_all = updates + len(people) + 2  # an answer each, a card a tip
    forgotten = max(0, owed_in_all - ears.messages - owed)
    return missing_or_doubled(stored, people) + abs(stored[FIRE] - 2) + unhandled + forgotten
