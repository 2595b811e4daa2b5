"""What has had its time goes, and nothing else does."""

from datetime import timedelta

from cases import people, tidying, triage
from domain.people import Role
from domain.talks import Talk
from domain.tips import Identity, Outcome
from storage import inbox
from storage.return_address import open_address
from tests.cases.world import GROUPS, World

TABLES = ("contacts", "memberships", "tips", "tip_keys", "tip_parts", "events", "outbox", "places", "duties")


async def tidy(world: World) -> None:
    async with world.unit() as unit:
        await tidying.tidy(unit)


async def count(world: World, table: str) -> int:
    return len(await world.rows(table))


async def test_numbers_of_handled_updates_go_after_two_days_bad_ones_after_a_month_and_open_ones_stay(
    world: World,
) -> None:
    async with world.db.transaction() as tx:
        await inbox.keep(tx, world.vault, [(n, b"{}") for n in (1, 2, 3)], world.now)
        await inbox.done(tx, [1])
        for attempt in range(inbox.TRIES):
            await inbox.failed(tx, 2, attempt)
    kept = []
    for _ in range(4):
        await tidy(world)
        kept.append(sorted(row["update_id"] for row in await world.rows("inbox")))
        world.pass_time(days=1)
    assert kept == [[1, 2, 3], [1, 2, 3], [1, 2, 3], [2, 3]]
    world.pass_time(days=27)
    await tidy(world)
    assert [row["update_id"] for row in await world.rows("inbox")] == [3]


async def test_a_talk_that_nobody_goes_on_with_goes_after_a_day(world: World) -> None:
    async with world.unit() as unit:
        unit.talks.save(Talk(key=b"old", touched_at=world.now - timedelta(hours=25)))
        unit.talks.save(Talk(key=b"new", touched_at=world.now - timedelta(days=1)))
    await tidy(world)
    assert [bytes(row["key"]) for row in await world.rows("talks")] == [b"new"]


async def test_findings_that_no_model_takes_any_more_keep_no_talk(world: World) -> None:
    async with world.unit() as unit:
        for number in range(3):
            strange = {"duty": '{"gone": 1}'} if number == 1 else {}
            unit.talks.save(Talk(key=b"%d" % number, findings=strange, touched_at=world.now - timedelta(days=2)))
    await tidy(world)
    assert await count(world, "talks") == 0


async def test_an_invitation_goes_when_it_has_expired(world: World) -> None:
    async with world.unit() as unit:
        await people.invite(unit, Role.LEADER, GROUPS[0])
    world.pass_time(hours=24)
    await tidy(world)
    assert await count(world, "invitations") == 1
    world.pass_time(seconds=1)
    await tidy(world)
    assert await count(world, "invitations") == 0


async def test_a_return_key_goes_thirty_days_after_it_was_made_and_open_tips_are_sealed_anew(world: World) -> None:
    lan = await world.resident()
    sent = await world.tip(lan, identity=Identity.CALL_BACK)
    old = sent.tip.return_address
    assert old is not None
    world.pass_time(days=1)
    await tidy(world)
    assert (await world.find(sent.tip.id)).return_address == old
    for _ in range(5):
        world.pass_time(days=6, seconds=1)
        await tidy(world)
    fresh = (await world.find(sent.tip.id)).return_address
    assert fresh is not None
    async with world.db.reading() as tx:
        assert await open_address(tx, world.vault, old) is None
        assert await open_address(tx, world.vault, fresh) == (sent.receipt, lan.chat)


async def test_a_return_address_is_cut_once_the_end_can_not_be_undone(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    ended = await world.tip(lan, identity=Identity.CALL_BACK)
    running = await world.tip(lan, identity=Identity.CALL_BACK)
    async with world.unit() as unit:
        await triage.end(unit, nam, ended.tip.id, Outcome.RESOLVED)
    world.pass_time(minutes=10)
    await tidy(world)
    assert (await world.find(ended.tip.id)).return_address == ended.tip.return_address
    world.pass_time(seconds=1)
    await tidy(world)
    tip = await world.find(ended.tip.id)
    assert tip.return_address is None
    assert tip.identity is Identity.CALL_BACK
    assert (await world.find(running.tip.id)).return_address == running.tip.return_address


async def test_nothing_else_goes_in_a_month(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    for identity in Identity:
        sent = await world.tip(lan, identity=identity)
        async with world.unit() as unit:
            await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    world.pass_time(days=31)
    before = {table: sorted(map(repr, await world.rows(table))) for table in TABLES if table != "tips"}
    tips = await count(world, "tips")
    await tidy(world)
    assert {table: sorted(map(repr, await world.rows(table))) for table in before} == before
    assert await count(world, "tips") == tips


async def test_what_the_same_unit_has_just_written_is_tidied_too(world: World) -> None:
    async with world.unit() as unit:
        unit.talks.save(Talk(key=b"old", touched_at=world.now - timedelta(days=2)))
        await tidying.tidy(unit)
    assert await count(world, "talks") == 0
