"""The part of the chat's table that belongs to the ward's book and inventory.

Its handlers are imported with the first press: most wards' days pass without one, and an idle bot stays small.
"""

from collections.abc import Awaitable, Callable
from importlib import import_module

from domain.notices import Button
from domain.people import LEADERS
from handlers.turns import Args, Turn

Act = Callable[[Turn, Args], Awaitable[None]]
Hear = Callable[[Turn, str], Awaitable[bool | None]]
"""False: these words were not meant for the step; they mean what they would without it."""


def _act(module: str, name: str) -> Act:
    async def act(turn: Turn, args: Args) -> None:
        await getattr(import_module(f"handlers.{module}"), name)(turn, args)

    return act


def _hear(module: str, name: str) -> Hear:
    async def hear(turn: Turn, said: str) -> bool | None:
        heard: bool | None = await getattr(import_module(f"handlers.{module}"), name)(turn, said)
        return heard

    return hear


_LONGEST_CHOICE = 40


async def meant(turn: Turn, said: str) -> list[Button]:
    """What a leader means who types a choice of a pledge's card, which this talk does not remember."""
    led = [held.ward for held in turn.person.roles if held.role in LEADERS and held.ward]
    if len(said) > _LONGEST_CHOICE or not led or not await turn.unit.book.has(led[0], "pledge"):
        return []
    from handlers import pledges

    return await pledges.meant(turn, said)


titles = _act("titles", "start")
pledges = _act("pledges", "start")
assets = _act("assets", "start")
signing_link = _act("pledge_links", "opened")

PRESSES: dict[str, Act] = {
    "h.wards": _act("titles", "wards"),
    "h.home": _act("titles", "home"),
    "h.level": _act("titles", "level"),
    "h.one": _act("titles", "one"),
    "h.docs": _act("titles", "papers"),
    "h.year": _act("title_steps", "other_year"),
    "h.new": _act("title_steps", "propose"),
    "h.unit": _act("title_steps", "unit_chosen"),
    "h.all": _act("title_steps", "whole"),
    "h.ass": _act("title_steps", "assess"),
    "h.yes": _act("title_steps", "recognise"),
    "h.no": _act("title_steps", "refuse"),
    "h.undo": _act("title_steps", "take_back"),
    "h.awards": _act("awards", "home"),
    "h.grounds": _act("awards", "grounds"),
    "h.ground": _act("awards", "ground"),
    "h.other": _act("awards", "other"),
    "h.whom": _act("awards", "whom"),
    "h.waiting": _act("awards", "waiting"),
    "h.prop": _act("awards", "one"),
    "h.give": _act("awards", "give"),
    "h.decline": _act("awards", "decline"),
    "h.certs": _act("awards", "certificates"),
    "h.unaward": _act("awards", "take_back"),
    "a.wards": _act("assets", "wards"),
    "a.home": _act("assets", "home"),
    "a.kind": _act("assets", "kind"),
    "a.one": _act("assets", "one"),
    "a.mark": _act("assets", "mark"),
    "a.undo": _act("assets", "take_back"),
    "a.count": _act("assets", "count"),
    "g.show": _act("pledges", "one"),
    "g.new": _act("pledges", "new"),
    "g.sign": _act("pledges", "sign"),
    "g.who": _act("pledges", "who"),
    "g.paper": _act("pledges", "on_paper"),
    "g.list": _act("pledges", "signed"),
    "g.add": _act("pledge_parties", "add"),
    "g.kind": _act("pledge_parties", "kind_chosen"),
    "g.less": _act("pledge_parties", "less"),
    "g.drop": _act("pledge_parties", "drop"),
    "g.links": _act("pledge_parties", "links"),
    "g.link": _act("pledge_parties", "link"),
    "g.tap": _act("pledge_links", "sign"),
}

# What a text means while the talk waits for one.
STEPS: dict[str, Hear] = {
    "title_year": _hear("title_steps", "year_typed"),
    "title_name": _hear("title_steps", "name_typed"),
    "title_count": _hear("title_steps", "count_typed"),
    "title_whole": _hear("title_steps", "whole_typed"),
    "title_reason": _hear("title_steps", "reason_typed"),
    "title_paper": _hear("title_steps", "paper_typed"),
    "pledge_text": _hear("pledges", "text_typed"),
    "pledge_parties": _hear("pledge_parties", "names_typed"),
    "asset": _hear("assets", "typed"),
    "asset_count": _hear("assets", "count_typed"),
    "award_told": _hear("awards", "told"),
    "award_paper": _hear("awards", "paper_typed"),
    "award_reason": _hear("awards", "reason_typed"),
}
