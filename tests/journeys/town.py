"""A town for the tests: the real product over HTTP against the simulator, on a clock that the test moves."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.asking import Reply
from bot.build import App, open_app
from bot.commands import COMMANDS
from bot.installing import install
from bot.serve import Server
from bot.settings import Settings
from simulator.labels import same
from simulator.phone import Phone
from simulator.server import Simulator
from simulator.world import Message
from tests.postgres import free_port

TOKEN = "123456:TEST"  # of the simulator
SATURDAY_EVENING = datetime(2026, 11, 21, 14, 45, tzinfo=UTC)  # 21:45 in the ward
CODE = re.compile(r"\b[2-9CFGHJKMNPQRTVX]{4}-[2-9CFGHJKMNPQRTVX]{4}\b")
BAC_HONG = "18115"
NGHI_HOA = "16726"
HEM_12 = "18115-5-lg1"
CRIME = "Trộm cướp, tội phạm khác"
SUMMARY = "Tổng hợp ngày"


class Clock:
    """A wall clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def now(self) -> datetime:
        """The time that it shows."""
        return self.time


class Town:
    """The product, its Telegram and its people."""

    app: App
    server: Server

    def __init__(self, sim: Simulator, settings: Settings, clock: Clock) -> None:
        self.sim = sim
        self.clock = clock
        self._settings = settings
        self._running = AsyncExitStack()

    async def open(self) -> None:
        """The product starts: as a new process would, on what its folder holds."""
        self.app = await self._running.enter_async_context(open_app(self._settings, self.clock.now))
        self.server = Server(self.app)
        await self._running.enter_async_context(_serving(self.server))

    async def close(self) -> None:
        """The product stops; its folder stays."""
        await self._running.aclose()

    async def restart(self, **away: float) -> None:
        """The product stops and, after a span (0 by default), starts again on the same folder."""
        await self.close()
        self.clock.time += timedelta(**away)
        await self.open()

    async def command(self, name: str, /, **args: Any) -> Reply:
        """A command of the operator."""
        return await COMMANDS[name](self.app, args)

    async def pass_time(self, **span: float) -> None:
        """Moves the clock and wakes the jobs."""
        self.clock.time += timedelta(**span)
        await self.server.tick()

    async def delivered(self) -> None:
        """Everything that is owed has arrived."""
        assert await self.app.delivery.drain(timeout=10)

    async def resident(self, name: str, ward: str = BAC_HONG) -> Phone:
        """Somebody who has agreed and lives in a ward."""
        phone = self.sim.phone(name)
        await phone.open_link(f"w_{ward}")
        await press(phone, "Bắt đầu")
        await press(phone, "Đồng ý")
        await phone.until(lambda _: bool(phone.keyboard))
        return phone

    async def member(self, name: str, role: str, unit: str) -> Phone:
        """Somebody who has joined by an invitation."""
        phone = self.sim.phone(name)
        await phone.open_link((await self.command("invite", role=role, unit=unit)).out)
        await press(phone, "Đồng ý")
        await phone.until(lambda _: bool(phone.keyboard))
        return phone

    async def officer(self, name: str = "Trung úy Nam", ward: str = BAC_HONG) -> Phone:
        """A duty officer of a ward."""
        return await self.member(name, "duty_officer", ward)

    async def leader(self, name: str = "Mai", group: str = HEM_12) -> Phone:
        """The leader of a fire-safety group."""
        return await self.member(name, "leader", group)

    async def tip(self, phone: Phone, text: str, category: str = CRIME, how: str = "Giấu tên") -> str:
        """A tip from start to receipt; returns its code."""
        await begin(phone, category)
        await phone.send(text)
        await press(phone, "Gửi")
        await press(phone, how)
        return code_in(await phone.until("Mã tin:"))


async def begin(phone: Phone, category: str = CRIME) -> None:
    """`/baotin`, up to where the story is told."""
    await phone.send("/baotin")
    await press(phone, category)
    await phone.until(lambda message: "Gửi" in phone.buttons(message))


async def press(phone: Phone, label: str) -> None:
    """Presses a button once it is there."""
    await phone.until(lambda message: any(same(shown, label) for shown in phone.buttons(message)))
    await phone.press(label)


async def caught_up(phone: Phone) -> None:
    """Everything that this person did before has been answered: an answer never overtakes an earlier one."""
    await phone.send("/khancap")
    await phone.until("Gọi ngay")


def code_in(message: Message) -> str:
    """The code of the tip that a message names."""
    found = CODE.search(message["text"])
    assert found, message
    return found[0]


def said(message: Message) -> str:
    """The words of a message, with or without a picture."""
    return str(message.get("text") or message.get("caption") or "")


def heard(phone: Phone, words: str) -> list[str]:
    """What the bot said that contains these words, oldest first."""
    return [said(message) for message in phone.heard if words in said(message)]


@asynccontextmanager
async def town_in(
    folder: Path,
    database_url: str | None = None,
    start: datetime = SATURDAY_EVENING,
    *,
    hurried: bool = True,
    webhook: bool = False,
    installed: Path | None = None,
) -> AsyncIterator[Town]:
    """The product, installed with the sample wards and serving by polling or by webhook.

    `hurried`: against a Telegram a hundred times as patient, so that nobody waits a second between two messages.
    `installed`: a folder that holds an installation of that moment already; it is copied.
    """
    if installed is not None:
        shutil.copytree(installed, folder, dirs_exist_ok=True)
    async with Simulator(token=TOKEN, limits=not hurried) as sim:
        more: dict[str, Any] = {"telegram_rate": 3000.0 if hurried else 30.0}
        if webhook:
            listen = f"127.0.0.1:{free_port()}"
            more |= {"listen": listen, "webhook_url": f"http://{listen}/hook", "webhook_secret": SecretStr("secret")}
        settings = settings_for(folder, sim.url, database_url, **more)
        town = Town(sim, settings, Clock(start))
        if installed is None:
            await install_sample(settings, town.clock)
        try:
            await town.open()
            yield town
        finally:
            await town.close()
        assert sim.violations == []


@asynccontextmanager
async def unserved(folder: Path, kind: type[App] = App) -> AsyncIterator[App]:
    """An installation, opened, that nobody serves."""
    clock = Clock(SATURDAY_EVENING)
    async with Simulator() as sim:
        settings = settings_for(folder, sim.url)
        await install(settings, clock.now)
        async with open_app(settings, clock.now, kind=kind) as app:
            await app.edge.initialize()
            yield app
            await app.edge.shutdown()


async def install_sample(settings: Settings, clock: Clock) -> None:
    """`init --sample`."""
    await install(settings, clock.now)
    async with open_app(settings, clock.now) as app:
        await COMMANDS["init"](app, {"sample": True})


@asynccontextmanager
async def _serving(server: Server) -> AsyncIterator[None]:
    stop = asyncio.Event()
    serving = asyncio.create_task(server.run(stop))
    identified = asyncio.create_task(server.identified.wait())
    try:
        await asyncio.wait({serving, identified}, return_when=asyncio.FIRST_COMPLETED)
        yield
    finally:
        identified.cancel()
        stop.set()
        await serving


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
