"""A resident tells something: the draft, the tip, and how its informant is known."""

import unicodedata

import pytest

from cases import alerts, reporting
from domain.events import Happening
from domain.notices import Lane
from domain.talks import Talk
from domain.tips import LONGEST_TEXT, URGENT, Category, Identity, Status
from tests.cases.world import SATURDAY, WARD, World, refusal

CALM = sorted(set(Category) - URGENT)


async def drafted(world: World, category: Category, *texts: str) -> Talk:
    """The talk of somebody who has told this and not sent it."""
    lan = await world.resident("Lan")
    async with world.unit() as unit:
        talk = reporting.start(unit, world.new_talk(unit, lan), WARD, category)
        for text in texts:
            talk, _ = await reporting.tell(unit, talk, text)
    return talk


@pytest.mark.parametrize("category", CALM)
async def test_a_calm_story_is_a_draft_until_it_is_sent(world: World, category: Category) -> None:
    nam = await world.officer()
    lan = await world.resident()
    async with world.unit() as unit:
        talk = reporting.start(unit, world.new_talk(unit, lan), WARD, category)
        talk, sent = await reporting.tell(unit, talk, "  Đêm nào cũng tụ tập ")
        assert sent is None
        talk, _ = await reporting.tell(unit, talk, "tới sáng")
        assert await reporting.finish(unit, talk) is None
    assert world.heard_by(nam) == []
    assert await world.rows("tips") == []
    kept = await world.talk(lan)
    assert kept is not None
    assert kept.draft is not None
    assert kept.step == "identity"
    assert [piece.text for piece in kept.draft.parts] == ["Đêm nào cũng tụ tập", "tới sáng"]


@pytest.mark.parametrize("identity", Identity)
async def test_a_tip_leaves_known_as_was_chosen_and_its_draft_dies(world: World, identity: Identity) -> None:
    nam = await world.officer()
    lan = await world.resident()
    sent = await world.tip(lan, "một", "hai", category=Category.DRUGS, identity=identity)
    tip = await world.find(sent.tip.id)
    assert tip == sent.tip
    assert (tip.identity, tip.status, tip.ward, tip.urgent) == (identity, Status.NEW, WARD, False)
    assert (tip.return_address is not None, tip.informant_key is not None) == (
        identity is Identity.CALL_BACK,
        identity is Identity.NAMED,
    )
    assert [kind for kind, _ in await world.told(tip.id)].count("informant") == (identity is Identity.NAMED)
    assert [text for kind, text in await world.told(tip.id) if kind == "told"] == ["một", "hai"]
    assert await world.talk(lan) is None
    assert await world.rows("talks") == []
    [notice] = world.sent_to(nam)
    assert (notice.key, notice.lane) == ("card.title", Lane.REPLY)


async def test_an_opened_tip_is_one_event_that_names_nobody(world: World) -> None:
    sent = await world.tip(await world.resident(), category=Category.SCAM, identity=Identity.NAMED)
    [event] = await world.events(Happening.TIP_OPENED)
    assert (event.ward, event.subject, event.by, event.day) == (WARD, sent.tip.id, None, SATURDAY)
    assert event.detail == {"category": "scam", "urgent": False}


async def test_a_named_tip_knows_its_contact_its_receipt_and_its_name(world: World) -> None:
    lan = await world.resident("Lan")
    assert lan.contact is not None
    sent = await world.tip(lan, identity=Identity.NAMED)
    async with world.unit() as unit:
        assert await alerts.named(unit, sent.tip) == (lan.contact.id, sent.receipt, "Lan")


async def test_a_hidden_tip_touches_nothing_on_the_persons_side(world: World) -> None:
    lan = await world.resident()
    before = {name: await world.rows(name) for name in ("contacts", "memberships", "return_keys", "talks")}
    await world.tip(lan, identity=Identity.HIDDEN)
    assert {name: await world.rows(name) for name in before} == before


async def test_nobody_gives_a_name_who_never_agreed(world: World) -> None:
    async with world.unit() as unit:
        lan = world.stranger()
        talk = reporting.start(unit, world.new_talk(unit, lan), WARD, Category.OTHER)
        talk, _ = await reporting.tell(unit, talk, "chuyện")
        assert (await refusal(reporting.send(unit, talk, lan, Identity.NAMED))).code == "consent.needed"


@pytest.mark.parametrize("category", sorted(URGENT))
async def test_an_urgent_story_is_open_hidden_and_alerts_at_its_first_word(world: World, category: Category) -> None:
    on, off = await world.officer("Nam"), await world.officer("Dũng")
    async with world.unit() as unit:
        unit.memberships.save(off.roles[0].model_copy(update={"on_duty": False}))
    lan = await world.resident()
    async with world.unit() as unit:
        talk = reporting.start(unit, world.new_talk(unit, lan), WARD, category)
        talk, sent = await reporting.tell(unit, talk, "Cháy hẻm 12")
        assert sent is not None
    tip = await world.find(sent.tip.id)
    assert (tip.urgent, tip.identity, tip.return_address, tip.informant_key) == (True, Identity.HIDDEN, None, None)
    [notice] = world.sent_to(on)
    assert (notice.key, notice.lane) == ("card.title_urgent", Lane.URGENT)
    assert world.heard_by(off) == []
    async with world.unit() as unit:
        talk, again = await reporting.tell(unit, talk, "còn hai người kẹt")
        assert again is None
    [notice] = world.sent_to(on)
    assert (notice.key, notice.lane) == ("alert.more_urgent", Lane.URGENT)
    assert await world.told(tip.id) == [("told", "Cháy hẻm 12"), ("told", "còn hai người kẹt")]
    async with world.unit() as unit:
        done = await reporting.finish(unit, talk)
    assert done == reporting.Sent(tip, sent.receipt)
    assert await world.rows("talks") == []
    assert len(await world.rows("tips")) == 1


@pytest.mark.parametrize("urgent", [False, True])
async def test_of_a_story_too_long_what_fits_is_kept_and_then_no_more(world: World, urgent: bool) -> None:
    category = Category.FIRE_EXPLOSION if urgent else Category.DRUGS
    talk = await drafted(world, category, "a" * (LONGEST_TEXT - 1), "bb")
    assert talk.draft is not None
    assert [len(part.text) for part in talk.draft.parts] == [LONGEST_TEXT - 1, 1]
    async with world.unit() as unit:
        refused = await refusal(reporting.tell(unit, talk, "c"))
    assert (refused.code, refused.params) == ("tip.too_long", {"limit": LONGEST_TEXT})
    lan = world.stranger()
    async with world.unit() as unit:
        sent = await reporting.finish(unit, talk) or await reporting.send(unit, talk, lan, Identity.HIDDEN)
    assert "".join(text for _, text in await world.told(sent.tip.id)) == "a" * (LONGEST_TEXT - 1) + "b"


async def test_decomposed_letters_are_composed_before_they_are_counted_and_kept(world: World) -> None:
    talk = await drafted(world, Category.DRUGS, unicodedata.normalize("NFD", "hệ") * (LONGEST_TEXT // 2))
    assert talk.draft is not None
    assert talk.draft.told() == LONGEST_TEXT
    assert talk.draft.parts[0].text.startswith("h\u1ec7h")


async def test_it_is_happening_now_makes_any_told_story_urgent_at_once(world: World) -> None:
    nam = await world.officer()
    talk = await drafted(world, Category.DOMESTIC_VIOLENCE, "đang đánh nhau")
    async with world.unit() as unit:
        talk, sent = await reporting.now_urgent(unit, talk)
        assert sent is not None
    assert (await world.find(sent.tip.id)).urgent
    [notice] = world.sent_to(nam)
    assert (notice.key, notice.lane, notice.params) == (
        "card.title_urgent",
        Lane.URGENT,
        {"category": "domestic_violence"},
    )
    async with world.unit() as unit:
        again, twice = await reporting.now_urgent(unit, talk)
        assert twice is None
    assert again.draft == talk.draft
    assert world.heard_by(nam) == []
    assert len(await world.rows("tips")) == 1


async def test_it_is_happening_now_before_a_word_waits_for_the_first(world: World) -> None:
    nam = await world.officer()
    talk = await drafted(world, Category.OTHER)
    async with world.unit() as unit:
        talk, sent = await reporting.now_urgent(unit, talk)
        assert sent is None
        _, sent = await reporting.tell(unit, talk, "cứu")
        assert sent is not None
    assert world.heard_by(nam) == ["card.title_urgent"]


async def test_nothing_told_can_not_be_sent(world: World) -> None:
    talk = await drafted(world, Category.OTHER)
    lan = world.stranger()
    async with world.unit() as unit:
        assert (await refusal(reporting.finish(unit, talk))).code == "tip.empty"
        assert (await refusal(reporting.send(unit, talk, lan, Identity.HIDDEN))).code == "tip.empty"


async def test_a_button_without_its_draft_is_stale(world: World) -> None:
    lan = await world.resident()
    async with world.unit() as unit:
        talk = world.new_talk(unit, lan)
        for work in (
            reporting.tell(unit, talk, "x"),
            reporting.now_urgent(unit, talk),
            reporting.finish(unit, talk),
            reporting.send(unit, talk, lan, Identity.HIDDEN),
        ):
            assert (await refusal(work)).code == "button.stale"


async def test_an_urgent_tip_can_not_be_sent_a_second_time_as_another(world: World) -> None:
    talk = await drafted(world, Category.FIRE_EXPLOSION, "cháy")
    async with world.unit() as unit:
        refused = await refusal(reporting.send(unit, talk, world.stranger(), Identity.NAMED))
    assert refused.code == "button.stale"
    assert len(await world.rows("tips")) == 1


@pytest.mark.parametrize("identity", [Identity.CALL_BACK, Identity.NAMED])
async def test_after_an_urgent_tip_a_choice_of_being_known_is_made_once(world: World, identity: Identity) -> None:
    lan = await world.resident()
    sent = await world.tip(lan, "cháy", category=Category.FIRE_EXPLOSION)
    assert sent.tip.identity is Identity.HIDDEN
    async with world.unit() as unit:
        hidden = await reporting.be_known(unit, sent.receipt, lan, Identity.HIDDEN)
        assert hidden.tip.identity is Identity.HIDDEN
    async with world.unit() as unit:
        await reporting.be_known(unit, sent.receipt, lan, identity)
    tip = await world.find(sent.tip.id)
    assert tip.identity is identity
    assert (tip.return_address is not None) == (identity is Identity.CALL_BACK)
    for other in Identity:
        async with world.unit() as unit:
            refused = await refusal(reporting.be_known(unit, sent.receipt, lan, other))
        assert refused.code == "tip.identity_chosen"
    assert await world.find(sent.tip.id) == tip


async def test_a_forged_receipt_makes_nobody_known(world: World) -> None:
    lan = await world.resident()
    async with world.unit() as unit:
        assert (await refusal(reporting.be_known(unit, "forged", lan, Identity.NAMED))).code == "tip.gone"


async def test_a_tip_whose_key_was_destroyed_takes_nothing_more(world: World) -> None:
    lan = await world.resident()
    talk = await drafted(world, Category.FIRE_EXPLOSION, "cháy")
    assert talk.draft is not None
    assert talk.draft.tip is not None
    assert talk.draft.receipt is not None
    async with world.unit() as unit:
        unit.tip_keys.remove(talk.draft.tip)
    async with world.unit() as unit:
        assert (await refusal(reporting.tell(unit, talk, "thêm"))).code == "tip.gone"
        known = reporting.be_known(unit, talk.draft.receipt, lan, Identity.NAMED)
        assert (await refusal(known)).code == "tip.gone"
    async with world.unit() as unit:
        unit.tips.remove(talk.draft.tip)
    async with world.unit() as unit:
        assert (await refusal(reporting.finish(unit, talk))).code == "tip.gone"
    assert await world.rows("talks") == []
