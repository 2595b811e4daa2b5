"""Every environment variable, typed and explained; nothing else reads the environment."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import Refused

OFFICIAL_API = "https://api.telegram.org"


class Settings(BaseSettings):
    """`.env` in the working folder, overridden by the environment. Each line stands in `.env.example` too."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

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
    telegram_rate: float = 30.0
    telegram_proxy: str | None = None
    operator_language: Literal["vi", "en"] = "en"
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


def read_settings(**overrides: object) -> Settings:
    """The settings of this process. Raises Refused naming the first variable that can't be understood."""
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        raise Refused("settings.invalid", name=name, reason=first["msg"]) from None
    heartbeat = settings.heartbeat_url.get_secret_value()
    if heartbeat and not heartbeat.startswith(("https://", "http://")):
        raise Refused("settings.invalid", name="HEARTBEAT_URL", reason="https://…")
    if settings.telegram_rate <= 0:
        raise Refused("settings.invalid", name="TELEGRAM_RATE", reason="more than 0")
    if settings.webhook_url is not None:
        _check_webhook(settings)
    return settings


def _check_webhook(settings: Settings) -> None:
    url = settings.webhook_url or ""
    if settings.webhook_secret is None or settings.listen is None:
        raise Refused("settings.webhook_incomplete")
    loopback = url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
    if not url.startswith("https://") and not (loopback and settings.telegram_api_url != OFFICIAL_API):
        raise Refused("settings.webhook_https")
