"""python-telegram-bot can't tell the simulator from Telegram."""

from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter

from simulator import Phone, Simulator
from tests.simulator.conftest import png


@pytest.fixture
async def bot(sim: Simulator) -> AsyncIterator[Bot]:
    async with Bot(sim.token, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot") as bot:
        yield bot


BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("1 Gửi", callback_data="go")]])


async def test_a_conversation(sim: Simulator, bot: Bot, mai: Phone) -> None:
    await mai.send("/start w_18115")
    update = (await bot.get_updates(timeout=1, allowed_updates=["message", "callback_query"]))[0]
    assert update.message is not None
    assert update.message.parse_entities() == {update.message.entities[0]: "/start"}
    await update.message.reply_html("Chào <b>bà con</b>", reply_markup=BUTTONS, do_quote=True)
    assert mai.last["reply_to_message"]["text"] == "/start w_18115"
    await mai.press("Gửi")
    update = (await bot.get_updates(offset=update.update_id + 1))[0]
    query = update.callback_query
    assert query is not None
    assert query.data == "go"
    assert await query.answer("Đã gửi")
    await query.edit_message_text("Xong")
    assert mai.toasts == ["Đã gửi"]
    assert (mai.last["text"], mai.buttons()) == ("Xong", [])
    keys = ReplyKeyboardMarkup([[KeyboardButton("📝 Báo tin")]], resize_keyboard=True, is_persistent=True)
    sent = await bot.send_message(mai.id, "Bàn phím", reply_markup=keys, protect_content=True)
    assert sent.has_protected_content
    assert mai.keyboard == ["📝 Báo tin"]
    assert await sent.delete()
    assert sim.violations == []


async def test_files(sim: Simulator, bot: Bot, mai: Phone) -> None:
    photo = await bot.send_photo(mai.id, png(640, 480), caption="*Biểu đồ*", parse_mode="MarkdownV2")
    assert photo.photo[-1].width == 640
    album = await bot.send_media_group(mai.id, [InputMediaPhoto(png()), InputMediaPhoto(photo.photo[-1].file_id)])
    assert len({message.media_group_id for message in album}) == 1
    await album[0].edit_media(InputMediaPhoto(png(9, 9), caption="mới"))
    await album[1].edit_caption("khác", reply_markup=BUTTONS)
    await album[1].edit_reply_markup(None)
    await bot.send_document(mai.id, b"%PDF", filename="báo cáo.pdf")
    await bot.send_voice(mai.id, b"OggS")
    await bot.send_video(mai.id, b"mp4")
    await bot.send_location(mai.id, 18.5, 105.7)
    await bot.send_chat_action(mai.id, "typing")
    await bot.copy_message(mai.id, mai.id, photo.message_id, caption="bản sao")
    await bot.forward_message(mai.id, mai.id, photo.message_id)
    told = await mai.send_document("kể".encode(), "ke.txt")
    document = mai.chat.messages[told]["document"]
    file = await bot.get_file(document["file_id"])
    assert bytes(await file.download_as_bytearray()) == "kể".encode()
    assert sim.violations == []


async def test_the_bot_itself(sim: Simulator, bot: Bot, mai: Phone) -> None:
    assert bot.username == "anphuong_bot"
    commands = [BotCommand("baotin", "Báo tin")]
    await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code="vi")
    assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "vi") == tuple(commands)
    await bot.set_my_description("Chào")
    await bot.set_my_short_description("Chào")
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    chat = await bot.get_chat(mai.id)
    assert chat.first_name == "Mai"
    assert (await bot.get_chat_member(mai.id, mai.id)).status == "member"
    group = sim.group("Công an", mai, forum=True)
    topic = await bot.create_forum_topic(group.id, "K7QM-4XTP")
    await bot.send_message(group.id, "a", message_thread_id=topic.message_thread_id)
    await bot.close_forum_topic(group.id, topic.message_thread_id)
    await bot.delete_messages(mai.id, [1, 2])
    assert await bot.set_webhook("https://ward.example/hook", secret_token="a", max_connections=5)
    assert (await bot.get_webhook_info()).max_connections == 5
    assert await bot.delete_webhook()
    assert sim.violations == []


@pytest.mark.filterwarnings("ignore:.*retry_after")
async def test_refusals_have_their_names(sim: Simulator, bot: Bot, mai: Phone) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(1, "a")
    await mai.block()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(mai.id, "a")
    sim.faults.add("429", retry_after=3)
    with pytest.raises(RetryAfter) as slow:
        await bot.send_message(mai.id, "a")
    assert "3" in str(slow.value)
    sim.faults.clear()
    stranger = Bot("1:wrong", base_url=f"{sim.url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
