"""`/baocao`: a period on the phone, and what an officer writes into its report: a part by its digit, then the text."""

from datetime import date

from cases import criteria, periodic
from domain.errors import Refused
from domain.notices import PAPERS, Button, More, Notice, Paper, Rows
from domain.report_kinds import ReportKind
from domain.reports import Part, PeriodReport
from domain.spans import SCHEDULED, Span, span_of
from domain.talks import choices
from handlers.turns import Args, Turn
from locales import words
from reports import periodic as written

_ERASE = frozenset("-–—")
_SHOWN_CHARS = 300


async def which(turn: Turn, _: Args) -> None:
    """`/baocao`: which period? A province has the last month that is settled; before there is one, its board."""
    over = await criteria.province_of(turn.unit, turn.person)
    if over is not None:
        from handlers import province  # few look after a province: an idle bot stays small

        turn.look_away()
        await province.report(turn, over.code)
        return
    periodic.writer(turn.person)
    buttons = choices(*((f"button.{kind.value}", f"p.last:{kind.value}") for kind in SCHEDULED))
    turn.answer("report.which", buttons=buttons)


async def last(turn: Turn, args: Args) -> None:
    """The last full period of a kind."""
    await _show(turn, await periodic.latest(turn.unit, args.one_of(0, ReportKind)))


async def show(turn: Turn, args: Args) -> None:
    """The report of a period that was sent."""
    await _show(turn, _span(args))


async def part(turn: Turn, args: Args) -> None:
    """A part was chosen: the next text is it."""
    span, this = _span(args), args.one_of(2, Part)
    ward = periodic.writer(turn.person)
    known = (await periodic.texts(turn.unit, ward, span)).get(this)
    ask(turn, "report", f"{span.kind.value}:{span.last.isoformat()}:{this.value}", span, this, known)


def ask(turn: Turn, step: str, about: str, span: Span, this: Part, known: str | None) -> None:
    """The next text is a part of a report: `about` is what the step remembers, `known` what stands there."""
    turn.keep(step=step, report=about, menu=())
    shown = (("report.now", {"text": known[:_SHOWN_CHARS]}),) if known else ()
    stop = ((Button(label="button.stop", press="x.cancel"),),)
    turn.answer("report.part", more=shown, buttons=stop, part=this.value, period=_named(turn, span))


async def paper(turn: Turn, args: Args) -> None:
    """A period as picture, workbook or letter: it is made when its message leaves."""
    span, form = _span(args), args[2]
    if form not in PAPERS:
        raise Refused("button.stale")
    ward = periodic.writer(turn.person)
    await periodic.report(turn.unit, ward, span)  # freezes what is over, so that file and text are the same
    wanted = {"form": form, "unit": ward, "kind": span.kind.value, "last": span.last, "asked_at": turn.unit.now}
    turn.send(Notice(key="", paper=Paper.model_validate(wanted), private=True))


async def told(turn: Turn, text: str) -> None:
    """The text itself; a mere dash takes away what stood there. The figures stay as they are."""
    args = Args((turn.talk.report or "").split(":"))
    span, this = _span(args), args.one_of(2, Part)
    ward = periodic.writer(turn.person)
    made = await periodic.report(turn.unit, ward, span)
    by = turn.person.contact.id if turn.person.contact else None
    await periodic.write(turn.unit, ward, span, {this.value: kept_of(text)}, by)
    kept(turn, text, span, this, _parts(made))


def kept_of(text: str) -> str:
    """What is kept of an officer's text: nothing of a mere dash."""
    return "" if set(text.strip()) <= _ERASE else text


def kept(turn: Turn, text: str, span: Span, this: Part, buttons: Rows) -> None:
    """A part was written, or taken away."""
    turn.look_away()
    key = "report.written" if kept_of(text) else "report.erased"
    turn.answer(key, buttons=buttons, part=this.value, period=_named(turn, span))


async def _show(turn: Turn, span: Span) -> None:
    ward = periodic.writer(turn.person)
    made = await periodic.report(turn.unit, ward, span)
    said = written.text(made, await periodic.texts(turn.unit, ward, span), words(turn.person.language))
    more: More = (("report.write", {}),)
    turn.send(Notice(key="period.sent", params={"text": said}, more=more, buttons=_parts(made), private=True))


def _parts(made: PeriodReport) -> Rows:
    """A button for each part (the reason of what is overdue only where something is), then one for each paper."""
    parts = [one for one in Part if made.count("tips.overdue") or one is not Part.OVERDUE_REASON]
    where = f"{made.span.kind.value}:{made.span.last.isoformat()}"
    written_in = ((f"button.{one.value}", f"p.part:{where}:{one.value}") for one in parts)
    return choices(*written_in, *((f"button.as_{form}", f"p.file:{where}:{form}") for form in PAPERS))


def _span(args: Args) -> Span:
    """The period that a button names. Reviews are of chosen spans and are not written in the chat."""
    kind = args.one_of(0, ReportKind)
    if kind not in SCHEDULED:
        raise Refused("button.stale")
    try:
        return span_of(kind, date.fromisoformat(args[1]))
    except (ValueError, OverflowError):  # no day, or one at the end of time, whose period has no end
        raise Refused("button.stale") from None


def _named(turn: Turn, span: Span) -> str:
    return written.period(span, words(turn.person.language))
