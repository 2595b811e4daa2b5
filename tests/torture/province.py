"""A province of 130 wards with 5 million events: how long its board, its report in every form and three years of open
data take. `python -m tests.torture.province` fills a database, measures and prints; nothing here touches events."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from bot import upward
from cases import open_data, province, province_month
from domain.clocks import ward_day
from domain.criteria_sets import Act, Attested, Fill, Verdict
from domain.places import Place, UnitKind
from domain.provinces import settled_month
from locales import words
from reports import open_data as files
from reports import province as written
from reports import province_chart
from reports.painter import Painter
from storage import meta
from storage.engine import open_database
from storage.unit import Unit, new_id
from tests.torture.figures import Installation, prepared
from tests.torture.many_tips import LAST, Scale

PROVINCE = "99"
ASKED = 10.0  # seconds for any report of a province
FILLED = range(3, 23)  # criteria to which the province has given a text


async def opened(path: Path, scale: Scale) -> Installation:
    """The filled database, its wards in one province, each with twenty words about its criteria."""
    there = Installation(await open_database(f"sqlite:///{path}"), scale)

    async def settle(unit: Unit) -> None:
        await meta.put(unit.tx, meta.FIRST_DAY, scale.first.isoformat())
        since = {"valid_from": date(2025, 7, 1), "source": "test"}
        unit.places.save(Place(code=PROVINCE, name="Tỉnh", kind=UnitKind.PROVINCE, **since))
        for code in scale.codes:
            name = f"Phường {int(code)}"
            unit.places.save(Place(code=code, name=name, kind=UnitKind.WARD, parent=PROVINCE, **since))
        for number in FILLED:
            _say(unit, PROVINCE, number, Fill(text=f"Nội dung {number}", how=Attested()))
            for code in scale.codes:
                _say(unit, code, number, Verdict(met=True, reason="có", expires=date(2027, 12, 31)))

    await there.act(settle)
    return there


def _say(unit: Unit, code: str, number: int, what: Fill | Verdict) -> None:
    when = {"id": new_id(), "seq": unit.next_number(), "at": unit.now, "day": date(LAST.year, LAST.month, 1)}
    act = {"unit": code, "criteria": "movement_34", "number": number, "what": what}
    unit.criteria_acts.save(Act.model_validate({**when, **act}))


async def measure(there: Installation) -> dict[str, float]:
    """Seconds of each report, by name."""
    vietnamese, painter, nowhere = words("vi"), Painter(), Path("no-templates")

    async def page() -> None:
        await there.read(lambda unit: province.board(unit, PROVINCE, shown=slice(0, 4)))

    async def text() -> None:
        written.text(await there.read(lambda unit: province.board(unit, PROVINCE)), vietnamese)

    async def json() -> None:
        written.as_json(await there.read(lambda unit: province.board(unit, PROVINCE)))

    def paper(form: str, shown: slice = slice(None)) -> Callable[[], Awaitable[None]]:
        async def make() -> None:
            board = await there.read(lambda unit: province.board(unit, PROVINCE, shown=shown))
            await upward.as_file(form, board, vietnamese, painter, nowhere, shown.start or 0)

        return make

    async def month() -> None:
        await there.act(lambda unit: province_month.report(unit, PROVINCE, settled_month(ward_day(unit.now))))

    async def day() -> None:
        await there.read(lambda unit: province.day(unit, PROVINCE))

    async def export() -> None:
        data = await there.read(lambda unit: open_data.published(unit, PROVINCE, None, None))
        files.as_csv(data)
        files.as_json(data)

    found: dict[str, float] = {}
    named: tuple[tuple[str, Callable[[], Awaitable[None]]], ...] = (
        *(("a page in the chat", page), ("yesterday over all wards", day), ("report as text", text)),
        *(("report as JSON", json), ("report as XLSX", paper("xlsx")), ("report as DOCX", paper("docx"))),
        *(("a picture in the chat", paper("png", province_chart.page(0))), ("all wards in a picture", paper("png"))),
        *(("the month that is sent, frozen", month), ("the month again", month)),
        ("open data of all months, CSV and JSON", export),
    )
    async with painter:
        for name, work in named:
            begun = time.perf_counter()
            await work()
            found[name] = time.perf_counter() - begun
    return found


async def long_form(scale: Scale, folder: Path) -> None:
    """Fills, measures and prints."""
    path = await prepared(folder, scale)
    there = await opened(path, scale)
    try:
        async with there.db.reading() as tx:
            [row] = await tx.fetch("SELECT COUNT(*) AS events FROM events")
        sys.stdout.write(f"{row['events']} events, {scale.wards} wards, {scale.days} days\n")
        for name, seconds in (await measure(there)).items():
            sys.stdout.write(f"{name:<40} asked {ASKED:.0f} s  measured {seconds:.3f} s\n")
    finally:
        await there.db.close()


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.province", description=__doc__)
    parser.add_argument("--tips", type=int, default=1_250_000)
    parser.add_argument("--wards", type=int, default=130)
    parser.add_argument("--folder", type=Path, help="where the database is made and thrown away")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        asyncio.run(long_form(Scale(tips=args.tips, wards=args.wards), Path(folder)))


if __name__ == "__main__":
    main()
