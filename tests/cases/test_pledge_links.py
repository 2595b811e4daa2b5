"""A one-time link signs for one party, once; whatever else is tried with it signs nothing."""

from datetime import date

from cases import people, pledge_links, pledges, tidying
from cases.pledge_links import Given, Offer
from domain.entries import Entry, Signed
from domain.events import Happening
from domain.people import Person, Role
from domain.pledges import Campaign, party_token
from storage import meta
from storage.unit import Unit
from tests.cases.test_pledges import FILE, drop, opened, paper, sign, signed_of, stands, ward_of
from tests.cases.world import OTHER, WARD, World, refusal

UNION = "union/hoi phu nu phuong"
LONGER = FILE.replace("2026-11-30", "2026-12-31")


class Told:
    """A pledge with an office that gives links, and somebody to sign who is nobody here."""

    def __init__(self, world: World, hoa: Person, bich: Person, now: Campaign) -> None:
        self.world, self.hoa, self.bich, self.now = world, hoa, bich, now
        self.token = party_token(now.text.parties[1])

    async def give(self, by: Person | None = None, token: str | None = None) -> Given:
        async with self.world.unit() as unit:
            await meta.put(unit.tx, "username", "anphuong_bot")
            ward = await ward_of(unit)
            return await pledge_links.give(unit, by or self.hoa, ward, self.now.id, token or self.token)

    async def opens(self, payload: str) -> Offer:
        return await self.world.read(lambda unit: pledge_links.offered(unit, payload))

    async def sign(self, payload: str, version: int = 1, by: Person | None = None) -> tuple[Offer, Entry, bool]:
        return await self.world.act(lambda unit: pledge_links.sign(unit, by or self.bich, payload, version))

    async def refused(self, payload: str) -> str:
        """The code with which both opening and signing are refused; nobody has signed."""
        code = (await refusal(self.opens(payload))).code
        assert (await refusal(self.sign(payload))).code == code
        assert (await stands(self.world)).total == 0
        return code


async def told(world: World, text: str = FILE) -> Told:
    hoa, bich = await world.member("Hoa", Role.WARD_OFFICE, WARD), world.stranger("Bích")
    async with world.unit() as unit:
        await people.agree(unit, bich, None)
    now, _ = await opened(world, text)
    return Told(world, hoa, await world.again(bich), now)


async def test_a_representative_signs_once_without_a_role_and_every_figure_follows(world: World) -> None:
    it = await told(world)
    given = await it.give()
    assert (given.party.name, given.last_day, given.bot) == ("Hội Phụ nữ phường", date(2026, 11, 27), "anphuong_bot")
    assert (await signed_of(world)) == (0, 2)
    _, entry, new = await it.sign(given.payload)
    assert it.bich.contact is not None
    assert (new, entry.by, entry.role, entry.at) == (True, it.bich.contact.id, None, world.now)
    assert entry.what == Signed(version=1, party=UNION, on_paper=False)
    world.pass_time(hours=1)
    _, again, new = await it.sign(given.payload)
    assert (new, again) == (False, entry)
    stood = await it.opens(given.payload)
    assert stood.signed == entry
    assert (await signed_of(world)) == (1, 2)
    [event] = await world.events(Happening.PLEDGE_SIGNED)
    assert (event.by, event.detail["on_paper"], event.detail["party"]) == (entry.by, False, it.token)
    person = await world.again(it.bich)
    assert (person.roles, person.contact and person.contact.ward) == ((), None)
    listed = await world.read(lambda unit: pledges.listed(unit, WARD, None, None))
    assert [(row.signed_by, row.on_paper) for row in listed.rows if row.signed_at] == [("đại diện Bích", False)]


async def test_everything_about_me_leaves_the_signature_without_its_name(world: World) -> None:
    it = await told(world)
    await it.sign((await it.give()).payload)
    async with world.unit() as unit:
        await people.forget(unit, it.bich)
    listed = await world.read(lambda unit: pledges.listed(unit, WARD, None, None))
    assert [row.signed_by for row in listed.rows if row.signed_at] == ["đại diện"]
    assert await signed_of(world) == (1, 2)


async def test_only_a_keyed_hash_of_a_link_is_kept_and_one_that_was_made_up_opens_nothing(world: World) -> None:
    it = await told(world)
    payload = (await it.give()).payload
    assert payload.startswith(people.SIGNING_LINK)
    assert not people.SIGNING_LINK.startswith((people.WARD_LINK, people.INVITATION_LINK))
    [row] = await world.rows("signing_links")
    assert payload not in str(row)
    assert payload.encode() not in bytes(row["hash"])
    for forged in (payload[:-1], payload + "x", people.SIGNING_LINK, bytes(row["hash"]).hex(), str(row["id"])):
        assert await it.refused(forged) == "pledge.link_unusable"
    async with world.unit() as unit:
        invitation = await people.invite(unit, Role.LEADER, "18115-5")
        assert (await refusal(people.invitation(unit, payload))).code == "invite.unusable"
    assert await it.refused(invitation) == "pledge.link_unusable"


async def test_a_new_link_of_a_party_takes_the_place_of_the_old_and_of_no_other_partys(world: World) -> None:
    it = await told(world, FILE + '[[party]]\nkind = "team"\nname = "Đội dân phòng"')
    team = party_token(it.now.text.parties[2])
    first, other = (await it.give()).payload, (await it.give(token=team)).payload
    second = (await it.give()).payload
    assert await it.refused(first) == "pledge.link_unusable"
    assert (await it.sign(second))[2]
    assert (await it.sign(other))[0].party.name == "Đội dân phòng"
    async with world.unit() as unit:  # two in one unit, as presses of one batch are
        ward, now = await ward_of(unit), await opened_again(unit)
        early = await pledge_links.give(unit, it.hoa, ward, now.id, it.token)
        late = await pledge_links.give(unit, it.hoa, ward, now.id, it.token)
        assert (await refusal(pledge_links.offered(unit, early.payload))).code == "pledge.link_unusable"
        assert (await pledge_links.offered(unit, late.payload)).party == now.text.parties[1]


async def opened_again(unit: Unit) -> Campaign:
    text = FILE.replace("Lời ba", "Lời khác") + '[[party]]\nkind = "team"\nname = "Đội dân phòng"'
    return (await pledges.open_text(unit, WARD, text))[0]


async def test_a_link_lasts_a_week_at_most_and_no_longer_than_the_pledge(world: World) -> None:
    it = await told(world, LONGER)
    payload = (await it.give()).payload
    world.now = world.now.replace(day=27, hour=16, minute=59)
    assert (await it.opens(payload)).party.name == "Hội Phụ nữ phường", "23:59 of the seventh day"
    world.pass_time(minutes=1)
    assert await it.refused(payload) == "pledge.link_unusable"
    await opened(world)  # its last day is the 30th again
    assert (await it.give()).last_day == date(2026, 11, 30)


async def test_the_night_forgets_links_that_have_had_their_time(world: World) -> None:
    it = await told(world)
    await it.give()
    world.pass_time(days=5)
    await world.act(tidying.tidy)
    assert len(await world.rows("signing_links")) == 1
    world.pass_time(days=2)
    await world.act(tidying.tidy)
    assert await world.rows("signing_links") == []


async def test_a_pledge_that_has_closed_meanwhile_is_not_signed(world: World) -> None:
    it = await told(world)
    payload = (await it.give()).payload
    await opened(world, FILE.replace("2026-11-30", "2026-11-22"))
    world.pass_time(days=2)
    assert await it.refused(payload) == "pledge.closed"
    assert (await refusal(it.give())).code == "pledge.closed"


async def test_a_party_that_is_not_asked_any_more_is_not_signed_for(world: World) -> None:
    it = await told(world)
    payload = (await it.give()).payload
    await drop(world, it.hoa, it.now, it.token)
    assert await it.refused(payload) == "pledge.link_party_gone"
    assert (await refusal(it.give())).code == "button.stale"


async def test_a_text_that_has_changed_is_signed_as_it_reads_now_and_a_used_link_signs_no_second_one(
    world: World,
) -> None:
    it = await told(world)
    payload = (await it.give()).payload
    await opened(world, FILE.replace("Lời ba", "Lời khác"))
    assert (await refusal(it.sign(payload, version=1))).code == "pledge.text_changed"
    assert (await it.opens(payload)).campaign.text.version == 2
    assert (await it.sign(payload, version=2))[2]
    await opened(world)
    assert (await stands(world)).text.version == 3
    assert await it.refused(payload) == "pledge.link_used"
    assert (await it.sign((await it.give()).payload, version=3))[2]


async def test_who_has_signed_on_paper_meanwhile_is_said_and_stays(world: World) -> None:
    it = await told(world)
    payload = (await it.give()).payload
    await paper(world, it.hoa, it.now, UNION)
    _, entry, new = await it.sign(payload)
    assert (new, entry.by) == (False, it.hoa.contact and it.hoa.contact.id)
    assert (await refusal(it.give())).code == "button.stale"


async def test_links_are_given_by_the_office_for_named_parties_and_signed_after_consent(world: World) -> None:
    it = await told(world)
    mai, far = await world.leader("Mai", "18115-5"), await world.member("Tám", Role.WARD_OFFICE, OTHER)
    for person in (mai, far, it.bich):
        assert (await refusal(it.give(person))).code == "book.may_not_write"
    unit_of_the_ward = party_token(it.now.text.parties[0])
    assert (await refusal(it.give(token=unit_of_the_ward))).code == "button.stale", "its leaders were asked"
    assert await world.rows("signing_links") == []
    payload = (await it.give()).payload
    assert (await refusal(it.sign(payload, by=world.stranger()))).code == "consent.needed"
    assert (await stands(world)).total == 0
    assert (await sign(world, mai, it.now, "18115-5"))[1], "leaders sign as before"
