"""Logs for the operator: ids and codes, never content, names or chats; text or one JSON object a line."""

import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

# Libraries that log parameters, addresses with the token, or every timer.
QUIET = ("aiosqlite", "httpx", "httpcore", "telegram", "apscheduler", "asyncio", "psycopg", "alembic", "sqlalchemy")


class JsonLines(logging.Formatter):
    """One object a line: `time`, `level`, `logger`, `message`; `error` is the kind and place of an exception.

    What a message names by name (`"file %(file)s …", {"file": …}`) stands in `fields` too.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if isinstance(record.args, Mapping):
            line["fields"] = record.args
        if record.exc_info:
            line["error"] = where(record)
        return orjson.dumps(line, default=str).decode()


class Lines(logging.Formatter):
    """One line a record; of an exception its kind and place, not its text, which may quote what a person wrote."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        shown = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None})
        return super().format(shown) + (f" ({where(record)})" if record.exc_info else "")


def where(record: logging.LogRecord) -> str:
    """The kind of an exception and the line that raised it."""
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    trace = record.exc_info[2]
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    return f"{record.exc_info[0].__name__}{place}"


def set_up(level: str, form: str) -> None:
    """Logs to stderr from here on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
