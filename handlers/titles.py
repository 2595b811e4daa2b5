"""`/danhhieu`: the titles of a year level by level, their candidates, and the programme's founding documents."""

from datetime import date
from typing import NamedTuple

from cases import book, criteria, known_book, titles
from domain import titles as rules
from domain.clocks import ward_day
from domain.entries import Level, Stage, Step, Title
from domain.errors import Refused
from domain.notices import Button, Rows
from domain.places import Place
from domain.titles import Candidate, Round, Standing
from handlers.book_lines import Line, by, paper, share, show
from handlers.turns import Args, Turn
from storage.ward import Reported

WARDS_SHOWN = 30
CANDIDATES_SHOWN = 30
_STEPS_SHOWN = 3
_DOCUMENTS_SHOWN = 4  # with the first line and that of the sources six
MARKS = {Stage.PROPOSED: "📝", Stage.ASSESSED: "👥", Stage.RECOGNISED: "✅", Stage.NOT_RECOGNISED: "❌"}


class At(NamedTuple):
    """Which round is looked at, of which ward."""

    ward: Place
    round: Round

    def press(self, verb: str, *more: str) -> str:
        """A button that stays with it."""
        title, level, year = self.round
        return ":".join([verb, self.ward.code, title.value, level.value, str(year), *more])


async def start(turn: Turn, _: Args) -> None:
    """`/danhhieu`: of the ward; who reads several wards chooses one."""
    found = await criteria.wards_of(turn.unit, turn.person)
    turn.look_away()
    if len(found) == 1:
        await show_home(turn, found[0], Title.SAFEST, None)
    else:
        _wards(turn, found, 0)


async def wards(turn: Turn, args: Args) -> None:
    """More wards of a province."""
    _wards(turn, await criteria.wards_of(turn.unit, turn.person), args.number(0))


async def home(turn: Turn, args: Args) -> None:
    """A title in a year."""
    ward = await book.ward_for(turn.unit, turn.person, args[0])
    title = args.one_of(1, Title) if len(args) > 1 else Title.SAFEST
    await show_home(turn, ward, title, args.number(2) if len(args) > 2 else None)


async def level(turn: Turn, args: Args) -> None:
    """A level of a title: how many of how many, who, and what this person can write."""
    await show_level(turn, await find(turn, args))


async def one(turn: Turn, args: Args) -> None:
    """A candidate with each step: who wrote it, when, why, by which document."""
    at = await find(turn, args)
    now = await titles.stand(turn.unit, at.ward, at.round)
    await show_candidate(turn, at, titles.candidate_of(now, args[4]))


async def papers(turn: Turn, args: Args) -> None:
    """*Văn bản*: the founding documents, with the source of each."""
    ward = await book.ward_for(turn.unit, turn.person, args[0])
    begin = args.number(1) if len(args) > 1 else 0
    # Its own, its province's, the country's.
    found = await known_book.documents(turn.unit, tuple(dict.fromkeys((ward.code, ward.parent or "", ""))))
    shown = found[begin : begin + _DOCUMENTS_SHOWN]
    name = turn.said("place.ward", name=ward.name)
    lines: list[Line] = [("titles.papers" if found else "titles.no_papers", {"unit": name})]
    for document in shown:
        lines.append(("titles.paper_line", {"paper": known_book.named(document, turn.person.language)}))
    sources = "; ".join(dict.fromkeys(document.source for document in shown))
    lines += [("titles.papers_from", {"source": sources})] if sources else []
    buttons = [Button(label="button.titles", press=f"h.home:{ward.code}")]
    if len(found) > begin + _DOCUMENTS_SHOWN:
        buttons.insert(0, Button(label="button.more", press=f"h.docs:{ward.code}:{begin + _DOCUMENTS_SHOWN}"))
    show(turn, lines, (tuple(buttons),))


async def find(turn: Turn, args: Args) -> At:
    """The round that a button names. Raises Refused for a ward that this person doesn't read."""
    ward = await book.ward_for(turn.unit, turn.person, args[0])
    return At(ward, Round(args.one_of(1, Title), args.one_of(2, Level), args.number(3)))


async def show_home(turn: Turn, ward: Place, title: Title, year: int | None) -> None:
    """Every level of a title."""
    today = ward_day(turn.unit.now)
    year = year or rules.year_of(title, rules.LEVELS[title][-1], today)
    found = await titles.stands(turn.unit, ward, title, year)
    params = {"unit": turn.said("place.ward", name=ward.name), "title": title.value, "year": year}
    lines: list[Line] = [("titles.home", params)]
    for now in found:
        told = await titles.reported(turn.unit, ward, now.round, today)
        lines.append(("titles.level_line", {"level": now.round.level.value, "said": _said(turn, now, told)}))
    buttons = [
        Button(
            label="button.title_level",
            params={"level": now.round.level.value},
            press=At(ward, now.round).press("h.level"),
            digit=str(n),
        )
        for n, now in enumerate(found, 1)
    ]
    other = Title.SAFE if title is Title.SAFEST else Title.SAFEST
    ending = [
        Button(label=f"button.title_{other.value}", press=f"h.home:{ward.code}:{other.value}"),
        Button(label="button.other_year", press=f"h.year:{ward.code}:{title.value}"),
        Button(label="button.awards", press=f"h.awards:{ward.code}"),
        Button(label="button.founding", press=f"h.docs:{ward.code}"),
        Button(label="button.board", press=f"k.board:{ward.code}"),
    ]
    rows = [*(buttons[n : n + 2] for n in range(0, len(buttons), 2)), ending[:2], ending[2:4], ending[4:]]
    show(turn, lines, tuple(tuple(row) for row in rows))


async def show_level(turn: Turn, at: At, first: Line | None = None) -> None:
    """The screen of a level; `first`: what has just been done."""
    now = await titles.stand(turn.unit, at.ward, at.round)
    told = await titles.reported(turn.unit, at.ward, at.round, ward_day(turn.unit.now))
    title, level_, year = at.round
    head = {"title": title.value, "level": level_.value, "year": year, "said": _said(turn, now, None)}
    lines: list[Line] = [first] if first else []
    lines.append(("titles.level", head))
    if now.candidates:
        counts = {stage.value: now.count(stage) for stage in Stage}
        lines.append(("titles.counts", counts))
    if told is not None:
        lines.append(("titles.beside", {"said": _told(turn, told), "source": told.source}))
    lines.append(_window(at.round))
    rows = [(candidate_button(at, candidate, n),) for n, candidate in enumerate(now.candidates[:CANDIDATES_SHOWN], 1)]
    if book.may_write(turn.person, at.ward):
        new = Button(label="button.propose", press=at.press("h.new"))
        rows.append((new, Button(label="button.state_whole", press=at.press("h.all"))))  # type: ignore[arg-type]
    back = Button(label="button.titles", press=f"h.home:{at.ward.code}:{title.value}:{year}")
    show(turn, lines, (*rows, (back,)))


async def show_candidate(turn: Turn, at: At, candidate: Candidate, first: Line | None = None) -> None:
    """The screen of a candidate, newest step first."""
    told = candidate.steps[0].what
    assert isinstance(told, Step)
    name = {"mark": MARKS[candidate.stage], "name": candidate.name, "stage": candidate.stage.value}
    many = at.round.level is Level.FAMILY
    lines: list[Line] = [first] if first else []
    lines.append(("titles.candidate_of", {**name, "count": told.count}) if many else ("titles.candidate", name))
    for entry in candidate.steps[:_STEPS_SHOWN]:
        lines.append(await _step_line(turn, entry.what, by_=await by(turn, entry), day=entry.day))
    due = rules.late_since(at.round, candidate)
    lines += [("titles.late", {"due": due})] if due else []
    show(turn, lines, _acts(turn, at, candidate))


def candidate_button(at: At, candidate: Candidate, number: int) -> Button:
    """A candidate in a list; its number is what is typed."""
    params = {"mark": MARKS[candidate.stage], "number": number, "name": candidate.name[:30]}
    press = at.press("h.one", candidate.steps[-1].id)
    return Button(label="button.candidate", params=params, press=press, digit=str(number))


def _acts(turn: Turn, at: At, candidate: Candidate) -> Rows:
    back = (Button(label="button.to_level", press=at.press("h.level")),)
    if not book.may_write(turn.person, at.ward):
        return (back,)
    proposal = candidate.steps[-1].id
    verbs = {
        Stage.ASSESSED: ("button.assess", "h.ass"),
        Stage.RECOGNISED: ("button.recognise", "h.yes"),
        Stage.NOT_RECOGNISED: ("button.not_recognise", "h.no"),
    }
    nexts = [verbs[stage] for stage in rules.next_stages(candidate)]
    row = tuple(
        Button(label=label, press=at.press(verb, proposal), digit=str(n)) for n, (label, verb) in enumerate(nexts, 1)
    )
    undo = (Button(label="button.take_back", press=at.press("h.undo", proposal)),)
    return (row, undo, back) if row else (undo, back)


async def _step_line(turn: Turn, told: object, by_: str, day: date) -> Line:
    assert isinstance(told, Step)
    params = {"stage": told.stage.value, "by": by_, "day": day}
    if told.paper is not None:
        return "titles.step_paper", {**params, "paper": paper(turn, told.paper)}
    if told.reason:
        return "titles.step_reason", {**params, "reason": told.reason[:120]}
    return "titles.step", params


def _window(round_: Round) -> Line:
    first, last = round_.window()
    due = round_.due()
    if due is None:
        return "titles.no_due", {"year": round_.year}
    return "titles.window", {"first": first, "last": last, "due": due}


def _said(turn: Turn, now: Standing, told: Reported | None) -> str:
    """How a round stands, and what a source reports where nothing was written here."""
    if now.recognised is not None:
        return turn.said("titles.recognised", share=share(turn, now.recognised, now.whole))
    if told is not None:
        return turn.said("titles.only_reported", said=_told(turn, told))
    return turn.said("titles.unknown_of", whole=now.whole) if now.whole else turn.said("titles.unknown")


def _told(turn: Turn, told: Reported) -> str:
    day = date.fromisoformat(told.as_of)
    if told.numerator is not None:
        return turn.said("titles.reported", share=share(turn, told.numerator, told.denominator), day=day)
    if told.value is not None:
        return turn.said("titles.reported_value", value=told.value, day=day)
    return turn.said("titles.reported_unknown", day=day)


def _wards(turn: Turn, found: list[Place], begin: int) -> None:
    if not found:
        raise Refused("role.criteria_only")
    rows = [
        (Button(label="button.unit", params={"number": n, "name": w.name}, press=f"h.home:{w.code}", digit=str(n)),)
        for n, w in enumerate(found[begin : begin + WARDS_SHOWN], begin + 1)
    ]
    if len(found) > begin + WARDS_SHOWN:
        rows.append((Button(label="button.more", press=f"h.wards:{begin + WARDS_SHOWN}"),))
    turn.answer("criteria.which_ward", buttons=tuple(rows), edit=turn.pressed_message is not None)
