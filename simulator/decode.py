"""Reads the parameters of a call from any encoding the Bot API takes: query, form, multipart, JSON."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson
from aiohttp import BodyPartReader, web

from simulator.errors import bad_request
from simulator.files import Upload


class Raw(NamedTuple):
    """Parameters as they came. `textual`: every value is text."""

    params: dict[str, Any]
    files: dict[str, Upload]
    textual: bool


async def decode(request: web.Request) -> Raw:
    """Parameters of a request; 400 when the body can't be read."""
    kind = request.content_type
    query = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return Raw(query, {}, True)
    if kind == "application/json":
        return _json(await request.read(), query)
    if kind == "multipart/form-data":
        return await _multipart(request, query)
    if kind in ("application/x-www-form-urlencoded", "application/octet-stream"):
        form = await request.post()
        return Raw({**query, **{key: value for key, value in form.items() if isinstance(value, str)}}, {}, True)
    raise bad_request(f"unsupported content type {kind}", violation=True)


def _json(body: bytes, query: dict[str, str]) -> Raw:
    try:
        params = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise bad_request("can't parse JSON object", violation=True) from None
    if not isinstance(params, dict):
        raise bad_request("the body must be a JSON object", violation=True)
    return Raw({**query, **params}, {}, False)


async def _multipart(request: web.Request, query: dict[str, str]) -> Raw:
    params: dict[str, Any] = dict(query)
    files: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("a form part has no name", violation=True)
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            params[part.name] = data.decode("utf-8", "replace")
        else:
            files[part.name] = Upload(part.filename, data, part.headers.get("Content-Type", "application/octet-stream"))
    return Raw(params, files, True)
