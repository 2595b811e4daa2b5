"""A leader confirms the month's check: in one tap, item by item, or by typing 1."""

from datetime import datetime
from typing import Any

from cases import checking
from domain.duties import Duty, DutyState, Finding, Item, all_ok
from domain.notices import Button
from domain.text import given_name
from handlers.turns import Turn

ITEMS = tuple(Item)


async def check(turn: Turn, _: list[str]) -> None:
    """`/diemdanh`: the check of this month, or that it is done."""
    duty, place = await checking.current(turn.unit, turn.person)
    if duty.submitted_at is not None:
        turn.answer("check.already", month=_month(duty.period), at=duty.submitted_at)
        return
    turn.keep(step=None, findings={})
    turn.send(checking.ask_all(duty, place, turn.person.name, late=turn.unit.now >= duty.due_at))


async def confirm_all(turn: Turn, args: list[str]) -> None:
    """*Đạt tất cả*: one tap."""
    await _confirm(turn, args[0], all_ok())


async def typed_one(turn: Turn) -> None:
    """`1` without a question before it: the reminder's card is older than this talk remembers."""
    duty, _ = await checking.current(turn.unit, turn.person)
    await _confirm(turn, duty.period, all_ok())


async def item(turn: Turn, args: list[str]) -> None:
    """*Xem từng mục*: one item after the other on the same card."""
    number = int(args[1])
    if number == 0:
        turn.keep(findings={})
    buttons = tuple(
        Button(label=f"button.{finding.value}", press=f"c.mark:{args[0]}:{number}:{finding.value}", digit=str(n))
        for n, finding in enumerate(Finding, 1)
    )
    params: dict[str, Any] = {"number": number + 1, "count": len(ITEMS), "item": ITEMS[number].value}
    turn.answer("check.item", buttons=(buttons,), edit=True, **params)


async def mark(turn: Turn, args: list[str]) -> None:
    """*Đạt*, *Không đạt*, *Chưa xem được*; after the last item the check is confirmed."""
    period, number, finding = args[0], int(args[1]), Finding(args[2])
    findings = {**turn.talk.findings, ITEMS[number].value: finding.value}
    turn.keep(findings=findings)
    if number + 1 < len(ITEMS):
        await item(turn, [period, str(number + 1)])
    else:
        await _confirm(turn, period, {Item(name): Finding(value) for name, value in findings.items()})


async def _confirm(turn: Turn, period: str, items: dict[Item, Finding]) -> None:
    duty, _ = await checking.confirm(turn.unit, turn.person, period, items)
    turn.forget()
    key, params = _thanks(duty)
    turn.answer(key, name=given_name(turn.person.name), month=_month(period), **params)


def _thanks(duty: Duty) -> tuple[str, dict[str, Any]]:
    at: datetime | None = duty.submitted_at
    if duty.state is DutyState.LATE:
        return "check.done_late", {}
    if set(duty.items.values()) == {Finding.OK}:
        return "check.done", {"at": at}
    counts = {finding.value: list(duty.items.values()).count(finding) for finding in Finding}
    return "check.done_findings", {"at": at, **counts}


def _month(period: str) -> int:
    return int(period[5:])
