"""python-telegram-bot's HTTP interface over our one session: its own client is slower by a factor of eight."""

import io
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.api import CALL_TIMEOUT, Api, Later, parse

# Library type: a value, None, or "not given".
Given = Any


class AiohttpRequest(BaseRequest):
    """Lends `Api`'s session to a PTB `Bot`. The session belongs to `Api`: shutting this down leaves it open."""

    __slots__ = ("_api", "_read_timeout")

    def __init__(self, api: Api, read_timeout: float = CALL_TIMEOUT) -> None:
        self._api = api
        self._read_timeout = read_timeout

    @property
    def read_timeout(self) -> float | None:
        """Seconds for a whole call when the caller names none."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the shared session."""
        await self._api.open()

    async def shutdown(self) -> None:
        """Nothing: whoever made the `Api` closes it."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Given = BaseRequest.DEFAULT_NONE,
        write_timeout: Given = BaseRequest.DEFAULT_NONE,
        connect_timeout: Given = BaseRequest.DEFAULT_NONE,
        pool_timeout: Given = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One exchange: HTTP status and body. The finer timeouts are covered by the whole call's."""
        timeout = self._read_timeout if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        body, headers = _body(request_data)
        trouble: NetworkError
        try:
            return await self._api.exchange(method, url, data=body, headers=headers, timeout=timeout or 3600.0)
        except Later as error:
            trouble = TimedOut() if error.slow else NetworkError(error.reason)
        raise trouble

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The answer as Python objects; TelegramError, without its content, when it is not JSON."""
        try:
            return parse(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None


def _body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str] | None]:
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        return request_data.json_payload, {"Content-Type": "application/json"}
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in request_data.multipart_data.items():
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=filename, content_type=media_type)
    return form, None
