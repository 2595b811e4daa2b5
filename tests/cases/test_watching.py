"""An urgent tip that nobody opens for a minute: what its teller is told, and when others are said to be rung."""

import pytest

from cases import people, unreachable, watching
from domain.people import Person, Role
from domain.tips import Category
from storage.watches import Watch
from tests.cases.world import WARD, World

PROVINCE = "42"
ADDRESS = b"sealed"


async def fire(world: World, ward: str = WARD) -> None:
    """A tip of a fire, whose minute begins."""
    sent = await world.tip(await world.resident(), category=Category.FIRE_EXPLOSION, ward=ward)
    async with world.unit() as unit:
        unit.watches.save(Watch(tip=sent.tip.id, due_at=world.now, address=ADDRESS))


async def a_minute(world: World) -> tuple[str, set[int | None]]:
    """What whoever waits is told when the minute is over, and which chats ring."""
    world.hush()
    assert await world.act(watching.widen) == 1
    [told] = [post.notice.key for post in world.posts if post.address == ADDRESS]
    return told, {post.chat for post in world.posts if post.address is None}


async def off_duty(world: World, person: Person) -> Person:
    async with world.unit() as unit:
        await people.set_on_duty(unit, person, False)
    return person


async def gone(world: World, person: Person) -> None:
    """Telegram refuses what this officer was sent."""
    theirs = [post for post in world.posts if post.chat == person.chat]
    async with world.unit() as unit:
        await unreachable.gone(unit, theirs)


async def test_somebody_else_is_rung_where_an_officer_was_off_duty(world: World) -> None:
    nam = await world.officer("Nam")
    tu = await off_duty(world, await world.officer("Tư"))
    await fire(world)
    assert await a_minute(world) == ("tip.nobody_yet", {nam.chat, tu.chat})


@pytest.mark.parametrize("ward", [WARD, PROVINCE])
async def test_where_nobody_has_joined_nobody_else_is_promised(world: World, ward: str) -> None:
    await fire(world, ward)
    assert await a_minute(world) == ("tip.nobody_here", set())


async def test_the_only_officers_are_rung_again_and_nobody_else_is_promised(world: World) -> None:
    rung = {(await world.officer(name)).chat for name in ("Nam", "Hoa")}
    await fire(world)
    assert await a_minute(world) == ("tip.nobody_else", rung)


async def test_when_nobody_is_on_duty_all_were_rung_before(world: World) -> None:
    rung = {(await off_duty(world, await world.officer(name))).chat for name in ("Nam", "Hoa")}
    await fire(world)
    assert await a_minute(world) == ("tip.nobody_else", rung)


@pytest.mark.parametrize(("others", "told"), [(1, "tip.nobody_else"), (2, "tip.nobody_yet")])
async def test_who_was_told_in_the_place_of_somebody_gone_is_nobody_else(world: World, others: int, told: str) -> None:
    nam = await world.officer("Nam")
    for number in range(others):
        await off_duty(world, await world.member(f"Ba {number}", Role.WARD_CHIEF, WARD))
    world.hush()
    await fire(world)
    await gone(world, nam)
    assert (await a_minute(world))[0] == told


async def test_whom_no_message_reaches_is_nobody_else(world: World) -> None:
    tu = await world.officer("Tư")
    await off_duty(world, tu)
    async with world.unit() as unit:
        await people.unreachable(unit, tu.chat)
    await world.officer("Nam")
    await fire(world)
    assert (await a_minute(world))[0] == "tip.nobody_else"


async def test_a_clock_that_is_set_back_lets_nobody_wait_longer(world: World) -> None:
    await world.officer("Nam")
    sent = await world.tip(await world.resident(), category=Category.FIRE_EXPLOSION)
    async with world.unit() as unit:
        due = world.now + unit.clocks.open_urgent_within
        unit.watches.save(Watch(tip=sent.tip.id, due_at=due, address=ADDRESS))
    assert await world.act(watching.widen) == 0
    world.pass_time(days=-1)
    assert await world.act(watching.widen) == 1
    assert await world.act(watching.widen) == 0
