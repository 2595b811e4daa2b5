"""`report` for every period and form, as an operator runs it."""

import asyncio
import io
import sys
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from docx import Document
from openpyxl import load_workbook

from bot.build import App, open_app
from bot.commands import COMMANDS
from bot.settings import Settings
from domain.duties import last_day_of, period_of
from domain.errors import Refused
from domain.report_kinds import ReportKind
from domain.spans import REVIEWS, span_of
from reports import template
from tests.process.product import ROOT, Product
from tests.process.test_refusals import told_once

MAGIC = {"text": "Báo cáo".encode(), "json": b"{", "png": b"\x89PNG", "xlsx": b"PK", "docx": b"PK"}
SHIPPED = (template.SHIPPED / "report.toml").read_text("utf-8")
KINDS = [kind.value for kind in ReportKind if kind not in REVIEWS and kind is not ReportKind.DAILY]


def settings_of(product: Product) -> Settings:
    return Settings(_env_file=None, **{name.lower(): value for name, value in product.settings.items()})  # type: ignore[arg-type]


async def report(app: App, period: str, form: str, **more: Any) -> bytes:
    args: Mapping[str, Any] = {"period": period, "unit": "18115", "format": form, **more}
    file = (await COMMANDS["report"](app, args)).file
    assert file is not None
    return file


async def test_every_period_in_every_form(product: Product) -> None:
    async with open_app(settings_of(product)) as app:
        for kind in KINDS:
            forms = MAGIC if kind == "weekly" else ("json", "text")
            for form in forms:
                assert (await report(app, kind, form)).startswith(MAGIC[form]), (kind, form)
            # A new installation has no full period yet: the running one is reported, and says so.
            data = orjson.loads(await report(app, kind, "json"))
            span = span_of(ReportKind(kind), app.first_day)
            assert (data["from"], data["to"], data["finished"]) == (str(span.first), str(span.last), False)
            # A check counts for the last day of its month; on that day all groups' are expected.
            expected = 20 if last_day_of(period_of(app.first_day)) == app.first_day else 0
            assert (data["tips"]["received"], data["check_ins"]["expected"]) == (0, expected)
        day = app.first_day.isoformat()
        for form in ("xlsx", "docx"):
            assert (await report(app, "daily", form, date=day)).startswith(b"PK")
        for kind in sorted(REVIEWS):
            ends = {"first": (app.first_day - timedelta(days=90)).isoformat(), "last": day}
            data = orjson.loads(await report(app, kind.value, "json", **ends))
            assert (data["kind"], data["from"], data["days"]) == (kind.value, ends["first"], 91)


async def test_texts_are_kept_from_one_draft_to_the_next(product: Product, tmp_path: Path) -> None:
    texts, paper = tmp_path / "texts.toml", tmp_path / "month.docx"
    texts.write_text('difficulties = "Thiếu xe chữa cháy"\nnext_tasks = "Rà soát lại"\n', "utf-8")
    args = ("report", "monthly", "--unit", "18115", "--out", str(paper), "--format")
    done = await product.command(*args, "docx", "--text", str(texts))
    assert (done.code, done.out, done.err) == (0, "", ""), done
    said = [one.text for one in Document(io.BytesIO(paper.read_bytes())).paragraphs]
    assert "Thiếu xe chữa cháy" in said
    assert said[-2].endswith("Rà soát lại./.")
    async with open_app(settings_of(product)) as app:
        data = orjson.loads(await report(app, "monthly", "json"))
        assert data["texts"]["difficulties"] == "Thiếu xe chữa cháy"
        book = load_workbook(io.BytesIO(await report(app, "monthly", "xlsx")))
        cells = [cell.value for sheet in book.worksheets for row in sheet for cell in row]
        assert "Thiếu xe chữa cháy" not in cells
    texts.write_text("difficulties = 7\n", "utf-8")
    told_once(await product.command(*args, "docx", "--text", str(texts)), str(texts), "difficulties")


async def test_a_wards_own_template_is_used_and_a_bad_one_named(product: Product) -> None:
    own = product.data / "templates" / "report.toml"
    own.parent.mkdir()
    own.write_text(SHIPPED.replace('kind = "BÁO CÁO {REVIEW}"', 'kind = "BÁO CÁO NHANH"'), "utf-8")
    async with open_app(settings_of(product)) as app:
        made = Document(io.BytesIO(await report(app, "weekly", "docx")))
        assert "BÁO CÁO NHANH" in [one.text for one in made.paragraphs]
        own.write_text(SHIPPED.replace("{tips.open}", "{tips.opne}"), "utf-8")
        with pytest.raises(Refused, match=r"no placeholder \{tips\.opne\}") as caught:
            await report(app, "weekly", "docx")
        assert caught.value.params["path"] == str(own)


@pytest.mark.parametrize(
    ("period", "more", "code"),
    [
        ("final_review", {}, "report.span_needed"),
        ("interim_review", {"first": "2026-02-01", "last": "2026-01-01"}, "report.span_turned"),
        ("weekly", {"first": "2026-02-01", "last": "2026-03-01"}, "report.span_unwanted"),
        ("monthly", {"date": "2020-01-01"}, "report.before_installation"),
        ("monthly", {"date": "2220-01-01"}, "report.future"),
        ("weekly", {"texts": {"tips.overdue": "0"}}, "report.text_unknown"),
        ("weekly", {"unit": "99999"}, "ward.unknown"),
    ],
)
async def test_what_can_not_be_reported_is_refused(
    product: Product, period: str, more: dict[str, Any], code: str
) -> None:
    async with open_app(settings_of(product)) as app:
        with pytest.raises(Refused) as caught:
            await report(app, period, "text", **more)
    assert caught.value.code == code


async def test_papers_are_made_side_by_side(product: Product) -> None:
    async with open_app(settings_of(product)) as app:
        day = app.first_day.isoformat()
        files = await asyncio.gather(*(report(app, "weekly", "xlsx", date=day) for _ in range(3)))
        # Each says when it was made, so only what they are made of is the same.
        parts = [ZipFile(BytesIO(file)) for file in files]
        assert [one.testzip() for one in parts] == [None] * 3
        assert len({tuple(one.namelist()) for one in parts}) == 1


async def test_a_report_from_the_shell_loads_nothing_of_telegram(product: Product, tmp_path: Path) -> None:
    program = (
        "import sys; from bot.__main__ import cli;"
        f"cli(['report', 'weekly', '--unit', '18115', '--out', {str(tmp_path / 'out')!r}], standalone_mode=False);"
        "sys.stderr.write(str({'telegram', 'aiohttp', 'apscheduler', 'handlers', 'docx'} & sys.modules.keys()))"
    )
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        cwd=ROOT,
        env={**product.settings, "PYTHONPATH": str(ROOT)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await child.communicate()
    assert (said.decode(), (tmp_path / "out").read_bytes()[:2]) == ("set()", MAGIC["text"][:2])
