"""The chart beside a day's summary: read on a phone, in a few seconds, also by who can't tell colours apart.

Four blocks under one another (which day and ward; tips against the day before; kinds of tips; check-ins), each only as
high as it needs. Every bar has its number beside it, so colour never carries a fact alone.
"""

from domain.summary import CheckInFigures, DailySummary, TipFigures
from domain.tips import Category
from reports.daily import groups, shared
from reports.fonts import width
from reports.speech import Speaks, number
from reports.svg import (
    AMBER,
    BLUE,
    GREY,
    INK,
    MUTED,
    PAPER,
    TRACK,
    VERMILION,
    WIDTH,
    bar,
    figure,
    length,
    page,
    swatches,
    text,
)

_LEFT, _RIGHT = 60, WIDTH - 60
_ROOM = _RIGHT - _LEFT
_HEADER = 188
_KINDS_SHOWN = 4
COUNTED = ("opened", "closed", "open", "overdue")
"""The counts that are drawn as pairs."""
_NAMES_SIZE = 34
_SHORTER = ((3, 28), (2, 28), (1, 28), (1, 18), (1, 12))  # how many names, of how many characters
_ORDER = [category.value for category in Category]

Block = tuple[list[str], float]
"""What was drawn, and where it ends."""


def daily(summary: DailySummary, words: Speaks) -> str:
    """The chart of a day as SVG, 1080 px wide and 950 to 1430 px high."""
    top = _header(summary, words)
    tips, end = _tips(summary, words, _HEADER + 78)
    sorts, end = kinds(summary.tips, words, end + 90)
    made, end = checks(summary.check_ins, words, end + 90, summary.day.month)
    end += 66
    footer = foot(words, end)
    return page([*top, *tips, *sorts, *made, footer], end + 40)


def foot(words: Speaks, y: float) -> str:
    """What the reader of any figure of ours should know."""
    return text(_LEFT, y, words.say("summary.chart.footer"), 30, room=_ROOM, fill=MUTED)


def _header(summary: DailySummary, words: Speaks) -> list[str]:
    note = ""
    if summary.unfinished and summary.closed_at:
        note = words.say("summary.chart.unfinished", clock=summary.closed_at)
    return header(words.say("summary.chart.title", day=summary.day), summary.ward_name, note)


def header(title: str, ward: str, note: str) -> list[str]:
    """What the picture is of, and on its right until when it was counted."""
    under = ward[:1].upper() + ward[1:]
    parts = [bar(0, 0, WIDTH, _HEADER, BLUE, rounded=0), text(_LEFT, 84, title, 56, room=_ROOM, fill=PAPER, bold=True)]
    if not note:
        return [*parts, text(_LEFT, 146, under, 42, room=_ROOM, fill=PAPER)]
    return [
        *parts,
        text(_LEFT, 146, under, 42, room=_ROOM - 270, fill=PAPER),
        text(_RIGHT, 146, note, 32, room=250, fill=PAPER, end=True),
    ]


def _tips(summary: DailySummary, words: Speaks, y: float) -> Block:
    """Four counts as pairs of bars: the day (thick), the day before (thin)."""
    tips, before = summary.tips, summary.before
    rows = [(name, getattr(tips, name), getattr(before, name) if before else None) for name in COUNTED]
    then = words.say("summary.chart.before" if before else "summary.chart.before_unknown")
    return pairs(rows, (words.say("summary.chart.this_day", day=summary.day), then), words, y)


def pairs(rows: list[tuple[str, int, int | None]], legend: tuple[str, str], words: Speaks, y: float) -> Block:
    """Counts as pairs of bars: now (thick) and before (thin; None: not known)."""
    largest = max(max(now, then or 0) for _, now, then in rows)
    swatched = [(BLUE, legend[0]), (GREY, legend[1])]
    parts = [text(_LEFT, y, words.say("summary.chart.tips"), 42, bold=True), swatches(330, y, swatched)]
    y += 72
    for name, now, then in rows:
        late = name == "overdue" and now > 0
        parts += [
            text(
                _LEFT, y, words.say(f"summary.chart.{name}"), 36, room=250, bold=late, fill=VERMILION if late else INK
            ),
            bar(330, y - (38 if then else 29), length(now, largest, 370), 32, VERMILION if late else BLUE),
            bar(330, y - 2, length(then or 0, largest, 370), 12, GREY),
            figure(880, y, number(now, words), 46, room=165, fill=VERMILION if late else INK),
        ]
        if then is not None:
            parts.append(figure(_RIGHT, y, number(then, words), 34, room=120, fill=MUTED, bold=False))
        y += 72
    return parts, y - 72


def kinds(tips: TipFigures, words: Speaks, y: float) -> Block:
    """New tips by kind, the most frequent first."""
    parts = [text(_LEFT, y, words.say("summary.chart.kinds"), 42, room=_ROOM, bold=True)]
    if not tips.opened:
        return [*parts, text(_LEFT, y + 58, words.say("summary.chart.kinds_none"), 36, room=_ROOM)], y + 58
    rows = _ranked(tips, words)
    largest = max(count for _, count in rows)
    y += 62
    for label, count in rows:
        parts += [
            text(_LEFT, y, label, 34, room=580),
            bar(660, y - 29, length(count, largest, 220), 34, BLUE),
            figure(_RIGHT, y, number(count, words), 40, room=125),
        ]
        y += 58
    return parts, y - 58


def _ranked(tips: TipFigures, words: Speaks) -> list[tuple[str, int]]:
    """The most frequent kinds, then the rest in one row, then the tips whose kind isn't known."""
    known = [(kind, count) for kind, count in tips.by_kind.items() if count]
    known.sort(key=lambda entry: (-entry[1], _ORDER.index(entry[0])))
    # One kind alone is named: a row that says "1 other kind" would take the same room.
    shown = known if len(known) == _KINDS_SHOWN + 1 else known[:_KINDS_SHOWN]
    rows = [(words.say(f"kind.{kind}"), count) for kind, count in shown]
    rest = known[len(shown) :]
    if rest:
        rows.append((words.say("summary.chart.kinds_rest", count=len(rest)), sum(count for _, count in rest)))
    unknown = tips.opened - sum(count for _, count in known)
    if unknown > 0:
        rows.append((words.say("summary.chart.kinds_unknown"), unknown))
    return rows


def checks(check_ins: CheckInFigures | None, words: Speaks, y: float, month: int | None = None) -> Block:
    """How many checks came, and who is missing; with nothing due, why there is no bar."""
    parts = [text(_LEFT, y, words.say("summary.chart.check_ins"), 42, room=410, bold=True)]
    if check_ins is None or not check_ins.expected:
        why = words.say("summary.chart.check_ins_unknown" if check_ins is None else "summary.chart.check_ins_none")
        return [*parts, text(_LEFT, y + 58, why, 36, room=_ROOM)], y + 58
    received, expected = number(check_ins.received, words), number(check_ins.expected, words)
    reported = f"{received}/{expected} ({shared(check_ins, words)})"
    parts += [figure(_RIGHT, y, reported, 42, room=540), *_progress(check_ins, words, y + 30)]
    y += 134
    for names in _absent(check_ins, month, words):
        y += 54
        parts.append(text(_LEFT, y, names, _NAMES_SIZE, room=_ROOM))
    return parts, y


def _progress(check_ins: CheckInFigures, words: Speaks, y: float) -> list[str]:
    """One bar filled by what came on time, then what came late; the rest is still empty. Its legend stands below."""
    late = max(0, check_ins.received - check_ins.on_time)
    missing = max(0, check_ins.expected - check_ins.received)
    whole = check_ins.on_time + late + missing
    on_time_long, late_long = _ROOM * check_ins.on_time / whole, _ROOM * late / whole
    legend = [(BLUE, words.say("summary.chart.on_time", count=check_ins.on_time))]
    if late:
        legend.append((AMBER, words.say("summary.chart.late", count=late)))
    if missing:
        legend.append((TRACK, words.say("summary.chart.missing", count=missing)))
    return [
        bar(_LEFT, y, _ROOM, 44, TRACK),
        bar(_LEFT, y, on_time_long, 44, BLUE),
        bar(_LEFT + on_time_long, y, late_long, 44, AMBER),
        swatches(_LEFT, y + 98, legend),
    ]


def _absent(check_ins: CheckInFigures, month: int | None, words: Speaks) -> list[str]:
    """Who is missing and who can't be reached, by name, as many as a line holds."""
    lists = (("summary.missing", check_ins.missing), ("summary.unreachable", check_ins.unreachable))
    return [_line(key, month, names, words) for key, names in lists if names]


def _line(key: str, month: int | None, names: tuple[str, ...], words: Speaks) -> str:
    """As many names as fit, so that "and so many more" at the end is never what gets cut."""
    choices = (words.say(key, month=month, list=groups(names, words, most, chars)) for most, chars in _SHORTER)
    lines = list(choices)
    return next((line for line in lines if width(line, _NAMES_SIZE) <= _ROOM), lines[-1])
