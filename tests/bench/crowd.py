"""People who write to the bot, each waiting for the answer before the next word, and how long the answers took."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson

FIRST_CHAT = 5_000_000_000
Script = Callable[[int], Sequence[str]]


def settling_in(_: int) -> Sequence[str]:
    """First contact of a resident with this bot."""
    return ("/start w_18115", "1", "1")


def tip(chat: int) -> Sequence[str]:
    """The shortest tip by typing: kind, story, *Gửi*, how to be known. Five messages, five answers."""
    return ("/baotin", "6", story(chat), "Gửi", "1")


def story(chat: int) -> str:
    """What this person tells: nobody else's words."""
    return f"Nhà cuối hẻm số {chat} đêm nào cũng tụ tập đông người, xe ra vào liên tục, tổ dân phố 5"


@dataclass
class Heard:
    """What came of it. Times in seconds."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    unanswered: int = 0
    surplus: int = 0  # messages that nobody had asked for

    @property
    def rate(self) -> float:
        """Messages a second, each handled and answered."""
        return len(self.waits) / self.seconds

    def quantile(self, part: float) -> float:
        """The wait that this part of the messages did not exceed."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class Crowd:
    """Chats numbered from 0. `push` hands an update to whatever carries it to the bot."""

    def __init__(self) -> None:
        self.push: Callable[[int, bytes], None] = lambda number, raw: None
        self.heard = Heard()
        self._number = 0
        self._open: dict[int, deque[float]] = defaultdict(deque)
        self._then: Callable[[int], None] = lambda chat: None

    def answered(self, chat: int, body: bytes = b"") -> bool:
        """The bot has sent this chat a message."""
        asked = self._open.get(chat - FIRST_CHAT)
        if not asked:
            self.heard.surplus += 1
            return True
        self.heard.waits.append(time.perf_counter() - asked.popleft())
        self._then(chat - FIRST_CHAT)
        return True

    def say(self, chat: int, text: str) -> None:
        """One message of a chat."""
        number, raw = self.update(chat, text)
        self._open[chat].append(time.perf_counter())
        self.push(number, raw)

    def update(self, chat: int, text: str) -> tuple[int, bytes]:
        """A message as Telegram would hand it over."""
        self._number += 1
        who = {"id": FIRST_CHAT + chat, "first_name": "Lan", "last_name": "Nguyễn Thị", "username": f"lan{chat}"}
        message = {
            "message_id": self._number,
            "from": {**who, "is_bot": False, "language_code": "vi"},
            "chat": {**who, "type": "private"},
            "date": 1_790_000_000,
            "text": text,
        }
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}]
        return self._number, orjson.dumps({"update_id": self._number, "message": message})

    async def talk(self, chats: Sequence[int], script: Script, at_once: int = 256, patience: float = 120.0) -> Heard:
        """Each of these chats says its script, a line after each answer; `at_once` of them at a time."""
        self.heard = heard = Heard()
        waiting, done = deque(chats), asyncio.Event()
        lines: dict[int, deque[str]] = {}
        left = len(chats)

        def go_on(chat: int) -> None:
            nonlocal left
            said = lines.get(chat)
            if said is None:
                return
            if said:
                self.say(chat, said.popleft())
                return
            del lines[chat]
            left -= 1
            if waiting:
                begin(waiting.popleft())
            elif not left:
                done.set()

        def begin(chat: int) -> None:
            lines[chat] = deque(script(chat))
            go_on(chat)

        self._then = go_on
        started = time.perf_counter()
        for _ in range(min(at_once, len(chats))):
            begin(waiting.popleft())
        await self._until(done, patience)
        heard.seconds = time.perf_counter() - started
        return self._end(heard)

    async def steadily(self, chats: Sequence[int], text: str, rate: float, patience: float = 30.0) -> Heard:
        """Each chat says one line, `rate` a second in all, whether or not others have been answered."""
        self.heard = heard = Heard()
        done = asyncio.Event()
        self._then = lambda _: done.set() if len(heard.waits) == len(chats) else None
        started = time.perf_counter()
        for number, chat in enumerate(chats):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            self.say(chat, text)
        await self._until(done, patience)
        heard.seconds = time.perf_counter() - started
        return self._end(heard)

    async def _until(self, done: asyncio.Event, patience: float) -> None:
        try:
            async with asyncio.timeout(patience):
                await done.wait()
        except TimeoutError:
            return

    def _end(self, heard: Heard) -> Heard:
        self._then = lambda chat: None
        heard.unanswered = sum(map(len, self._open.values()))
        self._open.clear()
        return heard
