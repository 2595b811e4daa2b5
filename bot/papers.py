"""The command that reports a period of a ward, in every form; office files are made by a child process."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from bot.installation import Installation
from cases import periodic
from domain.clocks import ward_day
from domain.errors import Refused
from domain.report_kinds import ReportKind
from domain.reports import Part, PeriodReport
from domain.spans import REVIEWS, Span, latest, review, span_of
from locales import Words, words
from reports import period_chart
from reports import periodic as written
from reports.painter import Painter
from reports.picture import NotDrawn
from storage.unit import Unit

PATIENCE = 30.0  # seconds for one file; it takes about one
_ROOT = Path(__file__).parents[1]
Texts = dict[Part, str]


async def made(app: Installation, ward: str, span: Span, form: str, told: Mapping[str, str]) -> bytes:
    """A report as a file: `text`, `json`, `png`, `xlsx` or `docx`. Texts that come with it are kept first."""

    async def draw_up(unit: Unit) -> tuple[PeriodReport, Texts]:
        report = await periodic.report(unit, ward, span)
        await periodic.write(unit, ward, span, told, None)
        return report, await periodic.texts(unit, ward, span)

    report, texts = await app.in_unit(draw_up)
    return await as_file(form, report, texts, words("vi"), app.painter, app.settings.data_dir)


async def as_file(
    form: str, report: PeriodReport, texts: Texts, said: Words, painter: Painter, data_dir: Path
) -> bytes:
    """A report in a form. `data_dir`: where a ward keeps its own templates. Raises Refused with the reason."""
    match form:
        case "json":
            return orjson.dumps(written.as_json(report, texts), option=orjson.OPT_INDENT_2) + b"\n"
        case "text":
            return written.text(report, texts, said).encode() + b"\n"
        case "png":
            return await drawn(painter, period_chart.svg(report, said))
        case _:
            return await _paper(form, report, texts, data_dir)


async def drawn(painter: Painter, svg: str) -> bytes:
    """A picture for the command line, which is told why there is none. Raises Refused."""
    try:
        return await painter.draw(svg)
    except NotDrawn as error:
        raise Refused("report.not_drawn", reason=error) from None


def templates_in(data_dir: Path) -> list[str]:
    """Where own templates are, for the clerk."""
    return [str((data_dir / "templates").absolute())]


def span_asked(kind: ReportKind, day: date | None, ends: tuple[date | None, date | None], app: Installation) -> Span:
    """The period that is meant: around a day, or the chosen span of a review; by default the last full one."""
    first, last = ends
    if kind in REVIEWS:
        if first is None or last is None:
            raise Refused("report.span_needed")
        return review(kind, first, last)
    if first is not None or last is not None:
        raise Refused("report.span_unwanted", kind=kind.value)
    if day is not None:
        return span_of(kind, day)
    return latest(kind, ward_day(app.bench.now()), app.first_day)


def by_name(texts: Texts) -> dict[str, str]:
    """Texts for the clerk."""
    return {part.value: text for part, text in texts.items()}


async def _paper(form: str, report: PeriodReport, texts: Texts, data_dir: Path) -> bytes:
    asked: dict[str, Any] = {
        "form": form,
        "report": report.model_dump(mode="json"),
        "texts": by_name(texts),
        "folders": templates_in(data_dir),
    }
    return await by_clerk(asked)


async def by_clerk(asked: Mapping[str, Any]) -> bytes:
    """A file made by the child process. Raises Refused when it could not be made, or takes too long."""
    from bot.clerk import REFUSED  # with the first paper: an idle bot stays small

    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.clerk"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a traceback may quote what an officer wrote
        cwd=_ROOT,
        env={},  # it must not know the token
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, _ = await child.communicate(orjson.dumps(asked))
    except TimeoutError:
        raise Refused("report.not_made", reason=f"{PATIENCE:g} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode == REFUSED and out:
        refused = orjson.loads(out)
        raise Refused(refused["code"], **refused["params"])
    if child.returncode:
        raise Refused("report.not_made", reason=f"exit code {child.returncode}")
    return out
