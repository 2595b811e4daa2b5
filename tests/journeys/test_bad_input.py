"""What nobody should send and everybody does: a kind, exact answer in the person's language; nothing lost or raised."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from locales import LANGUAGES, words
from simulator.phone import Phone
from tests.journeys.test_pieces import STICKER, cleaned, picture
from tests.journeys.town import CODE, Town, caught_up, press, said

STORY = "Có người phá khóa cửa sau"
LETTER = "ẳ"  # in no sentence of ours, so that it can be counted
MOST = 4000
POLL = {
    "poll": {
        "id": "1", "question": "?", "options": [{"text": "a", "voter_count": 0, "persistent_id": "a"}],
        "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
        "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
    }
}  # fmt: skip
CONTACT = {"contact": {"phone_number": "+84000000000", "first_name": "X"}}
SIGNS = "nhà <b>số 5</b> & </script> {code} %s \u202eđảo\u202c \u200fphải 👨\u200d👩\u200d👧 1️⃣ 🔥"


@dataclass
class Teller:
    """A resident who tells something, in a language, and the officer who is to hear it."""

    town: Town
    phone: Phone
    nam: Phone
    language: str

    def say(self, key: str, **params: Any) -> str:
        """The sentence of our own words, in this person's language."""
        return words(self.language).say(key, **params)

    async def answered(self, key: str, **params: Any) -> None:
        """Exactly this sentence has come since this person last did something."""
        sentence = self.say(key, **params)
        await self.phone.until(lambda message: said(message) == sentence)

    async def heard_words(self, count: int) -> None:
        """So many messages of the story have been taken, and nothing else."""
        await self.answered("tip.heard", parts=self.say("part.told", count=count))

    async def begin(self) -> None:
        """`/baotin`, up to where the story is told."""
        await self.phone.send("/baotin")
        await press(self.phone, self.say("pick.theft_other_crime"))
        await self.answered("tip.tell")

    async def kind(self) -> None:
        """The kind of what was told before is chosen."""
        await press(self.phone, self.say("pick.theft_other_crime"))
        await self.heard_words(1)

    async def caught_up(self) -> None:
        """Everything that this person did before has been answered."""
        await self.phone.send("/khancap")
        await self.answered("emergency.numbers")

    async def tell(self, story: str = STORY) -> None:
        """A story is begun: one part of it is told."""
        await self.begin()
        await self.phone.send(story)
        await self.heard_words(1)

    async def send(self) -> str:
        """*Gửi*, *Giấu tên*: what was told leaves; returns what the officer reads of it, all its messages."""
        await self.phone.press(self.say("button.send"))
        await self.answered("tip.how_known")
        await self.phone.press(self.say("button.hidden"))
        found = CODE.search(said(await self.phone.until(first_line("tip.receipt", self.language))))
        assert found
        card = await self.nam.until(found[0])
        await self.nam.press("Xem nội dung", message_id=card["message_id"])
        await self.nam.until("“")
        await caught_up(self.nam)
        first = card["message_id"]
        return "\n".join(said(message) for message in self.nam.heard if message["message_id"] >= first)


def first_line(key: str, language: str) -> str:
    """How a sentence begins."""
    return words(language).sentences[key].partition("\n")[0]


async def handled(town: Town) -> None:
    """Everything that was sent to the bot, by whomever, has been handled and answered."""
    for _ in range(500):
        if not town.sim.unconfirmed and not await waiting(town):
            await town.delivered()
            return
        await asyncio.sleep(0.01)
    raise AssertionError("updates are still waiting")


async def waiting(town: Town) -> int:
    """How many updates are not handled yet."""
    async with town.app.db.reading() as tx:
        row = await tx.fetch_one("SELECT COUNT(*) AS number FROM inbox WHERE state = 'open'")
    return int(row["number"]) if row else 0


@pytest.fixture(params=LANGUAGES)
async def lan(town: Town, request: pytest.FixtureRequest) -> AsyncIterator[Teller]:
    """A resident who reads Vietnamese or, since `/ngonngu`, English. Whatever is sent, nothing may be put aside."""
    phone, nam = await town.resident("Lan"), await town.officer()
    teller = Teller(town, phone, nam, request.param)
    if teller.language == "en":
        await phone.send("/ngonngu")
        await press(phone, "English")
        await phone.until(lambda _: teller.say("keyboard.tip") in phone.keyboard)
    yield teller
    assert town.app.dispatch.quarantined == 0
    trouble = {first_line("trouble.incident", language) for language in LANGUAGES}
    assert not [
        message for each in (phone, nam) for message in each.heard if said(message).partition("\n")[0] in trouble
    ]


async def test_an_empty_tip_is_asked_to_be_told_first(lan: Teller) -> None:
    await lan.begin()
    await lan.phone.press(lan.say("button.send"))
    await lan.answered("refused.tip.empty")
    await lan.phone.until_toast(lan.say("refused.tip.empty"))
    await lan.phone.send(STORY)
    await lan.heard_words(1)
    assert STORY in await lan.send()


@pytest.mark.parametrize("nothing", ["\0", "\u2800", "\u200b\u200f", "\0 \u3164"])
async def test_a_text_that_shows_nothing_is_no_story(lan: Teller, nothing: str) -> None:
    await lan.begin()
    await lan.phone.send(nothing)
    await lan.answered("refused.tip.empty")
    await lan.phone.send(STORY)
    await lan.heard_words(1)
    assert STORY in await lan.send()


async def test_of_ten_thousand_characters_the_first_four_thousand_arrive_and_the_rest_is_refused_aloud(
    lan: Teller,
) -> None:
    await lan.begin()
    await lan.phone.send(LETTER * 10_000)
    await lan.answered("refused.tip.too_long", limit=MOST)
    await lan.caught_up()
    answers = [said(message) for message in lan.phone.heard]
    assert answers.count(lan.say("tip.full", limit=MOST)) == 1
    assert answers.count(lan.say("refused.tip.too_long", limit=MOST)) == 2
    assert (await lan.send()).count(LETTER) == MOST


async def test_ten_thousand_characters_without_baotin_keep_their_beginning(lan: Teller) -> None:
    await lan.phone.send("Đầu tiên " + LETTER * 9_991)
    await lan.answered("tip.full", limit=MOST)
    await lan.caught_up()
    assert lan.say("tip.offer") in [said(message) for message in lan.phone.heard]
    await lan.phone.press(lan.say("button.yes_tip"))
    await lan.kind()
    shown = await lan.send()
    assert "“Đầu tiên" in shown
    assert shown.count(LETTER) == MOST - len("Đầu tiên ")


async def test_a_story_in_two_messages_without_baotin_arrives_whole(lan: Teller) -> None:
    for part in (STORY, "từ nửa đêm", "xe màu đỏ"):
        await lan.phone.send(part)
        await lan.answered("tip.offer")
    await lan.phone.send("/baotin")
    await lan.answered("tip.which_told")
    await lan.kind()
    assert f"“{STORY}\ntừ nửa đêm\nxe màu đỏ”" in await lan.send()


@pytest.mark.parametrize(
    "content",
    [{"sticker": STICKER}, POLL, CONTACT, {"dice": {"emoji": "🎲", "value": 3}}],
    ids=["sticker", "poll", "contact", "dice"],
)
async def test_what_can_not_be_taken_is_named_and_the_story_goes_on(lan: Teller, content: dict[str, Any]) -> None:
    await lan.phone.send_raw(content)
    await lan.answered("tip.not_this")
    await lan.tell()
    await lan.phone.send_raw(content)
    await lan.answered("tip.not_this")
    shown = await lan.send()
    assert STORY in shown
    assert "+84000000000" not in shown


async def test_a_video_of_25_megabytes_is_too_big_and_the_story_goes_on(lan: Teller) -> None:
    await lan.tell()
    await lan.phone.send_video(b"x", size=25 * 1024 * 1024)
    await lan.answered("tip.too_big")
    assert STORY in await lan.send()


async def test_of_an_album_of_ten_with_a_broken_file_nine_arrive_and_the_tenth_is_named(lan: Teller) -> None:
    colours = ("red", "green", "blue", "white", "black", "gray", "pink", "gold", "navy")
    await lan.tell()
    await lan.phone.send_album([*map(picture, colours), b"no picture at all"], "cả dãy nhà")
    await lan.answered("tip.heard_album")
    await lan.caught_up()
    shown = await lan.send()
    assert STORY in shown
    assert words("vi").say("card.files", count=10) in shown
    await cleaned(lan.town)
    await lan.nam.press(words("vi").say("button.files", count=10))
    missing = words("vi").say("police.files_missing", waiting=0, failed=1)
    await lan.nam.until(lambda message: said(message) == missing)
    await lan.nam.until(lambda _: sum("photo" in message for message in lan.nam.heard) == 9)


@pytest.mark.parametrize("place", [(0.0, 0.0), (3.5, -28.0), (89.9, 105.0)])
async def test_a_place_in_a_far_sea_is_doubted_and_the_story_goes_on(lan: Teller, place: tuple[float, float]) -> None:
    await lan.phone.send_location(*place)
    await lan.answered("tip.place_alone")
    await lan.tell()
    await lan.phone.send_location(*place)
    await lan.answered("tip.place_far")
    shown = await lan.send()
    assert STORY in shown
    assert words("vi").say("card.place", text="") not in shown


@pytest.mark.parametrize("wrong", ["used", "foreign", "expired"])
async def test_an_invitation_that_does_not_work_says_so_and_the_story_goes_on(lan: Teller, wrong: str) -> None:
    link = (await lan.town.command("invite", role="duty_officer", unit="18115")).out
    if wrong == "used":
        dung = lan.town.sim.phone("Trung úy Dũng")
        await dung.open_link(link)
        await press(dung, words("vi").say("button.agree"))
        await dung.until(lambda _: bool(dung.keyboard))
    elif wrong == "foreign":
        link = "another_bot-PAYLOAD_of_64"
    else:
        await lan.town.pass_time(hours=24)
    await lan.tell()
    await lan.phone.open_link(link)
    await lan.answered("refused.invite.unusable")
    await lan.phone.send("/tin")
    await lan.answered("refused.role.police_only")
    assert STORY in await lan.send()


async def test_a_button_pressed_twice_sends_one_tip_and_says_that_it_is_old(lan: Teller) -> None:
    await lan.tell()
    assert STORY in await lan.send()
    before = len(lan.nam.heard)
    await lan.phone.press(lan.say("button.hidden"))
    await lan.answered("refused.button.stale")
    await lan.phone.until_toast(lan.say("refused.button.stale"))
    await handled(lan.town)
    assert len(lan.nam.heard) == before


async def test_a_week_later_an_old_button_says_so_and_a_receipt_still_opens(lan: Teller) -> None:
    await lan.tell()
    code = CODE.search(await lan.send())
    assert code
    await lan.tell("một chuyện khác")
    telling = lan.phone.last["message_id"]
    await lan.town.pass_time(days=7)
    await lan.phone.press(lan.say("button.send"), message_id=telling)
    await lan.answered("refused.button.stale")
    await lan.phone.press(lan.say("button.view"))
    await lan.phone.until(lan.say("receipt.state.new", code=code[0]))


async def test_a_button_whose_message_is_gone_is_old(lan: Teller) -> None:
    await lan.tell()
    number = lan.phone.last["message_id"]
    await lan.phone.delete(number)
    await lan.phone.press_data("t.kind:drugs", number)
    await lan.answered("refused.button.stale")
    await lan.phone.press_data("t.send", number)
    await lan.answered("tip.how_known")
    await lan.phone.press(lan.say("button.hidden"))
    await lan.nam.until(lambda message: bool(CODE.search(said(message))))


@pytest.mark.parametrize("data", [{"data": "t.kind:opinion"}, {"data": "\0"}, {"game_short_name": "x"}])
async def test_a_press_without_a_message_is_answered_all_the_same(lan: Teller, data: dict[str, str]) -> None:
    await lan.tell()
    number = lan.town.sim.world.press(lan.phone.chat, lan.phone.id)
    query = {"id": number, "from": lan.phone.user, "chat_instance": "1", **data}
    lan.town.sim.push({"callback_query": query})
    await lan.answered("refused.button.stale")
    assert STORY in await lan.send()


async def test_in_a_group_the_bot_is_silent_whatever_is_said(lan: Teller) -> None:
    await lan.tell()
    group = lan.town.sim.group("Tổ 5", lan.phone, lan.nam)
    there = lan.phone.at(group)
    for text in ("/baotin", "Cháy nhà bà Tư", "/tin@anphuong_bot", "1"):
        await there.send(text)
    await there.send_photo(picture(), "ảnh")
    await handled(lan.town)
    assert there.heard == []
    assert "Cháy nhà" not in (shown := await lan.send())
    assert STORY in shown


async def test_a_channel_post_is_nobodys_and_is_not_answered(lan: Teller) -> None:
    await lan.tell()
    channel = {"id": -1_001_234_567_890, "type": "channel", "title": "Kênh"}
    post = {"message_id": 1, "date": 1_790_000_000, "chat": channel, "sender_chat": channel, "text": "/baotin"}
    # The bot asks for no such updates; one may come all the same.
    lan.town.sim.world.updates.allowed = None
    assert lan.town.sim.world.updates.push({"channel_post": post}) is not None
    await handled(lan.town)
    assert not [call for call in lan.town.sim.calls if call.params.get("chat_id") == channel["id"]]
    assert STORY in await lan.send()


async def test_signs_marks_and_emoji_arrive_as_they_were_told(lan: Teller) -> None:
    await lan.tell(SIGNS)
    assert f"“{SIGNS}”" in await lan.send()


async def test_a_nul_is_dropped_and_half_an_emoji_becomes_a_sign(lan: Teller) -> None:
    await lan.tell("Cửa\0 sau")
    half = orjson.Fragment(b'"b\\u1ecb ph\\u00e1 \\ud83d t\\u1eeb \\u0111\\u00eam"')
    chat, number = lan.phone.chat, lan.phone.chat.next_id()
    message = {"message_id": number, "date": 1_790_000_000, "chat": chat.info, "from": lan.phone.user, "text": half}
    lan.town.sim.world.updates.push({"message": message})
    await lan.heard_words(2)
    shown = await lan.send()
    assert "“Cửa sau”" in shown
    assert "“bị phá \ufffd từ đêm”" in shown


async def test_an_edit_after_sending_changes_nothing_and_says_how_to_add(lan: Teller) -> None:
    await lan.begin()
    number = await lan.phone.send(STORY)
    await lan.heard_words(1)
    await lan.send()
    await lan.phone.edit(number, "Không có gì")
    await lan.answered("tip.edit_too_late")
    await lan.nam.send("/tin")
    await press(lan.nam, "Xem nội dung")
    assert "“Không có gì”" not in said(await lan.nam.until(f"“{STORY}”"))


async def test_an_edit_to_nothing_keeps_what_was_told(lan: Teller) -> None:
    await lan.begin()
    number = await lan.phone.send(STORY)
    await lan.heard_words(1)
    await lan.phone.edit(number, "\u2800")
    await lan.answered("refused.tip.empty")
    assert f"“{STORY}”" in await lan.send()


async def test_a_forwarded_message_is_told_without_who_wrote_it(lan: Teller) -> None:
    await lan.begin()
    writer = {"id": 77_001, "is_bot": False, "first_name": "Hàng xóm", "username": "hang_xom"}
    origin = {"type": "user", "date": 1_790_000_000, "sender_user": writer}
    await lan.phone.send_raw({"text": STORY, "forward_origin": origin})
    await lan.heard_words(1)
    shown = await lan.send()
    assert f"“{STORY}”" in shown
    assert not [name for name in ("Hàng xóm", "hang_xom", "77001") if name in shown]


async def test_who_blocks_the_bot_and_comes_back_finds_the_story_where_it_was(lan: Teller) -> None:
    await lan.tell()
    await lan.phone.block()
    await handled(lan.town)
    await lan.phone.unblock()
    await handled(lan.town)
    await lan.phone.send("nhà số 9")
    await lan.heard_words(2)
    shown = await lan.send()
    assert f"“{STORY}”" in shown
    assert "“nhà số 9”" in shown


async def test_what_was_told_before_anything_was_asked_is_offered_once_the_ward_is_known(town: Town) -> None:
    phone, nam = town.sim.phone("Lan"), await town.officer()
    for part in (STORY, "từ nửa đêm"):
        await phone.send(part)
        await phone.until("An Phường chào bà con")
    await phone.press("Bắt đầu")
    await press(phone, "Đồng ý")
    await phone.until("Bà con ở phường nào?")
    await phone.send("bac hong")
    await phone.until(words("vi").say("tip.offer"))
    lan = Teller(town, phone, nam, "vi")
    await phone.press("Đúng, báo tin")
    await lan.kind()
    assert f"“{STORY}\ntừ nửa đêm”" in await lan.send()
    assert town.app.dispatch.quarantined == 0
