"""Serves the page: its files, a live stream of what the phones show, and what people do on them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson
from aiohttp import BodyPartReader, web

from simulator.files import UPLOAD_MOST
from simulator.page.acts import ACTS, Item, NotSendable, send_items
from simulator.page.view import chat_view
from simulator.phone import Phone
from simulator.world import Chat, World

HERE = Path(__file__).parent
BEAT = 5.0
"""Seconds between signs of life (with the time of day) to an idle page."""
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_SHOWN = (
    (0, b"\x89PNG", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
"""Where a file that the page may show says what it is: offset, bytes, type."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
Links = Mapping[str, Sequence[tuple[str, str]]]
"""For each role: (what the invitation is for, its payload)."""
Sees = Callable[[int], Awaitable[list[dict[str, Any]]]]
"""What the database holds about the person with a Telegram id: rows with `table`, `what` and `shown`."""


class Clock(Protocol):
    """The demo's clock."""

    def now(self) -> datetime:
        """The time it is for the bot, aware and local."""

    async def advance(self, to: str) -> None:
        """Moves on to the next `HH:MM`."""


class Page:
    """The phones of a demo in browsers on this machine."""

    def __init__(
        self,
        world: World,
        phones: Sequence[tuple[str, Phone]],
        clock: Clock | None,
        links: Callable[[], Links],
        sees: Sees | None = None,
    ) -> None:
        self._world = world
        self._phones = dict(phones)
        self._roles = {phone.id: role for role, phone in phones}
        self._clock = clock
        self._links = links
        self._sees = sees
        self._run = secrets.token_hex(8)
        self._viewers: set[_Viewer] = set()
        world.watch = self._changed

    def routes(self) -> list[web.RouteDef]:
        """What to add to the server."""
        return [
            web.get("/", self._asset),
            web.get("/page/events", self._events),
            web.get("/page/file/{id}", self._file),
            web.post("/page/act", self._act),
            web.post("/page/media/{role}", self._media),
            web.post("/page/clock", self._move_clock),
            web.get("/page/{name}", self._asset),
        ]

    def close(self) -> None:
        """Ends all streams."""
        for viewer in self._viewers:
            viewer.end()

    # What the page shows

    async def _asset(self, request: web.Request) -> web.Response:
        path = HERE / Path(request.match_info.get("name", "index.html")).name
        kind = _KINDS.get(path.suffix)
        if kind is None or not path.is_file():
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
        return web.Response(text=path.read_text("utf-8"), content_type=kind, headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        _check_local(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        viewer = _Viewer(set(self._phones))
        self._viewers.add(viewer)
        try:
            await _say(response, "hello", self._hello())
            seen: dict[str, Any] = {}
            while not viewer.ended:
                for role in await viewer.dirty(BEAT):
                    await _say(response, "chat", self._view(role))
                await _say(response, "clock", self._time())
                if self._sees is not None and seen != (now := await self._seen(self._sees)):
                    await _say(response, "sees", seen := now)
        except ConnectionError:
            pass  # the page was closed: nothing left to tell it
        finally:
            self._viewers.discard(viewer)
        return response

    def _hello(self) -> dict[str, Any]:
        return {
            "run": self._run,
            "bot": self._world.bot["first_name"],
            "roles": list(self._phones),
            "clock": self._clock is not None,
            "links": {role: [list(link) for link in self._links().get(role, ())] for role in self._phones},
        }

    async def _seen(self, sees: Sees) -> dict[str, Any]:
        """What the database sees of the person at the first phone, the resident's."""
        role, phone = next(iter(self._phones.items()))
        rows = await sees(phone.id)
        return {"role": role, "rows": [{key: str(row[key]) for key in ("table", "what", "shown")} for row in rows]}

    def _view(self, role: str) -> dict[str, Any]:
        return chat_view(role, self._phones[role], self._world.bot["id"], self._now().tzinfo)

    def _now(self) -> datetime:
        return self._clock.now() if self._clock else self._world.now().astimezone()

    def _time(self) -> dict[str, Any]:
        now = self._now()
        return {"time": f"{now:%H:%M}", "day": f"{now:%d/%m/%Y}", "weekday": now.weekday()}

    def _changed(self, chat: Chat) -> None:
        role = self._roles.get(chat.id)
        if role is not None:
            for viewer in self._viewers:
                viewer.mark(role)

    async def _file(self, request: web.Request) -> web.Response:
        stored = self._world.files.get(request.match_info["id"])
        if stored is None:
            raise web.HTTPNotFound
        kind = _kind_shown(stored.data)
        if kind is not None:
            return _part(request, stored.data, kind)
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=stored.data, content_type="application/octet-stream", headers=headers)

    # What people do

    async def _act(self, request: web.Request) -> web.Response:
        _check_local(request)
        try:
            what = orjson.loads(await request.read())
            phone = self._phones[what["role"]]
            act = ACTS[what["do"]]
            argument = what.get("argument")
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise web.HTTPBadRequest(text=f"not understood: {type(error).__name__}") from None
        try:
            await act(phone, argument)
        except (AssertionError, KeyError, TypeError) as error:
            raise web.HTTPConflict(text=str(error)) from None
        return web.json_response({})

    async def _media(self, request: web.Request) -> web.Response:
        _check_local(request)
        phone = self._phones.get(request.match_info["role"])
        if phone is None or request.content_type != "multipart/form-data":
            raise web.HTTPBadRequest(text="files for a known phone, as a form")
        if (request.content_length or 0) > UPLOAD_MOST:
            raise web.HTTPRequestEntityTooLarge(UPLOAD_MOST, request.content_length or 0)
        try:
            await send_items(phone, await _items(request), request.query.get("caption", ""))
        except NotSendable as refusal:
            raise web.HTTPBadRequest(text=str(refusal)) from None
        except AssertionError as refusal:
            raise web.HTTPConflict(text=str(refusal)) from None
        return web.json_response({})

    async def _move_clock(self, request: web.Request) -> web.Response:
        _check_local(request)
        if self._clock is None:
            raise web.HTTPNotFound
        what = orjson.loads(await request.read())
        await self._clock.advance(str(what["to"]))
        for viewer in self._viewers:
            viewer.mark(None)
        return web.json_response(self._time())


class _Viewer:
    """One open page, and which phones changed since it was last told."""

    def __init__(self, roles: set[str]) -> None:
        self._dirty: set[str] = set(roles)
        self._wake = asyncio.Event()
        self._wake.set()
        self.ended = False

    def mark(self, role: str | None) -> None:
        if role is not None:
            self._dirty.add(role)
        self._wake.set()

    def end(self) -> None:
        self.ended = True
        self._wake.set()

    async def dirty(self, most: float) -> set[str]:
        """Roles to show again; none after `most` seconds of silence."""
        try:
            await asyncio.wait_for(self._wake.wait(), most)
        except TimeoutError:
            return set()
        self._wake.clear()
        taken, self._dirty = self._dirty, set()
        return taken


async def _items(request: web.Request) -> list[Item]:
    """The files of a form; each part is named after the way it is sent."""
    items = []
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader):
            mime = part.headers.get("Content-Type", "application/octet-stream")
            items.append(Item(part.name or "", part.filename or "", mime, bytes(await part.read())))
    return items


def _part(request: web.Request, data: bytes, kind: str) -> web.Response:
    """The bytes that were asked for: a player jumps about in a sound, and learns its length from its end."""
    headers = {"X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes"}
    try:
        start, end, _ = request.http_range.indices(len(data))
    except ValueError:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{len(data)}"}) from None
    if "Range" not in request.headers or start >= end:
        return web.Response(body=data, content_type=kind, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(data)}"
    return web.Response(status=206, body=data[start:end], content_type=kind, headers=headers)


def _kind_shown(data: bytes) -> str | None:
    return next((kind for at, mark, kind in _SHOWN if data[at : at + len(mark)] == mark), None)


async def _say(response: web.StreamResponse, event: str, data: dict[str, Any]) -> None:
    await response.write(b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n")


def _check_local(request: web.Request) -> None:
    """Only this page may act: no other site in the same browser, no name that was pointed at this machine."""
    host = request.host.rpartition(":")[0] or request.host
    origin = request.headers.get("Origin")
    if host not in ("127.0.0.1", "localhost") or origin not in (None, f"http://{request.host}"):
        raise web.HTTPForbidden
