"""Who is told when a tip comes in or goes on."""

from cases import alerts, receipts, triage
from domain.notices import Lane
from domain.people import Role
from domain.tips import Category, Identity, Outcome
from storage.return_address import open_address
from tests.cases.world import OTHER, WARD, World


async def test_a_new_tip_rings_for_the_officers_on_duty_of_its_ward_alone(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    away = await world.officer("Tư")
    async with world.unit() as unit:
        unit.memberships.save(away.roles[0].model_copy(update={"on_duty": False}))
    others = [
        away,
        await world.officer("Hoa", OTHER),
        await world.leader("Mai"),
        await world.member("Ba", Role.PROVINCE, "42"),
        await world.member("Lan", Role.WARD_OFFICE, WARD),
    ]
    world.hush()
    await world.tip(await world.resident())
    assert world.heard_by(nam) == ["card.title"]
    assert world.heard_by(dung) == ["card.title"]
    assert [world.heard_by(other) for other in others] == [[]] * len(others)
    assert world.posts == []


async def test_officers_are_written_to_each_in_their_language(world: World) -> None:
    nam = await world.member("Nam", Role.DUTY_OFFICER, WARD, language="en")
    await world.officer("Dũng")
    await world.tip(await world.resident())
    assert {post.chat == nam.chat: post.language for post in world.posts} == {True: "en", False: "vi"}


async def test_what_is_told_later_goes_to_the_officer_who_has_the_tip_in_hand(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.officer("Dũng")
    sent = await world.tip(await world.resident())
    world.hush()
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "thêm một điều")
    assert (world.heard_by(nam), world.heard_by(dung)) == (["alert.more"], ["alert.more"])
    async with world.unit() as unit:
        await triage.receive(unit, dung, sent.tip.id)
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "thêm nữa")
    assert world.heard_by(nam) == []
    [notice] = world.sent_to(dung)
    assert (notice.key, notice.lane, notice.private) == ("alert.more", Lane.REPLY, True)
    assert notice.params == {"code": sent.tip.code, "category": "drugs"}
    assert "thêm" not in notice.model_dump_json()


async def test_more_of_a_holder_who_is_gone_rings_for_everybody(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.officer("Dũng")
    sent = await world.tip(await world.resident(), category=Category.FIRE_EXPLOSION)
    assert dung.contact is not None
    async with world.unit() as unit:
        await triage.receive(unit, dung, sent.tip.id)
    async with world.unit() as unit:
        unit.contacts.remove(dung.contact.id)
    world.hush()
    async with world.unit() as unit:
        await alerts.more(unit, sent.tip.id)
        await alerts.more(unit, "no such tip")
    [notice] = world.sent_to(nam)
    assert (notice.key, notice.lane) == ("alert.more_urgent", Lane.URGENT)


async def news(world: World, identity: Identity) -> None:
    nam = await world.officer()
    lan = await world.resident()
    sent = await world.tip(lan, "Nhà cuối hẻm", identity=identity)
    world.hush()
    async with world.unit() as unit:
        await triage.receive(unit, nam, sent.tip.id)
    async with world.unit() as unit:
        await triage.ask(unit, nam, sent.tip.id, "Thường mấy giờ?")
    async with world.unit() as unit:
        await triage.forward(unit, nam, sent.tip.id)
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    posts = list(world.posts)
    if identity is Identity.HIDDEN:
        assert posts == []
        return
    assert [post.notice.key for post in posts] == ["alert.news"] * 4
    for post in posts:
        assert post.notice.params == {"code": sent.tip.code}
        [[button]] = post.notice.buttons
        shown = post.model_dump_json()
        assert not any(word in shown for word in ("mấy giờ", "cuối hẻm", "resolved", "Nam", "Lan"))
        if identity is Identity.NAMED:
            assert (post.chat, post.address, button.press) == (lan.chat, None, f"r.view:{sent.receipt}")
        else:
            assert (post.chat, post.address) == (None, sent.tip.return_address)
            assert button.press == f"r.view:{alerts.RECEIPT_OF_ADDRESS}"
            assert str(lan.chat) not in shown
            assert sent.receipt not in shown
            assert post.address is not None
            async with world.db.reading() as tx:
                assert await open_address(tx, world.vault, post.address) == (sent.receipt, lan.chat)


async def test_nothing_is_ever_pushed_to_a_hidden_informant(world: World) -> None:
    await news(world, Identity.HIDDEN)


async def test_a_return_address_gets_the_code_alone_and_only_delivery_can_open_it(world: World) -> None:
    await news(world, Identity.CALL_BACK)


async def test_a_named_informant_gets_the_code_alone_in_their_chat(world: World) -> None:
    await news(world, Identity.NAMED)


async def test_a_named_informant_whose_contact_or_name_is_gone_is_not_written_to(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    first = await world.tip(lan, identity=Identity.NAMED)
    second = await world.tip(lan, identity=Identity.NAMED)
    assert lan.contact is not None
    async with world.unit() as unit:
        unit.tip_keys.remove(first.tip.id)
    world.hush()
    async with world.unit() as unit:
        assert await alerts.named(unit, first.tip) is None
        await triage.receive(unit, nam, first.tip.id)
        unit.contacts.remove(lan.contact.id)
        await triage.receive(unit, nam, second.tip.id)
    assert world.posts == []
