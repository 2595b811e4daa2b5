"""A pledge signed by a one-time link: for departments, unions and teams, whose representatives have no role here.

A link belongs to a party of a campaign. It gives no role and opens nothing but the pledge.
"""

import secrets
from datetime import date, timedelta
from typing import NamedTuple

from cases import book, people, pledges
from domain import pledges as rules
from domain.clocks import day_bounds, ward_day
from domain.entries import Entry, Party
from domain.errors import Refused
from domain.people import Person, SigningLink
from domain.places import Place
from domain.pledges import Campaign, party_key
from storage import meta
from storage.unit import Unit

LASTS_DAYS = 7
"""Days for which a link can be used, that of its making included; never longer than the pledge. No source names it."""


class Given(NamedTuple):
    """A link as it leaves: its payload is known here only, and never again."""

    campaign: Campaign
    party: Party
    bot: str
    payload: str
    last_day: date


class Offer(NamedTuple):
    """What a link opens."""

    link: SigningLink
    campaign: Campaign
    party: Party

    @property
    def signed(self) -> Entry | None:
        """The party's signature of the text as it reads now, by whomever."""
        return self.campaign.signed.get(party_key(self.party))


async def give(unit: Unit, person: Person, ward: Place, campaign: str, token: str) -> Given:
    """A link for a party that was named and hasn't signed; an earlier one of this party is of no use from here on.

    Raises Refused for who may not write, for an old button and while the pledge can't be signed.
    """
    book.writer(person, ward)
    now = await pledges.find(unit, ward, campaign)
    rules.check_sign(now, now.text.version)
    party = now.named(token)
    if party is None or party not in pledges.named_unsigned(now):
        raise Refused("button.stale")
    last_day = min(ward_day(unit.now) + timedelta(days=LASTS_DAYS - 1), now.text.closes)
    payload = people.SIGNING_LINK + secrets.token_urlsafe(18)
    hashed, expires_at = unit.signing_links.hash_of(payload), day_bounds(last_day)[1]
    unit.signing_links.save(
        SigningLink(hash=hashed, ward=ward.code, campaign=now.id, party=token, expires_at=expires_at)
    )
    bot = await meta.get(unit.tx, "username")
    assert bot is not None, "written before the first update is taken"
    return Given(now, party, bot, payload, last_day)


async def offered(unit: Unit, payload: str) -> Offer:
    """What a link opens. Raises Refused when it can't be used, and when the party can't sign any more."""
    link = await unit.signing_links.of_hash(unit.signing_links.hash_of(payload))
    ward = await unit.places.find(link.ward) if link else None
    if link is None or ward is None:
        raise Refused("pledge.link_unusable")
    now = await pledges.find(unit, ward, link.campaign)
    party = now.named(link.party)
    if party is None:
        raise Refused("pledge.link_party_gone")
    offer = Offer(link, now, party)
    if offer.signed is None:
        rules.check_sign(now, now.text.version)
    if link.expires_at <= unit.now:
        raise Refused("pledge.link_unusable")
    if link.used and offer.signed is None:  # it has signed an earlier text
        raise Refused("pledge.link_used")
    return offer


async def sign(unit: Unit, person: Person, payload: str, version: int) -> tuple[Offer, Entry, bool]:
    """*Ký cam kết* by a link, once. Returns the signature and whether it is new.

    Raises Refused as `offered` does, before consent, and for a text that has changed since.
    """
    offer = await offered(unit, payload)
    if offer.signed is not None:
        return offer, offer.signed, False
    if not person.agreed:
        raise Refused("consent.needed")
    rules.check_sign(offer.campaign, version)
    unit.signing_links.save(offer.link.model_copy(update={"used": True}))
    key = party_key(offer.party)
    return offer, await pledges.put_signature(unit, offer.campaign, key, person, None, on_paper=False), True
