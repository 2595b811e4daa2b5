"""A pledge opened by a one-time link: read whole, then signed for one party; nothing else is shown."""

from typing import Any

from cases import pledge_links
from cases.pledge_links import Offer
from domain.entries import Entry
from domain.notices import Button
from handlers import tip
from handlers.book_lines import Line, paged
from handlers.pledges import text_lines
from handlers.start import ask_consent
from handlers.turns import Args, Turn


async def opened(turn: Turn, args: Args) -> None:
    """The link: consent first from whom nothing is kept yet, as the signature bears their name."""
    payload = args[0]
    offer = await pledge_links.offered(turn.unit, payload)
    if offer.signed is not None:
        await _signed(turn, offer, offer.signed, new=False)
    elif turn.person.agreed:
        turn.look_away()
        _show(turn, offer, payload)
    else:
        ask_consent(turn, payload, "pledges.link_consent", party=offer.party.name)


async def sign(turn: Turn, args: Args) -> None:
    """*Ký cam kết*. A text that has changed since is shown instead. What was read stays in the chat."""
    version, payload = args.number(0), args[1]
    offer = await pledge_links.offered(turn.unit, payload)
    if offer.signed is None and turn.person.agreed and version != offer.campaign.text.version:
        _show(turn, offer, payload, ("pledges.changed", {"version": offer.campaign.text.version}))
        return
    offer, entry, new = await pledge_links.sign(turn.unit, turn.person, payload, version)
    await _signed(turn, offer, entry, new=new)


def _show(turn: Turn, offer: Offer, payload: str, *before: Line) -> None:
    as_party: Line = ("pledges.sign_as", {"party": offer.party.name})
    (key, params), *more = [*paged(turn, [*before, *text_lines(offer.campaign)]), as_party]
    press = f"g.tap:{offer.campaign.text.version}:{payload}"
    button = Button(label="button.sign_pledge", press=press, digit="1")
    turn.answer(key, more=tuple(more), buttons=((button,),), **params)


async def _signed(turn: Turn, offer: Offer, entry: Entry, *, new: bool) -> None:
    done: dict[str, Any] = {"party": offer.party.name, "at": entry.at, "version": offer.campaign.text.version}
    turn.answer("pledges.done" if new else "pledges.done_before", **done)
    await tip.go_on(turn)
