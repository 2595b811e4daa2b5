"""A throw-away PostgreSQL server for tests: its own folder, its own port on loopback, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "60"}
NOBODY = "nobody"


def binaries() -> Path | None:
    """Find the folder of the newest installed server, or None."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    return folders[-1] if folders and (folders[-1] / "initdb").exists() else None


def free_port() -> int:
    """Ask the system for a free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def user() -> str | None:
    """Name whom the server runs as: PostgreSQL refuses root. None: whoever we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return NOBODY


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command as the server's user; show what it said when it fails."""
    done = subprocess.run(
        command, user=user(), cwd=cwd, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


@contextmanager
def cluster(bin_folder: Path, settings: dict[str, str] | None = None) -> Iterator[str]:
    """Start a server and yield the address of its `postgres` database; stop it and remove its folder afterwards."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if owner := user():
            shutil.chown(home, owner)
        data, port = home / "data", free_port()
        run(bin_folder / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "-N", cwd=home)
        with (data / "postgresql.conf").open("a") as conf:
            chosen = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(home)}
            conf.writelines(f"{k} = '{v}'\n" for k, v in {**SETTINGS, **chosen, **(settings or {})}.items())
        run(bin_folder / "pg_ctl", "-D", data, "-l", home / "log", "-w", "start", cwd=home)
        try:
            yield f"postgresql://tests@127.0.0.1:{port}/postgres"
        finally:
            run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", cwd=home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
