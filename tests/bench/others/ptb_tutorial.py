"""A tip bot as python-telegram-bot's examples are written: a conversation, a look-up and a commit a message.

What is half told is kept in the database, as ours keeps it: it must survive a restart.
"""

import os

import aiosqlite
from telegram import ReplyKeyboardMarkup, Update
from telegram.ext import Application, CommandHandler, ContextTypes, ConversationHandler, MessageHandler, filters

KIND, TELL, HOW = range(3)
KINDS = [["1 Cháy, nổ", "2 Có người gặp nguy"], ["6 Trộm cướp, tội phạm khác", "0 Chuyện khác"]]
DB = os.environ["BENCH_DB"]
Context = ContextTypes.DEFAULT_TYPE


async def keep(update: Update, context: Context, step: str) -> None:
    """Who is it, and where their conversation stands: durable."""
    assert update.message is not None
    assert context.user_data is not None
    db: aiosqlite.Connection = context.bot_data["db"]
    chat, told = update.message.chat_id, context.user_data
    async with db.execute("SELECT name, language FROM users WHERE chat = ?", (chat,)) as cursor:
        if await cursor.fetchone() is None:
            await db.execute("INSERT INTO users VALUES (?, ?, 'vi')", (chat, update.message.chat.first_name))
    values = (chat, step, told.get("kind"), told.get("story"))
    await db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", values)
    if step == "sent":
        await db.execute("INSERT INTO tips (kind, text, how) VALUES (?, ?, ?)", (*values[2:], update.message.text))
        await db.execute("DELETE FROM drafts WHERE chat = ?", (chat,))
    await db.commit()


async def begin(update: Update, context: Context) -> int:
    """`/baotin`."""
    assert update.message is not None
    await keep(update, context, "kind")
    await update.message.reply_text("Chuyện gì vậy?", reply_markup=ReplyKeyboardMarkup(KINDS, resize_keyboard=True))
    return KIND


async def kind(update: Update, context: Context) -> int:
    """The kind."""
    assert update.message is not None
    assert context.user_data is not None
    context.user_data["kind"] = update.message.text
    await keep(update, context, "tell")
    await update.message.reply_text("Kể giúp: chuyện gì, ở đâu, lúc nào?")
    return TELL


async def tell(update: Update, context: Context) -> int:
    """The story."""
    assert update.message is not None
    assert context.user_data is not None
    context.user_data["story"] = update.message.text
    await keep(update, context, "tell")
    await update.message.reply_text("Đủ thì bấm Gửi.")
    return TELL


async def send(update: Update, context: Context) -> int:
    """*Gửi*."""
    assert update.message is not None
    await keep(update, context, "how")
    await update.message.reply_text("Để tên thế nào? 1 Giấu tên 2 Kèm tên")
    return HOW


async def how(update: Update, context: Context) -> int:
    """How to be known; the end."""
    assert update.message is not None
    await keep(update, context, "sent")
    await update.message.reply_text("Đã nhận, cảm ơn bà con.")
    return ConversationHandler.END


async def open_db(application: Application) -> None:  # type: ignore[type-arg]
    """The database, as durable as it gets."""
    db = await aiosqlite.connect(DB)
    await db.execute("PRAGMA journal_mode = WAL")
    await db.execute("PRAGMA synchronous = FULL")
    await db.execute("CREATE TABLE users (chat INTEGER PRIMARY KEY, name TEXT, language TEXT)")
    await db.execute("CREATE TABLE drafts (chat INTEGER PRIMARY KEY, step TEXT, kind TEXT, text TEXT)")
    await db.execute("CREATE TABLE tips (id INTEGER PRIMARY KEY, kind TEXT, text TEXT, how TEXT)")
    await db.commit()
    application.bot_data["db"] = db


async def close_db(application: Application) -> None:  # type: ignore[type-arg]
    """Its end."""
    await application.bot_data["db"].close()


def main() -> None:
    """Polls until SIGTERM."""
    application = (
        Application.builder()
        .token(os.environ["BENCH_TOKEN"])
        .base_url(f"{os.environ['BENCH_URL']}/bot")
        .post_init(open_db)
        .post_shutdown(close_db)
        .build()
    )
    words = filters.TEXT & ~filters.COMMAND
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("baotin", begin)],
            states={
                KIND: [MessageHandler(words, kind)],
                TELL: [MessageHandler(filters.Regex("^Gửi$"), send), MessageHandler(words, tell)],
                HOW: [MessageHandler(words, how)],
            },
            fallbacks=[],
        )
    )
    application.run_polling()


if __name__ == "__main__":
    main()
