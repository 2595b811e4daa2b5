"""*Khen thưởng*: records that speak for a unit, proposals with their reasons, the chief's decision, certificates."""

from cases import awards, book
from domain.awards import ON_TIME, Ground, Proposal
from domain.clocks import ward_day
from domain.criteria_typed import paper_said
from domain.entries import Certificate, Commended, Honoured, Paper
from domain.errors import Refused
from domain.notices import Button
from domain.places import Place
from handlers.book_lines import Line, ask, by, over, paper, show
from handlers.turns import Args, Turn

_SHOWN = 5
_MARKS = {None: "📝", True: "✅", False: "❌"}


async def home(turn: Turn, args: Args) -> None:
    """What is in the book, what sources report, what waits."""
    await _show_home(turn, await _ward(turn, args))


async def grounds(turn: Turn, args: Args) -> None:
    """*Gợi ý từ sổ*: units for which records speak; nobody is ranked or counted against."""
    ward = await _ward(turn, args)
    found = await awards.grounds(turn.unit, ward)
    begin = args.number(1) if len(args) > 1 else 0
    shown = found[begin : begin + _SHOWN]
    lines: list[Line] = [("awards.grounds" if found else "awards.no_grounds", {})]
    lines += [("awards.ground", {"name": one.name, "said": _said(turn, one)}) for one in shown]
    rows: list[tuple[Button, ...]] = []
    for n, one in enumerate(shown, 1):
        if awards.may_propose(turn.person, ward):
            press = f"h.ground:{ward.code}:{one.unit}:{one.code}"
            params = {"number": n, "name": one.name[:25]}
            rows.append((Button(label="button.commend", params=params, press=press, digit=str(n)),))
    if len(found) > begin + _SHOWN:
        rows.append((Button(label="button.more", press=f"h.grounds:{ward.code}:{begin + _SHOWN}"),))
    show(turn, lines, (*rows, (_back(ward),)))


async def ground(turn: Turn, args: Args) -> None:
    """*Đề xuất khen*: the records are the reason; they are looked up again when it is pressed."""
    ward = await _ward(turn, args)
    found = [one for one in await awards.grounds(turn.unit, ward) if (one.unit, one.code) == (args[1], args[2])]
    if not found:
        raise Refused("button.stale")
    told = Commended(
        honoured=Honoured.COLLECTIVE,
        name=found[0].name,
        unit=found[0].unit,
        year=ward_day(turn.unit.now).year,
        ground=found[0].code,
        reason=_said(turn, found[0]),
    )
    await _show_one(turn, ward, await awards.propose(turn.unit, turn.person, ward, told))


async def other(turn: Turn, args: Args) -> None:
    """*Đề xuất khác*, *Ghi giấy khen*: for a collective or an individual?"""
    ward, verb = await _teller(turn, args)
    buttons = tuple(
        Button(label=f"button.{kind.value}", press=f"h.whom:{ward.code}:{verb}:{kind.value}", digit=str(n))
        for n, kind in enumerate(Honoured, 1)
    )
    show(turn, [("awards.for_whom", {})], (buttons, (_back(ward),)))


async def whom(turn: Turn, args: Args) -> None:
    """For a collective or an individual: who, and why or by which document?"""
    (ward, verb), kind = await _teller(turn, args), args.one_of(2, Honoured)
    key = "awards.ask_reason" if verb == "new" else "awards.ask_certificate"
    about = f"{verb}:{ward.code}:{kind.value}"
    ask(turn, "award_told", about, key, example=ward_day(turn.unit.now))


async def told(turn: Turn, said: str) -> None:
    """`Tổ liên gia Chợ: dập tắt vụ cháy`, or `Trần Thị Mai: 12/QĐ-UBND, 20/11/2026, UBND phường`."""
    verb, code, kind = _about(turn)
    ward = await _ward(turn, Args([code]))
    name, separator, rest = said.partition(":")
    if not separator:
        raise Refused("award.colon")
    name, honoured = book.text(name), Honoured(kind)
    if verb == "new":
        year = ward_day(turn.unit.now).year
        what = Commended(honoured=honoured, name=name, year=year, reason=book.text(rest))
        made = await awards.propose(turn.unit, turn.person, ward, what)
        over(turn)
        await _show_one(turn, ward, made)
        return
    number, day, issuer = paper_said(rest)
    given = Paper(number=number, day=day, issuer=issuer)
    await awards.write(turn.unit, turn.person, ward, honoured, name, given)
    over(turn)
    await _show_home(turn, ward, ("awards.done_written", {"name": name}))


async def waiting(turn: Turn, args: Args) -> None:
    """*Chờ quyết định*: proposals, oldest first."""
    ward = await _ward(turn, args)
    found = [one for one in await awards.proposals(turn.unit, ward) if one.outcome is None]
    rows = [
        (
            Button(
                label="button.candidate",
                params={"number": n, "mark": _MARKS[None], "name": one.what.name[:30]},
                press=f"h.prop:{ward.code}:{one.entry.id}",
                digit=str(n),
            ),
        )
        for n, one in enumerate(found[:30], 1)
    ]
    key = "awards.waiting" if found else "awards.nothing_waits"
    show(turn, [(key, {"count": len(found)})], (*rows, (_back(ward),)))


async def one(turn: Turn, args: Args) -> None:
    """A proposal: who proposed it, why, and what was decided."""
    ward = await _ward(turn, args)
    await _show_one(turn, ward, await awards.proposal(turn.unit, ward, args[1]))


async def give(turn: Turn, args: Args) -> None:
    """*Khen thưởng*: asks for the certificate's number, day and issuer."""
    await _ask_decision(turn, args, "award_paper", "awards.ask_paper")


async def decline(turn: Turn, args: Args) -> None:
    """*Không khen*: asks why."""
    await _ask_decision(turn, args, "award_reason", "awards.ask_declined")


async def paper_typed(turn: Turn, said: str) -> None:
    """Number, day and issuer of the certificate."""
    number, day, issuer = paper_said(said)
    _, code, entry = _about(turn)
    ward, given = await _ward(turn, Args([code])), Paper(number=number, day=day, issuer=issuer)
    made = await awards.give(turn.unit, turn.person, ward, entry, given)
    over(turn)
    await _show_one(turn, ward, made)


async def reason_typed(turn: Turn, said: str) -> None:
    """Why it is not given."""
    _, code, entry = _about(turn)
    ward = await _ward(turn, Args([code]))
    made = await awards.decline(turn.unit, turn.person, ward, entry, book.text(said))
    over(turn)
    await _show_one(turn, ward, made)


async def certificates(turn: Turn, args: Args) -> None:
    """*Giấy khen đã ghi*: newest first; one that was written by mistake can be taken back."""
    ward = await _ward(turn, args)
    found = await awards.certificates(turn.unit, ward)
    begin = args.number(1) if len(args) > 1 else 0
    lines: list[Line] = [("awards.certificates" if found else "awards.no_certificates", {"count": len(found)})]
    rows: list[tuple[Button, ...]] = []
    for n, (entry, given) in enumerate(found[begin : begin + _SHOWN], 1):
        said = {"number": n, "kind": given.honoured.value, "name": given.name, "paper": paper(turn, given.paper)}
        lines.append(("awards.certificate", said))
        if book.may_write(turn.person, ward):
            params = {"number": n, "name": given.name[:25]}
            press = f"h.unaward:{ward.code}:{entry.id}"
            rows.append((Button(label="button.take_back_one", params=params, press=press, digit=str(n)),))
    if len(found) > begin + _SHOWN:
        rows.append((Button(label="button.more", press=f"h.certs:{ward.code}:{begin + _SHOWN}"),))
    show(turn, lines, (*rows, (_back(ward),)))


async def take_back(turn: Turn, args: Args) -> None:
    """*Rút* a certificate; the book keeps it."""
    ward = await _ward(turn, args)
    await awards.withdraw(turn.unit, turn.person, ward, args[1])
    await certificates(turn, Args([ward.code]))


async def _show_home(turn: Turn, ward: Place, first: Line | None = None) -> None:
    written = await awards.certificates(turn.unit, ward)
    counts = {kind.value: sum(one.honoured is kind for _, one in written) for kind in Honoured}
    waits = sum(one.outcome is None for one in await awards.proposals(turn.unit, ward))
    lines: list[Line] = [first] if first else []
    lines.append(("awards.home", {"unit": turn.said("place.ward", name=ward.name)}))
    lines.append(("awards.counted", counts) if written else ("awards.not_counted", {}))
    for kind, one in (await awards.reported(turn.unit, ward)).items():
        told = {"kind": kind.value, "value": one.value, "day": one.as_of, "source": one.source}
        lines.append(("awards.reported", told))
    lines.append(("awards.waits", {"count": waits}))
    rows = [
        ("button.waiting", f"h.waiting:{ward.code}"),
        ("button.grounds", f"h.grounds:{ward.code}"),
        ("button.certificates", f"h.certs:{ward.code}"),
    ]
    if awards.may_propose(turn.person, ward):
        rows.append(("button.commend_other", f"h.other:{ward.code}:new"))
    if book.may_write(turn.person, ward):
        rows.append(("button.write_certificate", f"h.other:{ward.code}:cert"))
    rows.append(("button.titles", f"h.home:{ward.code}"))
    made = [Button(label=label, press=press, digit=str(n)) for n, (label, press) in enumerate(rows, 1)]
    show(turn, lines, tuple(tuple(made[n : n + 2]) for n in range(0, len(made), 2)))


async def _show_one(turn: Turn, ward: Place, one: Proposal) -> None:
    told, outcome = one.what, one.outcome
    mark = _MARKS[None if outcome is None else isinstance(outcome, Certificate)]
    who = {"mark": mark, "name": told.name, "kind": told.honoured.value, "year": told.year}
    proposed = {"reason": told.reason[:200], "by": await by(turn, one.entry), "day": one.entry.day}
    lines: list[Line] = [("awards.one", who), ("awards.proposed", proposed)]
    rows: list[tuple[Button, ...]] = []
    if isinstance(outcome, Certificate):
        lines.append(("awards.given", {"paper": paper(turn, outcome.paper)}))
    elif outcome is not None:
        lines.append(("awards.declined", {"reason": outcome.reason[:200]}))
    elif awards.may_decide(turn.person, ward):
        at = f"{ward.code}:{one.entry.id}"
        yes = Button(label="button.award", press=f"h.give:{at}", digit="1")
        rows.append((yes, Button(label="button.no_award", press=f"h.decline:{at}", digit="2")))
    else:
        lines.append(("awards.chief_decides", {}))
    show(turn, lines, (*rows, (_back(ward),)))


async def _ask_decision(turn: Turn, args: Args, step: str, key: str) -> None:
    ward = await _ward(turn, args)
    if awards.may_decide(turn.person, ward) is None:
        raise Refused("award.may_not_decide")
    one = await awards.proposal(turn.unit, ward, args[1])
    ask(turn, step, f"decide:{ward.code}:{args[1]}", key, name=one.what.name, example=ward_day(turn.unit.now))


def _said(turn: Turn, one: Ground) -> str:
    if one.code == ON_TIME:
        months = ", ".join(period[5:] for period in one.records)
        return turn.said("awards.on_time", count=len(one.records), months=months)
    return turn.said("awards.recognised", paper=one.records[0])


def _back(ward: Place) -> Button:
    return Button(label="button.awards", press=f"h.awards:{ward.code}")


def _about(turn: Turn) -> tuple[str, str, str]:
    parts = Args((turn.talk.book or "").split(":"))
    return parts[0], parts[1], parts[2]


async def _teller(turn: Turn, args: Args) -> tuple[Place, str]:
    """The ward, and what is told of it: a proposal or a certificate. Raises Refused for who may not."""
    ward, verb = await _ward(turn, args), args[1]
    if verb != "new":
        book.writer(turn.person, ward)
    elif awards.may_propose(turn.person, ward) is None:
        raise Refused("award.may_not_propose")
    return ward, verb


async def _ward(turn: Turn, args: Args) -> Place:
    return await book.ward_for(turn.unit, turn.person, args[0])
