"""Commands over many wards: a province's board, its roadmap, open data. Imported with the first of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from pydantic import ValidationError

from bot import papers
from bot.asking import Reply
from bot.build import App
from cases import open_data, province
from cases import roadmap as stages
from domain.clocks import ward_day
from domain.criteria_sets import Given
from domain.errors import Refused
from domain.open_data import OpenData
from domain.periods import OFFICIAL, Month, month_days, month_of
from domain.places import Place
from domain.provinces import ProvinceBoard
from domain.report_kinds import ReportKind
from domain.stages import Stage
from locales import words
from reports import open_data as files
from reports import province as written
from storage.unit import Unit


async def report(app: App, code: str, kind: ReportKind, day: date | None, form: str) -> bytes:
    """A province's month as `text`, `json` or `xlsx`; scores as of its last day, without a day as of yesterday."""
    if kind is not ReportKind.MONTHLY:
        raise Refused("province.monthly_only")
    if form not in ("text", "json", "xlsx"):
        raise Refused("province.form")
    if day is not None and day < app.first_day:
        raise Refused("report.before_installation", day=day, first=app.first_day)
    if day is not None and day > ward_day(app.bench.now()):
        raise Refused("report.future", day=day)
    month: Month | None = None if day is None else month_of(day, OFFICIAL)
    as_of = None if month is None else month_days(month, OFFICIAL)[1]

    async def find(unit: Unit) -> ProvinceBoard:
        return await province.board(unit, code, as_of, month)

    board = await app.read(find)
    if form == "json":
        return orjson.dumps(written.as_json(board), option=orjson.OPT_INDENT_2) + b"\n"
    if form == "text":
        return written.text(board, words("vi")).encode() + b"\n"
    return await papers.by_clerk({"form": "province", "board": board.model_dump(mode="json")})


async def export(app: App, args: Mapping[str, Any], first: date | None, last: date | None) -> Reply:
    """Open data of a province or a ward."""

    async def find(unit: Unit) -> OpenData:
        return await open_data.published(unit, args["unit"], first, last)

    data = await app.read(find)
    return Reply(file=files.as_csv(data) if args["format"] == "csv" else files.as_json(data))


async def roadmap(app: App, args: Mapping[str, Any], day: date) -> Reply:
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
