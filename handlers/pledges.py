"""`/camket`: a pledge is read whole and signed by one tap; the ward's office sees how many, and who not yet."""

from datetime import timedelta

from cases import book, criteria, pledges
from domain.clocks import ward_day
from domain.criteria import READING
from domain.entries import PartyKind, Signed
from domain.errors import Refused
from domain.notices import Button, Rows
from domain.people import Person
from domain.places import Place
from domain.pledges import Campaign, party_key, party_token
from handlers.book_lines import Line, ask, by, over, paged, share, show
from handlers.turns import Args, Turn
from locales import words
from reports.pledge_list import by_kind

SHOWN = 5
"""Lines of a list on one screen."""
_CAMPAIGNS = 9
_HOUSEHOLD = "h"
"""Stands in a button for the household of whoever presses it: what would name it stays out of the chat."""


async def start(turn: Turn, _: Args) -> None:
    """`/camket`: what this person may sign, or watches over."""
    turn.look_away()
    wards = await pledges.wards_of(turn.unit, turn.person)
    if _reads(turn.person):
        wards += [one for one in await criteria.wards_of(turn.unit, turn.person) if one not in wards]
    found = await pledges.of_wards(turn.unit, wards)
    theirs = [(ward, one) for ward, one in found if _reads_here(turn.person, ward) or _signs(turn.person, one)]
    if len(theirs) == 1:
        await show_campaign(turn, *theirs[0])
        return
    buttons = [(_opener(n, ward, one),) for n, (ward, one) in enumerate(theirs[:_CAMPAIGNS], 1)]
    mine = [(_opening(ward),) for ward in wards if book.may_write(turn.person, ward)]
    show(turn, [("pledges.which" if buttons else "pledges.nothing", {})], (*buttons, *mine))


async def new(turn: Turn, args: Args) -> None:
    """*Mở cam kết*: title, contents and last day in one text."""
    ward = await book.ward_for(turn.unit, turn.person, args[0])
    book.writer(turn.person, ward)
    until = ward_day(turn.unit.now) + timedelta(days=30)
    ask(turn, "pledge_text", ward.code, "pledges.ask_text", example=until)


async def text_typed(turn: Turn, said: str) -> None:
    """The text; the same title again changes that campaign."""
    ward = await book.ward_for(turn.unit, turn.person, turn.talk.book or "")
    now = await pledges.open_told(turn.unit, turn.person, ward, said)
    over(turn)
    count = sum(party.kind is PartyKind.NEIGHBOURHOOD for party in now.text.parties)
    await show_campaign(turn, ward, now, ("pledges.opened", {"count": count, "version": now.text.version}))


async def meant(turn: Turn, said: str) -> list[Button]:
    """What a leader means who types the button of a pledge that was pushed: one button a campaign.

    It has no digit: `1` belongs to the safety check, whose card may have come on the same day.
    """
    if turn.meant((Button(label="button.read_and_sign", press="g.show"),), said) is None:
        return []
    found = await pledges.of_wards(turn.unit, await pledges.wards_of(turn.unit, turn.person))
    theirs = [(ward, one) for ward, one in found if _signs(turn.person, one)]
    return [_opener(n, ward, one) for n, (ward, one) in enumerate(theirs[:_CAMPAIGNS], 1)]


async def one(turn: Turn, args: Args) -> None:
    """A campaign."""
    ward = await _ward(turn, args[0])
    await show_campaign(turn, ward, await pledges.find(turn.unit, ward, args[1]))


async def sign(turn: Turn, args: Args) -> None:
    """*Ký cam kết*: one tap. A text that has changed since is shown again instead."""
    ward = await _ward(turn, args[0])
    now = await pledges.find(turn.unit, ward, args[1])
    version = args.number(2)
    if now.open and version != now.text.version:
        await show_campaign(turn, ward, now, ("pledges.changed", {"version": now.text.version}))
        return
    key = _key(turn, now, args[3])
    entry, new = await pledges.sign(turn.unit, turn.person, ward, now.id, version, key)
    done = {"party": _name(turn, now, key), "at": entry.at, "version": version}
    first: Line = ("pledges.done" if new else "pledges.done_before", done)
    await show_campaign(turn, ward, await pledges.find(turn.unit, ward, now.id), first)


async def who(turn: Turn, args: Args) -> None:
    """*Ai chưa ký?*: and a signature on paper is recorded by the digit of its party."""
    ward, now = await campaign_read(turn, args)
    missing = now.missing()
    begin = args.number(2) if len(args) > 2 else 0
    shown = missing[begin : begin + SHOWN]
    lines: list[Line] = [("pledges.missing" if missing else "pledges.all_signed", {"count": len(missing)})]
    lines += [("pledges.party", {"name": party.name}) for party in shown]
    may = book.may_write(turn.person, ward) is not None and now.open
    rows: list[tuple[Button, ...]] = []
    for n, party in enumerate(shown, 1):
        if may:
            press = f"g.paper:{ward.code}:{now.id}:{now.text.version}:{party_token(party)}"
            params = {"number": n, "name": party.name[:20]}
            rows.append((Button(label="button.on_paper", params=params, press=press, digit=str(n)),))
    if len(missing) > begin + SHOWN:
        press = f"g.who:{ward.code}:{now.id}:{begin + SHOWN}"
        rows.append((Button(label="button.more", press=press),))
    if may and pledges.named_unsigned(now):
        rows.append((Button(label="button.signing_links", press=f"g.links:{ward.code}:{now.id}"),))
    show(turn, lines, (*rows, (back(ward, now),)))


async def on_paper(turn: Turn, args: Args) -> None:
    """*Đã ký giấy*: recorded by whoever presses."""
    ward = await _ward(turn, args[0])
    now = await pledges.find(turn.unit, ward, args[1])
    key = _key(turn, now, args[3])
    now = await pledges.sign_paper(turn.unit, turn.person, ward, now.id, args.number(2), key)
    await show_campaign(turn, ward, now, ("pledges.done_paper", {"party": _name(turn, now, key)}))


async def signed(turn: Turn, args: Args) -> None:
    """*Danh sách đã ký*: who signed, when, which version, by tap or on paper; households are only counted here."""
    ward, now = await campaign_read(turn, args)
    begin = args.number(2) if len(args) > 2 else 0
    parties = [party for party in now.text.parties if party_key(party) in now.signed]
    lines: list[Line] = [("pledges.signed", {"said": _counted(turn, now), "version": now.text.version})]
    for party in parties[begin : begin + SHOWN]:
        entry = now.signed[party_key(party)]
        assert isinstance(entry.what, Signed)
        key = "pledges.signed_paper" if entry.what.on_paper else "pledges.signed_tap"
        lines.append((key, {"name": party.name, "by": await by(turn, entry), "at": entry.at}))
    rows: list[tuple[Button, ...]] = []
    if len(parties) > begin + SHOWN:
        rows.append((Button(label="button.more", press=f"g.list:{ward.code}:{now.id}:{begin + SHOWN}"),))
    show(turn, lines, (*rows, (back(ward, now),)))


async def show_campaign(turn: Turn, ward: Place, now: Campaign, first: Line | None = None) -> None:
    """The text is shown whole whatever its length: nobody signs what they have not read (decision 22)."""
    text = now.text
    lines: list[Line] = [first] if first else []
    if first is None or first[0] == "pledges.changed":
        lines += text_lines(now)
    whole, lines = lines, paged(turn, lines)
    below = len(lines) < len(whole)
    lines.append(("pledges.count", {"said": _counted(turn, now)}))
    kinds = now.by_kind()
    if len(kinds) > 1 and _reads_here(turn.person, ward):
        lines.append(("pledges.count", {"said": by_kind(kinds, words(turn.person.language))}))
    parties = pledges.signs_as(turn.person, now)
    if first is None:
        mine = [(party, now.signed[key]) for key, party in parties if key in now.signed]
        lines += [("pledges.signed_before", {"party": _party_name(turn, party), "at": e.at}) for party, e in mine]
    left = [party for key, party in parties if key not in now.signed]
    if now.open and len(left) == 1:
        lines.append(("pledges.sign_as", {"party": _party_name(turn, left[0])}))
    if not now.open:
        lines.append(("pledges.not_open", {"opens": text.opens, "closes": text.closes}))
    if _reads_here(turn.person, ward):
        told = [one for one in await turn.unit.reported.of(ward.code) if one.name == "pledge_contents"]
        lines += [("pledges.reported", {"value": one.value, "source": one.source}) for one in told if first is None]
    show(turn, lines, _buttons(turn, ward, now), below=below)


def text_lines(now: Campaign) -> list[Line]:
    """The text of a pledge, whole."""
    text = now.text
    head: Line = ("pledges.head", {"title": text.title, "version": text.version, "closes": text.closes})
    return [head, *(("pledges.content", {"number": n, "text": said}) for n, said in enumerate(text.contents, 1))]


def _opening(ward: Place) -> Button:
    return Button(label="button.open_pledge", press=f"g.new:{ward.code}")


def _opener(number: int, ward: Place, now: Campaign) -> Button:
    params = {"number": number, "title": now.text.title[:30]}
    return Button(label="button.pledge", params=params, press=f"g.show:{ward.code}:{now.id}", digit=str(number))


def _buttons(turn: Turn, ward: Place, now: Campaign) -> Rows:
    rows: list[tuple[Button, ...]] = []
    mine = [(key, party) for key, party in pledges.signs_as(turn.person, now) if key not in now.signed]
    if now.open:
        for n, (_, party) in enumerate(mine, 1):
            place = _HOUSEHOLD if party is None else party_token(party)
            press = f"g.sign:{ward.code}:{now.id}:{now.text.version}:{place}"
            params = {} if len(mine) == 1 else {"number": n, "name": _party_name(turn, party)[:25]}
            label = "button.sign_pledge" if len(mine) == 1 else "button.sign_as"
            rows.append((Button(label=label, params=params, press=press, digit=str(n)),))
    if _reads_here(turn.person, ward):
        at = f"{ward.code}:{now.id}"
        rows.append(
            (
                Button(label="button.not_signed", press=f"g.who:{at}"),
                Button(label="button.signed_list", press=f"g.list:{at}"),
            )
        )
    if book.may_write(turn.person, ward):
        running = now.as_of <= now.text.closes
        adding = Button(label="button.add_party", press=f"g.add:{ward.code}:{now.id}")
        rows.append((adding, _opening(ward)) if running else (_opening(ward),))
    return tuple(rows)


def _counted(turn: Turn, now: Campaign) -> str:
    """`3/12 (25,0 %)`; households beside the named parties where they sign too."""
    named = share(turn, now.parties_signed, len(now.text.parties))
    if not now.text.by_households:
        return turn.said("pledges.parties", share=named)
    households = share(turn, now.households_signed, now.text.households)
    if not now.text.parties:
        return turn.said("pledges.households", share=households)
    return turn.said("pledges.both", parties=named, households=households)


def _key(turn: Turn, now: Campaign, place: str) -> str:
    if place == _HOUSEHOLD:
        mine = [key for key, party in pledges.signs_as(turn.person, now) if party is None]
        if not mine:
            raise Refused("pledge.not_yours")
        return mine[0]
    party = now.named(place)
    if party is None:
        raise Refused("button.stale")
    return party_key(party)


def _name(turn: Turn, now: Campaign, key: str) -> str:
    return _party_name(turn, next((party for party in now.text.parties if party_key(party) == key), None))


def _party_name(turn: Turn, party: object) -> str:
    return getattr(party, "name", None) or turn.said("pledges.my_household")


def _reads(person: Person) -> bool:
    return any(held.role in READING for held in person.roles)


def _reads_here(person: Person, ward: Place) -> bool:
    """Whether somebody works for this ward, or its province."""
    codes = {held.ward or held.unit for held in person.roles if held.role in READING}
    return bool(codes & {ward.code, ward.parent})


def _signs(person: Person, now: Campaign) -> bool:
    return now.open and bool(pledges.signs_as(person, now))


def back(ward: Place, now: Campaign) -> Button:
    """Back to the pledge."""
    return Button(label="button.to_pledge", press=f"g.show:{ward.code}:{now.id}")


async def _ward(turn: Turn, code: str) -> Place:
    """A ward in which this person may sign, or which they read. Raises Refused for any other."""
    mine = await pledges.wards_of(turn.unit, turn.person)
    found = next((ward for ward in mine if ward.code == code), None)
    return found or await book.ward_for(turn.unit, turn.person, code)


async def campaign_read(turn: Turn, args: Args) -> tuple[Place, Campaign]:
    """A campaign of a ward that this person reads."""
    ward = await book.ward_for(turn.unit, turn.person, args[0])
    return ward, await pledges.find(turn.unit, ward, args[1])
