"""A resident tells something: the kind, the words, *Gửi*, how to be known, the receipt; and what comes after."""

from typing import Any

from cases import cards, people, receipts, reporting
from domain.errors import Refused
from domain.notices import Button, Rows
from domain.talks import choices
from domain.text import fold
from domain.tips import LONGEST_TEXT, URGENT, Category, Identity
from handlers import start
from handlers.turns import Turn

CATEGORIES: Rows = tuple(
    tuple(
        Button(label=f"pick.{category.value}", press=f"t.kind:{category.value}", digit=str(number % 10))
        for number, category in pair
    )
    for pair in (
        ((1, Category.FIRE_EXPLOSION), (2, Category.PERSON_IN_DANGER)),
        ((3, Category.CHILD_HARM), (4, Category.DOMESTIC_VIOLENCE)),
        ((5, Category.DANGEROUS_OBJECT), (6, Category.THEFT_OTHER_CRIME)),
        ((7, Category.DRUGS), (8, Category.SCAM)),
        ((9, Category.TRAFFIC_ORDER_WASTE),),
        ((10, Category.OTHER),),
    )
)
TELL = {
    Category.CHILD_HARM: "tip.tell_child",
    Category.DOMESTIC_VIOLENCE: "tip.tell_home",
    Category.FIRE_EXPLOSION: "tip.tell_fire",
    Category.PERSON_IN_DANGER: "tip.tell_danger",
    Category.DANGEROUS_OBJECT: "tip.tell_object",
}
IDENTITIES = choices(*((f"button.{i.value}", f"t.as:{i.value}") for i in Identity), wide=1)
OFFER = choices(("button.yes_tip", "t.offer"), ("button.no", "t.no"))


def _plain(label: str, press: str) -> Button:
    return Button(label=label, press=press)


SEND, HAPPENING = _plain("button.send", "t.send"), _plain("button.happening", "t.now")
STOP = _plain("button.stop", "x.cancel")


async def tip(turn: Turn, _: list[str]) -> None:
    """`/baotin`."""
    if _may_tell(turn):
        turn.keep(step="kind", draft=None, text=None)
        turn.answer("tip.which", buttons=CATEGORIES)


async def told_unasked(turn: Turn, text: str) -> None:
    """A story without `/baotin` is offered to be taken as a tip; nothing of it is lost."""
    if len(text) > LONGEST_TEXT:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    if _may_tell(turn):
        turn.keep(step="offer", text=text)
        turn.answer("tip.offer", buttons=OFFER)


async def offer_taken(turn: Turn, _: list[str]) -> None:
    """*Đúng, báo tin*."""
    if turn.talk.text is None:
        raise Refused("button.stale")
    await told_before_kind(turn, turn.talk.text)


async def offer_declined(turn: Turn, _: list[str]) -> None:
    """*Không*."""
    turn.forget()
    turn.answer("tip.not_offered")


async def told_before_kind(turn: Turn, text: str) -> None:
    """Words told while the kind was asked: they are kept, the kind is asked again."""
    if len(text) > LONGEST_TEXT:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    if _may_tell(turn):
        turn.keep(step="kind", text=text if turn.talk.text in (None, text) else f"{turn.talk.text}\n{text}")
        turn.answer("tip.which_told", buttons=CATEGORIES)


async def kind(turn: Turn, args: list[str]) -> None:
    """The kind was chosen; what was told before is the first part of the story."""
    if not _may_tell(turn) or turn.person.contact is None or turn.person.contact.ward is None:
        return
    if turn.talk.draft is not None:
        raise Refused("button.stale")
    category = Category(args[0])
    first = turn.talk.text
    turn.talk = reporting.start(turn.unit, turn.talk, turn.person.contact.ward, category)
    alone = category in URGENT and not await _served(turn)
    turn.answer("tip.tell_unserved" if alone else TELL.get(category, "tip.tell"), buttons=_telling(turn))
    if first:
        await heard(turn, first)


async def heard(turn: Turn, text: str) -> None:
    """One more piece of the story."""
    turn.talk, sent = await reporting.tell(turn.unit, turn.talk, text)
    draft = turn.talk.draft
    key = await _urgent_key(turn, "tip.heard") if sent or (draft and draft.tip) else "tip.heard"
    turn.answer(key, buttons=_telling(turn), count=len(draft.parts) if draft else 0)


async def happening(turn: Turn, _: list[str]) -> None:
    """*Đang xảy ra*: urgent from now on."""
    turn.talk, sent = await reporting.now_urgent(turn.unit, turn.talk)
    nobody = "tip.happening" if await _served(turn) else "tip.tell_unserved"
    turn.answer(await _urgent_key(turn, "tip.heard") if sent else nobody, buttons=_telling(turn))


async def send(turn: Turn, _: list[str]) -> None:
    """*Gửi*: an urgent tip gets its receipt; any other is asked how to be known."""
    sent = await reporting.finish(turn.unit, turn.talk)
    if sent is None:
        turn.keep(step="identity")
        turn.answer("tip.how_known", buttons=IDENTITIES)
        return
    choose = tuple((_plain(f"button.{i.value}", f"t.be:{i.value}:{sent.receipt}"),) for i in Identity)
    rows = (*_receipt_buttons(sent.receipt), *choose)
    turn.answer(await _urgent_key(turn, "tip.receipt"), code=sent.tip.code, buttons=rows, remember=False)


async def send_as(turn: Turn, args: list[str]) -> None:
    """How to be known, and the receipt. From here on nothing on the informant's side tells of the tip."""
    sent = await reporting.send(turn.unit, turn.talk, turn.person, Identity(args[0]))
    params: dict[str, Any] = {"code": sent.tip.code, "due": sent.tip.due_at}
    turn.answer("tip.receipt", buttons=_receipt_buttons(sent.receipt), remember=False, **params)


async def be_known(turn: Turn, args: list[str]) -> None:
    """How to be known, chosen after an urgent tip was sent."""
    sent = await reporting.be_known(turn.unit, args[1], turn.person, Identity(args[0]))
    turn.answer(f"tip.known_as_{sent.tip.identity.value}", code=sent.tip.code, remember=False)


async def view(turn: Turn, args: list[str]) -> None:
    """*Xem trả lời*: the receipt alone opens it."""
    turn.send(cards.receipt(await receipts.view(turn.unit, args[0]), args[0]), remember=False)


async def add(turn: Turn, args: list[str]) -> None:
    """*Kể thêm*, *Trả lời*: the next words go to this tip."""
    await receipts.view(turn.unit, args[0])
    turn.keep(step="add", about=args[0])
    turn.answer("receipt.add", buttons=((STOP,),))


async def added(turn: Turn, text: str) -> None:
    """The words for a tip that was sent before."""
    found = await receipts.add(turn.unit, turn.talk.about or "", text)
    look = ((_plain("button.view", f"r.view:{turn.talk.about}"),),)
    turn.forget()
    turn.answer("receipt.added", code=found.code, buttons=look, remember=False)


async def mine(turn: Turn, _: list[str]) -> None:
    """`/tincuatoi`: named tips only, and it says so."""
    found = await receipts.named_tips(turn.unit, turn.person)
    rows = tuple(
        (Button(label="button.open_card", params={"code": tip.code}, press=f"r.view:{receipt}"),)
        for tip, receipt in found
    )
    turn.answer("mine.some" if rows else "mine.none", buttons=rows, remember=False)


async def cancel(turn: Turn, _: list[str]) -> None:
    """`/huy` anywhere: an urgent story that officers have seen stays; anything else is forgotten."""
    draft = turn.talk.draft
    busy = draft is not None or turn.talk.step is not None or turn.talk.text is not None
    turn.forget()
    if draft is not None and draft.tip is not None:
        turn.answer("cancel.urgent_kept", buttons=_receipt_buttons(draft.receipt or ""), remember=False)
    else:
        turn.answer("cancel.done" if busy else "cancel.nothing")


def _telling(turn: Turn) -> Rows:
    draft = turn.talk.draft
    return ((SEND, STOP),) if draft and draft.urgent else ((SEND, HAPPENING), (STOP,))


async def _urgent_key(turn: Turn, stem: str) -> str:
    """What an urgent tip's informant is told: never that somebody was alerted when nobody could be."""
    return f"{stem}_urgent" if await _served(turn) else f"{stem}_unserved"


async def _served(turn: Turn) -> bool:
    contact = turn.person.contact
    ward = contact.ward if contact else None
    return ward is not None and await people.served(turn.unit, ward)


def _receipt_buttons(receipt: str) -> Rows:
    return ((_plain("button.view", f"r.view:{receipt}"), _plain("button.add", f"r.add:{receipt}")),)


def _may_tell(turn: Turn) -> bool:
    """Whether words may be kept: after consent, and when it is known for which ward they are."""
    if not turn.person.agreed:
        start.welcome(turn)
    elif turn.person.contact is None or turn.person.contact.ward is None:
        start.ask_ward(turn)
    else:
        return True
    return False


def is_greeting(text: str) -> bool:
    """Words that ask for the menu rather than tell something."""
    return fold(text) in {"", "menu", "chao", "xin chao", "hello", "hi", "alo", "bat dau", "start"}
