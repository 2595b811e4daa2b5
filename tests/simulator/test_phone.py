"""What a test can do with a phone."""

import asyncio
from typing import Any

import pytest

from simulator import Phone, Simulator
from simulator.entities import found
from simulator.labels import same
from tests.simulator.caller import Caller


@pytest.mark.parametrize(
    ("label", "wanted", "equal"),
    [
        ("1 🔥 Cháy, nổ", "Cháy, nổ", True),
        ("1️⃣ Giấu tên", "Giấu tên", True),
        ("Gử\u0309i".replace("ử", "ư"), "Gửi", True),
        ("📝  Báo tin", "Báo tin", True),
        ("5", "5", True),
        ("1", "5", False),
        ("Giấu tên (nên chọn)", "Giấu tên", False),
        ("Giấu tên, cho phép liên hệ lại", "Giấu tên", False),
    ],
)
def test_a_label_is_its_words(label: str, wanted: str, equal: bool) -> None:
    assert same(label, wanted) is equal


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("/start abc", [("bot_command", 0, 6)]),
        ("🌿 /baotin@anphuong_bot", [("bot_command", 3, 20)]),
        ("5/3/2026", []),
        ("a/b", []),
        ("xem https://ward.example/a?b=c.", [("url", 4, 26)]),
        ("@mai_tran #chay", [("mention", 0, 9), ("hashtag", 10, 5)]),
        ("mai@ward.example", [("email", 0, 16)]),
    ],
)
def test_commands_and_addresses_are_marked(text: str, marks: list[tuple[str, int, int]]) -> None:
    assert [(each["type"], each["offset"], each["length"]) for each in found(text)] == marks


def buttons(*labels: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in labels]]}


async def test_the_newest_message_that_has_the_button_is_pressed(call: Caller, mai: Phone) -> None:
    for text, labels in [("một", ["Gửi", "Thôi"]), ("hai", ["Gửi"]), ("ba", [])]:
        await call("sendMessage", chat_id=mai.id, text=text, reply_markup=buttons(*labels))
    assert mai.buttons() == ["Gửi"]
    await mai.press("Gửi")
    await mai.press("Thôi")
    pressed = [update["callback_query"]["message"]["text"] for update in await call("getUpdates")]
    assert pressed == ["hai", "một"]
    with pytest.raises(AssertionError, match=r"no button 'Gủi'; buttons: \['Gửi', 'Thôi', 'Gửi'\]"):
        await mai.press("Gủi")


async def test_a_stale_button_can_be_pressed_when_its_message_is_gone(call: Caller, mai: Phone) -> None:
    sent = await call("sendMessage", chat_id=mai.id, text="a", reply_markup=buttons("Gửi"))
    await call("deleteMessage", chat_id=mai.id, message_id=sent["message_id"])
    await mai.press_data("Gửi", message_id=sent["message_id"])
    query = (await call("getUpdates"))[0]["callback_query"]
    assert query["message"] == {"chat": mai.chat.info, "message_id": sent["message_id"], "date": 0}


async def test_a_key_of_the_reply_keyboard_sends_its_text(sim: Simulator, call: Caller, mai: Phone) -> None:
    keys = [[{"text": "📝 Báo tin"}, {"text": "📍 Vị trí", "request_location": True}]]
    await call("sendMessage", chat_id=mai.id, text="a", reply_markup={"keyboard": keys, "is_persistent": True})
    assert mai.keyboard == ["📝 Báo tin", "📍 Vị trí"]
    await mai.tap("Báo tin")
    await mai.tap("Vị trí")
    first, second = await call("getUpdates")
    assert first["message"]["text"] == "📝 Báo tin"
    assert "location" in second["message"]
    await call("sendMessage", chat_id=mai.id, text="b", reply_markup={"remove_keyboard": True})
    with pytest.raises(AssertionError, match="no key"):
        await mai.tap("Báo tin")


async def test_waiting_sees_new_and_edited_messages_but_not_older_ones(call: Caller, mai: Phone) -> None:
    card = await call("sendMessage", chat_id=mai.id, text="đang mở")
    await mai.send("a")
    waiting = asyncio.create_task(mai.until("đang"))
    await call("sendMessage", chat_id=mai.id, text="khác")
    assert not waiting.done()
    await call("editMessageText", chat_id=mai.id, message_id=card["message_id"], text="đang đóng")
    assert (await waiting)["text"] == "đang đóng"
    assert (await mai.until(lambda message: message["text"] == "khác"))["text"] == "khác"
    with pytest.raises(AssertionError, match=r"(?s)nothing like 'xyz'.*Mai: a.*bot: khác"):
        await mai.until("xyz", timeout=0.01)


async def test_a_long_text_goes_in_parts_and_links_are_followed(call: Caller, mai: Phone) -> None:
    await mai.send("a" * 5000)
    await mai.open_link("https://t.me/anphuong_bot?start=w_18115")
    texts = [update["message"]["text"] for update in await call("getUpdates")]
    assert [len(text) for text in texts[:2]] == [4096, 904]
    assert texts[2] == "/start w_18115"
    with pytest.raises(AssertionError, match="deep link"):
        await mai.open_link("w 1")


async def test_people_edit_and_delete_their_own_words(call: Caller, mai: Phone) -> None:
    told = await mai.send("chay")
    await mai.edit(told, "cháy")
    assert (await call("getUpdates"))[1]["edited_message"]["text"] == "cháy"
    await mai.delete(told)
    assert mai.messages == []


async def test_blocking_is_told_and_silences(sim: Simulator, call: Caller, mai: Phone) -> None:
    await mai.block()
    await mai.unblock()
    changes = [update["my_chat_member"] for update in await call("getUpdates")]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]
    await mai.block()
    with pytest.raises(AssertionError, match="unblock"):
        await mai.send("a")


async def test_people_speak_in_groups(sim: Simulator, call: Caller, mai: Phone) -> None:
    group = sim.group("Tổ 5", mai)
    there = mai.at(group)
    await there.send("chào")
    await call("sendMessage", chat_id=group.id, text="đáp")
    await there.until("đáp")
    message = (await call("getUpdates"))[0]["message"]
    assert (message["chat"]["type"], message["from"]["id"]) == ("supergroup", mai.id)
    assert mai.messages == []


async def test_an_album_is_several_updates_of_one_group(call: Caller, mai: Phone) -> None:
    await mai.send_album([b"a", ("video", b"b")], caption="c")
    first, second = (update["message"] for update in await call("getUpdates"))
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "photo" in first, "video" in second) == ("c", True, True)
