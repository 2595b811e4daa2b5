"""People who talk all at once and wait for no answer, each with words that nobody else says."""

import asyncio
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from domain.clocks import ward_day
from domain.duties import period_of
from simulator.phone import Phone
from simulator.server import Simulator
from simulator.world import Message
from tests.files.corpus import photo

QUIET_WARDS = ("16666", "16717", "16720", "16723")  # nobody serves them: no officer's chat paces the load
WATCHED_WARD = "18115"
WATCHED = 0.04  # part of the stories: an officer's chat takes one card a second
URGENT = 0.2
ADDS = 0.2  # of the times that somebody talks, somebody else adds to a tip that they have sent
CHECKS = 0.1  # and a leader confirms the month
RECEIPT = "Mã tin:"
BACKLOG = 200  # updates that wait at most: a button press that waits for 150 s is dropped by Telegram itself


def word() -> str:
    """A word that occurs once in the world."""
    return f"tin{secrets.token_hex(6)}"


@dataclass
class Story:
    """What one person has told and sent, in its order."""

    phone: Phone
    ward: str
    urgent: bool
    pieces: list[str] = field(default_factory=list)
    pictured: int | None = None  # which of the pieces came with a picture
    added: int = 0  # pieces told after sending

    @property
    def watched(self) -> bool:
        """Whether officers hear of it."""
        return self.ward == WATCHED_WARD

    def receipts(self) -> list[Message]:
        """The receipts that reached this person."""
        return [message for message in self.phone.heard if RECEIPT in message.get("text", "")]

    def code(self) -> str | None:
        """The tip's code, as the receipt says it."""
        told = self.receipts()
        return told[0]["text"].partition(RECEIPT)[2].split()[0] if told else None


class Crowd:
    """Residents, each with one story; leaders who confirm their month, and one who only asks to be reminded."""

    def __init__(self, sim: Simulator, chance: random.Random, now: Callable[[], datetime]) -> None:
        self._sim = sim
        self._chance = chance
        self._now = now
        self.stories: list[Story] = []
        self.leaders: list[Phone] = []
        self.silent: Phone | None = None

    async def keeps_talking(self, pause: float, most: int) -> None:
        """Somebody new with a story every `pause` seconds; now and then somebody adds, or a leader confirms."""
        for _ in range(most):
            if self._sim.unconfirmed < BACKLOG:
                await self.talks(1)
            await asyncio.sleep(pause)

    async def talks(self, people: int, *, pictured: int = 0) -> None:
        """New people with stories, the first `pictured` with a picture; perhaps one who adds, perhaps a leader."""
        for number in range(people):
            # The first two make sure that there is something of each kind.
            watched = len(self.stories) < 2 or self._chance.random() < WATCHED
            urgent = not self.stories or self._chance.random() < URGENT
            ward = WATCHED_WARD if watched else self._chance.choice(QUIET_WARDS)
            await self._tell(ward, urgent, pictured=number < pictured)
        if self._chance.random() < ADDS:
            told = [story for story in self.stories[-60:] if not story.added and story.receipts()]
            if told:
                await self._add(self._chance.choice(told))
        if self.leaders and self._chance.random() < CHECKS:
            await self._chance.choice(self.leaders).press_data(f"c.all:{self.period()}")

    async def asks_for_a_reminder(self) -> None:
        """*Nhắc tối nay*, said by the leader who never confirms."""
        if self.silent is not None:
            await self.silent.press_data(f"c.tonight:{self.period()}")

    def period(self) -> str:
        """The month that runs."""
        return period_of(ward_day(self._now()))

    async def _tell(self, ward: str, urgent: bool, *, pictured: bool) -> None:
        phone = self._sim.phone("Người dân")
        story = Story(phone, ward, urgent, [word(), word(), word()], pictured=1 if pictured else None)
        await phone.send(f"/start w_{ward}")
        await phone.press_data("s.begin")
        await phone.press_data("s.agree")
        await phone.send("/baotin")
        await phone.press_data("t.kind:fire_explosion" if urgent else "t.kind:scam")
        for number, piece in enumerate(story.pieces):
            if number == story.pictured:
                await phone.send_photo(photo(), caption=piece)
            else:
                await phone.send(piece)
        await phone.press_data("t.send")
        if not urgent:
            await phone.press_data("t.as:hidden")
        self.stories.append(story)

    async def _add(self, story: Story) -> None:
        piece = word()
        await story.phone.press("Kể thêm", message_id=story.receipts()[0]["message_id"])
        await story.phone.send(piece)
        story.pieces.append(piece)
        story.added += 1
