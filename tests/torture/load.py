"""People who talk all at once and wait for no answer, each with words that nobody else says."""

import asyncio
import random
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.clocks import ward_day
from domain.duties import period_of
from simulator.phone import Phone
from simulator.server import Simulator
from simulator.world import Message

QUIET_WARDS = ("16666", "16717", "16720", "16723")  # nobody serves them: no officer's chat paces the load
WATCHED_WARD = "18115"
WATCHED = 0.05  # part of the stories: an officer's chat takes one card a second
RECEIPT = "Mã tin:"
BACKLOG = 400  # updates that wait at most: a button press that waits for 150 s is dropped by Telegram itself


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

    def receipts(self) -> list[Message]:
        """The receipts that reached this person."""
        return [message for message in self.phone.heard if RECEIPT in message.get("text", "")]


class Crowd:
    """Residents, each with one story, and leaders who confirm their month."""

    def __init__(self, sim: Simulator, chance: random.Random) -> None:
        self._sim = sim
        self._chance = chance
        self.stories: list[Story] = []
        self.leaders: list[Phone] = []

    async def keeps_talking(self, pause: float) -> None:
        """Without end: somebody new with a story every `pause` seconds, now and then somebody who adds, or a leader."""
        while True:
            if self._sim.unconfirmed < BACKLOG:
                await self.talks(1)
            await asyncio.sleep(pause)

    async def talks(self, people: int) -> None:
        """New people with stories; perhaps somebody who adds to a tip, perhaps a leader."""
        for _ in range(people):
            watched = self._chance.random() < WATCHED
            await self._tell(WATCHED_WARD if watched else self._chance.choice(QUIET_WARDS), self._chance.random() < 0.2)
        if self._chance.random() < 0.2:
            told = [story for story in self.stories[-60:] if len(story.pieces) == 3 and story.receipts()]
            if told:
                await self._add(self._chance.choice(told))
        if self.leaders and self._chance.random() < 0.1:
            period = period_of(ward_day(datetime.now(UTC)))
            await self._chance.choice(self.leaders).press_data(f"c.all:{period}")

    async def _tell(self, ward: str, urgent: bool) -> None:
        phone = self._sim.phone("Người dân")
        story = Story(phone, ward, urgent, [word(), word(), word()])
        await phone.send(f"/start w_{ward}")
        await phone.press_data("s.begin")
        await phone.press_data("s.agree")
        await phone.send("/baotin")
        await phone.press_data("t.kind:fire_explosion" if urgent else "t.kind:scam")
        for piece in story.pieces:
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
