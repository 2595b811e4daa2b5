"""A resident tells something: the kind, the words, *Gửi*, how to be known, the receipt; and what comes after."""

from collections import Counter
from typing import Any

from cases import alerts, people, receipts, reporting
from domain.errors import Refused
from domain.notices import Button, More, Rows
from domain.pieces import Piece, PieceKind
from domain.places import Place
from domain.talks import Draft, choices
from domain.text import fold, is_blank
from domain.tips import LONGEST_TEXT, URGENT, Category, Identity, in_groups
from handlers import start
from handlers.turns import Args, Turn
from handlers.urgency import sounds_urgent

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
ABOUT_NOBODY = frozenset({Category.FIRE_EXPLOSION, Category.DANGEROUS_OBJECT})
IDENTITIES = choices(*((f"button.{i.value}", f"t.as:{i.value}") for i in Identity), wide=1)
OFFER = choices(("button.yes_tip", "t.offer"), ("button.no", "t.no"))


def plain(label: str, press: str) -> Button:
    return Button(label=label, press=press)


SEND, HAPPENING = plain("button.send", "t.send"), plain("button.happening", "t.now")
STOP, PROVINCE = plain("button.stop", "x.cancel"), plain("button.province", "t.province")
WHO = plain("button.who_sees", "t.who")
TAKE_BACK = ((plain("button.past_ward", "t.past"),), (plain("button.stays", "t.stays"),))
TELLING = frozenset({None, "tell", "identity"})
"""Steps in which nothing but the story itself is waited for."""
SURE = choices(("button.drop_sure", "x.drop"), ("button.go_on", "t.resume"))


async def tip(turn: Turn, _: Args) -> None:
    """`/baotin`."""
    if turn.talk.told:
        await resume(turn, Args())
    elif may_tell(turn):
        turn.leave_draft()
        # Words that were told and offered, and then Báo tin was pressed: they are the story, nothing of it is lost.
        turn.keep(step="kind")
        await _ask_kind(turn)


async def told_unasked(turn: Turn, text: str) -> None:
    """A story without `/baotin` is offered to be taken as a tip; nothing of it is lost.

    What was told before consent, or before the ward is known, is kept sealed, for a day at most, and offered then.
    """
    if turn.talk.draft is not None:
        await heard(turn, text)
        return
    keep_story(turn, text)
    if may_tell(turn):
        offer(turn)


def offer(turn: Turn) -> None:
    """Words that were told: a tip?"""
    turn.keep(step="offer")
    turn.answer("tip.offer_urgent" if _cries(turn) else "tip.offer", buttons=OFFER)


async def offer_taken(turn: Turn, _: Args) -> None:
    """*Đúng, báo tin*."""
    if turn.talk.story is None:
        raise Refused("button.stale")
    await told_before_kind(turn, turn.talk.story)


async def offer_declined(turn: Turn, _: Args) -> None:
    """*Không*."""
    turn.forget()
    turn.answer("tip.not_offered")


async def told_before_kind(turn: Turn, text: str) -> None:
    """Words told while the kind was asked: they are kept, the kind is asked again."""
    if is_blank(text):
        raise Refused("tip.empty")
    keep_story(turn, text)
    if may_tell(turn):
        turn.keep(step="kind")
        await _ask_kind(turn)


async def _ask_kind(turn: Turn) -> None:
    """What kind? Words that are told leave with an urgent kind at once: the way past the ward stands here already."""
    key = "tip.which"
    if turn.talk.story:
        key = "tip.which_told_urgent" if _cries(turn) else "tip.which_told"
    if province := await _past_ward(turn):
        turn.answer(key, buttons=CATEGORIES, more=_goes_to(province))
    else:
        turn.answer(key, buttons=(*CATEGORIES, (PROVINCE,)) if turn.talk.story else CATEGORIES)


def _cries(turn: Turn) -> bool:
    """Whether the words told so far may be a cry for help: then the numbers to call come first, and nothing else
    happens by itself ("chay" may be cháy, chạy or chay).
    """
    return sounds_urgent(turn.talk.story or "")


def keep_story(turn: Turn, text: str) -> None:
    """Words that were told before it is known what becomes of them."""
    told = _joined(turn.talk.story, text)
    turn.keep(story=told[:LONGEST_TEXT])
    if len(told) > LONGEST_TEXT:
        turn.answer("tip.full", limit=LONGEST_TEXT, remember=False)


def _joined(story: str | None, text: str) -> str:
    """What was told before and what is told now: a long message comes in parts, and people tell in several."""
    return text if story in (None, text) else f"{story}\n{text}"


async def kind(turn: Turn, args: Args) -> None:
    """The kind was chosen; what was told before is the first part of the story."""
    if not may_tell(turn) or turn.person.contact is None or turn.person.contact.ward is None:
        return
    if turn.talk.told:
        raise Refused("button.stale")  # as long as nothing is told, a wrong kind can be put right by another press
    category = args.one_of(0, Category)
    first = turn.talk.story
    begin = turn.pressed_message or turn.message
    province = await _past_ward(turn)
    ward = province.code if province else turn.person.contact.ward
    turn.talk = reporting.start(turn.unit, turn.talk, ward, category, begin)
    if province:
        await _tell_province(turn, province)
    else:
        alone = category in URGENT and not await _served(turn)
        turn.answer("tip.tell_unserved" if alone else TELL.get(category, "tip.tell"), buttons=telling(turn))
    if first:
        await heard(turn, first)


async def begin_other(turn: Turn) -> bool:
    """A picture without a story begins one; words that were told before are its first part. False: it can't yet."""
    contact = turn.person.contact
    if not may_tell(turn) or contact is None or contact.ward is None:
        return False
    first, province = turn.talk.story, await _past_ward(turn)
    ward = province.code if province else contact.ward
    turn.talk = reporting.start(turn.unit, turn.talk, ward, Category.OTHER, turn.message)
    if first is not None:
        turn.talk, _ = await reporting.tell(turn.unit, turn.talk, first)
    return True


async def heard(turn: Turn, text: str) -> None:
    """One more piece of the story, in words."""
    if is_blank(text):
        raise Refused("tip.empty")
    if turn.talk.draft is not None and turn.talk.contested:
        await _told_before_choosing(turn, turn.talk.draft, text)
    else:
        await took(turn, Piece(text=text, message=turn.message))


async def took(turn: Turn, piece: Piece, *, key: str = "tip.heard", quiet: bool = False) -> None:
    """One more piece of the story, whatever it is. `quiet`: one of an album, whose first part was answered.

    `key`: what a story is answered that nobody has seen yet.
    """
    if turn.talk.contested:
        raise Refused("tip.choose_first")
    turn.talk, sent = await reporting.tell(turn.unit, turn.talk, piece)
    draft = turn.talk.draft
    if draft is None or quiet:
        return
    if sent or draft.tip:
        key = await _urgent_key(turn, "tip.heard")
    if draft.told() >= LONGEST_TEXT:
        turn.answer("tip.full", limit=LONGEST_TEXT, remember=False)
    turn.answer(key, buttons=telling(turn), parts=_counted(turn, draft))


def _counted(turn: Turn, draft: Draft) -> str:
    """What a story holds so far, in words: `2 ảnh, 1 lời kể`."""
    kinds = Counter(part.kind for part in draft.parts)
    order = sorted(kinds, key=lambda kind: kind is PieceKind.TOLD)
    return ", ".join(turn.said(f"part.{kind}", count=kinds[kind]) for kind in order)


async def happening(turn: Turn, _: Args) -> None:
    """*Đang xảy ra*: urgent from now on."""
    turn.talk, sent = await reporting.now_urgent(turn.unit, turn.talk)
    province = await _past_ward(turn)
    if sent:
        turn.answer(await _urgent_key(turn, "tip.heard"), buttons=telling(turn))
    elif province:
        await _tell_province(turn, province)
    else:
        turn.answer("tip.happening" if await _served(turn) else "tip.tell_unserved", buttons=telling(turn))


async def resume(turn: Turn, _: Args) -> None:
    """Back to a story that was begun."""
    draft = turn.talk.draft
    if draft is None:
        raise Refused("button.stale")
    if turn.talk.contested:
        await _ask_take_back(turn, draft)
        return
    turn.keep(step="tell")
    turn.answer("tip.begun", buttons=telling(turn), parts=_counted(turn, draft))


async def go_on(turn: Turn) -> None:
    """After something else was answered: what was told before, and not sent, is asked about again."""
    if not turn.person.agreed:
        return
    if turn.talk.told:
        await resume(turn, Args())
    elif turn.talk.story is not None and turn.talk.step is None:
        offer(turn)


async def send(turn: Turn, _: Args) -> None:
    """*Gửi*: an urgent tip gets its receipt; any other is asked how to be known."""
    draft = turn.talk.draft
    begin = draft.first_message if draft else None
    unsent: More = (("tip.unsent", {}),) if turn.talk.contested and turn.talk.story else ()
    sent = await reporting.finish(turn.unit, turn.talk)
    if sent is None:
        turn.keep(step="identity")
        await _ask_how_known(turn)
        return
    choose = tuple((plain(f"button.{i.value}", f"t.be:{i.value}:{sent.receipt}"),) for i in Identity)
    rows = (*alerts.receipt_buttons(sent.receipt, begin), *choose)
    key = await _urgent_key(turn, "tip.receipt")
    turn.answer(key, code=sent.tip.code, more=(*unsent, *_typed(turn, sent.receipt)), buttons=rows, remember=False)


async def to_province(turn: Turn, _: Args) -> None:
    """*Chuyện về cán bộ phường*: then it goes to the province, never to the ward."""
    draft, identity = turn.talk.draft, turn.talk.step == "identity"
    if draft is None and turn.talk.story is not None:
        if may_tell(turn):
            turn.keep(step="kind", past_ward=True)
            await _ask_kind(turn)
        return
    if draft is not None and draft.tip is not None and await _past_ward(turn) is None:
        await _ask_take_back(turn, draft)
        return
    turn.talk, province = await reporting.to_province(turn.unit, turn.talk)
    if draft is None or not draft.parts:
        turn.keep(step="tell")
        await _tell_province(turn, province)
    elif draft.tip is not None:
        turn.answer(await _urgent_key(turn, "tip.heard"), buttons=telling(turn))
    elif identity:
        await _ask_how_known(turn)
    else:
        turn.keep(step="tell")
        turn.answer("tip.heard", buttons=telling(turn), more=_goes_to(province), parts=_counted(turn, draft))


async def _ask_take_back(turn: Turn, draft: Draft) -> None:
    """The story was open in the ward before it was said that it is about an officer: what the ward knows by now, and
    that it can be taken back. Asked first, for one stray tap may call no help off.
    """
    read, province = await receipts.known_to_ward(turn.unit, turn.talk)
    served = await people.served(turn.unit, province.code)
    key = "tip.ward_has_read" if read else "tip.ward_was_alerted" if draft.alerted else "tip.ward_not_alerted"
    turn.keep(step="tell", draft=draft.model_copy(update={"contested": True}))
    more: More = () if served else (("tip.province_unserved", {}),)
    if turn.talk.story:
        more = (*more, ("tip.held_back", {}))
    turn.answer(key, buttons=TAKE_BACK, more=more, province=province.name)


async def _told_before_choosing(turn: Turn, draft: Draft, text: str) -> None:
    """Words told while that is asked: they are kept, and go where the story goes then."""
    held = _joined(turn.talk.story, text)[: LONGEST_TEXT - draft.told()]
    if not held:
        raise Refused("tip.too_long", limit=LONGEST_TEXT)
    turn.keep(story=held)
    await _ask_take_back(turn, draft)


def _held_back(turn: Turn) -> str | None:
    """It was chosen where the story goes: what was told meanwhile, and goes there too."""
    draft, held = turn.talk.draft, turn.talk.story
    if draft is None or not draft.contested:
        return None
    turn.keep(step="tell", story=None, draft=draft.model_copy(update={"contested": False}))
    return held


async def stays(turn: Turn, _: Args) -> None:
    """*Để nguyên ở phường*."""
    if held := _held_back(turn):
        await heard(turn, held)
    else:
        await resume(turn, Args())


async def past_ward(turn: Turn, _: Args) -> None:
    """*Rút khỏi phường, gửi tỉnh*."""
    held = _held_back(turn)
    turn.talk = await receipts.past_ward(turn.unit, turn.talk)
    if held:
        turn.talk, _sent = await reporting.tell(turn.unit, turn.talk, held)
    turn.answer(await _urgent_key(turn, "tip.heard"), buttons=telling(turn), more=(("tip.left_ward", {}),))


async def _ask_how_known(turn: Turn) -> None:
    """How to be known; of what goes past the ward it is said again, for nobody may fear that it was forgotten."""
    province = await _past_ward(turn)
    if province:
        turn.answer("tip.province", buttons=(*IDENTITIES, (WHO,)), province=province.name)
    else:
        turn.answer("tip.how_known", buttons=(*IDENTITIES, (PROVINCE,), (WHO,)))


async def _tell_province(turn: Turn, province: Place) -> None:
    """What is asked first of a story that goes past the ward."""
    key = "tip.tell"
    if turn.talk.draft is not None and turn.talk.draft.urgent:
        key = "tip.happening_province" if await _served(turn) else "tip.tell_unserved_province"
    turn.answer(key, more=_goes_to(province), buttons=telling(turn))


def _goes_to(province: Place) -> More:
    """The line that says so of a story that goes past the ward."""
    return (("tip.goes_to_province", {"province": province.name}),)


async def who_sees(turn: Turn, _: Args) -> None:
    """*Ai thấy được gì?*; the choice that was asked for stays below."""
    if turn.talk.draft is None:
        raise Refused("button.stale")
    turn.answer("own.privacy", buttons=IDENTITIES if await _past_ward(turn) else (*IDENTITIES, (PROVINCE,)))


async def send_as(turn: Turn, args: Args) -> None:
    """How to be known, and the receipt. From here on nothing on the informant's side tells of the tip."""
    draft = turn.talk.draft
    begin = draft.first_message if draft else None
    sent = await reporting.send(turn.unit, turn.talk, turn.person, args.one_of(0, Identity))
    params: dict[str, Any] = {"code": sent.tip.code, "due": sent.tip.due_at}
    key = await _where_key(turn, "tip.receipt" if await _served(turn) else "tip.receipt_waiting")
    buttons = alerts.receipt_buttons(sent.receipt, begin)
    turn.answer(key, more=_typed(turn, sent.receipt), buttons=buttons, remember=False, **params)


async def be_known(turn: Turn, args: Args) -> None:
    """How to be known, chosen after an urgent tip was sent."""
    sent = await reporting.be_known(turn.unit, args[1], turn.person, args.one_of(0, Identity))
    turn.answer(f"tip.known_as_{sent.tip.identity.value}", code=sent.tip.code, remember=False)


async def mended(turn: Turn, message: int, text: str) -> None:
    """An edit: it mends a story that has not been sent; what was sent stays as it was."""
    if is_blank(text):
        raise Refused("tip.empty")
    changed = reporting.mend(turn.unit, turn.talk, message, text)
    if changed is None:
        turn.answer("tip.edit_too_late", remember=False)
    else:
        turn.talk = changed
        turn.answer("tip.mended", buttons=telling(turn))


async def mine(turn: Turn, _: Args) -> None:
    """`/tincuatoi`: named tips only, and it says so."""
    found = await receipts.named_tips(turn.unit, turn.person)
    rows = tuple(
        (Button(label="button.open_card", params={"code": tip.code}, press=f"r.view:{receipt}"),)
        for tip, receipt in found
    )
    # Their informant is known, so the talk may know the receipts for a while: who types needs them.
    turn.answer("mine.some" if rows else "mine.none", buttons=rows, remember=turn.talk.draft is None)


def stop(turn: Turn) -> bool:
    """An urgent story that officers have seen stays; anything else is forgotten. Returns whether there was anything."""
    draft = turn.talk.draft
    busy = turn.talk.past_ward or draft is not None or turn.talk.step is not None or turn.talk.story is not None
    turn.forget()
    if busy and (draft is None or draft.tip is None):
        turn.answer("cancel.done")
    return busy


def stop_typed(turn: Turn) -> bool:
    """Whether *Thôi*, when it is typed, may be the end of a story ("that's all") rather than of the telling: it is
    asked then, for nothing told may be lost by one word.
    """
    draft = turn.talk.draft
    if draft is None or not draft.parts or draft.tip is not None or turn.talk.step not in TELLING:
        return False
    turn.answer("cancel.sure", buttons=SURE, parts=_counted(turn, draft))
    return True


def _typed(turn: Turn, receipt: str) -> More:
    """Whoever types rather than presses can't press the receipt's button: they get its letters at once."""
    return () if turn.query is not None else (("tip.open_by", {"secret": in_groups(receipt)}),)


def telling(turn: Turn) -> Rows:
    """What can be done with a story that is being told.

    As soon as the next word or press can alert the ward, the way past the ward stands here too; and as long as the
    story is the ward's, for whoever thinks of it late. A fire or a bomb is about nobody.
    """
    draft = turn.talk.draft
    urgent = draft is not None and draft.urgent
    rows: Rows = ((SEND, STOP),) if urgent else ((SEND, HAPPENING), (STOP,))
    if draft is None or draft.category in ABOUT_NOBODY or not (urgent or draft.parts):
        return rows
    return rows if turn.talk.past_ward else (*rows, (PROVINCE,))


async def _urgent_key(turn: Turn, stem: str) -> str:
    """What an urgent tip's informant is told: never that somebody was alerted when nobody could be."""
    return await _where_key(turn, f"{stem}_urgent" if await _served(turn) else f"{stem}_unserved")


async def _where_key(turn: Turn, key: str) -> str:
    """The same words of the province, when the story goes there: the ward knows nothing of it."""
    return f"{key}_province" if await _past_ward(turn) else key


async def _past_ward(turn: Turn) -> Place | None:
    """The province to which the story goes, past the ward; None while it goes to the ward."""
    draft, contact = turn.talk.draft, turn.person.contact
    if draft is not None:
        return await reporting.past_ward(turn.unit, draft)
    if turn.talk.past_ward and contact is not None and contact.ward is not None:
        return await reporting.province_of(turn.unit, contact.ward)
    return None


async def _served(turn: Turn) -> bool:
    """Whether an alert reaches anybody where the story goes."""
    draft, contact = turn.talk.draft, turn.person.contact
    ward = draft.ward if draft else contact.ward if contact else None
    return ward is not None and await people.served(turn.unit, ward)


def may_tell(turn: Turn) -> bool:
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
