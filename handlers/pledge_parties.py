"""Who is asked to sign a pledge besides the ward's units: departments, unions, teams, named by typing."""

from cases import book, pledges
from domain.entries import PartyKind
from domain.errors import Refused
from domain.notices import Button
from domain.pledges import party_token
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
    less = ((Button(label="button.drop_party", press=f"g.less:{at}"),),) if pledges.droppable(now) else ()
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
    named = pledges.droppable(now)
    begin = args.number(2) if len(args) > 2 else 0
    at = f"{ward.code}:{now.id}"
    rows: list[tuple[Button, ...]] = []
    for n, party in enumerate(named[begin : begin + SHOWN], 1):
        params = {"number": n, "name": party.name[:30]}
        press = f"g.drop:{at}:{party_token(party)}"
        rows.append((Button(label="button.drop_this", params=params, press=press, digit=str(n)),))
    if len(named) > begin + SHOWN:
        rows.append((Button(label="button.more", press=f"g.less:{at}:{begin + SHOWN}"),))
    show(turn, [("pledges.drop_which" if named else "pledges.drop_none", {})], (*rows, (back(ward, now),)))


async def drop(turn: Turn, args: Args) -> None:
    """One of them goes."""
    ward, now = await campaign_read(turn, args)
    now, party = await pledges.drop_party(turn.unit, turn.person, ward, now.id, args[2])
    await show_campaign(turn, ward, now, ("pledges.dropped", {"party": party.name}))
