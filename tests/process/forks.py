"""Processes of the product, forked from one that has imported it: most of what a start costs is paid once.

What runs is the same module under the same arguments, environment and folder, in a process of its own that signals
reach; only the imports are done already. `run` is never forked: it replaces itself by a new interpreter, and that is
what is tested there.
"""

import asyncio
import gc
import importlib
import json
import os
import random
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Whatever commands and serving import; not the modules that are run themselves.
PRODUCT = ("typer", "bot.commands", "bot.installing", "bot.restoring", "bot.serve")
MOST = 1 << 16  # bytes of an order
FDS = 3  # the keeper's line, stdout, stderr


class Forked:
    """One process, as far as `tests.process.product` needs it."""

    def __init__(self, pid: int, line: socket.socket, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader):
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
        self.returncode: int | None = None
        self._ending = asyncio.ensure_future(self._hear(line))

    async def wait(self) -> int:
        """Its exit code, once it has ended; of a signal the negative number."""
        return await asyncio.shield(self._ending)

    async def _hear(self, line: socket.socket) -> int:
        with line:
            said = await asyncio.get_running_loop().sock_recv(line, 16)
        self.returncode = int(said)
        return self.returncode


class Forks:
    """The process that forks, seen from the tests."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders

    async def start(self, module: str, args: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Forked:
        """`python -m module args…` in a folder and an environment."""
        order = json.dumps({"module": module, "args": args, "cwd": str(cwd), "env": dict(env)}).encode()
        assert len(order) < MOST
        line, theirs = socket.socketpair()
        line.setblocking(False)
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        socket.send_fds(self._orders, [order], [theirs.fileno(), out_end, err_end])
        theirs.close()
        os.close(out_end)
        os.close(err_end)
        stdout, stderr = await _reader(out), await _reader(err)
        pid = int(await asyncio.get_running_loop().sock_recv(line, 16))
        return Forked(pid, line, stdout, stderr)


async def _reader(end: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(end, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


@contextmanager
def forking(root: Path) -> Iterator[Forks]:
    """A process that has imported the product and forks on demand; it ends with us."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with ours:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.process.forks", str(theirs.fileno())],
            cwd=root,
            env={**known, "PYTHONPATH": str(root)},
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        yield Forks(ours)
    assert program.wait(20) == 0


def main() -> None:
    """Forks until nobody asks any more. Each fork returns from here as the interpreter of its module."""
    for name in PRODUCT:
        importlib.import_module(name)
    gc.freeze()  # a fork that collects what it has inherited would copy all of it
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        order = _next_order(orders)
    if order is not None:
        random.seed()
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["env"])
        sys.argv = [order["module"], *order["args"]]
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


def _next_order(orders: socket.socket) -> dict[str, Any] | None:
    """Returns in each fork, with what it is to do; None once nobody can ask any more."""
    while True:
        order, fds, _, _ = socket.recv_fds(orders, MOST, FDS)
        if not order:
            _reap(os.WEXITED)
            return None
        if os.fork() == 0 and _keep(*fds):
            return dict(json.loads(order))
        for fd in fds:
            os.close(fd)
        _reap(os.WEXITED | os.WNOHANG)


def _keep(line: int, out: int, err: int) -> bool:
    """The keeper tells the pid and the end of its one child, and ends with it; the child returns."""
    if (pid := os.fork()) == 0:
        os.dup2(out, 1)
        os.dup2(err, 2)
        for fd in (line, out, err):
            os.close(fd)
        return True
    os.close(out)  # the tests wait until nobody holds them
    os.close(err)
    os.write(line, str(pid).encode())
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(line, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _reap(how: int) -> None:
    """Takes leave of keepers that have ended; without WNOHANG of all of them."""
    with suppress(ChildProcessError):
        while os.waitid(os.P_ALL, 0, how) is not None:
            pass


if __name__ == "__main__":
    main()
