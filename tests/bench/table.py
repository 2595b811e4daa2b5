"""The one table: a line a figure, a column a bot; median, lowest, highest, and how many times better ours is."""

import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.backlog import backlog
from tests.bench.bots import BARE, KINDS, Kind
from tests.bench.outbound import outbound
from tests.bench.rows import THIS, by_webhook, distant, idle, intake, steady, whole_tips

Numbers = Mapping[str, float]
Measure = Callable[[Kind], Awaitable[Numbers]]
COLUMNS = (*KINDS, BARE)
Runs = dict[tuple[str, str], list[Numbers]]  # by row and bot


@dataclass(frozen=True)
class Figure:
    """One number of a row. `asked` is what issue and promises ask for; `less` whether less is better."""

    key: str
    title: str
    asked: str
    digits: int = 0
    less: bool = False


@dataclass(frozen=True)
class Row:
    """What is measured together, and of whom."""

    name: str
    measure: Measure
    kinds: tuple[Kind, ...]
    figures: tuple[Figure, ...]


ROWS = (
    Row("polling", intake, (THIS, BARE), (Figure("updates/s", "durable intake by polling, updates/s", "≥ 5,000"),)),
    Row("webhook", by_webhook, (THIS,), (Figure("updates/s", "durable intake by webhook, updates/s", "≥ 2,500"),)),
    Row(
        "tips",
        whole_tips,
        KINDS,
        (
            Figure("messages/s", "whole message of a tip, messages/s", "≥ 1,200"),
            Figure("CPU ms", "processor time a message, ms", "≤ 0.8", 2, less=True),
            Figure("MB", "memory after it, MB", "", less=True),
        ),
    ),
    Row(
        "steady",
        steady,
        KINDS,
        (
            Figure("p50 ms", "answer at 100 messages/s, p50 ms", "≤ 4", 1, less=True),
            Figure("p99 ms", "answer at 100 messages/s, p99 ms", "≤ 15", 1, less=True),
        ),
    ),
    Row("distant", distant, KINDS, (Figure("messages/s", "over TLS, 40 ms round trip, messages/s", "≥ 1,000"),)),
    Row(
        "outbound",
        outbound,
        (THIS,),
        (
            Figure("messages/s", "to 3,000 chats, limits enforced, messages/s", "≥ 29", 1),
            Figure("urgent p50 s", "an alert meanwhile, p50 s", "", 3, less=True),
            Figure("urgent p99 s", "an alert meanwhile, slowest of 48, s", "≤ 0.1", 3, less=True),
            Figure("refused", "answers 429", "0", less=True),
            Figure("lost", "messages lost", "0", less=True),
        ),
    ),
    Row(
        "backlog",
        backlog,
        (THIS,),
        (
            Figure("drained s", "100,000 waiting updates handled, s", "≤ 120", 1, less=True),
            Figure("alerted s", "a fire among them: taken in until alerted, s", "≤ 10", 2, less=True),
            Figure("MB", "memory after it, MB", "", less=True),
            Figure("refused", "answers 429 in the meantime", "0", less=True),
        ),
    ),
    Row(
        "idle",
        idle,
        KINDS,
        (
            Figure("MB", "idle, MB", "≤ 80", less=True),
            Figure("CPU %", "idle, % of one core", "≤ 0.5", 1, less=True),
        ),
    ),
)  # fmt: skip


def table(runs: Runs, rows: Sequence[Row] = ROWS) -> str:
    """As Markdown."""
    head = ["", "asked for", *(kind.name for kind in COLUMNS)]
    lines = [_line(head), _line(["-"] * len(head))]
    for row in rows:
        for figure in row.figures:
            cells = [_cell(runs, row, figure, kind) for kind in COLUMNS]
            lines.append(_line([figure.title, figure.asked, *cells]))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(runs: Runs, row: Row, figure: Figure, kind: Kind) -> str:
    values = _values(runs, row, figure, kind)
    if not values:
        return ""
    low, middle, high = (f"{v:,.{figure.digits}f}" for v in (min(values), statistics.median(values), max(values)))
    shown = middle if low == high else f"{middle} ({low}–{high})"
    return shown if kind is THIS else f"{shown}{_times(figure, _values(runs, row, figure, THIS), values)}"


def _values(runs: Runs, row: Row, figure: Figure, kind: Kind) -> list[float]:
    return [run[figure.key] for run in runs.get((row.name, kind.name), []) if figure.key in run]


def _times(figure: Figure, ours: Sequence[float], theirs: Sequence[float]) -> str:
    """How many times better ours is (below 1: worse), from the medians."""
    if not ours:
        return ""
    better, worse = statistics.median(ours), statistics.median(theirs)
    if figure.less:
        better, worse = worse, better
    return f"; × {better / worse:.2g}" if worse else ""


def wrong(runs: Runs) -> list[str]:
    """Bots whose work was not whole in some run: messages unanswered or answered twice, tips missing or doubled."""
    bad = {key: [int(run["wrong"]) for run in done if run["wrong"]] for key, done in runs.items()}
    return [f"{kind}, {row}: {', '.join(map(str, counts))}" for (row, kind), counts in bad.items() if counts]


def machine() -> str:
    """Where it was measured."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor() or "unknown processor",
    )
    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version} (`synchronous=FULL`)"
    )
