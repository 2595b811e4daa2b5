"""A ward on each engine. The schema is made once a session: every test gets a copy of it, or the
same one emptied."""

import asyncio
import shutil
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from storage.engine import Database
from storage.migrate import migrate
from tests.cases.world import World

NAME = "cases"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables and no rows."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(migrate(f"sqlite:///{folder}/empty.db", backups=folder))
    return folder / "empty.db"


@pytest.fixture(scope="session")
def postgres_ward(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a PostgreSQL database with our tables, which the tests take in turn."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")
    url = postgres_server.rpartition("/")[0] + f"/{NAME}"
    asyncio.run(migrate(url, backups=tmp_path_factory.mktemp("backups")))
    return url


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


def empty(url: str) -> None:
    """Deletes every row. A database for each test would cost a fifth of a second; this costs a fiftieth."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        for (name,) in names:
            if name != "alembic_version":
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


@pytest.fixture
async def world(db: Database) -> World:
    """Two wards with their groups and nobody in them; Saturday evening."""
    made = World(db)
    await made.settle()
    return made
