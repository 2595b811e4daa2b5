"""Who is asked to sign a pledge besides the ward's units: departments, unions, teams, and their links."""

from typing import Any

from cases import book, pledge_links, pledges
from domain.entries import PartyKind
from domain.errors import Refused
from domain.notices import Button, Rows
from domain.places import Place
from domain.pledges import Campaign, party_token
from domain.talks import choices
from handlers.book_lines import ask, over, show
from handlers.pledges import SHOWN, back, campaign_read, show_campaign
from handlers.turns import Args, Turn

NAMED = (PartyKind.DEPARTMENT, PartyKind.UNION, PartyKind.TEAM)
"""What has no code and no leader here; neighbourhood units are asked with the pledge, households sign by themselves."""


async def add(turn: Turn, args: Args) -> None:
    """*Thêm bên ký*: of which kind?"""
    ward, now = await campaign_read(turn, args)
    book.writer(turn.person, ward)
    at = f"{ward.code}:{now.id}"
    kinds = choices(*((f"party_kind.{kind.value}", f"g.kind:{at}:{kind.value}") for kind in NAMED), wide=1)
    less = ((Button(label="button.drop_party", press=f"g.less:{at}"),),) if pledges.named_unsigned(now) else ()
    show(turn, [("pledges.which_kind", {})], (*kinds, *less, (back(ward, now),)))


async def kind_chosen(turn: Turn, args: Args) -> None:
    """Their names, please."""
    ward, now = await campaign_read(turn, args)
    book.writer(turn.person, ward)
    kind = args.one_of(2, PartyKind)
    if kind not in NAMED:
        raise Refused("button.stale")
    ask(turn, "pledge_parties", f"{ward.code}:{now.id}:{kind.value}", f"pledges.ask_{kind.value}")


async def names_typed(turn: Turn, said: str) -> None:
    """The names, one a line; who is on the list already isn't asked twice."""
    about = Args((turn.talk.book or "").split(":"))
    ward, now = await campaign_read(turn, about)
    kind = about.one_of(2, PartyKind)
    now, new = await pledges.add_parties(turn.unit, turn.person, ward, now.id, kind, said)
    over(turn)
    await show_campaign(turn, ward, now, ("pledges.added" if new else "pledges.added_none", {"count": new}))


async def less(turn: Turn, args: Args) -> None:
    """*Bỏ bên ghi nhầm*: those that somebody named and that haven't signed."""
    ward, now = await campaign_read(turn, args)
    book.writer(turn.person, ward)
    key = "pledges.drop_which" if pledges.named_unsigned(now) else "pledges.drop_none"
    show(turn, [(key, {})], _named(ward, now, args, "button.drop_this", "g.drop", "g.less"))


async def drop(turn: Turn, args: Args) -> None:
    """One of them goes."""
    ward, now = await campaign_read(turn, args)
    now, party = await pledges.drop_party(turn.unit, turn.person, ward, now.id, args[2])
    await show_campaign(turn, ward, now, ("pledges.dropped", {"party": party.name}))


async def links(turn: Turn, args: Args) -> None:
    """*Gửi liên kết ký*: for which of them?"""
    ward, now = await campaign_read(turn, args)
    book.writer(turn.person, ward)
    key = "pledges.link_which" if pledges.named_unsigned(now) else "pledges.all_signed"
    show(turn, [(key, {})], _named(ward, now, args, "button.link_for", "g.link", "g.links"))


async def link(turn: Turn, args: Args) -> None:
    """A link for one of them, in a message of its own to be passed on."""
    ward, now = await campaign_read(turn, args)
    given = await pledge_links.give(turn.unit, turn.person, ward, now.id, args[2])
    told: dict[str, Any] = {"party": given.party.name, "last": given.last_day}
    show(turn, [("pledges.link_given", told)], ((back(ward, now),),))
    address = f"https://t.me/{given.bot}?start={given.payload}"
    turn.answer("pledges.link", title=now.text.title, link=address, **told)


def _named(ward: Place, now: Campaign, args: Args, label: str, one: str, more: str) -> Rows:
    """A button for each party without a code that hasn't signed, SHOWN on a screen."""
    named = pledges.named_unsigned(now)
    begin = args.number(2) if len(args) > 2 else 0
    at = f"{ward.code}:{now.id}"
    rows: list[tuple[Button, ...]] = []
    for n, party in enumerate(named[begin : begin + SHOWN], 1):
        params = {"number": n, "name": party.name[:25]}
        press = f"{one}:{at}:{party_token(party)}"
        rows.append((Button(label=label, params=params, press=press, digit=str(n)),))
    if len(named) > begin + SHOWN:
        rows.append((Button(label="button.more", press=f"{more}:{at}:{begin + SHOWN}"),))
    return (*rows, (back(ward, now),))
