"""P3, short form: a lock that outlasts every patience of ours loses nothing and needs no restart."""

import sys

import pytest

from storage.sqlite import BUSY_SECONDS
from tests.torture.locked import torture


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_database_locked_by_somebody_else_loses_nothing(engine: str, request: pytest.FixtureRequest) -> None:
    url = None if engine == "sqlite" else str(request.getfixturevalue("postgres_url"))
    report = await torture(BUSY_SECONDS + 1.5, url)
    sys.stdout.write(f"{engine}: {report}\n")
    assert report.well, str(report)
