"""A unit of work: every store of one transaction, with the time and the keys that it works with."""

import secrets
from datetime import datetime
from typing import Any, NamedTuple

from domain.clocks import Clocks, ward_day
from domain.events import Event, Happening
from storage.book import Book
from storage.criteria import Acts, OwnSets
from storage.engine import Transaction
from storage.figures import Figures
from storage.files import Files
from storage.findings import Findings, Reminders
from storage.matters import Duties, Events, Parts, TipKeys, Tips
from storage.outbox import Numbers, Outbox, Post
from storage.people import Contacts, Invitations, Memberships, SigningLinks, Talks
from storage.records import MustReplay, Records, Work
from storage.return_address import ReturnKeys
from storage.texts import ReportTexts
from storage.undelivered import UndeliveredOnes
from storage.vault import Vault
from storage.ward import Places, ReportedFigures, Slots, Snapshots
from storage.watches import Watches

__all__ = ["MustReplay", "Owed", "Unit", "new_id"]


def new_id() -> str:
    """A random name for a row: it says nothing about order, time or person. 96 bits, 16 letters."""
    return secrets.token_urlsafe(12)


class Owed(NamedTuple):
    """What a committed unit leaves to do: messages to deliver, and whether there are files to fetch or to unlink."""

    posts: list[Post]
    files: bool


class Unit(Work):
    """What a case works in. It never commits: whoever opened the transaction does."""

    def __init__(self, tx: Transaction, vault: Vault, now: datetime, numbers: Numbers, clocks: Clocks) -> None:
        super().__init__(tx)
        self.tx = tx
        self.vault = vault
        self.now = now
        self._numbers = numbers
        self.clocks = clocks
        self.contacts = Contacts(self, vault)
        self.memberships = Memberships(self)
        self.invitations, self.signing_links = Invitations(self, vault), SigningLinks(self, vault)
        self.talks = Talks(self, vault)
        self.tips = Tips(self, vault)
        self.tip_keys = TipKeys(self, vault)
        self.parts = Parts(self)
        self.watches = Watches(self)
        self.duties = Duties(self)
        self.findings, self.reminders = Findings(self, vault), Reminders(self)
        self.events = Events(self)
        self.outbox = Outbox(self, vault, numbers, now)
        self.undelivered = UndeliveredOnes(self)
        self.places = Places(self)
        self.reported = ReportedFigures(self)
        self.return_keys = ReturnKeys(self, vault)
        self.slots = Slots(self, now)
        self.snapshots, self.figures = Snapshots(self), Figures(self)
        self.report_texts = ReportTexts(self, vault)
        self.files = Files(self, vault)
        self.criteria_sets, self.criteria_acts = OwnSets(self), Acts(self, vault)
        self.book = Book(self, vault)

    def happened(
        self, kind: Happening, *, ward: str, subject: str, by: str | None = None, **detail: str | int | bool
    ) -> None:
        """One more event, now."""
        name, day, seq = new_id(), ward_day(self.now), self.next_number()
        event = Event(
            id=name, ward=ward, at=self.now, day=day, kind=kind, subject=subject, by=by, detail=detail, seq=seq
        )
        self.events.save(event)

    def next_number(self) -> int:
        """A number that orders what happens, whatever the clock did in between."""
        return self._numbers.next(self.now)

    def owed(self) -> Owed:
        """What is to be done once this is committed."""
        return Owed(self.outbox.posted(), self.files.touched)

    async def flush(self, *only: Records[Any, Any]) -> None:
        """Sends what is buffered. Where a card is pushed to an officer or leader, the menu that stood above it goes."""
        pushed = [] if only else self.outbox.pushed()
        await super().flush(*only)
        if pushed:
            await self._forget_menus(pushed)
            await super().flush(self.talks)

    async def _forget_menus(self, chats: list[int]) -> None:
        """Words typed below a card that was pushed must not meet the card before it: they are asked about.

        While something is asked or told they still belong to that.
        """
        keys = {self.talks.key_of_chat(chat): chat for chat in chats}
        await self.talks.ahead(keys)
        for key, chat in keys.items():
            talk = await self.talks.find(key)
            if talk is None or not talk.menu or talk.step is not None or talk.draft is not None:
                continue
            reader = await self.contacts.by_chat(chat)
            if reader is not None and await self.memberships.of(reader.id):
                self.talks.save(talk.model_copy(update={"menu": ()}))

    async def ahead(self, chats: list[int], tips: list[str]) -> None:
        """Reads what a batch of messages will ask for: who they are, where their talk stands, which tips they name."""
        keys = self.contacts.unknown(self.contacts.chat_key(chat) for chat in chats)
        await self.ask(
            [
                *self.contacts.asks_of_chats(keys),
                *self.memberships.asks_of_chats(keys),
                *self.talks.asks([self.talks.key_of_chat(chat) for chat in chats]),
                *self.tips.asks(tips),
            ]
        )
        known = [await self.contacts.by_chat(chat) for chat in chats]
        self.memberships.all_known(contact.id for contact in known if contact is not None)
