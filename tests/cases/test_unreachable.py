"""Somebody has blocked the bot: what had to reach them reaches somebody else, once, and what was refused is told."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from cases import alerts, checking, mending, people, receipts, reminding, triage, undelivered, unreachable
from cases.undelivered import EVERY, TELLING
from domain.duties import Finding, Item, all_ok
from domain.events import Happening
from domain.findings import Mark
from domain.notices import Lane, Matter, Notice
from domain.people import Person, Role
from domain.tips import Category, Outcome, Status
from storage.outbox import Post
from tests.cases.world import GROUPS, WARD, World, refusal

FIRE = Category.FIRE_EXPLOSION


async def blocked(world: World, *readers: Person) -> None:
    """Telegram tells of all that these people were sent that they can't be reached, at once."""
    theirs = [post for post in world.posts if post.chat in {person.chat for person in readers}]
    world.posts = [post for post in world.posts if post not in theirs]
    async with world.unit() as unit:
        await unreachable.gone(unit, theirs)


async def off_duty(world: World, name: str, role: Role, code: str = WARD) -> Person:
    person = await world.member(name, role, code)
    async with world.unit() as unit:
        unit.memberships.save(person.roles[0].model_copy(update={"on_duty": False}))
    return await world.again(person)


async def test_an_urgent_alert_goes_to_one_officer_after_the_other(world: World) -> None:
    nam = await world.officer("Nam")
    chief = await off_duty(world, "Ba", Role.WARD_CHIEF)
    beat = await off_duty(world, "Dũng", Role.BEAT_OFFICER, "18115-5")
    duty = await off_duty(world, "Tư", Role.DUTY_OFFICER)
    world.hush()
    sent = await world.tip(await world.resident(), category=FIRE)
    rung = []
    for current in (nam, duty, beat, chief):
        [post] = world.posts[:1]
        assert post.chat == current.chat
        rung.append((post.notice.key, post.notice.lane, post.notice.private))
        await blocked(world, current)
    assert rung == [("card.title_urgent", Lane.URGENT, True), *[("alert.passed_on", Lane.URGENT, True)] * 3]
    assert world.posts == [], "nobody is left to tell"
    passed = await world.events(Happening.TIP_PASSED_ON)
    assert [(event.subject, event.by) for event in passed] == [
        (sent.tip.id, person.contact.id) for person in (duty, beat, chief) if person.contact
    ]


async def test_two_officers_who_are_gone_at_once_have_one_next(world: World) -> None:
    nam, hoa = await world.officer("Nam"), await world.officer("Hoa")
    chief = await off_duty(world, "Ba", Role.WARD_CHIEF)
    beat = await off_duty(world, "Dũng", Role.BEAT_OFFICER)
    world.hush()
    await world.tip(await world.resident(), category=FIRE)
    await blocked(world, nam, hoa)
    assert (world.heard_by(beat), world.heard_by(chief)) == (["alert.passed_on"], [])


async def test_when_nobody_is_on_duty_everybody_was_alerted_and_nobody_twice(world: World) -> None:
    chief, duty = await off_duty(world, "Ba", Role.WARD_CHIEF), await off_duty(world, "Tư", Role.DUTY_OFFICER)
    world.hush()
    await world.tip(await world.resident(), category=FIRE)
    assert {post.chat for post in world.posts} == {chief.chat, duty.chat}
    await blocked(world, duty)
    assert world.heard_by(chief) == ["card.title_urgent"]


async def test_a_tip_that_somebody_has_opened_or_that_is_calm_is_not_passed_on(world: World) -> None:
    nam, hoa = await world.officer("Nam"), await world.officer("Hoa")
    chief = await off_duty(world, "Ba", Role.WARD_CHIEF)
    world.hush()
    await world.tip(await world.resident())
    await blocked(world, hoa)
    assert world.heard_by(nam) == ["card.title"]
    sent = await world.tip(await world.resident(), category=FIRE)
    async with world.unit() as unit:
        unit.tips.save(sent.tip.model_copy(update={"seen_at": world.now}))
    await blocked(world, nam)
    assert world.heard_by(chief) == []


async def test_who_can_not_be_reached_is_not_alerted_until_they_write_again(world: World) -> None:
    nam, hoa = await world.officer("Nam"), await world.officer("Hoa")
    world.hush()
    await world.tip(await world.resident(), category=FIRE)
    await blocked(world, nam)
    assert (await world.again(nam)).contact is not None
    await world.tip(await world.resident(), category=FIRE)
    assert (world.heard_by(nam), len(world.heard_by(hoa))) == ([], 2)


async def test_of_a_resident_it_is_not_kept_that_they_are_gone(world: World) -> None:
    lan = await world.resident()
    async with world.unit() as unit:
        unit.outbox.put(Notice(key="x"), chat=lan.chat)
    before = await world.rows("contacts")
    await blocked(world, lan)
    assert await world.rows("contacts") == before


async def ladder(world: World, leader: Person) -> None:
    """The leader is asked by the ladder, and has blocked the bot."""
    async with world.unit() as unit:
        duty = await unit.duties.of_unit(GROUPS[0], "2026-11")
        assert duty is not None
        place = await unit.places.find(GROUPS[0])
        assert place is not None
        await reminding.advance(unit, WARD, (duty.due_at - timedelta(days=1, hours=-1)).date())
    assert [post.notice.about for post in world.posts if post.chat == leader.chat] == [Matter(kind="duty", id=duty.id)]


async def opened(world: World) -> None:
    """November's checks are open."""
    async with world.unit() as unit:
        await checking.open_all(unit, WARD, world.now.date())


async def test_a_reminder_goes_to_the_deputy_when_the_leader_can_not_be_reached(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    nam = await world.officer()
    await opened(world)
    world.hush()
    await ladder(world, mai)
    assert world.posts[1:] == []
    await blocked(world, mai)
    [card] = world.sent_to(hoa)
    assert (card.key, card.params["other"]) == ("check.handed_unreached", "Mai")
    [event] = await world.events(Happening.DUTY_HANDED)
    assert mai.contact is not None
    assert event.by == mai.contact.id
    assert world.heard_by(nam) == []
    async with world.unit() as unit:
        unit.outbox.put(card, chat=hoa.chat)
    await blocked(world, hoa)
    assert (world.heard_by(nam), world.heard_by(mai)) == (["check.nobody_reached"], [])


async def test_a_second_reminder_that_does_not_arrive_tells_nobody_again(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    await opened(world)
    world.hush()
    await ladder(world, mai)
    twice = list(world.posts)
    await blocked(world, mai)
    world.posts += twice
    await blocked(world, mai)
    assert world.heard_by(hoa) == ["check.handed_unreached"]


async def refused(world: World, notice: Notice, number: int = 1) -> None:
    async with world.unit() as unit:
        await undelivered.keep(unit, Post(id=number, chat=1, notice=notice), "sendMessage", "Bad Request: no")


async def told(world: World) -> int:
    async with world.unit() as unit:
        return await undelivered.tell(unit)


async def test_admins_are_told_of_what_was_refused_once_and_at_most_each_hour(world: World) -> None:
    await refused(world, Notice(key="x", lane=Lane.URGENT))
    assert await told(world) == 0, "nobody is there to be told"
    admin = await world.member("An", Role.ADMIN, WARD)
    world.hush()
    assert (await told(world), await told(world)) == (1, 0)
    [notice] = world.sent_to(admin)
    assert notice.params == {"count": 1}
    assert notice.more == (("admin.refused", {"at": world.now, "lane": "urgent", "reason": "Bad Request: no"}),)
    for number in range(2, 9):
        await refused(world, Notice(key="x"), number)
    assert await told(world) == 0
    world.pass_time(seconds=EVERY.total_seconds() + 1)
    assert await told(world) == 7
    [notice] = world.sent_to(admin)
    assert (notice.params, len(notice.more)) == ({"count": 7}, undelivered.LISTED)


async def test_a_telling_that_is_refused_is_not_told(world: World) -> None:
    await world.member("An", Role.ADMIN, WARD)
    await refused(world, Notice(key=TELLING))
    world.pass_time(hours=2)
    assert await told(world) == 0


async def test_what_must_reach_somebody_says_so(world: World) -> None:
    await world.officer()
    world.hush()
    sent = await world.tip(await world.resident(), category=FIRE)
    assert [post.notice.about for post in world.posts] == [Matter(kind="tip", id=sent.tip.id)]
    world.hush()
    async with world.unit() as unit:
        await alerts.withdrawn(unit, sent.tip.model_copy(update={"status": Status.CLOSED}))
    assert [(post.notice.about, post.notice.lane) for post in world.posts] == [(None, Lane.REPLY)]


async def test_who_is_asked_in_place_of_a_leader_who_is_away_is_stood_in_for_too(world: World) -> None:
    nam, mai = await world.officer(), await world.leader("Mai")
    hoa, ba = [await world.member(name, Role.DEPUTY, GROUPS[0]) for name in ("Hoa", "Ba")]
    await opened(world)
    world.hush()
    async with world.unit() as unit:
        await reminding.away(unit, mai, "2026-11")
    await blocked(world, hoa)
    assert [(post.chat, post.notice.key) for post in world.posts] == [
        (ba.chat, "check.handed"),
        (ba.chat, "check.handed_unreached"),
    ]
    await blocked(world, ba)
    assert (world.heard_by(nam), world.heard_by(mai)) == (["check.nobody_reached"], [])


async def found_broken(world: World, by: Person) -> str:
    """A check in which the bell is broken; which one."""
    marks = {Item.ALARM_BELL: Mark(finding=Finding.BAD)}
    async with world.unit() as unit:
        duty, _ = await checking.confirm(unit, by, "2026-11", {**all_ok(), Item.ALARM_BELL: Finding.BAD}, None, marks)
    return duty.id


async def away(world: World, by: Person) -> str:
    """Who leads alone is away; from which check."""
    async with world.unit() as unit:
        duty, *_ = await reminding.away(unit, by, "2026-11")
    return duty.id


@pytest.mark.parametrize(("act", "key"), [(found_broken, "finding.found"), (away, "check.nobody_left")])
async def test_what_the_police_must_know_of_a_group_goes_on_from_a_beat_officer_who_is_gone(
    world: World, act: Callable[[World, Person], Awaitable[str]], key: str
) -> None:
    mai, nam = await world.leader("Mai"), await world.officer("Nam")
    dung = await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    ward_beat = await world.member("Sơn", Role.BEAT_OFFICER, WARD)
    tu, chief = await off_duty(world, "Tư", Role.DUTY_OFFICER), await off_duty(world, "Ba", Role.WARD_CHIEF)
    await opened(world)
    world.hush()
    await act(world, mai)
    for reader in (dung, ward_beat, nam):
        assert [(post.chat, post.notice.key, post.notice.private) for post in world.posts] == [(reader.chat, key, True)]
        await blocked(world, reader)
    assert {post.chat for post in world.posts} == {tu.chat, chief.chat}, "nobody is on duty: everybody's phone rings"
    await blocked(world, tu)
    assert (world.heard_by(chief), world.posts) == ([key], [])


async def test_of_two_on_duty_one_gone_tells_nobody_twice_and_both_gone_tell_the_others(world: World) -> None:
    mai, nam, hoa = await world.leader("Mai"), await world.officer("Nam"), await world.officer("Hoa")
    tu = await off_duty(world, "Tư", Role.DUTY_OFFICER)
    await opened(world)
    world.hush()
    await found_broken(world, mai)
    await blocked(world, nam)
    assert [post.chat for post in world.posts] == [hoa.chat]
    await blocked(world, hoa)
    assert [post.chat for post in world.posts] == [tu.chat]


async def test_what_is_settled_by_then_is_told_to_nobody_else(world: World) -> None:
    mai, nam = await world.leader("Mai"), await world.officer("Nam")
    dung = await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    await opened(world)
    world.hush()
    await away(world, mai)
    duty = await found_broken(world, mai)
    async with world.unit() as unit:
        await mending.mend(unit, mai, await unit.findings.of(duty))
    await blocked(world, dung)
    assert world.heard_by(nam) == []


async def test_a_beat_officer_known_to_be_gone_is_promised_to_nobody(world: World) -> None:
    mai, nam = await world.leader("Mai"), await world.officer("Nam")
    dung = await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    await opened(world)
    duty = await found_broken(world, mai)

    async def promised() -> str:
        async with world.unit() as unit:
            place = await unit.places.find(GROUPS[0])
            assert place is not None
            return (await mending.promise(unit, place, await unit.findings.of(duty)))[0]

    assert await promised() == "finding.beat_mends"
    await blocked(world, dung)
    assert await promised() == "finding.ward_mends"
    world.hush()
    ly = await world.leader("Lý", GROUPS[1])
    world.hush()
    await found_broken(world, ly)
    assert (world.heard_by(nam), world.heard_by(dung)) == (["finding.found"], [])


async def test_a_tip_given_to_a_colleague_who_is_gone_comes_back_to_who_is_on_duty(world: World) -> None:
    nam, hoa = await world.officer("Nam"), await off_duty(world, "Hoa", Role.DUTY_OFFICER)
    tu = await off_duty(world, "Tư", Role.WARD_CHIEF)
    sent = await world.tip(await world.resident())
    world.hush()
    assert hoa.contact is not None
    async with world.unit() as unit:
        await triage.assign(unit, nam, sent.tip.id, hoa.contact.id)
    await blocked(world, hoa)
    [notice] = [post.notice for post in world.posts]
    assert (notice.key, notice.params["name"], notice.private) == ("alert.not_taken", "Hoa", True)
    await blocked(world, nam)
    assert (world.heard_by(tu), world.posts) == (["alert.not_taken"], []), "nobody else is on duty"
    nam = await world.again(nam)
    async with world.unit() as unit:
        await people.heard_from(unit, nam)
        assert {other.name for other in await triage.takers(unit, nam, sent.tip.id)} == {"Nam", "Tư"}
        refused = await refusal(triage.assign(unit, nam, sent.tip.id, hoa.contact.id))
    assert (refused.code, refused.params) == ("tip.colleague_gone", {"name": "Hoa"})


async def test_a_tip_that_was_ended_or_given_to_somebody_else_does_not_come_back(world: World) -> None:
    nam, hoa, tu = [await world.officer(name) for name in ("Nam", "Hoa", "Tư")]
    sent = await world.tip(await world.resident())
    world.hush()
    assert hoa.contact is not None
    assert tu.contact is not None
    async with world.unit() as unit:
        await triage.assign(unit, nam, sent.tip.id, hoa.contact.id)
        await triage.assign(unit, nam, sent.tip.id, tu.contact.id)
    await blocked(world, hoa)
    assert (world.heard_by(nam), world.heard_by(tu)) == ([], ["alert.assigned"])
    async with world.unit() as unit:
        await triage.assign(unit, nam, sent.tip.id, tu.contact.id)
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    await blocked(world, tu)
    assert world.heard_by(nam) == []


async def test_what_only_the_officer_who_has_a_tip_in_hand_was_told_comes_back_when_they_are_gone(
    world: World,
) -> None:
    nam, hoa = await world.officer("Nam"), await world.officer("Hoa")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.receive(unit, hoa, sent.tip.id)
    world.hush()
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "Họ chuyển đồ trong đêm")
    assert [post.chat for post in world.posts] == [hoa.chat]
    await blocked(world, hoa)
    assert world.heard_by(nam) == ["alert.not_taken"]


async def test_a_calm_tip_rings_for_everybody_when_the_last_on_duty_is_gone(world: World) -> None:
    nam, chief = await world.officer("Nam"), await off_duty(world, "Ba", Role.WARD_CHIEF)
    world.hush()
    await world.tip(await world.resident())
    await blocked(world, nam)
    assert world.heard_by(chief) == ["card.title"]


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.DUTY_OFFICER])
async def test_who_holds_two_roles_does_not_stand_in_for_themself(world: World, role: Role) -> None:
    mai, nam = await world.leader("Mai"), await world.officer("Nam")
    async with world.unit() as unit:
        payload = await people.invite(unit, role, WARD if role is Role.DUTY_OFFICER else GROUPS[0])
        assert mai.contact is not None
        await people.join(unit, mai.contact, payload)
    await opened(world)
    world.hush()
    await ladder(world, mai)
    await blocked(world, mai)
    assert (world.heard_by(nam), world.heard_by(mai)) == (["check.nobody_reached"], [])


async def every_rung(world: World) -> None:
    """The ladder of November's check, to its end."""
    for days in (5, 3, 1, 0, -1, -2, -3):
        async with world.unit() as unit:
            duty = await unit.duties.of_unit(GROUPS[0], "2026-11")
            assert duty is not None
            await reminding.advance(unit, WARD, (duty.due_at - timedelta(days=days, hours=1)).date())


async def test_of_a_group_whose_leader_is_gone_since_an_earlier_check_the_police_are_told_once(world: World) -> None:
    mai, nam = await world.leader("Mai"), await world.officer("Nam")
    async with world.unit() as unit:
        assert mai.contact is not None
        unit.contacts.save(mai.contact.model_copy(update={"unreachable": True}))
    await opened(world)
    world.hush()
    await every_rung(world)
    assert (world.heard_by(nam), world.heard_by(mai)) == (["check.nobody_reached"], [])


async def test_a_group_that_nobody_has_joined_is_no_news(world: World) -> None:
    nam = await world.officer("Nam")
    await opened(world)
    world.hush()
    async with world.unit() as unit:
        duty = await unit.duties.of_unit(GROUPS[0], "2026-11")
        assert duty is not None
        await reminding.advance(unit, WARD, (duty.due_at - timedelta(days=1, hours=1)).date())
    assert world.heard_by(nam) == []


@pytest.mark.parametrize("said", [True, False])
async def test_the_police_are_told_once_that_nobody_is_left_however_the_last_one_went(world: World, said: bool) -> None:
    mai, nam = await world.leader("Mai"), await world.officer("Nam")
    hoa = await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    async with world.unit() as unit:
        assert hoa.contact is not None
        unit.contacts.save(hoa.contact.model_copy(update={"unreachable": True}))
    await opened(world)
    world.hush()
    if said:
        async with world.unit() as unit:
            await reminding.away(unit, mai, "2026-11")
    else:
        await ladder(world, mai)
        await blocked(world, mai)
    await every_rung(world)
    told = "check.nobody_left" if said else "check.nobody_reached"
    assert (world.heard_by(nam), world.posts) == ([told], [])


async def test_a_telling_that_reaches_no_admin_waits_for_the_next(world: World) -> None:
    an, binh = await world.member("An", Role.ADMIN, WARD), await world.member("Bình", Role.ADMIN, WARD)
    await refused(world, Notice(key="x"))
    world.hush()
    assert await told(world) == 1
    await blocked(world, an)
    assert await told(world) == 0, "another has heard it"
    await blocked(world, binh)
    assert await told(world) == 0, "nobody is there to be told"
    ca = await world.member("Ca", Role.ADMIN, WARD)
    world.hush()
    assert await told(world) == 1
    assert world.heard_by(ca) == [TELLING]


async def test_an_urgent_tip_that_is_over_is_passed_on_to_nobody(world: World) -> None:
    nam, chief = await world.officer("Nam"), await off_duty(world, "Ba", Role.WARD_CHIEF)
    world.hush()
    sent = await world.tip(await world.resident(), category=FIRE)
    async with world.unit() as unit:
        unit.tips.save(sent.tip.model_copy(update={"status": Status.CLOSED}))
    await blocked(world, nam)
    assert world.heard_by(chief) == []


async def test_who_leads_no_longer_is_stood_in_for_by_nobody(world: World) -> None:
    mai, hoa = await world.leader("Mai"), await world.member("Hoa", Role.DEPUTY, GROUPS[0])
    await opened(world)
    world.hush()
    await ladder(world, mai)
    async with world.unit() as unit:
        payload = await people.invite(unit, Role.LEADER, GROUPS[1])
        assert mai.contact is not None
        await people.join(unit, mai.contact, payload)
        unit.memberships.remove(mai.roles[0].id)
    world.posts = [post for post in world.posts if post.notice.about is not None]
    await blocked(world, mai)
    assert world.heard_by(hoa) == []
