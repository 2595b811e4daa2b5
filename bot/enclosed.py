"""Papers and pictures that somebody has asked for in the chat: made when the message's turn comes."""

import asyncio
from pathlib import Path

from bot import papers
from bot.api import FilePart
from cases import periodic, scorecards
from domain.clocks import Clocks
from domain.notices import Paper
from domain.periods import OFFICIAL, month_of
from domain.report_kinds import ReportKind
from domain.reports import Part, PeriodReport
from domain.spans import span_of
from locales import Words
from reports.painter import Painter
from reports.scorecard import Scorecard, drawn
from storage.engine import Database
from storage.outbox import Numbers
from storage.unit import Unit
from storage.vault import Vault

MEDIA = {
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# One at a time: each office file is a child process of some 60 MB, and a small machine has room for one.
_turn = asyncio.Semaphore(1)


async def made(db: Database, vault: Vault, painter: Painter, data_dir: Path, paper: Paper, said: Words) -> FilePart:
    """The file. Raises Refused and NotDrawn for what can't be made."""
    async with _turn:
        if paper.form == "scorecard":
            return await _scorecard(db, vault, painter, paper, said)
        if paper.kind in ("board", "province"):
            return await _board(db, vault, painter, data_dir, paper, said)
        span = span_of(ReportKind(paper.kind), paper.last)
        async with db.reading() as tx:
            unit = _reader(tx, vault, paper)
            report: PeriodReport = await periodic.read(unit, paper.unit, span)
            texts: dict[Part, str] = await periodic.texts(unit, paper.unit, span)
        content = await papers.as_file(paper.form, report, texts, said, painter, data_dir)
    name = f"{paper.unit}-{paper.kind}-{paper.last}.{paper.form}"
    return FilePart(name, content, MEDIA[paper.form])


async def _scorecard(db: Database, vault: Vault, painter: Painter, paper: Paper, said: Words) -> FilePart:
    async with db.reading() as tx:
        unit = _reader(tx, vault, paper)
        card: Scorecard = await scorecards.card(
            unit, paper.unit, paper.criteria, paper.last, said, outward=paper.outward
        )
    return FilePart(
        f"{paper.unit}-{paper.criteria}-{paper.last}.png", await painter.draw(drawn(card, said)), MEDIA["png"]
    )


async def _board(db: Database, vault: Vault, painter: Painter, data_dir: Path, paper: Paper, said: Words) -> FilePart:
    from bot import upward  # few look after a province: an idle bot stays small
    from cases import province, province_month
    from reports import province_chart

    # A picture shows a page of the wards, so only their scores are worked out; a paper has them all.
    shown = province_chart.page(paper.page) if paper.form == "png" else slice(None)
    async with db.reading() as tx:
        unit, texts, named = _reader(tx, vault, paper), None, paper.unit
        if paper.kind == "board":
            board = await province.board(unit, paper.unit, paper.last, shown=shown)
        else:
            month, named = month_of(paper.last, OFFICIAL), f"{paper.unit}-monthly"
            board = (await province_month.read(unit, paper.unit, month)).cut(shown)
            texts = await province_month.texts(unit, paper.unit, month)
    content = await upward.as_file(paper.form, board, said, painter, data_dir, shown.start or 0, texts)
    which = f"-{paper.page + 1}" if paper.form == "png" else ""
    return FilePart(f"{named}-{paper.last}{which}.{paper.form}", content, MEDIA[paper.form])


def _reader(tx: object, vault: Vault, paper: Paper) -> Unit:
    """A unit at the moment at which the paper was asked for; it writes nothing, so it numbers nothing."""
    return Unit(tx, vault, paper.asked_at, Numbers(), Clocks())  # type: ignore[arg-type]
