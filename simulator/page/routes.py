"""Serves the page: its files, a live stream of what the phones show, and what people do on them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson
from aiohttp import web

from simulator.files import UPLOAD_MOST, picture_size
from simulator.page.view import chat_view
from simulator.phone import Phone
from simulator.world import Chat, World

HERE = Path(__file__).parent
BEAT = 5.0
"""Seconds between signs of life (with the time of day) to an idle page."""
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp", b"GIF8": "image/gif"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
Links = Mapping[str, Sequence[tuple[str, str]]]
"""For each role: (what the invitation is for, its payload)."""


class Clock(Protocol):
    """The demo's clock."""

    def now(self) -> datetime:
        """The time it is for the bot, aware and local."""

    async def advance(self, to: str) -> str:
        """Moves on to the next `HH:MM`; returns the new local time (ISO 8601)."""


class Page:
    """The phones of a demo in browsers on this machine."""

    def __init__(
        self, world: World, phones: Sequence[tuple[str, Phone]], clock: Clock | None, links: Callable[[], Links]
    ) -> None:
        self._world = world
        self._phones = dict(phones)
        self._roles = {phone.id: role for role, phone in phones}
        self._clock = clock
        self._links = links
        self._viewers: set[_Viewer] = set()
        world.watch = self._changed

    def routes(self) -> list[web.RouteDef]:
        """What to add to the server."""
        return [
            web.get("/", self._asset),
            web.get("/page/events", self._events),
            web.get("/page/file/{id}", self._file),
            web.post("/page/act", self._act),
            web.post("/page/photo/{role}", self._photo),
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
            while not viewer.ended:
                for role in await viewer.dirty(BEAT):
                    await _say(response, "chat", self._view(role))
                await _say(response, "clock", self._time())
        except ConnectionError:
            pass  # the page was closed: nothing left to tell it
        finally:
            self._viewers.discard(viewer)
        return response

    def _hello(self) -> dict[str, Any]:
        return {
            "bot": self._world.bot["first_name"],
            "roles": list(self._phones),
            "clock": self._clock is not None,
            "links": {role: [list(link) for link in self._links().get(role, ())] for role in self._phones},
        }

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
        kind = next((kind for head, kind in _PICTURES.items() if stored.data.startswith(head)), None)
        if kind is not None:
            return web.Response(body=stored.data, content_type=kind)
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=stored.data, content_type="application/octet-stream", headers=headers)

    # What people do

    async def _act(self, request: web.Request) -> web.Response:
        _check_local(request)
        try:
            what = orjson.loads(await request.read())
            phone = self._phones[what["role"]]
            act = _ACTS[what["do"]]
            argument = what.get("argument")
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise web.HTTPBadRequest(text=f"not understood: {type(error).__name__}") from None
        try:
            await act(phone, argument)
        except (AssertionError, KeyError, TypeError) as error:
            raise web.HTTPConflict(text=str(error)) from None
        return web.json_response({})

    async def _photo(self, request: web.Request) -> web.Response:
        _check_local(request)
        phone = self._phones.get(request.match_info["role"])
        data = await request.read()
        if phone is None or len(data) > UPLOAD_MOST or picture_size(data) is None:
            raise web.HTTPBadRequest(text="not a picture")
        await phone.send_photo(data, name="photo.jpg")
        return web.json_response({})

    async def _move_clock(self, request: web.Request) -> web.Response:
        _check_local(request)
        if self._clock is None:
            raise web.HTTPNotFound
        what = orjson.loads(await request.read())
        now = await self._clock.advance(str(what["to"]))
        for viewer in self._viewers:
            viewer.mark(None)
        return web.json_response({"now": now})


async def _send(phone: Phone, text: Any) -> None:
    await phone.send(str(text))


async def _tap(phone: Phone, label: Any) -> None:
    await phone.tap(str(label))


async def _press(phone: Phone, button: Any) -> None:
    await phone.press_data(str(button["data"]), int(button["message"]))


async def _open_link(phone: Phone, payload: Any) -> None:
    await phone.open_link(str(payload))


async def _place(phone: Phone, _: Any) -> None:
    await phone.send_location(18.5283, 105.7089)


async def _block(phone: Phone, on: Any) -> None:
    await (phone.block() if on else phone.unblock())


_ACTS: dict[str, Callable[[Phone, Any], Awaitable[None]]] = {
    "send": _send,
    "tap": _tap,
    "press": _press,
    "link": _open_link,
    "place": _place,
    "block": _block,
}


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


async def _say(response: web.StreamResponse, event: str, data: dict[str, Any]) -> None:
    await response.write(b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n")


def _check_local(request: web.Request) -> None:
    """Only this page may act: no other site in the same browser, no name that was pointed at this machine."""
    host = request.host.rpartition(":")[0] or request.host
    origin = request.headers.get("Origin")
    if host not in ("127.0.0.1", "localhost") or origin not in (None, f"http://{request.host}"):
        raise web.HTTPForbidden
