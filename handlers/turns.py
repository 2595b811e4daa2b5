"""One update on its way through the product: who talks, where the talk stands, and how to answer."""

from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from telegram import ChatMember, Update
from telegram.ext import Application, CallbackContext, ExtBot

from cases import checking, people, reporting
from domain.errors import Refused
from domain.notices import Button, Lane, More, Notice, Rows
from domain.people import Person
from domain.talks import Talk, chosen, menu_of
from locales import words
from storage.unit import Unit

E = TypeVar("E", bound=StrEnum)
Edge = Application[ExtBot[None], "Context", dict[Any, Any], dict[Any, Any], dict[Any, Any], None]
MOST_WIPED = 1000  # messages; a story is far shorter, but other chats of the bot share the numbers
CURRENT: ContextVar["Turn"] = ContextVar("turn")


@dataclass
class Turn:
    """What a handler works with. Every answer is an outbox row of the unit; nothing is sent here."""

    unit: Unit
    person: Person
    talk: Talk
    pressed_message: int | None = None
    message: int | None = None
    query: str | None = None
    toast: str | None = None
    error: BaseException | None = None
    foreign: bool = False
    """Whether the phone is set to another language than Vietnamese: a hint, no more (decision 7)."""

    @property
    def chat(self) -> int:
        """The private chat of this person."""
        return self.person.chat

    def answer(
        self,
        key: str,
        *,
        buttons: Rows = (),
        more: More = (),
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
        self.unit.outbox.put(notice, chat=self.chat, language=self.person.language, answer=True)
        if remember and notice.buttons:
            self.keep(menu=menu_of(notice.buttons))

    def keep(self, **changes: Any) -> None:
        """The talk goes on from here."""
        self.talk = self.talk.model_copy(update={**changes, "touched_at": self.unit.now})
        self.unit.talks.save(self.talk)

    def leave_draft(self) -> None:
        """A story that was begun is left: its files go; of an urgent one, open already, the receipt is given."""
        draft = self.talk.draft
        if draft is not None:
            reporting.leave(self.unit, self.talk, self.person.language)
            self.keep(draft=None, step=None, menu=())

    def forget(self) -> None:
        """The talk is over; nothing of it stays."""
        self.leave_draft()
        checking.drop_pictures(self.unit, self.talk.findings.values())
        self.talk = Talk(key=self.talk.key, chat=self.chat, touched_at=self.unit.now)
        self.unit.talks.remove(self.talk.key)

    def look_away(self) -> None:
        """Something else is begun: what was asked is over, what was told and not sent stays."""
        if not self.talk.told:
            self.leave_draft()
        old = self.talk
        if not old.told and old.story is None and not old.past_ward:
            self.forget()
            return
        self.talk = Talk(key=old.key, chat=self.chat, draft=old.draft, story=old.story, touched_at=self.unit.now)
        self.keep(
            step="tell" if old.told else None,
            album=old.album,
            place=old.place,
            reminded=old.reminded,
            past_ward=old.past_ward,
        )

    def wipe(self, first: int, last: int) -> None:
        """Messages of this chat from `first` to before `last` are deleted, as far as Telegram lets us."""
        for start in range(max(first, last - MOST_WIPED), last, 100):
            notice = Notice(key="", wipe=(start, min(start + 100, last)), lane=Lane.REPLY)
            self.unit.outbox.put(notice, chat=self.chat)

    def said(self, key: str, **params: Any) -> str:
        """A sentence in this person's language."""
        return words(self.person.language).say(key, **params)

    def meant(self, menu: tuple[Button, ...], typed: str) -> str | None:
        """The press of this menu that somebody means who types its digit or its words."""
        known = words(self.person.language)
        return chosen(menu, lambda button: known.folded(button.label, **button.params), typed)

    def refuse(self, refused: Refused) -> None:
        """Says kindly what can't be done; on a button press also as a toast."""
        key = f"refused.{refused.code}"
        self.unit.outbox.put(
            Notice(key=key, params=dict(refused.params)), chat=self.chat, language=self.person.language
        )
        if self.query is not None:
            self.toast = self.said(key, **refused.params)


class Args(list[str]):
    """What a button carries; whoever asks for more than there is holds an old or a forged one."""

    def __getitem__(self, place: Any) -> Any:
        try:
            return super().__getitem__(place)
        except IndexError:
            raise Refused("button.stale") from None

    def one_of(self, place: int, kind: type[E]) -> E:
        """A member of an enumeration."""
        try:
            return kind(self[place])
        except ValueError:
            raise Refused("button.stale") from None

    def number(self, place: int) -> int:
        """A small whole number."""
        text = self[place]
        if not (text.isascii() and text.isdigit() and len(text) < 18):
            raise Refused("button.stale")
        return int(text)


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context with the turn that dispatch has opened."""

    @property
    def turn(self) -> Turn:
        """The update on its way."""
        return CURRENT.get()


def _has_left(update: Update) -> bool:
    """Whether somebody has blocked the bot: Telegram tells of it, maybe later than of a message that was refused."""
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status == ChatMember.BANNED


async def open_turn(unit: Unit, update: Update) -> Turn | None:
    """The turn of an update in a private chat; None for groups and channels, where nothing is ever told.

    None too for kinds of updates that we don't ask Telegram for: what they hold was not looked at.
    """
    if not (update.message or update.edited_message or update.callback_query or update.my_chat_member):
        return None
    user, chat = update.effective_user, update.effective_chat
    if user is None or (chat is not None and chat.type != chat.PRIVATE):
        return None
    # A press on a message too old for Telegram to send along: it comes from the person's own chat all the same.
    number = chat.id if chat is not None else user.id
    # A phone set to English is no proof that its owner reads it better: Vietnamese until somebody chooses otherwise.
    person = await people.who(unit, number, user.full_name or "", "vi")  # a deleted account has no name
    if not _has_left(update):
        person = await people.heard_from(unit, person)
    key = unit.talks.key_of_chat(number)
    talk = await unit.talks.find(key) or Talk(key=key, chat=number, touched_at=unit.now)
    if person.contact is None and talk.language is not None:
        person = person.model_copy(update={"language": talk.language})
    query = update.callback_query
    return Turn(
        unit=unit,
        person=person,
        talk=talk,
        query=query.id if query else None,
        pressed_message=query.message.message_id if query and query.message else None,
        message=update.message.message_id if update.message else None,
        foreign=not (user.language_code or "vi").startswith("vi"),
    )
