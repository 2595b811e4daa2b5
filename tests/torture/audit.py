"""What became of every word that was told and of everything that was owed: the database opened, the phones read."""

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from domain.pieces import FileRef, Piece, PieceKind
from simulator.phone import Phone
from storage import meta
from storage.files import read_file, stored
from storage.unit import Unit
from tests.process.product import Product
from tests.torture import owed
from tests.torture.left import Slot, open_slots, reading_copy
from tests.torture.load import Crowd, Story
from tests.torture.shown import answers_to, follow

Lines = tuple[str, ...]


@dataclasses.dataclass
class Findings:
    """Counts of what must not be; all zero is well.

    `untaken`: updates that Telegram still has; `expired`: that it has given up. Both lose tips, and not by our doing:
    the campaign has then asked for more than a bot that is dead half of the time can take in.
    """

    untaken: int = 0
    expired: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    strange: int = 0
    stuck: int = 0
    owed: int = 0
    unanswered: int = 0
    misplaced: int = 0
    needless_repeats: int = 0
    alerts_missing: int = 0
    unwarned: int = 0
    check_ins_wrong: int = 0
    duties_wrong: int = 0
    slots_missing: tuple[Slot, ...] = ()
    slots_strange: int = 0
    summaries_wrong: int = 0
    reminders_missing: int = 0
    figures_wrong: int = 0
    files_missing: int = 0
    commands_lost: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not any(dataclasses.astuple(self))

    def __str__(self) -> str:
        return ", ".join(f"{name} {number}" for name, number in dataclasses.asdict(self).items())


@dataclasses.dataclass(frozen=True)
class Heard:
    """Whom the audit asks what they were told: police of the watched ward, and the group of the silent leader."""

    crowd: Crowd
    police: Sequence[Phone]
    silent_group: str


async def audit(product: Product, now: datetime, heard: Heard) -> Findings:
    """Everything that was told, against everything that is stored and was said. Nobody may be serving."""
    stories = heard.crowd.stories
    async with reading_copy(product, now) as unit:
        tips, files = await tips_in(unit)
        findings = compare(stories, tips)
        findings.stuck = await _count(unit, "SELECT COUNT(*) AS n FROM inbox WHERE state <> 'done'")
        findings.owed = await _count(unit, "SELECT COUNT(*) AS n FROM outbox")
        findings.files_missing = await _files_missing(unit, product.data / "files", stories, files)
        await _by_the_clock(unit, findings, heard)
    for story in stories:
        missing, wrong = follow(answers_to(story), owed.texts(story.phone))
        findings.unanswered += missing
        findings.misplaced += wrong
    return findings


async def _by_the_clock(unit: Unit, findings: Findings, heard: Heard) -> None:
    stories, silent = heard.crowd.stories, heard.crowd.silent
    first = await meta.first_day(unit.tx)
    assert first is not None
    assert silent is not None
    rows = await unit.tx.fetch("SELECT job, unit, period FROM slots")
    taken = {(row["job"], row["unit"], row["period"]) for row in rows}
    due = await owed.slots_due(unit, first)
    findings.slots_missing = tuple(sorted((due - taken) | await open_slots(unit)))
    findings.slots_strange = len(taken - due)
    findings.summaries_wrong = await owed.summaries_wrong(unit, heard.police, first)
    findings.figures_wrong = await owed.figures_wrong(unit, stories, first)
    findings.duties_wrong = await owed.duties_wrong(unit)
    findings.check_ins_wrong = await owed.check_ins_wrong(unit, heard.crowd.leaders)
    findings.reminders_missing = await owed.reminders_missing(unit, silent, heard.silent_group)
    warned = await owed.warned_of(unit)
    findings.unwarned = owed.unwarned(stories, warned)
    findings.alerts_missing = owed.alerts_missing(heard.police, stories, warned)


async def tips_in(unit: Unit) -> tuple[list[Lines], dict[str, FileRef]]:
    """The words of every stored tip, captions too, in their order; and the files, by their caption."""
    found: list[Lines] = []
    files: dict[str, FileRef] = {}
    for row in await unit.tx.fetch("SELECT id FROM tips"):
        sealer = await unit.tip_keys.of(row["id"])
        assert sealer is not None
        lines = []
        for part in await unit.parts.of(row["id"]):
            text = sealer.open(part.body, f"tip_parts/body/{part.id}").decode()
            if part.kind == PieceKind.PHOTO:
                piece = Piece.model_validate_json(text)
                text = piece.text
                if piece.file is not None:
                    files[text] = piece.file
            if part.kind in (PieceKind.TOLD, PieceKind.PHOTO):
                lines.append(text)
        found.append(tuple(lines))
    return found, files


async def read_tips(product: Product) -> tuple[list[Lines], dict[str, FileRef]]:
    """The same of an installation that nobody serves."""
    async with reading_copy(product, datetime.now(UTC)) as unit:
        return await tips_in(unit)


async def _files_missing(unit: Unit, folder: Path, stories: Iterable[Story], kept: Mapping[str, FileRef]) -> int:
    """Pictures that were sent and of which no clean copy can be opened, and copies of which nobody knows."""
    sent = {story.pieces[story.pictured] for story in stories if story.pictured is not None}
    missing = len(sent ^ set(kept))
    for ref in kept.values():
        state = await unit.files.find(ref.id)
        missing += state is None or state.state != "ready" or not await read_file(folder, ref)
    return missing + len(stored(folder)) - len(kept)


def compare(stories: Sequence[Story], tips: Iterable[Lines]) -> Findings:
    """Each story is exactly one tip, word for word in its order; no tip holds anything else."""
    findings = Findings()
    owner = {piece: number for number, story in enumerate(stories) for piece in story.pieces}
    found: dict[int, list[Lines]] = defaultdict(list)
    for lines in tips:
        owners = {owner.get(line, -1) for line in lines}
        if len(owners) != 1 or -1 in owners:
            findings.strange += 1
        for number in owners:
            found[number].append(lines)
    for number, story in enumerate(stories):
        stored = found[number]
        told = sorted(itertools.chain.from_iterable(stored))
        if set(told) < set(story.pieces):
            findings.lost += 1
        elif len(stored) != 1 or len(told) != len(story.pieces):
            findings.doubled += 1
        elif stored[0] != tuple(story.pieces):
            findings.disordered += 1
    return findings


async def _count(unit: Unit, sql: str) -> int:
    return int((await unit.tx.fetch(sql))[0]["n"])
