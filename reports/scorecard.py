"""A scorecard as a picture: the score, what a source reports beside it, groups, and every criterion as a numbered cell.

Read on a phone. What is met is a dark cell, what is not met a red one with a stroke below its number, what is not known
a pale one: it can be told apart without colours.
"""

from datetime import date

from pydantic import BaseModel

from domain.boards import Board, Judged, Score, State
from reports.fonts import width
from reports.speech import Speaks, number
from reports.svg import BLUE, GREY, INK, MUTED, PAPER, TRACK, VERMILION, WIDTH, bar, figure, page, swatches, text

_LEFT, _RIGHT = 60, WIDTH - 60
_ROOM = _RIGHT - _LEFT
_HEADER = 188
_WIDE, _GAP, _HIGH = 10, 12, 72  # cells in a row, pixels between them, their height
_FILL = {State.MET: BLUE, State.UNMET: VERMILION, State.UNKNOWN: TRACK}


class Told(BaseModel, frozen=True, defer_build=True):
    """A total that a source reports."""

    met: int
    total: int
    as_of: date


class Scorecard(BaseModel, frozen=True, defer_build=True):
    """What is drawn."""

    unit: str
    name: str
    """What the set is called."""
    board: Board
    told: Told | None = None


def drawn(card: Scorecard, words: Speaks) -> str:
    """The picture as SVG, 1080 px wide; the more criteria, the higher."""
    score = card.board.score
    parts, y = _header(card, words), _HEADER + 60.0
    parts.append(_stacked(score, y, 60))
    y += 112
    parts.append(swatches(_LEFT, y, _legend(score, words)))
    if card.told is not None:
        told, y = _told(card.told, words, y + 80)
        parts += told
    groups, y = _areas(card.board, words, y)
    cells, y = _cells(card.board.judged, words, y + 90)
    y += 66
    footer = text(_LEFT, y, words.say("criteria.chart.footer"), 30, room=_ROOM, fill=MUTED)
    return page([*parts, *groups, *cells, footer], y + 40)


def _header(card: Scorecard, words: Speaks) -> list[str]:
    score = card.board.score
    known = score.met + score.unmet > 0
    shown = f"{number(score.met, words)}/{number(score.total, words)}" if known else f"?/{number(score.total, words)}"
    wide = width(shown, 88, bold=True)
    under = words.say("criteria.chart.under", unit=card.unit, set=card.name)
    return [
        bar(0, 0, WIDTH, _HEADER, BLUE, rounded=0),
        text(
            _LEFT,
            84,
            words.say("criteria.chart.title", day=card.board.as_of),
            52,
            room=_ROOM - wide - 30,
            fill=PAPER,
            bold=True,
        ),
        text(_LEFT, 146, under, 38, room=_ROOM - wide - 30, fill=PAPER),
        figure(_RIGHT, 126, shown, 88, room=400, fill=PAPER),
    ]


def _legend(score: Score, words: Speaks) -> list[tuple[str, str]]:
    named = ((BLUE, "met", score.met), (VERMILION, "unmet", score.unmet), (TRACK, "unknown", score.unknown))
    # What is not known is not zero: while nothing is, the legend names nothing else.
    shown = named if score.met + score.unmet else named[2:]
    return [(fill, words.say(f"criteria.chart.{name}", count=count)) for fill, name, count in shown]


def _stacked(score: Score, y: float, high: float, left: float = _LEFT, room: float = _ROOM) -> str:
    """Met, then not met; what is left of the track is not known."""
    met, unmet = room * score.met / score.total, room * score.unmet / score.total
    return (
        bar(left, y, room, high, TRACK)
        + bar(left, y, met, high, BLUE, rounded=0)
        + bar(left + met, y, unmet, high, VERMILION, rounded=0)
    )


def _told(told: Told, words: Speaks, y: float) -> tuple[list[str], float]:
    line = words.say("criteria.chart.reported", met=told.met, total=told.total, day=told.as_of)
    long = _ROOM * min(told.met, told.total) / told.total if told.total else 0
    return [
        text(_LEFT, y, line, 36, room=_ROOM),
        bar(_LEFT, y + 22, _ROOM, 24, TRACK),
        bar(_LEFT, y + 22, long, 24, GREY),
        text(_LEFT, y + 92, words.say("criteria.chart.not_which"), 32, room=_ROOM, fill=MUTED),
    ], y + 92


def _areas(board: Board, words: Speaks, y: float) -> tuple[list[str], float]:
    """Nothing for a set of which no criterion is in a group."""
    if all(one.criterion.area is None for one in board.judged):
        return [], y
    y += 90
    parts = [text(_LEFT, y, words.say("criteria.chart.areas"), 42, bold=True)]
    for area, score in board.by_area:
        y += 66
        name = words.say("criteria.no_area") if area is None else area.name
        known = score.met + score.unmet > 0
        parts += [
            text(_LEFT, y, name, 30, room=500),
            _stacked(score, y - 28, 32, 590, 270),
            figure(_RIGHT, y, f"{score.met if known else '?'}/{score.total}", 36, room=140),
        ]
    return parts, y


def _cells(judged: tuple[Judged, ...], words: Speaks, y: float) -> tuple[list[str], float]:
    parts = [text(_LEFT, y, words.say("criteria.chart.each"), 42, bold=True)]
    y += 30
    wide = (_ROOM - _GAP * (_WIDE - 1)) / _WIDE
    for place, one in enumerate(judged):
        row, column = divmod(place, _WIDE)
        parts += _cell(one, _LEFT + column * (wide + _GAP), y + row * (_HIGH + _GAP), wide)
    return parts, y + -(-len(judged) // _WIDE) * (_HIGH + _GAP)


def _cell(one: Judged, x: float, y: float, wide: float) -> list[str]:
    shown = str(one.criterion.number)
    known = one.state is not State.UNKNOWN
    middle = x + (wide + width(shown, 34, bold=known)) / 2
    parts = [
        bar(x, y, wide, _HIGH, _FILL[one.state], rounded=8),
        text(middle, y + 48, shown, 34, room=wide, fill=PAPER if known else INK, bold=known, end=True),
    ]
    if one.state is State.UNMET:
        parts.append(bar(x + wide / 4, y + 56, wide / 2, 6, PAPER, rounded=0))
    return parts
