"""Looks for needles in every file of some folders, as a process of its own: `python -m tests.torture.scan FOLDER …`.

A process of its own because closing any handle of a SQLite file drops all locks that the same process holds on it.
Needles come as JSON on standard input, hits go as JSON to standard output.
"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.torture.needles import FEW, Needle

ROOT = Path(__file__).parents[2]  # not of `tests.process`, which imports the whole product
PIECE = 1 << 19  # bytes that are looked through at a time
BEGINNING = 4  # bytes of the shortest needle


@dataclass(frozen=True)
class Hit:
    """A secret in a file."""

    file: str
    whose: str
    form: str


def hits_in(folder: Path, needles: Iterable[Needle]) -> list[Hit]:
    """Every needle in every file below a folder; files that vanish meanwhile don't count."""
    needles = list(needles)
    found: list[Hit] = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        seen = set(_seen(data, needles))
        weak: dict[str, set[str]] = defaultdict(set)
        for needle in seen:
            if needle.weak:
                weak[needle.form].add(needle.whose)
            else:
                found.append(Hit(path.name, needle.whose, needle.form))
        found += [
            Hit(path.name, whose, form) for form, people in weak.items() if len(people) >= FEW for whose in people
        ]
    return found


def _seen(data: bytes, needles: Sequence[Needle]) -> Iterator[Needle]:
    """The needles in some bytes. Looking for each alone would take minutes: only those whose beginning occurs."""
    longest = max((len(needle.data) for needle in needles), default=0)
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE + longest]
        beginnings = {piece[at : at + BEGINNING] for at in range(len(piece) - BEGINNING + 1)}
        for needle in needles:
            if needle.data[:BEGINNING] in beginnings and needle.data in piece:
                yield needle


async def scan(folder: Path, needles: Iterable[Needle]) -> list[Hit]:
    """The same in a child process."""
    order = json.dumps([{**asdict(needle), "data": needle.data.hex()} for needle in needles])
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.torture.scan", str(folder)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await child.communicate(order.encode())
    assert child.returncode == 0
    return [Hit(**hit) for hit in json.loads(out)]


def main() -> None:
    """The child."""
    needles = [Needle(**{**each, "data": bytes.fromhex(each["data"])}) for each in json.load(sys.stdin)]
    found = [hit for folder in sys.argv[1:] for hit in hits_in(Path(folder), needles)]
    json.dump([asdict(hit) for hit in found], sys.stdout)


if __name__ == "__main__":
    main()
