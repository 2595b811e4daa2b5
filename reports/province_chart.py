"""A province's wards side by side as pictures: a ward a row, twenty-two to a picture that a phone shows whole.

Telegram makes a picture no higher than 1280 px, so one with all wards could not be read. They stand in the order of the
alphabet, as in the chat and in the workbook, with the same numbers. A strip below each number shows it: full as far as
it goes, striped where the number is hidden, and no strip at all where nothing is known.
"""

from domain.provinces import ProvinceBoard, WardRow
from domain.stages import Stage
from domain.suppression import Share
from reports import province
from reports import svg as shapes
from reports.fonts import fitting_size, width
from reports.speech import Speaks
from reports.svg import BLUE, GREY, INK, MUTED, PAPER, TRACK, VERMILION, WIDTH, bar, figure, stripes, swatches, text

WARDS_A_PAGE = 22
_LEFT, _RIGHT = 40, WIDTH - 40
_HEADER, _ROW, _STRIP = 170, 68, 10
_MARK = 40  # px of the square with a ward's stage
_NUMBER, _STAGE, _NAME, _SCORE, _TIMELY, _CHECKS = 92, 104, 160, 432, 662, 860  # left edges; numbers end at theirs
_NAME_ROOM, _SCORE_ROOM, _SHARE_ROOM = 260, 206, 180
_SIZE, _SMALL = 32, 28
_STAGE_FILL = {Stage.PILOT: (TRACK, INK), Stage.REGISTERED: (GREY, INK), Stage.RECOGNISED: (BLUE, PAPER)}


def pages(wards: int) -> int:
    """How many pictures so many wards take."""
    return -(-wards // WARDS_A_PAGE)


def page(number: int) -> slice:
    """Which wards of the order stand on a picture; the first has number 0."""
    return slice(number * WARDS_A_PAGE, (number + 1) * WARDS_A_PAGE)


def svg(board: ProvinceBoard, words: Speaks, begin: int = 0) -> str:
    """The rows of a board as SVG, 1080 px wide; `begin`: how many wards of the board's order stand before them."""
    parts, y = _header(board, words, begin), _HEADER + 58.0
    parts.append(_stages(board, words, y))
    y += 66
    heads = (("ward", _NAME), ("score", _SCORE), ("timely", _TIMELY), ("checks", _CHECKS))
    parts += [text(x, y, words.say(f"province_chart.{head}"), _SMALL, fill=MUTED) for head, x in heads]
    y += 16
    parts += _total(board, words, y)
    for number, row in enumerate(board.rows, begin + 1):
        y += _ROW
        parts += [bar(_LEFT, y, _RIGHT - _LEFT, 2, TRACK, rounded=0), *_ward(board, row, number, words, y)]
    legend, y = _legend(words, y + _ROW + 46)
    return shapes.page([*parts, *legend], y)


def _header(board: ProvinceBoard, words: Speaks, begin: int) -> list[str]:
    which = {"first": begin + 1, "last": begin + len(board.rows), "wards": len(board.order)}
    shown = words.say("province_chart.which", **which)
    room = _RIGHT - _LEFT - width(shown, 44, bold=True) - 30
    under = {"day": board.as_of, "number": board.month.number, "year": board.month.year}
    key = "under" if board.month.ready else "under_waiting"
    return [
        bar(0, 0, WIDTH, _HEADER, BLUE, rounded=0),
        text(_LEFT, 78, words.say("province_chart.title", name=board.name), 50, room=room, fill=PAPER, bold=True),
        figure(_RIGHT, 78, shown, 44, room=400, fill=PAPER),
        text(_LEFT, 136, words.say(f"province_chart.{key}", **under), 34, room=_RIGHT - _LEFT, fill=PAPER),
    ]


def _stages(board: ProvinceBoard, words: Speaks, y: float) -> str:
    """What the digits of the roadmap mean, and how many wards have come to each."""
    parts, x = [], float(_LEFT)
    for stage in Stage:
        said = words.say(f"province_chart.{stage.value}", count=board.stages[stage])
        parts += [_mark(stage, x, y - 30), text(x + _MARK + 10, y, said, _SIZE)]
        x += _MARK + 10 + width(said, _SIZE) + 40
    return "".join(parts)


def _mark(stage: Stage, x: float, y: float) -> str:
    fill, ink = _STAGE_FILL[stage]
    digit = str(stage.number)
    middle = x + (_MARK + width(digit, _SMALL, bold=True)) / 2
    return bar(x, y, _MARK, _MARK, fill) + text(middle, y + 30, digit, _SMALL, fill=ink, bold=True, end=True)


def _total(board: ProvinceBoard, words: Speaks, y: float) -> list[str]:
    whole = words.say("province_sheet.total")
    complete = words.say("province_chart.complete", complete=province.wards_complete(board), wards=len(board.order))
    x = _NAME + width(whole, _SIZE, bold=True) + 20
    room = _TIMELY - x - 10
    return [
        text(_NAME, y + 38, whole, _SIZE, room=_NAME_ROOM, bold=True),
        text(x, y + 38, complete, max(24, fitting_size(complete, room, _SMALL)), room=room, fill=MUTED),
        *_shares(board, None, words, y),
    ]


def _ward(board: ProvinceBoard, row: WardRow, number: int, words: Speaks, y: float) -> list[str]:
    parts = [
        figure(_NUMBER, y + 42, str(number), _SMALL, room=_NUMBER - _LEFT, fill=MUTED, bold=False),
        "" if row.stage is None else _mark(row.stage, _STAGE, y + 14),
        # A long name is written smaller before it is cut.
        text(_NAME, y + 44, row.name, max(24, fitting_size(row.name, _NAME_ROOM, _SIZE)), room=_NAME_ROOM),
        *_score(row, words, y),
    ]
    known, days = board.month.days[row.code], board.month.length
    if known < days:
        said = words.say("province_chart.days" if known else "province_chart.no_month", known=known, days=days)
        return [*parts, text(_TIMELY, y + 44, said, _SMALL, room=_RIGHT - _TIMELY, fill=MUTED)]
    return [*parts, *_shares(board, row.code, words, y)]


def _score(row: WardRow, words: Speaks, y: float) -> list[str]:
    if row.met is None and row.told is None:
        return [text(_SCORE, y + 44, words.say("province.unknown"), _SMALL, room=_SCORE_ROOM, fill=MUTED)]
    if row.met is None:
        assert row.told is not None
        said = words.say("province.told_short", met=row.told.met, total=row.told.total)
        long = _SCORE_ROOM * min(1.0, row.told.met / row.told.total) if row.told.total else 0
        return [text(_SCORE, y + 38, said, _SIZE, room=_SCORE_ROOM), *_strip(_SCORE, y, _SCORE_ROOM, long, GREY)]
    said = words.say("province.score", met=row.met, total=row.total)
    met, unmet = (_SCORE_ROOM * count / row.total for count in (row.met, row.unmet))
    parts = [
        text(_SCORE, y + 38, said, _SIZE, room=_SCORE_ROOM, bold=True),
        *_strip(_SCORE, y, _SCORE_ROOM, met, BLUE),
        bar(_SCORE + met, y + 48, unmet, _STRIP, VERMILION, rounded=0),
    ]
    if row.since_year is not None:
        since = province.change(row.since_year)
        parts.append(text(_SCORE + _SCORE_ROOM, y + 38, since, _SMALL, room=70, fill=MUTED, end=True))
    return parts


def _shares(board: ProvinceBoard, ward: str | None, words: Speaks, y: float) -> list[str]:
    made: list[str] = []
    for x, of in ((_TIMELY, province.timely_of), (_CHECKS, province.checks_of)):
        now: Share = of(board.month, ward)
        said = province.share(now, province.SHORT, words)
        made += [
            text(x, y + 38, said, _SIZE if now.numbers else _SMALL, room=_SHARE_ROOM, bold=now.numbers is not None)
        ]
        made += _share_strip(now, of(board.before, ward), x, y)
    return made


def _share_strip(now: Share, before: Share, x: float, y: float) -> list[str]:
    """The strip of a share, and a stroke where it stood in the month before."""
    if now.part is None or now.rest is None or now.part == now.rest == 0:
        return []
    if now.numbers is None:
        return [stripes(x, y + 48, _SHARE_ROOM, _STRIP, MUTED)]
    made = _strip(x, y, _SHARE_ROOM, _SHARE_ROOM * now.numbers[0] / now.numbers[1], BLUE)
    if before.numbers is not None:
        at = _SHARE_ROOM * before.numbers[0] / before.numbers[1]
        made.append(bar(x + at - 2, y + 43, 4, _STRIP + 10, INK, rounded=0))
    return made


def _strip(x: float, y: float, room: float, long: float, fill: str) -> list[str]:
    return [bar(x, y + 48, room, _STRIP, TRACK, rounded=0), bar(x, y + 48, long, _STRIP, fill, rounded=0)]


def _legend(words: Speaks, y: float) -> tuple[list[str], float]:
    states = [(BLUE, "met"), (VERMILION, "unmet"), (TRACK, "unknown"), (GREY, "by_source")]
    parts = [swatches(_LEFT, y, [(fill, words.say(f"province_chart.legend_{name}")) for fill, name in states], _SMALL)]
    y += 44
    parts += [
        stripes(_LEFT, y - 20, 48, 20, MUTED),
        text(_LEFT + 60, y, words.say("province_chart.legend_hidden"), _SMALL, room=_RIGHT - _LEFT - 60, fill=MUTED),
    ]
    for line in ("legend_before", "legend_order"):
        y += 44
        parts.append(text(_LEFT, y, words.say(f"province_chart.{line}"), _SMALL, room=_RIGHT - _LEFT, fill=MUTED))
    return parts, y + 36
