"""A tip bot as aiogram's examples are written: states, a look-up and a commit a message.

What is half told is kept in the database, as ours keeps it: it must survive a restart. With BENCH_GROUPED one writer
commits for all who wait.
"""

import asyncio
import os
import ssl

import aiosqlite
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import KeyboardButton, Message, ReplyKeyboardMarkup

router = Router()
KINDS = ReplyKeyboardMarkup(
    keyboard=[
        [KeyboardButton(text="1 Cháy, nổ"), KeyboardButton(text="2 Có người gặp nguy")],
        [KeyboardButton(text="6 Trộm cướp, tội phạm khác"), KeyboardButton(text="0 Chuyện khác")],
    ],
    resize_keyboard=True,
)


class Tip(StatesGroup):
    """Where a conversation stands."""

    kind = State()
    tell = State()
    how = State()


Statement = tuple[str, tuple[object, ...]]


class Plain:
    """A commit a message."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self.db = db

    async def write(self, *statements: Statement) -> None:
        """These statements, durable."""
        for sql, values in statements:
            await self.db.execute(sql, values)
        await self.db.commit()

    async def keep(self, message: Message, state: FSMContext, step: str) -> None:
        """Who is it, and where their conversation stands."""
        chat, told = message.chat.id, await state.get_data()
        statements: list[Statement] = []
        async with self.db.execute("SELECT name, language FROM users WHERE chat = ?", (chat,)) as cursor:
            if await cursor.fetchone() is None:
                statements.append(("INSERT INTO users VALUES (?, ?, 'vi')", (chat, message.chat.first_name)))
        values = (chat, step, told.get("kind"), told.get("story"))
        statements.append(("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", values))
        if step == "sent":
            sql = "INSERT INTO tips (kind, text, how) VALUES (?, ?, ?)"
            statements += [(sql, (*values[2:], message.text)), ("DELETE FROM drafts WHERE chat = ?", (chat,))]
        await self.write(*statements)


class Grouped(Plain):
    """Messages that wait at the same time share a commit."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        super().__init__(db)
        self._waiting: list[tuple[tuple[Statement, ...], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, *statements: Statement) -> None:
        """These statements, durable when this returns."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((statements, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            for statements, _ in group:
                for sql, values in statements:
                    await self.db.execute(sql, values)
            await self.db.commit()
            for _, done in group:
                done.set_result(None)
        self._writing = None


@router.message(Command("baotin"))
async def begin(message: Message, state: FSMContext, store: Plain) -> None:
    """`/baotin`."""
    await store.keep(message, state, "kind")
    await state.set_state(Tip.kind)
    await message.answer("Chuyện gì vậy?", reply_markup=KINDS)


@router.message(Tip.kind)
async def kind(message: Message, state: FSMContext, store: Plain) -> None:
    """The kind."""
    await state.update_data(kind=message.text)
    await store.keep(message, state, "tell")
    await state.set_state(Tip.tell)
    await message.answer("Kể giúp: chuyện gì, ở đâu, lúc nào?")


@router.message(Tip.tell, F.text == "Gửi")
async def send(message: Message, state: FSMContext, store: Plain) -> None:
    """*Gửi*."""
    await store.keep(message, state, "how")
    await state.set_state(Tip.how)
    await message.answer("Để tên thế nào? 1 Giấu tên 2 Kèm tên")


@router.message(Tip.tell)
async def tell(message: Message, state: FSMContext, store: Plain) -> None:
    """The story."""
    await state.update_data(story=message.text)
    await store.keep(message, state, "tell")
    await message.answer("Đủ thì bấm Gửi.")


@router.message(Tip.how)
async def how(message: Message, state: FSMContext, store: Plain) -> None:
    """How to be known; the end."""
    await store.keep(message, state, "sent")
    await state.clear()
    await message.answer("Đã nhận, cảm ơn bà con.")


async def main() -> None:
    """Polls until SIGTERM."""
    db = await aiosqlite.connect(os.environ["BENCH_DB"])
    await db.execute("PRAGMA journal_mode = WAL")
    await db.execute("PRAGMA synchronous = FULL")
    await db.execute("CREATE TABLE users (chat INTEGER PRIMARY KEY, name TEXT, language TEXT)")
    await db.execute("CREATE TABLE drafts (chat INTEGER PRIMARY KEY, step TEXT, kind TEXT, text TEXT)")
    await db.execute("CREATE TABLE tips (id INTEGER PRIMARY KEY, kind TEXT, text TEXT, how TEXT)")
    await db.commit()
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BENCH_URL"]))
    if "SSL_CERT_FILE" in os.environ:
        # aiogram trusts certifi's list alone, and has no other door for the bench's own certificate.
        session._connector_init["ssl"] = ssl.create_default_context()
    dispatcher = Dispatcher(store=Grouped(db) if os.environ.get("BENCH_GROUPED") else Plain(db))
    dispatcher.include_router(router)
    await dispatcher.start_polling(Bot(os.environ["BENCH_TOKEN"], session=session))
    await db.close()


if __name__ == "__main__":
    asyncio.run(main())
