"""What is shown of a tip: the officers' card and the informant's receipt, as notices in no language yet."""

from typing import Any

from cases import people
from domain.clocks import quarter_hour
from domain.notices import Button, Lane, Notice, Rows
from domain.tips import Identity, Outcome, Status, Tip, overdue_by
from domain.views import InformantView, Line, PoliceView
from storage.unit import Unit

_TOLD = frozenset({"told", "question", "answer"})
_SHOWN = frozenset({"told", "question", "answer", "outcome"})
_ROOM = 3200  # characters of a message that a story may take: 4,096 less the card's own lines


async def police_view(unit: Unit, tip: Tip) -> PoliceView:
    """A tip as an officer may see it: of a hidden one, the quarter of an hour; never who."""
    late = overdue_by(tip, unit.now, unit.clocks)
    return PoliceView(
        **tip.model_dump(include=set(PoliceView.model_fields) - {"lines"}),
        opened=quarter_hour(tip.opened_at),
        overdue=int(late.total_seconds()) if late else None,
        handler=await people.name_of(unit, tip.received_by),
        lines=await _lines(unit, tip, _TOLD),
    )


async def informant_view(unit: Unit, tip: Tip) -> InformantView:
    """A tip as its informant may see it."""
    return InformantView(
        **tip.model_dump(include=set(InformantView.model_fields) - {"lines"}),
        received=tip.received_at is not None,
        asked=tip.asked_at is not None,
        lines=await _lines(unit, tip, _SHOWN),
    )


async def _lines(unit: Unit, tip: Tip, kinds: frozenset[str]) -> tuple[Line, ...]:
    sealer = await unit.tip_keys.of(tip.id)
    if sealer is None:
        return ()
    return tuple(
        Line(kind=part.kind, text=sealer.open(part.body, f"tip_parts/body/{part.id}").decode())
        for part in await unit.parts.of(tip.id)
        if part.kind in kinds
    )


def card(view: PoliceView, *, content: bool = False, lane: Lane = Lane.REPLY, edit: int | None = None) -> Notice:
    """An officer's card: kind, code and state first; what was told only after a tap, never in a preview."""
    more: list[tuple[str, dict[str, Any]]] = [("card.head", {"code": view.code, "opened": view.opened})]
    if content:
        more += _story(view)
    more.append(_state(view))
    if view.overdue is not None:
        more.append(("card.overdue", {"late": view.overdue}))
    if view.valuable:
        more.append(("card.valuable", {}))
    more.append((f"card.identity.{view.identity.value}", {}))
    key = "card.title_urgent" if view.urgent else "card.title"
    if view.received_at is not None:
        key = "card.title_received"
    return Notice(
        key=key,
        params={"category": view.category.value},
        more=tuple(more),
        buttons=_buttons(view, content),
        lane=lane,
        edit=edit,
        private=True,
    )


def _story(view: PoliceView) -> list[tuple[str, dict[str, Any]]]:
    lines = []
    left = _ROOM
    for line in view.lines:
        lines.append((f"card.{line.kind}", {"text": line.text[:left]}))
        left = max(0, left - len(line.text))
    return lines


def _state(view: PoliceView) -> tuple[str, dict[str, Any]]:
    if view.status is Status.NEW:
        return "card.receive_by", {"due": view.due_at}
    if view.status is Status.CLOSED:
        return "card.closed", {"outcome": view.outcome or ""}
    key = "card.forwarded" if view.status is Status.FORWARDED else "card.received"
    return key, {"officer": view.handler or "?", "at": view.received_at, "due": view.due_at}


def _buttons(view: PoliceView, content: bool) -> Rows:
    def button(label: str, verb: str) -> Button:
        return Button(label=f"button.{label}", press=f"{verb}:{view.id}")

    if view.status is Status.CLOSED:
        return ((button("undo", "tip.reopen"), button("show", "tip.show")),)
    rows: list[tuple[Button, ...]] = []
    if not content:
        rows.append((button("show", "tip.show"),))
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


def outcome_menu(view: PoliceView, edit: int | None) -> Notice:
    """The ways in which a tip can end."""
    buttons = [
        Button(label=f"outcome.{outcome.value}", press=f"tip.end:{view.id}:{outcome.value}", digit=str(n))
        for n, outcome in enumerate(Outcome, 1)
    ]
    rows = (*(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)), (back(view.id),))
    params = {"code": view.code}
    return Notice(key="close.which", params=params, buttons=rows, edit=edit, private=True)


def back(tip: str) -> Button:
    """Back to the card, nothing changed."""
    return Button(label="button.back", press=f"tip.show:{tip}")


def receipt(view: InformantView, secret: str, *, edit: int | None = None) -> Notice:
    """What the informant reads when they look: the state, what was asked, what came of it."""
    state = "asked" if view.asked else "received" if view.status is Status.RECEIVED else view.status.value
    more: list[tuple[str, dict[str, Any]]] = [
        (f"receipt.{line.kind}", {"text": line.text[:900]}) for line in view.lines if line.kind != "told"
    ][-3:]
    if view.status is not Status.CLOSED:
        more.append(("receipt.until", {"due": view.due_at}))
    open_still = view.status is not Status.CLOSED
    answer = Button(label="button.answer", press=f"r.answer:{secret}", digit="1")
    add = Button(label="button.add", press=f"r.add:{secret}", digit="2")
    look = Button(label="button.view", press=f"r.view:{secret}")
    rows = ((*((answer,) if view.asked else ()), add),) if open_still else ()
    return Notice(
        key=f"receipt.state.{state}",
        params={"code": view.code, "outcome": view.outcome or ""},
        more=tuple(more),
        buttons=(*rows, (look,)),
        edit=edit,
    )
