"""One owner at a time."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from domain.errors import Refused
from storage.lock import DataLock, ServerLock
from tests.postgres import free_port

HOLD = """
import sys, pathlib, signal
from storage.lock import DataLock
with DataLock(pathlib.Path(sys.argv[1])):
    print("mine", flush=True)
    signal.pause()
"""


def test_a_second_process_is_refused_and_told_who_owns_the_folder(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(Refused) as caught:
            DataLock(tmp_path).acquire()
        assert (caught.value.code, caught.value.params["pid"]) == ("database.in_use", other.pid)
        assert DataLock(tmp_path).owner() == other.pid
        other.send_signal(signal.SIGKILL)
        other.wait()
    with DataLock(tmp_path) as lock:
        assert lock.owner() == os.getpid()


def test_the_folder_is_free_again_after_release(tmp_path: Path) -> None:
    lock = DataLock(tmp_path / "data")
    assert lock.owner() is None
    with lock:
        with pytest.raises(Refused):
            DataLock(tmp_path / "data").acquire()
        lock.acquire()
    assert lock.owner() is None
    lock.release()
    with DataLock(tmp_path / "data"):
        pass


def test_the_lock_file_is_private_and_names_its_owner(tmp_path: Path) -> None:
    with DataLock(tmp_path / "data"):
        file = tmp_path / "data" / "lock"
        assert (file.stat().st_mode & 0o777, file.read_text()) == (0o600, f"{os.getpid()}\n")
    assert file.read_text() == ""


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match=r"folder\.unwritable"):
        DataLock(tmp_path / "file" / "data").acquire()


async def test_a_server_task_has_one_owner(postgres_url: str) -> None:
    async with ServerLock(postgres_url, "poll") as lock:
        assert await lock.held()
        with pytest.raises(Refused) as caught:
            await ServerLock(postgres_url, "poll").acquire()
        assert caught.value.code == "database.in_use"
        assert isinstance(caught.value.params["pid"], int)
        async with ServerLock(postgres_url, "other"):
            pass
    assert not await lock.held()
    async with ServerLock(postgres_url, "poll"):
        pass


async def test_a_lost_connection_is_a_lost_lock(postgres_url: str) -> None:
    async with ServerLock(postgres_url) as lock:
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        assert not await lock.held()


async def test_a_lock_of_a_silent_server_is_refused() -> None:
    with pytest.raises(Refused, match=r"database\.unreachable"):
        await ServerLock(f"postgresql://127.0.0.1:{free_port()}/x").acquire()
