"""First contact: what this is, whom to call, consent, the ward or the role."""

from typing import Any

from cases import people, reporting, triage
from domain.errors import Refused
from domain.names import called
from domain.notices import Button, Rows
from domain.people import LEADERS, Person
from domain.places import Place, UnitKind
from domain.talks import choices
from domain.text import fold
from handlers import book_routes
from handlers.keyboards import POLICE_OFF, keyboard_of
from handlers.turns import Args, Turn

BEGIN = choices(("button.start", "s.begin"))
CONSENT: Rows = choices(("button.agree", "s.agree"), ("button.decline", "s.decline"), ("button.read_more", "s.more"))
# What people write around the name of a ward; more than one word besides may be a story.
_AROUND_A_WARD = frozenset(fold("tôi em mình nhà ở tại thuộc phường xã tỉnh thành phố khu tổ dân").split())


async def start(turn: Turn, args: Args) -> None:
    """`/start`, alone or with a ward (`w_18115`), an invitation or a link to sign a pledge."""
    payload = args[0] if args else ""
    if payload.startswith(people.WARD_LINK):
        await _to_ward(turn, payload.removeprefix(people.WARD_LINK))
    elif turn.person.agreed and not payload:
        turn.look_away()
        await home(turn)
    else:
        await _first(turn, payload or turn.talk.invitation)


async def _first(turn: Turn, link: str | None) -> None:
    """What a one-time link opens; without one that is good still, newcomers see the first screen."""
    if (link is None or not await _opens(turn, link)) and not turn.person.agreed:
        welcome(turn)


def welcome(turn: Turn) -> None:
    """The first screen: emergency numbers before anything else."""
    turn.keep(step=None, draft=None)
    turn.answer("start.welcome", buttons=(*BEGIN, *_languages(turn)))


async def begin(turn: Turn, _: Args) -> None:
    """*Bắt đầu*."""
    if turn.person.agreed:
        await home(turn)
    else:
        turn.answer("start.consent", buttons=CONSENT)


async def spoken(turn: Turn) -> None:
    """The language was chosen: the screen of before, in it."""
    if turn.person.agreed:
        await home(turn)
    else:
        await _first(turn, turn.talk.invitation)


def ask_consent(turn: Turn, payload: str, key: str, **params: Any) -> None:
    """Whoever comes by a one-time link is asked for consent first; it is remembered meanwhile."""
    turn.keep(invitation=payload)
    turn.answer(key, buttons=(*CONSENT[:1], *_languages(turn)), name=turn.person.name, **params)


def _languages(turn: Turn) -> Rows:
    """A way to the other language, for a phone that is not set to Vietnamese: a hint, never a decision."""
    if not turn.foreign:
        return ()
    other = "vi" if turn.person.language == "en" else "en"
    return ((Button(label=f"button.{other}", press=f"o.speak:{other}"),),)


async def more(turn: Turn, _: Args) -> None:
    """*Đọc kỹ hơn*."""
    turn.answer("start.consent_more", buttons=CONSENT[:1])


async def decline(turn: Turn, _: Args) -> None:
    """*Không đồng ý*: nothing is kept."""
    turn.forget()
    turn.answer("start.declined")


async def agree(turn: Turn, _: Args) -> None:
    """*Đồng ý*: then the link or the ward that brought this person here, else the question which ward."""
    if turn.person.agreed:
        await home(turn)
        return
    contact = await people.agree(turn.unit, turn.person, turn.talk.ward)
    turn.person = turn.person.model_copy(update={"contact": contact})
    link = turn.talk.invitation
    turn.look_away()  # what was told before consent, kept sealed until now, stays
    if link is not None and await _opens(turn, link):
        return
    if contact.ward:
        await home(turn)
    else:
        ask_ward(turn)


def ask_ward(turn: Turn) -> None:
    """Which ward? Typed, in any spelling."""
    turn.keep(step="ward", menu=())
    turn.answer("start.which_ward")


def says_more(found: list[Place], text: str) -> bool:
    """Whether these words tell something besides the name of a ward, or instead of it."""
    names = {word for place in found for name in (place.name, *place.aliases) for word in fold(name).split()}
    rest = [word for word in fold(text).split() if word not in _AROUND_A_WARD | names and not word.isdigit()]
    return len(rest) > (1 if found else 2)


async def ward_typed(turn: Turn, found: list[Place]) -> None:
    """The name of a ward, without diacritics if that is easier; several that fit are offered."""
    if len(found) == 1:
        await _settle(turn, found[0].code)
    elif not found:
        turn.answer("start.ward_after_story" if turn.talk.story else "start.ward_unknown")
    else:
        buttons = tuple((_ward_button(n, place),) for n, place in enumerate(found[:9], 1))
        turn.answer("start.ward_unclear", buttons=buttons)


async def ward_chosen(turn: Turn, args: Args) -> None:
    """One of several wards of like name."""
    await _settle(turn, args[0])


async def home(turn: Turn) -> None:
    """Where a person stands and what they can do: the persistent keyboard of their role."""
    person = await people.who(turn.unit, turn.chat, turn.person.name, turn.person.language)
    turn.person = person
    key, params = await _home(turn, person)
    turn.answer(key, keyboard=keyboard_of(person), **params)
    if key == "start.which_ward":
        turn.keep(step="ward", menu=())


async def duty(turn: Turn, *, on: bool) -> None:
    """*Vào ca*, *Ra ca*."""
    held = turn.person.as_police()
    if held is None:
        raise Refused("role.police_only")
    await people.set_on_duty(turn.unit, turn.person, on)
    turn.person = await people.who(turn.unit, turn.chat, turn.person.name, turn.person.language)
    turn.answer("police.on_duty" if on else "police.off_duty", keyboard=keyboard_of(turn.person))
    turn.unit.outbox.menu(turn.chat, keyboard_of(turn.person), turn.person.language)
    if not on:
        codes, taken = await triage.hand_over(turn.unit, turn.person)
        if codes:
            key = "police.handed_over" if taken else "police.handed_to_nobody"
            turn.answer(key, count=len(codes), codes=", ".join(codes), remember=False)


async def _home(turn: Turn, person: Person) -> tuple[str, dict[str, Any]]:
    held = person.as_police() or person.as_leader() or next(iter(person.roles), None)
    if held is not None:
        name = person.name if person.as_police() or not person.as_leader() else called(person.name)
        params: dict[str, Any] = {"name": name, "role": held.role.value, "unit": await _named(turn, held.unit)}
        if not person.as_police():
            for other in person.roles:
                if other.id != held.id and other.role in LEADERS:
                    params["unit"] += f", {turn.said(f'role.{other.role}')} {await _named(turn, other.unit)}"
        return _greeting(person), params
    ward = await turn.unit.places.find(person.contact.ward) if person.contact and person.contact.ward else None
    if ward is None:
        return "start.which_ward", {}
    served = await people.served(turn.unit, ward.code)
    return "start.home" if served else "start.home_unserved", {"ward": _said(turn, ward)}


async def _named(turn: Turn, code: str) -> str:
    """A unit as it is said: a ward with its kind, anything else by its name, which says it."""
    place = await turn.unit.places.find(code)
    return code if place is None else _said(turn, place)


def _said(turn: Turn, place: Place) -> str:
    return turn.said("place.ward", name=place.name) if place.kind is UnitKind.WARD else place.name


def _greeting(person: Person) -> str:
    if keyboard_of(person) == POLICE_OFF:
        return "start.home_police_off"
    if person.as_police():
        return "start.home_police"
    return "start.home_leader" if person.as_leader() else "start.home_other"


async def _to_ward(turn: Turn, code: str) -> None:
    place = await turn.unit.places.find(code)
    if place is not None and place.kind is not UnitKind.WARD:
        place = None
    if not turn.person.agreed:
        turn.keep(ward=code if place else None, invitation=None)  # the link that was opened last is meant
        welcome(turn)
    elif place is not None:
        await _settle(turn, code)
    elif turn.talk.told:
        await home(turn)  # for which ward the story is, is known
    else:
        turn.look_away()
        ask_ward(turn)


async def _opens(turn: Turn, link: str) -> bool:
    """Whether a one-time link opens something still. One that doesn't is said so, and no longer waited for.

    The refusal must not undo the turn: consent and language, given meanwhile, stay, or nobody gets past a dead link.
    """
    try:
        await _invited(turn, link)
    except Refused as dead:
        if turn.talk.invitation == link:
            turn.keep(invitation=None)
        turn.refuse(dead)
        return False
    return True


async def _invited(turn: Turn, payload: str) -> None:
    if payload.startswith(people.SIGNING_LINK):
        await book_routes.signing_link(turn, Args([payload]))
        return
    found, place = await people.invitation(turn.unit, payload)
    if turn.person.agreed:
        turn.look_away()
        await _join(turn, payload)
        return
    turn.keep(ward=place.ward or place.code)
    ask_consent(turn, payload, "start.invited", role=found.role.value, unit=_said(turn, place))


async def _join(turn: Turn, payload: str) -> None:
    if turn.person.contact is not None:
        await people.join(turn.unit, turn.person.contact, payload)
        await home(turn)
        turn.unit.outbox.menu(turn.chat, keyboard_of(turn.person), turn.person.language)


async def _settle(turn: Turn, code: str) -> None:
    if turn.person.contact is None:
        raise Refused("consent.needed")
    await people.settle_in(turn.unit, turn.person.contact, code)
    turn.talk = reporting.move(turn.unit, turn.talk, turn.person.contact.ward, code)
    turn.look_away()
    await home(turn)


def _ward_button(number: int, place: Place) -> Button:
    params = {"name": place.name}
    return Button(label="button.ward", params=params, press=f"s.ward:{place.code}", digit=str(number))
