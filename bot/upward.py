"""Commands over many wards: a province's board, its roadmap, open data. Imported with the first of them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from bot import papers
from bot.asking import Reply
from bot.installation import Installation
from bot.papers import Texts
from cases import open_data, province, province_month
from cases import roadmap as stages
from domain.clocks import ward_day
from domain.criteria_sets import Given
from domain.errors import Refused
from domain.open_data import OpenData
from domain.periods import OFFICIAL, month_of
from domain.places import Place
from domain.provinces import ProvinceBoard, settled_month
from domain.report_kinds import ReportKind
from domain.stages import Stage
from locales import Words, words
from reports import open_data as files
from reports import province as written
from reports import province_chart
from reports.painter import Painter
from storage.unit import Unit


async def report(app: Installation, code: str, kind: ReportKind, day: date | None, args: Mapping[str, Any]) -> bytes:
    """A province's month in any form, by default the last that is settled; scores as of its last day.

    Before any month of the installation is settled: the board as of yesterday. `args`: `format`, `texts` to keep, and
    of a picture `page`, from 1; without it all wards stand below each other. Raises Refused.
    """
    page: int | None = args.get("page")
    if page is not None and args["format"] != "png":
        raise Refused("province.page_unwanted")  # a part of the wards would look like all of them
    if kind is not ReportKind.MONTHLY:
        raise Refused("province.monthly_only")
    if args.get("first") is not None or args.get("last") is not None:
        raise Refused("report.span_unwanted", kind=kind.value)
    if day is not None and day > ward_day(app.bench.now()):
        raise Refused("report.future", day=day)
    told = args.get("texts") or {}
    month = settled_month(ward_day(app.bench.now())) if day is None else month_of(day, OFFICIAL)

    async def find(unit: Unit) -> tuple[ProvinceBoard, Texts | None]:
        if day is None and not told and not await province_month.covers(unit, month):
            return await province.board(unit, code), None
        board = await province_month.report(unit, code, month)
        await province_month.write(unit, code, month, told, None)
        return board, await province_month.texts(unit, code, month)

    board, texts = await app.in_unit(find)
    begin = 0
    if page is not None:
        shown = province_chart.page(page - 1)
        board, begin = board.cut(shown), shown.start
        if not board.rows:
            raise Refused("province.page", pages=province_chart.pages(len(board.order)))
    return await as_file(args["format"], board, words("vi"), app.painter, app.settings.data_dir, begin, texts)


async def as_file(
    form: str,
    board: ProvinceBoard,
    said: Words,
    painter: Painter,
    data_dir: Path,
    begin: int = 0,
    texts: Texts | None = None,
) -> bytes:
    """A board in a form; `begin`: how many wards stand before its rows, `data_dir`: where own templates are kept.

    `texts`: what an officer has written, of a month; None of a board as of any other day. Raises Refused.
    """
    match form:
        case "json":
            return orjson.dumps(written.as_json(board, texts), option=orjson.OPT_INDENT_2) + b"\n"
        case "text":
            return written.text(board, said).encode() + b"\n"
        case "png":
            return await papers.drawn(painter, province_chart.svg(board, said, begin))
        case _:
            asked = {"form": form, "board": board.model_dump(mode="json"), "texts": papers.by_name(texts or {})}
            return await papers.by_clerk({**asked, "folders": papers.templates_in(data_dir)})


async def export(app: Installation, args: Mapping[str, Any], first: date | None, last: date | None) -> Reply:
    """Open data of a province or a ward."""

    async def publish(unit: Unit) -> None:
        await open_data.publish(unit, args["unit"], first, last)

    async def find(unit: Unit) -> OpenData:
        return await open_data.published(unit, args["unit"], first, last)

    # Two steps, so that a long file keeps nobody's writing waiting.
    await app.in_unit(publish)
    data = await app.read(find)
    return Reply(file=files.as_csv(data) if args["format"] == "csv" else files.as_json(data))


async def roadmap(app: Installation, args: Mapping[str, Any], day: date) -> Reply:
    """Keeps that a ward has come to a stage, with its document."""
    stage = Stage(args["stage"])
    try:
        paper = Given(document=0, number=args["number"], day=day, issuer=args["issuer"])
    except ValidationError:
        raise Refused("province.paper") from None

    async def keep(unit: Unit) -> Place | None:
        await stages.reach(unit, args["unit"], stage, paper)
        return await unit.places.find(args["unit"])

    place = await app.in_unit(keep)
    said = {"name": place.name if place else args["unit"], "stage": stage.value, "number": paper.number}
    return Reply(out=words(app.settings.operator_language).say("province.stage_kept", **said))
