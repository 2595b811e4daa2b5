"""A bot as a process that is measured from outside: processor time, memory."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of its children that have ended, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / TICK


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


def count(database: Path, what: str) -> int:
    """Rows of a SQLite database that nobody has open; `what` follows FROM."""
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {what}").fetchone()[0])
