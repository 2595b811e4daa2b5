"""An installation with people in it: an officer on duty, residents who have agreed. Served once to get there."""

import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from domain.clocks import Clocks
from domain.notices import Lane, Notice
from simulator.limits import Limits
from storage.engine import open_database
from storage.outbox import Numbers
from storage.unit import Unit
from storage.vault import open_vault
from tests.bench.crowd import FIRST_CHAT, Crowd, Script, settling_in
from tests.bench.wire import TOKEN, Wire
from tests.process.product import Product

OFFICER = 9_000_000  # as a chat of the crowd
CARD = "KHẨN, CHƯA XÁC MINH".encode()  # how the card of a new urgent tip begins
FIRE = "Cháy nhà ở hẻm 12, còn người bên trong"


@dataclass
class Ears:
    """What arrives at a Telegram that keeps its limits. Times by the performance clock."""

    limits: Limits = field(default_factory=Limits)
    alerts: list[float] = field(default_factory=list)
    heard: dict[int, int] = field(default_factory=dict)  # messages by chat
    messages: int = 0

    def __call__(self, chat: int, body: bytes) -> bool:
        """One message; False when it came too soon."""
        if self.limits.take(chat):
            return False
        self.messages += 1
        self.heard[chat] = self.heard.get(chat, 0) + 1
        if chat == FIRST_CHAT + OFFICER and CARD in body:
            self.alerts.append(time.perf_counter())
        return True


@dataclass
class Ward:
    """The bot is stopped; serve it by `product.serving()`."""

    product: Product
    wire: Wire
    crowd: Crowd

    async def owes(self, chats: Sequence[int]) -> None:
        """A message to each of these in the lane for many, as a case leaves it: no screen sends that many yet."""
        vault = open_vault(self.product.key)
        db = await open_database(self.product.settings["DATABASE_URL"])
        try:
            async with db.transaction() as tx:
                unit = Unit(tx, vault, datetime.now(UTC), Numbers(), Clocks())
                notice = Notice(key="emergency.numbers", lane=Lane.BULK)
                unit.outbox.put_many(notice, [(FIRST_CHAT + chat, "vi") for chat in chats])
                await unit.flush()
        finally:
            await db.close()


@asynccontextmanager
async def ward(residents: Sequence[int], said: Script | None = None) -> AsyncIterator[Ward]:
    """An officer has joined, these residents have agreed and said so much more."""
    crowd = Crowd()
    with tempfile.TemporaryDirectory() as folder:
        async with Wire(crowd.answered) as wire:
            crowd.push = wire.push
            product = Product(Path(folder), wire.url, BOT_TOKEN=TOKEN, TELEGRAM_RATE="100000")
            await product.install()
            async with product.serving():
                link = (await product.command("invite", "--role", "duty_officer", "--unit", "18115")).out.strip()
                payload = link.partition("start=")[2]
                for chats, script in (
                    ((OFFICER,), lambda _: (f"/start {payload}", "Đồng ý")),
                    (residents, settling_in),
                ):
                    assert not (await crowd.talk(chats, script)).unanswered
                if said is not None:
                    assert not (await crowd.talk(residents, said)).unanswered
            yield Ward(product, wire, crowd)
