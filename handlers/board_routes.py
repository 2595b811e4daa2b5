"""The part of the chat's table that belongs to scorecards."""

from collections.abc import Awaitable, Callable

from handlers import attesting, board, board_choice
from handlers.turns import Args, Turn


async def _province_page(turn: Turn, args: Args) -> None:
    from handlers import province  # with the first page: an idle bot stays small

    await province.page(turn, args)


async def _province_source(turn: Turn, args: Args) -> None:
    from handlers import province

    await province.source(turn, args)


async def _province_paper(turn: Turn, args: Args) -> None:
    from handlers import province

    await province.paper(turn, args)


async def _month(turn: Turn, args: Args) -> None:
    from handlers import province_report

    await province_report.again(turn, args)


async def _month_wards(turn: Turn, args: Args) -> None:
    from handlers import province_report

    await province_report.wards(turn, args)


async def _month_part(turn: Turn, args: Args) -> None:
    from handlers import province_report

    await province_report.part(turn, args)


async def _month_paper(turn: Turn, args: Args) -> None:
    from handlers import province_report

    await province_report.paper(turn, args)


async def _month_told(turn: Turn, said: str) -> None:
    from handlers import province_report

    await province_report.told(turn, said)


async def _roadmap(turn: Turn, args: Args) -> None:
    from handlers import roadmap

    await roadmap.show(turn, args)


async def _stage(turn: Turn, args: Args) -> None:
    from handlers import roadmap

    await roadmap.ask(turn, args)


async def _stage_undone(turn: Turn, args: Args) -> None:
    from handlers import roadmap

    await roadmap.take_back(turn, args)


async def _stage_paper(turn: Turn, said: str) -> None:
    from handlers import roadmap

    await roadmap.typed(turn, said)


PRESSES: dict[str, Callable[[Turn, Args], Awaitable[None]]] = {
    "k.wards": board_choice.wards,
    "v.page": _province_page,
    "v.source": _province_source,
    "v.file": _province_paper,
    "v.month": _month,
    "v.wards": _month_wards,
    "v.part": _month_part,
    "v.paper": _month_paper,
    "v.road": _roadmap,
    "v.stage": _stage,
    "v.undo": _stage_undone,
    "k.board": board.board,
    "k.sets": board_choice.others,
    "k.areas": board_choice.areas_of_ward,
    "k.list": board.listed,
    "k.one": board.one,
    "k.next": board.missing,
    "k.area": board.areas,
    "k.change": board.changed,
    "k.source": board.source,
    "k.picture": board.picture,
    "k.day": board.other_day,
    "k.met": attesting.met,
    "k.unmet": attesting.unmet,
    "k.paper": attesting.paper,
    "k.undo": attesting.take_back,
    "k.file": attesting.files,
    "k.fill": attesting.fill,
    "k.slot": attesting.slot,
}

# What a text means while the talk waits for one.
STEPS: dict[str, Callable[[Turn, str], Awaitable[None]]] = {
    "criteria_day": board.day_typed,
    "roadmap_paper": _stage_paper,
    "province_report": _month_told,
    "criterion_reason": attesting.reason_typed,
    "criterion_text": attesting.text_typed,
    "criterion_paper": attesting.paper_typed,
    "criterion_slot": attesting.slot_typed,
}
