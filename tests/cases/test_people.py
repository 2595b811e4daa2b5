"""How a person comes to a ward or a role, and who is on duty."""

from datetime import UTC, datetime

import pytest

from cases import people
from domain.clocks import VIETNAM, ward_day
from domain.events import Happening
from domain.people import Invitation, Person, Role
from domain.places import UnitKind
from tests.cases.world import GROUPS, OTHER, WARD, World, refusal


async def test_somebody_new_is_nobody_until_they_agree(world: World) -> None:
    lan = await world.again(world.stranger())
    assert (lan.contact, lan.agreed, lan.roles) == (None, False, ())
    assert await world.rows("contacts") == []


async def test_consent_is_kept_with_its_first_time(world: World) -> None:
    lan = await world.resident("Lan")
    agreed = world.now
    world.pass_time(days=3)
    async with world.unit() as unit:
        await people.agree(unit, lan, None)
    lan = await world.again(lan)
    assert lan.agreed
    assert lan.contact is not None
    assert lan.contact.agreed_at is not None
    assert (ward_day(lan.contact.agreed_at), lan.contact.ward) == (ward_day(agreed), WARD)
    assert len(await world.rows("contacts")) == 1


async def test_of_consent_the_day_alone_is_kept(world: World) -> None:
    """Who comes in order to tell agrees minutes before the tip: with the key the moment would name its sender."""
    for hour, minute, second in ((0, 0, 0), (6, 59, 1), (21, 45, 33), (23, 59, 59)):
        world.now = datetime(2026, 11, 21, hour, minute, second, 7, tzinfo=VIETNAM).astimezone(UTC)
        lan = await world.resident("Lan")
        assert lan.agreed
        assert lan.contact is not None
        assert lan.contact.agreed_at == datetime(2026, 11, 21, tzinfo=VIETNAM)


async def test_a_known_person_is_called_as_they_agreed_to_be(world: World) -> None:
    lan = await world.resident("Lan")
    async with world.unit() as unit:
        found = await people.who(unit, lan.chat, "Another name", "en")
    assert (found.name, found.language) == ("Lan", "vi")


async def test_a_person_settles_in_a_ward(world: World) -> None:
    lan = await world.resident("Lan")
    assert lan.contact is not None
    async with world.unit() as unit:
        place = await people.settle_in(unit, lan.contact, OTHER)
    assert place.name == "Kinh Dinh"
    lan = await world.again(lan)
    assert lan.contact is not None
    assert lan.contact.ward == OTHER


@pytest.mark.parametrize("code", ["00000", "42", GROUPS[0]])
async def test_nobody_settles_in_what_is_not_a_ward(world: World, code: str) -> None:
    lan = await world.resident("Lan")
    assert lan.contact is not None
    async with world.unit() as unit:
        assert (await refusal(people.settle_in(unit, lan.contact, code))).code == "ward.unknown"


async def test_wards_are_found_as_people_type_them(world: World) -> None:
    async with world.unit() as unit:
        assert [ward.code for ward in await people.wards_called(unit, "phuong bac hong")] == [WARD]
        assert [ward.code for ward in await people.wards_called(unit, "phan rang")] == [OTHER]
        assert await people.wards_called(unit, "to dan pho 5") == []


def test_every_role_has_units_that_it_belongs_to() -> None:
    assert set(people.UNITS_OF_ROLE) == set(Role)
    assert all(people.UNITS_OF_ROLE.values())


@pytest.mark.parametrize(
    ("role", "code", "kind"),
    [
        (Role.LEADER, WARD, UnitKind.WARD),
        (Role.DEPUTY, "42", UnitKind.PROVINCE),
        (Role.DUTY_OFFICER, GROUPS[0], UnitKind.FIRE_GROUP),
        (Role.BEAT_OFFICER, "42", UnitKind.PROVINCE),
        (Role.WARD_CHIEF, "18115-5", UnitKind.NEIGHBOURHOOD),
        (Role.WARD_OFFICE, "42", UnitKind.PROVINCE),
        (Role.PROVINCE, WARD, UnitKind.WARD),
    ],
)
async def test_a_role_is_refused_in_a_unit_where_it_does_not_belong(
    world: World, role: Role, code: str, kind: UnitKind
) -> None:
    async with world.unit() as unit:
        refused = await refusal(people.invite(unit, role, code))
    assert refused.code == "invite.wrong_unit"
    assert refused.params == {"role": role.value, "kind": kind.value}
    assert await world.rows("invitations") == []


async def test_a_role_is_refused_in_an_unknown_unit(world: World) -> None:
    async with world.unit() as unit:
        assert (await refusal(people.invite(unit, Role.LEADER, "nowhere"))).code == "unit.unknown"


async def test_an_invitation_is_kept_as_a_keyed_hash_only(world: World) -> None:
    async with world.unit() as unit:
        payload = await people.invite(unit, Role.LEADER, GROUPS[0])
    [row] = await world.rows("invitations")
    assert payload.encode() not in b"".join(value for value in row.values() if isinstance(value, bytes))
    assert payload not in map(str, row.values())


async def test_joining_gives_the_role_the_ward_and_one_event(world: World) -> None:
    mai = await world.leader("Mai")
    [held] = mai.roles
    assert (held.role, held.unit, held.ward, held.on_duty) == (Role.LEADER, GROUPS[0], WARD, True)
    assert mai.contact is not None
    assert mai.contact.ward == WARD
    [event] = await world.events(Happening.ROLE_GRANTED)
    assert (event.ward, event.subject, event.by) == (WARD, GROUPS[0], mai.contact.id)
    assert event.detail == {"role": "leader"}


async def test_joining_does_not_move_a_person_to_another_ward(world: World) -> None:
    lan = await world.resident("Lan", OTHER)
    assert lan.contact is not None
    async with world.unit() as unit:
        await people.join(unit, lan.contact, await people.invite(unit, Role.LEADER, GROUPS[0]))
    lan = await world.again(lan)
    assert lan.contact is not None
    assert lan.contact.ward == OTHER


async def test_an_officer_of_the_province_serves_the_province_and_lives_in_no_ward(world: World) -> None:
    hoa = await world.member("Hoa", Role.PROVINCE, "42")
    [held] = hoa.roles
    assert (held.unit, held.ward) == ("42", "42")
    assert hoa.contact is not None
    assert hoa.contact.ward is None
    [event] = await world.events(Happening.ROLE_GRANTED)
    assert event.ward == "42"


async def test_no_invitation_can_be_read_as_the_link_of_a_ward(world: World) -> None:
    # Random letters alone began with `w_` once in 4,096 times, and the leader was taken for a resident.
    assert not people.INVITATION_LINK.startswith(people.WARD_LINK)
    async with world.unit() as unit:
        payload = await people.invite(unit, Role.LEADER, GROUPS[0])
    assert payload.startswith(people.INVITATION_LINK)
    assert len(payload) <= 64  # Telegram's limit


async def test_an_invitation_works_once(world: World) -> None:
    async with world.unit() as unit:
        payload = await people.invite(unit, Role.DUTY_OFFICER, WARD)
    nam, dung = await world.resident("Nam"), await world.resident("Dũng")
    assert nam.contact is not None
    assert dung.contact is not None
    async with world.unit() as unit:
        await people.join(unit, nam.contact, payload)
        assert (await refusal(people.join(unit, nam.contact, payload))).code == "invite.unusable"
    async with world.unit() as unit:
        assert (await refusal(people.join(unit, dung.contact, payload))).code == "invite.unusable"
    assert (await world.again(dung)).roles == ()
    assert await world.rows("invitations") == []


@pytest.mark.parametrize(("hours", "usable"), [(23.99, True), (24, False), (48, False)])
async def test_an_invitation_lasts_a_day(world: World, hours: float, usable: bool) -> None:
    async with world.unit() as unit:
        payload = await people.invite(unit, Role.LEADER, GROUPS[0])
    world.pass_time(hours=hours)
    async with world.unit() as unit:
        if usable:
            found, place = await people.invitation(unit, payload)
            assert (found.role, place.code) == (Role.LEADER, GROUPS[0])
        else:
            assert (await refusal(people.invitation(unit, payload))).code == "invite.unusable"


async def test_a_forged_invitation_is_refused(world: World) -> None:
    async with world.unit() as unit:
        assert (await refusal(people.invitation(unit, "forged"))).code == "invite.unusable"


async def test_an_invitation_to_a_unit_that_is_gone_is_refused(world: World) -> None:
    async with world.unit() as unit:
        hashed = unit.invitations.hash_of("payload")
        later = world.now.replace(year=2027)
        unit.invitations.save(Invitation(hash=hashed, role=Role.LEADER, unit="gone", expires_at=later))
        assert (await refusal(people.invitation(unit, "payload"))).code == "invite.unusable"


async def test_holding_a_role_twice_changes_nothing_but_uses_the_invitation_up(world: World) -> None:
    mai = await world.leader("Mai")
    assert mai.contact is not None
    async with world.unit() as unit:
        payload = await people.invite(unit, Role.LEADER, GROUPS[0])
    async with world.unit() as unit:
        held, _ = await people.join(unit, mai.contact, payload)
    assert held.id == mai.roles[0].id
    assert len(await world.rows("memberships")) == 1
    assert len(await world.events(Happening.ROLE_GRANTED)) == 1
    assert await world.rows("invitations") == []


async def test_a_new_role_is_announced_to_the_chief_and_the_admin_of_the_ward_alone(world: World) -> None:
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD)
    admin = await world.member("Tư", Role.ADMIN, WARD)
    elsewhere = await world.member("Hoa", Role.WARD_CHIEF, OTHER)
    duty = await world.officer("Dũng")
    world.hush()
    nam = await world.officer("Nam")
    [notice] = world.sent_to(chief)
    assert (notice.key, notice.params) == (
        "role.announced",
        {"name": "Nam", "role": "duty_officer", "unit": "Bắc Hồng"},
    )
    assert world.heard_by(admin) == ["role.announced"]
    for other in (elsewhere, duty, nam):
        assert world.heard_by(other) == []


async def test_a_chief_who_joins_is_not_told_about_themselves(world: World) -> None:
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD)
    assert world.heard_by(chief) == []


async def on_duty(world: World, ward: str = WARD) -> list[str]:
    async with world.unit() as unit:
        return [contact.name for contact in await people.on_duty(unit, ward)]


async def go(world: World, person: Person, *, on: bool) -> None:
    async with world.unit() as unit:
        await people.set_on_duty(unit, person, on)


async def test_alerts_ring_for_those_on_duty_and_for_all_when_nobody_is(world: World) -> None:
    nam = await world.officer("Nam")
    world.pass_time(minutes=1)
    dung = await world.member("Dũng", Role.BEAT_OFFICER, "18115-5")
    await world.leader("Mai")
    await world.officer("Hoa", OTHER)
    assert await on_duty(world) == ["Nam", "Dũng"]
    await go(world, nam, on=False)
    assert await on_duty(world) == ["Dũng"]
    await go(world, dung, on=False)
    assert await on_duty(world) == ["Nam", "Dũng"]
    await go(world, await world.again(nam), on=True)
    assert await on_duty(world) == ["Nam"]


async def test_an_officer_with_two_roles_rings_once(world: World) -> None:
    nam = await world.officer("Nam")
    assert nam.contact is not None
    async with world.unit() as unit:
        await people.join(unit, nam.contact, await people.invite(unit, Role.BEAT_OFFICER, "18115-5"))
    assert [held.role for held in (await world.again(nam)).roles] in (
        [Role.DUTY_OFFICER, Role.BEAT_OFFICER],
        [Role.BEAT_OFFICER, Role.DUTY_OFFICER],
    )
    assert await on_duty(world) == ["Nam"]


async def test_a_ward_is_served_once_an_officer_has_joined(world: World) -> None:
    await world.leader("Mai")
    async with world.unit() as unit:
        assert not await people.served(unit, WARD)
    await world.officer("Nam")
    async with world.unit() as unit:
        assert await people.served(unit, WARD)
        assert not await people.served(unit, OTHER)


async def test_a_role_whose_contact_is_gone_rings_for_nobody(world: World) -> None:
    nam = await world.officer("Nam")
    assert nam.contact is not None
    async with world.unit() as unit:
        unit.contacts.remove(nam.contact.id)
    assert await on_duty(world) == []
    async with world.unit() as unit:
        assert await people.name_of(unit, nam.contact.id) is None
        assert await people.name_of(unit, None) is None


async def test_two_words_of_consent_at_once_make_one_contact(world: World) -> None:
    lan = world.stranger()
    async with world.unit() as unit:
        contact = await people.agree(unit, lan, None)
        again = await people.who(unit, lan.chat, "Lan", "vi")
        assert again.contact == contact
        await people.agree(unit, again, WARD)
    assert len(await world.rows("contacts")) == 1
