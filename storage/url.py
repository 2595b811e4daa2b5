"""Where the database is: reading `DATABASE_URL`, and showing it without its password."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from domain.errors import Refused

PLAIN = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]*)(:\d+)?(/[\w./-]*)?")  # host, port, path


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
    """An address for people to see: scheme, host, port and path; "?" where a piece of a password might be among them.

    A password with a sign in it that ought to be written as %XX parts an address elsewhere.
    """
    scheme, _, rest = url.rpartition("://")
    place, _, query = rest.partition("?")
    plain = "@" not in query and PLAIN.fullmatch(place.rpartition("@")[2])
    return f"{scheme}://{plain[0]}" if scheme.isalpha() and plain else "?"
