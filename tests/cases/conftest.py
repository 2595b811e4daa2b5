"""A ward on each engine. The schema is made once a session: every test gets a copy of it."""

import asyncio
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage.engine import Database
from storage.migrate import migrate
from tests.cases.world import World

TEMPLATE = "cases_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables and no rows."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(migrate(f"sqlite:///{folder}/empty.db", backups=folder))
    return folder / "empty.db"


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database with our tables and no rows."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    url = postgres_server.rpartition("/")[0] + f"/{TEMPLATE}"
    asyncio.run(migrate(url, backups=tmp_path_factory.mktemp("backups")))
    return url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a SQLite database of this test's own."""
    shutil.copy(sqlite_template, tmp_path / "ward.db")
    return f"sqlite:///{tmp_path}/ward.db"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database of this test's own."""
    name = f"ward_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield postgres_template.rpartition("/")[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def world(db: Database) -> World:
    """Two wards with their groups and nobody in them; Saturday evening."""
    made = World(db)
    await made.settle()
    return made
