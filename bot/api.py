"""One HTTP session to the Bot API: calls, and downloads of files. Whatever fails is raised as a `Failure`."""

import io
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from bot.failures import (
    Answer,
    Conflict,
    Failure,
    Garbled,
    Gone,
    Later,
    Malformed,
    Moved,
    Unauthorized,
    Unchanged,
    Vanished,
    failure_of,
)
from domain.errors import Refused

__all__ = [
    "Api",
    "Conflict",
    "Failure",
    "FilePart",
    "Garbled",
    "Gone",
    "Later",
    "Malformed",
    "Moved",
    "Unauthorized",
    "Unchanged",
    "Vanished",
    "parse",
]

CALL_TIMEOUT = 20.0  # seconds for a whole call, when its caller names none
CONNECT_TIMEOUT = 10.0
CONNECTIONS = 256  # at a time; delivery keeps to far fewer
FILE_LIMIT = 20 * 1024 * 1024  # bytes; Telegram's own limit of getFile
FILE_SILENCE = 30.0  # seconds without a byte, after which nothing more of a file will come
LONGEST_WAIT = 86_400.0  # seconds; who is told to wait longer asks again after a day
FILE_TIMEOUT = 900.0  # seconds for a whole file: the largest one on a line of 25 kB/s


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file to upload: `name` as the recipient sees it, its bytes, and its media type."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


def parse(raw: bytes) -> Any:
    """JSON as Python objects; ValueError when nothing can read it.

    The standard library takes what orjson refuses (half a surrogate, a number too large): one such update in a batch
    must not hold the rest.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return json.loads(raw.decode("utf-8", "replace"), strict=False)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Api:
    """Calls of Bot API methods. `url` is the base before `/bot<token>/`; `proxy` an http(s) address, login and all."""

    def __init__(self, url: str, token: str, proxy: str | None = None) -> None:
        if proxy is not None and not proxy.startswith(("http://", "https://")):
            raise Refused("telegram.proxy", scheme=proxy.partition(":")[0])
        self._base = url.rstrip("/")
        self._token = token
        self._proxy = proxy
        self.heard_at = time.monotonic()  # when Telegram last gave an answer that shows it is well
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Api({self._base!r})"

    async def open(self) -> None:
        """Open the session; a call opens it by itself if nobody did."""
        self.session()

    async def close(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def session(self) -> aiohttp.ClientSession:
        """The one session, opened on first use (inside the running loop)."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=self._proxy,
            )
        return self._session

    async def call(
        self,
        method: str,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, FilePart] | None = None,
        timeout: float = CALL_TIMEOUT,
    ) -> Any:
        """The raw `result` of a method. Parameters that are None are left out; `timeout` in seconds for all of it.

        Raises a `Failure`.
        """
        params = {name: value for name, value in (data or {}).items() if value is not None}
        body: bytes | aiohttp.FormData = _form(params, files) if files else _encoded(params)
        headers = None if files else {"Content-Type": "application/json"}
        url = f"{self._base}/bot{self._token}/{method}"
        status, raw = await self.exchange("POST", url, data=body, headers=headers, timeout=timeout)
        try:
            answer = parse(raw)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise Garbled(raw, status)
        if answer.get("ok") is True and "result" in answer:
            self.heard_at = time.monotonic()
            return answer["result"]
        if answer.get("ok") is not False:
            # Whoever stands between us and Telegram may forbid us something; nobody has blocked us by that.
            raise Later(uncertain=True, reason=f"an answer that is not Telegram's, status {status}")
        failure = failure_of(self._answer(status, answer, "chat_id" in params))
        # A refused call was heard; a refused token or a broken server serves nobody.
        if not isinstance(failure, Unauthorized) and not (isinstance(failure, Later) and failure.uncertain):
            self.heard_at = time.monotonic()
        raise failure

    async def download(
        self,
        file_path: str,
        limit: int = FILE_LIMIT,
        silence: float = FILE_SILENCE,
        timeout: float = FILE_TIMEOUT,
    ) -> bytes:
        """The bytes of a file that `getFile` named. Vanished when no longer kept, Malformed beyond `limit` bytes.

        Later after `silence` seconds without a byte, and after `timeout` seconds in all.
        """
        url = f"{self._base}/file/bot{self._token}/{file_path}"
        status, raw = await self.exchange("GET", url, timeout=timeout, silence=silence, limit=limit)
        if status in (400, 404, 410):
            raise Vanished("file")
        if status == 401:
            raise Unauthorized("the token is refused")
        if status != 200:
            raise Later(limited=status == 429, reason=f"status {status} for a file")
        return raw

    async def exchange(
        self,
        verb: str,
        url: str,
        *,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = CALL_TIMEOUT,
        silence: float | None = None,
        limit: int | None = None,
    ) -> tuple[int, bytes]:
        """One HTTP exchange: status and body. Every trouble of the network is a `Later` without its address.

        `timeout`: seconds for all of it; `silence`: between two bytes of the answer; `limit`: bytes of the body.
        """
        limits = aiohttp.ClientTimeout(total=timeout, sock_connect=min(CONNECT_TIMEOUT, timeout), sock_read=silence)
        trouble: Later
        try:
            async with self.session().request(
                verb, url, data=data, headers=headers, timeout=limits, allow_redirects=False
            ) as response:
                return response.status, await _read(response, limit)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            trouble = Later(slow=isinstance(error, TimeoutError), reason=type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            trouble = Later(uncertain=True, slow=isinstance(error, TimeoutError), reason=type(error).__name__)
        # Raised out here, so that the library's error, which may hold the address with the token, does not hang on it.
        raise trouble

    def _answer(self, status: int, answer: Mapping[str, Any], chat: bool) -> Answer:
        code = answer.get("error_code")
        told = str(answer.get("description") or "").replace(self._token, "<token>")
        hints = answer.get("parameters")
        hints = hints if isinstance(hints, dict) else {}
        moved = hints.get("migrate_to_chat_id")
        return Answer(
            code if isinstance(code, int) else status,
            _QUOTED.sub("…", told)[:200],
            _seconds(hints.get("retry_after")) or _seconds(_said(told)),
            moved if isinstance(moved, int) and not isinstance(moved, bool) else None,
            chat,
        )


# What a description may quote of what was sent: names and words between quotation marks, ids and numbers.
_QUOTED = re.compile(r'"[^"]*"?|\d{5,}')


async def _read(response: aiohttp.ClientResponse, limit: int | None) -> bytes:
    if limit is None:
        return await response.read()
    parts, size = [], 0
    async for part in response.content.iter_chunked(1 << 16):
        size += len(part)
        if size > limit:
            raise Malformed(f"a file of more than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _encoded(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # orjson.JSONEncodeError is one
        pass
    try:
        # Half a surrogate, say from a name that is quoted: a question mark in its place, but sent.
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError):
        pass
    # Raised out here: the library's error may quote what was to be sent.
    raise Malformed("parameters that can't be written as JSON")


def _form(params: Mapping[str, Any], files: Mapping[str, FilePart]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in params.items():
        text = value.encode("utf-8", "replace") if isinstance(value, str) else _encoded(value)
        form.add_field(name, text.decode())
    for name, part in files.items():
        form.add_field(name, io.BytesIO(part.content), filename=part.name, content_type=part.media_type)
    return form


def _said(description: str) -> float | None:
    found = re.search(r"retry after (\d+)", description)
    return float(found[1]) if found else None


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return None
    return float(min(value, LONGEST_WAIT))
