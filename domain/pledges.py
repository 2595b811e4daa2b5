"""Pledges (*ký cam kết*): a campaign's text in versions, its parties, who has signed which version.

Pure: how a campaign stands follows from its entries up to a day. A changed text is a new version, and what was signed
before counts for that text only. Households that nobody has counted leave the whole unknown.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

from domain.entries import MOST_PARTIES, Entry, Party, PartyKind, PledgeText, Signed, standing
from domain.errors import Refused
from domain.text import fold

REMIND_BEFORE = timedelta(days=3)
"""How long before its last day who hasn't signed is reminded, once a version. No source names it: ours to configure."""
HOUSEHOLD = "household/"
"""How the key of a household begins; the random id of who signed follows."""


class Campaign(NamedTuple):
    """A campaign on a day. `signed`: the entry of each party that has signed the text as it reads now."""

    id: str
    ward: str
    text: PledgeText
    opened: Entry
    as_of: date
    signed: dict[str, Entry]

    @property
    def open(self) -> bool:
        """Whether it can be signed."""
        return self.text.opens <= self.as_of <= self.text.closes

    @property
    def parties_signed(self) -> int:
        """Named parties that have signed."""
        return sum(party_key(party) in self.signed for party in self.text.parties)

    @property
    def households_signed(self) -> int:
        """Residents who have signed for their household."""
        return sum(key.startswith(HOUSEHOLD) for key in self.signed) if self.text.by_households else 0

    @property
    def total(self) -> int:
        """All that have signed."""
        return self.parties_signed + self.households_signed

    @property
    def expected(self) -> int | None:
        """All that are asked; None when households sign and nobody has counted them."""
        if self.text.by_households:
            return None if self.text.households is None else len(self.text.parties) + self.text.households
        return len(self.text.parties)

    def by_kind(self) -> dict[PartyKind, tuple[int, int]]:
        """Of the named parties of each kind: how many have signed, of how many."""
        found: dict[PartyKind, tuple[int, int]] = {}
        for party in self.text.parties:
            signed, whole = found.get(party.kind, (0, 0))
            found[party.kind] = signed + (party_key(party) in self.signed), whole + 1
        return found

    def named(self, token: str) -> Party | None:
        """The party of a token: one that has gone since is nobody, and never another."""
        return next((party for party in self.text.parties if party_token(party) == token), None)

    def missing(self) -> list[Party]:
        """Named parties that haven't signed."""
        return [party for party in self.text.parties if party_key(party) not in self.signed]


def party_key(party: Party) -> str:
    """What tells parties apart: the unit's code, else the folded name."""
    return party.unit or f"{party.kind.value}/{fold(party.name)}"


def party_token(party: Party) -> str:
    """A short name of a party for buttons and events: its place in the list may change, this doesn't."""
    return blake2b(party_key(party).encode(), digest_size=6).hexdigest()


def with_parties(text: PledgeText, more: Iterable[Party]) -> PledgeText:
    """The same text with further parties; who is there already isn't added again. Raises Refused for too many."""
    parties = {party_key(party): party for party in text.parties}
    for party in more:
        parties.setdefault(party_key(party), party)
    if len(parties) > MOST_PARTIES:
        raise Refused("pledge.too_many", limit=MOST_PARTIES)
    return text.model_copy(update={"parties": tuple(parties.values())})


def household_key(contact: str) -> str:
    """The household for which somebody signs. Who they are stays in their contact, and goes with it."""
    return HOUSEHOLD + contact


def campaigns(entries: Iterable[Entry], as_of: date) -> list[Campaign]:
    """The campaigns that were opened up to a day, newest first."""
    by_subject: dict[str, list[Entry]] = {}
    for entry in standing(list(entries), as_of):
        by_subject.setdefault(entry.subject, []).append(entry)
    found = [_campaign(subject, told, as_of) for subject, told in by_subject.items()]
    return sorted((one for one in found if one is not None), key=lambda one: -one.opened.seq)


def check_sign(campaign: Campaign, version: int) -> None:
    """Raises Refused when it is closed, or its text has changed since it was shown."""
    if not campaign.open:
        raise Refused("pledge.closed", opens=campaign.text.opens, closes=campaign.text.closes)
    if version != campaign.text.version:
        raise Refused("pledge.text_changed", version=campaign.text.version)


def to_remind(campaign: Campaign) -> bool:
    """Whether its last days have begun."""
    return campaign.open and campaign.as_of >= campaign.text.closes - REMIND_BEFORE


def _campaign(subject: str, told: list[Entry], as_of: date) -> Campaign | None:
    texts = [entry for entry in told if isinstance(entry.what, PledgeText)]
    if not texts:
        return None
    text = texts[-1].what
    assert isinstance(text, PledgeText)
    signed: dict[str, Entry] = {}
    for entry in told:
        if isinstance(entry.what, Signed) and entry.what.version == text.version:
            signed.setdefault(entry.what.party, entry)
    return Campaign(subject, texts[-1].ward, text, texts[-1], as_of, signed)
