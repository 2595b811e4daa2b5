"""P3, short form: a disk that is full at some writes loses nothing, says so, and needs no restart."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator.server import Simulator
from tests.conftest import IN_CI
from tests.process.product import Product
from tests.torture.disks import mounted
from tests.torture.full import Report, campaign, table_space

PAGES = (0, 12, 30)  # that can still be written when a story begins: none, some while it is told, some when it is sent


async def full(product: Product, *pages: int, small: Path | None = None) -> Report:
    """A campaign on an installation, with the simulator where it looks for Telegram."""
    async with Simulator(limits=False) as sim:
        product.settings["TELEGRAM_API_URL"] = sim.url
        report = await campaign(product, sim, pages, small, picture=small is None)
    sys.stdout.write(f"{report}\n")
    return report


@contextmanager
def allowed() -> Iterator[None]:
    """Without the right to mount there is nothing to test."""
    try:
        yield
    except PermissionError as error:
        (pytest.fail if IN_CI else pytest.skip)(f"no small disk can be mounted: {error}")


async def test_a_full_disk_loses_nothing_says_so_and_needs_no_restart(installed: Path, tmp_path: Path) -> None:
    report = await full(Product(Path(shutil.copytree(installed, tmp_path / "home"))), *PAGES)
    assert report.well, str(report)
    assert report.rounds == len(PAGES), str(report)
    assert {"inbox", "batch", "picture"} <= set(report.met), str(report)


async def test_a_disk_without_a_free_block_loses_nothing_either(installed: Path, tmp_path: Path) -> None:
    with allowed(), mounted(tmp_path / "disk") as disk:
        report = await full(Product(Path(shutil.copytree(installed, disk / "home"))), PAGES[1], small=disk)
    assert report.well, str(report)
    assert report.rounds == 1, str(report)


async def test_a_full_disk_under_postgresql_loses_nothing_either(postgres_server: str, tmp_path: Path) -> None:
    with allowed(), table_space(postgres_server) as (url, disk):
        product = Product(tmp_path, DATABASE_URL=url)
        await product.install()
        report = await full(product, 0, 2, small=disk)
    assert report.well, str(report)
    assert report.rounds == 2, str(report)
