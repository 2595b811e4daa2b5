"""Every environment variable, typed and explained; nothing else reads the environment."""

import logging
import re
from io import StringIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import Refused

OFFICIAL_API = "https://api.telegram.org"
FILE = Path(".env")
logging.getLogger("dotenv").setLevel(logging.ERROR)  # a line that it can't parse is refused here
Language = Literal["vi", "en"]


class Spoken(BaseSettings):
    """The language alone: a mistake in another setting is told in it too."""

    model_config = SettingsConfigDict(env_file=FILE, env_ignore_empty=True, extra="ignore", frozen=True)

    operator_language: Language = "en"


class Settings(Spoken):
    """`.env` in the working folder, overridden by the environment. Each line stands in `.env.example` too."""

    bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = OFFICIAL_API
    database_url: str = "sqlite:///data/anphuong.db"
    data_dir: Path = Path("data")
    master_key_file: Path = Path("keys/master.key")
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    listen: str | None = None
    health_listen: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    telegram_rate: float = Field(30.0, gt=0, allow_inf_nan=False)
    telegram_proxy: str | None = None
    alarm_urls: SecretStr = SecretStr("")
    heartbeat_url: SecretStr = SecretStr("")

    @property
    def uses_sqlite(self) -> bool:
        """Whether the embedded database is used, which one process owns."""
        return self.database_url.startswith("sqlite:")

    @property
    def alarm_ways(self) -> list[str]:
        """The addresses of `ALARM_URLS`; they hold passwords."""
        return self.alarm_urls.get_secret_value().replace(", ", " ").split()


def spoken() -> Language:
    """The language in which whatever is wrong can be told."""
    try:
        return Spoken().operator_language
    except (ValidationError, OSError, ValueError):
        return "en"


def read_settings(**overrides: object) -> Settings:
    """The settings of this process. Raises Refused naming the first variable, or line, that can't be understood."""
    _names_in_file()
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        raise Refused("settings.invalid", name=name, reason=first["msg"]) from None
    for name in ("telegram_api_url", "telegram_proxy", "webhook_url"):
        _check_address(name, getattr(settings, name))
    _check_address("heartbeat_url", settings.heartbeat_url.get_secret_value())
    if settings.webhook_url is not None:
        _check_webhook(settings)
    return settings


def mistaken_name() -> Refused | None:
    """A name in `.env` that nothing reads and that is nearly one of ours: what it sets is not set."""
    from difflib import get_close_matches  # for the doctor alone

    known = [name.upper() for name in Settings.model_fields]
    for name in _names_in_file():
        meant = get_close_matches(name.upper(), known, 1, 0.8)
        if meant and name.upper() not in known:
            return Refused("settings.unknown", name=name, meant=meant[0])
    return None


def _names_in_file() -> list[str]:
    """The names that `.env` sets. Raises Refused when it can't be read: what it should set would be missing."""
    try:
        text = FILE.read_text("utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8?"
        raise Refused("settings.unreadable", path=FILE, reason=reason) from None
    lines = list(parse_stream(StringIO(text)))
    for line in lines:
        if line.error:
            raise Refused("settings.line", path=FILE, line=line.original.line)
    return [line.key for line in lines if line.key]


def _check_address(name: str, address: str | None) -> None:
    """The reason never quotes it: it may hold a password."""
    if not address:
        return
    try:
        parts = urlsplit(address)
        sound = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", address)
    except ValueError:
        sound = False
    if not sound or (parts.scheme not in ("http", "https") and name != "telegram_proxy"):
        raise Refused("settings.invalid", name=name.upper(), reason="https://…")


def _check_webhook(settings: Settings) -> None:
    url = settings.webhook_url or ""
    if settings.webhook_secret is None or settings.listen is None:
        raise Refused("settings.webhook_incomplete")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", settings.webhook_secret.get_secret_value()):
        raise Refused("settings.invalid", name="WEBHOOK_SECRET", reason="A-Z a-z 0-9 _ -")
    loopback = url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
    if not url.startswith("https://") and not (loopback and settings.telegram_api_url != OFFICIAL_API):
        raise Refused("settings.webhook_https")
