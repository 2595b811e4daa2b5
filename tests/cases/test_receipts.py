"""What whoever holds a receipt can do: read, answer, add."""

import pytest

from cases import cards, receipts, triage
from domain.events import Happening
from domain.tips import LONGEST_TEXT, Category, Identity, Outcome, Rating, Status
from tests.cases.world import World, refusal


@pytest.mark.parametrize("identity", Identity)
async def test_a_receipt_opens_its_tip_for_whoever_holds_it(world: World, identity: Identity) -> None:
    sent = await world.tip(await world.resident(), "Nhà cuối hẻm", identity=identity)
    async with world.unit() as unit:
        view = await receipts.view(unit, sent.receipt)
    assert (view.code, view.status, view.received, view.asked) == (sent.tip.code, Status.NEW, False, False)
    assert [(line.kind, line.text) for line in view.lines] == [("told", "Nhà cuối hẻm")]


async def test_a_code_or_a_forged_receipt_opens_nothing(world: World) -> None:
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        for receipt in (sent.tip.code, sent.tip.id, "forged", "", sent.receipt[:-1]):
            assert (await refusal(receipts.view(unit, receipt))).code == "tip.gone"
            assert (await refusal(receipts.add(unit, receipt, "x"))).code == "tip.gone"


async def test_an_answer_is_kept_as_one_and_the_clock_that_waited_runs_on(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        asked = await triage.ask(unit, nam, sent.tip.id, "Thường mấy giờ?")
    async with world.unit() as unit:
        view = await receipts.view(unit, sent.receipt)
    assert (view.asked, view.lines[-1].kind, view.lines[-1].text) == (True, "question", "Thường mấy giờ?")
    world.pass_time(hours=5)
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "  Chín giờ tối ")
    tip = await world.find(sent.tip.id)
    assert tip.asked_at is None
    assert (tip.due_at - asked.due_at).total_seconds() == 5 * 3600
    assert (await world.told(tip.id))[-1] == ("answer", "Chín giờ tối")
    [event] = await world.events(Happening.TIP_ANSWERED)
    assert (event.subject, event.by, event.detail) == (tip.id, None, {})
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "Và cuối tuần")
    assert [kind for kind, _ in await world.told(tip.id)] == ["told", "question", "answer", "told"]
    assert (await world.find(tip.id)).due_at == tip.due_at


async def test_more_than_4000_characters_at_once_are_refused(world: World) -> None:
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        refused = await refusal(receipts.add(unit, sent.receipt, "a" * (LONGEST_TEXT + 1)))
        assert (refused.code, refused.params) == ("tip.too_long", {"limit": LONGEST_TEXT})
        await receipts.add(unit, sent.receipt, "a" * LONGEST_TEXT)
    assert len(await world.told(sent.tip.id)) == 2


async def test_a_closed_tip_takes_nothing_more(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.UNFOUNDED)
    async with world.unit() as unit:
        refused = await refusal(receipts.add(unit, sent.receipt, "khoan đã"))
        view = await receipts.view(unit, sent.receipt)
    assert (refused.code, refused.params) == ("tip.closed_already", {"at": world.now})
    assert (view.status, view.outcome) == (Status.CLOSED, Outcome.UNFOUNDED)


async def test_a_tip_whose_key_was_destroyed_shows_its_state_and_no_word(world: World) -> None:
    sent = await world.tip(await world.resident(), "Nhà cuối hẻm")
    async with world.unit() as unit:
        unit.tip_keys.remove(sent.tip.id)
    async with world.unit() as unit:
        assert (await receipts.view(unit, sent.receipt)).lines == ()
        assert (await refusal(receipts.add(unit, sent.receipt, "thêm"))).code == "tip.gone"


async def test_only_named_tips_are_listed_newest_first_for_their_informant_alone(world: World) -> None:
    lan, mai = await world.resident("Lan"), await world.resident("Mai")
    for identity in (Identity.HIDDEN, Identity.CALL_BACK):
        await world.tip(lan, identity=identity)
    older = await world.tip(lan, identity=Identity.NAMED)
    world.pass_time(hours=1)
    newer = await world.tip(lan, "cháy", category=Category.FIRE_EXPLOSION, identity=Identity.NAMED)
    await world.tip(mai, identity=Identity.NAMED)
    async with world.unit() as unit:
        found = await receipts.named_tips(unit, lan)
        assert await receipts.named_tips(unit, world.stranger()) == []
        unit.tip_keys.remove(newer.tip.id)
        assert [receipt for _, receipt in await receipts.named_tips(unit, lan)] == [older.receipt]
    assert [(tip.id, receipt) for tip, receipt in found] == [
        (newer.tip.id, newer.receipt),
        (older.tip.id, older.receipt),
    ]


async def receipt_of(world: World, secret: str) -> tuple[str, list[str], list[str]]:
    async with world.unit() as unit:
        notice = cards.receipt(await receipts.view(unit, secret), secret, edit=7)
    assert notice.edit == 7
    return notice.key, [key for key, _ in notice.more], [b.press.split(":")[0] for row in notice.buttons for b in row]


async def test_a_receipt_shows_each_state_and_offers_what_can_be_done(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    assert await receipt_of(world, sent.receipt) == (
        "receipt.state.new",
        ["receipt.read_by"],
        ["r.add", "r.withdraw", "r.view", "r.secret"],
    )
    async with world.unit() as unit:
        await triage.receive(unit, nam, sent.tip.id)
    assert (await receipt_of(world, sent.receipt))[0] == "receipt.state.received"
    async with world.unit() as unit:
        await triage.ask(unit, nam, sent.tip.id, "Mấy giờ?")
    assert await receipt_of(world, sent.receipt) == (
        "receipt.state.asked",
        ["receipt.question", "receipt.until"],
        ["r.answer", "r.add", "r.withdraw", "r.view", "r.secret"],
    )
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "chín giờ")
    async with world.unit() as unit:
        await triage.forward(unit, nam, sent.tip.id)
    assert await receipt_of(world, sent.receipt) == (
        "receipt.state.forwarded",
        ["receipt.question", "receipt.answer", "receipt.until"],
        ["r.add", "r.withdraw", "r.view", "r.secret"],
    )
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    assert await receipt_of(world, sent.receipt) == (
        "receipt.state.closed",
        ["receipt.question", "receipt.answer", "receipt.rate"],
        ["r.rate", "r.rate", "r.rate", "r.view", "r.secret"],
    )
    async with world.unit() as unit:
        await receipts.rate(unit, sent.receipt, Rating.UNSATISFIED)
    assert await receipt_of(world, sent.receipt) == (
        "receipt.state.closed",
        ["receipt.question", "receipt.answer", "receipt.rated", "receipt.unsatisfied"],
        ["r.view", "r.secret"],
    )


@pytest.mark.parametrize("identity", Identity)
async def test_satisfaction_is_said_once_and_leaves_nothing_of_a_person_nor_a_word_to_officers(
    world: World, identity: Identity
) -> None:
    nam, lan = await world.officer(), await world.resident()
    sent = await world.tip(lan, identity=identity)
    async with world.unit() as unit:
        assert (await refusal(receipts.rate(unit, sent.receipt, Rating.FAIR))).code == "tip.not_ended"
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    world.hush()
    people = [await world.rows(table) for table in ("contacts", "memberships", "talks", "tip_parts", "outbox")]
    async with world.unit() as unit:
        before = cards.card(await triage.show(unit, nam, sent.tip.id), content=True)
        assert (await receipts.rate(unit, sent.receipt, Rating.UNSATISFIED)).rating is Rating.UNSATISFIED
    async with world.unit() as unit:
        refused = await refusal(receipts.rate(unit, sent.receipt, Rating.SATISFIED))
        assert (refused.code, refused.params) == ("tip.rated_already", {"rating": "unsatisfied"})
        assert (await receipts.view(unit, sent.receipt)).rating is Rating.UNSATISFIED
        assert cards.card(await triage.show(unit, nam, sent.tip.id), content=True) == before
    assert [await world.rows(table) for table in ("contacts", "memberships", "talks", "tip_parts", "outbox")] == people
    [event] = await world.events(Happening.TIP_RATED)
    assert (event.subject, event.by, event.detail) == (sent.tip.id, None, {"how": "unsatisfied"})
    assert world.posts == []


async def test_two_words_at_one_moment_are_one(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    async with world.unit() as unit:
        await receipts.rate(unit, sent.receipt, Rating.FAIR)
        assert (await refusal(receipts.rate(unit, sent.receipt, Rating.FAIR))).code == "tip.rated_already"
    assert len(await world.events(Happening.TIP_RATED)) == 1


async def test_a_tip_that_was_taken_back_asks_nothing(world: World) -> None:
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await receipts.withdraw(unit, sent.receipt)
    assert await receipt_of(world, sent.receipt) == ("receipt.state.closed", [], ["r.view", "r.secret"])
    async with world.unit() as unit:
        assert (await refusal(receipts.rate(unit, sent.receipt, Rating.FAIR))).code == "button.stale"
        assert (await refusal(receipts.rate(unit, "forged", Rating.FAIR))).code == "tip.gone"


async def test_a_receipt_never_names_an_officer(world: World) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.receive(unit, nam, sent.tip.id)
        view = await receipts.view(unit, sent.receipt)
    assert nam.contact is not None
    shown = cards.receipt(view, sent.receipt).model_dump_json() + view.model_dump_json()
    assert "Nam" not in shown
    assert nam.contact.id not in shown
