"""What is shown of a tip: the officers' card and the informant's receipt, as notices in no language yet."""

from typing import Any

from cases import people
from domain.clocks import late_in_quarters, quarter_hour
from domain.notices import Button, Notice, Rows
from domain.pieces import Piece, PieceKind
from domain.roles import Role
from domain.text import in_pieces, length
from domain.tips import OFFICERS_OUTCOMES, Identity, Outcome, Rating, Status, Tip, may_be_rated, overdue_by
from domain.views import InformantView, Line, PoliceView
from storage.unit import Unit

_PIECES = frozenset(PieceKind) - {PieceKind.TOLD}
_TOLD = frozenset({"told", "question", "answer", "place"})
# What was looked into before it was closed; of anything else nobody can say that it was verified.
_CHECKED = frozenset({Outcome.RESOLVED, Outcome.UNFOUNDED})
_SHOWN = frozenset({"told", "question", "answer", "outcome"})
_ROOM = 3200  # UTF-16 units of a message that a story may take: 4,096 less the card's own lines
_PIECE = 2000  # UTF-16 units of one line of it


async def police_view(unit: Unit, tip: Tip) -> PoliceView:
    """A tip as an officer may see it: of a hidden one, the quarter of an hour; never who."""
    # At full quarter-hours only, as in `cases/nights.py`: who looks every second must not see the moment it fell due.
    late = overdue_by(tip, quarter_hour(unit.now), unit.clocks)
    return PoliceView(
        **tip.model_dump(include=set(PoliceView.model_fields) - {"lines", "files", "due_at"}),
        opened=quarter_hour(tip.opened_at),
        due_at=quarter_hour(tip.due_at) if tip.received_at is None else tip.due_at,
        overdue=late_in_quarters(late) if late else None,
        handler=await people.name_of(unit, tip.received_by),
        lines=await _lines(unit, tip, _TOLD),
        files=tuple(piece.file for piece in await pieces(unit, tip) if piece.file is not None),
    )


async def informant_view(unit: Unit, tip: Tip) -> InformantView:
    """A tip as its informant may see it."""
    shown = set(InformantView.model_fields) - {"lines", "due_at"}
    late = overdue_by(tip, unit.now, unit.clocks) is not None
    return InformantView(
        **tip.model_dump(include=shown),
        due_at=tip.due_at + unit.clocks.pause(tip.asked_at, unit.now),
        late=late,
        served=await people.served(unit, tip.ward),
        chief_told=late
        and bool(await people.reachable(unit, await unit.memberships.in_ward(tip.ward, (Role.WARD_CHIEF,)))),
        received=tip.received_at is not None,
        asked=tip.asked_at is not None,
        lines=await _lines(unit, tip, _SHOWN),
    )


async def _lines(unit: Unit, tip: Tip, kinds: frozenset[str]) -> tuple[Line, ...]:
    return tuple(
        Line(kind=kind, text=Piece.model_validate_json(text).text if kind in _PIECES else text)
        for kind, text in await _opened(unit, tip)
        if kind in kinds
    )


async def pieces(unit: Unit, tip: Tip) -> list[Piece]:
    """The pieces of a story that are more than words."""
    return [Piece.model_validate_json(text) for kind, text in await _opened(unit, tip) if kind in _PIECES]


async def last_question(unit: Unit, tip: Tip) -> str | None:
    """What was asked last of a tip."""
    return next((text for kind, text in reversed(await _opened(unit, tip)) if kind == "question"), None)


async def _opened(unit: Unit, tip: Tip) -> list[tuple[str, str]]:
    """Kind and content of every part; nothing when the tip's key has been destroyed."""
    sealer = await unit.tip_keys.of(tip.id)
    if sealer is None:
        return []
    parts = await unit.parts.of(tip.id)
    return [(part.kind, sealer.open(part.body, f"tip_parts/body/{part.id}").decode()) for part in parts]


def card(view: PoliceView, *, content: bool = False, edit: int | None = None) -> Notice:
    """An officer's card: kind, code and state first; what was told only after a tap, never in a preview."""
    more: list[tuple[str, dict[str, Any]]] = [("card.head", {"code": view.code, "opened": view.opened})]
    if content:
        more += _story(view)
    if view.files:
        more.append(("card.files", {"count": len(view.files)}))
    more.append(_state(view))
    if view.overdue is not None:
        more.append(("card.overdue", {"late": view.overdue}))
    if view.valuable:
        more.append(("card.valuable", {}))
    more.append((f"card.identity.{view.identity.value}", {}))
    key = "card.title_urgent" if view.urgent else "card.title"
    if view.status is Status.CLOSED:
        key = "card.title_checked" if view.outcome in _CHECKED else "card.title_closed"
    elif view.received_at is not None:
        key = "card.title_received"
    return Notice(
        key=key,
        params={"category": view.category.value},
        more=tuple(more),
        buttons=_buttons(view, content),
        edit=edit,
        private=True,
    )


def _story(view: PoliceView) -> list[tuple[str, dict[str, Any]]]:
    fits, _ = _paged(view)
    return fits


def rest_of_story(view: PoliceView) -> list[Notice]:
    """What of a long story does not fit onto its card: further messages, as protected as the card."""
    _, rest = _paged(view)
    pages: list[list[tuple[str, dict[str, Any]]]] = []
    room = 0
    for line in rest:
        size = length(line[1]["text"]) + 20
        if not pages or size > room:
            pages.append([])
            room = _ROOM
        pages[-1].append(line)
        room -= size
    head = {"code": view.code}
    return [Notice(key="card.goes_on", params=head, more=tuple(page), private=True) for page in pages]


def _paged(view: PoliceView) -> tuple[list[tuple[str, dict[str, Any]]], list[tuple[str, dict[str, Any]]]]:
    """The lines that fit onto a card, and those that don't; a very long one is cut into pieces that fit."""
    cut = [(f"card.{line.kind}", {"text": piece}) for line in view.lines for piece in in_pieces(line.text, _PIECE)]
    left = _ROOM
    for number, (_, params) in enumerate(cut):
        left -= length(params["text"]) + 20
        if left < 0 and number:
            return cut[:number], cut[number:]
    return cut, []


def _state(view: PoliceView) -> tuple[str, dict[str, Any]]:
    if view.status is Status.NEW:
        return "card.receive_by", {"due": view.due_at}
    if view.status is Status.CLOSED:
        return "card.closed", {"outcome": view.outcome or ""}
    key = "card.forwarded" if view.status is Status.FORWARDED else "card.received"
    params = {"at": view.received_at, "due": view.due_at}
    # Who has erased what is kept of them has no name any more; that somebody received it stays.
    return (key, {**params, "officer": view.handler}) if view.handler else (f"{key}_by_gone", params)


def _buttons(view: PoliceView, content: bool) -> Rows:
    def button(label: str, verb: str) -> Button:
        return Button(label=f"button.{label}", press=f"{verb}:{view.id}")

    if view.outcome is Outcome.WITHDRAWN:
        return ()
    if view.status is Status.CLOSED:
        return ((button("undo", "tip.reopen"), button("show", "tip.show")),)
    rows: list[tuple[Button, ...]] = []
    if not content:
        rows.append((button("show", "tip.show"),))
    elif view.files:
        rows.append((Button(label="button.files", params={"count": len(view.files)}, press=f"tip.files:{view.id}"),))
    if view.received_at is None:
        rows.append((button("receive", "tip.receive"),))
    rows.append((button("ask", "tip.ask"), button("assign", "tip.assign"), button("forward", "tip.forward")))
    last = [button("close", "tip.close")]
    if not view.valuable:
        last.insert(0, button("valuable", "tip.value"))
    if view.identity is Identity.NAMED:
        last.append(button("name", "tip.name"))
    rows.append(tuple(last))
    return tuple(rows)


def _rating(view: InformantView, secret: str, typed: bool) -> tuple[list[tuple[str, dict[str, Any]]], Rows]:
    """Whether the informant is satisfied: asked once, then what they said, and what else they can do."""
    if not may_be_rated(view.status, view.outcome):
        return [], ()
    if view.rating is None:
        buttons = [
            Button(label=f"rating.{rating.value}", press=f"r.rate:{rating.value}:{secret}", digit=str(number))
            for number, rating in enumerate(Rating, 1)
        ]
        return [("receipt.rate_typed" if typed else "receipt.rate", {})], (tuple(buttons),)
    said: list[tuple[str, dict[str, Any]]] = [("receipt.rated", {"rating": view.rating.value})]
    if view.rating is Rating.UNSATISFIED:
        said.append(("receipt.unsatisfied", {}))
    return said, ()


def outcome_menu(view: PoliceView, edit: int | None) -> Notice:
    """The ways in which a tip can end."""
    buttons = [
        Button(label=f"outcome.{outcome.value}", press=f"tip.end:{view.id}:{outcome.value}", digit=str(n))
        for n, outcome in enumerate(OFFICERS_OUTCOMES, 1)
    ]
    rows = (*(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)), (back(view.id),))
    params = {"code": view.code}
    return Notice(key="close.which", params=params, buttons=rows, edit=edit, private=True)


def back(tip: str) -> Button:
    """Back to the card, nothing changed."""
    return Button(label="button.back", press=f"tip.show:{tip}")


def receipt(view: InformantView, secret: str, *, edit: int | None = None, typed: bool = False) -> Notice:
    """What the informant reads when they look: the state, what was asked, what came of it.

    `typed`: whether the buttons are remembered, so that they can be typed as well.
    """
    state = "asked" if view.asked else "received" if view.status is Status.RECEIVED else view.status.value
    more: list[tuple[str, dict[str, Any]]] = [
        (f"receipt.{line.kind}", {"text": line.text[:900]}) for line in view.lines if line.kind != "told"
    ][-3:]
    if view.status is Status.NEW and not view.served:
        more.append(("receipt.waits", {}))
    elif view.status is Status.NEW:
        more.append(("receipt.read_late" if view.late else "receipt.read_by", {"due": view.due_at}))
    elif view.status is not Status.CLOSED:
        more.append(("receipt.late" if view.late else "receipt.until", {"due": view.due_at}))
    if view.chief_told:
        more.append(("receipt.chief_told", {}))
    open_still = view.status is not Status.CLOSED
    answer = Button(label="button.answer", press=f"r.answer:{secret}", digit="1")
    add = Button(label="button.add", press=f"r.add:{secret}", digit="2")
    look = Button(label="button.view", press=f"r.view:{secret}")
    rows: list[tuple[Button, ...]] = []
    if open_still:
        rows.append((answer, add) if view.asked else (add,))
        back_out = [Button(label="button.withdraw", press=f"r.withdraw:{secret}")]
        if view.identity is not Identity.HIDDEN:
            back_out.append(Button(label="button.cut", press=f"r.cut:{secret}"))
        rows.append(tuple(back_out))
        if view.urgent and view.identity is Identity.HIDDEN:
            # An urgent tip is sent before its informant is asked how to be known: who types finds the choice here.
            later = (Identity.CALL_BACK, Identity.NAMED)
            rows += [(Button(label=f"button.{one}", press=f"t.be:{one}:{secret}"),) for one in later]
    asked, answers = _rating(view, secret, typed)
    more += asked
    rows += answers
    return Notice(
        key=f"receipt.state.{state}",
        params={"code": view.code, "outcome": view.outcome or ""},
        more=tuple(more),
        buttons=(*rows, (look, Button(label="button.secret", press=f"r.secret:{secret}"))),
        edit=edit,
    )
