"""Who may do what in the chat: every action that needs a role, as a row; every kind of person, here and elsewhere.

A row names the people who may. Everybody else must be refused by a guard of roles, whichever way they come: by command,
by button, by the button's digit or word, by the text or picture that a question waits for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cases import assets, attesting, awards, checking, pledge_links, pledges, titles, triage
from cases import people as invitations
from domain.assets import AssetKind
from domain.criteria_sets import Given
from domain.duties import Duty, DutyState, deadline
from domain.entries import Commended, Honoured, Level, Paper, Party, PartyKind, Stage, Step, Title
from domain.people import Person, Role
from domain.places import Place, UnitKind
from domain.pledges import party_token
from domain.tips import Identity
from domain.titles import Round
from storage import meta
from storage.unit import Unit
from tests.cases.world import GROUPS, OTHER, SATURDAY, SINCE, WARD, World

PROVINCE = "42"
HERE = {
    "leader": (Role.LEADER, GROUPS[0]),
    "leader of a neighbourhood": (Role.LEADER, "18115-5"),
    "deputy": (Role.DEPUTY, GROUPS[0]),
    "duty officer": (Role.DUTY_OFFICER, WARD),
    "beat officer": (Role.BEAT_OFFICER, WARD),
    "ward chief": (Role.WARD_CHIEF, WARD),
    "ward office": (Role.WARD_OFFICE, WARD),
    "province": (Role.PROVINCE, PROVINCE),
    "admin": (Role.ADMIN, WARD),
}
ELSEWHERE = {
    "leader elsewhere": (Role.LEADER, "22759-1-lg1"),
    "duty officer elsewhere": (Role.DUTY_OFFICER, OTHER),
    "ward chief elsewhere": (Role.WARD_CHIEF, OTHER),
    "ward office elsewhere": (Role.WARD_OFFICE, OTHER),
    "province elsewhere": (Role.PROVINCE, "58"),
    "admin elsewhere": (Role.ADMIN, OTHER),
}
MIXED = {
    "officer here, chief elsewhere": ((Role.DUTY_OFFICER, WARD), (Role.WARD_CHIEF, OTHER)),
    "chief here, officer elsewhere": ((Role.WARD_CHIEF, WARD), (Role.DUTY_OFFICER, OTHER)),
    "office here, province elsewhere": ((Role.WARD_OFFICE, WARD), (Role.PROVINCE, "58")),
}
"""Who may do it somewhere, and reads it here, may not do it here."""
CHIEF = frozenset({"ward chief", "chief here, officer elsewhere"})
POLICE = CHIEF | {"duty officer", "beat officer", "officer here, chief elsewhere"}
OFFICE = CHIEF | {"ward office", "office here, province elsewhere"}
READERS = POLICE | OFFICE | {"province", "admin"}
PROPOSING = POLICE | OFFICE
MARKING = CHIEF | {"beat officer"}
FILLING = OFFICE | {"province", "admin"}
SUMMARY = frozenset(
    {
        *CHIEF,
        *("duty officer", "officer here, chief elsewhere"),
        *("ward chief elsewhere", "duty officer elsewhere"),
    }
)
"""Each of their own ward."""
PROVINCES = frozenset({"province", "province elsewhere", "office here, province elsewhere"})
ABOVE = frozenset({"province"})
GROUP = frozenset({"leader", "deputy"})
NEIGHBOURHOOD = frozenset({"leader of a neighbourhood"})
ANYBODY = frozenset({*HERE, *ELSEWHERE, *MIXED, "resident", "resident elsewhere"})
EVERY_READER = READERS | {name for name, (role, _) in ELSEWHERE.items() if role is not Role.LEADER}

REFUSALS = frozenset(
    {
        *(
            "role.police_only",
            "role.leader_only",
            "role.report_only",
            "role.criteria_only",
            "role.assets_only",
            "asset.may_not_mark",
            "role.ward_police_only",
        ),
        *("criteria.not_here", "criteria.may_not_say", "criteria.may_not_fill", "book.may_not_write"),
        *("award.may_not_propose", "award.may_not_decide", "pledge.not_yours", "roadmap.province_only", "tip.not_here"),
        "check_in.none_owed",
        "consent.needed",
    }
)
"""What a guard of roles says. Anything else (an old button) is no proof that one is there."""


class Press(NamedTuple):
    """A button, or its digit or word typed."""

    data: str


class Command(NamedTuple):
    """A command, or the word of the keyboard that says the same."""

    name: str


@dataclass(frozen=True)
class Told:
    """A text, or a picture, that a question waits for: `about` is what the talk remembers of it, in this field."""

    step: str
    field: str
    about: str
    text: str = ""


How = Press | Command | Told
Row = tuple[How, frozenset[str]]


@dataclass(frozen=True)
class Things:
    """What actions are about, by id."""

    proposed: str
    assessed: str
    commended: str
    certificate: str
    pledge: str
    households: str
    tip: str
    named: str
    link: str


async def people_of(world: World) -> dict[str, Person]:
    """Somebody of each kind."""
    async with world.unit() as unit:
        unit.places.save(Place(code="58", name="Khánh Hòa", kind=UnitKind.PROVINCE, **SINCE))
        other = await unit.places.find(OTHER)
        assert other is not None
        unit.places.save(other.model_copy(update={"parent": "58"}))
    found = {"stranger": world.stranger(), "resident": await world.resident("Lan")}
    found["resident elsewhere"] = await world.resident("Tư", OTHER)
    for name, (role, unit_code) in {**HERE, **ELSEWHERE}.items():
        found[name] = await world.member(name, role, unit_code)
    for name, (first, (role, unit_code)) in MIXED.items():
        person = await world.member(name, *first)
        async with world.unit() as unit:
            assert person.contact is not None
            await invitations.join(unit, person.contact, await invitations.invite(unit, role, unit_code))
        found[name] = await world.again(person)
    return found


async def things_of(world: World, people: Mapping[str, Person]) -> Things:
    """Something of each kind, as far as each action needs it."""
    chief, paper = people["ward chief"], Paper(number="1/QĐ", day=SATURDAY, issuer="UBND")
    async with world.unit() as unit:
        ward = await unit.places.find(WARD)
        assert ward is not None
        await attesting.say(unit, chief, ward, "movement_34", 1, True, "Đã họp")
        given = Given(document=0, number="12-NQ/ĐU", day=SATURDAY.replace(month=2), issuer="Đảng ủy")
        await attesting.give(unit, chief, ward, "movement_34", 2, given)
        proposed, assessed = await _candidates(unit, chief, ward)
        told = Commended(honoured=Honoured.COLLECTIVE, name="Tổ 3", year=2026, reason="Dập cháy")
        commended = (await awards.propose(unit, chief, ward, told)).entry.id
        certificate = (await awards.write(unit, chief, ward, Honoured.INDIVIDUAL, "Mai", paper)).id
        period = "2026-10"
        duty = {"unit": GROUPS[1], "ward": WARD, "period": period, "due_at": deadline(period)}
        unit.duties.save(Duty(id=f"{GROUPS[1]}/{period}", state=DutyState.SUBMITTED, **duty))
        await assets.count(unit, chief, ward, AssetKind.SECURITY_CAMERA, 40)
        parties = '[[party]]\nkind = "neighbourhood"\nunit = "18115-5"\n[[party]]\nkind = "union"\nname = "Hội"'
        of_units, _ = await pledges.open_text(unit, WARD, _PLEDGE.format(title="Của tổ") + parties)
        signed_at_home = _PLEDGE.format(title="Của nhà") + "households = 9\nby_households = true\n" + parties
        of_households, _ = await pledges.open_text(unit, WARD, signed_at_home)
        await meta.put(unit.tx, "username", "anphuong_bot")
        asked = of_households.id, party_token(_PARTIES[1])
        link = (await pledge_links.give(unit, people["ward office"], ward, *asked)).payload
        await checking.open_all(unit, WARD, SATURDAY)
    tip = (await world.tip(people["resident"])).tip.id
    named = (await world.tip(people["resident"], identity=Identity.NAMED)).tip.id
    for one in (tip, named):
        async with world.unit() as unit:
            await triage.receive(unit, people["duty officer"], one)
    return Things(proposed, assessed, commended, certificate, of_units.id, of_households.id, tip, named, link)


_PARTIES = (
    Party(kind=PartyKind.NEIGHBOURHOOD, name="Khối 5", unit="18115-5"),
    Party(kind=PartyKind.UNION, name="Hội"),
)
_PLEDGE = 'title = "{title}"\ncontents = ["Một", "Hai", "Ba"]\nopens = 2026-11-21\ncloses = 2026-11-30\n'
_ROUND = Round(Title.SAFE, Level.NEIGHBOURHOOD, 2026)
_AT = f"{WARD}:safe:neighbourhood:2026"


async def _candidates(unit: Unit, chief: Person, ward: Place) -> tuple[str, str]:
    await titles.whole(unit, chief, ward, _ROUND, 9)
    for name in ("Khối 6", "Khối 7"):
        now = await titles.step(unit, chief, ward, _ROUND, Step(stage=Stage.PROPOSED, name=name))
    one, other = now.candidates
    await titles.advance(unit, chief, ward, _ROUND, other.key, Stage.ASSESSED, "Họp", None)
    return one.steps[-1].id, other.steps[-1].id


def rows(known: Things) -> dict[str, list[Row]]:
    """Every action that needs a role, by what it belongs to."""
    board, paper = f"{WARD}:movement_34", "12/QĐ-UBND, 20/11/2026, UBND"
    pledge, households, award = f"{WARD}:{known.pledge}", f"{WARD}:{known.households}", f"{WARD}:{known.commended}"
    week, cameras = "weekly:2026-11-22", f"{WARD}:security_camera"
    month = "2026-10-14"
    return {
        "scorecard": [
            (Command("tieuchi"), EVERY_READER),
            *(
                (Press(f"k.{verb}:{board}"), READERS)
                for verb in ("board", "next", "area", "change", "source", "picture")
            ),
            *((Press(f"k.{verb}:{board}:0"), READERS) for verb in ("list",)),
            *((Press(press), READERS) for press in (f"k.one:{board}:1", f"k.sets:{WARD}", f"k.areas:{WARD}:0")),
            (Press("k.wards:0"), EVERY_READER),
            (Press(f"k.day:{board}"), READERS),
            (Press(f"k.file:{board}:2"), READERS),
            (Told("criteria_day", "criterion", f"k.board:{board}", "20/11/2026"), READERS),
            *((Press(f"k.{verb}:{board}:1"), OFFICE) for verb in ("met", "unmet", "undo")),
            (Press(f"k.paper:{board}:2:1"), OFFICE),
            (Told("criterion_reason", "criterion", f"met:{board}:1:0", "Đã họp"), OFFICE),
            (Told("criterion_reason", "criterion", f"unmet:{board}:1:0", "Chưa họp"), OFFICE),
            (Told("criterion_paper", "criterion", f"paper:{board}:2:1", "12/KH, 15/2/2026, UBND"), OFFICE),
            (Told("criterion_file", "criterion", f"file:{board}:2:0"), OFFICE),
            (Press(f"k.fill:{board}"), FILLING),
            (Press(f"k.slot:{board}:3"), FILLING),
            (Told("criterion_slot", "criterion", f"slot:{board}:0:0", "3"), FILLING),
            (Told("criterion_text", "criterion", f"text:{board}:3:0", "Nội dung ba"), FILLING),
        ],
        "province": [
            (Press("v.page:0:name"), PROVINCES),
            (Press("v.page:0:days"), PROVINCES),
            (Press("v.source"), PROVINCES),
            *((Press(f"v.file:{form}:0"), PROVINCES) for form in ("png", "xlsx", "docx")),
            *(
                (Press(f"v.{what}"), PROVINCES)
                for what in (f"month:{month}", f"wards:{month}:0", f"part:{month}:next_tasks")
            ),
            *((Press(f"v.paper:{month}:{form}:0"), PROVINCES) for form in ("png", "xlsx", "docx")),
            (Told("province_report", "report", f"{month}:difficulties", "Thiếu người"), PROVINCES),
            (Press(f"v.road:{WARD}"), ABOVE),
            *((Press(f"v.stage:{WARD}:{stage}"), ABOVE) for stage in ("pilot", "registered", "recognised")),
            (Told("roadmap_paper", "criterion", f"{WARD}:recognised", paper), ABOVE),
        ],
        "titles": [
            (Command("danhhieu"), EVERY_READER),
            (Press("h.wards:0"), EVERY_READER),
            *((Press(press), READERS) for press in (f"h.home:{WARD}", f"h.level:{_AT}", f"h.docs:{WARD}")),
            (Press(f"h.one:{_AT}:{known.proposed}"), READERS),
            (Press(f"h.year:{WARD}:safe"), READERS),
            (Told("title_year", "book", f"{WARD}:safe", "2025"), READERS),
            *((Press(f"h.{verb}:{_AT}"), OFFICE) for verb in ("new", "all")),
            (Press(f"h.unit:{_AT}:18115-5"), OFFICE),
            (Press(f"h.ass:{_AT}:{known.proposed}"), OFFICE),
            *((Press(f"h.{verb}:{_AT}:{known.assessed}"), OFFICE) for verb in ("yes", "no", "undo")),
            (Told("title_name", "book", f"h.new:{_AT}", "Khối 8"), OFFICE),
            (Told("title_count", "book", f"count:{WARD}:safest:family:2026:18115-5", "12"), OFFICE),
            (Told("title_whole", "book", f"whole:{_AT}", "10"), OFFICE),
            (Told("title_reason", "book", f"assessed:{_AT}:{known.proposed}", "Họp dân"), OFFICE),
            (Told("title_paper", "book", f"recognised:{_AT}:{known.assessed}", paper), OFFICE),
        ],
        "awards": [
            *((Press(f"h.{verb}:{WARD}"), READERS) for verb in ("awards", "grounds", "waiting", "certs")),
            (Press(f"h.prop:{award}"), READERS),
            (Press(f"h.ground:{WARD}:{GROUPS[1]}:on_time"), PROPOSING),
            (Press(f"h.other:{WARD}:new"), PROPOSING),
            (Press(f"h.whom:{WARD}:new:collective"), PROPOSING),
            (Told("award_told", "book", f"new:{WARD}:collective", "Tổ Chợ: dập cháy"), PROPOSING),
            (Press(f"h.other:{WARD}:cert"), OFFICE),
            (Press(f"h.whom:{WARD}:cert:individual"), OFFICE),
            (Told("award_told", "book", f"cert:{WARD}:individual", f"Trần Thị Mai: {paper}"), OFFICE),
            (Press(f"h.unaward:{WARD}:{known.certificate}"), OFFICE),
            *((Press(f"h.{verb}:{award}"), CHIEF) for verb in ("give", "decline")),
            (Told("award_paper", "book", f"decide:{award}", paper), CHIEF),
            (Told("award_reason", "book", f"decide:{award}", "Chưa đủ"), CHIEF),
        ],
        "pledges": [
            # Who lives or leads here reads a pledge too; signing is for who it is asked of.
            (Press(f"g.show:{pledge}"), READERS | GROUP | NEIGHBOURHOOD | {"resident"}),
            (Press(f"g.sign:{pledge}:1:{party_token(_PARTIES[0])}"), NEIGHBOURHOOD),
            # Leaders live in the ward that they lead in; of who works for it we don't know where they live.
            (Press(f"g.sign:{households}:1:h"), GROUP | NEIGHBOURHOOD | {"resident"}),
            *((Press(f"g.{verb}:{pledge}"), READERS) for verb in ("who", "list")),
            (Press(f"g.new:{WARD}"), OFFICE),
            (Told("pledge_text", "book", WARD, "Phòng cháy\n1. Một\n2. Hai\n3. Ba\n30/11/2026"), OFFICE),
            (Press(f"g.paper:{pledge}:1:{party_token(_PARTIES[1])}"), OFFICE),
            *((Press(f"g.{verb}:{pledge}"), OFFICE) for verb in ("add", "less")),
            (Press(f"g.kind:{pledge}:union"), OFFICE),
            (Told("pledge_parties", "book", f"{pledge}:union", "Hội Nông dân"), OFFICE),
            *((Press(f"g.{verb}:{pledge}:{party_token(_PARTIES[1])}"), OFFICE) for verb in ("drop", "link")),
            (Press(f"g.links:{pledge}"), OFFICE),
            # Who has the link signs, after consent: it needs no role and gives none.
            (Press(f"g.tap:1:{known.link}"), ANYBODY),
        ],
        "inventory": [
            (Command("taisan"), EVERY_READER),
            (Press("a.wards:0"), EVERY_READER),
            (Press(f"a.home:{WARD}"), READERS),
            (Press(f"a.kind:{cameras}"), READERS),
            (Press(f"a.one:{cameras}:1"), READERS),
            *((Press(f"a.mark:{cameras}:1:{state}"), MARKING) for state in ("working", "broken")),
            (Press(f"a.count:{cameras}"), MARKING),
            (Told("asset", "book", f"{cameras}:1", "hỏng"), MARKING),
            (Told("asset", "book", cameras, "2 hỏng hôm qua"), MARKING),
            (Told("asset_count", "book", cameras, "40"), MARKING),
        ],
        "reports": [
            (Command("baocao"), SUMMARY | PROVINCES),
            (Press("p.last:weekly"), SUMMARY),
            (Press(f"p.show:{week}"), SUMMARY),
            (Press(f"p.part:{week}:difficulties"), SUMMARY),
            *((Press(f"p.file:{week}:{form}"), SUMMARY) for form in ("png", "xlsx", "docx")),
            (
                Told("report", "report", f"{week}:difficulties", "Thiếu người"),
                SUMMARY,
            ),
            (Command("tonghop"), POLICE | PROVINCES | SUMMARY),
        ],
        "tips": [
            (Command("tin"), POLICE | PROVINCES | SUMMARY),
            *(
                (Press(f"tip.{verb}:{known.tip}"), POLICE)
                for verb in ("show", "open", "files", "ask", "assign", "forward", "close", "value")
            ),
            (Press(f"tip.asks:{known.tip}:when"), POLICE),
            (Press(f"tip.name:{known.named}"), POLICE),
        ],
        "checks": [(Command("diemdanh"), GROUP | {"leader elsewhere"})],
    }
