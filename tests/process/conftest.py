"""Installations for the tests of the command line."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from simulator.server import Simulator
from tests.process.forks import Forks, forking
from tests.process.product import ROOT, Product


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample wards, made once by the real `init --sample`; to be copied, not used."""
    folder = tmp_path_factory.mktemp("installed")
    asyncio.run(Product(folder).install())
    return folder


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Forks processes of the product: for tests of what they say and do, not of how they start."""
    with forking(ROOT) as made:
        yield made


@pytest.fixture
async def telegram() -> AsyncIterator[Simulator]:
    """A Telegram without sending limits."""
    async with Simulator(limits=False) as sim:
        yield sim
        assert sim.violations == []


@pytest.fixture
def product(installed: Path, tmp_path: Path, telegram: Simulator) -> Product:
    """An installation of its own, that nobody serves yet."""
    folder = tmp_path / "home"
    shutil.copytree(installed, folder)
    return Product(folder, telegram.url)
