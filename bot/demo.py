"""The demo: the real product with a Telegram of its own, sample wards and a clock that can be moved."""

import asyncio
import logging
import tempfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr

from bot.build import App, open_app
from bot.commands import COMMANDS
from bot.installation import real_now
from bot.installing import install
from bot.serve import Server
from bot.settings import Settings
from bot.web import refusal
from domain.clocks import VIETNAM, local
from locales import Words, words
from simulator.phone import Phone
from simulator.server import Simulator
from storage.records import Records
from storage.unit import Unit

log = logging.getLogger(__name__)

TOKEN = "100001:demo"  # noqa: S105 - of our own Telegram
WARD, GROUP = "18115", "18115-5-lg1"
PEOPLE = (("resident", "Lan"), ("leader", "Nguyễn Thị Mai"), ("police", "Trung úy Nam"))


class MovedClock:
    """The real time, moved forward by whoever watches the demo; the jobs are woken after each move."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self.server: Server | None = None

    def now(self) -> datetime:
        """The demo's time, as the ward's clocks show it."""
        return local(real_now() + self._ahead)

    async def advance(self, to: str) -> None:
        """Moves to the next "23:59" or "07:00" of the ward."""
        here = self.now()
        target = datetime.combine(here.date(), time.fromisoformat(to), VIETNAM)
        if target <= here:
            target += timedelta(days=1)
        self._ahead += target - here
        if self.server is not None:
            await self.server.tick()


class Seen:
    """What the database holds of a person, for the page: everything that can be found by who they are."""

    def __init__(self) -> None:
        self.app: App | None = None

    async def of(self, chat: int) -> list[dict[str, str]]:
        """Rows that refer to this person. A hidden tip refers to nobody, so it can't be among them."""
        if self.app is None:
            return []
        return await self.app.read(lambda unit: held_of(unit, chat, words("vi")))


async def held_of(unit: Unit, chat: int, said: Words) -> list[dict[str, str]]:
    """Table by table: what it is, and how it stands there."""

    async def sealed(table: Records[Any, Any], key: object) -> str:
        [row] = await unit.read(f"SELECT body FROM {table.table} WHERE {table.key} = :key", key=key)  # noqa: S608 - ours
        return f"…{row['body'].hex()[-16:]}"

    contact = await unit.contacts.by_chat(chat)
    talk = await unit.talks.find(unit.talks.key_of_chat(chat))
    found: list[tuple[str, str]] = []
    if contact is not None:
        found.append(("contacts", f"{contact.id} {await sealed(unit.contacts, contact.id)}"))
        found += [("memberships", f"{held.role}, {held.unit}") for held in await unit.memberships.of(contact.id)]
        found += [("tips", f"{tip.code}, {tip.identity}") for tip in await unit.tips.named_by(contact.id)]
    if talk is not None:
        found.append(("talks", await sealed(unit.talks, unit.talks.key_of(talk))))
    return [{"table": table, "what": said.say(f"operator.sees_{table}"), "shown": shown} for table, shown in found]


async def serve_demo(port: int, stop: asyncio.Event) -> int:
    """Serves the demo until `stop`, in a folder of its own that goes with it. Raises Refused for a taken port."""
    clock = MovedClock()
    with tempfile.TemporaryDirectory(prefix="anphuong-demo-") as folder:
        seen = Seen()
        try:
            simulator = await Simulator(
                TOKEN, port=port, page=True, clock=clock, phones=PEOPLE, sees=seen.of
            ).__aenter__()
        except OSError as error:
            raise refusal(error, f"127.0.0.1:{port}") from None
        try:
            settings = settings_in(Path(folder), simulator.url)
            await install(settings, clock.now)
            async with open_app(settings, clock.now) as app:
                await COMMANDS["init"](app, {"sample": True})
                clock.server = Server(app)
                seen.app = app
                serving = asyncio.create_task(clock.server.run(stop))
                joining = asyncio.create_task(_people_join(app, simulator))
                try:
                    # Stopped already, nobody answers those who join.
                    await asyncio.wait({serving, joining}, return_when=asyncio.FIRST_COMPLETED)
                    if joining.done():
                        joining.result()
                        typer.echo(words("en").say("operator.demo_ready", url=simulator.url))
                    await serving
                finally:
                    joining.cancel()
                    await asyncio.gather(joining, return_exceptions=True)
                    stop.set()
                    await serving
                    seen.app = None  # pages that are still open have nobody to ask
        finally:
            await simulator.__aexit__(None, None, None)
    return 0


def settings_in(folder: Path, url: str) -> Settings:
    """Settings of a demo; nothing of the environment gets in."""
    return Settings(
        _env_file=None,
        bot_token=SecretStr(TOKEN),
        telegram_api_url=url,
        database_url=f"sqlite:///{folder}/data/anphuong.db",
        data_dir=folder / "data",
        master_key_file=folder / "keys" / "master.key",
        listen=None,
        health_listen=None,
        webhook_url=None,
        telegram_proxy=None,
        telegram_rate=30.0,
        alarm_urls=SecretStr(""),
        heartbeat_url=SecretStr(""),
    )


async def _people_join(app: App, simulator: Simulator) -> None:
    """The leader and the officer have joined when the page opens; the resident's story is the visitor's to tell."""
    invited = (("leader", "leader", GROUP), ("police", "duty_officer", WARD))
    for phone, role, unit in invited:
        link = (await COMMANDS["invite"](app, {"role": role, "unit": unit})).out
        await _join(simulator.phones[phone], link.partition("?start=")[2])
    simulator.page_links = {"resident": [("Phường Bắc Hồng", f"w_{WARD}")]}


async def _join(phone: Phone, payload: str) -> None:
    await phone.send(f"/start {payload}")
    await phone.until(lambda message: "Đồng ý" in phone.buttons(message), timeout=20.0)
    await phone.press("Đồng ý")
    await phone.until(lambda _: bool(phone.keyboard), timeout=20.0)
