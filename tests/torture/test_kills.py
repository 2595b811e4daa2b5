"""P1 and P2, short form: killed under load again and again, nothing told is lost or doubled, nothing owed forgotten."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from simulator.server import Simulator
from tests.process.product import Product
from tests.torture.audit import Findings, compare, repeats_without_reason
from tests.torture.campaign import Campaign, Report
from tests.torture.load import Story

KILLS = 20
SLOWEST = 15.0  # seconds to serve again; the promise is 5, on a machine that does nothing else


async def campaigns(
    installed: Path, folder: Path, kills: int, module: str = "bot", drain: float = 60.0
) -> list[Report]:
    """One by polling and one by webhook, at the same time."""

    async def one(by: str) -> Report:
        async with Simulator(limits=False) as sim:
            product = Product(Path(shutil.copytree(installed, folder / by)), sim.url)
            report = await Campaign(product, sim, by, module=module, drain=drain).run(kills)
        sys.stdout.write(f"{by} {module}: {report}\n")
        return report

    return list(await asyncio.gather(one("polling"), one("webhook")))


async def test_twenty_kills_under_load_lose_and_double_nothing(installed: Path, tmp_path: Path) -> None:
    for report in await campaigns(installed, tmp_path, KILLS):
        assert report.findings.well, str(report)
        assert len(report.kills) == KILLS
        assert sum(kill.unconfirmed + kill.unhandled > 0 for kill in report.kills) >= KILLS // 2, str(report)
        assert len({kill.how for kill in report.kills}) >= 6, str(report)
        assert max(report.up_again) < SLOWEST, str(report)


async def test_a_bot_that_confirms_before_it_commits_is_caught(installed: Path, tmp_path: Path) -> None:
    for report in await campaigns(installed, tmp_path, 2, "tests.torture.planted", drain=2.0):
        assert report.findings.lost > 0, str(report)


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
    sent = {(1, "a"): [10.0, 12.0], (2, "a"): [10.0], (3, "a"): [10.0, 11.0]}
    assert repeats_without_reason(sent, [10.5]) == 0
    assert repeats_without_reason(sent, [11.5]) == 1
    assert repeats_without_reason({(1, "a"): [10.0, 90.0]}, [80.0]) == 1
