"""Fixtures of both databases, and the rule that nothing is skipped in CI.

The schema is made once a session: a test that only needs our tables gets a copy of them, or the same ones emptied.
"""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from storage.engine import Database, open_database
from storage.migrate import migrate
from tests import postgres

READY = "ready"
LONGEST = ("torture", "process")  # folders
IN_CI = bool(os.environ.get("CI"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test session."""
    folder = postgres.binaries()
    if folder is None:
        (pytest.fail if IN_CI else pytest.skip)("PostgreSQL is not installed")
    with postgres.cluster(folder) as url:
        yield url


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
        connection.execute(f"CREATE DATABASE {READY}")
    url = postgres_server.rpartition("/")[0] + f"/{READY}"
    asyncio.run(migrate(url, backups=tmp_path_factory.mktemp("backups")))
    return url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a fresh, empty PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres_server.rpartition("/")[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/data/test.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database; the test runs once on each engine."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    """An open, empty database without tables; the test runs once on each engine."""
    database = await open_database(db_url)
    yield database
    await database.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first in each worker: begun last, one of them keeps a whole run waiting for a single worker.

    Workers begin with equal parts of the list (`--dist worksteal`), and neighbours stay together: they share fixtures.
    """
    items.sort(key=lambda item: folder if (folder := item.path.parent.name) in LONGEST else "", reverse=True)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    rest = [item for item in items if item.path.parent.name not in LONGEST]
    longest = items[: len(items) - len(rest)]
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        part = (len(items) - len(dealt)) // (workers - worker)
        first = longest[worker::workers]
        others = max(0, part - len(first))
        dealt += [*first, *rest[:others]]
        del rest[:others]
    items[:] = dealt


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped, where skipping is a failure."""
    if IN_CI:
        for report in terminalreporter.stats.get("skipped", []):
            terminalreporter.write_line(f"SKIPPED IN CI: {report.nodeid}: {report.longreprtext}", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session of CI that skipped a test: a test that does not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
