"""The command line: `python -m bot …`, installed also as `anphuong`. What it says stands in `locales/`."""

import os
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.process import guarded, stop_on_signals
from bot.settings import Settings
from domain.errors import Refused
from domain.people import Role

cli = typer.Typer(name="anphuong", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
criteria = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Criteria sets and scorecards.")
cli.add_typer(criteria, name="criteria")

Unit = Annotated[str, typer.Option("--unit", help="Code of a unit, as `units` lists them.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
Day = Annotated[str | None, typer.Option("--date", help="A day, YYYY-MM-DD; by default the last full day.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD; by default today.")]


class Form(StrEnum):
    """Forms of a report."""

    TEXT = "text"
    JSON = "json"
    PNG = "png"


class Period(StrEnum):
    """Kinds of reports."""

    DAILY = "daily"


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
def demo(port: Annotated[int, typer.Option(help="Port of the demo's page.")] = 8000) -> None:
    """Serve with a Telegram of our own and sample wards; needs no token."""
    from bot.demo import serve_demo

    async def show(_: Settings) -> int:
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

    async def act(settings: Settings) -> int:
        typer.echo(await put_back(settings, file), err=True)
        return 0

    _guarded(act)


@cli.command()
def report(
    period: Period,
    unit: Unit,
    date: Day = None,
    format: Annotated[Form, typer.Option("--format")] = Form.TEXT,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; without it, the screen.")] = None,
) -> None:
    """Write a report of a ward."""
    args = {"period": period.value, "unit": unit, "date": date, "format": format.value}
    _do("report", args, out=out)


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


@cli.command()
def doctor(
    json: Json = False, alarm: Annotated[bool, typer.Option("--alarm", help="Send a test alarm too.")] = False
) -> None:
    """Check everything that could be wrong, and say how to mend it."""
    from bot.doctor import examine, ring

    async def check(settings: Settings) -> int:
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
    command: str, args: dict[str, Any], *, text: Path | None = None, out: Path | None = None, loud: bool = True
) -> None:
    """Has a command carried out: by the process that runs, or here. `text`: a file whose text goes with it."""

    async def act(settings: Settings) -> int:
        from bot.build import open_app, real_now
        from bot.commands import COMMANDS
        from bot.control import ask_running
        from bot.installing import install

        if text is not None:
            args["text"] = _read(text)
        reply = await ask_running(settings.data_dir, command, args) if settings.uses_sqlite else None
        if reply is None:
            if command == "init":
                await install(settings, real_now)
            async with open_app(settings) as app:
                reply = await COMMANDS[command](app, args)
        if reply.file is not None and out is not None:
            _write(out, reply.file)
        elif reply.file is not None:
            sys.stdout.buffer.write(reply.file)
        if reply.out:
            typer.echo(reply.out, err=not loud)
        return 0 if reply.ok else 1

    _guarded(act)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8?"
        raise Refused("file.unreadable", path=path, reason=reason) from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused("file.unwritable", path=path, reason=error.strerror) from None


def _guarded(work: Callable[[Settings], Coroutine[Any, Any, int]]) -> None:
    raise typer.Exit(guarded(work))


if __name__ == "__main__":
    main()
