"""The command line: `python -m bot …`, installed also as `anphuong`. What it says stands in `locales/`."""

import os
import sys
import tomllib
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.errors import Refused
from domain.report_kinds import ReportKind
from domain.roles import Role
from domain.stages import Stage

if TYPE_CHECKING:  # what serves and what asks is imported when it is needed: `run` only hands over
    from bot.asking import Reply
    from bot.settings import Settings

cli = typer.Typer(name="anphuong", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
criteria = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Criteria sets and scorecards.")
cli.add_typer(criteria, name="criteria")
pledge = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Pledges: texts and signatures.")
cli.add_typer(pledge, name="pledge")
assets = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Inventory of a ward.")
cli.add_typer(assets, name="assets")

Unit = Annotated[str, typer.Option("--unit", help="Code of a unit, as `units` lists them.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
Day = Annotated[str | None, typer.Option("--date", help="A day, YYYY-MM-DD; by default the last full day.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD; by default today.")]


class Form(StrEnum):
    """Forms of a report."""

    TEXT = "text"
    JSON = "json"
    PNG = "png"
    XLSX = "xlsx"
    DOCX = "docx"


class OpenForm(StrEnum):
    """Forms of open data."""

    CSV = "csv"
    JSON = "json"


class ListForm(StrEnum):
    """Forms of a list."""

    TEXT = "text"
    JSON = "json"
    XLSX = "xlsx"
    DOCX = "docx"


@cli.command()
def init(sample: Annotated[bool, typer.Option("--sample", help="Load the sample wards.")] = False) -> None:
    """Make keys and schema; harmless when repeated."""
    _do("init", {"sample": sample})


@cli.command()
def run() -> None:
    """Serve until SIGTERM."""
    # The same process goes on without the command line's libraries: a small machine has no memory for both.
    os.execv(sys.executable, [sys.executable, "-m", "bot.process"])  # noqa: S606 - our own interpreter, no shell


@cli.command()
def demo(port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the demo's page.")] = 8000) -> None:
    """Serve with a Telegram of our own and sample wards; needs no token."""
    from bot.demo import serve_demo
    from bot.process import stop_on_signals

    async def show(_: "Settings") -> int:
        return await serve_demo(port, stop_on_signals())

    _guarded(show)


@cli.command()
def units(json: Json = False) -> None:
    """List units."""
    _do("units", {"json": json})


@cli.command()
def invite(role: Annotated[Role, typer.Option("--role")], unit: Unit) -> None:
    """Print one link that gives a role in a unit, once, within 24 hours."""
    _do("invite", {"role": role.value, "unit": unit})


@cli.command()
def job(name: str, date: Day = None) -> None:
    """Run one scheduled job now, once."""
    _do("job", {"name": name, "date": date}, loud=False)


@cli.command()
def backup(file: Path) -> None:
    """Write a backup of everything to FILE, while the bot runs."""
    _do("backup", {"file": str(file.resolve())}, loud=False)


@cli.command()
def restore(file: Path) -> None:
    """Put a backup back; what is there is set aside."""
    from bot.restoring import put_back

    async def act(settings: "Settings") -> int:
        typer.echo(await put_back(settings, file), err=True)
        return 0

    _guarded(act)


@cli.command()
def report(
    period: ReportKind,
    unit: Unit,
    date: Annotated[
        str | None, typer.Option("--date", help="A day of the period; by default the last full one.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day of a review, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day of a review.")] = None,
    format: Annotated[Form, typer.Option("--format")] = Form.TEXT,
    page: Annotated[int | None, typer.Option("--page", min=1, help="One page of a province's picture.")] = None,
    text: Annotated[Path | None, typer.Option("--text", help="TOML file of what an officer writes into it.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; without it, the screen.")] = None,
) -> None:
    """Write a report of a ward, or of a province's month."""
    ends = {"date": date, "first": first, "last": last}
    args = {"period": period.value, "unit": unit, **ends, "format": format.value, "page": page}
    _do("report", args, out=out, texts=text)


@cli.command()
def export(
    unit: Unit,
    format: Annotated[OpenForm, typer.Option("--format")] = OpenForm.CSV,
    first: Annotated[str | None, typer.Option("--from", help="Whole months from this day on, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Whole months up to this day.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; without it, the screen.")] = None,
) -> None:
    """Write open data of a province or a ward: months, small counts hidden (docs/open-data.md)."""
    _do("export", {"unit": unit, "format": format.value, "first": first, "last": last}, out=out)


@cli.command()
def roadmap(
    unit: Unit,
    stage: Annotated[Stage, typer.Option("--stage")],
    number: Annotated[str, typer.Option("--number", help="Number of the document.")],
    day: Annotated[str, typer.Option("--day", help="Day of the document, YYYY-MM-DD.")],
    issuer: Annotated[str, typer.Option("--issuer", help="Who issued it.")],
) -> None:
    """Keep that a ward has come to a stage of its province's roadmap."""
    args = {"unit": unit, "stage": stage.value, "number": number, "day": day, "issuer": issuer}
    _do("roadmap", args, loud=False)


@cli.command()
def figures(
    unit: Unit,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """List what is known of a unit as of a day, with sources."""
    _do("figures", {"unit": unit, "as_of": as_of, "json": json})


@criteria.command("import")
def import_criteria(file: Path) -> None:
    """Import a criteria set, or texts for the slots of one, from a TOML file."""
    _do("criteria_import", {}, text=file, loud=False)


@criteria.command()
def picture(
    unit: Unit,
    out: Annotated[Path, typer.Option("--out", help="File to write, a PNG.")],
    name: Annotated[str | None, typer.Option("--set", help="Code of a set; by default the first.")] = None,
    as_of: AsOf = None,
) -> None:
    """Draw the scorecard of a unit."""
    _do("criteria_picture", {"unit": unit, "set": name, "as_of": as_of}, out=out)


@pledge.command("open")
def open_pledge(unit: Unit, file: Path) -> None:
    """Open a campaign from a TOML file, or change the one of that title."""
    _do("pledge_open", {"unit": unit}, text=file, loud=False)


@pledge.command("list")
def list_pledge(
    unit: Unit,
    title: Annotated[str | None, typer.Option("--title", help="Title of a campaign; by default the newest.")] = None,
    as_of: AsOf = None,
    format: Annotated[ListForm, typer.Option("--format")] = ListForm.TEXT,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; without it, the screen.")] = None,
) -> None:
    """Write the list of a pledge: who has signed, when, of how many."""
    _do("pledge_list", {"unit": unit, "title": title, "as_of": as_of, "format": format.value}, out=out)


@assets.command("import")
def import_assets(file: Path) -> None:
    """Import what there is in a ward and how it was found, from a TOML file."""
    _do("assets_import", {}, text=file, loud=False)


@assets.command("list")
def list_assets(unit: Unit, json: Json = False) -> None:
    """List what there is in a ward, and of each its working state where somebody has looked."""
    _do("assets_list", {"unit": unit, "json": json})


@cli.command()
def doctor(
    json: Json = False, alarm: Annotated[bool, typer.Option("--alarm", help="Send a test alarm too.")] = False
) -> None:
    """Check everything that could be wrong, and say how to mend it."""
    from bot.doctor import examine, ring

    async def check(settings: "Settings") -> int:
        if alarm:
            await ring(settings)
        findings = await examine(settings)
        typer.echo(findings.as_json() if json else findings.as_text(settings.operator_language))
        return 0 if findings.well else 1

    _guarded(check)


def main() -> None:
    """Where a process starts. Exit codes: 0 done, 1 refused with a reason, 2 wrong usage."""
    cli()


def _do(
    command: str,
    args: dict[str, Any],
    *,
    text: Path | None = None,
    texts: Path | None = None,
    out: Path | None = None,
    loud: bool = True,
) -> None:
    """Has a command carried out, by the process that serves or here. `text`, `texts`: files that go with it."""

    async def act(settings: "Settings") -> int:
        from bot.asking import ask_running

        # Read here, not in the process that serves: the path is one of this command's folder.
        if texts is not None:
            args["texts"] = _texts(texts)
        if text is not None:
            args["text"] = _read(text)
        reply = await ask_running(settings.data_dir, command, args) if settings.uses_sqlite else None
        if reply is None:
            reply = await _alone(settings, command, args)
        if reply.file is not None and out is not None:
            _write(out, reply.file)
        elif reply.file is not None:
            sys.stdout.buffer.write(reply.file)
        if reply.out:
            typer.echo(reply.out, err=not loud)
        return 0 if reply.ok else 1

    _guarded(act)


async def _alone(settings: "Settings", command: str, args: dict[str, Any]) -> "Reply":
    """Nobody serves, or everybody may connect: this process opens the installation itself."""
    from bot.commands import COMMANDS
    from bot.installation import Installation, opened, real_now
    from bot.installing import install

    if command == "init":
        await install(settings, real_now)
    async with opened(Installation, settings) as app:
        return await COMMANDS[command](app, args)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8?"
        raise Refused("file.unreadable", path=path, reason=reason) from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused("file.unwritable", path=path, reason=error.strerror) from None


def _texts(path: Path) -> dict[str, str]:
    """What an officer has written, by part."""
    try:
        found = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        raise Refused("report.text_unreadable", path=path, reason=reason) from None
    for name, text in found.items():
        if not isinstance(text, str):
            raise Refused("report.text_unreadable", path=path, reason=f'{name} = "…"')
    return found


def _guarded(work: "Callable[[Settings], Coroutine[Any, Any, int]]") -> None:
    from bot.process import guarded

    raise typer.Exit(guarded(work))


if __name__ == "__main__":
    main()
