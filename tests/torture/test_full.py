"""P3, short form: a disk that is full at some writes loses nothing, says so, and needs no restart."""

import shutil
import sys
from pathlib import Path

import pytest

from simulator.server import Simulator
from tests.conftest import IN_CI
from tests.process.product import Product
from tests.torture.disks import mounted
from tests.torture.full import Report, campaign

PAGES = (0, 12, 30)  # that can still be written when a story begins: none, some while it is told, some when it is sent


async def full(home: Path, kind: str, *pages: int) -> Report:
    """A campaign on a copy of an installation."""
    async with Simulator(limits=False) as sim:
        report = await campaign(Product(home, sim.url), sim, pages, kind, picture=kind == "ceiling")
    sys.stdout.write(f"{kind}: {report}\n")
    return report


async def test_a_full_disk_loses_nothing_says_so_and_needs_no_restart(installed: Path, tmp_path: Path) -> None:
    report = await full(Path(shutil.copytree(installed, tmp_path / "home")), "ceiling", *PAGES)
    assert report.well, str(report)
    assert report.rounds == len(PAGES), str(report)
    assert {"inbox", "batch", "picture"} <= set(report.met), str(report)


async def test_a_disk_without_a_free_block_loses_nothing_either(installed: Path, tmp_path: Path) -> None:
    try:
        with mounted(tmp_path / "disk") as disk:
            report = await full(Path(shutil.copytree(installed, disk / "home")), "small", PAGES[1])
    except PermissionError as error:
        (pytest.fail if IN_CI else pytest.skip)(f"no small disk can be mounted: {error}")
    assert report.well, str(report)
    assert report.rounds == 1, str(report)
