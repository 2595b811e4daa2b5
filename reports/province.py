"""A province's wards side by side, as text and as data. Numbers that are hidden say so, and are never a zero."""

from collections.abc import Mapping

from domain.provinces import ADDED_FROM, COLUMNS, PARTS, MonthTable, ProvinceBoard, ProvinceDay, WardRow
from domain.reports import Part
from domain.stages import Stage
from domain.suppression import Cell, Hidden, Share
from reports.speech import Speaks

_NAMED = 3  # wards of a list before "và N nữa"
_SOURCES = 2
TIMELY = ("tips_received_in_time", "tips_received_late")
SHORT = ("province.rest_few", "province.part_few")
"""What is said of a hidden share where there is little room."""
CHECKS = ("check_ins_on_time", "check_ins_late", "check_ins_missed")


def title(board: ProvinceBoard, words: Speaks) -> str:
    """Whose board, of which day, and the roadmap."""
    stages = {stage.value: board.stages[stage] for stage in Stage}
    return words.say("province.title", name=board.name, day=board.as_of, **stages)


def ward_line(board: ProvinceBoard, row: WardRow, number: int, words: Speaks) -> str:
    """A ward in one short line: its score, whether it receives in time and its checks come in, or which days lack."""
    known, days = board.month.days[row.code], board.month.length
    named = {"number": number, "name": row.name, "score": score(row, words)}
    if known < days:
        key = "province.ward_days" if known else "province.ward_nothing"
        return words.say(key, known=known, days=days, **named)
    said = {"timely": timely(board.month, row.code, words), "checks": checks(board.month, row.code, words)}
    return words.say("province.ward", **named, **said)


def total_line(board: ProvinceBoard, words: Speaks) -> str:
    """The month over all wards that are known, beside the month before."""
    both = {"timely": timely(board.month, None, words), "before": timely(board.before, None, words)}
    month = {
        "number": board.month.number,
        "year": board.month.year,
        "complete": wards_complete(board),
        "wards": len(board.order),
    }
    return words.say("province.total", **month, checks=checks(board.month, None, words), **both)


def month_text(board: ProvinceBoard, words: Speaks) -> str:
    """A month over all wards in six lines: what is known of it, of whom it is not, and whether it may still change."""
    month, said = board.month, words.say
    both = {"timely": timely(month, None, words), "before": timely(board.before, None, words)}
    stages = {stage.value: board.stages[stage] for stage in Stage}
    missing = tuple(name for code, name in board.order if month.days[code] < month.length)
    return "\n".join(
        [
            said("province.month_title", number=month.number, year=month.year, name=board.name),
            said("province.month_dates", first=month.first, last=month.last),
            said("province.month_roadmap", **stages),
            said("province.month_tips", complete=wards_complete(board), wards=len(board.order), **both),
            said("province.month_checks", checks=checks(month, None, words)),
            *([said("province.month_missing", **_list(missing, words))] if missing else []),
            *([] if month.ready else [said("province.month_waiting", text=waiting(board, words))]),
            *([said("province.month_final")] if month.final else []),
        ]
    )


def waiting(board: ProvinceBoard, words: Speaks) -> str:
    """That its month is not ready, and when it will be at the latest."""
    return words.say("province.waiting", day=board.month.ready_by)


def wards_complete(board: ProvinceBoard) -> int:
    """Of how many wards every day of the month is known; one that lacks a day is none of them, in whatever form."""
    return sum(board.month.days[code] == board.month.length for code, _ in board.order)


def incomplete(board: ProvinceBoard, words: Speaks) -> str | None:
    """That some of its wards lack days of the month; None when none does."""
    complete, wards = wards_complete(board), len(board.order)
    return None if complete == wards else words.say("province.incomplete", complete=complete, wards=wards)


def text(board: ProvinceBoard, words: Speaks) -> str:
    """The whole board, a ward a line, and what its words mean."""
    lines = [ward_line(board, row, number, words) for number, row in enumerate(board.rows, 1)]
    return "\n".join([title(board, words), total_line(board, words), *lines, *legend(board, words)])


def legend(board: ProvinceBoard, words: Speaks) -> list[str]:
    """What the numbers are of, and why some are hidden."""
    days = {"first": board.month.first, "last": board.month.last}
    if board.month.ready:
        lines = [words.say("province.legend_month", **days)]
    else:
        lines = [words.say("province.legend_open", **days), waiting(board, words)]
    lines.append(words.say("province.legend_hidden"))
    if board.sources:
        shown, left = "; ".join(board.sources[:_SOURCES]), len(board.sources) > _SOURCES
        lines.append(words.say("province.legend_roadmap", list=shown + ("…" if left else "")))
    return [*lines, words.say("province.legend_order")]


def score(row: WardRow, words: Speaks) -> str:
    """What is computed; while nothing is, what a source reports. Unknown is not zero."""
    if row.met is None:
        if row.told is None:
            return words.say("province.score_unknown")
        return words.say("province.told", met=row.told.met, total=row.told.total)
    shown = {"met": row.met, "total": row.total}
    if row.since_year is None:
        return words.say("province.met", **shown)
    return words.say("province.met_since", **shown, change=change(row.since_year))


def change(count: int) -> str:
    """How many more are met: +3, -2, 0."""
    return f"{count:+d}" if count else "0"


def timely(month: MonthTable, ward: str | None, words: Speaks) -> str:
    """The share of tips that were received in time; where it is hidden, what may be said of it."""
    return share(timely_of(month, ward), ("province.late_few", "province.timely_few"), words)


def checks(month: MonthTable, ward: str | None, words: Speaks) -> str:
    """The share of checks that came in, late ones too."""
    return share(checks_of(month, ward), ("province.missed_few", "province.hidden"), words)


def timely_of(month: MonthTable, ward: str | None) -> Share:
    """Tips received in time, and late; of a ward or of all."""
    return month.share(*TIMELY, ward)


def checks_of(month: MonthTable, ward: str | None) -> Share:
    """Checks that came in, late ones too, and those that did not; of a ward or of all."""
    columns = [month.columns[name] for name in CHECKS]
    on_time, late, missed = [column.total if ward is None else column.cells.get(ward) for column in columns]
    came: Cell = on_time + late if isinstance(on_time, int) and isinstance(late, int) else Hidden.WITHHELD
    if on_time is None or late is None:
        came = None
    return Share(came, missed)


def share(share: Share, few: tuple[str, str], words: Speaks) -> str:
    """A share as it may be said. `few`: what to say where the rest is small, and where the part is."""
    if share.part is None or share.rest is None:
        return words.say("province.unknown")
    if share.numbers is not None:
        tenths = _tenths(*share.numbers)
        return words.say("summary.share", whole=tenths // 10, tenth=tenths % 10)
    if share.part == share.rest == 0:
        return words.say("province.nothing")
    if share.rest is Hidden.FEW and isinstance(share.part, int):
        return words.say(few[0])
    if share.part is Hidden.FEW and isinstance(share.rest, int):
        return words.say(few[1])
    return words.say("province.hidden")


def _tenths(part: int, whole: int) -> int:
    from domain.summary import share_in_tenths

    return share_in_tenths(part, whole) or 0


def day_text(told: ProvinceDay, words: Speaks) -> str:
    """All wards' day in at most six lines: what somebody has to act on by name, counts to the nearest five."""
    lines = [words.say("province.day_title", day=told.day, name=told.name)]
    named = ("urgent_waiting", told.urgent_waiting), ("overdue", told.overdue), ("not_closed", told.not_closed)
    lines += [words.say(f"province.day_{key}", **_list(wards, words)) for key, wards in named if wards]
    if 0 < told.closed_days < ADDED_FROM:
        lines.append(words.say("province.day_not_added", count=told.closed_days))
    elif told.closed_days:
        counts = {"opened": _about(told.opened, words), "closed": _about(told.closed, words)}
        lines.append(words.say("province.day_tips", **counts))
        lines.append(words.say("province.day_few"))
    return "\n".join(lines)


def _list(wards: tuple[str, ...], words: Speaks) -> dict[str, object]:
    shown, left = ", ".join(wards[:_NAMED]), len(wards) - _NAMED
    if left > 0:
        shown = words.say("province.and_more", list=shown, left=left)
    return {"count": len(wards), "list": shown}


def _about(cell: Cell, words: Speaks) -> str:
    if isinstance(cell, int):
        return words.say("province.about", count=cell) if cell else "0"
    return words.say("province.few" if cell is Hidden.FEW else "province.unknown")


def as_json(board: ProvinceBoard, texts: Mapping[Part, str] | None = None) -> dict[str, object]:
    """The board as plain data: a hidden count is `"few"` (1 to 4) or `"withheld"`, an unknown one null.

    `texts`: what an officer has written into a month; None for a board as of any other day.
    """
    return {
        "province": board.code,
        "name": board.name,
        "as_of": board.as_of.isoformat(),
        "from": board.month.first.isoformat(),
        "to": board.month.last.isoformat(),
        "finished": board.month.final,
        "roadmap": {stage.value: board.stages[stage] for stage in Stage},
        "total": {name: _plain(board.month.columns[name].total) for name in COLUMNS},
        "total_before": {name: _plain(board.before.columns[name].total) for name in COLUMNS},
        "wards": [_row(board, row) for row in board.rows],
        "texts": None if texts is None else {part.value: texts.get(part) for part in PARTS},
    }


def _row(board: ProvinceBoard, row: WardRow) -> dict[str, object]:
    told = None if row.told is None else {"met": row.told.met, "total": row.told.total, "as_of": row.told.day}
    known = None if row.met is None else {"met": row.met, "unmet": row.unmet, "unknown": row.unknown}
    return {
        "ward": row.code,
        "name": row.name,
        "stage": row.stage.value if row.stage else None,
        "criteria": row.criteria,
        "score": known,
        "score_since_30_days": row.since_month,
        "score_since_january": row.since_year,
        "score_reported": told,
        "days": board.month.length,
        "days_known": board.month.days[row.code],
        **{name: _plain(board.month.columns[name].cells.get(row.code)) for name in COLUMNS},
        "before": {name: _plain(board.before.columns[name].cells.get(row.code)) for name in COLUMNS},
    }


def _plain(cell: Cell) -> int | str | None:
    return cell.value if isinstance(cell, Hidden) else cell
