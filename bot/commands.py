"""What the command line can ask: each command works on an opened installation and gives text or a file back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from bot import papers
from bot.asking import Reply
from bot.installation import Installation
from cases import attesting, known, nights, people, scorecards
from cases.known import Known
from domain.clocks import ward_day
from domain.errors import Refused
from domain.people import Role
from domain.places import Place, UnitKind
from domain.report_kinds import ReportKind
from domain.summary import DailySummary
from jobs.schedule import BY_NAME
from jobs.ticker import run_by_hand
from locales import words
from locales.formats import percent
from reports import chart, daily
from reports.scorecard import Scorecard, drawn
from storage import sample
from storage.unit import Unit
from storage.ward import Reported

Args = Mapping[str, Any]


async def init(app: Installation, args: Args) -> Reply:
    """Loads the sample wards, if asked to; running it again changes nothing."""
    if not args.get("sample"):
        return Reply()
    from cases.assets import keep_sample
    from cases.documents import keep_documents

    loaded = sample.load()

    async def put(unit: Unit) -> int:
        await unit.places.ahead([one.code for one in loaded.units])
        new = [one for one in loaded.units if await unit.places.find(one.code) is None]
        for one in new:
            unit.places.save(Place(**{name: getattr(one, name) for name in Place.model_fields}))
        for figure in loaded.figures:
            values = figure.model_dump(include=set(Reported.model_fields))
            key = f"{figure.unit}/{figure.name}/{figure.as_of}"
            unit.reported.save(Reported(**{**values, "id": key, "as_of": figure.as_of.isoformat()}))
        for one in loaded.units:
            for stage in one.marks:
                told = {
                    "name": f"roadmap.{stage}",
                    "value": 1,
                    "as_of": one.valid_from.isoformat(),
                    "source": one.source,
                }
                key = f"{one.code}/roadmap.{stage}/{one.valid_from}"
                unit.reported.save(Reported.model_validate({"id": key, "unit": one.code, **told}))
        await keep_documents(unit, loaded)
        await keep_sample(unit, loaded)
        return len(new)

    count = await app.in_unit(put)
    await app.ticker.tick()
    return Reply(out=words_of(app).say("operator.sample_loaded", count=count))


async def units(app: Installation, args: Args) -> Reply:
    """Lists units; as JSON `{"code", "name", "kind", "parent"}`."""
    found = await app.read(lambda unit: unit.places.all())
    if args.get("json"):
        rows = [{"code": p.code, "name": p.name, "kind": p.kind.value, "parent": p.parent} for p in found]
        return Reply(out=orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
    lines = [
        f"{p.code:<16} {p.kind.value:<14} {p.name}" + ("  (sample)" if p.source == "sample" else "") for p in found
    ]
    return Reply(out="\n".join(lines))


async def invite(app: Installation, args: Args) -> Reply:
    """Prints one link that gives a role in a unit, once, within 24 hours."""
    try:
        role = Role(args["role"])
    except ValueError:
        raise Refused("invite.unknown_role", role=args["role"], known=", ".join(Role)) from None
    username = await app.username()
    payload = await app.in_unit(lambda unit: people.invite(unit, role, args["unit"]))
    return Reply(out=f"https://t.me/{username}?start={payload}")


async def job(app: Installation, args: Args) -> Reply:
    """Runs one job of the table now, for one day, once."""
    day = _day(args.get("date")) or _last_full_day(app)
    known = BY_NAME.get(args["name"])
    if known is not None and known.act is None and day <= ward_day(app.bench.now()):
        count = int(await app.ticker.chore(known, day))
    else:
        count = await app.in_unit(lambda unit: run_by_hand(unit, args["name"], day))
    return Reply(out=words_of(app).say("operator.job_done", name=args["name"], day=day, count=count))


async def doctor(app: Installation, _: Args) -> Reply:
    """What the process that owns the database finds in it, for the doctor who asked from outside."""
    from bot.doctor import inspect

    found = [finding async for finding in inspect(app.db, app.settings)]
    return Reply(out=orjson.dumps([finding.packed() for finding in found]).decode())


async def backup(app: Installation, args: Args) -> Reply:
    """Writes a backup of everything to a file, while the process serves."""
    await app.backups.by_hand(Path(args["file"]))
    return Reply(out=words_of(app).say("operator.backed_up", path=args["file"]))


async def report(app: Installation, args: Args) -> Reply:
    """A report of a ward. A day has its summary (text, JSON, picture) and the papers of any period."""
    kind, form, told = ReportKind(args["period"]), args["format"], args.get("texts") or {}
    day = _day(args.get("date"))
    place = await app.read(lambda unit: unit.places.find(args["unit"]))
    if place is not None and place.kind is UnitKind.PROVINCE:
        from bot import upward  # few look after a province: an idle bot stays small

        return Reply(file=await upward.report(app, place.code, kind, day, args))
    if args.get("page") is not None:
        raise Refused("province.page_unwanted")
    if kind is not ReportKind.DAILY or form in ("xlsx", "docx") or told:
        ends = _day(args.get("first")), _day(args.get("last"))
        span = papers.span_asked(kind, day, ends, app)
        return Reply(file=await papers.made(app, args["unit"], span, form, told))
    return Reply(file=await _daily(app, args["unit"], day or _last_full_day(app), form))


async def _daily(app: Installation, ward: str, day: date, form: str) -> bytes:
    async def draw_up(unit: Unit) -> DailySummary:
        return await nights.summary(unit, ward, day)

    summary = await app.read(draw_up)
    vietnamese = words("vi")
    match form:
        case "json":
            return orjson.dumps(daily.as_json(summary), option=orjson.OPT_INDENT_2) + b"\n"
        case "png":
            return await papers.drawn(app.painter, chart.daily(summary, vietnamese))
        case _:
            return daily.text(summary, vietnamese).encode() + b"\n"


async def figures(app: Installation, args: Args) -> Reply:
    """What is known of a unit as of a day, each figure with its source and date."""

    async def find(unit: Unit) -> list[Known]:
        return await known.known(unit, args["unit"], _day(args.get("as_of")))

    found = await app.read(find)
    if args.get("json"):
        rows = [figure.model_dump(mode="json") for figure in found]
        return Reply(out=orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
    return Reply(out="\n".join(_line(figure) for figure in found))


async def criteria_picture(app: Installation, args: Args) -> Reply:
    """A scorecard of a unit as a picture: of a set (the first, if none is named), as of a day."""

    async def find(unit: Unit) -> Scorecard:
        return await scorecards.card(unit, args["unit"], args.get("set"), _day(args.get("as_of")), words("vi"))

    card = await app.read(find)
    return Reply(file=await papers.drawn(app.painter, drawn(card, words("vi"))))


async def criteria_import(app: Installation, args: Args) -> Reply:
    """Imports a criteria set, or texts for the slots of one, from the text of a file."""
    code, count = await app.in_unit(lambda unit: attesting.import_text(unit, args["text"]))
    return Reply(out=words_of(app).say("operator.criteria_imported", set=code, count=count))


async def assets_import(app: Installation, args: Args) -> Reply:
    """A ward's inventory from the text of a file."""
    from cases import assets

    ward, count = await app.in_unit(lambda unit: assets.import_text(unit, args["text"]))
    return Reply(out=words_of(app).say("operator.assets_imported", ward=ward, count=count))


async def assets_list(app: Installation, args: Args) -> Reply:
    """A ward's inventory: kinds with their numbers, and each that somebody has seen; as JSON with days and sources."""
    from bot import stocks

    return Reply(out=await stocks.listed(app, args["unit"], as_json=bool(args.get("json"))))


async def export(app: Installation, args: Args) -> Reply:
    """Open data of a province or a ward, by official month."""
    from bot import upward

    return await upward.export(app, args, _day(args.get("first")), _day(args.get("last")))


async def roadmap(app: Installation, args: Args) -> Reply:
    """A ward has come to a stage of the roadmap, by a document."""
    from bot import upward

    day = _day(args["day"])
    assert day is not None
    return await upward.roadmap(app, args, day)


async def pledge_open(app: Installation, args: Args) -> Reply:
    """Opens a pledge campaign, or changes the one of that title, from the text of a file."""
    from cases import pledges

    campaign, new = await app.in_unit(lambda unit: pledges.open_text(unit, args["unit"], args["text"]))
    told = {"title": campaign.text.title, "version": campaign.text.version, "count": len(campaign.text.parties)}
    key = "operator.pledge_opened" if new else "operator.pledge_same"
    return Reply(out=words_of(app).say(key, **told))


async def pledge_list(app: Installation, args: Args) -> Reply:
    """The list of a pledge: text, JSON, workbook or official document."""
    from cases import pledges
    from reports import pledge_list as written

    async def draw_up(unit: Unit) -> written.PledgeList:
        return await pledges.listed(unit, args["unit"], args.get("title"), _day(args.get("as_of")))

    listed, form = await app.read(draw_up), args["format"]
    if form in ("xlsx", "docx"):
        return Reply(file=await papers.by_clerk({"form": form, "pledge": listed.model_dump(mode="json")}))
    if form == "json":
        told = {**listed.model_dump(mode="json"), "signed": listed.signed}
        return Reply(file=orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    return Reply(file=written.text(listed, words("vi")).encode() + b"\n")


def words_of(app: Installation) -> Any:
    """The operator's words."""
    return words(app.settings.operator_language)


def _line(figure: Known) -> str:
    if figure.numerator is None or figure.denominator is None:
        shown = "?" if figure.value is None else str(figure.value)
    else:
        share = percent(figure.numerator, figure.denominator, "vi")
        shown = f"{figure.numerator}/{figure.denominator}" + (f" = {share}" if share else "")
    return f"{figure.name:<34} {shown:>20}  {figure.as_of}  {figure.status:<8}  {figure.source}"


def _last_full_day(app: Installation) -> date:
    """Yesterday; on the day of installation that day itself, as there is nothing before it."""
    return max(ward_day(app.bench.now()) - timedelta(days=1), app.first_day)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Refused("date.invalid", date=text) from None


COMMANDS: dict[str, Callable[[Installation, Args], Awaitable[Reply]]] = {
    "init": init,
    "units": units,
    "invite": invite,
    "job": job,
    "doctor": doctor,
    "backup": backup,
    "report": report,
    "figures": figures,
    "export": export,
    "roadmap": roadmap,
    "criteria_import": criteria_import,
    "criteria_picture": criteria_picture,
    "assets_import": assets_import,
    "assets_list": assets_list,
    "pledge_open": pledge_open,
    "pledge_list": pledge_list,
}
