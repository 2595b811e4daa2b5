"""Intake by webhook, in a file of its own: a bot that polls and tells nobody how it is needs no web server."""

import asyncio
import hmac
import logging

from aiohttp import web

from bot.api import Api
from bot.intake import ALLOWED_UPDATES, CONNECTIONS, Accept, Pause, Quarantine, insist, number_in
from bot.web import BODY_LIMIT, Routes
from domain.errors import Refused

log = logging.getLogger(__name__)

GROUP = 500  # updates committed together at most


class Webhook:
    """Takes updates that Telegram posts to `path`, with `secret` in their header; 200 only after the commit.

    Requests that wait at the same time are committed together.
    """

    def __init__(self, accept: Accept, secret: str, path: str, quarantine: Quarantine) -> None:
        if not secret:
            raise Refused("webhook.secret_missing")
        self._accept = accept
        self._secret = secret.encode()
        self._path = path
        self._quarantine = quarantine
        self._waiting: list[tuple[int, bytes, asyncio.Future[bool]]] = []
        self._committing: asyncio.Task[None] | None = None

    def routes(self) -> Routes:
        """What the web server serves."""
        return [web.post(self._path, self.handle)]

    async def register(self, api: Api, url: str, stop: asyncio.Event, connections: int = CONNECTIONS) -> None:
        """Tell Telegram to post to `url`, again and again until it agrees. Refused `telegram.token`."""
        data = {
            "url": url,
            "secret_token": self._secret.decode(),
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": connections,
        }
        await insist(api, "setWebhook", data, Pause(stop))

    async def handle(self, request: web.Request) -> web.Response:
        """One update: 200 committed, 403 wrong secret, 400 doesn't unpack, 413 too large.

        503 not committed: Telegram offers it again.
        """
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret):
            return web.Response(status=403)
        try:
            raw = await _body(request)
        except web.RequestPayloadError as error:  # cut off, or packed in a way that doesn't unpack
            log.error("a webhook request could not be read: %s", type(error).__name__)
            refused = web.Response(status=400)
            refused.force_close()  # where the next request begins, nobody knows
            return refused
        if raw is None:
            log.error("a webhook request of more than %d bytes was refused", BODY_LIMIT)
            return web.Response(status=413)
        update_id = number_in(raw)
        committed = await (self._set_aside(raw) if update_id is None else self._commit(update_id, raw))
        return web.Response(status=200 if committed else 503)

    async def _set_aside(self, raw: bytes) -> bool:
        # Refused, it would come again for ever and hold its chat's later updates.
        log.error("an unreadable update was put aside")
        try:
            await self._quarantine(raw)
        except Exception as error:
            log.error("an unreadable update could not be committed: %s", type(error).__name__)
            return False
        return True

    async def _commit(self, update_id: int, raw: bytes) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((update_id, raw, done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        return await done

    async def _commit_all(self) -> None:
        """Commit what waits, in groups, until nothing does. A task of its own: no broken-off request can stop it."""
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                committed = False
                try:
                    await self._accept([(update_id, raw) for update_id, raw, _ in group])
                    committed = True
                except Exception as error:
                    log.error("%d updates could not be committed: %s", len(group), type(error).__name__)
                finally:
                    for _, _, done in group:
                        if not done.done():
                            done.set_result(committed)
        finally:
            self._committing = None


async def _body(request: web.Request) -> bytes | None:
    """The request's body, None beyond the limit."""
    if (request.content_length or 0) > BODY_LIMIT:
        return None
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None
