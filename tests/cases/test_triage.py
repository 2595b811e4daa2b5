"""What officers do with a tip, and who may not."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from cases import people, receipts, triage
from domain.clocks import VIETNAM
from domain.events import Happening
from domain.people import Membership, Person, Role
from domain.tips import Category, Identity, Outcome, Status
from storage.unit import Unit
from tests.cases.world import GROUPS, OTHER, WARD, World, refusal

Action = Callable[[Unit, Person, str], Awaitable[object]]


async def _assign(unit: Unit, person: Person, tip: str) -> object:
    return await triage.assign(unit, person, tip, person.contact.id if person.contact else "")


ACTIONS: dict[str, Action] = {
    "show": triage.show,
    "receive": triage.receive,
    "ask": lambda unit, person, tip: triage.ask(unit, person, tip, "Mấy giờ?"),
    "value": triage.value,
    "forward": triage.forward,
    "end": lambda unit, person, tip: triage.end(unit, person, tip, Outcome.RESOLVED),
    "reopen": triage.reopen,
    "colleagues": triage.colleagues,
    "assign": _assign,
    "informant_name": triage.informant_name,
}


@pytest.mark.parametrize("action", ACTIONS)
async def test_nobody_but_police_touches_a_tip(world: World, action: str) -> None:
    sent = await world.tip(await world.resident(), identity=Identity.NAMED)
    stored = await world.find(sent.tip.id)
    for person in (
        world.stranger(),
        await world.resident(),
        await world.leader("Mai"),
        await world.member("Hoa", Role.DEPUTY, GROUPS[1]),
        await world.member("Ba", Role.WARD_OFFICE, WARD),
        await world.member("Lan", Role.ADMIN, WARD),
    ):
        async with world.unit() as unit:
            assert (await refusal(ACTIONS[action](unit, person, sent.tip.id))).code == "role.police_only"
            assert (await refusal(triage.queue(unit, person))).code == "role.police_only"
    assert await world.find(sent.tip.id) == stored
    assert await world.events(Happening.NAME_SEEN, Happening.TIP_RECEIVED, Happening.TIP_CLOSED) == []


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_officer_of_another_ward_or_of_the_province_finds_no_such_tip(world: World, action: str) -> None:
    sent = await world.tip(await world.resident(), identity=Identity.NAMED)
    for person in (await world.officer("Hoa", OTHER), await world.member("Tư", Role.PROVINCE, "42")):
        async with world.unit() as unit:
            assert (await refusal(ACTIONS[action](unit, person, sent.tip.id))).code == "tip.not_here"
            assert (await refusal(ACTIONS[action](unit, person, "nothing"))).code == "tip.not_here"
            assert await triage.queue(unit, person) == []


async def test_a_role_without_a_ward_or_without_a_person_handles_nothing(world: World) -> None:
    sent = await world.tip(await world.resident())
    held = Membership(id="m", contact="c", role=Role.DUTY_OFFICER, unit="42", ward=None, since=world.now)
    adrift = Person(chat=1, name="Nam", language="vi", roles=(held,))
    unnamed = adrift.model_copy(update={"roles": (held.model_copy(update={"ward": WARD}),)})
    async with world.unit() as unit:
        assert (await refusal(triage.queue(unit, adrift))).code == "role.police_only"
        assert (await refusal(triage.receive(unit, unnamed, sent.tip.id))).code == "role.police_only"
    assert (await world.find(sent.tip.id)).received_at is None


async def test_the_queue_is_urgent_first_then_what_is_due_soonest(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    first = await world.tip(lan)
    world.pass_time(days=3)
    second = await world.tip(lan, category=Category.SCAM)
    fire = await world.tip(lan, category=Category.FIRE_EXPLOSION)
    closed = await world.tip(lan)
    await world.tip(lan, ward=OTHER)
    async with world.unit() as unit:
        await triage.end(unit, nam, closed.tip.id, Outcome.DUPLICATE)
    async with world.unit() as unit:
        queue = await triage.queue(unit, nam)
    assert [view.id for view in queue] == [fire.tip.id, first.tip.id, second.tip.id]


async def test_of_a_long_queue_a_page_is_read_at_a_time(world: World) -> None:
    nam, lan = await world.officer(), await world.resident()
    first, many = (await world.tip(lan)).tip, triage.PAGE * 2 + 1
    async with world.unit() as unit:
        for number in range(1, many):
            unit.tips.save(
                first.model_copy(
                    update={
                        "id": f"t{number:03d}",
                        "code": f"c{number}",
                        "receipt_hash": b"%d" % number,
                        "received_at": world.now if number % 2 else None,
                        "valuable": number % 3 == 0,
                        "due_at": first.due_at + timedelta(minutes=number),
                    }
                )
            )
    async with world.unit() as unit:
        assert await triage.waiting(unit, nam) == many
        pages = [await triage.queue(unit, nam, start) for start in (0, triage.PAGE, 2 * triage.PAGE)]
        assert [len(page) for page in pages] == [triage.PAGE, triage.PAGE, 1]
        assert [tip.id for page in pages for tip in page] == [
            first.id,
            *(f"t{number:03d}" for number in range(1, many)),
        ]
        assert all(tip.received_at is None for tip in await triage.queue(unit, nam, which="not_received"))
        assert not any(tip.valuable for tip in await triage.queue(unit, nam, which="not_valuable"))


async def test_receiving_starts_the_clock_of_verification(world: World) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident(), category=Category.FIRE_EXPLOSION)
    world.pass_time(minutes=3)
    async with world.unit() as unit:
        view = await triage.receive(unit, nam, sent.tip.id)
    assert nam.contact is not None
    assert (view.status, view.handler, view.received_at) == (Status.RECEIVED, "Nam", world.now)
    tip = await world.find(sent.tip.id)
    assert (tip.received_by, tip.assigned_to) == (nam.contact.id, nam.contact.id)
    assert tip.due_at == world.now + timedelta(days=20)
    [event] = await world.events(Happening.TIP_RECEIVED)
    assert (event.by, event.detail) == (nam.contact.id, {"after": 180, "urgent": True, "in_time": True})


async def test_who_receives_second_is_told_who_was_first_and_when(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.officer("Dũng")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.receive(unit, nam, sent.tip.id)
    first, stored = world.now, await world.find(sent.tip.id)
    world.pass_time(minutes=7)
    for person in (dung, nam):
        async with world.unit() as unit:
            refused = await refusal(triage.receive(unit, person, sent.tip.id))
        assert (refused.code, refused.params) == ("tip.already_received", {"by": "Nam", "at": first})
    assert await world.find(sent.tip.id) == stored
    assert len(await world.events(Happening.TIP_RECEIVED)) == 1


@pytest.mark.parametrize("question", ["", "   ", "a" * 501])
async def test_a_question_has_one_to_500_characters(world: World, question: str) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        refused = await refusal(triage.ask(unit, nam, sent.tip.id, question))
        assert (refused.code, refused.params) == ("question.length", {"limit": 500})
        await triage.ask(unit, nam, sent.tip.id, "a" * 500)


async def test_a_second_question_does_not_pause_the_clock_again(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.ask(unit, nam, sent.tip.id, "Mấy giờ?")
    asked = world.now
    world.pass_time(days=1)
    async with world.unit() as unit:
        tip = await triage.ask(unit, nam, sent.tip.id, "Ngày nào?")
    assert tip.asked_at == asked
    assert [text for kind, text in await world.told(tip.id) if kind == "question"] == ["Mấy giờ?", "Ngày nào?"]
    assert len(await world.events(Happening.TIP_ASKED)) == 2


async def test_a_question_about_a_tip_whose_key_is_gone_is_refused(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        unit.tip_keys.remove(sent.tip.id)
    async with world.unit() as unit:
        assert (await refusal(triage.ask(unit, nam, sent.tip.id, "Mấy giờ?"))).code == "tip.gone"


@pytest.mark.parametrize("action", ["ask", "value", "forward", "end"])
async def test_whoever_goes_on_with_a_new_tip_has_received_it(world: World, action: str) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await ACTIONS[action](unit, nam, sent.tip.id)
    tip = await world.find(sent.tip.id)
    assert nam.contact is not None
    assert (tip.received_at, tip.received_by) == (world.now, nam.contact.id)
    assert len(await world.events(Happening.TIP_RECEIVED)) == 1
    world.pass_time(minutes=1)
    second = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.receive(unit, nam, second.tip.id)
    async with world.unit() as unit:
        await ACTIONS[action](unit, nam, second.tip.id)
    assert len(await world.events(Happening.TIP_RECEIVED)) == 2


async def test_each_step_leaves_its_state_and_its_event(world: World) -> None:
    nam = await world.officer("Nam")
    assert nam.contact is not None
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        assert (await triage.value(unit, nam, sent.tip.id)).valuable
    world.pass_time(hours=1)
    async with world.unit() as unit:
        assert (await triage.forward(unit, nam, sent.tip.id)).status is Status.FORWARDED
    world.pass_time(hours=1)
    async with world.unit() as unit:
        view = await triage.end(unit, nam, sent.tip.id, Outcome.FORWARDED)
    assert (view.status, view.outcome, view.valuable) == (Status.CLOSED, Outcome.FORWARDED, True)
    tip = await world.find(sent.tip.id)
    assert (tip.status, tip.outcome, tip.closed_at, tip.before_close) == (
        Status.CLOSED,
        Outcome.FORWARDED,
        world.now,
        Status.FORWARDED,
    )
    kinds = (Happening.TIP_VALUABLE, Happening.TIP_FORWARDED, Happening.TIP_CLOSED)
    events = await world.events(*kinds)
    assert [event.kind for event in events] == list(kinds)
    assert {event.by for event in events} == {nam.contact.id}
    assert events[-1].detail == {"outcome": "forwarded_elsewhere", "after": 7200, "in_time": True}


@pytest.mark.parametrize(
    ("action", "code"),
    [("value", "tip.already_valuable"), ("forward", "tip.already_forwarded"), ("end", "tip.closed_already")],
)
async def test_a_step_taken_twice_is_refused_and_changes_nothing(world: World, action: str, code: str) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await ACTIONS[action](unit, nam, sent.tip.id)
    stored, events = await world.find(sent.tip.id), await world.events()
    async with world.unit() as unit:
        assert (await refusal(ACTIONS[action](unit, nam, sent.tip.id))).code == code
    assert await world.find(sent.tip.id) == stored
    assert await world.events() == events


@pytest.mark.parametrize("action", ["ask", "forward", "end", "assign"])
async def test_a_closed_tip_is_left_alone(world: World, action: str) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    stored = await world.find(sent.tip.id)
    async with world.unit() as unit:
        refused = await refusal(ACTIONS[action](unit, nam, sent.tip.id))
    assert (refused.code, refused.params) == ("tip.closed_already", {"at": world.now})
    assert await world.find(sent.tip.id) == stored


@pytest.mark.parametrize("before", ["receive", "forward"])
@pytest.mark.parametrize(("minutes", "allowed"), [(0, True), (10, True), (10.01, False), (1440, False)])
async def test_a_wrong_end_is_undone_within_ten_minutes_only(
    world: World, before: str, minutes: float, allowed: bool
) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await ACTIONS[before](unit, nam, sent.tip.id)
    stored = await world.find(sent.tip.id)
    async with world.unit() as unit:
        await triage.end(unit, nam, sent.tip.id, Outcome.RESOLVED)
    world.pass_time(minutes=minutes)
    async with world.unit() as unit:
        if allowed:
            await triage.reopen(unit, nam, sent.tip.id)
        else:
            assert (await refusal(triage.reopen(unit, nam, sent.tip.id))).code == "tip.too_late_to_undo"
    assert (await world.find(sent.tip.id) == stored) is allowed
    assert len(await world.events(Happening.TIP_REOPENED)) == allowed


async def test_what_was_not_ended_can_not_be_undone(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        assert (await refusal(triage.reopen(unit, nam, sent.tip.id))).code == "tip.not_closed"


async def test_colleagues_are_the_police_of_the_ward(world: World) -> None:
    nam = await world.officer("Nam")
    world.pass_time(minutes=1)
    await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    world.pass_time(minutes=1)
    await world.member("Ba", Role.WARD_CHIEF, WARD)
    await world.officer("Hoa", OTHER)
    await world.leader("Mai")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        assert [c.name for c in await triage.colleagues(unit, nam, sent.tip.id)] == ["Nam", "Dũng", "Ba"]


async def test_a_tip_is_given_to_a_colleague_who_is_told(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.officer("Dũng")
    assert nam.contact is not None
    assert dung.contact is not None
    sent = await world.tip(await world.resident(), "Nhà cuối hẻm")
    world.hush()
    async with world.unit() as unit:
        view, chosen = await triage.assign(unit, nam, sent.tip.id, dung.contact.id)
    assert (view.id, chosen.id) == (sent.tip.id, dung.contact.id)
    assert (await world.find(sent.tip.id)).assigned_to == dung.contact.id
    [notice] = world.sent_to(dung)
    assert (notice.key, notice.private) == ("alert.assigned", True)
    assert notice.params == {"code": sent.tip.code, "category": "drugs", "officer": "Nam"}
    assert world.heard_by(nam) == []
    async with world.unit() as unit:
        await triage.receive(unit, nam, sent.tip.id)
    assert (await world.find(sent.tip.id)).assigned_to == dung.contact.id
    async with world.unit() as unit:
        await triage.assign(unit, dung, sent.tip.id, dung.contact.id)
    assert world.heard_by(dung) == []


async def test_a_tip_is_never_given_to_somebody_outside_the_wards_police(world: World) -> None:
    nam = await world.officer("Nam")
    sent = await world.tip(await world.resident())
    outsiders = [await world.resident(), await world.leader("Mai"), await world.officer("Hoa", OTHER)]
    for person in [*outsiders, world.stranger()]:
        async with world.unit() as unit:
            chosen = person.contact.id if person.contact else "nobody"
            refused = await refusal(triage.assign(unit, nam, sent.tip.id, chosen))
        assert refused.code == "tip.not_a_colleague"
    assert (await world.find(sent.tip.id)).assigned_to is None


async def test_every_look_at_an_informants_name_is_recorded(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.officer("Dũng")
    assert nam.contact is not None
    assert dung.contact is not None
    sent = await world.tip(await world.resident("Lan"), identity=Identity.NAMED)
    for person in (nam, nam, dung):
        world.pass_time(minutes=1)
        async with world.unit() as unit:
            assert await triage.informant_name(unit, person, sent.tip.id) == "Lan"
    events = await world.events(Happening.NAME_SEEN)
    assert [(event.by, event.subject) for event in events] == [
        (who, sent.tip.id) for who in (nam.contact.id, nam.contact.id, dung.contact.id)
    ]
    assert "Lan" not in str(events)


@pytest.mark.parametrize("identity", [Identity.HIDDEN, Identity.CALL_BACK])
async def test_who_gave_no_name_has_none_to_be_looked_at(world: World, identity: Identity) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident(), identity=identity)
    async with world.unit() as unit:
        assert (await refusal(triage.informant_name(unit, nam, sent.tip.id))).code == "tip.nameless"
    assert await world.events(Happening.NAME_SEEN) == []


async def test_a_name_whose_key_was_destroyed_is_gone(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident("Lan"), identity=Identity.NAMED)
    async with world.unit() as unit:
        unit.tip_keys.remove(sent.tip.id)
    async with world.unit() as unit:
        assert (await refusal(triage.informant_name(unit, nam, sent.tip.id))).code == "tip.nameless"


async def test_two_officers_who_press_at_once_are_one_receipt(world: World) -> None:
    nam, dung = await world.officer("Nam"), await world.officer("Dũng")
    sent = await world.tip(await world.resident())
    async with world.unit() as unit:
        await triage.receive(unit, nam, sent.tip.id)
        assert (await refusal(triage.receive(unit, dung, sent.tip.id))).params["by"] == "Nam"
    assert len(await world.events(Happening.TIP_RECEIVED)) == 1


async def of_two_wards(world: World, first: Role = Role.DUTY_OFFICER, second: Role = Role.DUTY_OFFICER) -> Person:
    """An officer here and elsewhere."""
    nam = await world.member("Nam", first, WARD)
    async with world.unit() as unit:
        assert nam.contact is not None
        await people.join(unit, nam.contact, await people.invite(unit, second, OTHER))
    return await world.again(nam)


@pytest.mark.parametrize("second", [Role.DUTY_OFFICER, Role.BEAT_OFFICER, Role.WARD_CHIEF])
@pytest.mark.parametrize("first", [Role.DUTY_OFFICER, Role.WARD_CHIEF])
async def test_who_serves_two_wards_opens_whatever_rings(world: World, first: Role, second: Role) -> None:
    nam = await of_two_wards(world, first, second)
    calm = await world.tip(await world.resident())
    fire = await world.tip(await world.resident(ward=OTHER), category=Category.FIRE_EXPLOSION, ward=OTHER)
    world.pass_time(minutes=1)
    late = await world.tip(await world.resident(), category=Category.FIRE_EXPLOSION)
    assert len(world.sent_to(nam)) >= 3
    async with world.unit() as unit:
        found = [tip.id for tip in await triage.queue(unit, nam)]
        assert found == [fire.tip.id, late.tip.id, calm.tip.id]
        for sent in (calm, fire):
            assert await triage.by_code(unit, nam, sent.tip.code) == sent.tip.id
            assert (await triage.receive(unit, nam, sent.tip.id)).code == sent.tip.code


async def test_who_serves_two_wards_hands_over_to_each_its_own(world: World) -> None:
    nam, hoa = await of_two_wards(world), await world.officer("Hoa")
    here = await world.tip(await world.resident())
    there = await world.tip(await world.resident(ward=OTHER), ward=OTHER)
    async with world.unit() as unit:
        for sent in (here, there):
            await triage.receive(unit, nam, sent.tip.id)
        await people.set_on_duty(unit, nam, False)
    nam = await world.again(nam)
    world.hush()
    async with world.unit() as unit:
        assert await triage.hand_over(unit, nam) == ([there.tip.code], False), "nobody serves there"
    [notice] = world.sent_to(hoa)
    assert [button.press for row in notice.buttons for button in row] == [f"tip.open:{here.tip.id}"]
    dung = await world.officer("Dũng", OTHER)
    world.hush()
    async with world.unit() as unit:
        assert await triage.hand_over(unit, nam) == ([here.tip.code, there.tip.code], True)
    [notice] = world.sent_to(dung)
    assert [button.press for row in notice.buttons for button in row] == [f"tip.open:{there.tip.id}"]


async def test_a_colleague_of_one_ward_is_none_in_the_other(world: World) -> None:
    nam, hoa = await of_two_wards(world), await world.officer("Hoa")
    there = await world.tip(await world.resident(ward=OTHER), ward=OTHER)
    assert hoa.contact is not None
    async with world.unit() as unit:
        assert [other.name for other in await triage.takers(unit, nam, there.tip.id)] == ["Nam"]
        refused = await refusal(triage.assign(unit, nam, there.tip.id, hoa.contact.id))
        assert refused.code == "tip.not_a_colleague"


async def test_a_tip_that_was_taken_back_is_valuable_no_more(world: World) -> None:
    nam = await world.officer()
    for receive in (True, False):
        sent = await world.tip(await world.resident())
        async with world.unit() as unit:
            if receive:
                await triage.receive(unit, nam, sent.tip.id)
            await receipts.withdraw(unit, sent.receipt)
        async with world.unit() as unit:
            assert (await refusal(triage.value(unit, nam, sent.tip.id))).code == "tip.withdrawn"
    assert await world.events(Happening.TIP_VALUABLE) == []


async def test_a_question_that_waits_is_not_sent_twice_and_another_or_a_later_one_is(world: World) -> None:
    nam = await world.officer()
    sent = await world.tip(await world.resident(), identity=Identity.CALL_BACK)

    async def ask(question: str) -> None:
        async with world.unit() as unit:
            await triage.ask(unit, nam, sent.tip.id, question)

    async def asked() -> list[str]:
        return [text for kind, text in await world.told(sent.tip.id) if kind == "question"]

    for question in ("Biển số xe?", " Biển số xe? ", "Mấy giờ?"):
        await ask(question)
    assert await asked() == ["Biển số xe?", "Mấy giờ?"]
    assert len(await world.events(Happening.TIP_ASKED)) == 2
    assert len([post for post in world.posts if post.address]) == 2
    async with world.unit() as unit:
        await receipts.add(unit, sent.receipt, "Chưa rõ")
    await ask("Mấy giờ?")
    assert await asked() == ["Biển số xe?", "Mấy giờ?", "Mấy giờ?"]


async def _kept_wait(
    world: World, opened: datetime, pressed: datetime, press: str, category: Category = Category.SCAM
) -> int:
    """The wait that is kept of a tip that was opened and pressed at these moments."""
    nam = await world.officer("Nam")
    world.now = opened
    sent = await world.tip(await world.resident(), category=category)
    world.now = pressed
    async with world.unit() as unit:
        await ACTIONS[press](unit, nam, sent.tip.id)
    kind = Happening.TIP_RECEIVED if press == "receive" else Happening.TIP_CLOSED
    return int((await world.events(kind))[-1].detail["after"])


@pytest.mark.parametrize("press", ["receive", "end"])
async def test_the_wait_that_is_kept_tells_no_more_than_the_quarter_on_the_card(world: World, press: str) -> None:
    """Every figure of waits is a sum of these: who knows when they pressed must not compute when a tip came."""
    quarter = datetime(2026, 11, 21, 21, 45, tzinfo=VIETNAM)
    pressed = quarter + timedelta(minutes=41, seconds=5)
    told = {
        await _kept_wait(world, quarter + timedelta(seconds=second), pressed, press) for second in (0, 1, 197, 666, 899)
    }
    assert told == {30 * 60}
    assert await _kept_wait(world, quarter - timedelta(seconds=1), pressed, press) == 45 * 60
    assert await _kept_wait(world, pressed - timedelta(seconds=1), pressed, press) == 0
    opened = quarter + timedelta(seconds=666)
    assert await _kept_wait(world, opened, pressed, press, Category.FIRE_EXPLOSION) == 29 * 60, "it rang at once"
