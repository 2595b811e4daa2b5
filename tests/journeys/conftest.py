"""The town in which most journeys take place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.town import Town, town_in


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town on a Saturday evening; the product polls and keeps its data in SQLite."""
    async with town_in(tmp_path) as there:
        yield there
