"""People of every role who press whatever they were ever shown, say whatever comes to mind, and never stop."""

import random
from collections import deque
from collections.abc import Iterable
from typing import Any

from domain.notices import Button
from handlers.routes import COMMANDS, PRESSES
from tests.torture.fuzz.legal import DEPTH, Legal, words

Update = dict[str, Any]

ARGS = (
    "",
    "1",
    "0",
    "-1",
    "99999999999999999",
    "16666",
    "18115",
    "42",
    "now",
    "here",
    "hidden",
    "yes",
    "2026-11",
    "a" * 29,
    "*",
)
SAID = (
    "1",
    "2",
    "3",
    "9",
    "Gửi",
    "Đồng ý",
    "Đạt tất cả",
    "Không đạt",
    "Có",
    "Xem trả lời",
    "Cháy, nổ",
    "Bến Thủy",
    "hôm qua",
    "25/11",
    "9-9",
)
FILES = ("video", "voice", "document", "animation", "audio", "video_note")
OTHERS = ("sticker", "contact", "location", "venue")
CARRIED = {name: "".join(part.title() for part in name.split("_")) for name in (*FILES, *OTHERS)}


class Someone:
    """One private chat, and the buttons that were shown in it."""

    def __init__(self, chat: int, chance: random.Random) -> None:
        self.chat = chat
        self.buttons: deque[str] = deque(maxlen=60)
        self._chance = chance
        self._number = 1
        self._user = {"id": chat, "is_bot": False, "first_name": words(chance)}

    def shown(self, rows: Iterable[Iterable[Button]]) -> None:
        """Buttons under a message that has come."""
        self.buttons.extend(button.press for row in rows for button in row)

    def say(self, **content: Any) -> Update:
        """A message."""
        self._number += 1
        return {"message": self._message(content)}

    def press(self, data: str) -> Update:
        """A press, on a message that may be too old for Telegram to send along, or only its number."""
        query: dict[str, Any] = {"id": str(self._number), "from": self._user, "chat_instance": "1", "data": data}
        way = self._chance.random()
        if way < 0.9:
            query["message"] = self._message({"text": "?"})
        elif way < 0.95:
            query["message"] = {**self._message({}), "date": 0}
        return {"callback_query": query}

    def overlaid(self, update: Update) -> Update:
        """An update that any table allows, from this person's chat."""
        for part in update.values():
            holder = part.get("message", part)
            for name, own in (("chat", self._chat()), ("from", self._user)):
                for one in (part, holder):
                    if name in one:
                        one[name] = own
        return update

    def edit(self, text: str) -> Update:
        """An earlier message is changed."""
        message = self._message({"text": text, "edit_date": 1_790_000_001})
        return {"edited_message": {**message, "message_id": self._chance.randint(1, self._number)}}

    def leave(self, *, back: bool) -> Update:
        """The bot is blocked, or welcome again."""
        bot = {"id": 123456, "is_bot": True, "first_name": "An Phường"}
        member, kicked = {"user": bot, "status": "member"}, {"user": bot, "status": "kicked", "until_date": 0}
        old, new = (kicked, member) if back else (member, kicked)
        change = {"chat": self._chat(), "from": self._user, "date": 1, "old_chat_member": old, "new_chat_member": new}
        return {"my_chat_member": change}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat, "type": "private", "first_name": self._user["first_name"]}

    def _message(self, content: dict[str, Any]) -> dict[str, Any]:
        head = {"message_id": self._number, "date": 1_790_000_000, "chat": self._chat(), "from": self._user}
        return {**head, **content}


class Crowd:
    """Everybody; `step` is the next thing that somebody does, always something that Telegram could send."""

    def __init__(self, chance: random.Random, people: int) -> None:
        self._chance = chance
        self._legal = Legal(chance)
        self.everybody = {chat: Someone(chat, chance) for chat in range(7_000_000_001, 7_000_000_001 + people)}
        self._list = list(self.everybody.values())

    def step(self) -> Update:
        """Somebody does something."""
        who = self._chance.choice(self._list)
        way = self._chance.random()
        if way < 0.45:
            return self._presses(who)
        if way < 0.75:
            return who.say(text=self._text())
        if way < 0.85:
            return self._carries(who)
        if way < 0.88:
            return who.edit(words(self._chance) or "x")
        if way < 0.89:
            return who.leave(back=self._chance.random() < 0.8)
        return self.anything(who)

    def anything(self, who: Someone | None = None) -> Update:
        """Whatever the table allows, mostly from somebody known."""
        kinds = self._legal.kinds()
        often = ("message", "callback_query", "edited_message", "my_chat_member")
        update = self._legal.update(self._chance.choice(often if self._chance.random() < 0.7 else kinds))
        return update if self._chance.random() < 0.2 else (who or self._chance.choice(self._list)).overlaid(update)

    def _presses(self, who: Someone) -> Update:
        way = self._chance.random()
        if who.buttons and way < 0.6:
            return who.press(who.buttons[-1 - int(len(who.buttons) * self._chance.random() ** 3)])
        other = self._chance.choice(self._list)
        if other.buttons and way < 0.75:
            return who.press(self._chance.choice(other.buttons))
        if other.buttons and way < 0.85:
            return who.press(self._forged(self._chance.choice(other.buttons)))
        verb = self._chance.choice(list(PRESSES))
        args = self._chance.choices(ARGS, k=self._chance.randint(0, 4))
        return who.press(":".join([verb, *args])[:64])

    def _forged(self, data: str) -> str:
        parts = data.split(":")
        place = self._chance.randrange(len(parts))
        parts[place] = self._chance.choice((*ARGS, parts[place][:-1], parts[place] + "1", parts[place][::-1]))
        return ":".join(parts).ljust(self._chance.choice((0, 64)), "x").encode()[:64].decode("utf-8", "ignore")

    def _text(self) -> str:
        way = self._chance.random()
        if way < 0.5:
            return self._chance.choice(SAID)
        if way < 0.8:
            name = self._chance.choice(self._chance.choice(COMMANDS)[0])
            return f"/{name}" if self._chance.random() < 0.8 else f"/{name} {words(self._chance)}"
        return words(self._chance) or "x"

    def _carries(self, who: Someone) -> Update:
        more = {"caption": words(self._chance)} if self._chance.random() < 0.5 else {}
        if self._chance.random() < 0.2:
            more["media_group_id"] = str(self._chance.randint(1, 3))
        if self._chance.random() < 0.4:
            return who.say(photo=[self._legal.object("PhotoSize", DEPTH)], **more)
        field, kind = self._chance.choice(list(CARRIED.items()))
        return who.say(**{field: self._legal.object(kind, 2)}, **more)
