"""What the bot called: recorded for tests, with what came of it."""

from __future__ import annotations

import time
from typing import Any, NamedTuple


class _Triple(NamedTuple):
    method: str
    params: dict[str, Any]
    ok: bool


class Call(_Triple):
    """(method, params, ok), and beside it: `error` (description or fault), `result`, `at` (monotonic seconds)."""

    error: str | None
    result: Any
    at: float

    @classmethod
    def of(cls, method: str, params: dict[str, Any], result: Any, error: str | None) -> Call:
        """A call that was just answered."""
        call = cls(method, params, error is None)
        call.error, call.result, call.at = error, result, time.monotonic()
        return call
