"""P1 and P2, short form: killed under load again and again, nothing told is lost or doubled, nothing owed forgotten."""

import asyncio
import shutil
import sys
from pathlib import Path

import psycopg
import pytest

from locales import words
from simulator.server import Simulator
from tests.process.forks import Forks
from tests.process.product import Product
from tests.torture.audit import Findings, compare
from tests.torture.campaign import Campaign, Course
from tests.torture.crashing import POINTS
from tests.torture.load import Story
from tests.torture.planted import DEFECTS, GAP
from tests.torture.repeats import Death, repeats_of
from tests.torture.report import Report
from tests.torture.shown import follow

KILLS = 20
HALVES = {"polling": POINTS[::2], "webhook": POINTS[1::2]}  # the points that each way visits here; the long form: all
SLOWEST = 15.0  # seconds to serve again; the promise is 5, on a machine that does nothing else


async def campaign(product: Product, forks: Forks, course: Course) -> Report:
    """One campaign on an installation; what it says is shown when the test fails."""
    async with Simulator(limits=False) as sim:
        product.settings["TELEGRAM_API_URL"] = sim.url
        product.forks = forks
        report = await Campaign(product, sim, course).run()
    sys.stdout.write(f"{report}\n")
    return report


@pytest.mark.parametrize("by", HALVES)
async def test_twenty_kills_under_load_lose_and_double_nothing(
    installed: Path, forks: Forks, tmp_path: Path, by: str
) -> None:
    product = Product(Path(shutil.copytree(installed, tmp_path / "home")))
    report = await campaign(product, forks, Course(KILLS, by, points=HALVES[by]))
    assert report.findings.well, str(report)
    assert not report.unreached, str(report)
    assert len(report.kills) >= KILLS
    assert sum(kill.coming_in for kill in report.kills) >= KILLS // 2, str(report)
    assert any(kill.slots for kill in report.kills), str(report)
    assert report.days > 0
    assert max(report.up_again) < SLOWEST, str(report)
    assert by == "polling" or report.repeated_updates > KILLS


async def test_kills_lose_nothing_on_postgresql(postgres_url: str, forks: Forks, tmp_path: Path) -> None:
    (tmp_path / "polling").mkdir()
    product = Product(tmp_path / "polling", DATABASE_URL=postgres_url)
    product.forks = forks
    await product.install()
    copied = Path(shutil.copytree(tmp_path / "polling", tmp_path / "webhook"))
    other = Product(copied, DATABASE_URL=f"{postgres_url}_2")
    with psycopg.connect(postgres_url.rpartition("/")[0] + "/postgres", autocommit=True) as server:
        name = postgres_url.rpartition("/")[2]
        server.execute(f"CREATE DATABASE {name}_2 TEMPLATE {name}")
        reports = await asyncio.gather(
            campaign(product, forks, Course(3, "polling", "postgresql", points=("dispatch.written", "job.committed"))),
            campaign(other, forks, Course(3, "webhook", "postgresql", points=("intake.written", "delivery.committed"))),
        )
        server.execute(f"DROP DATABASE {name}_2 WITH (FORCE)")
    for report in reports:
        assert report.well, str(report)
        assert len(report.kills) >= 3


# What the audit must say of each. Its clock is not moved on: that leaves other findings, which prove nothing.
CAUGHT = {
    "ConfirmsFirst": ("lost",),
    "ForgetsFirst": ("unanswered",),
    "MarksAfter": ("doubled",),
    "MarksFirst": ("lost",),
    "Forgetful": ("lost", "doubled", "misplaced"),
}


async def test_planted_defects_are_caught(installed: Path, forks: Forks, tmp_path: Path) -> None:
    async def one(name: str) -> Report:
        product = Product(Path(await asyncio.to_thread(shutil.copytree, installed, tmp_path / name)))
        repeats = name == "Forgetful"
        course = Course(1, "webhook" if repeats else "polling", points=() if repeats else (GAP,), defect=name, drain=2)
        return await campaign(product, forks, course)

    assert set(CAUGHT) == set(DEFECTS)
    for name, report in zip(DEFECTS, await asyncio.gather(*map(one, DEFECTS)), strict=True):
        assert not report.unreached, str(report)
        assert any(getattr(report.findings, finding) for finding in CAUGHT[name]), str(report)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([("a", "b", "c")], Findings()),
        ([], Findings(lost=1)),
        ([("a", "b")], Findings(lost=1)),
        ([("a", "b", "c"), ("a", "b", "c")], Findings(doubled=1)),
        ([("a", "b", "b", "c")], Findings(doubled=1)),
        ([("a", "b"), ("c",)], Findings(doubled=1)),
        ([("b", "a", "c")], Findings(disordered=1)),
        ([("a", "b", "c"), ("x",)], Findings(strange=1)),
    ],
)
async def test_the_audit_sees_every_kind_of_damage(stored: list[tuple[str, ...]], expected: Findings) -> None:
    async with Simulator() as sim:
        story = Story(sim.phone("Lan"), "16666", False, ["a", "b", "c"])
        assert compare([story], stored) == expected


def test_a_repeat_needs_a_kill_that_may_have_cut_off_its_answer() -> None:
    said = {(1, "a"): [10.0, 12.0], (2, "a"): [10.0], (3, "a"): [10.0, 11.0]}
    assert repeats_of(said, {}, [Death(10.4)]).needless == 0
    assert repeats_of(said, {}, [Death(11.5)]).needless == 2
    assert repeats_of(said, {}, [Death(11.5, slow=4.0)]).needless == 1
    assert repeats_of(said, {(1, "a"): 2, (3, "a"): 2}, []).number == 0
    assert repeats_of({(1, "a"): [10.0, 90.0]}, {}, [Death(80.0)]).needless == 1
    assert repeats_of({(1, "a"): [10.0, 10.1, 10.2]}, {(1, "a"): 2}, [Death(9.0)]).needless == 1


def test_answers_are_followed_in_their_order_and_repetitions_left_aside() -> None:
    keys = ["start.welcome", "tip.heard", "tip.heard", "tip.which"]
    welcome, heard, which = (
        words("vi").say(key, parts="1 lời kể") for key in ("start.welcome", "tip.heard", "tip.which")
    )
    warned = words("vi").say("tip.nobody_yet")
    assert follow(keys, [welcome, heard, heard, which]) == (0, 0)
    assert follow(keys, [welcome, heard, welcome, heard, warned, heard, which, which]) == (0, 0)
    assert follow(keys, [welcome, heard, which]) == (2, 1)
    assert follow(keys, [heard, heard, which]) == (4, 3)
    assert follow(keys, [welcome, heard, "Tin của người khác", heard, which]) == (0, 1)
