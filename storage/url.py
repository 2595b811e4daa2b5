"""Where the database is: reading `DATABASE_URL`, and showing it without its password."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from domain.errors import Refused


@dataclass(frozen=True)
class DatabaseUrl:
    """A database's address. `raw` may hold a password: log and show `shown`."""

    dialect: Literal["sqlite", "postgresql"]
    raw: str
    shown: str
    path: Path

    def __repr__(self) -> str:
        return f"DatabaseUrl({self.shown})"

    @classmethod
    def parse(cls, url: str) -> "DatabaseUrl":
        """Read an address. Raises `Refused("database.unreadable")` for one that is not of a database we know."""
        scheme, _, rest = url.partition("://")
        if scheme == "sqlite" and rest.startswith("/") and rest[1:] and ":memory:" not in rest:
            path = Path(unquote(rest[1:].partition("?")[0]))
            return cls(dialect="sqlite", raw=url, shown=str(path), path=path)
        if scheme in ("postgresql", "postgres"):
            return cls(dialect="postgresql", raw=url, shown=without_password(url), path=Path())
        raise Refused("database.unreadable", path=without_password(url), reason="sqlite:/// | postgresql://")


def without_password(url: str) -> str:
    """Drop user, password and every query parameter that may carry one, from an address meant for people."""
    try:
        parts = urlsplit(url)
        query = [(name, value) for name, value in parse_qsl(parts.query) if "pass" not in name and "ssl" not in name]
    except ValueError:
        return "?"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, urlencode(query), ""))
