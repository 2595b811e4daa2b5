"""How updates reach the bot: long polling, one poller at a time, or a webhook."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

import orjson

from simulator.errors import ApiError, bad_request
from simulator.methods.registry import Given
from simulator.updates import UpdateQueue
from simulator.webhook import Hook, Pusher, Reply

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
_PORTS = frozenset([None, 443, 80, 88, 8443])
_POLL_MOST = 50


class Feed:
    """getUpdates, setWebhook, deleteWebhook and getWebhookInfo."""

    def __init__(self, updates: UpdateQueue, reply: Reply, backoff: tuple[float, float]) -> None:
        self._updates = updates
        self._reply = reply
        self._backoff = backoff
        self._poller: asyncio.Future[None] | None = None
        self._pusher: Pusher | None = None

    @property
    def unconfirmed(self) -> int:
        """Updates the bot has not confirmed yet."""
        return len(self._updates) + (self._pusher.waiting if self._pusher else 0)

    @property
    def expired(self) -> int:
        """Updates that were too old before the bot took them."""
        return self._updates.expired

    async def get_updates(self, given: Given) -> bytes:
        """A JSON array of at most `limit` updates; waits up to `timeout` seconds for the first.

        An offset confirms everything below it. A newer poller ends an older one with 409.
        """
        params = given.params
        if self._pusher is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )
        self._wish(params)
        limit, timeout = params.get("limit", 100), params.get("timeout", 0)
        if not 1 <= limit <= 100 or timeout < 0:
            raise bad_request("limit must be 1 to 100 and timeout not negative", violation=True)
        self._end_poller()
        self._updates.confirm(params.get("offset", 0))
        head = self._updates.peek(limit)
        if not head and timeout:
            await self._wait(min(timeout, _POLL_MOST))
            head = self._updates.peek(limit)
        return b"[" + b",".join(head) + b"]"

    def _wish(self, params: dict[str, Any]) -> None:
        if "allowed_updates" in params:
            self._updates.allowed = frozenset(params["allowed_updates"]) or None

    def _end_poller(self) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(
                ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            )
        self._poller = None

    async def _wait(self, seconds: float) -> None:
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poller = ended
        more = asyncio.ensure_future(self._updates.more())
        try:
            await asyncio.wait([ended, more], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                ended.result()
        finally:
            more.cancel()
            ended.cancel()
            if self._poller is ended:
                self._poller = None

    async def set_webhook(self, given: Given) -> bool:
        """Sends updates to an address from now on; https, or anything on loopback. An empty address removes it."""
        params = given.params
        address = params["url"]
        if not address:
            return await self.delete_webhook(given)
        _check_address(address)
        secret = params.get("secret_token", "")
        if secret and not _SECRET.match(secret):
            raise bad_request("secret token contains unallowed characters", violation=True)
        most = params.get("max_connections", 40)
        if not 1 <= most <= 100:
            raise bad_request("max_connections must be 1 to 100", violation=True)
        self._wish(params)
        if params.get("drop_pending_updates"):
            self._updates.clear()
        self._end_poller()
        await self._stop_pusher()
        self._pusher = Pusher(Hook(address, secret, most, *self._backoff), self._updates, self._reply)
        self._pusher.start()
        return True

    async def delete_webhook(self, given: Given) -> bool:
        """Back to polling; what was not delivered waits."""
        await self._stop_pusher()
        if given.params.get("drop_pending_updates"):
            self._updates.clear()
        return True

    async def webhook_info(self, given: Given) -> dict[str, Any]:
        """What is set, and how it goes."""
        info: dict[str, Any] = {"url": "", "has_custom_certificate": False, "pending_update_count": self.unconfirmed}
        if self._pusher is not None:
            info |= {"url": self._pusher.hook.url, "max_connections": self._pusher.hook.connections}
            info |= self._pusher.last_error
        if self._updates.allowed is not None:
            info["allowed_updates"] = sorted(self._updates.allowed)
        return info

    async def _stop_pusher(self) -> None:
        pusher, self._pusher = self._pusher, None
        if pusher is not None:
            # A bot that dies in the middle of setWebhook breaks its call off: what is on its way must not go with it.
            await asyncio.shield(self._take_back(pusher))

    async def _take_back(self, pusher: Pusher) -> None:
        self._updates.give_back(await pusher.stop())

    async def close(self) -> None:
        """Ends a waiting poll and the webhook."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(ApiError(502, "Bad Gateway"))
        await self._stop_pusher()


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if _is_loopback(parts.hostname or ""):
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook", violation=True)
    if parts.port not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", violation=True)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def answer(result: Any) -> bytes:
    """The JSON of a call that worked; a result given as bytes is JSON already."""
    body = result if isinstance(result, bytes) else orjson.dumps(result)
    return b'{"ok":true,"result":' + body + b"}"
