"""What is shown of a tip: the officers' card and what must never be on it."""

from datetime import datetime, timedelta

import pytest

from cases import cards, triage
from domain.clocks import VIETNAM, quarter_hour
from domain.notices import Lane, Notice
from domain.tips import OFFICERS_OUTCOMES, Category, Identity, Outcome
from domain.views import PoliceView
from tests.cases.world import World


def keys(notice: Notice) -> list[str]:
    return [key for key, _ in notice.more]


def labels(notice: Notice) -> list[list[str]]:
    return [[button.label.removeprefix("button.") for button in row] for row in notice.buttons]


async def seen(world: World, identity: Identity = Identity.HIDDEN, category: Category = Category.DRUGS) -> PoliceView:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident("Lan"), "Nhà cuối hẻm", category=category, identity=identity)
    async with world.unit() as unit:
        return await triage.show(unit, nam, sent.tip.id)


@pytest.mark.parametrize("identity", Identity)
@pytest.mark.parametrize("content", [False, True])
async def test_no_card_carries_anything_of_its_informant(world: World, identity: Identity, content: bool) -> None:
    nam = await world.officer("Nam")
    lan = await world.resident("Lan")
    sent = await world.tip(lan, "Nhà cuối hẻm", identity=identity)
    assert lan.contact is not None
    async with world.unit() as unit:
        view = await triage.show(unit, nam, sent.tip.id)
    notices = [cards.card(view, content=content, edit=3), cards.outcome_menu(view, 3), *world.sent_to(nam)]
    for shown in [view.model_dump_json(), *(notice.model_dump_json() for notice in notices)]:
        for secret in ("Lan", str(lan.chat), lan.contact.id, sent.receipt, "informant"):
            assert secret not in shown
    assert ("Nhà cuối hẻm" in notices[0].model_dump_json()) is content
    assert all(notice.private for notice in notices)


@pytest.mark.parametrize("minute", [0, 14, 15, 29, 45, 59])
async def test_an_officer_sees_the_quarter_of_an_hour(world: World, minute: int) -> None:
    world.now = datetime(2026, 11, 21, 21, minute, 33, tzinfo=VIETNAM)
    view = await seen(world)
    assert view.opened == datetime(2026, 11, 21, 21, minute - minute % 15, tzinfo=VIETNAM)
    assert view.opened == quarter_hour(world.now)


async def test_the_deadline_does_not_tell_the_minute_either(world: World) -> None:
    world.now = datetime(2026, 11, 21, 21, 52, 33, tzinfo=VIETNAM)
    view = await seen(world, category=Category.FIRE_EXPLOSION)
    assert view.due_at == quarter_hour(view.due_at)


async def test_an_alert_shows_kind_code_and_state_and_no_word_of_it(world: World) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident(), "Nhà cuối hẻm", category=Category.FIRE_EXPLOSION)
    [alert] = world.sent_to(nam)
    assert (alert.key, alert.params, alert.lane) == ("card.title_urgent", {"category": "fire_explosion"}, Lane.URGENT)
    assert alert.more[0][1]["code"] == sent.tip.code
    assert keys(alert) == ["card.head", "card.receive_by", "card.identity.hidden"]


@pytest.mark.parametrize("identity", Identity)
async def test_content_is_on_the_card_only_when_it_is_asked_for(world: World, identity: Identity) -> None:
    view = await seen(world, identity)
    last = f"card.identity.{identity.value}"
    named = ["name"] if identity is Identity.NAMED else []
    short, full = cards.card(view), cards.card(view, content=True, edit=5)
    assert keys(short) == ["card.head", "card.receive_by", last]
    assert keys(full) == ["card.head", "card.told", "card.receive_by", last]
    actions = [["receive"], ["ask", "assign", "forward"], ["valuable", "close", *named]]
    assert labels(short) == [["show"], *actions]
    assert labels(full) == actions
    assert (short.edit, full.edit) == (None, 5)
    assert all(b.press.partition(":")[2] == view.id for row in short.buttons for b in row)


async def test_a_card_tells_who_received_it_and_offers_that_no_more(world: World) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        view = await triage.receive(unit, nam, sent.tip.id)
    card = cards.card(view, content=True)
    assert (card.key, keys(card)) == (
        "card.title_received",
        ["card.head", "card.told", "card.received", "card.identity.hidden"],
    )
    assert dict(card.more)["card.received"] == {"officer": "Nam", "at": world.now, "due": view.due_at}
    assert labels(card) == [["ask", "assign", "forward"], ["valuable", "close"]]
    async with world.unit() as unit:
        card = cards.card(await triage.value(unit, nam, sent.tip.id))
    assert "card.valuable" in keys(card)
    assert labels(card)[-1] == ["close"]
    async with world.unit() as unit:
        assert "card.forwarded" in keys(cards.card(await triage.forward(unit, nam, sent.tip.id)))


async def test_a_closed_card_offers_undo_and_a_look(world: World) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        card = cards.card(await triage.end(unit, nam, sent.tip.id, Outcome.UNFOUNDED))
    assert dict(card.more)["card.closed"] == {"outcome": "unfounded"}
    assert labels(card) == [["undo", "show"]]


async def test_an_officer_whose_contact_is_gone_is_said_to_have_left(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.officer("Dũng")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.receive(unit, dung, sent.tip.id)
    assert dung.contact is not None
    async with world.unit() as unit:
        unit.contacts.remove(dung.contact.id)
        card = cards.card(await triage.show(unit, nam, sent.tip.id))
    assert dict(card.more)["card.received_by_gone"]["at"] == world.now


async def test_an_overdue_tip_says_by_how_much(world: World) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident(), category=Category.FIRE_EXPLOSION)
    world.pass_time(hours=4)
    async with world.unit() as unit:
        assert (await triage.show(unit, nam, sent.tip.id)).overdue is None
    world.pass_time(hours=2)
    async with world.unit() as unit:
        view = await triage.show(unit, nam, sent.tip.id)
    assert view.overdue == timedelta(hours=2).total_seconds()
    assert dict(cards.card(view).more)["card.overdue"] == {"late": 7200}


async def long_story(world: World) -> str:
    """What an officer can read of 4,000 characters."""
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident(), "a" * 3000, "b" * 1000)
    async with world.unit() as unit:
        view = await triage.show(unit, nam, sent.tip.id)
    messages = [cards.card(view, content=True), *cards.rest_of_story(view)]
    assert all(message.private for message in messages)
    told = ["".join(params["text"] for key, params in one.more if key == "card.told") for one in messages]
    assert all(len(text) <= 3200 for text in told)
    return "".join(told)


async def test_every_word_of_a_long_story_can_be_read_in_order_in_messages_that_fit(world: World) -> None:
    assert await long_story(world) == "a" * 3000 + "b" * 1000


async def test_the_outcomes_are_numbered_two_in_a_row_with_a_way_back(world: World) -> None:
    view = await seen(world)
    menu = cards.outcome_menu(view, 9)
    assert (menu.key, menu.edit, menu.params) == ("close.which", 9, {"code": view.code})
    assert [len(row) for row in menu.buttons] == [2, 2, 2, 1]
    buttons = [button for row in menu.buttons for button in row]
    assert [button.digit for button in buttons] == ["1", "2", "3", "4", "5", "6", None]
    assert [button.press for button in buttons[:-1]] == [
        f"tip.end:{view.id}:{outcome.value}" for outcome in OFFICERS_OUTCOMES
    ]
    assert buttons[-1] == cards.back(view.id)
    assert all(len(button.press.encode()) <= 64 for button in buttons)
