"""A province's reports at scale, short form: they say what the events say, and stay far below what was asked."""

import sys
from collections import Counter
from pathlib import Path

from cases import province
from domain.clocks import ward_day
from domain.suppression import guarded
from storage.records import moment
from tests.torture.figures import prepared
from tests.torture.many_tips import Scale, Tips
from tests.torture.province import ASKED, FILLED, PROVINCE, measure, opened

SCALE = Scale(tips=1_500, wards=12, days=100)


async def test_a_province_is_reported_within_seconds_as_its_events_say(tmp_path: Path) -> None:
    there = await opened(await prepared(tmp_path, SCALE), SCALE)
    try:
        for name, seconds in (await measure(there)).items():
            sys.stdout.write(f"{name}: {seconds:.3f} s\n")
            assert seconds < ASKED
        board = await there.read(lambda unit: province.board(unit, PROVINCE))
        valuable: Counter[str] = Counter(dict.fromkeys(SCALE.codes, 0))
        for tip in map(Tips(SCALE).of, range(SCALE.tips)):
            at = moment(tip["received"]) if tip["valuable"] else None
            if at is not None and board.month.first <= ward_day(at) <= board.month.last:
                valuable[tip["ward"]] += 1
        name = f"tips_valuable/{board.month.year}-{board.month.number:02}"
        assert board.month.columns["tips_valuable"] == guarded(valuable, name)
        assert {row.met for row in board.rows} == {len(FILLED)}
    finally:
        await there.db.close()
