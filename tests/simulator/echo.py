"""A tiny bot for the page's tests: greets, echoes, sends a picture, knows what time it is."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import aiohttp

from simulator import Simulator
from tests.simulator.caller import Caller

HANOI = timezone(timedelta(hours=7))
GREETING = (
    "🌿 An Phường chào bà con.\n🚨 Nguy cấp, gọi ngay 113 công an, 114 cháy, 115 cấp cứu. "
    "Nhắn ở đây không thay cuộc gọi.\nChuyện khác cứ nhắn /baotin, Công an phường trả lời. Giấu tên được."
)
AGREE = {
    "inline_keyboard": [[{"text": "Đồng ý", "callback_data": "yes"}, {"text": "Đọc kỹ hơn", "callback_data": "no"}]]
}
KEYS = {
    "keyboard": [
        [{"text": "📝 Báo tin"}, {"text": "🚨 Khẩn cấp"}],
        [{"text": "📬 Tin của tôi"}, {"text": "❓ Trợ giúp"}],
    ],
    "resize_keyboard": True,
    "is_persistent": True,
}


class Clock:
    """A clock that only the page moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 19, 42, tzinfo=HANOI)

    def now(self) -> datetime:
        return self.at

    async def advance(self, to: str) -> None:
        hour, minute = map(int, to.split(":"))
        moved = self.at.replace(hour=hour, minute=minute)
        self.at = moved if moved > self.at else moved + timedelta(days=1)


def drawing(width: int = 640, height: int = 360) -> bytes:
    """A small real PNG: a green slope on white."""
    rows = b"".join(
        b"\0" + b"\x2a\x8a\x5a" * (x := width * y // height) + b"\xff\xff\xff" * (width - x) for y in range(height)
    )

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


class Echo:
    """The bot: a loop over getUpdates."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self._call("getUpdates", offset=offset, timeout=50):
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    await self._pressed(update["callback_query"])
                elif "message" in update:
                    await self._told(update["message"])

    async def _pressed(self, query: dict[str, Any]) -> None:
        await self._call("answerCallbackQuery", callback_query_id=query["id"], text="Cảm ơn bà con")
        place = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
        await self._call("editMessageText", **place, text="✅ Đã đồng ý.")
        await self._call("sendMessage", chat_id=query["from"]["id"], text="Bàn phím đây.", reply_markup=KEYS)

    async def _told(self, message: dict[str, Any]) -> None:
        chat = message["chat"]["id"]
        text = message.get("text", "<ảnh>")
        if text.startswith("/start"):
            await self._call("sendMessage", chat_id=chat, text=GREETING, reply_markup=AGREE)
        elif text == "/tonghop":
            caption = "Tổng hợp ngày 21/11/2026, phường Bắc Hồng\n⚠️ Quá hạn 1\nMới 7, kết thúc 4"
            await self._call.upload("sendPhoto", {"photo": drawing()}, chat_id=str(chat), caption=caption)
        else:
            await self._call("sendMessage", chat_id=chat, text=f"Đã nghe: {text}")


@asynccontextmanager
async def demo(port: int = 0) -> AsyncIterator[Simulator]:
    """A simulator with a page, a clock and the bot."""
    async with Simulator(page=True, clock=Clock(), limits=False, port=port) as sim, aiohttp.ClientSession() as session:
        sim.page_links = {
            "resident": [("Phường Bắc Hồng", "w_18115")],
            "leader": [("Mời làm tổ trưởng", "i_leader")],
            "police": [("Mời trực ban", "i_police")],
        }
        bot = asyncio.create_task(Echo(Caller(sim, session)).run())
        try:
            yield sim
        finally:
            bot.cancel()
            with suppress(asyncio.CancelledError):
                await bot
