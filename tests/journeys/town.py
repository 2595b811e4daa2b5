"""A town for the tests: the real product over HTTP against the simulator, on a clock that the test moves."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.build import App, open_app
from bot.commands import COMMANDS, Reply
from bot.installing import install
from bot.serve import Server
from bot.settings import Settings
from simulator.labels import same
from simulator.phone import Phone
from simulator.server import Simulator

TOKEN = "123456:TEST"  # of the simulator
SATURDAY_EVENING = datetime(2026, 11, 21, 14, 45, tzinfo=UTC)  # 21:45 in the ward
CODE = re.compile(r"\b[2-9CFGHJKMNPQRTVX]{4}-[2-9CFGHJKMNPQRTVX]{4}\b")


class Clock:
    """A wall clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def now(self) -> datetime:
        """The time that it shows."""
        return self.time


class Town:
    """The product, its Telegram and its people."""

    def __init__(self, sim: Simulator, app: App, server: Server, clock: Clock) -> None:
        self.sim = sim
        self.app = app
        self.server = server
        self.clock = clock

    async def command(self, name: str, **args: Any) -> Reply:
        """A command of the operator."""
        return await COMMANDS[name](self.app, args)

    async def pass_time(self, **span: float) -> None:
        """Moves the clock and wakes the jobs."""
        self.clock.time += timedelta(**span)
        await self.server.tick()

    async def resident(self, name: str, ward: str = "18115", language: str = "vi") -> Phone:
        """Somebody who has agreed and lives in a ward."""
        phone = self.sim.phone(name, language_code=language)
        await phone.send(f"/start w_{ward}")
        await press(phone, "Bắt đầu" if language == "vi" else "Start")
        await press(phone, "Đồng ý" if language == "vi" else "I agree")
        await phone.until(lambda _: bool(phone.keyboard))
        return phone

    async def member(self, name: str, role: str, unit: str) -> Phone:
        """Somebody who has joined by an invitation."""
        link = (await self.command("invite", role=role, unit=unit)).out
        phone = self.sim.phone(name, language_code="vi")
        await phone.send(f"/start {link.partition('?start=')[2]}")
        await press(phone, "Đồng ý")
        await phone.until(lambda _: bool(phone.keyboard))
        return phone

    async def tip(
        self, phone: Phone, text: str, category: str = "Trộm cướp, tội phạm khác", how: str = "Giấu tên"
    ) -> str:
        """A tip from start to receipt; returns its code."""
        await phone.send("/baotin")
        await press(phone, category)
        await phone.until("kể giúp")
        await phone.send(text)
        await press(phone, "Gửi")
        await press(phone, how)
        receipt = await phone.until("Mã tin:")
        found = CODE.search(receipt["text"])
        assert found, receipt
        return found[0]


async def press(phone: Phone, label: str) -> None:
    """Presses a button once it is there."""
    await phone.until(lambda message: any(same(shown, label) for shown in phone.buttons(message)))
    await phone.press(label)


@asynccontextmanager
async def town_in(
    folder: Path, database_url: str | None = None, start: datetime = SATURDAY_EVENING, *, hurried: bool = True
) -> AsyncIterator[Town]:
    """The product, installed with the sample wards and serving by polling.

    `hurried`: against a Telegram a hundred times as patient, so that nobody waits a second between two messages.
    """
    async with Simulator(token=TOKEN, limits=not hurried) as sim:
        settings = settings_for(folder, sim.url, database_url, telegram_rate=3000.0 if hurried else 30.0)
        clock = Clock(start)
        await install(settings, clock.now)
        async with open_app(settings, clock.now) as app:
            await COMMANDS["init"](app, {"sample": True})
            server, stop = Server(app), asyncio.Event()
            serving = asyncio.create_task(server.run(stop))
            try:
                await asyncio.wait(
                    {serving, asyncio.create_task(server.identified.wait())}, return_when="FIRST_COMPLETED"
                )
                yield Town(sim, app, server, clock)
            finally:
                stop.set()
                await serving
        assert sim.violations == []


def settings_for(folder: Path, url: str, database_url: str | None = None, **more: Any) -> Settings:
    """Settings of a product in a folder of its own; nothing of this machine's environment."""
    values: dict[str, Any] = {
        "bot_token": SecretStr(TOKEN),
        "telegram_api_url": url,
        "database_url": database_url or f"sqlite:///{folder}/data/anphuong.db",
        "data_dir": folder / "data",
        "master_key_file": folder / "keys" / "master.key",
    }
    return Settings(_env_file=None, **{**values, **more})
