"""Pledge campaigns: opened from a file, signed by one tap, recorded from paper, reminded of once."""

from collections.abc import Sequence
from datetime import date

from cases import book, people
from domain import pledges as rules
from domain.clocks import ward_day
from domain.entries import Entry, Party, PartyKind, PledgeText, Signed, Topic
from domain.errors import Refused
from domain.events import Happening
from domain.notices import Button, Lane, Notice
from domain.people import LEADERS, Membership, Person
from domain.places import Place, UnitKind
from domain.pledge_files import PartyLine, PledgeFile, parse, parties_told
from domain.pledge_files import told as told_file
from domain.pledges import Campaign, party_key
from domain.text import fold, nfc
from locales import words
from reports.pledge_list import PledgeList, Row
from storage.unit import Unit, new_id


async def open_text(unit: Unit, code: str, text: str) -> tuple[Campaign, bool]:
    """Opens the campaign of a file, or changes the one of that title; the same file again changes nothing.

    Returns the campaign and whether anything is new. Whoever leads a unit that signs is asked; residents are not
    written to: they have not agreed to notices, and find it by `/camket`.
    """
    ward = await unit.places.find(code)
    if ward is None or ward.kind is not UnitKind.WARD:
        raise Refused("criteria.bad_file", place="--unit", mistake="no_such_unit")
    file = parse(nfc(text))
    parties = tuple([await _party(unit, ward, line) for line in file.party])
    if len({party_key(party) for party in parties}) < len(parties):
        raise Refused("criteria.bad_file", place="party", mistake="twice")
    return await _open(unit, ward, file, parties, None)


async def open_told(unit: Unit, person: Person, ward: Place, text: str) -> Campaign:
    """*Mở cam kết* in the chat: asks every neighbourhood unit and household of the ward."""
    held = book.writer(person, ward)
    file = told_file(nfc(text), ward_day(unit.now))
    units = await unit.places.of_kind(ward.code, UnitKind.NEIGHBOURHOOD)
    units.sort(key=lambda one: (len(one.code), one.code))
    asked = [Party(kind=PartyKind.NEIGHBOURHOOD, name=one.name, unit=one.code) for one in units]
    before = await _called(unit, ward, file.title)
    if before is not None:  # who was added to it by name stays
        asked += [party for party in before.text.parties if party.unit is None]
    campaign, _ = await _open(unit, ward, file, tuple(asked), held)
    return campaign


async def add_parties(
    unit: Unit, person: Person, ward: Place, campaign: str, kind: PartyKind, text: str
) -> tuple[Campaign, int]:
    """*Thêm bên ký*: departments, unions, teams by their names. Returns the campaign and how many are new to it.

    It is no other text: who has signed has signed. Raises Refused for who may not write, and after the last day.
    """
    held = book.writer(person, ward)
    now = _still_signed(await find(unit, ward, campaign))
    told = rules.with_parties(now.text, parties_told(nfc(text), kind))
    new = len(told.parties) - len(now.text.parties)
    return (await _put_text(unit, ward, now.id, told, held) if new else now), new


async def drop_party(unit: Unit, person: Person, ward: Place, campaign: str, token: str) -> tuple[Campaign, Party]:
    """A party that was named by mistake goes; whoever has signed stays. Returns it too.

    Raises Refused for an old button, and for a unit of the ward: its leaders were asked.
    """
    held = book.writer(person, ward)
    now = _still_signed(await find(unit, ward, campaign))
    party = now.named(token)
    if party is None or party not in named_unsigned(now):
        raise Refused("button.stale")
    left = tuple(one for one in now.text.parties if one != party)
    return await _put_text(unit, ward, now.id, now.text.model_copy(update={"parties": left}), held), party


def named_unsigned(campaign: Campaign) -> list[Party]:
    """The parties without a code that haven't signed: they may be taken off the list, or get a link."""
    return [party for party in campaign.missing() if party.unit is None]


async def _open(
    unit: Unit, ward: Place, file: PledgeFile, parties: tuple[Party, ...], held: Membership | None
) -> tuple[Campaign, bool]:
    before = await _called(unit, ward, file.title)
    told = PledgeText(version=1, parties=parties, **file.model_dump(exclude={"party"}))
    if before is not None:
        # Other parties or days are no other text: only who reads something else is asked again.
        same = (before.text.title, before.text.contents) == (told.title, told.contents)
        told = told.model_copy(update={"version": before.text.version + (0 if same else 1)})
        if told == before.text:
            return before, False
    now = await _put_text(unit, ward, before.id if before else new_id(), told, held)
    if before is None or now.text.version > before.text.version:
        await _ask(unit, now, "pledge.asked", Lane.BULK)
    return now, True


async def _put_text(unit: Unit, ward: Place, subject: str, told: PledgeText, held: Membership | None) -> Campaign:
    """The campaign as it reads from here on; figures count its parties from the event."""
    book.put(unit, ward.code, Topic.PLEDGE, subject, told, held)
    now, by = await find(unit, ward, subject), held.contact if held else None
    if not await _came_in(unit, now, by):
        _asked(unit, now, by)
    return now


async def _came_in(unit: Unit, now: Campaign, by: str | None) -> bool:
    """Brings a campaign into the figures that was opened before there were such events, with who has signed its text.

    Their events are of now: what a day was counted with before stays what counting it again gives. Returns whether it
    was such a one.
    """
    known = await unit.events.of_campaign(now.id)
    if any(event.kind is Happening.PLEDGE_ASKED for event in known):
        return False
    _asked(unit, now, by)
    counted = {(event.detail["version"], event.detail["party"]) for event in known}
    for party in now.text.parties:
        entry = now.signed.get(party_key(party))
        if entry is not None and (now.text.version, rules.party_token(party)) not in counted:
            _signed(unit, now, party, by=entry.by, on_paper=isinstance(entry.what, Signed) and entry.what.on_paper)
    return True


def _asked(unit: Unit, now: Campaign, by: str | None) -> None:
    """The event of a text: whom it asks, and on which days."""
    text = now.text
    parties = " ".join(rules.party_token(party) for party in text.parties)
    days = {"opens": text.opens.isoformat(), "closes": text.closes.isoformat()}
    asked = Happening.PLEDGE_ASKED
    unit.happened(asked, ward=now.ward, subject=now.id, by=by, version=text.version, parties=parties, **days)


def _still_signed(campaign: Campaign) -> Campaign:
    if campaign.as_of > campaign.text.closes:
        raise Refused("pledge.closed", opens=campaign.text.opens, closes=campaign.text.closes)
    return campaign


async def _called(unit: Unit, ward: Place, title: str) -> Campaign | None:
    return next((one for one in await all_of(unit, ward) if fold(one.text.title) == fold(title)), None)


async def all_of(unit: Unit, ward: Place, day: date | None = None) -> list[Campaign]:
    """The campaigns of a ward as of a day (today), newest first."""
    return rules.campaigns(await unit.book.of((ward.code,), Topic.PLEDGE), day or ward_day(unit.now))


async def of_wards(unit: Unit, wards: Sequence[Place]) -> list[tuple[Place, Campaign]]:
    """The campaigns of several wards, newest first, in one question: a province has hundreds."""
    by_code = {ward.code: ward for ward in wards}
    entries = await unit.book.of(list(by_code), Topic.PLEDGE) if by_code else []
    return [(by_code[one.ward], one) for one in rules.campaigns(entries, ward_day(unit.now))]


async def find(unit: Unit, ward: Place, campaign: str) -> Campaign:
    """A campaign. Raises Refused for an old button."""
    found = next((one for one in await all_of(unit, ward) if one.id == campaign), None)
    if found is None:
        raise Refused("button.stale")
    return found


async def by_title(unit: Unit, code: str, title: str | None, day: date | None) -> tuple[Place, Campaign]:
    """A ward's campaign by its title; without one the newest. Raises Refused when there is none."""
    ward = await unit.places.find(code)
    if ward is None or ward.kind is not UnitKind.WARD:
        raise Refused("unit.unknown", unit=code)
    found = await all_of(unit, ward, day)
    wanted = next((one for one in found if title is None or fold(title) == fold(one.text.title)), None)
    if wanted is None:
        raise Refused("pledge.none")
    return ward, wanted


async def wards_of(unit: Unit, person: Person) -> list[Place]:
    """The wards in which a person can be a party: where they live, and where they lead a unit."""
    codes = [person.contact.ward if person.contact else None]
    codes += [held.ward for held in person.roles if held.role in LEADERS]
    found = [await unit.places.find(code) for code in dict.fromkeys(codes) if code]
    return [place for place in found if place is not None]


def signs_as(person: Person, campaign: Campaign) -> list[tuple[str, Party | None]]:
    """The parties for which a person may sign, by key; None is their own household."""
    led = {held.unit for held in person.roles if held.role in LEADERS}
    found: list[tuple[str, Party | None]] = [
        (party_key(party), party) for party in campaign.text.parties if party.unit in led
    ]
    contact = person.contact
    if any(held.role not in LEADERS for held in person.roles):
        return found  # of who works for a ward we don't know where they live
    if campaign.text.by_households and contact is not None and person.agreed and contact.ward == campaign.ward:
        found.append((rules.household_key(contact.id), None))
    return found


async def sign(unit: Unit, person: Person, ward: Place, campaign: str, version: int, key: str) -> tuple[Entry, bool]:
    """*Ký cam kết*: for one party, once a version. Returns the signature and whether it is new.

    Raises Refused for who may not sign for it, for a closed campaign, and for a text that has changed since.
    """
    now = await find(unit, ward, campaign)
    if key not in [known for known, _ in signs_as(person, now)]:
        raise Refused("pledge.not_yours")
    rules.check_sign(now, version)
    if key in now.signed:
        return now.signed[key], False
    held = next((one for one in person.roles if one.unit == key), None)
    return await put_signature(unit, now, key, person, held, on_paper=False), True


async def sign_paper(unit: Unit, person: Person, ward: Place, campaign: str, version: int, key: str) -> Campaign:
    """A party has signed on paper: who records it stands beside it."""
    held = book.writer(person, ward)
    now = await find(unit, ward, campaign)
    if key not in [party_key(party) for party in now.text.parties]:
        raise Refused("button.stale")
    rules.check_sign(now, version)
    if key not in now.signed:
        await put_signature(unit, now, key, person, held, on_paper=True)
    return await find(unit, ward, campaign)


async def listed(unit: Unit, code: str, title: str | None, day: date | None) -> PledgeList:
    """The list of a campaign as of a day (today). Raises Refused when there is none, and for a day to come."""
    today = ward_day(unit.now)
    if day is not None and day > today:
        raise Refused("criteria.future", day=day)
    ward, now = await by_title(unit, code, title, day)
    province = await unit.places.find(ward.parent) if ward.parent else None
    fields = ("title", "version", "contents", "opens", "closes", "households", "by_households")
    return PledgeList(
        ward_name=words("vi").say("place.ward", name=ward.name),
        place=ward.name,
        province=province.name if province else None,
        as_of=day or today,
        made_at=unit.now,
        rows=tuple([await _row(unit, party, now.signed.get(party_key(party))) for party in now.text.parties]),
        households_signed=now.households_signed,
        **{name: getattr(now.text, name) for name in fields},
    )


async def _row(unit: Unit, party: Party, entry: Entry | None) -> Row:
    if entry is None or not isinstance(entry.what, Signed):
        return Row(kind=party.kind, name=party.name)
    name = await people.name_of(unit, entry.by) or ""
    # Without a role somebody has signed by a link, for a party that has no leader here.
    role = words("vi").say(f"role.{entry.role.value if entry.role else 'representative'}")
    by = " ".join(part for part in (role, name) if part)
    return Row(kind=party.kind, name=party.name, signed_by=by, signed_at=entry.at, on_paper=entry.what.on_paper)


async def remind(unit: Unit, code: str, day: date) -> int:
    """In its last days whoever leads a unit that hasn't signed is reminded, once a version.

    A day that is caught up later is let go: that may be at night, and the next day reminds.
    """
    if day != ward_day(unit.now):
        return 0
    ward = await unit.places.find(code)
    reminded = 0
    for campaign in await all_of(unit, ward, day) if ward else []:
        period = f"{campaign.id}/{campaign.text.version}"
        if rules.to_remind(campaign) and await unit.slots.take("pledge_reminded", code, period):
            reminded += await _ask(unit, campaign, "pledge.reminded", Lane.REMINDER)
    return reminded


async def put_signature(
    unit: Unit, now: Campaign, key: str, person: Person, held: Membership | None, *, on_paper: bool
) -> Entry:
    """A party's signature of the text as it reads now, in the book and for the figures; who may, is asked before."""
    what = Signed(version=now.text.version, party=key, on_paper=on_paper)
    # Two presses of one moment, even in two processes, are one row; figures count a party once all the same.
    name = f"{now.id}/{now.text.version}/{key}"
    party = next((one for one in now.text.parties if party_key(one) == key), None)
    if party is not None:
        await _came_in(unit, now, None)
        _signed(unit, now, party, by=person.contact.id if person.contact else None, on_paper=on_paper)
    return book.put(unit, now.ward, Topic.PLEDGE, now.id, what, held, by=person, name=name)


def _signed(unit: Unit, now: Campaign, party: Party, *, by: str | None, on_paper: bool) -> None:
    """The event of a party's signature, from which figures count it."""
    told: dict[str, str | int | bool] = {
        "version": now.text.version,
        "party": rules.party_token(party),
        "on_paper": on_paper,
    }
    unit.happened(Happening.PLEDGE_SIGNED, ward=now.ward, subject=now.id, by=by, **told)


async def _ask(unit: Unit, campaign: Campaign, key: str, lane: Lane) -> int:
    """Tells the leaders of units that haven't signed; those of a unit share its signature."""
    asked = 0
    for party in campaign.missing():
        leaders = await unit.memberships.in_unit(party.unit, LEADERS) if party.unit else []
        chats = [(one.chat, one.language) for one in await people.reachable(unit, leaders)]
        show = Button(label="button.read_and_sign", press=f"g.show:{campaign.ward}:{campaign.id}")
        params = {"title": campaign.text.title, "party": party.name, "closes": campaign.text.closes}
        unit.outbox.put_many(Notice(key=key, params=params, buttons=((show,),), lane=lane), chats)
        asked += len(chats)
    return asked


async def _party(unit: Unit, ward: Place, line: PartyLine) -> Party:
    if line.unit is None:
        if line.name is None:
            raise Refused("criteria.bad_file", place="party, name", mistake="missing")
        return Party(kind=line.kind, name=line.name)
    place = await unit.places.find(line.unit)
    if place is None or place.ward != ward.code:
        raise Refused("criteria.bad_file", place=f"party, unit {line.unit}", mistake="no_such_unit")
    return Party(kind=line.kind, name=line.name or place.name, unit=place.code)
