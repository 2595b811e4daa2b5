"""What Telegram answers when it refuses a call."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal as Telegram words it. `violation` marks calls that a correct bot never makes."""

    def __init__(self, code: int, description: str, *, violation: bool = False, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.violation = violation
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON answer: `ok`, `error_code`, `description` and, where Telegram has them, `parameters`."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str, *, violation: bool = False, **parameters: Any) -> ApiError:
    """400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {reason}", violation=violation, **parameters)


def forbidden(reason: str) -> ApiError:
    """403 with Telegram's prefix: the person or the group does not want the bot."""
    return ApiError(403, f"Forbidden: {reason}")
