"""The town in which most journeys take place."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.town import SATURDAY_EVENING, Clock, Town, install_sample, settings_for, town_in


@pytest.fixture(scope="session")
def saturday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample wards, installed once on a Saturday evening; to be copied, not used."""
    folder = tmp_path_factory.mktemp("saturday")
    asyncio.run(install_sample(settings_for(folder, "http://127.0.0.1:1"), Clock(SATURDAY_EVENING)))
    return folder


@pytest.fixture
async def town(saturday: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on a Saturday evening; the product polls and keeps its data in SQLite."""
    async with town_in(tmp_path, installed=saturday) as there:
        yield there
