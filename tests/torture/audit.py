"""What became of every word that was told: compared by decrypting the database, and by what the phones received."""

import dataclasses
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from cases.cards import police_view
from domain.clocks import Clocks
from storage.engine import open_database
from storage.outbox import Numbers
from storage.unit import Unit
from storage.vault import open_vault
from tests.process.product import Product
from tests.torture.load import Story

UNCERTAIN = 2.0  # seconds before a kill in which the answer to a send may have been lost
ON_ITS_WAY = 0.3  # seconds after a kill in which a send that had left the process may still arrive


@dataclasses.dataclass
class Findings:
    """Counts of what must not be; all zero is well."""

    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    strange: int = 0
    stuck: int = 0
    owed: int = 0
    without_receipt: int = 0
    needless_repeats: int = 0
    check_ins_wrong: int = 0
    cards_missing: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not any(dataclasses.astuple(self))

    def __str__(self) -> str:
        return ", ".join(f"{name} {number}" for name, number in dataclasses.asdict(self).items())


Lines = tuple[str, ...]


async def read_tips(product: Product) -> tuple[list[Lines], dict[str, int]]:
    """The words of every stored tip, and counts of rows that should not be left. Nobody may be serving."""
    vault = open_vault(product.key)
    db = await open_database(product.settings["DATABASE_URL"])
    try:
        async with db.reading() as tx:
            unit = Unit(tx, vault, datetime.now(UTC), Numbers(), Clocks())
            found = []
            for row in await tx.fetch("SELECT id FROM tips"):
                tip = await unit.tips.find(row["id"])
                assert tip is not None
                found.append(tuple(line.text for line in (await police_view(unit, tip)).lines))
            counts = {
                "stuck": "SELECT COUNT(*) AS n FROM inbox WHERE state <> 'done'",
                "owed": "SELECT COUNT(*) AS n FROM outbox",
                "submitted": "SELECT COUNT(*) AS n FROM events WHERE kind = 'duty_submitted'",
                "duties": "SELECT COUNT(*) AS n FROM duties WHERE state IN ('submitted', 'late')",
            }
            return found, {name: int((await tx.fetch(sql))[0]["n"]) for name, sql in counts.items()}
    finally:
        await db.close()


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
        pieces = sorted(itertools.chain.from_iterable(stored))
        if set(pieces) < set(story.pieces):
            findings.lost += 1
        elif len(stored) != 1 or len(pieces) != len(story.pieces):
            findings.doubled += 1
        elif stored[0] != tuple(story.pieces):
            findings.disordered += 1
    return findings


def repeats_without_reason(sent: Mapping[tuple[int, str], Sequence[float]], kills: Sequence[float]) -> int:
    """Messages said again although no kill had just cut off the answer. Times in monotonic seconds."""
    bad = 0
    for times in sent.values():
        for first, again in itertools.pairwise(times):
            bad += not any(kill < again and -ON_ITS_WAY <= kill - first <= UNCERTAIN for kill in kills)
    return bad


async def audit(
    product: Product,
    stories: Sequence[Story],
    confirmed: int,
    sent: Mapping[tuple[int, str], Sequence[float]],
    kills: Sequence[float],
    cards: Counter[str],
) -> Findings:
    """Everything that was told, against everything that is stored and was said. `cards`: codes that officers heard."""
    tips, counts = await read_tips(product)
    findings = compare(stories, tips)
    findings.stuck, findings.owed = counts["stuck"], counts["owed"]
    findings.without_receipt = sum(not story.receipts() for story in stories)
    findings.needless_repeats = repeats_without_reason(sent, kills)
    findings.check_ins_wrong = abs(counts["submitted"] - confirmed) + abs(counts["duties"] - confirmed)
    findings.cards_missing = sum(not any(code in text for text in cards) for code in _codes(stories))
    return findings


def _codes(stories: Sequence[Story]) -> list[str]:
    """Codes of the tips that officers should have heard of, as the receipts name them."""
    texts = [story.receipts()[0]["text"] for story in stories if story.ward == "18115" and story.receipts()]
    return [text.partition("Mã tin:")[2].split()[0] for text in texts]
