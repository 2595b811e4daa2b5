"""What a bad answer of the Bot API means: one table (`RULES`) decides it, and only there."""

import re
from collections.abc import Callable
from dataclasses import dataclass


class Failure(Exception):
    """A call that brought no result. The text of a failure never holds the token nor what was sent."""


class Later(Failure):
    """Try again, after `retry_after` seconds if Telegram said so. `uncertain`: perhaps it was done, the answer is lost.

    `whole_bot`: the refusal is not about one chat. `limited`: it was a 429. `slow`: the time for it ran out.
    """

    def __init__(
        self,
        retry_after: float | None = None,
        whole_bot: bool = False,
        *,
        uncertain: bool = False,
        limited: bool = False,
        slow: bool = False,
        reason: str = "",
    ) -> None:
        super().__init__(reason or "try again later")
        self.retry_after = retry_after
        self.whole_bot = whole_bot
        self.uncertain = uncertain
        self.limited = limited
        self.slow = slow
        self.reason = reason


class Garbled(Later):
    """An answer that is not JSON: a proxy's page, a cut body, an update nobody can parse. `raw` is for quarantine."""

    def __init__(self, raw: bytes, status: int) -> None:
        super().__init__(uncertain=True, reason=f"an answer that is not JSON, status {status}")
        self.raw = raw
        self.status = status


class Gone(Failure):
    """The chat can't be reached any more; `reason` is one short code (`blocked`, `deactivated`, `not_found`, …)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Moved(Failure):
    """The group became a supergroup with another id."""

    def __init__(self, chat_id: int) -> None:
        super().__init__("the chat has a new id")
        self.chat_id = chat_id


class Unchanged(Failure):
    """An edit that changes nothing: success for whoever asked."""


class Vanished(Failure):
    """What the call is about is no longer there; `reason` is `message`, `topic`, `reply` or `query`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Malformed(Failure):
    """Telegram does not understand this call and never will."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


class Unauthorized(Failure):
    """The token is not (or no longer) a bot's."""


class Conflict(Failure):
    """Somebody else takes this bot's updates: a second process, or a webhook. `webhook` tells which."""

    def __init__(self, webhook: bool) -> None:
        super().__init__("a webhook is set" if webhook else "another process polls with this token")
        self.webhook = webhook


@dataclass(frozen=True, slots=True)
class Answer:
    """What an error answer says; `retry_after` in seconds; `chat`: the call named a chat."""

    code: int
    description: str
    retry_after: float | None
    new_chat: int | None
    chat: bool


Make = Callable[[Answer], Failure]


def _gone(reason: str) -> Make:
    return lambda _: Gone(reason)


def _vanished(reason: str) -> Make:
    return lambda _: Vanished(reason)


def _limited(answer: Answer) -> Failure:
    return Later(answer.retry_after, not answer.chat, limited=True, reason="too many requests")


def _broken(answer: Answer) -> Failure:
    return Later(answer.retry_after, uncertain=True, reason=f"server error {answer.code}")


# First match wins: codes from..to, words looked for in the description, what it means.
RULES: tuple[tuple[int, int, str, Make], ...] = (
    (429, 429, "", _limited),
    (500, 599, "", _broken),
    (401, 401, "", lambda _: Unauthorized("the token is refused")),
    (404, 404, "method", lambda answer: Malformed(answer.description)),
    (404, 404, "", lambda _: Unauthorized("the token is not known")),
    (409, 409, "webhook", lambda _: Conflict(webhook=True)),
    (409, 409, "", lambda _: Conflict(webhook=False)),
    (403, 403, "blocked", _gone("blocked")),
    (403, 403, "deactivated", _gone("deactivated")),
    (403, 403, "initiate", _gone("never_started")),
    (403, 403, "kicked|not a member|deleted", _gone("removed")),
    (403, 403, "", _gone("forbidden")),
    (400, 400, "message is not modified", lambda _: Unchanged("nothing to change")),
    (400, 400, "thread not found|topic[_ ](deleted|closed|id_invalid|not found)", _vanished("topic")),
    (400, 400, "query is too old|query_id_invalid|query id is invalid", _vanished("query")),
    (400, 400, "repl(ied|y) (message )?not found", _vanished("reply")),
    (400, 400, r"message (to \w+ )?not found|message_id_invalid", _vanished("message")),
    (400, 400, "message can't be (edited|deleted)", _vanished("message")),
    (400, 400, "chat not found|peer_id_invalid|chat_id_invalid|user not found", _gone("not_found")),
    (400, 400, "deactivated", _gone("deactivated")),
    (400, 400, "not enough rights|have no rights|chat_write_forbidden|administrator rights", _gone("no_rights")),
    (400, 499, "", lambda answer: Malformed(answer.description)),
)


def failure_of(answer: Answer) -> Failure:
    """What an error answer means."""
    if answer.new_chat is not None:
        return Moved(answer.new_chat)
    words = answer.description.lower()
    for first, last, pattern, make in RULES:
        if first <= answer.code <= last and re.search(pattern, words):
            return make(answer)
    return Later(uncertain=True, reason=f"an answer with code {answer.code}")
