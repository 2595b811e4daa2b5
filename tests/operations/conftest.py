"""An installation with the sample wards, and a clock that a test moves."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.build import App, open_app
from bot.commands import COMMANDS
from bot.installing import install
from bot.settings import Settings
from domain.clocks import VIETNAM

FIRST = datetime(2026, 11, 21, 12, tzinfo=VIETNAM)


def settings_in(folder: Path, url: str | None = None, **more: object) -> Settings:
    """Settings of an installation; nothing of this machine's environment gets in."""
    values: dict[str, object] = {
        "bot_token": SecretStr("123456:TEST"),
        "telegram_api_url": "http://127.0.0.1:1",
        "database_url": url or f"sqlite:///{folder}/data/anphuong.db",
        "data_dir": folder / "data",
        "master_key_file": folder / "keys" / "master.key",
        "alarm_urls": SecretStr(""),
        "health_listen": None,
        "webhook_url": None,
    }
    return Settings.model_validate({**Settings.model_construct().model_dump(), **values, **more})


async def installed(settings: Settings) -> None:
    """`init --sample`, on the first day."""
    await install(settings, lambda: FIRST)
    async with open_app(settings, lambda: FIRST) as app:
        await COMMANDS["init"](app, {"sample": True})


@dataclass
class Home:
    """An installation of its own."""

    folder: Path
    url: str | None = None
    now: datetime = FIRST

    @property
    def settings(self) -> Settings:
        """What it is opened with."""
        return settings_in(self.folder, self.url)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[App]:
        """Opened, as a process would; nobody serves."""
        async with open_app(self.settings, lambda: self.now) as app:
            yield app

    def tomorrow(self, hour: int, minute: int = 0) -> None:
        """Moves the clock to an hour of the day after the installation."""
        self.now = datetime.combine(FIRST.date() + timedelta(days=1), time(hour, minute), VIETNAM)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite installation to be copied, not used."""
    folder = tmp_path_factory.mktemp("operations")
    asyncio.run(installed(settings_in(folder)))
    return folder


@pytest.fixture
def home(made_once: Path, tmp_path: Path) -> Home:
    """An installation on SQLite."""
    return Home(Path(shutil.copytree(made_once, tmp_path / "home")))
