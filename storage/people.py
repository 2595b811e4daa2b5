"""Contacts, memberships, one-time links and talks."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from domain.clocks import QUARTER, day_bounds, next_hour, quarter_hour, ward_day
from domain.people import Contact, Invitation, Membership, Role, SigningLink
from domain.talks import Talk, remind_at
from storage.engine import Row
from storage.records import Ask, Records, Work, moment, to_ms
from storage.vault import DAMAGED, Vault

log = logging.getLogger(__name__)

PAGE = 500  # contacts that are read at a time


class Contacts(Records[str, Contact]):
    """People who agreed to be remembered. The chat is found by a keyed hash; everything personal is sealed."""

    table = "contacts"
    columns = ("id", "chat_key", "ward", "body")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault
        self._seal = vault.for_("contacts")
        self._by_chat: dict[bytes, str | None] = {}
        self._keys: dict[int, bytes] = {}
        self._damaged: dict[bytes, str] = {}  # by the hash of their chat

    def chat_key(self, chat: int) -> bytes:
        """The keyed hash by which a chat is found."""
        if chat not in self._keys:
            self._keys[chat] = self._vault.lookup("chat", chat)
        return self._keys[chat]

    async def by_chat(self, chat: int) -> Contact | None:
        """Who writes from this chat, if they have agreed to be remembered."""
        key = self.chat_key(chat)
        if key not in self._by_chat:
            await self.ahead_of_chats((key,))
        known = self._by_chat[key]
        return None if known is None else await self.find(known)

    async def ahead_of_chats(self, keys: Iterable[bytes]) -> None:
        """Reads the contacts of many chats in one statement."""
        await self._work.ask(self.asks_of_chats(keys))

    def unknown(self, keys: Iterable[bytes]) -> list[bytes]:
        """Those of these chats of which nobody has asked yet."""
        return [key for key in dict.fromkeys(keys) if key not in self._by_chat]

    def asks_of_chats(self, keys: Iterable[bytes]) -> list[Ask]:
        """The question who these chats are."""
        missing = self.unknown(keys)

        def take(rows: Sequence[Row]) -> None:
            self._by_chat.update(dict.fromkeys(missing))
            for row in rows:
                for contact in self.seen((row,)):
                    self._by_chat[bytes(row["chat_key"])] = contact.id

        sql = "SELECT id, chat_key, ward, body FROM contacts WHERE chat_key IN (:keys)"
        return [Ask(sql, {"keys": missing}, take)] if missing else []

    def opened(self, row: Mapping[str, Any]) -> Contact | None:
        """A contact that doesn't open counts for none: nobody waits for it, and who writes from its chat is new."""
        try:
            return self.from_row(row)
        except DAMAGED:
            self._damaged[bytes(row["chat_key"])] = row["id"]
            if _place(row["id"]) not in self._vault.damaged:
                # Not named here: they may be writing just now, and no log says who.
                log.error("a contact does not open")
                self._vault.damaged.add(_place(row["id"]))
            return None

    def save(self, record: Contact) -> None:
        key = self.chat_key(record.chat)
        unreadable = self._damaged.pop(key, None)
        if unreadable is not None:  # whoever agrees anew takes its place, without its roles
            super().remove(unreadable)
            self._vault.damaged.discard(_place(unreadable))
        self._by_chat[key] = record.id
        super().save(record)

    def remove(self, key: str) -> None:
        self._by_chat.clear()
        super().remove(key)

    def restore(self, key: str, before: Any, dirty: bool) -> None:
        self._by_chat.clear()
        super().restore(key, before, dirty)

    def to_row(self, record: Contact) -> dict[str, Any]:
        agreed = record.agreed_at
        if agreed is not None:
            # The day alone: who comes in order to tell agrees minutes before their tip is opened.
            record = record.model_copy(update={"agreed_at": day_bounds(ward_day(agreed))[0]})
        hidden = record.model_dump_json(exclude={"id", "ward"}).encode()
        return {
            "id": record.id,
            "chat_key": self.chat_key(record.chat),
            "ward": record.ward,
            "body": self._seal.seal(hidden, _place(record.id)),
        }

    def from_row(self, row: Mapping[str, Any]) -> Contact:
        hidden = orjson.loads(self._seal.open(row["body"], _place(row["id"])))
        return Contact.model_validate({"id": row["id"], "ward": row["ward"], **hidden})

    async def unreadable(self, after: str) -> tuple[list[str], str | None]:
        """Contacts that don't open, of the page that begins after an id, and where the next page does."""
        sql = "SELECT id, chat_key, ward, body FROM contacts WHERE id > :after ORDER BY id LIMIT :page"
        rows = await self._work.read(sql, after=after, page=PAGE)
        return [row["id"] for row in rows if self.opened(row) is None], rows[-1]["id"] if rows else None


def _place(contact: str) -> str:
    """Where a contact is sealed."""
    return f"contacts/body/{contact}"


class Memberships(Records[str, Membership]):
    """Who holds which role in which unit."""

    table = "memberships"
    columns = ("id", "contact", "role", "unit", "ward", "since", "on_duty")

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._by_contact: dict[str, list[str]] = {}

    async def of(self, contact: str) -> tuple[Membership, ...]:
        """The roles of a person."""
        if contact not in self._by_contact:
            await self.ahead_of((contact,))
        held = [await self.find(key) for key in self._by_contact[contact]]
        return tuple(membership for membership in held if membership is not None)

    async def ahead_of(self, contacts: Iterable[str]) -> None:
        """Reads the roles of many people in one statement."""
        missing = [contact for contact in dict.fromkeys(contacts) if contact not in self._by_contact]
        if missing:
            sql = "SELECT * FROM memberships WHERE contact IN (:contacts) ORDER BY since, id"
            self._take(await self._work.read(sql, contacts=missing))
            self.all_known(missing)

    def asks_of_chats(self, keys: Sequence[bytes]) -> list[Ask]:
        """The question which roles the people of these chats hold; `all_known` says afterwards who was asked for."""
        sql = (
            "SELECT memberships.* FROM memberships JOIN contacts ON contacts.id = memberships.contact "
            "WHERE contacts.chat_key IN (:keys) ORDER BY memberships.since, memberships.id"
        )
        return [Ask(sql, {"keys": list(keys)}, self._take)] if keys else []

    def all_known(self, contacts: Iterable[str]) -> None:
        """Of these people every role has been read: who has none, has none."""
        for contact in contacts:
            self._by_contact.setdefault(contact, [])

    def _take(self, rows: Iterable[Row]) -> None:
        for membership in self.seen(rows):
            held = self._by_contact.setdefault(membership.contact, [])
            if membership.id not in held:
                held.append(membership.id)

    async def in_unit(self, unit: str, roles: Iterable[Role]) -> list[Membership]:
        """Everybody who holds one of these roles in a unit, longest first."""
        sql = "SELECT * FROM memberships WHERE unit = :unit AND role IN (:roles) ORDER BY since, id"
        return await self._list(sql, unit=unit, roles=list(roles))

    async def in_ward(self, ward: str, roles: Iterable[Role]) -> list[Membership]:
        """Everybody who holds one of these roles anywhere in a ward."""
        sql = "SELECT * FROM memberships WHERE ward = :ward AND role IN (:roles) ORDER BY since, id"
        return await self._list(sql, ward=ward, roles=list(roles))

    async def of_role(self, role: Role) -> list[Membership]:
        """Everybody who holds a role anywhere, longest first."""
        return await self._list("SELECT * FROM memberships WHERE role = :role ORDER BY since, id", role=role)

    def save(self, record: Membership) -> None:
        self._by_contact.pop(record.contact, None)
        super().save(record)

    async def settle(self) -> None:
        """Makes saved memberships visible to `of` in the same unit."""
        await self._work.flush()

    def restore(self, key: str, before: Any, dirty: bool) -> None:
        self._by_contact.clear()
        super().restore(key, before, dirty)

    def to_row(self, record: Membership) -> dict[str, Any]:
        row = record.model_dump()
        row.update(role=str(record.role), since=to_ms(record.since), on_duty=int(record.on_duty))
        return row

    def from_row(self, row: Mapping[str, Any]) -> Membership:
        return Membership.model_validate({**row, "since": moment(row["since"]), "on_duty": bool(row["on_duty"])})


class Invitations(Records[bytes, Invitation]):
    """One-time links, by the keyed hash of their payload."""

    table = "invitations"
    key = "hash"
    columns = ("hash", "role", "unit", "expires_at")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault

    def hash_of(self, payload: str) -> bytes:
        """The keyed hash of a link's payload."""
        return self._vault.lookup("invitation", payload)

    async def drop_expired(self, now: datetime) -> int:
        """Forgets links that nobody used in time."""
        return await self._work.execute("DELETE FROM invitations WHERE expires_at < :now", now=to_ms(now))

    def to_row(self, record: Invitation) -> dict[str, Any]:
        return {
            "hash": record.hash,
            "role": str(record.role),
            "unit": record.unit,
            "expires_at": to_ms(record.expires_at),
        }

    def from_row(self, row: Mapping[str, Any]) -> Invitation:
        values = {**row, "hash": bytes(row["hash"]), "expires_at": moment(row["expires_at"])}
        return Invitation.model_validate(values)


class SigningLinks(Records[str, SigningLink]):
    """One-time links to sign a pledge, one a party, found by the keyed hash of their payload."""

    table = "signing_links"
    columns = ("id", "hash", "ward", "campaign", "party", "expires_at", "used")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault

    def hash_of(self, payload: str) -> bytes:
        """The keyed hash of a link's payload."""
        return self._vault.lookup("signing", payload)

    async def of_hash(self, hashed: bytes) -> SigningLink | None:
        """The link of a hash: None when it is unknown, or another has taken its place."""
        found = await self._list("SELECT * FROM signing_links WHERE hash = :hash", hash=hashed)
        return next((link for link in found if link.hash == hashed), None)

    async def drop_expired(self, now: datetime) -> int:
        """Forgets links that have had their time, used or not."""
        return await self._work.execute("DELETE FROM signing_links WHERE expires_at < :now", now=to_ms(now))

    def to_row(self, record: SigningLink) -> dict[str, Any]:
        values = {"id": record.id, "expires_at": to_ms(record.expires_at), "used": int(record.used)}
        return {**record.model_dump(), **values}

    def from_row(self, row: Mapping[str, Any]) -> SigningLink:
        values = {**row, "hash": bytes(row["hash"]), "expires_at": moment(row["expires_at"]), "used": bool(row["used"])}
        return SigningLink.model_validate(values)


class Talks(Records[bytes, Talk]):
    """Conversations in progress. A talk that would lose nothing is deleted, so no row says who wrote last."""

    table = "talks"
    key = "key"
    columns = ("key", "body", "touched_at", "remind_at")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault
        self._seal = vault.for_("talks")
        self._keys: dict[int, bytes] = {}
        self._damaged: dict[bytes, None] = {}

    def key_of_chat(self, chat: int) -> bytes:
        """The keyed hash by which a conversation is found; another one than that of contacts."""
        if chat not in self._keys:
            self._keys[chat] = self._vault.lookup("talk", chat)
        return self._keys[chat]

    async def to_remind(self, now: datetime) -> list[Talk]:
        """Stories that were begun and left, and not reminded of yet."""
        found = await self._list("SELECT * FROM talks WHERE remind_at <= :now", now=to_ms(now))
        # What doesn't open can't be reminded of, and is not looked at again until it is forgotten.
        quiet = [{"key": key} for key in self._damaged]
        await self._work.execute_many("UPDATE talks SET remind_at = NULL WHERE key = :key", quiet)
        return found

    async def older(self, before: datetime) -> list[Talk]:
        """Conversations that nobody has gone on with. One that doesn't open is removed with the unit."""
        found = await self._list("SELECT * FROM talks WHERE touched_at < :before", before=to_ms(before))
        if self._damaged:
            names = ", ".join(key.hex()[:8] for key in self._damaged)
            log.error("talks whose rows do not open are forgotten: %s", names)
        for key in self._damaged:
            self.remove(key)
        return found

    def opened(self, row: Mapping[str, Any]) -> Talk | None:
        """A talk that doesn't open counts for none: the next word begins a new one, over it."""
        try:
            return self.from_row(row)
        except DAMAGED:
            if not self._damaged:
                # Not named here: somebody may be speaking just now, and no log says who.
                log.error("a talk does not open")
            self._damaged[bytes(row["key"])] = None
            return None

    def to_row(self, record: Talk) -> dict[str, Any]:
        hidden = record.model_dump_json(exclude={"key"}, exclude_defaults=True).encode()
        return {
            "key": record.key,
            "body": self._seal.seal(hidden, f"talks/body/{record.key.hex()}"),
            # Coarse on purpose: a tip has an exact time, and a talk beside it must not have the same.
            "touched_at": to_ms(next_hour(record.touched_at)),
            "remind_at": None if (at := remind_at(record)) is None else to_ms(quarter_hour(at + QUARTER)),
        }

    def from_row(self, row: Mapping[str, Any]) -> Talk:
        key = bytes(row["key"])
        return Talk.model_validate(
            {"key": key, **orjson.loads(self._seal.open(row["body"], f"talks/body/{key.hex()}"))}
        )
