"""Two ways to fill a disk under a running process: a ceiling that needs no rights, and a small disk that needs root."""

import ctypes
import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

BLOCK = 4096  # bytes that a small disk gives at a time


class Disk(Protocol):
    """Something that can be full."""

    def fill(self, room: int) -> None:
        """From now on `room` more bytes can be written to the log of the database, roughly."""

    def shut(self) -> None:
        """From now on nothing can be written anywhere."""

    def free(self) -> None:
        """There is room again."""


class Ceiling:
    """No file of a process may grow beyond a size (RLIMIT_FSIZE): what the log of its database hits first."""

    def __init__(self, pid: int, database: Path) -> None:
        self._pid = pid
        self._log = Path(f"{database}-wal")
        self._before = resource.prlimit(pid, resource.RLIMIT_FSIZE)

    def fill(self, room: int) -> None:
        """The log of the database may take `room` more bytes."""
        # Only its size is looked at: whoever opens the file of a database may drop its locks.
        size = self._log.stat().st_size if self._log.exists() else 0
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (size + room, self._before[1]))

    def shut(self) -> None:
        """No file may be written at all."""
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (0, self._before[1]))

    def free(self) -> None:
        """As before."""
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, self._before)


class SmallDisk:
    """A disk in memory, filled by one large file beside the data."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self, room: int) -> None:
        """All but `room` bytes are taken."""
        handle = os.open(self._ballast, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            while not self._took(handle, room):
                pass
        finally:
            os.close(handle)

    def _took(self, handle: int, room: int) -> bool:
        """False: somebody else has written since we looked how much there is."""
        os.ftruncate(handle, 0)
        left = os.statvfs(self._ballast.parent)
        size = left.f_bavail * left.f_frsize - room // BLOCK * BLOCK
        try:
            if size > 0:
                os.posix_fallocate(handle, 0, size)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return False
        return True

    def shut(self) -> None:
        """Everything is taken."""
        self.fill(0)

    def free(self) -> None:
        """The large file goes."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def mounted(folder: Path, mebibytes: int = 24) -> Iterator[Path]:
    """A small disk at `folder`. Raises PermissionError for who may not mount."""
    if os.geteuid() != 0:
        raise PermissionError("mounting needs root")
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0700", "tmpfs", str(folder)]
    if (done := subprocess.run(mount, capture_output=True, text=True)).returncode:
        raise PermissionError(done.stderr.strip())
    try:
        yield folder
    finally:
        # Lazily: a process that was just killed may still be going.
        libc = ctypes.CDLL(None, use_errno=True)
        libc.umount2(os.fsencode(folder), 2)
