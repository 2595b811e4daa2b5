"""A ward on each engine."""

import shutil
from pathlib import Path

import pytest

from storage.engine import Database
from tests.cases.world import World
from tests.schema import empty


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a SQLite database of this test's own."""
    shutil.copy(sqlite_template, tmp_path / "ward.db")
    return f"sqlite:///{tmp_path}/ward.db"


@pytest.fixture
def postgres_url(postgres_ward: str) -> str:
    """The address of a PostgreSQL database with our tables and no rows."""
    empty(postgres_ward)
    return postgres_ward


@pytest.fixture
async def world(db: Database) -> World:
    """Two wards with their groups and nobody in them; Saturday evening."""
    made = World(db)
    await made.settle()
    return made
