"""One update on its way through the product: who talks, where the talk stands, and how to answer."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from cases import people
from domain.errors import Refused
from domain.notices import Lane, Notice, Rows
from domain.people import Person
from domain.talks import Talk, menu_of
from locales import words
from storage.unit import Unit

Edge = Application[ExtBot[None], "Context", dict[Any, Any], dict[Any, Any], dict[Any, Any], None]
CURRENT: ContextVar["Turn"] = ContextVar("turn")


@dataclass
class Turn:
    """What a handler works with. Every answer is an outbox row of the unit; nothing is sent here."""

    unit: Unit
    person: Person
    talk: Talk
    pressed_message: int | None = None
    query: str | None = None
    toast: str | None = None
    error: BaseException | None = None
    _said: list[str] = field(default_factory=list)

    @property
    def chat(self) -> int:
        """The private chat of this person."""
        return self.person.chat

    def answer(
        self,
        key: str,
        *,
        buttons: Rows = (),
        more: tuple[tuple[str, dict[str, Any]], ...] = (),
        keyboard: str | None = None,
        remember: bool = True,
        edit: bool = False,
        **params: Any,
    ) -> None:
        """One message to this person. Its buttons can be typed, unless they must leave no trace (`remember=False`)."""
        place = self.pressed_message if edit else None
        notice = Notice(
            key=key, params=params, more=more, buttons=buttons, keyboard=keyboard, edit=place, lane=Lane.REPLY
        )
        self.send(notice, remember=remember)

    def send(self, notice: Notice, *, remember: bool = True) -> None:
        """One message that a case has composed."""
        self.unit.outbox.put(notice, chat=self.chat, language=self.person.language)
        if remember and notice.buttons:
            self.keep(menu=menu_of(notice.buttons))

    def keep(self, **changes: Any) -> None:
        """The talk goes on from here."""
        self.talk = self.talk.model_copy(update={**changes, "touched_at": self.unit.now})
        self.unit.talks.save(self.talk)

    def forget(self) -> None:
        """The talk is over; nothing of it stays."""
        self.talk = Talk(key=self.talk.key, touched_at=self.unit.now)
        self.unit.talks.remove(self.talk.key)

    def said(self, key: str, **params: Any) -> str:
        """A sentence in this person's language."""
        return words(self.person.language).say(key, **params)

    def refuse(self, refused: Refused) -> None:
        """Says kindly what can't be done; on a button press also as a toast."""
        key = f"refused.{refused.code}"
        self.unit.outbox.put(
            Notice(key=key, params=dict(refused.params)), chat=self.chat, language=self.person.language
        )
        if self.query is not None:
            self.toast = self.said(key, **refused.params)


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context with the turn that dispatch has opened."""

    @property
    def turn(self) -> Turn:
        """The update on its way."""
        return CURRENT.get()


async def open_turn(unit: Unit, update: Update) -> Turn | None:
    """The turn of an update in a private chat; None for groups and channels, where nothing is ever told."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or chat.type != chat.PRIVATE:
        return None
    # A phone set to English is no proof that its owner reads it better: Vietnamese until somebody chooses otherwise.
    person = await people.who(unit, chat.id, user.full_name, "vi")
    key = unit.talks.key_of_chat(chat.id)
    talk = await unit.talks.find(key) or Talk(key=key, touched_at=unit.now)
    query = update.callback_query
    return Turn(
        unit=unit,
        person=person,
        talk=talk,
        query=query.id if query else None,
        pressed_message=query.message.message_id if query and query.message else None,
    )
